//! `jospar history --from DAY`: what is different between two days.

use jospar_locales::words::{count_at, items_at, text_or_empty};
use jospar_node::service::{Fault, FaultKind, Request};
use serde_json::{Value, json};

use crate::session::{Outcome, Session};
use crate::tree;
use crate::words::Words;

pub(crate) fn compare(
    session: &mut Session,
    path: String,
    from: &str,
    to: Option<&str>,
) -> Outcome {
    let wrong = |day| Fault::new(FaultKind::Usage, "error-value-date", json!({"value": day}));
    let (from_ms, to_ms) = session.words.span(from, to).map_err(wrong)?;
    let answer = session.ask(&Request::Compare { path, from_ms, to_ms })?;
    session.print(&answer, |words, answer| {
        let shown = |day: &str| words.day(day).unwrap_or_default();
        let to = to.map_or_else(|| words.word("compare-now"), shown);
        lines(words, answer, (&shown(from), &to))
    })?;
    Ok(0)
}

fn lines(words: &Words, answer: &Value, (from, to): (&str, &str)) -> Vec<String> {
    let count = count_at(answer, "/differences");
    if count == 0 {
        return vec![words.word("compare-none")];
    }
    let values = [("from", from.into()), ("to", to.into()), ("count", count.into())];
    let mut lines = vec![words.text("compare-heading", &values)];
    lines.extend(items_at(answer, "/differences").map(|one| line(words, one)));
    let more = count_at(answer, "/more");
    if more > 0 {
        lines.push(words.text("compare-more", &[("count", more.into())]));
    }
    lines
}

/// One difference: `+` came, `-` went, `~` is another, `>` stands elsewhere.
pub(crate) fn line(words: &Words, one: &Value) -> String {
    let path = match text_or_empty(one, "/path") {
        "" => text_or_empty(one, "/kind"),
        path => path,
    };
    let null = Value::Null;
    let end = |name: &str| value(words, path, one.get(name).unwrap_or(&null));
    let what = text_or_empty(one, "/what");
    let (sign, told) = match what {
        "added" => ("+", end("after")),
        "removed" => ("-", end("before")),
        "moved" => (">", String::new()),
        _ => ("~", String::new()),
    };
    let word = words.named("compare", what);
    let told = match (sign, one.get("words").is_some_and(Value::is_array)) {
        ("~", true) => items_at(one, "/words").map(piece).collect(),
        ("~", false) => format!("{} → {}", end("before"), end("after")),
        _ => told,
    };
    let line = format!("{sign} {path}, {word}: {told}");
    line.trim_end_matches([' ', ':']).to_owned()
}

/// A piece of a text, marked as `git diff --word-diff` marks it.
fn piece(piece: &Value) -> String {
    let text = text_or_empty(piece, "/1");
    match text_or_empty(piece, "/0") {
        "deleted" => format!("[-{text}-]"),
        "inserted" => format!("{{+{text}+}}"),
        _ => text.to_owned(),
    }
}

/// A value; of a thing its name.
fn value(words: &Words, path: &str, value: &Value) -> String {
    let named = || tree::NAMES.into_iter().find_map(|name| value.get(name));
    match value {
        Value::String(text) if !text.is_empty() => {
            tree::choice(words, path.rsplit('/').next().unwrap_or_default(), text)
        }
        Value::Object(_) if words.local(value).is_none() => {
            named().map(|name| words.value(name)).unwrap_or_default()
        }
        value => words.value(value),
    }
}

#[cfg(test)]
mod tests {
    use jospar_locales::Language;

    use super::*;

    #[test]
    fn differences_are_told_line_by_line() {
        let answer = json!({"differences": [
            {"path": "risks/r2", "kind": "risks", "what": "added", "before": null,
             "after": {"id": "r2", "title": {"kk": "Желі"}}, "words": null},
            {"path": "risks/r1/mitigations/m/state", "kind": "risks", "what": "changed",
             "before": "open", "after": "done", "words": null},
            {"path": "plan/vision/kk", "kind": "plan", "what": "changed", "before": "Бір сөз",
             "after": "Екі сөз",
             "words": [["deleted", "Бір"], ["inserted", "Екі"], ["kept", " сөз"]]},
            {"path": "kpis/k", "kind": "kpis", "what": "moved", "before": null, "after": null,
             "words": null},
        ], "more": 2});
        let told = lines(&Words::utc(Language::En), &answer, ("1 May", "now"));
        assert_eq!(
            told,
            [
                "1 May to now, differences: 4.",
                "+ risks/r2, added: Желі",
                "~ risks/r1/mitigations/m/state, changed: open → done",
                "~ plan/vision/kk, changed: [-Бір-]{+Екі+} сөз",
                "> kpis/k, moved",
                "There are 2 more. Compare one part of the plan.",
            ]
        );
    }
}
