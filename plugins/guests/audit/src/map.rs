//! The map of digital development: what is there today, what shall be, and which initiative leads there.

use jospar_plugin_sdk::{Cell, Chart, ChartKind, Column, Report, Table, Text, Tone, Value};

use crate::WORDS;
use crate::plan::{Node, SchoolMap};

/// What becomes of a node.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    Added,
    Removed,
    Grown,
    Shrunk,
    Same,
}

impl Change {
    /// `None` where today or the future is not stated.
    pub(crate) fn of(node: &Node) -> Option<Self> {
        let (today, future) = node.today.zip(node.future)?;
        Some(if today == future {
            Self::Same
        } else if today <= 0.0 {
            Self::Added
        } else if future <= 0.0 {
            Self::Removed
        } else if future > today {
            Self::Grown
        } else {
            Self::Shrunk
        })
    }

    fn name(self) -> Text {
        WORDS.word(match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Grown => "grown",
            Self::Shrunk => "shrunk",
            Self::Same => "same",
        })
    }
}

pub(crate) fn count(map: &SchoolMap, change: Change) -> usize {
    map.nodes.iter().filter(|node| Change::of(node) == Some(change)).count()
}

/// Changes that no initiative leads to.
pub(crate) fn unlinked(map: &SchoolMap) -> impl Iterator<Item = &Node> {
    map.nodes.iter().filter(|node| {
        let changes = Change::of(node).is_some_and(|change| change != Change::Same);
        changes && node.initiatives.is_empty()
    })
}

pub(crate) fn show(report: Report, map: &SchoolMap) -> Report {
    if map.nodes.is_empty() {
        return report;
    }
    let counts = [
        ("added", Value::from(count(map, Change::Added))),
        ("removed", count(map, Change::Removed).into()),
        ("grown", count(map, Change::Grown).into()),
        ("shrunk", count(map, Change::Shrunk).into()),
        ("same", count(map, Change::Same).into()),
    ];
    let mut report =
        report.heading(2, WORDS.word("map")).paragraph(WORDS.say("map-counts", &counts));
    let unlinked: Vec<Text> = unlinked(map).map(|node| node.title.clone()).collect();
    if !unlinked.is_empty() {
        let list = Text::joined(&unlinked, ", ");
        report = report.callout(Tone::Warning, WORDS.say("map-unlinked", &[("list", list.into())]));
    }
    let titles = map.nodes.iter().map(|node| node.title.clone()).collect();
    let chart = Chart::new(ChartKind::Bar, WORDS.word("map-chart"))
        .categories(titles)
        .series(WORDS.word("today"), map.nodes.iter().map(|node| node.today).collect())
        .series(WORDS.word("future"), map.nodes.iter().map(|node| node.future).collect())
        .axis(0.0, 4.0);
    report.table(nodes(map)).chart(chart)
}

fn nodes(map: &SchoolMap) -> Table {
    let mut table = Table::new(
        WORDS.word("map-nodes"),
        vec![
            Column::text(WORDS.word("layer")),
            Column::text(WORDS.word("node")),
            Column::number(WORDS.word("today"), 0),
            Column::number(WORDS.word("future"), 0),
            Column::text(WORDS.word("change")),
            Column::text(WORDS.word("initiative")),
        ],
    );
    for node in &map.nodes {
        let layer = map.layers.iter().find(|layer| layer.id == node.layer);
        let initiative = match node.initiatives.first() {
            Some(id) => Cell::Item(format!("initiatives/{id}")),
            None => WORDS.word("none").into(),
        };
        table.push(vec![
            layer.map(|layer| layer.title.clone()).unwrap_or_default().into(),
            Cell::Item(format!("school_map/nodes/{}", node.id)),
            node.today.into(),
            node.future.into(),
            Change::of(node).map(Change::name).unwrap_or_default().into(),
            initiative,
        ]);
    }
    table
}
