//! Photos and files of evidence, and the places where new ones are dropped.

use jospar_core::media::Media;
use jospar_core::plan::{Evidence, Record as _};
use jospar_locales::words::{Words, text_or_empty};
use maud::{Markup, html};
use serde_json::Value;

use super::context::{Context, name};
use super::control::control_id;

/// What a place for files takes, as a browser's dialog wants it said.
fn accepted() -> String {
    let endings = Media::ALL.iter().flat_map(|media| media.endings());
    endings.map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(",")
}

/// A place for files: chosen, or dropped on it. Several make a piece of evidence each, if `several`.
fn drop_place(words: &Words, id: &str, to: &str, several: bool) -> Markup {
    html! {
        div.drop.screen data-upload=(to) {
            label for=(id) { (words.word("web-files-add")) }
            input type="file" id=(id) accept=(accepted()) multiple[several] aria-describedby=(format!("{id}-about"));
        }
        p.of.screen id=(format!("{id}-about")) { (words.word("web-files-about")) }
    }
}

/// Pictures that the page of all evidence shows.
const GALLERY_MAX: usize = 48;

/// The pictures of all evidence as links to it, and the place for new files.
pub(crate) fn of_all(context: &Context<'_>, items: &Value, here: &[String]) -> Markup {
    let pictures = items.as_array().into_iter().flatten().filter_map(|item| picture_of(item, here));
    let pictures: Vec<(String, &Value)> = pictures.take(GALLERY_MAX).collect();
    html! {
        @if !pictures.is_empty() {
            ul.gallery {
                @for (address, item) in pictures {
                    li {
                        a href=(format!("/plan/evidence/{}", text_or_empty(item, "/id"))) {
                            img src=(address) alt=(evidence_name(context, item)) loading="lazy";
                        }
                    }
                }
            }
        }
        (drop_place(context.words, "files-new", "/upload/evidence", true))
    }
}

/// The address of an evidence's picture, if it has one and that has come, with the evidence.
fn picture_of<'a>(item: &'a Value, here: &[String]) -> Option<(String, &'a Value)> {
    let (hash, name) = (text_or_empty(item, "/file_hash"), text_or_empty(item, "/source"));
    let shown = is_picture(name) && here.iter().any(|known| known == hash);
    shown.then(|| (address(hash, name), item))
}

/// What a piece of evidence is called.
fn evidence_name(context: &Context<'_>, item: &Value) -> String {
    name(context.words, Evidence::SCHEMA, item)
}

/// Where a file is.
fn address(hash: &str, name: &str) -> String {
    let query = serde_urlencoded::to_string([("name", name)]).unwrap_or_default();
    format!("/file/{hash}?{query}")
}

/// The picture of one piece of evidence for paper; nothing for any other thing.
pub(crate) fn on_paper(context: &Context<'_>, value: &Value, here: &[String]) -> Markup {
    html! {
        @if let Some((address, item)) = picture_of(value, here) {
            p.shot { img src=(address) alt=(evidence_name(context, item)); }
        }
    }
}

/// True if a page may show what is called so.
fn is_picture(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_lowercase());
    let fits = |media: &&Media| ending.as_deref().is_some_and(|e| media.endings().contains(&e));
    Media::ALL.iter().find(fits).is_some_and(|media| media.is_picture())
}

/// The file of one piece of evidence, and the place for another in its stead. `here` has the hashes of files that have
/// come.
pub(crate) fn of_one(context: &Context<'_>, path: &str, value: &Value, here: &[String]) -> Markup {
    let words = context.words;
    let (hash, name) = (text_or_empty(value, "/file_hash"), text_or_empty(value, "/source"));
    let has = here.iter().any(|known| known == hash);
    let address = address(hash, name);
    let to = serde_urlencoded::to_string([("evidence", path)]).unwrap_or_default();
    html! {
        section.file {
            h2 { (words.word("web-file")) }
            @if has && is_picture(name) {
                a.shot href=(address) { img src=(address) alt=(words.with("web-file-picture", "name", name)); }
            }
            @if has {
                p.screen { a href=(address) download=(name) { (words.with("web-file-get", "name", name)) } }
            } @else if !hash.is_empty() {
                p.of { (words.word("web-file-not-here")) }
            }
            (drop_place(words, &format!("{}-file", control_id(path)), &format!("/upload/evidence?{to}"), false))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_told_by_its_ending() {
        assert!(is_picture("сабақ.JPG") && is_picture("a.webp"));
        assert!(!is_picture("a.pdf") && !is_picture("svg") && !is_picture("a.svg"));
        assert!(accepted().starts_with(".jpg,.jpeg,") && !accepted().contains("svg"));
    }
}
