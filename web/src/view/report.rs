//! Reports of plugins as HTML. What a plugin wrote is a stranger's text: it is data here, and escaped (threat T23).

use std::collections::BTreeMap;

use jospar_locales::words::Words;
use jospar_plugin_api::{
    Block, Callout, Cell, Column, Number, Report, Table, Text, Tone, text::clean,
};
use maud::{Markup, html};

use super::chart;

/// From paths in the plan to what stands there.
pub(crate) type Titles = BTreeMap<String, String>;

/// A text in the reader's language, without what turns the order of letters around.
pub(crate) fn said(words: &Words, text: &Text) -> String {
    let mut text = text.in_language(words.catalogue().language().code()).to_owned();
    clean(&mut text);
    text
}

/// A number with at most so many digits behind the point.
pub(crate) fn decimal(words: &Words, value: f64, decimals: u32) -> String {
    let factor = 10_f64.powi(i32::try_from(decimals.min(10)).unwrap_or_default());
    let rounded = (value * factor).round() / factor;
    words.catalogue().number(if rounded.is_finite() { rounded } else { value })
}

/// A number with exactly so many digits behind the point.
fn digits(words: &Words, value: f64, decimals: u32) -> String {
    words.catalogue().decimals(value, decimals)
}

/// Paths that cells of a report name.
pub(crate) fn paths(report: &Report) -> Vec<String> {
    let cells = report.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table.rows.iter().flatten()),
        _ => None,
    });
    let mut paths: Vec<String> = cells
        .flatten()
        .filter_map(|cell| match cell {
            Cell::Item(path) => Some(path.clone()),
            _ => None,
        })
        .collect();
    paths.sort_unstable();
    paths.dedup();
    paths
}

/// The whole report below a heading of the page's second level.
pub(crate) fn report(words: &Words, report: &Report, titles: &Titles) -> Markup {
    html! {
        article.report {
            h2 { (said(words, &report.title)) }
            @for block in &report.blocks { (shown(words, block, titles)) }
        }
    }
}

/// What a report says in one sentence, its first callout, and what it warns of.
pub(crate) fn summary(words: &Words, report: &Report) -> Markup {
    let callouts = report.blocks.iter().filter_map(|block| match block {
        Block::Callout(callout) => Some(callout),
        _ => None,
    });
    let warns = |tone| matches!(tone, Tone::Warning | Tone::Critical);
    let told = callouts.enumerate().filter(|(place, callout)| *place == 0 || warns(callout.tone));
    html! { @for (_, callout) in told { (shown_callout(words, callout)) } }
}

fn shown_callout(words: &Words, callout: &Callout) -> Markup {
    let (class, key) = match callout.tone {
        Tone::Info => ("callout", "report-tone-info"),
        Tone::Good => ("callout good", "report-tone-good"),
        Tone::Warning => ("callout fair", "report-tone-warning"),
        Tone::Critical => ("callout poor", "report-tone-critical"),
    };
    html! { p class=(class) { strong { (words.word(key)) ": " } (said(words, &callout.text)) } }
}

fn shown(words: &Words, block: &Block, titles: &Titles) -> Markup {
    match block {
        Block::Heading(heading) => {
            let text = said(words, &heading.text);
            match heading.level {
                1 => html! { h3.first { (text) } },
                2 => html! { h3 { (text) } },
                _ => html! { h4 { (text) } },
            }
        }
        Block::Paragraph(text) => html! {
            @for part in said(words, text).split('\n') { p { (part) } }
        },
        Block::Items(items) => {
            html! { ul.points { @for item in items { li { (said(words, item)) } } } }
        }
        Block::Number(number) => shown_number(words, number),
        Block::Table(table) => shown_table(words, table, titles),
        Block::Chart(chart) => chart::chart(words, chart),
        Block::Callout(callout) => shown_callout(words, callout),
        Block::Quotation(quotation) => {
            let mut text = quotation.text.clone();
            clean(&mut text);
            html! { blockquote { p { "«" (text) "»" } footer { (said(words, &quotation.source)) } } }
        }
    }
}

fn shown_number(words: &Words, number: &Number) -> Markup {
    let value = match number.value {
        Some(value) => digits(words, value, number.decimals),
        None => words.word("empty-value"),
    };
    let mut more = Vec::new();
    if let Some((low, high)) = number.interval {
        let [low, high] = [low, high].map(|end| digits(words, end, number.decimals));
        more.push(words.text("report-interval", &[("low", low.into()), ("high", high.into())]));
    }
    if let Some(n) = number.n {
        more.push(words.with("report-n", "n", &n.to_string()));
    }
    if let Some(method) = &number.method {
        more.push(words.with("report-method", "method", &said(words, method)));
    }
    if let Some(source) = &number.source {
        let mut source = source.clone();
        clean(&mut source);
        more.push(words.with("report-source", "source", &source));
    }
    html! {
        p.figure {
            span { (said(words, &number.label)) } " "
            strong { (value) @if let Some(unit) = &number.unit { " " (said(words, unit)) } }
            @if !more.is_empty() { br; small { (more.join("; ")) } }
        }
    }
}

fn shown_table(words: &Words, table: &Table, titles: &Titles) -> Markup {
    let counts = |place: usize| {
        let mut cells = table.rows.iter().filter_map(|row| row.get(place));
        !table.rows.is_empty() && cells.all(|cell| !matches!(cell, Cell::Text(_) | Cell::Item(_)))
    };
    let classes: Vec<Option<&str>> =
        (0..table.columns.len()).map(|place| counts(place).then_some("number")).collect();
    let class = |place: usize| classes.get(place).copied().flatten();
    let title = said(words, &table.title);
    html! {
        div.scroll tabindex="0" {
            table {
                @if !title.is_empty() { caption { (title) } }
                thead { tr {
                    @for (place, column) in table.columns.iter().enumerate() {
                        th scope="col" class=[class(place)] {
                            (said(words, &column.title))
                            @if let Some(unit) = &column.unit { ", " (said(words, unit)) }
                        }
                    }
                } }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @for (place, (cell, column)) in row.iter().zip(&table.columns).enumerate() {
                                td class=[class(place)] { (shown_cell(words, cell, column, titles)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn shown_cell(words: &Words, cell: &Cell, column: &Column, titles: &Titles) -> Markup {
    match cell {
        Cell::Empty => html! {},
        Cell::Text(text) => html! { (said(words, text)) },
        Cell::Number(value) => html! { (digits(words, *value, column.decimals)) },
        Cell::Share(value) => html! { (digits(words, value * 100.0, column.decimals)) " %" },
        Cell::Hidden => html! { (words.word("report-hidden")) },
        Cell::Item(path) => match titles.get(path) {
            Some(title) => html! { a href=(format!("/plan/{path}")) { (title) } },
            None => html! { (path) },
        },
    }
}

#[cfg(test)]
mod tests;
