//! Pieces: what a draft consists of, each with what it was made from.

use jospar_plugin_sdk::{Text, Value};

use crate::WORDS;
use crate::plan::{Figure, Item};

/// One block of a paper before it is one.
#[derive(Clone)]
pub(crate) struct Piece {
    /// The block's id: the same for the same thing of the plan in every run.
    pub(crate) key: String,
    pub(crate) role: &'static str,
    pub(crate) text: Text,
    /// The id of the thing that it was made from.
    pub(crate) from: String,
    pub(crate) owner: String,
    pub(crate) due: String,
    pub(crate) figures: Vec<Figure>,
    /// Paths of all that its numbers and names come from.
    pub(crate) sources: Vec<String>,
    /// Numbers of the draft's own form: points of a scale.
    pub(crate) own: Vec<f64>,
    /// A model wrote it.
    pub(crate) is_ai: bool,
}

impl Piece {
    pub(crate) fn new(key: impl Into<String>, role: &'static str, text: Text) -> Self {
        Self {
            key: key.into(),
            role,
            text,
            from: String::new(),
            owner: String::new(),
            due: String::new(),
            figures: Vec::new(),
            sources: Vec::new(),
            own: Vec::new(),
            is_ai: false,
        }
    }

    /// A heading with a text of the draft's own.
    pub(crate) fn heading(key: &str) -> Self {
        Self::new(key, "heading", WORDS.word(key))
    }

    /// A paragraph made from one thing of the plan.
    pub(crate) fn about(kind: &str, item: &Item<'_>, text: Text) -> Self {
        let mut piece = Self::new(format!("{kind}-{}", item.id()), "paragraph", text);
        item.id().clone_into(&mut piece.from);
        piece.with(&item.path)
    }

    /// Adds where something in it comes from.
    pub(crate) fn with(mut self, path: &str) -> Self {
        if !self.sources.iter().any(|known| known == path) {
            self.sources.push(path.to_owned());
        }
        self
    }

    pub(crate) fn figures(mut self, figures: impl IntoIterator<Item = Figure>) -> Self {
        self.figures.extend(figures);
        self
    }

    pub(crate) const fn is_heading(&self) -> bool {
        matches!(self.role.as_bytes(), b"heading" | b"organisation" | b"subject")
    }
}

/// A draft as its template makes it.
pub(crate) struct Made {
    pub(crate) title: Text,
    pub(crate) pieces: Vec<Piece>,
    /// What else tells this draft from others of its task: items, audience, lesson study. Empty for the usual one.
    pub(crate) variant: String,
}

/// A number with as many digits as the plan has, at most six.
pub(crate) fn number(value: f64) -> Value {
    let text = format!("{value:.6}");
    let digits = text.trim_end_matches('0').split_once('.').map_or(0, |(_, digits)| digits.len());
    Value::Number(value, u32::try_from(digits).unwrap_or(0))
}

/// Names between quotation marks, with commas.
pub(crate) fn quoted(titles: &[Text]) -> Text {
    let quoted: Vec<Text> =
        titles.iter().map(|title| WORDS.say("quoted", &[("title", title.into())])).collect();
    Text::joined(&quoted, ", ")
}
