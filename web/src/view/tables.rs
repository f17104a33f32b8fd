//! A table for a list of the plan, before it is added.

use jospar_core::document::Schema;
use jospar_export::given::{Read, fields};
use jospar_locales::words::Words;
use jospar_tables::Table;
use maud::{Markup, html};

use super::context::{Context, name};
use super::control::{control_id, hidden};
use super::surveys::source;
use crate::answers::Given;

/// Rows of a file that are shown.
const ROWS_SHOWN: usize = 4;
/// Wrong cells, and names, that are told.
const TOLD: usize = 20;

/// Where a table is given, below a list.
pub(crate) fn place(context: &Context<'_>, list: &str) -> Markup {
    let id = format!("{}-table", control_id(list));
    html! {
        details.languages.screen {
            summary { (context.words.word("web-table")) }
            p.of { (context.words.word("web-table-about")) }
            div.drop data-upload=(format!("/upload/table/{list}")) {
                label for=(id) { (context.words.word("web-table-take")) }
                input type="file" id=(id) accept=".csv,.tsv,.txt,.xlsx";
            }
        }
    }
}

/// What is shown of a table.
pub(crate) struct Shown<'a> {
    /// The list.
    pub(crate) list: &'a str,
    /// The page of the menu that the list stands on.
    pub(crate) page: &'a str,
    /// The file.
    pub(crate) given: &'a Given,
    /// The schema of the list's things.
    pub(crate) schema: &'static Schema,
    /// What the columns hold.
    pub(crate) uses: &'a [Option<&'static str>],
    /// What would come of it.
    pub(crate) read: &'a Read,
}

pub(crate) fn preview(context: &Context<'_>, shown: &Shown<'_>) -> Markup {
    let words = context.words;
    let address = format!("/table/{}/{}", shown.list, shown.given.key);
    let count = shown.read.new.len();
    html! {
        p { strong { (shown.given.name) } " · " (source(words, shown.given.table.source)) " · "
            (words.text("web-import-lines", &[("count", shown.given.table.rows.len().into())])) }
        form method="get" action=(address) data-still {
            (columns(words, &shown.given.table, |column| html! {
                @let used = shown.uses.get(column).copied().flatten();
                @for field in fields(shown.schema) {
                    option value=(field.name) selected[used == Some(field.name)] { (context.label(field.name)) }
                }
            }))
            div.actions { button.quiet { (words.word("web-import-check")) } }
        }
        section.call role="status" {
            h2 { (words.word("web-import-result")) }
            p { (words.text("web-table-added", &[("count", count.into())])) }
            ul.points { @for thing in shown.read.new.iter().take(TOLD) { li { (name(words, shown.schema, thing)) } } }
            @if shown.read.there > 0 { p { (words.text("web-table-there", &[("count", shown.read.there.into())])) } }
            @if !shown.read.refused.is_empty() {
                p.bad { (words.text("web-import-refused", &[("count", shown.read.refused.len().into())])) }
                ul.points {
                    @for wrong in shown.read.refused.iter().take(TOLD) {
                        @let values = [("line", wrong.line.into()), ("field", context.label(wrong.field).into()),
                                       ("cell", wrong.cell.as_str().into())];
                        li { (words.text("web-table-wrong", &values)) }
                    }
                }
            }
            @if count > 0 {
                form method="post" action=(address) {
                    (hidden(context, ""))
                    @for (place, used) in shown.uses.iter().enumerate() {
                        input type="hidden" name=(format!("column:{place}")) value=(used.unwrap_or_default());
                    }
                    button { (words.text("web-table-do", &[("count", count.into())])) }
                }
            }
        }
        p.of { a href=(format!("/page/{}", shown.page)) { (words.named("web-page", shown.page)) } }
    }
}

/// Each column of a table with its first cells and what it holds: the choice among `uses(column)`, or nothing.
pub(crate) fn columns(words: &Words, table: &Table, uses: impl Fn(usize) -> Markup) -> Markup {
    html! {
        div.scroll tabindex="0" role="region" aria-label=(words.word("web-import-columns")) {
            table.mapping {
                thead { tr {
                    th scope="col" { (words.word("web-import-column")) }
                    th scope="col" { (words.word("web-import-use")) }
                    @for row in table.rows.iter().take(ROWS_SHOWN) {
                        th scope="col" { (words.text("web-import-line", &[("line", row.line.into())])) }
                    }
                } }
                tbody {
                    @for (place, head) in table.heads.iter().enumerate() {
                        tr {
                            th scope="row" { (head) }
                            td { select name=(format!("column:{place}")) aria-label=(head) {
                                option value="" { (words.word("web-import-nothing")) }
                                (uses(place))
                            } }
                            @for row in table.rows.iter().take(ROWS_SHOWN) {
                                td { (row.cells.get(place).map(|cell| super::context::short(cell)).unwrap_or_default()) }
                            }
                        }
                    }
                }
            }
        }
    }
}
