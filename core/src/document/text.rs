//! Text edits: what a person made of a text, carried onto what others made of it meanwhile.

use std::ops::Range;

use automerge::transaction::{Transactable as _, Transaction};
use automerge::{AutomergeError, ChangeHash as AutomergeHash, ObjId, ReadDoc as _};
use similar::{Algorithm, DiffOp, capture_diff_slices};

/// The most characters of a changed part that are compared letter by letter; longer parts are replaced word by word.
const LETTERS_MAX: usize = 2_000;

/// One replacement, in characters of the text it was made on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Splice {
    pub(super) deleted: Range<usize>,
    pub(super) inserted: String,
}

/// The replacements that turn `old` into `new`, from front to back, none touching the next.
pub(super) fn splices(old: &str, new: &str) -> Vec<Splice> {
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let prefix = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) =
        (old.get(prefix..).unwrap_or_default(), new.get(prefix..).unwrap_or_default());
    let suffix =
        old_rest.iter().rev().zip(new_rest.iter().rev()).take_while(|(a, b)| a == b).count();
    let old_rest = old_rest.get(..old_rest.len() - suffix).unwrap_or_default();
    let new_rest = new_rest.get(..new_rest.len() - suffix).unwrap_or_default();
    if old_rest.is_empty() && new_rest.is_empty() {
        return Vec::new();
    }
    if old_rest.len().max(new_rest.len()) <= LETTERS_MAX {
        let letters = |part: &[char]| part.iter().map(|letter| vec![*letter]).collect();
        return differences(prefix, letters(old_rest), letters(new_rest));
    }
    differences(prefix, words(old_rest), words(new_rest))
}

fn words(letters: &[char]) -> Vec<Vec<char>> {
    letters.split_inclusive(|letter| letter.is_whitespace()).map(<[char]>::to_vec).collect()
}

fn differences(start: usize, old: Vec<Vec<char>>, new: Vec<Vec<char>>) -> Vec<Splice> {
    let length = |parts: &[Vec<char>], range: Range<usize>| -> usize {
        parts.get(range).unwrap_or_default().iter().map(Vec::len).sum()
    };
    let operations = capture_diff_slices(Algorithm::Myers, &old, &new);
    let mut splices: Vec<Splice> = Vec::new();
    for operation in operations {
        if matches!(operation, DiffOp::Equal { .. }) {
            continue;
        }
        let (old_range, new_range) = (operation.old_range(), operation.new_range());
        let from = start + length(&old, 0..old_range.start);
        let to = from + length(&old, old_range);
        let inserted: String = new.get(new_range).unwrap_or_default().iter().flatten().collect();
        match splices.last_mut() {
            Some(last) if last.deleted.end == from => {
                last.deleted.end = to;
                last.inserted.push_str(&inserted);
            }
            _ => splices.push(Splice { deleted: from..to, inserted }),
        }
    }
    splices
}

/// Brings a text from `old`, which it was at `base` (now, if `None`), to `new`, leaving what others wrote since.
pub(super) fn edit(
    transaction: &mut Transaction<'_>,
    text: &ObjId,
    base: Option<&[AutomergeHash]>,
    old: &str,
    new: &str,
) -> Result<(), AutomergeError> {
    let mut carried = Vec::new();
    for splice in splices(old, new) {
        carried.push(carry(transaction, text, base, splice)?);
    }
    // From back to front, so that places further to the front stay what they are.
    for Carried { at, deleted, inserted } in carried.into_iter().rev() {
        for run in deleted.into_iter().rev() {
            transaction.splice_text(text, run.start, run.len() as isize, "")?;
        }
        if !inserted.is_empty() {
            transaction.splice_text(text, at, 0, &inserted)?;
        }
    }
    Ok(())
}

/// A replacement in characters of the text as it is now.
struct Carried {
    at: usize,
    deleted: Vec<Range<usize>>,
    inserted: String,
}

fn carry(
    transaction: &Transaction<'_>,
    text: &ObjId,
    base: Option<&[AutomergeHash]>,
    splice: Splice,
) -> Result<Carried, AutomergeError> {
    let Splice { deleted, inserted } = splice;
    if base.is_none() {
        let runs = if deleted.is_empty() { Vec::new() } else { vec![deleted.clone()] };
        return Ok(Carried { at: deleted.start, deleted: runs, inserted });
    }
    let at = match deleted.start.checked_sub(1) {
        None => 0,
        Some(left) => match locate(transaction, text, base, left)? {
            (place, true) => place + 1,
            (place, false) => place,
        },
    };
    let mut runs: Vec<Range<usize>> = Vec::new();
    for letter in deleted {
        if let (place, true) = locate(transaction, text, base, letter)? {
            match runs.last_mut() {
                Some(run) if run.end == place => run.end += 1,
                _ => runs.push(place..place + 1),
            }
        }
    }
    Ok(Carried { at, deleted: runs, inserted })
}

/// Where the letter that stood at `place` at `base` stands now, or where it would; and whether it is there.
fn locate(
    transaction: &Transaction<'_>,
    text: &ObjId,
    base: Option<&[AutomergeHash]>,
    place: usize,
) -> Result<(usize, bool), AutomergeError> {
    let cursor = transaction.get_cursor(text, place, base)?;
    let now = transaction.get_cursor_position(text, &cursor, None)?;
    let there =
        now < transaction.length(text) && transaction.get_cursor(text, now, None)? == cursor;
    Ok((now, there))
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
            letters.splice(splice.deleted.clone(), splice.inserted.chars());
        }
        letters.into_iter().collect()
    }

    #[test]
    fn a_changed_word_is_one_small_splice() {
        let found = splices("Мектеп мәдениеті", "Мектеп мәдениетінің мәні");
        let inserted: String = found.iter().map(|splice| splice.inserted.as_str()).collect();
        assert_eq!(inserted.chars().count(), "нің мәні".chars().count());
        assert!(found.iter().all(|splice| splice.deleted.is_empty()));
    }

    #[test]
    fn a_long_rewrite_is_split_by_words() {
        let old = "сөз ".repeat(3_000);
        let new = old.replace("сөз сөз сөз ", "сөз мән сөз ");
        assert_eq!(spliced(&old, &splices(&old, &new)), new);
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
            prop_assert!(found.windows(2).all(|pair| pair[0].deleted.end < pair[1].deleted.start));
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
