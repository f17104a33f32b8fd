//! Photos and files of evidence: taken in without what a camera wrote beside them, kept one document for each content,
//! given out whole or not at all.

use data_encoding::BASE64;
use jospar_core::document::{BYTES_MAX, Command, Path, find_in_view};
use jospar_core::ids::DocumentId;
use jospar_core::media::{Media, strip};
use jospar_core::plan::{FILE_BYTES_MAX, File, Kind, PiecesError, Record as _};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::answer::{Answer, Trouble};
use super::fault::{Fault, FaultKind};
use super::plan::day_of;
use super::sections;
use crate::handle::Turn;

/// The part of the plan that files belong to.
const EVIDENCE: &str = "evidence";

/// A request about photos and files of evidence.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "file", rename_all = "snake_case")]
pub enum FileRequest {
    /// Takes a file in, for a piece of evidence or a new one. Where the evidence has a file, this is one more of it: an
    /// evidence that is part of it. Pictures lose what stands beside them (place, time, names).
    /// Answer: `{path, of, name, hash, media, size, document, new, stripped, saved: true}`; `new` is false for a content that
    /// the workspace has already, `stripped` says that something was left out.
    Add {
        /// What the file is called; only its last part counts.
        name: String,
        /// The bytes as base64.
        bytes: String,
        /// The evidence, `evidence/ID`; a new one if absent.
        #[serde(default)]
        evidence: Option<String>,
        /// The language that a new one's title is in.
        language: String,
    },
    /// All evidence that has a file. Answer: `{files: [{path, of, name, hash, document, here}]}`; `of` is the evidence that
    /// it is part of, or its own path, `here` says that this device has begun to receive it.
    List,
    /// One whole file. Answer: `{hash, media, picture, size, bytes}`; `bytes` is base64, `media` is told from the bytes.
    Get {
        /// Its BLAKE3 hash in hexadecimal, or the path of an evidence.
        what: String,
    },
}

pub(super) fn answer(turn: &mut Turn<'_>, request: FileRequest) -> Answer {
    match request {
        FileRequest::Add { name, bytes, evidence, language } => {
            add(turn, &name, &bytes, evidence, &language)
        }
        FileRequest::List => list(turn),
        FileRequest::Get { what } => get(turn, &what),
    }
}

fn document_of(turn: &Turn<'_>, hash: &[u8; 32]) -> DocumentId {
    DocumentId::of_content(&turn.replica.workspace(), Kind::File.byte(), hash)
}

fn parse(hash: &str) -> Option<[u8; 32]> {
    Some(blake3::Hash::from_hex(hash).ok()?.into())
}

fn add(
    turn: &mut Turn<'_>,
    name: &str,
    text: &str,
    evidence: Option<String>,
    language: &str,
) -> Answer {
    let too_large = |bytes: usize| {
        let values = json!({"bytes": bytes, "limit": FILE_BYTES_MAX});
        Fault::new(FaultKind::Usage, "error-file-too-large", values)
    };
    let refused = |key: &str| Fault::new(FaultKind::Usage, key, json!({"name": name}));
    if text.len() / 4 * 3 > FILE_BYTES_MAX + 2 {
        return Err(too_large(text.len() / 4 * 3).into());
    }
    let given = BASE64.decode(text.as_bytes()).map_err(|_| refused("error-file-type"))?;
    let media = Media::of(&given).ok_or_else(|| refused("error-file-type"))?;
    let bytes = strip(media, &given).map_err(|_| refused("error-file-picture"))?;
    if bytes.len() > FILE_BYTES_MAX {
        return Err(too_large(bytes.len()).into());
    }
    let name = media.file_name(name);
    let hash = blake3::hash(&bytes);
    let document = document_of(turn, hash.as_bytes());
    let hash = hash.to_hex().to_string();
    // What is asked second is checked first: a file that nothing names helps nobody.
    let named = Named { name: &name, hash: &hash, media };
    let Naming { path, of, commands } = naming(turn, &named, evidence, language)?;
    let list = DocumentId::singleton(&turn.replica.workspace(), Kind::Evidence.byte());
    let (moment, fresh) = (turn.moment, !turn.replica.has_document(&list));
    turn.replica.check_commands(turn.storage, &moment, (list, fresh), &commands)?;
    let new = store(turn, document, &name, &hash, &bytes)?;
    turn.replica.apply(turn.storage, &turn.moment, list, &commands)?;
    turn.replica.unload(&document);
    Ok(json!({
        "path": path, "of": of, "name": name, "hash": hash, "media": media.mime(), "size": bytes.len(),
        "document": document.to_string(), "new": new, "stripped": bytes != given, "saved": true,
    }))
}

/// A file that was looked at.
struct Named<'a> {
    name: &'a str,
    hash: &'a str,
    media: Media,
}

/// How the plan comes to name a file.
struct Naming {
    /// The evidence that names it.
    path: String,
    /// The evidence that it belongs to: the same, or the one that this is part of.
    of: String,
    commands: Vec<Command>,
}

fn naming(
    turn: &mut Turn<'_>,
    file: &Named<'_>,
    evidence: Option<String>,
    language: &str,
) -> Result<Naming, Trouble> {
    let Some(asked) = evidence else { return Ok(new_evidence(turn, file, language, None)) };
    let list = DocumentId::singleton(&turn.replica.workspace(), Kind::Evidence.byte());
    let found = |turn: &mut Turn<'_>, text: &str| -> Result<(Path, Value), Trouble> {
        let (document, path) = sections::place(turn, text)?;
        if document != list || path.segments().len() != 2 {
            return Err(Fault::path_not_found(text).into());
        }
        let view = turn.replica.view(turn.storage, list)?;
        let item = find_in_view(&view, &path).cloned();
        Ok((path, item.ok_or_else(|| Fault::path_not_found(text))?))
    };
    let (mut of, (mut path, mut item)) = (asked.clone(), found(turn, &asked)?);
    // A part has no parts: the file goes to what it is part of, if that is there.
    let whole = format!("{EVIDENCE}/{}", text_of(&item, "part_of"));
    if !text_of(&item, "part_of").is_empty()
        && let Ok(outer) = found(turn, &whole)
    {
        (of, (path, item)) = (whole, outer);
    }
    let has = text_of(&item, "file_hash");
    if !has.is_empty() && has != file.hash {
        let id = text_of(&item, "id").to_owned();
        let view = turn.replica.view(turn.storage, list)?;
        let parts = items_of(&view).filter(|one| text_of(one, "part_of") == id);
        let same = parts.clone().find(|one| text_of(one, "file_hash") == file.hash);
        if let Some(same) = same {
            let path = format!("{EVIDENCE}/{}", text_of(same, "id"));
            return Ok(Naming { path, of, commands: Vec::new() });
        }
        let last = parts.last().map_or(id.as_str(), |part| text_of(part, "id")).to_owned();
        let naming = new_evidence(turn, file, language, Some((&id, last)));
        return Ok(Naming { of, ..naming });
    }
    let set = |field: &str, value: &str| Command::Set {
        path: path.child(field),
        value: Value::from(value),
    };
    let commands = vec![set("source", file.name), set("file_hash", file.hash)];
    Ok(Naming { path: of.clone(), of, commands })
}

/// A new evidence for a file; as part of one, behind its last part.
fn new_evidence(
    turn: &Turn<'_>,
    file: &Named<'_>,
    language: &str,
    part: Option<(&str, String)>,
) -> Naming {
    let salt =
        part.as_ref().map_or_else(|| file.hash.to_owned(), |(of, _)| format!("{of} {}", file.hash));
    let id = sections::made_up_id(turn, EVIDENCE, &salt);
    let title = file.name.rsplit_once('.').map_or(file.name, |(stem, _)| stem);
    let kind = if file.media.is_picture() { "photo" } else { "document" };
    let mut record = json!({
        "kind": kind, "title": {language: title}, "source": file.name, "file_hash": file.hash,
        "date": day_of(turn.moment.now.0),
    });
    if let (Some((of, _)), Value::Object(members)) = (&part, &mut record) {
        members.insert("part_of".to_owned(), Value::from(*of));
    }
    let path = format!("{EVIDENCE}/{id}");
    let after = part.map(|(_, last)| last);
    let list = Path::root().child(EVIDENCE);
    let commands = vec![Command::Add { path: list, id, after, record }];
    Naming { of: path.clone(), path, commands }
}

fn text_of<'a>(item: &'a Value, name: &str) -> &'a str {
    item.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn items_of(view: &Value) -> impl Iterator<Item = &Value> + Clone {
    view.get(EVIDENCE).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default().iter()
}

/// Puts what is missing of a file into its document, a piece in each change. Returns whether anything was.
fn store(
    turn: &mut Turn<'_>,
    document: DocumentId,
    name: &str,
    hash: &str,
    bytes: &[u8],
) -> Result<bool, Trouble> {
    let (mut known, mut there) = (false, Vec::new());
    if turn.replica.has_document(&document) {
        let file = File::from_view(&turn.replica.view(turn.storage, document)?);
        if file.bytes().is_ok() {
            return Ok(false);
        }
        known = file.hash == hash;
        there = file.chunks.into_iter().map(|chunk| chunk.id).collect();
    }
    if !known {
        let set =
            |field: &str, value: Value| Command::Set { path: Path::root().child(field), value };
        let head = [
            set("id", hash.get(..16).unwrap_or(hash).into()),
            set("name", name.into()),
            set("hash", hash.into()),
            set("size", bytes.len().into()),
        ];
        turn.replica.apply(turn.storage, &turn.moment, document, &head)?;
    }
    let chunks = Path::root().child("chunks");
    for (number, piece) in bytes.chunks(BYTES_MAX).enumerate() {
        let id = format!("c{number:03}");
        if there.contains(&id) {
            continue;
        }
        let record = json!({"bytes": BASE64.encode(piece)});
        let add = Command::Add { path: chunks.clone(), id, after: None, record };
        turn.replica.apply(turn.storage, &turn.moment, document, &[add])?;
    }
    Ok(true)
}

/// A piece of evidence with a file.
struct WithFile {
    path: String,
    of: String,
    name: String,
    hash: String,
}

fn with_files(turn: &mut Turn<'_>) -> Result<Vec<WithFile>, Trouble> {
    let list = DocumentId::singleton(&turn.replica.workspace(), Kind::Evidence.byte());
    if !turn.replica.has_document(&list) {
        return Ok(Vec::new());
    }
    let view = turn.replica.view(turn.storage, list)?;
    let at = |id: &str| format!("{EVIDENCE}/{id}");
    let is_there = |id: &str| items_of(&view).any(|item| text_of(item, "id") == id);
    let of = |item: &Value| {
        let (id, whole) = (text_of(item, "id"), text_of(item, "part_of"));
        let of = if is_there(whole) { whole } else { id };
        let [name, hash] = ["source", "file_hash"].map(|field| text_of(item, field).to_owned());
        WithFile { path: at(id), of: at(of), name, hash }
    };
    Ok(items_of(&view).map(of).filter(|one| parse(&one.hash).is_some()).collect())
}

fn list(turn: &mut Turn<'_>) -> Answer {
    let mut files = Vec::new();
    for WithFile { path, of, name, hash } in with_files(turn)? {
        let Some(document) = parse(&hash).map(|hash| document_of(turn, &hash)) else { continue };
        files.push(json!({
            "path": path, "of": of, "name": name, "hash": hash, "document": document.to_string(),
            "here": turn.replica.has_document(&document),
        }));
    }
    Ok(json!({"files": files}))
}

fn get(turn: &mut Turn<'_>, what: &str) -> Answer {
    let meant = match parse(what) {
        Some(_) => what.to_owned(),
        None => {
            let found = with_files(turn)?.into_iter().find(|one| one.path == what);
            found.map(|one| one.hash).ok_or_else(|| Fault::path_not_found(what))?
        }
    };
    let not_here =
        || Fault::new(FaultKind::NotFound, "error-file-not-here", json!({"hash": meant}));
    let document = parse(&meant).map(|hash| document_of(turn, &hash)).ok_or_else(not_here)?;
    if !turn.replica.has_document(&document) {
        return Err(not_here().into());
    }
    let view = turn.replica.view(turn.storage, document);
    turn.replica.unload(&document);
    let bytes = match File::from_view(&view?).bytes() {
        Ok(bytes) if blake3::hash(&bytes).to_hex().as_str() == meant => bytes,
        Err(PiecesError::Size { found, said }) if found < said || said == 0 => {
            return Err(not_here().into());
        }
        _ => {
            let values = json!({"hash": meant});
            return Err(Fault::new(FaultKind::Damaged, "error-file-damaged", values).into());
        }
    };
    // What others brought is judged here once more: their program may have taken anything.
    let media = Media::of(&bytes);
    Ok(json!({
        "hash": meant, "media": media.map(Media::mime), "size": bytes.len(),
        "picture": media.is_some_and(Media::is_picture), "bytes": BASE64.encode(&bytes),
    }))
}
