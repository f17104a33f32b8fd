//! L09 and L14 to L16: what is written, and what it may show.

use serde_json::Value;

use super::{Findings, Rule};
use crate::plan::ahp::count_f64;
use crate::plan::stated::{Purpose, StatedValue, rounds_to, stated};
use crate::plan::{Block, Date, Kind, LocalText, Paper, PlanView};

/// Texts more alike than this are copies.
const JACCARD_MAX: f64 = 0.8;
/// Shorter texts may well be alike.
const COPY_CHARS_MIN: usize = 40;
/// So much of a text is compared.
const COPY_CHARS_MAX: usize = 20_000;
/// So many texts are compared with each other.
const COPY_TEXTS_MAX: usize = 1_000;
/// The smallest group that may be shown where a survey does not say.
const GROUP_MIN: f64 = 5.0;
/// No survey may allow smaller groups than this.
const GROUP_FLOOR: f64 = 3.0;
/// Blocks whose numbers are form, not content.
const FORMAL_ROLES: [&str; 6] =
    ["organisation", "heading", "number_date", "subject", "signature", "control"];
pub(super) fn check_papers(plan: &PlanView, as_of: Date, findings: &mut Findings) {
    check_copies(plan, findings);
    for paper in &plan.papers {
        check_figures(plan, paper, as_of, findings);
        check_ai(paper, findings);
    }
    check_privacy(plan, findings);
}

fn subject(paper: &Paper) -> (Kind, String) {
    (Kind::Paper, format!("documents/{}", paper.id))
}

fn block_subject(paper: &Paper, block: &Block) -> (Kind, String) {
    (Kind::Paper, format!("documents/{}/blocks/{}", paper.id, block.id))
}

/// A text that could be a copy of another one's.
struct Written<'a> {
    kind: Kind,
    place: String,
    title: &'a LocalText,
    grams: Vec<[char; 5]>,
}

/// L09. Compares each chain text with those of other initiatives, and each report as a whole with other reports;
/// orders are left out, because their form prescribes much of their text. Grams are of letters and digits only.
fn check_copies(plan: &PlanView, findings: &mut Findings) {
    let mut chains = Vec::new();
    for initiative in &plan.initiatives {
        let chain = &initiative.chain;
        for text in [&chain.strategy.text, &chain.technology.text, &chain.pedagogy.text] {
            let place = format!("initiatives/{}", initiative.id);
            chains.extend(written(Kind::Initiatives, place, &initiative.title, text));
        }
    }
    let mut reports = Vec::new();
    for paper in plan.papers.iter().filter(|paper| is_report(paper)) {
        let text: String = paper.blocks.iter().map(|block| block.text.as_str()).collect();
        let place = format!("documents/{}", paper.id);
        reports.extend(written(Kind::Paper, place, &paper.title, &text));
    }
    report_copies(&chains, findings);
    report_copies(&reports, findings);
}

fn written<'a>(kind: Kind, place: String, title: &'a LocalText, text: &str) -> Option<Written<'a>> {
    let folded = text.chars().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric());
    let letters: Vec<char> = folded.take(COPY_CHARS_MAX).collect();
    let mut grams: Vec<[char; 5]> =
        letters.windows(5).filter_map(|gram| gram.try_into().ok()).collect();
    grams.sort_unstable();
    grams.dedup();
    (letters.len() >= COPY_CHARS_MIN).then_some(Written { kind, place, title, grams })
}

fn report_copies(texts: &[Written<'_>], findings: &mut Findings) {
    for (count, later) in texts.iter().take(COPY_TEXTS_MAX).enumerate() {
        let earlier = texts.iter().take(count).filter(|earlier| earlier.place != later.place);
        let alike = earlier.map(|e| (e, jaccard(&e.grams, &later.grams)));
        if let Some((earlier, likeness)) = alike.into_iter().find(|(_, j)| *j > JACCARD_MAX) {
            let values = [
                ("title", later.title.into()),
                ("other", earlier.title.into()),
                ("percent", (likeness * 100.0).round().into()),
            ];
            let subject = (later.kind, later.place.clone());
            findings.add((Rule::L09, "lint-l09-detail"), subject, values);
        }
    }
}

/// Shared grams over all grams, of two sorted lists without repeats.
fn jaccard(a: &[[char; 5]], b: &[[char; 5]]) -> f64 {
    let (shorter, longer) = (a.len().min(b.len()), a.len().max(b.len()));
    if count_f64(shorter) <= JACCARD_MAX * count_f64(longer) {
        return 0.0;
    }
    let shared = a.iter().filter(|gram| b.binary_search(gram).is_ok()).count();
    count_f64(shared) / count_f64(a.len() + b.len() - shared)
}

fn is_report(paper: &Paper) -> bool {
    matches!(paper.kind, Some("analytic_report" | "development_plan"))
}

/// L14. A figure of a block says where its number comes from: the value there must be the same, rounded as written. In
/// reports each number of the text must be a figure of the block, or stand in the item that the block was made from
/// or in a source of the paper. Years, days, numbers of lists and numbers within words are not looked at.
fn check_figures(plan: &PlanView, paper: &Paper, as_of: Date, findings: &mut Findings) {
    for block in &paper.blocks {
        for figure in &block.figures {
            let Some(value) = figure.value else { continue };
            let values = [("title", (&paper.title).into()), ("written", value.into())];
            match sourced_number(plan, &figure.path, as_of) {
                None => {
                    let subject = block_subject(paper, block);
                    findings.add((Rule::L14, "lint-l14-no-source"), subject, values);
                }
                Some(computed) if !rounds_to(computed, value) => {
                    let [title, written] = values;
                    let path = ("path", (&figure.path).into());
                    let values = [title, written, ("computed", computed.into()), path];
                    findings.add(
                        (Rule::L14, "lint-l14-differs"),
                        block_subject(paper, block),
                        values,
                    );
                }
                Some(_) => {}
            }
        }
        if is_report(paper) && !FORMAL_ROLES.contains(&block.role.as_str()) {
            check_text_numbers(plan, paper, block, findings);
        }
    }
}

fn check_text_numbers(plan: &PlanView, paper: &Paper, block: &Block, findings: &mut Findings) {
    let mut known: Vec<f64> = block.figures.iter().flat_map(|f| [f.value, f.n]).flatten().collect();
    for source in std::iter::once(&block.from).chain(&paper.sources) {
        if let Some(value) = plan.find_item(source).or_else(|| plan.find_path(source)) {
            collect_numbers(value, &mut known);
        }
    }
    for written in stated(&block.text).iter().filter(|s| s.bare && s.purpose == Purpose::Amount) {
        let StatedValue::Number { readings, .. } = &written.value else { continue };
        let sourced = |value: &f64| known.iter().any(|known| rounds_to(*known, *value));
        if readings.iter().any(|values| values.iter().all(sourced)) {
            continue;
        }
        if let Some(number) = readings.first().and_then(|values| values.first()) {
            let values = [("title", (&paper.title).into()), ("written", (*number).into())];
            findings.add((Rule::L14, "lint-l14-no-source"), block_subject(paper, block), values);
        }
    }
}

/// The number at a path of the plan, or one that the product computes: `computed/ife`, `computed/efe`,
/// `computed/progress/k1`, `computed/substance/in1`, `computed/decisions_with_evidence` (percent).
fn sourced_number(plan: &PlanView, path: &str, as_of: Date) -> Option<f64> {
    let Some(computed) = path.strip_prefix("computed/") else {
        return plan.find_path(path)?.as_f64();
    };
    match computed.split_once('/').unwrap_or((computed, "")) {
        ("ife", "") => Some(plan.swot.totals().ife),
        ("efe", "") => Some(plan.swot.totals().efe),
        ("progress", id) => plan.kpi(id)?.progress(as_of),
        ("substance", id) => Some(plan.substance(plan.initiative(id)?, as_of).index),
        ("decisions_with_evidence", "") => {
            let decisions = || plan.meetings.iter().flat_map(|meeting| &meeting.decisions);
            let backed = decisions().filter(|d| plan.evidence_of(&d.evidence).next().is_some());
            let count = decisions().count();
            (count > 0).then(|| 100.0 * count_f64(backed.count()) / count_f64(count))
        }
        _ => None,
    }
}

fn collect_numbers(value: &Value, numbers: &mut Vec<f64>) {
    match value {
        Value::Number(number) => numbers.extend(number.as_f64()),
        Value::Array(items) => items.iter().for_each(|item| collect_numbers(item, numbers)),
        Value::Object(members) => members.values().for_each(|item| collect_numbers(item, numbers)),
        _ => {}
    }
}

/// L15. Past draft, each block that an AI tool wrote needs a person who accepted it; a paper that says only as a whole
/// that AI helped needs an approval.
fn check_ai(paper: &Paper, findings: &mut Findings) {
    let written: Vec<&Block> = paper.blocks.iter().filter(|block| block.ai == Some(true)).collect();
    if paper.ai_assisted != Some(true) && written.is_empty() {
        return;
    }
    let title = || ("title", (&paper.title).into());
    if paper.ai_label.is_empty() {
        findings.add((Rule::L15, "lint-l15-no-label"), subject(paper), [title()]);
    }
    if matches!(paper.state, None | Some("draft")) {
        return;
    }
    for block in written.iter().filter(|block| block.waits_for_acceptance()) {
        findings.add((Rule::L15, "lint-l15-not-accepted"), block_subject(paper, block), [title()]);
    }
    let approved = paper.approvals.iter().any(|approval| !approval.person.is_empty());
    if written.is_empty() && !approved {
        findings.add((Rule::L15, "lint-l15-not-accepted"), subject(paper), [title()]);
    }
}

/// L16. Tools need the register; groups need the sizes that surveys (`groups`) and blocks (`figures/n`) state.
fn check_privacy(plan: &PlanView, findings: &mut Findings) {
    for tool in &plan.support.tools {
        if tool.privacy == Some("personal") && tool.basis.trim().is_empty() {
            let subject = (Kind::Support, format!("tools/{}", tool.id));
            findings.add((Rule::L16, "lint-l16-tool"), subject, [("title", (&tool.name).into())]);
        }
    }
    let mut group_min = GROUP_MIN;
    for survey in &plan.surveys {
        let subject = || (Kind::Survey, format!("surveys/{}", survey.id));
        let least = survey.min_group.unwrap_or(GROUP_MIN);
        if least < GROUP_FLOOR {
            let values = [("title", (&survey.title).into()), ("min", least.into())];
            findings.add((Rule::L16, "lint-l16-floor"), subject(), values);
        }
        group_min = group_min.max(least);
        let shown = survey.groups.iter().filter(|group| group.shown == Some(true));
        for (group, n) in shown.filter_map(|group| Some((group, group.n?))) {
            if n < least {
                let values = small(&group.title, n, least);
                findings.add((Rule::L16, "lint-l16-group"), subject(), values);
            }
        }
    }
    for paper in &plan.papers {
        for block in &paper.blocks {
            for n in block.figures.iter().filter_map(|figure| figure.n).filter(|n| *n < group_min) {
                let values = small(&paper.title, n, group_min);
                findings.add((Rule::L16, "lint-l16-group"), block_subject(paper, block), values);
            }
        }
    }
}

fn small(title: &LocalText, n: f64, least: f64) -> [(&'static str, super::Argument); 3] {
    [("title", title.into()), ("n", n.into()), ("min", least.into())]
}
