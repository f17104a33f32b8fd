//! Ways back to a plan: a backup, and the printed recovery sheet.

use std::path::PathBuf;

use jospar_locales::words::Words;
use maud::{Markup, html};

use crate::guard::PLAN_MEBIBYTES_MAX;

fn token_field(token: &str) -> Markup {
    html! { input type="hidden" name="token" value=(token); }
}

/// Which backup is put in place. `has_plan` says that it replaces one, `own` that this page can do it.
pub(crate) fn restore(
    words: &Words,
    token: &str,
    found: &[PathBuf],
    (has_plan, own): (bool, bool),
) -> Markup {
    html! {
        h1 { (words.word("web-restore-backup")) }
        p.lead { (words.word("web-restore-about")) }
        @if !own { p.trouble { (words.word("web-restore-other")) } } @else {
            form.stack.card method="post" action="/restore" data-still {
                (token_field(token))
                @if !found.is_empty() {
                    fieldset {
                        legend { (words.word("web-restore-found")) }
                        @for (place, path) in found.iter().enumerate() {
                            label.choice {
                                input type="radio" name="found" value=(path.display().to_string()) checked[place == 0];
                                " " (path.display().to_string())
                            }
                        }
                    }
                }
                label for="backup-path" { (words.word("web-restore-path")) }
                input type="text" id="backup-path" name="path" maxlength="4000" autocomplete="off"
                    required[found.is_empty()];
                @if has_plan {
                    div.check {
                        input type="checkbox" id="restore-sure" required;
                        label for="restore-sure" { (words.word("web-restore-sure")) }
                    }
                }
                button { (words.word("web-restore-do")) }
            }
        }
        p { a href="/" { (words.word("web-to-overview")) } }
    }
}

/// The sheet's words, and before them a file of the plan where this device has none.
pub(crate) fn recover(
    words: &Words,
    token: &str,
    (has_plan, file): (bool, Option<&str>),
    failed: Option<&str>,
) -> Markup {
    let needs_file = !has_plan && file.is_none();
    html! {
        h1 { (words.word("web-recover")) }
        p.lead { (words.word("web-recover-about")) }
        @if let Some(failed) = failed { p.trouble role="alert" { (failed) } }
        @if !has_plan {
            section.card {
                h2 { (words.word("web-recover-file")) }
                p { (words.word("web-recover-file-about")) }
                @if let Some(file) = file { p role="status" { (words.with("web-recover-file-here", "name", file)) } }
                div.drop data-upload="/upload/recovery" data-most=(PLAN_MEBIBYTES_MAX) {
                    label for="recovery-file" { (words.word("web-stick-take")) }
                    input type="file" id="recovery-file";
                }
            }
        }
        @if !needs_file {
            form.stack.card method="post" action="/recover" data-still {
                (token_field(token))
                label for="sheet-words" { (words.word("web-recover-words")) }
                textarea id="sheet-words" name="words" required maxlength="4000" autocomplete="off" spellcheck="false" {}
                label for="sheet-lost" { (words.word("web-recover-lost")) }
                input type="text" id="sheet-lost" name="lost" maxlength="300" autocomplete="off";
                button { (words.word("web-recover-do")) }
            }
        }
        p { a href="/" { (words.word("web-to-overview")) } }
    }
}
