//! Photos and files of evidence, and the places where new ones are dropped.

use jospar_core::media::Media;
use jospar_core::plan::{Evidence, Record as _};
use jospar_locales::words::{Words, text_or_empty};
use maud::{Markup, html};
use serde_json::Value;

use super::context::{Context, name};
use super::control::{control_id, hidden};

/// What a place for files takes, as a browser's dialog wants it said.
fn accepted() -> String {
    let endings = Media::ALL.iter().flat_map(|media| media.endings());
    endings.map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(",")
}

/// A place for files: chosen, or dropped on it, several at once.
fn drop_place(words: &Words, id: &str, to: &str) -> Markup {
    html! {
        div.drop.screen data-upload=(to) {
            label for=(id) { (words.word("web-files-add")) }
            input type="file" id=(id) accept=(accepted()) multiple aria-describedby=(format!("{id}-about"));
        }
        p.of.screen id=(format!("{id}-about")) { (words.word("web-files-about")) }
    }
}

/// Pictures that the page of all evidence shows.
const GALLERY_MAX: usize = 48;

/// The pictures of all evidence as links to it, and the place for new files.
pub(crate) fn of_all(context: &Context<'_>, items: &Value, here: &[String]) -> Markup {
    let all: Vec<&Value> = items.as_array().into_iter().flatten().collect();
    let pictures = all.iter().filter_map(|item| Some((picture_of(item, here)?, *item)));
    let pictures: Vec<(String, &Value)> = pictures.take(GALLERY_MAX).collect();
    html! {
        @if !pictures.is_empty() {
            ul.gallery {
                @for (address, item) in pictures {
                    @let id = whole_of(items, item).unwrap_or_else(|| text_or_empty(item, "/id"));
                    li {
                        a href=(format!("/plan/evidence/{id}")) {
                            img src=(address) alt=(evidence_name(context, item)) loading="lazy";
                        }
                    }
                }
            }
        }
        (drop_place(context.words, "files-new", "/upload/evidence"))
    }
}

/// The id of the evidence that this one is a further file of, if that is there.
pub(crate) fn whole_of<'a>(items: &'a Value, item: &Value) -> Option<&'a str> {
    let whole = text_or_empty(item, "/part_of");
    let mut all = items.as_array().into_iter().flatten().map(|other| text_or_empty(other, "/id"));
    all.find(|id| !whole.is_empty() && *id == whole && whole != text_or_empty(item, "/id"))
}

/// The further files of an evidence.
fn parts_of<'a>(items: &'a Value, id: &str) -> impl Iterator<Item = &'a Value> {
    let all = items.as_array().into_iter().flatten();
    all.filter(move |item| whole_of(items, item) == Some(id))
}

/// The address of an evidence's picture, if it has one and that has come.
fn picture_of(item: &Value, here: &[String]) -> Option<String> {
    let (hash, name) = (text_or_empty(item, "/file_hash"), text_or_empty(item, "/source"));
    let shown = is_picture(name) && here.iter().any(|known| known == hash);
    shown.then(|| address(hash, name))
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

/// The pictures of one piece of evidence for paper; nothing for any other thing.
pub(crate) fn on_paper(
    context: &Context<'_>,
    value: &Value,
    all: &Value,
    here: &[String],
) -> Markup {
    let files = std::iter::once(value).chain(parts_of(all, text_or_empty(value, "/id")));
    html! {
        @for (address, item) in files.filter_map(|item| Some((picture_of(item, here)?, item))) {
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

/// The files of one piece of evidence, and the place for more. `here` has the hashes of files that have come.
pub(crate) fn of_one(
    context: &Context<'_>,
    path: &str,
    (value, all): (&Value, &Value),
    here: &[String],
) -> Markup {
    let words = context.words;
    let id = text_or_empty(value, "/id");
    let whole = whole_of(all, value);
    let own = (!text_or_empty(value, "/file_hash").is_empty()).then_some((path.to_owned(), value));
    let parts =
        parts_of(all, id).map(|part| (format!("evidence/{}", text_or_empty(part, "/id")), part));
    let files: Vec<(String, &Value)> = own.into_iter().chain(parts).collect();
    let to = serde_urlencoded::to_string([("evidence", path)]).unwrap_or_default();
    html! {
        section.file {
            h2 { (words.word("web-file")) }
            @if let Some(whole) = whole {
                @let named = items_named(context, all, whole);
                p { a href=(format!("/plan/evidence/{whole}")) { (words.with("web-file-of", "name", &named)) } }
            }
            div.shots { @for (_, item) in &files { (shot(context, item, here)) } }
            ul.rows.files.screen {
                @for (at, item) in &files { (file_row(context, path, (at, item), here)) }
            }
            @if whole.is_none() {
                (drop_place(words, &format!("{}-file", control_id(path)), &format!("/upload/evidence?{to}")))
            }
        }
    }
}

fn items_named(context: &Context<'_>, all: &Value, id: &str) -> String {
    let found = all.as_array().into_iter().flatten().find(|one| text_or_empty(one, "/id") == id);
    found.map(|one| evidence_name(context, one)).unwrap_or_default()
}

fn shot(context: &Context<'_>, item: &Value, here: &[String]) -> Markup {
    let name = text_or_empty(item, "/source");
    html! {
        @if let Some(address) = picture_of(item, here) {
            a.shot href=(address) {
                img src=(address) alt=(context.words.with("web-file-picture", "name", name)) loading="lazy";
            }
        }
    }
}

/// One file: to be kept by the browser, and taken out. The evidence's own is taken from it, a further one is removed.
fn file_row(
    context: &Context<'_>,
    path: &str,
    (at, item): (&str, &Value),
    here: &[String],
) -> Markup {
    let words = context.words;
    let (hash, name) = (text_or_empty(item, "/file_hash"), text_or_empty(item, "/source"));
    let is_own = at == path;
    let told = words.with("web-take-out", "name", name);
    html! {
        li {
            @if here.iter().any(|known| known == hash) {
                a.name href=(address(hash, name)) download=(name) { (words.with("web-file-get", "name", name)) }
            } @else {
                span.name { (name) " " span.of { (words.word("web-file-not-here")) } }
            }
            @if !is_own {
                a.fact href=(format!("/plan/{at}")) { (evidence_name(context, item)) }
            }
            form method="post" action=(if is_own { "/set" } else { "/remove" }) {
                (hidden(context, &if is_own { format!("{at}/file_hash") } else { at.to_owned() }))
                @if is_own { input type="hidden" name="value" value=""; }
                button.quiet aria-label=(told) title=(told) { "×" }
            }
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
