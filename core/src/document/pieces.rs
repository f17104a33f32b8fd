//! Pieces: the automerge texts that a paragraph consists of, shown as one.
//!
//! To take in a change, automerge walks every operation of the text that it touches, so a long text makes each letter
//! dear (docs/adr/0012). A paragraph's first piece stands under `text`, further ones under `+` and a position. Letters
//! never move from one piece to another: what somebody else does to them at the same time would miss them.
//!
//! All positions inside texts are Unicode code points.

use std::collections::HashMap;

use automerge::{
    AutomergeError, ChangeHash as AmHash, ObjId, ObjType, ReadDoc as _,
    transaction::{Transactable as _, Transaction},
};

use super::position::{between, following, next_in_run, random_digits};
use super::read::{Reader, Source, TEXT};
use super::text::{Splice, splices};
use super::texts::Texts;
use crate::ids::ActorId;

/// From this length on, what is appended to a piece between two words starts a new one.
const PIECE_CHARS_GOAL: usize = 900;
/// The longest that new text makes a piece; only what is inserted inside it makes it longer.
const PIECE_CHARS_MAX: usize = 1_000;
/// The mark that the key of a piece starts with. What has it and is not followed by a position is no piece.
const PIECE_MARK: char = '+';
/// All keys of pieces are from here to [`PIECE_KEYS_END`].
const PIECE_KEYS_START: &str = "+";
const PIECE_KEYS_END: &str = ",";
/// The most digits of a piece's position. Where a longer one were needed, the piece before grows instead.
const PIECE_DIGITS_MAX: usize = 200;
/// How many random bytes a piece's position is made of.
const PIECE_RANDOM_BYTES: usize = 10;
/// What a new piece adds to a change, beside its letters: its key and its operation, from above.
pub(super) const PIECE_BYTES: usize = PIECE_DIGITS_MAX + 32;

/// One text of a paragraph, or the one text of a field without paragraphs.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    /// The digits behind the mark; empty for the first piece.
    pub(super) position: String,
    pub(super) object: ObjId,
    pub(super) text: String,
}

/// The position in the key of a piece; `None` if the key is not one.
fn piece_position(key: &str) -> Option<&str> {
    let digits = key.strip_prefix(PIECE_MARK)?;
    let is_position = !digits.is_empty()
        && digits.len() <= PIECE_DIGITS_MAX
        && digits.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && !digits.ends_with('0');
    is_position.then_some(digits)
}

impl<S: Source> Reader<'_, S> {
    /// The pieces of a paragraph, in order. What stands at a piece's key and is not a text is left out.
    pub(super) fn pieces(&self, paragraph: &ObjId) -> Vec<Piece> {
        let first = self.object(paragraph, TEXT, ObjType::Text);
        let first = first.map(|object| (String::new(), object));
        let further = self.further(paragraph).into_iter().filter_map(|(position, kind, object)| {
            (kind == Some(ObjType::Text)).then_some((position, object))
        });
        let pieces = first.into_iter().chain(further);
        pieces
            .map(|(position, object)| Piece { position, text: self.text(&object), object })
            .collect()
    }

    /// The text of a paragraph.
    pub(super) fn paragraph(&self, paragraph: &ObjId) -> String {
        joined(&self.pieces(paragraph))
    }

    /// True if something in a paragraph is not the text that it should be.
    pub(super) fn is_damaged_paragraph(&self, paragraph: &ObjId) -> bool {
        let is_text = |kind| kind == Some(ObjType::Text);
        self.kind(paragraph, TEXT).is_some_and(|kind| !is_text(kind))
            || self.further(paragraph).into_iter().any(|(_, kind, _)| !is_text(kind))
    }

    /// What stands at the keys of further pieces: the position, and the type if it is an object.
    fn further(&self, paragraph: &ObjId) -> Vec<(String, Option<ObjType>, ObjId)> {
        let mut found = self.range(paragraph, PIECE_KEYS_START, PIECE_KEYS_END);
        found.retain_mut(|(key, _, _)| match piece_position(key) {
            Some(position) => {
                *key = position.to_owned();
                true
            }
            None => false,
        });
        found.sort_by(|a, b| a.0.cmp(&b.0));
        found
    }
}

/// The text that pieces make.
pub(super) fn joined(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

/// Cuts a text into parts that are at most a piece long, behind a space where one is near.
fn parts(mut text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    while let Some((limit, _)) = text.char_indices().nth(PIECE_CHARS_MAX) {
        let half = text.char_indices().nth(PIECE_CHARS_MAX / 2).map_or(0, |(index, _)| index);
        let mut letters = text.split_at(limit).0.char_indices().rev();
        let space = letters.find(|(_, letter)| letter.is_whitespace());
        let end = match space {
            Some((index, letter)) if index >= half => index + letter.len_utf8(),
            _ => limit,
        };
        let (part, rest) = text.split_at(end);
        parts.push(part);
        text = rest;
    }
    if !text.is_empty() {
        parts.push(text);
    }
    parts
}

/// Where further pieces of a paragraph come, and what their positions are made of.
#[derive(Debug)]
pub(super) struct Growth {
    pub(super) paragraph: ObjId,
    /// Who makes them.
    pub(super) actor: ActorId,
    pub(super) random: [u8; PIECE_RANDOM_BYTES],
}

impl Growth {
    /// A position for a new piece behind `left` and before the position `right`; `None` if there is no room.
    ///
    /// What one actor appends piece by piece gets positions that start alike, so that the pieces of two people who
    /// append at the same time do not mix.
    fn position(&self, left: &Piece, right: Option<&str>) -> Option<String> {
        let after = left.position.as_str();
        let fits = |position: &String| {
            position.as_str() > after
                && right.is_none_or(|right| position.as_str() < right)
                && position.len() <= PIECE_DIGITS_MAX
        };
        let made_by = |actor: &automerge::ActorId| actor.to_bytes() == self.actor.0.as_slice();
        if matches!(&left.object, ObjId::Id(_, actor, _) if made_by(actor))
            && let Some(next) = next_in_run(after).filter(fits)
        {
            return Some(next);
        }
        let [first, second, rest @ ..] = self.random;
        let mut low = after.to_owned();
        while low.len() <= PIECE_DIGITS_MAX {
            let place = between(&low, right, [first, second]);
            let run = place.clone() + &random_digits(&rest);
            let position = following(&run, 0);
            if fits(&position) {
                return Some(position);
            }
            if place <= low || right.is_some_and(|right| place.as_str() >= right) {
                return None;
            }
            // `right` starts with this place, so no digits fit behind it. The next is longer, so this ends.
            low = place;
        }
        None
    }
}

/// A place between two letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Spot {
    piece: usize,
    /// How many letters of the piece stand before it.
    at: usize,
}

/// One thing to do to one piece: delete letters behind a spot, or insert there.
#[derive(Debug)]
struct Step<'a> {
    spot: Spot,
    delete: usize,
    insert: &'a str,
}

#[derive(Debug)]
struct Slot {
    piece: Piece,
    /// How many letters it has now.
    length: usize,
    /// How many letters it had before this edit and got by it: what was deleted still costs.
    taken: usize,
    written: bool,
}

impl Slot {
    fn new(piece: Piece) -> Self {
        let length = piece.text.chars().count();
        Self { piece, length, taken: length, written: false }
    }

    /// Does to the text what was done to it in automerge.
    fn write(&mut self, at: usize, delete: usize, insert: &str) {
        let text = &mut self.piece.text;
        let place = |count| text.char_indices().nth(count).map_or(text.len(), |(place, _)| place);
        let range = place(at)..place(at + delete);
        text.replace_range(range, insert);
        let inserted = insert.chars().count();
        self.length = self.length.saturating_sub(delete) + inserted;
        self.taken += inserted;
        self.written = true;
    }
}

/// A text that is being edited, as its pieces.
#[derive(Debug)]
pub(super) struct Line<'a, 'doc> {
    tx: &'a mut Transaction<'doc>,
    slots: Vec<Slot>,
    growth: Option<Growth>,
    added: usize,
}

impl<'a, 'doc> Line<'a, 'doc> {
    /// The text that consists of `pieces`, at least one; without `growth` it never gets another.
    pub(super) fn new(
        tx: &'a mut Transaction<'doc>,
        pieces: Vec<Piece>,
        growth: Option<Growth>,
    ) -> Self {
        let slots = pieces.into_iter().map(Slot::new).collect();
        Self { tx, slots, growth, added: 0 }
    }

    /// How many pieces were added.
    pub(super) const fn added(&self) -> usize {
        self.added
    }

    /// Keeps what was written.
    pub(super) fn keep(self, texts: &Texts) {
        for slot in self.slots.into_iter().filter(|slot| slot.written) {
            texts.set(slot.piece.object, slot.piece.text);
        }
    }

    /// Writes a text that was empty and that nobody else knows.
    pub(super) fn fill(&mut self, text: &str) -> Result<(), AutomergeError> {
        let mut last = None;
        for part in parts(text) {
            last = Some(match last {
                None => self.put(Spot { piece: 0, at: 0 }, part)?,
                Some(last) => self.grow(last, part)?,
            });
        }
        Ok(())
    }

    /// Brings the text from what it was in `base` (heads, and the pieces at them; now, if `None`) to `new`; keeps what
    /// others wrote since.
    pub(super) fn edit(
        &mut self,
        base: Option<(&[AmHash], &[Piece])>,
        new: &str,
    ) -> Result<(), AutomergeError> {
        let now: String = self.slots.iter().map(|slot| slot.piece.text.as_str()).collect();
        let seen = base.map(|(heads, pieces)| (heads, pieces, joined(pieces)));
        match seen {
            Some((heads, pieces, seen)) if seen != now => {
                let splices = splices(&seen, new);
                let steps = self.steps_since(heads, pieces, &splices)?;
                self.carry_out(steps)
            }
            _ => {
                let splices = splices(&now, new);
                let steps = self.steps(&splices);
                self.carry_out(steps)
            }
        }
    }

    /// What splices of the text of the moment do to its pieces.
    fn steps<'s>(&self, splices: &'s [Splice]) -> Vec<Step<'s>> {
        let mut steps = Vec::new();
        for splice in splices {
            if !splice.insert.is_empty() {
                let (spot, insert) = (self.spot_behind(splice.at), splice.insert.as_str());
                steps.push(Step { spot, delete: 0, insert });
            }
            let mut start = 0;
            for (piece, slot) in self.slots.iter().enumerate() {
                let end = start + slot.length;
                let (from, to) = (splice.at.max(start), (splice.at + splice.delete).min(end));
                if from < to {
                    let spot = Spot { piece, at: from - start };
                    steps.push(Step { spot, delete: to - from, insert: "" });
                }
                start = end;
            }
        }
        steps
    }

    /// The place behind the first `count` letters of the whole text.
    fn spot_behind(&self, count: usize) -> Spot {
        let mut start = 0;
        for (piece, slot) in self.slots.iter().enumerate() {
            if count > start && count <= start + slot.length {
                return Spot { piece, at: count - start };
            }
            start += slot.length;
        }
        Spot { piece: 0, at: 0 }
    }

    /// What splices counted at `base` do to the pieces of the moment: they delete those of the letters that are still
    /// there, and insert behind the letter that stood before, left of what others wrote at the same place.
    fn steps_since<'s>(
        &self,
        base: &[AmHash],
        pieces: &[Piece],
        splices: &'s [Splice],
    ) -> Result<Vec<Step<'s>>, AutomergeError> {
        let reader = Reader::at(&*self.tx, base);
        let mut seen: Vec<(ObjId, &Piece, usize)> = Vec::new();
        for piece in pieces {
            let letters = reader.letters(&piece.object).into_iter().enumerate();
            seen.extend(letters.map(|(index, id)| (id, piece, index)));
        }
        let mut spots: HashMap<ObjId, Spot> = HashMap::new();
        for (piece, slot) in self.slots.iter().enumerate() {
            let letters = Reader::now(&*self.tx).letters(&slot.piece.object);
            spots.extend(letters.into_iter().enumerate().map(|(at, id)| (id, Spot { piece, at })));
        }
        let mut steps = Vec::new();
        for splice in splices {
            let deleted = seen.get(splice.at..splice.at + splice.delete).unwrap_or_default();
            let deleted = deleted.iter().filter_map(|(id, _, _)| spots.get(id));
            steps.extend(deleted.map(|spot| Step { spot: *spot, delete: 1, insert: "" }));
            if splice.insert.is_empty() {
                continue;
            }
            let before = splice.at.checked_sub(1).and_then(|index| seen.get(index));
            let spot = match before {
                None => Spot { piece: 0, at: 0 },
                Some((id, piece, index)) => match spots.get(id) {
                    Some(spot) => Spot { at: spot.at + 1, ..*spot },
                    None => self.spot_of_deleted(piece, (base, *index), &spots)?,
                },
            };
            steps.push(Step { spot, delete: 0, insert: &splice.insert });
        }
        Ok(steps)
    }

    /// Where the letter stood that was at an index of a piece at `base` and has been deleted since.
    fn spot_of_deleted(
        &self,
        piece: &Piece,
        (base, index): (&[AmHash], usize),
        spots: &HashMap<ObjId, Spot>,
    ) -> Result<Spot, AutomergeError> {
        let same = self.slots.iter().position(|slot| slot.piece.object == piece.object);
        let Some(number) = same else {
            // Somebody wrote over the whole piece.
            let before = self.slots.iter().rposition(|slot| slot.piece.position < piece.position);
            let number = before.unwrap_or(0);
            let length = self.slots.get(number).map_or(0, |slot| slot.length);
            return Ok(Spot { piece: number, at: before.map_or(0, |_| length) });
        };
        let heads = self.tx.base_heads();
        let cursor = self.tx.get_cursor(&piece.object, index, Some(base))?;
        // Asked for named heads, automerge has no place for a deleted letter with nothing visible behind it. (Asked for
        // the moment, it has, but one of its debug assertions fails.)
        let place = self.tx.get_cursor_position(&piece.object, &cursor, Some(&heads));
        let behind = place.ok().and_then(|place| {
            let letters = Reader::at(&*self.tx, &heads).letters(&piece.object);
            letters.get(place).and_then(|id| spots.get(id)).copied()
        });
        let length = self.slots.get(number).map_or(0, |slot| slot.length);
        Ok(behind.unwrap_or(Spot { piece: number, at: length }))
    }

    /// Does steps from the end, so that the places before stay right. At one place the insertion stays before the
    /// deletion, and insertions keep their order, because the sort is stable.
    fn carry_out(&mut self, mut steps: Vec<Step<'_>>) -> Result<(), AutomergeError> {
        steps.sort_by_key(|step| (step.spot, step.delete));
        let mut steps = steps.into_iter().rev().peekable();
        while let Some(Step { mut spot, mut delete, insert }) = steps.next() {
            if delete == 0 {
                self.insert(spot, insert)?;
                continue;
            }
            let touches = |other: &Step<'_>, spot: Spot| {
                other.spot.piece == spot.piece && other.spot.at + other.delete == spot.at
            };
            while let Some(other) = steps.next_if(|s| s.delete > 0 && touches(s, spot)) {
                spot = other.spot;
                delete += other.delete;
            }
            let Some(slot) = self.slots.get_mut(spot.piece) else { continue };
            self.tx.splice_text(&slot.piece.object, spot.at, delete as isize, "")?;
            slot.write(spot.at, delete, "");
        }
        Ok(())
    }

    /// Inserts at a spot: inside a piece into it; at its end into it, into the next or into new ones, so that what is
    /// inserted at once stays together.
    fn insert(&mut self, spot: Spot, text: &str) -> Result<(), AutomergeError> {
        let Some(slot) = self.slots.get(spot.piece) else { return Ok(()) };
        let before = spot.at.checked_sub(1).and_then(|at| slot.piece.text.chars().nth(at));
        let between_words = before.is_none_or(char::is_whitespace)
            || text.chars().next().is_none_or(char::is_whitespace);
        let limit = if between_words { PIECE_CHARS_GOAL } else { PIECE_CHARS_MAX };
        let count = text.chars().count();
        let has_room = |slot: &Slot, limit: usize| slot.taken + count <= limit;
        if self.growth.is_none() || spot.at < slot.length || has_room(slot, limit) {
            self.put(spot, text)?;
            return Ok(());
        }
        if self.slots.get(spot.piece + 1).is_some_and(|next| has_room(next, PIECE_CHARS_GOAL)) {
            self.put(Spot { piece: spot.piece + 1, at: 0 }, text)?;
            return Ok(());
        }
        let mut last = spot.piece;
        for part in parts(text) {
            last = self.grow(last, part)?;
        }
        Ok(())
    }

    /// Inserts into a piece and returns its number.
    fn put(&mut self, spot: Spot, text: &str) -> Result<usize, AutomergeError> {
        if let Some(slot) = self.slots.get_mut(spot.piece) {
            self.tx.splice_text(&slot.piece.object, spot.at, 0, text)?;
            slot.write(spot.at, 0, text);
        }
        Ok(spot.piece)
    }

    /// Puts a text into a new piece behind the one with the number `left`, and returns the new one's number. Where
    /// there is no room for a piece, the text goes to the end of `left`.
    fn grow(&mut self, left: usize, text: &str) -> Result<usize, AutomergeError> {
        let right = self.slots.get(left + 1).map(|slot| slot.piece.position.as_str());
        let Some(slot) = self.slots.get(left) else { return Ok(left) };
        let growth = self.growth.as_ref();
        let place = growth.and_then(|growth| {
            Some((growth.position(&slot.piece, right)?, growth.paragraph.clone()))
        });
        let Some((position, paragraph)) = place else {
            return self.put(Spot { piece: left, at: slot.length }, text);
        };
        let key = format!("{PIECE_MARK}{position}");
        let object = self.tx.put_object(&paragraph, key, ObjType::Text)?;
        self.tx.splice_text(&object, 0, 0, text)?;
        let piece = Piece { position, object, text: text.to_owned() };
        self.slots.insert(left + 1, Slot { written: true, ..Slot::new(piece) });
        self.added += 1;
        Ok(left + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn piece(position: &str, actor: u8) -> Piece {
        let actor = automerge::ActorId::from([actor; 16]);
        let object = ObjId::Id(1, actor, 0);
        Piece { position: position.to_owned(), object, text: String::new() }
    }

    fn growth(actor: u8, random: [u8; PIECE_RANDOM_BYTES]) -> Growth {
        Growth { paragraph: ObjId::Root, actor: ActorId([actor; 16]), random }
    }

    #[test]
    fn parts_are_short_enough_and_end_behind_a_space_that_is_near() {
        let near = format!("{} {}", "ә".repeat(700), "ә".repeat(400));
        assert_eq!(parts(&near), [&near[..1_401], &near[1_401..]]);
        let far = format!("ә {}", "ә".repeat(1_500));
        let lengths: Vec<usize> = parts(&far).iter().map(|part| part.chars().count()).collect();
        assert_eq!(lengths, [1_000, 502]);
        assert_eq!(parts(""), Vec::<&str>::new());
    }

    #[test]
    fn two_people_at_one_place_get_different_positions() {
        for (left, right) in [("", None), ("", Some("a1")), ("a1", Some("a11")), ("a1", Some("a2"))]
        {
            let first = growth(1, [7; PIECE_RANDOM_BYTES]).position(&piece(left, 3), right);
            let mut random = [7; PIECE_RANDOM_BYTES];
            random[PIECE_RANDOM_BYTES - 1] = 8;
            let second = growth(2, random).position(&piece(left, 3), right);
            assert!(first.is_some() && second.is_some() && first != second);
        }
    }

    #[test]
    fn a_run_of_pieces_is_not_broken_by_anothers() {
        let (a, b) = (growth(1, [1; PIECE_RANDOM_BYTES]), growth(2, [9; PIECE_RANDOM_BYTES]));
        let run = |growth: &Growth, actor: u8| -> Vec<String> {
            let mut last = piece("", 3);
            let mut positions = Vec::new();
            for _ in 0..300 {
                last = piece(&growth.position(&last, None).expect("room"), actor);
                positions.push(last.position.clone());
            }
            positions
        };
        let (a, b) = (run(&a, 1), run(&b, 2));
        assert!(a.is_sorted() && b.is_sorted());
        assert!(a.last() < b.first() || b.last() < a.first());
        assert!(a.iter().all(|position| position.len() < 20));
    }

    #[test]
    fn at_one_place_there_is_room_for_hundreds_of_pieces_and_then_none() {
        let mut right = None;
        let mut count = 0;
        while let Some(position) =
            growth(1, [count as u8; PIECE_RANDOM_BYTES]).position(&piece("a1", 3), right.as_deref())
        {
            right = Some(position);
            count += 1;
            assert!(count < 100_000, "the room ends");
        }
        assert!(count > 500, "{count}");
    }

    proptest! {
        #[test]
        fn a_position_is_one_and_lies_between(
            choices in proptest::collection::vec(
                (any::<u16>(), 1..3_u8, any::<[u8; PIECE_RANDOM_BYTES]>()), 1..80
            ),
        ) {
            let mut all = vec![piece("", 3)];
            for (at, actor, random) in choices {
                let left = usize::from(at) % all.len();
                let right = all.get(left + 1).map(|piece| piece.position.as_str());
                if let Some(position) = growth(actor, random).position(&all[left], right) {
                    let key = format!("{PIECE_MARK}{position}");
                    prop_assert_eq!(piece_position(&key), Some(position.as_str()));
                    prop_assert!(all[left].position < position);
                    prop_assert!(right.is_none_or(|right| position.as_str() < right));
                    all.insert(left + 1, piece(&position, actor));
                }
            }
        }

        #[test]
        fn any_positions_do_no_harm(
            left in "[0-9A-Za-z]{0,12}", right in "[0-9A-Za-z]{0,12}", actor in 1..3_u8
        ) {
            let found = growth(1, [5; PIECE_RANDOM_BYTES]).position(&piece(&left, actor), Some(&right));
            if let Some(position) = found {
                prop_assert!(left < position && position < right);
            }
        }
    }
}
