//! What is different between two views, for people: what came, what went, what is another than it was.

use std::collections::BTreeSet;
use std::ops::Range;

use automerge::ChangeHash as AutomergeHash;
use serde_json::Value;
use similar::{Algorithm, capture_diff_slices};

use super::Document;
use super::command::{Command, Path};
use super::difference::{difference, find_in_view};
use super::schema::Schema;
use super::text::{COMPARISONS_MAX, changed, split_words};
use crate::ids::ChangeHash;
use crate::time::Timestamp;

/// One difference between two views.
#[derive(Debug, Clone, PartialEq)]
pub enum Difference {
    /// An item that only the newer view has.
    Added {
        /// The item.
        path: Path,
        /// What it holds.
        after: Value,
    },
    /// An item that only the older view has.
    Removed {
        /// The item.
        path: Path,
        /// What it held.
        before: Value,
    },
    /// A field, or a text in one language, with another value; `Null` for none.
    Changed {
        /// The field.
        path: Path,
        /// True for a text that people edit by the word.
        is_text: bool,
        /// The older value.
        before: Value,
        /// The newer value.
        after: Value,
    },
    /// An item that stands elsewhere in its list.
    Moved {
        /// The item.
        path: Path,
    },
}

impl Difference {
    /// Where it is.
    #[must_use]
    pub const fn path(&self) -> &Path {
        match self {
            Self::Added { path, .. }
            | Self::Removed { path, .. }
            | Self::Changed { path, .. }
            | Self::Moved { path } => path,
        }
    }
}

/// The differences between two views, in the order of the schema: those of [`difference`], with both values.
#[must_use]
pub fn compare_views(schema: &Schema, from: &Value, to: &Value) -> Vec<Difference> {
    let mut seen = BTreeSet::new();
    let value = |view: &Value, path: &Path| find_in_view(view, path).cloned().unwrap_or_default();
    let changed = |path: Path, is_text: bool| {
        let (before, after) = (value(from, &path), value(to, &path));
        (before != after).then_some(Difference::Changed { path, is_text, before, after })
    };
    let tell = |command: Command| match command {
        Command::Add { path, id, .. } => {
            let path = path.child(&id);
            let after = value(to, &path);
            Some(Difference::Added { path, after })
        }
        Command::Remove { path } => {
            let before = value(from, &path);
            Some(Difference::Removed { path, before })
        }
        // A new item that stands in front is added and moved.
        Command::Move { path, .. } => {
            find_in_view(from, &path).is_some().then_some(Difference::Moved { path })
        }
        Command::EditText { path, .. } => changed(path, true),
        Command::Set { path, .. } => changed(path, false),
        // A set is told once, whole.
        Command::Include { path, .. } | Command::Exclude { path, .. } => {
            seen.insert(path.clone()).then(|| changed(path, false))?
        }
        Command::Keep { .. } => None,
    };
    difference(schema, from, to, &[]).into_iter().filter_map(tell).collect()
}

/// What became of a piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Both texts have it.
    Kept,
    /// Only the older text has it.
    Deleted,
    /// Only the newer text has it.
    Inserted,
}

/// Two texts as one, in pieces of whole words: those kept and deleted make the older one, those kept and inserted the
/// newer one. Very long texts that have little in common are deleted and inserted whole.
#[must_use]
pub fn compare_texts(old: &str, new: &str) -> Vec<(Fate, String)> {
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let (old, new) = (split_words(&old), split_words(&new));
    let mut pieces: Vec<(Fate, String)> = Vec::new();
    let mut push = |fate, words: Option<&[&[char]]>| {
        let text: String = words.unwrap_or_default().iter().copied().flatten().collect();
        match pieces.last_mut() {
            _ if text.is_empty() => {}
            Some((last, so_far)) if *last == fate => so_far.push_str(&text),
            _ => pieces.push((fate, text)),
        }
    };
    let mut at = 0;
    for (from, to) in changed_words(&old, &new) {
        push(Fate::Kept, old.get(at..from.start));
        push(Fate::Deleted, old.get(from.clone()));
        push(Fate::Inserted, new.get(to));
        at = from.end;
    }
    push(Fate::Kept, old.get(at..));
    pieces
}

/// The ranges of words that differ.
fn changed_words(old: &[&[char]], new: &[&[char]]) -> Vec<(Range<usize>, Range<usize>)> {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let ends = old.iter().skip(start).rev().zip(new.iter().skip(start).rev());
    let end = ends.take_while(|(a, b)| a == b).count();
    let (from, to) = (start..old.len() - end, start..new.len() - end);
    if from.is_empty() && to.is_empty() {
        return Vec::new();
    }
    if from.len() * to.len() > COMPARISONS_MAX {
        return vec![(from, to)];
    }
    let words = |words: &'_ [&'_ [char]], range: &Range<usize>| -> Vec<String> {
        let words = words.get(range.clone()).unwrap_or_default();
        words.iter().map(|word| word.iter().collect()).collect()
    };
    let ops = capture_diff_slices(Algorithm::Myers, &words(old, &from), &words(new, &to));
    let shift = |range: Range<usize>| range.start + start..range.end + start;
    changed(&ops).map(|(from, to)| (shift(from), shift(to))).collect()
}

impl Document {
    /// The heads of what was written up to a moment, by the authors' clocks: a change counts with all it depends on.
    /// Nothing but the genesis if nothing was.
    #[must_use]
    pub fn heads_until(&self, moment: Timestamp) -> Vec<ChangeHash> {
        let mut known: BTreeSet<AutomergeHash> = BTreeSet::new();
        let mut heads: BTreeSet<AutomergeHash> = BTreeSet::new();
        for change in self.automerge.get_changes_meta(&[]) {
            // The genesis has no moment of its own.
            let counts = change.deps.is_empty() || change.timestamp <= moment.0;
            if counts && change.deps.iter().all(|dep| known.contains(dep)) {
                change.deps.iter().for_each(|dep| {
                    heads.remove(dep);
                });
                known.insert(change.hash);
                heads.insert(change.hash);
            }
        }
        heads.into_iter().map(|hash| ChangeHash(hash.0)).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::plan::Kind;

    fn told(old: &str, new: &str) -> String {
        let mark = |(fate, text): (Fate, String)| match fate {
            Fate::Kept => text,
            Fate::Deleted => format!("[-{text}-]"),
            Fate::Inserted => format!("[+{text}+]"),
        };
        compare_texts(old, new).into_iter().map(mark).collect()
    }

    #[test]
    fn texts_are_compared_by_whole_words() {
        assert_eq!(
            told("Әр сабақ тіркеледі.", "Әр ашық сабақ тіркелді."),
            "Әр [+ашық +]сабақ [-тіркеледі-][+тіркелді+]."
        );
        assert_eq!(told("", "Жаңа"), "[+Жаңа+]");
        assert_eq!(told("Ескі", ""), "[-Ескі-]");
        assert_eq!(told("бір", "бір"), "бір");
    }

    #[test]
    fn long_texts_that_have_nothing_in_common_are_replaced_whole() {
        let (old, new) = ("сөз ".repeat(2_000), "мән,".repeat(2_000));
        assert_eq!(compare_texts(&old, &new).len(), 2);
    }

    #[test]
    fn a_comparison_tells_what_came_what_went_and_what_changed() {
        let from = json!({"risks": [
            {"id": "a", "title": {"kk": "Бір"}, "impact": 2},
            {"id": "b", "title": {"kk": "Екі"}},
            {"id": "c", "mitigations": [{"id": "m", "state": "open"}]},
        ]});
        let to = json!({"risks": [
            {"id": "n", "title": {"kk": "Жаңа"}},
            {"id": "c", "mitigations": [{"id": "m", "state": "done", "evidence": ["x", "y"]}]},
            {"id": "a", "title": {"kk": "Бірінші"}, "impact": null},
        ]});
        let found = compare_views(Kind::Risks.schema(), &from, &to);
        let told: Vec<String> = found
            .iter()
            .map(|difference| match difference {
                Difference::Added { path, .. } => format!("+ {path}"),
                Difference::Removed { path, before } => format!("- {path} {}", before["id"]),
                Difference::Changed { path, before, after, .. } => {
                    format!("{path} {before} {after}")
                }
                Difference::Moved { path } => format!("> {path}"),
            })
            .collect();
        assert_eq!(
            told,
            [
                "- risks/b \"b\"",
                "+ risks/n",
                "> risks/c",
                "risks/c/mitigations/m/state \"open\" \"done\"",
                "risks/c/mitigations/m/evidence null [\"x\",\"y\"]",
                "risks/a/title/kk \"Бір\" \"Бірінші\"",
                "risks/a/impact 2 null",
            ]
        );
        assert!(compare_views(Kind::Risks.schema(), &to, &to).is_empty());
    }

    proptest! {
        #[test]
        fn the_pieces_make_both_texts(old in "[а-в ,.]{0,40}", new in "[а-в ,.]{0,40}") {
            let pieces = compare_texts(&old, &new);
            let without = |left: Fate| -> String {
                let kept = pieces.iter().filter(|(fate, _)| *fate != left);
                kept.map(|(_, text)| text.as_str()).collect()
            };
            prop_assert_eq!(without(Fate::Inserted), old);
            prop_assert_eq!(without(Fate::Deleted), new);
        }
    }
}
