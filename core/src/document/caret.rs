//! Carets: places in a text that stay at their letter while others write.
//!
//! A caret names the letter that it stands behind, by the operation that put it there; at the start of a line the letter
//! before which it stands. Where that letter is not there (deleted, or not here yet), what counts is how many letters
//! stood before the caret.

use automerge::{ActorId as AutomergeActor, ChangeHash as AutomergeHash, ObjId};

use super::Document;
use super::check::CommandError;
use super::command::Path;
use super::place::{self, Place};
use super::read::{Reader, Source, State};
use super::schema::Shape;
use crate::ids::{ActorId, ChangeHash};

/// A place between two letters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caret {
    /// How many UTF-16 units stood before it.
    pub at: u32,
    /// The letter that it stands at; none in an empty text.
    pub letter: Option<Letter>,
}

/// A letter, by the operation that put it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    /// The operation's counter.
    pub counter: u64,
    /// The operation's actor.
    pub actor: ActorId,
    /// The caret stands before the letter, not behind it.
    pub before: bool,
}

impl Letter {
    fn new(id: &ObjId, before: bool) -> Option<Self> {
        let ObjId::Id(counter, actor, _) = id else { return None };
        let actor = ActorId(actor.to_bytes().try_into().ok()?);
        Some(Self { counter: *counter, actor, before })
    }

    fn is(&self, id: &ObjId) -> bool {
        let same = |actor: &AutomergeActor| actor.to_bytes() == self.actor.0.as_slice();
        matches!(id, ObjId::Id(counter, actor, _) if *counter == self.counter && same(actor))
    }
}

/// A letter of a whole text with the UTF-16 units that stand before it; a line's end has no operation of its own.
struct Spelled {
    start: usize,
    end: usize,
    id: Option<ObjId>,
}

impl<S: Source> Reader<'_, S> {
    /// The letters of a text or of paragraphs, in order.
    fn spell(&self, object: &ObjId, prose: bool) -> Vec<Spelled> {
        let mut spelled = Vec::new();
        let mut end = 0;
        let mut push = |letter: char, id: Option<ObjId>| {
            let start = end;
            end += letter.len_utf16();
            spelled.push(Spelled { start, end, id });
        };
        if !prose {
            let letters = self.letters(object).into_iter();
            self.text(object).chars().zip(letters).for_each(|(letter, id)| push(letter, Some(id)));
            return spelled;
        }
        let paragraphs = self.paragraphs(object).into_iter();
        let there = paragraphs.filter(|paragraph| paragraph.state != State::Gone);
        for (number, paragraph) in there.enumerate() {
            if number > 0 {
                push('\n', None);
            }
            for piece in self.pieces(&paragraph.object) {
                let letters = self.letters(&piece.object).into_iter();
                piece.text.chars().zip(letters).for_each(|(letter, id)| push(letter, Some(id)));
            }
        }
        spelled
    }
}

impl Document {
    /// The caret behind the first `at` UTF-16 units of the text at a path, as it stood at `base` (empty: as it stands).
    ///
    /// # Errors
    /// [`CommandError`]: there is no text, or `base` is not a state of this document.
    pub fn caret(&self, path: &Path, base: &[ChangeHash], at: u32) -> Result<Caret, CommandError> {
        let (object, prose) = self.text_object(path)?;
        if let Some(unknown) = base.iter().find(|hash| !self.knows(hash)) {
            return Err(CommandError::UnknownHeads(*unknown));
        }
        let Some(object) = object else { return Ok(Caret { at, letter: None }) };
        let heads: Vec<AutomergeHash> = base.iter().map(|hash| AutomergeHash(hash.0)).collect();
        let mut now = self.heads();
        now.retain(|hash| !base.contains(hash));
        let reader = match heads.is_empty() || now.is_empty() {
            true => Reader::now(&self.automerge).with(&self.texts),
            false => Reader::at(&self.automerge, &heads),
        };
        let spelled = reader.spell(&object, prose);
        let before = spelled.partition_point(|letter| letter.end <= at as usize);
        let left = before.checked_sub(1).and_then(|index| spelled.get(index)?.id.as_ref());
        let right = || spelled.get(before).and_then(|letter| letter.id.as_ref());
        let letter = match left {
            Some(left) => Letter::new(left, false),
            None => right().and_then(|right| Letter::new(right, true)),
        };
        Ok(Caret { at, letter })
    }

    /// How many UTF-16 units stand before a caret now.
    ///
    /// # Errors
    /// [`CommandError`] if there is no text.
    pub fn caret_place(&self, path: &Path, caret: &Caret) -> Result<usize, CommandError> {
        let (object, prose) = self.text_object(path)?;
        let Some(object) = object else { return Ok(0) };
        let spelled = Reader::now(&self.automerge).with(&self.texts).spell(&object, prose);
        let names = |spelled: &&Spelled| {
            let letter = caret.letter.as_ref();
            letter.zip(spelled.id.as_ref()).is_some_and(|(letter, id)| letter.is(id))
        };
        let before = caret.letter.is_some_and(|letter| letter.before);
        let place = spelled.iter().find(names);
        let place = place.map(|found| if before { found.start } else { found.end });
        let length = spelled.last().map_or(0, |letter| letter.end);
        Ok(place.unwrap_or_else(|| length.min(caret.at as usize)))
    }

    /// The object of the text at a path, and whether it has paragraphs.
    pub(super) fn text_object(&self, path: &Path) -> Result<(Option<ObjId>, bool), CommandError> {
        match place::resolve(&self.automerge, self.schema, path)? {
            Place::Field { shape: Shape::Text, object, .. } => Ok((object, false)),
            Place::Field { shape: Shape::Prose, object, .. } => Ok((object, true)),
            Place::Language { prose, object, .. } => Ok((object, prose)),
            _ => Err(CommandError::WrongShape(path.clone())),
        }
    }
}
