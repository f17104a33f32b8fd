//! A draft and the paper that an earlier one became: what is written anew, what stays because people changed it.
//!
//! Each block carries a mark of its text as it was drafted, and the paper short marks of all that were drafted ever. A
//! block with another text, one that a person accepted or removed, and one that has no mark, are people's.

use jospar_plugin_sdk::{Error, Proposal, Text};
use serde_json::{Map, Value, json};

use crate::WORDS;
use crate::check::{numbers, numbers_of, unknown_numbers};
use crate::model::text;
use crate::piece::Piece;
use crate::plan::{Item, Plan};

/// Edits of one proposal; what does not fit comes with the next run.
const EDITS_MAX: usize = 450;

/// What is drafted, for whom.
pub(crate) struct Draft<'a> {
    pub(crate) task: &'a str,
    /// The kind of paper.
    pub(crate) kind: &'a str,
    pub(crate) language: &'a str,
    pub(crate) title: Text,
    pub(crate) pieces: Vec<Piece>,
}

impl Draft<'_> {
    /// What tells it from other drafts.
    fn name(&self) -> String {
        format!("{} {}", self.task, self.language)
    }
}

/// A block that stays as people have it.
pub(crate) struct Kept {
    /// Where it stands.
    pub(crate) path: String,
    /// What stands there; empty where it was removed.
    pub(crate) stays: String,
    /// What the draft says.
    pub(crate) says: String,
}

/// What became of a draft.
#[derive(Default)]
pub(crate) struct Merged {
    /// The path of the paper that is there already.
    pub(crate) paper: Option<String>,
    pub(crate) added: usize,
    pub(crate) changed: usize,
    pub(crate) kept: Vec<Kept>,
    /// Not all edits fitted.
    pub(crate) is_cut: bool,
    pub(crate) proposals: Vec<Proposal>,
}

/// FNV-1a of the text without the space around it, in hexadecimal: a mark, no secret.
pub(crate) fn mark(text: &str) -> String {
    let hash = text.trim().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    format!("{hash:016x}")
}

/// Letters of [`short_mark`].
const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
/// Letters of all short marks together: a plain value of the plan has no more. A block beyond them comes back when a
/// person removed it.
const SHORT_MARKS_MAX: usize = 999;

/// Three letters that stand for a block's id.
fn short_mark(key: &str) -> String {
    let number = mark(key).bytes().fold(0_usize, |number, byte| {
        number.wrapping_mul(31).wrapping_add(usize::from(byte)) % (1 << 18)
    });
    [number >> 12, number >> 6, number].iter().map(|part| char::from(LETTERS[part % 64])).collect()
}

fn with_short_marks(mut marks: String, pieces: &[Piece]) -> String {
    for piece in pieces {
        if marks.len() < SHORT_MARKS_MAX {
            marks.push_str(&short_mark(&piece.key));
        }
    }
    marks
}

/// Whether a paper had the block of this id.
fn was_drafted(paper: &Item<'_>, key: &str) -> bool {
    let wanted = short_mark(key);
    paper.text("drafted_blocks").as_bytes().chunks(3).any(|mark| mark == wanted.as_bytes())
}

/// Whether a block is as people want it, and not as it was drafted.
fn is_peoples(block: &Item<'_>) -> bool {
    block.text("drafted") != mark(block.text("text")) || !block.text("accepted_by").is_empty()
}

/// The paper that an earlier draft of the same task and language became, if it still is a draft; the last of several.
fn earlier<'a>(plan: &'a Plan, draft: &Draft<'_>) -> Option<Item<'a>> {
    let same = |paper: &Item<'_>| {
        matches!(paper.text("state"), "" | "draft") && paper.text("drafted") == draft.name()
    };
    plan.items("documents").into_iter().rev().find(same)
}

pub(crate) fn merge(plan: &Plan, draft: &Draft<'_>, has_model: bool) -> Result<Merged, Error> {
    match earlier(plan, draft) {
        Some(paper) => Update::new(plan, draft, &paper, has_model).carry_out(),
        None => found(draft),
    }
}

/// The proposal that adds the paper.
fn found(draft: &Draft<'_>) -> Result<Merged, Error> {
    let mut sources: Vec<&str> = draft.pieces.iter().map(|piece| piece.from.as_str()).collect();
    sources.retain(|id| !id.is_empty());
    let mut seen = std::collections::BTreeSet::new();
    sources.retain(|id| seen.insert(*id));
    let mut blocks = Vec::new();
    for piece in &draft.pieces {
        let mut block = block(piece, draft.language);
        block.insert("id".to_owned(), piece.key.clone().into());
        blocks.push(Value::Object(block));
    }
    let mut paper = json!({
        "kind": draft.kind, "title": local(&draft.title), "state": "draft", "sources": sources,
        "blocks": blocks,
        "drafted": draft.name(), "drafted_blocks": with_short_marks(String::new(), &draft.pieces),
    });
    if draft.pieces.iter().any(|piece| piece.is_ai) {
        paper["ai_assisted"] = true.into();
        paper["ai_label"] = local(&WORDS.word("ai-label"));
    }
    let values = [("title", (&draft.title).into())];
    let proposal =
        Proposal::new(WORDS.say("propose-new", &values), WORDS.word("propose-new-reason"));
    let proposals = vec![proposal.add("documents", &paper)?];
    Ok(Merged { added: draft.pieces.len(), proposals, ..Merged::default() })
}

fn local(text: &Text) -> Value {
    json!({"kk": text.kk, "ru": text.ru, "en": text.en})
}

/// The block that a piece becomes, without its id.
fn block(piece: &Piece, language: &str) -> Map<String, Value> {
    let mut block = Map::new();
    block.insert("role".to_owned(), piece.role.into());
    let words = text(&piece.text, language);
    block.insert("text".to_owned(), words.into());
    block.insert("drafted".to_owned(), mark(words).into());
    for (name, value) in [("from", &piece.from), ("owner", &piece.owner), ("due", &piece.due)] {
        if !value.is_empty() {
            block.insert(name.to_owned(), value.as_str().into());
        }
    }
    if piece.is_ai {
        block.insert("ai".to_owned(), true.into());
    }
    let figures = piece.figures.iter().enumerate();
    let figures: Vec<Value> = figures
        .map(|(at, figure)| {
            json!({"id": format!("f{}", at + 1), "value": figure.value, "path": figure.path})
        })
        .collect();
    if !figures.is_empty() {
        block.insert("figures".to_owned(), figures.into());
    }
    block
}

/// The making of the edits that bring a paper to a draft.
struct Update<'a> {
    plan: &'a Plan,
    draft: &'a Draft<'a>,
    paper: &'a Item<'a>,
    has_model: bool,
    /// Blocks that the draft puts in.
    inserted: Vec<Piece>,
    merged: Merged,
    proposal: Proposal,
}

impl<'a> Update<'a> {
    fn new(plan: &'a Plan, draft: &'a Draft<'a>, paper: &'a Item<'a>, has_model: bool) -> Self {
        let values = [("title", paper.title().into())];
        let proposal = Proposal::new(
            WORDS.say("propose-update", &values),
            WORDS.word("propose-update-reason"),
        );
        let merged = Merged { paper: Some(paper.path.clone()), ..Merged::default() };
        Self { plan, draft, paper, has_model, inserted: Vec::new(), merged, proposal }
    }

    fn carry_out(mut self) -> Result<Merged, Error> {
        let blocks = self.paper.items("blocks");
        let mut last: Option<&str> = None;
        for piece in &self.draft.pieces {
            let block = blocks.iter().find(|block| block.id() == piece.key);
            if self.proposal.edits.len() > EDITS_MAX {
                self.merged.is_cut = true;
                break;
            }
            match block {
                Some(block) => {
                    last = Some(block.id());
                    self = self.meet(piece, block)?;
                }
                None if was_drafted(self.paper, &piece.key) => self.keep(piece, ""),
                None => {
                    self = self.insert(piece, last)?;
                    last = Some(&piece.key);
                }
            }
        }
        let gone = self.gone(&blocks);
        let Self { mut merged, proposal, .. } = self.finish()?;
        merged.proposals.extend([proposal, gone]);
        Ok(merged)
    }

    fn path(&self, block: &str) -> String {
        format!("{}/blocks/{block}", self.paper.path)
    }

    fn keep(&mut self, piece: &Piece, stays: &str) {
        let says = text(&piece.text, self.draft.language);
        if stays.trim() != says.trim() {
            let (stays, says) = (stays.to_owned(), says.to_owned());
            self.merged.kept.push(Kept { path: self.path(&piece.key), stays, says });
        }
    }

    /// A block that is there already.
    fn meet(mut self, piece: &Piece, block: &Item<'_>) -> Result<Self, Error> {
        let stands = block.text("text");
        let is_peoples = is_peoples(block);
        if is_peoples || self.holds(piece, block) {
            self.keep(piece, stands);
            return Ok(self);
        }
        let says = text(&piece.text, self.draft.language);
        let before = self.proposal.edits.len();
        let path = self.path(&piece.key);
        if stands.trim() != says.trim() {
            self.proposal = self.proposal.write(format!("{path}/text"), says);
            self.proposal = self.proposal.set(format!("{path}/drafted"), &mark(says))?;
        }
        for (name, value) in [("owner", &piece.owner), ("due", &piece.due)] {
            if block.text(name) != value {
                let value = Some(value).filter(|value| !value.is_empty());
                self.proposal = self.proposal.set(format!("{path}/{name}"), &value)?;
            }
        }
        let is_ai = block.value()["ai"] == true;
        if is_ai != piece.is_ai {
            self.proposal = self.proposal.set(format!("{path}/ai"), &piece.is_ai)?;
        }
        self = self.figures(piece, block)?;
        self.merged.changed += usize::from(self.proposal.edits.len() > before);
        Ok(self)
    }

    /// A model's text stays where no model was asked this time, as long as its numbers are the plan's.
    fn holds(&self, piece: &Piece, block: &Item<'_>) -> bool {
        if self.has_model || piece.is_ai || block.value()["ai"] != true {
            return false;
        }
        let mut known: Vec<f64> = numbers(text(&piece.text, self.draft.language));
        for path in &piece.sources {
            numbers_of(self.plan.at(path).unwrap_or(&Value::Null), &mut known);
        }
        unknown_numbers(block.text("text"), &known).is_empty()
    }

    /// Figures are found by their paths; one that the draft has no more loses its value.
    fn figures(mut self, piece: &Piece, block: &Item<'_>) -> Result<Self, Error> {
        let list = format!("{}/figures", self.path(&piece.key));
        let there = block.items("figures");
        for figure in &piece.figures {
            match there.iter().find(|known| known.text("path") == figure.path) {
                Some(known) if known.number("value") == Some(figure.value) => {}
                Some(known) => {
                    let path = format!("{list}/{}/value", known.id());
                    self.proposal = self.proposal.set(path, &figure.value)?;
                }
                None => {
                    let fields = json!({"value": figure.value, "path": figure.path});
                    self.proposal = self.proposal.add(&list, &fields)?;
                }
            }
        }
        for known in &there {
            let gone = !piece.figures.iter().any(|figure| figure.path == known.text("path"));
            if gone && known.number("value").is_some() {
                let path = format!("{list}/{}/value", known.id());
                self.proposal = self.proposal.set(path, &Value::Null)?;
            }
        }
        Ok(self)
    }

    /// A block that the paper does not have yet, behind the one before it.
    fn insert(mut self, piece: &Piece, after: Option<&str>) -> Result<Self, Error> {
        let language = self.draft.language;
        let fields = block(piece, language);
        let list = format!("{}/blocks", self.paper.path);
        self.proposal = self.proposal.add_item(list, Some(&piece.key), &fields, after)?;
        self.inserted.push(piece.clone());
        self.merged.added += 1;
        Ok(self)
    }

    /// The proposal to remove what was drafted, nobody changed and the plan has no more.
    fn gone(&self, blocks: &[Item<'_>]) -> Proposal {
        let values = [("title", self.paper.title().into())];
        let mut proposal = Proposal::new(
            WORDS.say("propose-remove", &values),
            WORDS.word("propose-remove-reason"),
        );
        for block in blocks {
            let known = self.draft.pieces.iter().any(|piece| piece.key == block.id());
            let is_models = block.id().starts_with("ai-") && !self.has_model;
            let fits = proposal.edits.len() < EDITS_MAX / 10;
            if !is_peoples(block) && !known && !is_models && fits {
                proposal = proposal.remove(self.path(block.id()));
            }
        }
        proposal
    }

    /// The marks of what was put in, and the label that every paper with a model's text carries.
    fn finish(mut self) -> Result<Self, Error> {
        if !self.inserted.is_empty() {
            let marks =
                with_short_marks(self.paper.text("drafted_blocks").to_owned(), &self.inserted);
            let place = format!("{}/drafted_blocks", self.paper.path);
            self.proposal = self.proposal.set(place, &marks)?;
        }
        let has_ai = self.draft.pieces.iter().any(|piece| piece.is_ai);
        let labelled = self.paper.value()["ai_assisted"] == true;
        if has_ai && !labelled {
            let path = &self.paper.path;
            self.proposal = self.proposal.set(format!("{path}/ai_assisted"), &true)?;
            let label = local(&WORDS.word("ai-label"));
            self.proposal = self.proposal.set(format!("{path}/ai_label"), &label)?;
        }
        Ok(self)
    }
}
