//! A language model's part: the host's template with the plain draft as data, and a look at every line that comes back.

use jospar_plugin_sdk::{Code, Text, llm};

use crate::WORDS;
use crate::check::{lower_words, numbers, unknown_names, unknown_numbers, without_place};
use crate::piece::{Made, Piece};

/// Tokens of an answer.
const TOKENS_MAX: u32 = 2_000;
/// Lines of an answer that are looked at.
const LINES_MAX: usize = 120;
/// Bytes of data that are sent.
const DATA_BYTES_MAX: usize = 40_000;

/// What came of asking.
pub(crate) enum Asked {
    /// Nothing, and why in words.
    Without(Text),
    Answered(Answer),
}

/// An answer: lines that rest on the data, and lines that do not.
pub(crate) struct Answer {
    pub(crate) model: String,
    pub(crate) lines: Vec<String>,
    /// Each line that was not taken, with the numbers and names that the data do not have.
    pub(crate) refused: Vec<(String, String)>,
    /// Numbers that a model chose where it may: examples in tasks.
    pub(crate) examples: Vec<String>,
}

/// The text of a piece in a language.
pub(crate) fn text<'a>(text: &'a Text, language: &str) -> &'a str {
    match language {
        "ru" => &text.ru,
        "en" => &text.en,
        _ => &text.kk,
    }
}

/// The data: the plain draft, heading by heading.
fn data(pieces: &[Piece], language: &str) -> String {
    let mut all = String::new();
    for piece in pieces {
        let line = text(&piece.text, language);
        if all.len() + line.len() > DATA_BYTES_MAX {
            break;
        }
        all.push_str(line);
        all.push('\n');
    }
    all
}

/// Asks the host's template. `chooses_numbers`: a task needs numbers of its own, which are named instead of refused.
pub(crate) fn ask(template: &str, made: &Made, language: &str, chooses_numbers: bool) -> Asked {
    let title = &made.title;
    let sent = data(&made.pieces, language);
    let block = |name: &str, text: String| llm::DataBlock { name: name.to_owned(), text };
    let request = llm::Request {
        purpose: text(title, language).to_owned(),
        template: template.to_owned(),
        language: language.to_owned(),
        blocks: vec![
            block("title", text(title, language).to_owned()),
            block("draft", sent.clone()),
        ],
        max_tokens: TOKENS_MAX,
    };
    match llm::ask(&request) {
        Ok(reply) => {
            let known = format!("{}\n{sent}", text(title, language));
            Asked::Answered(judge(
                &known,
                reply.model,
                &reply.text,
                reply.truncated,
                chooses_numbers,
            ))
        }
        Err(error) if error.code == Code::Denied => Asked::Without(WORDS.word("model-denied")),
        Err(error) => Asked::Without(error.message),
    }
}

/// Looks at every line of an answer against what was sent.
pub(crate) fn judge(
    sent: &str,
    model: String,
    text: &str,
    truncated: bool,
    chooses_numbers: bool,
) -> Answer {
    let (known_numbers, known_words) = (numbers(sent), lower_words(sent));
    let mut answer = Answer { model, lines: Vec::new(), refused: Vec::new(), examples: Vec::new() };
    let mut lines: Vec<&str> =
        text.lines().map(plain).filter(|line| !line.is_empty()).take(LINES_MAX).collect();
    if truncated {
        // The last line may end in the middle.
        lines.pop();
    }
    for line in lines {
        let stated = unknown_numbers(without_place(line), &known_numbers);
        let mut wrong: Vec<String> = stated.iter().map(f64::to_string).collect();
        if chooses_numbers {
            answer.examples.append(&mut wrong);
        }
        wrong.extend(unknown_names(line, &known_words));
        if wrong.is_empty() {
            answer.lines.push(line.to_owned());
        } else {
            answer.refused.push((line.to_owned(), wrong.join(", ")));
        }
    }
    answer
}

/// A line without the marks that models decorate with.
fn plain(line: &str) -> &str {
    line.trim().trim_start_matches(['#', '*', '-', '•', '|', ' ']).trim_end_matches(['*', ' '])
}

/// Puts an answer's preamble and items in the place of the order's own. The items are taken only if there are as many:
/// owner, day and source stay those of the plan.
pub(crate) fn weave_order(pieces: &mut [Piece], answer: &Answer) {
    let end = WORDS.word("order-end");
    let ends = [&end.kk, &end.ru, &end.en];
    let preamble =
        answer.lines.iter().find(|line| ends.iter().any(|end| line.ends_with(end.as_str())));
    if let (Some(line), Some(piece)) =
        (preamble, pieces.iter_mut().find(|piece| piece.role == "preamble"))
    {
        write(piece, line);
    }
    let items: Vec<&String> =
        answer.lines.iter().filter(|line| without_place(line).len() < line.len()).collect();
    let own: Vec<&mut Piece> = pieces.iter_mut().filter(|piece| piece.role == "item").collect();
    // The last of the model's items is the control, which stays as it is.
    let same = items.len() == own.len() || items.len() == own.len() + 1;
    if same && !own.is_empty() {
        for (piece, line) in own.into_iter().zip(items) {
            write(piece, line);
        }
    }
}

fn write(piece: &mut Piece, line: &str) {
    piece.text = Text::same(line);
    piece.is_ai = true;
}

/// Adds an answer's lines as a part of their own, behind the paper's head.
pub(crate) fn weave_part(pieces: &mut Vec<Piece>, answer: &Answer) {
    if answer.lines.is_empty() {
        return;
    }
    let is_head = |piece: &Piece| matches!(piece.key.as_str(), "organisation" | "heading");
    let mut at =
        pieces.iter().take_while(|piece| is_head(piece) || piece.role == "subject").count();
    pieces.insert(at, Piece::heading("ai-part"));
    for (place, line) in answer.lines.iter().enumerate() {
        at += 1;
        let mut piece =
            Piece::new(format!("ai-{}", place + 1), "paragraph", Text::same(line.as_str()));
        piece.is_ai = true;
        pieces.insert(at, piece);
    }
}
