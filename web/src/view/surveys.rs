//! Surveys: what can be done with one, its form on paper, typing answers in, a file before it is taken.

use jospar_core::plan::Survey;
use jospar_export::{Blank, FormFormat, Role};
use jospar_locales::Language;
use jospar_locales::words::{Words, items_at, text_at};
use jospar_tables::{Encoding, Source};
use maud::{Markup, html};
use serde_json::Value;

use super::context::{Context, capital};
use super::control::hidden;
use super::tables::columns;
use crate::answers::columns::{Batch, Use};
use crate::answers::{GROUPS_MAX, Given};

/// Wrong cells that are named.
const WRONG_SHOWN: usize = 20;

/// How many batches and rows a survey has; `documents` as the node shows `survey_rows`.
pub(crate) fn counts(documents: &Value, survey: &str) -> (usize, usize) {
    let all = documents.as_array().into_iter().flatten();
    let of_survey: Vec<&Value> =
        all.filter(|one| text_at(one, "/survey") == Some(survey)).collect();
    let rows = of_survey.iter().map(|document| items_at(document, "/rows").count()).sum();
    (of_survey.len(), rows)
}

fn roles(words: &Words, chosen: Role) -> Markup {
    html! {
        @for role in Role::ALL {
            option value=(role.name()) selected[role == chosen] {
                (capital(&words.named("choice", role.name())))
            }
        }
    }
}

fn languages(words: &Words) -> Markup {
    let here = words.catalogue().language();
    html! {
        @for language in Language::ALL {
            option value=(language.code()) selected[language == here] {
                (capital(&words.named("choice", language.code())))
            }
        }
    }
}

/// A labelled choice; `id` is the control's.
fn choice(label: &str, id: &str, name: &str, options: &Markup) -> Markup {
    html! {
        div.field {
            label for=(id) { (label) }
            select id=(id) name=(name) { (options) }
        }
    }
}

/// What was typed in and is not saved.
pub(crate) struct Waiting<'a> {
    /// How many people's answers, by role.
    pub(crate) typed: &'a [(Role, u64)],
    /// There was more, whose key is gone.
    pub(crate) lost: bool,
}

/// What can be done with a survey.
pub(crate) fn one(
    context: &Context<'_>,
    survey: &Survey,
    (batches, rows): (usize, usize),
    waiting: &Waiting<'_>,
) -> Markup {
    let words = context.words;
    let id = &survey.id;
    let counts = [("rows", rows.into()), ("batches", batches.into())];
    html! {
        p.lead { (words.word("web-survey-no-host")) }
        p { (words.text("web-survey-rows", &counts)) " "
            a href=(format!("/plan/surveys/{id}")) { (words.word("web-survey-edit")) } }
        section {
            h2 { (words.word("web-survey-paper")) }
            form.record method="get" action=(format!("/survey/{id}/paper")) {
                (choice(&words.word("web-survey-who"), "paper-role", "role", &roles(words, Role::Teacher)))
                (choice(&words.word("web-survey-language"), "paper-language", "language", &languages(words)))
                div.field { button { (words.word("web-survey-open")) } }
            }
        }
        section {
            h2 { (words.word("web-survey-elsewhere")) }
            p { (words.word("web-survey-elsewhere-about")) }
            form.record method="get" action=(format!("/survey/{id}/file")) {
                (choice(&words.word("web-survey-who"), "file-role", "role", &roles(words, Role::Teacher)))
                (choice(&words.word("web-survey-language"), "file-language", "language", &languages(words)))
                (choice(&words.word("web-survey-where"), "file-format", "format", &html! {
                    @for format in FormFormat::ALL {
                        option value=(format.name()) { (words.named("web-survey-format", format.name())) }
                    }
                }))
                div.field { button { (words.word("web-survey-save")) } }
            }
        }
        section {
            h2 { (words.word("web-survey-type")) }
            p { (words.word("web-survey-type-about")) }
            @if waiting.lost { p.bad { (words.word("web-survey-typed-lost")) } }
            @for (role, count) in waiting.typed.iter().filter(|(_, count)| *count > 0) {
                p.call {
                    (capital(&words.named("choice", role.name()))) ". "
                    (words.text("web-survey-typed", &[("count", (*count).into())])) " "
                    a href=(format!("/survey/{id}/type?role={}", role.name())) { (words.word("web-survey-typed-go")) }
                }
            }
            form.record method="get" action=(format!("/survey/{id}/type")) {
                (choice(&words.word("web-survey-who"), "type-role", "role", &roles(words, Role::Teacher)))
                div.field { button { (words.word("web-survey-type-do")) } }
            }
        }
        section {
            h2 { (words.word("web-survey-file")) }
            p { (words.word("web-survey-file-about")) }
            div.drop data-upload=(format!("/upload/answers/{id}")) {
                label for="answers-file" { (words.word("web-survey-file-take")) }
                input type="file" id="answers-file" accept=".csv,.tsv,.txt,.xlsx";
            }
        }
    }
}

/// Whose form is on paper.
pub(crate) struct Sheet<'a> {
    /// The survey.
    pub(crate) id: &'a str,
    /// Who is asked.
    pub(crate) role: Role,
    /// The school's name.
    pub(crate) school: &'a str,
}

/// The form on paper, with nothing filled in, in the words of whoever fills it in.
pub(crate) fn paper(
    context: &Context<'_>,
    words: &Words,
    form: &Blank,
    sheet: &Sheet<'_>,
) -> Markup {
    let here = context.words;
    let language = words.catalogue().language().code();
    html! {
        p.screen { button.print type="button" { (here.word("web-print-do")) } " "
            a href=(format!("/survey/{}", sheet.id)) { (here.word("web-survey-back")) } }
        article.paper.form lang=(language) {
            p.school { (sheet.school) }
            h2 { (form.title) }
            p { (capital(&words.named("choice", sheet.role.name()))) ". " (words.word("survey-paper-how")) }
            @for section in &form.sections {
                table {
                    thead { tr {
                        th scope="col" { (section.title) }
                        @for (answer, label) in &form.answers {
                            th.answer scope="col" { (answer) @if *label != answer.to_string() { br; small { (label) } } }
                        }
                    } }
                    tbody {
                        @for (code, text) in &section.items {
                            tr {
                                th scope="row" { (code) ". " (text) }
                                @for _ in &form.answers { td.answer { "○" } }
                            }
                        }
                    }
                }
            }
            @if !form.groups.is_empty() {
                p { (words.word("survey-group")) ": "
                    @for group in &form.groups { span.option { "○ " (group) } " " } }
            }
            p { (words.word("survey-comment")) ":" }
            @for _ in 0..4 { p.line {} }
        }
    }
}

/// What was typed so far.
pub(crate) struct Typed<'a> {
    /// The survey.
    pub(crate) id: &'a str,
    /// Who answered.
    pub(crate) role: Role,
    /// How many rows wait.
    pub(crate) rows: usize,
    /// The school's day.
    pub(crate) today: &'a str,
}

/// One row to be typed: a number, Tab, the next; Enter puts the row to the others.
pub(crate) fn typing(context: &Context<'_>, form: &Blank, typed: &Typed<'_>) -> Markup {
    let words = context.words;
    let address = format!("/survey/{}/type", typed.id);
    let ends = form.answers.first().zip(form.answers.last()).map(|(first, last)| (first.0, last.0));
    let (min, max) = ends.unwrap_or((1, 5));
    let role = || {
        html! {
            input type="hidden" name="token" value=(context.token);
            input type="hidden" name="role" value=(typed.role.name());
        }
    };
    let first =
        form.sections.first().and_then(|section| section.items.first()).map(|(code, _)| code);
    html! {
        p { (capital(&words.named("choice", typed.role.name()))) ". " (words.word("web-survey-type-how")) }
        p.of { @for (answer, label) in &form.answers { span.option { (answer) " – " (label) } " " } }
        form.answers method="post" action=(address) data-still {
            (role())
            input type="hidden" name="do" value="add";
            h2 { (words.text("web-survey-row", &[("number", (typed.rows + 1).into())])) }
            @for section in &form.sections {
                @if !section.title.is_empty() { h3 { (section.title) } }
                @for (code, text) in &section.items {
                    @let control = format!("answer-{code}");
                    div.typed {
                        label for=(control) { (code) ". " (text) }
                        input id=(control) name=(format!("item:{code}")) type="number" min=(min) max=(max) step="1"
                            inputmode="numeric" autocomplete="off" autofocus[Some(code) == first];
                    }
                }
            }
            @if !form.groups.is_empty() {
                (choice(&words.word("survey-group"), "typed-group", "group", &html! {
                    option value="" {}
                    @for group in &form.groups { option value=(group) { (group) } }
                }))
            }
            div.field {
                label for="typed-comment" { (words.word("survey-comment")) }
                textarea id="typed-comment" name="comment" maxlength="4000" {}
            }
            div.actions { button { (words.word("web-survey-row-add")) } }
        }
        @if typed.rows > 0 {
            section.call {
                p { (words.text("web-survey-typed", &[("count", typed.rows.into())])) }
                form.record method="post" action=(address) {
                    (role())
                    input type="hidden" name="do" value="save";
                    div.field {
                        label for="typed-date" { (words.word("web-survey-date")) }
                        input id="typed-date" type="date" name="date" value=(typed.today);
                    }
                    div.field { button { (words.word("web-survey-typed-save")) } }
                }
                form method="post" action=(address) {
                    (role())
                    input type="hidden" name="do" value="undo";
                    button.quiet { (words.word("web-survey-typed-undo")) }
                }
            }
        }
        p.of { a href=(format!("/survey/{}", typed.id)) { (words.word("web-survey-back")) } }
    }
}

/// A file that was given, and what would come of it.
pub(crate) struct Import<'a> {
    pub(crate) survey: &'a Survey,
    pub(crate) given: &'a Given,
    pub(crate) uses: &'a [Use],
    pub(crate) batch: &'a Batch,
    /// How many rows are not in the plan.
    pub(crate) new: usize,
    pub(crate) role: Role,
    pub(crate) date: &'a str,
    /// Rows that are there are added again.
    pub(crate) again: bool,
}

/// A file before it is taken.
pub(crate) fn preview(context: &Context<'_>, import: &Import<'_>) -> Markup {
    let words = context.words;
    let address = format!("/survey/{}/import/{}", import.survey.id, import.given.key);
    let taken = if import.again { import.batch.rows.len() } else { import.new };
    let taken_columns = import.uses.iter().any(|used| matches!(used, Use::Item(_)));
    html! {
        p { strong { (import.given.name) } " · " (source(words, import.given.table.source)) " · "
            (words.text("web-import-lines", &[("count", import.given.table.rows.len().into())])) }
        form method="get" action=(address) data-still {
            div.record {
                (choice(&words.word("web-survey-who"), "import-role", "role", &roles(words, import.role)))
                div.field {
                    label for="import-date" { (words.word("web-survey-date")) }
                    input id="import-date" type="date" name="date" value=(import.date);
                }
            }
            (columns(words, &import.given.table, |column| uses(words, import, column)))
            div.check {
                input type="checkbox" id="import-again" name="again" value="true" checked[import.again];
                label for="import-again" { (words.word("web-import-again")) }
            }
            div.actions { button.quiet { (words.word("web-import-check")) } }
        }
        section.call role="status" {
            h2 { (words.word("web-import-result")) }
            @if !taken_columns { p.bad { (words.word("web-import-no-items")) } }
            p { (words.text("web-import-added", &[("count", taken.into())])) }
            @let there = import.batch.rows.len().saturating_sub(import.new);
            @if there > 0 { p { (words.text("web-import-there", &[("count", there.into())])) } }
            @if import.batch.empty > 0 { p.of { (words.text("web-import-empty", &[("count", import.batch.empty.into())])) } }
            @if too_many_groups(import) { p.bad { (words.text("web-import-groups", &[("limit", GROUPS_MAX.into())])) } }
            (refused(words, import.batch))
            p.of { (words.word("web-import-stripped")) }
            @if taken > 0 {
                form method="post" action=(address) {
                    (hidden(context, ""))
                    input type="hidden" name="role" value=(import.role.name());
                    input type="hidden" name="date" value=(import.date);
                    @if import.again { input type="hidden" name="again" value="true"; }
                    @for (place, used) in import.uses.iter().enumerate() {
                        input type="hidden" name=(format!("column:{place}")) value=(used.name());
                    }
                    button { (words.text("web-import-do", &[("count", taken.into())])) }
                }
            }
        }
        p.of { a href=(format!("/survey/{}", import.survey.id)) { (words.word("web-survey-back")) } }
    }
}

fn too_many_groups(import: &Import<'_>) -> bool {
    let mut groups: Vec<&str> = import.batch.rows.iter().map(|row| row.group.as_str()).collect();
    groups.sort_unstable();
    groups.dedup();
    groups.len() > GROUPS_MAX
}

fn refused(words: &Words, batch: &Batch) -> Markup {
    html! {
        @if !batch.refused.is_empty() {
            p.bad { (words.text("web-import-refused", &[("count", batch.refused.len().into())])) }
            ul.points {
                @for wrong in batch.refused.iter().take(WRONG_SHOWN) {
                    @let values = [("line", wrong.line.into()), ("item", wrong.item.as_str().into()),
                                   ("cell", wrong.cell.as_str().into())];
                    li { (words.text("web-import-wrong", &values)) }
                }
            }
            @if batch.refused.len() > WRONG_SHOWN {
                p.of { (words.text("web-and-more", &[("count", (batch.refused.len() - WRONG_SHOWN).into())])) }
            }
        }
    }
}

pub(crate) fn source(words: &Words, source: Source) -> String {
    let Source::Csv { encoding, delimiter } = source else { return "XLSX".to_owned() };
    let encoding = match encoding {
        Encoding::Utf8 => "UTF-8",
        Encoding::Utf16 => "UTF-16",
        Encoding::Windows1251 => "windows-1251",
    };
    let delimiter = if delimiter == '\t' { "Tab".to_owned() } else { format!("«{delimiter}»") };
    let values = [("encoding", encoding.into()), ("delimiter", delimiter.into())];
    words.text("web-import-source", &values)
}

/// What a column may hold: a group, a comment, or the answers to one item.
fn uses(words: &Words, import: &Import<'_>, column: usize) -> Markup {
    let language = words.catalogue().language().code();
    let used = import.uses.get(column);
    html! {
        option value="group" selected[used == Some(&Use::Group)] { (words.word("survey-group")) }
        option value="comment" selected[used == Some(&Use::Comment)] { (words.word("survey-comment")) }
        @for item in &import.survey.items {
            @let this = Use::Item(item.id.clone());
            option value=(this.name()) selected[used == Some(&this)] {
                (item.id) ". " (item.title.text(language))
            }
        }
    }
}
