//! From the interface's types to those that the rest of the program knows, and for errors back.

use jospar_plugin_api as api;
use jospar_plugin_api::OutcomeError;
use jospar_plugin_api::outcome::{parse_json, parse_object};

use crate::bindings;
use crate::bindings::jospar::plugin::{proposals, reports, types};

impl From<types::Text> for api::Text {
    fn from(types::Text { kk, ru, en }: types::Text) -> Self {
        Self { kk, ru, en }
    }
}

impl From<api::Text> for types::Text {
    fn from(api::Text { kk, ru, en }: api::Text) -> Self {
        Self { kk, ru, en }
    }
}

impl From<api::PluginError> for types::Error {
    fn from(api::PluginError { code, message }: api::PluginError) -> Self {
        let code = match code {
            api::Code::Denied => types::Code::Denied,
            api::Code::NotFound => types::Code::NotFound,
            api::Code::Invalid => types::Code::Invalid,
            api::Code::Refused => types::Code::Refused,
            api::Code::Limit => types::Code::Limit,
            api::Code::Cancelled => types::Code::Cancelled,
            api::Code::Unavailable => types::Code::Unavailable,
            api::Code::Internal => types::Code::Internal,
        };
        Self { code, message: message.into() }
    }
}

impl From<types::Error> for api::PluginError {
    fn from(types::Error { code, message }: types::Error) -> Self {
        let code = match code {
            types::Code::Denied => api::Code::Denied,
            types::Code::NotFound => api::Code::NotFound,
            types::Code::Invalid => api::Code::Invalid,
            types::Code::Refused => api::Code::Refused,
            types::Code::Limit => api::Code::Limit,
            types::Code::Cancelled => api::Code::Cancelled,
            types::Code::Unavailable => api::Code::Unavailable,
            types::Code::Internal => api::Code::Internal,
        };
        Self { code, message: message.into() }
    }
}

/// The outcome with its JSON parsed; neither normalised nor checked against the limits.
pub(crate) fn outcome(outcome: bindings::Outcome) -> Result<api::Outcome, OutcomeError> {
    let bindings::Outcome { report, proposals, data } = outcome;
    Ok(api::Outcome {
        report: report.map(self::report),
        proposals: proposals.into_iter().map(proposal).collect::<Result<_, _>>()?,
        data: parse_json("data", &data)?,
    })
}

fn proposal(proposal: proposals::Proposal) -> Result<api::Proposal, OutcomeError> {
    let proposals::Proposal { title, reason, origin, edits } = proposal;
    Ok(api::Proposal {
        title: title.into(),
        reason: reason.into(),
        origin: match origin {
            proposals::Origin::Computed => api::Origin::Computed,
            proposals::Origin::Model => api::Origin::Model,
        },
        edits: edits.into_iter().map(edit).collect::<Result<_, _>>()?,
    })
}

fn edit(edit: proposals::Edit) -> Result<api::Edit, OutcomeError> {
    Ok(match edit {
        proposals::Edit::Set(proposals::SetValue { path, value }) => {
            api::Edit::Set(api::SetValue { path, value: parse_json("value", &value)? })
        }
        proposals::Edit::Add(proposals::AddItem { path, id, fields, after }) => {
            let fields = parse_object("fields", &fields)?;
            api::Edit::Add(api::AddItem { path, id, fields, after })
        }
        proposals::Edit::Remove(path) => api::Edit::Remove(path),
        proposals::Edit::Write(proposals::WriteText { path, text }) => {
            api::Edit::Write(api::WriteText { path, text })
        }
    })
}

fn texts(texts: Vec<types::Text>) -> Vec<api::Text> {
    texts.into_iter().map(Into::into).collect()
}

fn report(reports::Report { title, blocks }: reports::Report) -> api::Report {
    api::Report { title: title.into(), blocks: blocks.into_iter().map(block).collect() }
}

fn block(block: reports::Block) -> api::Block {
    match block {
        reports::Block::Heading(reports::Heading { level, text }) => {
            api::Block::Heading(api::Heading { level, text: text.into() })
        }
        reports::Block::Paragraph(text) => api::Block::Paragraph(text.into()),
        reports::Block::Items(items) => api::Block::Items(texts(items)),
        reports::Block::Number(number) => api::Block::Number(self::number(number)),
        reports::Block::Table(table) => api::Block::Table(self::table(table)),
        reports::Block::Chart(chart) => api::Block::Chart(self::chart(chart)),
        reports::Block::Callout(reports::Callout { tone, text }) => {
            let tone = match tone {
                reports::Tone::Info => api::Tone::Info,
                reports::Tone::Good => api::Tone::Good,
                reports::Tone::Warning => api::Tone::Warning,
                reports::Tone::Critical => api::Tone::Critical,
            };
            api::Block::Callout(api::Callout { tone, text: text.into() })
        }
        reports::Block::Quotation(reports::Quotation { text, source }) => {
            api::Block::Quotation(api::Quotation { text, source: source.into() })
        }
    }
}

fn number(number: reports::Number) -> api::Number {
    let reports::Number { label, value, unit, decimals, interval, n, method, source } = number;
    api::Number {
        label: label.into(),
        value: Some(value),
        unit: unit.map(Into::into),
        decimals,
        interval,
        n,
        method: method.map(Into::into),
        source,
    }
}

fn table(reports::Table { title, columns, rows }: reports::Table) -> api::Table {
    let column = |column: reports::Column| api::Column {
        title: column.title.into(),
        unit: column.unit.map(Into::into),
        decimals: column.decimals,
    };
    api::Table {
        title: title.into(),
        columns: columns.into_iter().map(column).collect(),
        rows: rows.into_iter().map(|row| row.into_iter().map(cell).collect()).collect(),
    }
}

fn cell(cell: reports::Cell) -> api::Cell {
    match cell {
        reports::Cell::Empty => api::Cell::Empty,
        reports::Cell::Text(text) => api::Cell::Text(text.into()),
        reports::Cell::Number(number) => api::Cell::Number(number),
        reports::Cell::Share(share) => api::Cell::Share(share),
        reports::Cell::Hidden => api::Cell::Hidden,
        reports::Cell::Item(path) => api::Cell::Item(path),
    }
}

fn chart(chart: reports::Chart) -> api::Chart {
    let reports::Chart { title, kind, categories, series, unit, axis } = chart;
    let point = |reports::Point { x, y, label }| api::Point { x, y, label: label.into() };
    let series = series.into_iter().map(|reports::Series { name, values, points }| api::Series {
        name: name.into(),
        values,
        points: points.into_iter().map(point).collect(),
    });
    api::Chart {
        title: title.into(),
        kind: match kind {
            reports::ChartKind::Bar => api::ChartKind::Bar,
            reports::ChartKind::StackedBar => api::ChartKind::StackedBar,
            reports::ChartKind::Line => api::ChartKind::Line,
            reports::ChartKind::Radar => api::ChartKind::Radar,
            reports::ChartKind::Scatter => api::ChartKind::Scatter,
        },
        categories: texts(categories),
        series: series.collect(),
        unit: unit.map(Into::into),
        axis,
    }
}
