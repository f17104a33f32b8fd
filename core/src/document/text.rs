//! Text edits: the difference between what a person saw and what they made of it.
//!
//! All positions are Unicode code points.

use std::ops::Range;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// Above this product of lengths, texts are compared by words, and above it again replaced whole.
pub(super) const COMPARISONS_MAX: usize = 1_000_000;

/// One replacement: `delete` characters at `at`, counted in the old text, by `insert`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) at: usize,
    pub(super) delete: usize,
    pub(super) insert: String,
}

/// The replacements that turn `old` into `new`, in order, none touching another.
///
/// Words are compared first and letters only inside words that changed, so that what a person retyped is not
/// interleaved with leftovers of what stood there.
pub(super) fn splices(old: &str, new: &str) -> Vec<Splice> {
    let same = equal_start(old, new);
    let (start, old) = old.split_at(same);
    let new = new.split_at(same).1;
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let mut made = Vec::new();
    compare(&old, &new, start.chars().count(), &mut made, true);
    made
}

/// How many bytes at the start are equal, in whole characters: most of a long text, found before it is taken apart.
fn equal_start(old: &str, new: &str) -> usize {
    let equal = old.bytes().zip(new.bytes()).take_while(|(a, b)| a == b).count();
    old.floor_char_boundary(equal)
}

fn compare(old: &[char], new: &[char], at: usize, made: &mut Vec<Splice>, words: bool) {
    let prefix = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old, new) = (old.split_at(prefix).1, new.split_at(prefix).1);
    let suffix = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, new) = (old.split_at(old.len() - suffix).0, new.split_at(new.len() - suffix).0);
    let at = at + prefix;
    if old.is_empty() && new.is_empty() {
        return;
    }
    let whole = Splice { at, delete: old.len(), insert: new.iter().collect() };
    if old.is_empty() || new.is_empty() {
        made.push(whole);
    } else if words {
        compare_words(old, new, whole, made);
    } else if old.len() * new.len() <= COMPARISONS_MAX {
        for (old_range, new_range) in changed(&capture_diff_slices(Algorithm::Myers, old, new)) {
            let insert = new.get(new_range).unwrap_or_default().iter().collect();
            made.push(Splice { at: at + old_range.start, delete: old_range.len(), insert });
        }
    } else {
        made.push(whole);
    }
}

fn compare_words(old: &[char], new: &[char], whole: Splice, made: &mut Vec<Splice>) {
    let (old_words, new_words) = (split_words(old), split_words(new));
    if old_words.len() * new_words.len() > COMPARISONS_MAX {
        made.push(whole);
        return;
    }
    let starts = |words: &[&[char]]| -> Vec<usize> {
        let sum = words.iter().scan(0, |sum, word| {
            *sum += word.len();
            Some(*sum)
        });
        std::iter::once(0).chain(sum).collect()
    };
    let (old_starts, new_starts) = (starts(&old_words), starts(&new_words));
    let letters = |starts: &[usize], range: Range<usize>| {
        let at = |index: usize| starts.get(index).copied().unwrap_or_default();
        at(range.start)..at(range.end)
    };
    let ops = capture_diff_slices(Algorithm::Myers, &old_words, &new_words);
    for (old_range, new_range) in changed(&ops) {
        let old_range = letters(&old_starts, old_range);
        let start = whole.at + old_range.start;
        let old_part = old.get(old_range).unwrap_or_default();
        let new_part = new.get(letters(&new_starts, new_range)).unwrap_or_default();
        compare(old_part, new_part, start, made, false);
    }
}

/// Words, runs of white space, and single other characters.
pub(super) fn split_words(text: &[char]) -> Vec<&[char]> {
    let class = |c: &char| {
        if c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(c) {
            1
        } else if c.is_whitespace() {
            2
        } else {
            3
        }
    };
    text.chunk_by(|a, b| class(a) == class(b) && class(a) != 3).collect()
}

/// The ranges of the old and the new sequence that differ.
pub(super) fn changed(ops: &[DiffOp]) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    ops.iter()
        .filter(|op| !matches!(op, DiffOp::Equal { .. }))
        .map(|op| (op.old_range(), op.new_range()))
}

/// What happens to paragraphs, in the order of the new text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ParagraphEdit {
    /// The paragraph at this place stays as it is.
    Keep(usize),
    /// The paragraph at this place gets this text.
    Change(usize, String),
    /// The paragraph at this place goes.
    Remove(usize),
    /// A new paragraph comes.
    Insert(String),
}

/// How alike two paragraphs must be for one to count as the other, edited.
const ALIKE: f32 = 0.4;

/// What turns paragraphs `old` into `new`.
pub(super) fn paragraph_edits(old: &[String], new: &[String]) -> Vec<ParagraphEdit> {
    let mut edits = Vec::new();
    for operation in capture_diff_slices(Algorithm::Myers, old, new) {
        if let DiffOp::Equal { old_index, len, .. } = operation {
            edits.extend((old_index..old_index + len).map(ParagraphEdit::Keep));
            continue;
        }
        let (old_range, new_range) = (operation.old_range(), operation.new_range());
        let alone = old_range.len() == 1 && new_range.len() == 1;
        let mut new_texts = new.get(new_range).unwrap_or_default().iter();
        for index in old_range {
            let before = old.get(index).map_or("", String::as_str);
            let pair = new_texts.clone().next().filter(|text| alone || alike(before, text));
            match pair {
                Some(text) => {
                    new_texts.next();
                    edits.push(ParagraphEdit::Change(index, text.clone()));
                }
                None => edits.push(ParagraphEdit::Remove(index)),
            }
        }
        edits.extend(new_texts.cloned().map(ParagraphEdit::Insert));
    }
    edits
}

fn alike(old: &str, new: &str) -> bool {
    if old.is_empty() || new.is_empty() {
        return true;
    }
    let (old, new): (Vec<&str>, Vec<&str>) =
        (old.split_whitespace().collect(), new.split_whitespace().collect());
    let same: usize = capture_diff_slices(Algorithm::Myers, &old, &new)
        .iter()
        .map(|operation| match operation {
            DiffOp::Equal { len, .. } => *len,
            _ => 0,
        })
        .sum();
    2.0 * same as f32 >= ALIKE * (old.len() + new.len()) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spliced(old: &str, splices: &[Splice]) -> String {
        let mut letters: Vec<char> = old.chars().collect();
        for splice in splices.iter().rev() {
            letters.splice(splice.at..splice.at + splice.delete, splice.insert.chars());
        }
        letters.into_iter().collect()
    }

    #[test]
    fn a_changed_word_is_one_small_splice() {
        let found = splices("Мектеп мәдениеті", "Мектеп мәдениетінің мәні");
        let inserted: String = found.iter().map(|splice| splice.insert.as_str()).collect();
        assert_eq!(inserted.chars().count(), "нің мәні".chars().count());
        assert!(found.iter().all(|splice| splice.delete == 0));
    }

    #[test]
    fn a_long_rewrite_is_split_by_words() {
        let old = "сөз ".repeat(3_000);
        let new = old.replace("сөз сөз сөз ", "сөз мән сөз ");
        assert_eq!(spliced(&old, &splices(&old, &new)), new);
    }

    #[test]
    fn a_retyped_word_does_not_touch_its_neighbours() {
        let made = splices("үйде интернет жоқ", "үйде кітап жоқ");
        assert!(made.iter().all(|s| s.at >= 5 && s.at + s.delete <= 13), "{made:?}");
    }

    #[test]
    fn an_edited_paragraph_is_changed_and_not_replaced() {
        let text = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let old = text(&["бір екі үш төрт", "бес алты жеті", "сегіз"]);
        let new = text(&["бір екі үш", "жаңа абзац мүлде басқа", "сегіз"]);
        assert_eq!(
            paragraph_edits(&old, &new),
            vec![
                ParagraphEdit::Change(0, new[0].clone()),
                ParagraphEdit::Remove(1),
                ParagraphEdit::Insert(new[1].clone()),
                ParagraphEdit::Keep(2),
            ]
        );
    }

    proptest! {
        #[test]
        fn splices_turn_the_old_text_into_the_new(old in "[а-гә ]{0,40}", new in "[а-гә ]{0,40}") {
            let found = splices(&old, &new);
            prop_assert_eq!(spliced(&old, &found), new);
            prop_assert!(found.windows(2).all(|pair| pair[0].at + pair[0].delete < pair[1].at));
        }

        #[test]
        fn paragraph_edits_name_every_old_paragraph_once(
            old in proptest::collection::vec("[аә]{0,3}", 0..6),
            new in proptest::collection::vec("[аә]{0,3}", 0..6),
        ) {
            let edits = paragraph_edits(&old, &new);
            let mut seen = Vec::new();
            let mut made = Vec::new();
            for edit in &edits {
                match edit {
                    ParagraphEdit::Keep(i) => { seen.push(*i); made.push(old[*i].clone()); }
                    ParagraphEdit::Change(i, text) => { seen.push(*i); made.push(text.clone()); }
                    ParagraphEdit::Remove(i) => seen.push(*i),
                    ParagraphEdit::Insert(text) => made.push(text.clone()),
                }
            }
            prop_assert_eq!(seen, (0..old.len()).collect::<Vec<_>>());
            prop_assert_eq!(made, new);
        }
    }
}
