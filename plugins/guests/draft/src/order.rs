//! The order: БҰЙРЫҚ with its preamble, numbered items with owner and day, control and signature.

use jospar_plugin_sdk::{Error, Text, setting};

use crate::WORDS;
use crate::day::{day, day_or_blank};
use crate::piece::{Made, Piece, quoted};
use crate::plan::{Item, Plan};

/// The most items of one order.
const ITEMS_MAX: usize = 60;
/// How often an id of the setting may lead to further ids.
const DEPTH_MAX: usize = 3;

/// What an item of the order is about.
enum Subject {
    Initiative,
    Decision,
    /// A measure against a risk, with the risk's title.
    Measure(Text),
    Training,
}

struct Chosen<'a> {
    subject: Subject,
    item: Item<'a>,
}

/// The order's title and pieces.
pub(crate) fn pieces(plan: &Plan) -> Result<Made, Error> {
    let wanted = setting::<String>("items").unwrap_or_default();
    draft(plan, &wanted)
}

pub(crate) fn draft(plan: &Plan, wanted: &str) -> Result<Made, Error> {
    let ids: Vec<&str> =
        wanted.split([' ', ',', ';']).filter(|id| !id.is_empty()).take(ITEMS_MAX).collect();
    let mut chosen = Vec::new();
    for id in &ids {
        let before = chosen.len();
        choose(plan, id, DEPTH_MAX, &mut chosen);
        if chosen.len() == before {
            return Err(Error::not_found(WORDS.say("no-item", &[("id", (*id).into())])));
        }
    }
    if ids.is_empty() {
        chosen = open(plan);
    }
    if chosen.is_empty() {
        return Err(Error::refused(WORDS.word("order-empty")));
    }
    chosen.truncate(ITEMS_MAX);
    let single = (ids.len() == 1).then(|| title_of(plan, ids[0])).flatten();
    let subject = match &single {
        Some(title) => WORDS.say("order-subject-item", &[("item", title.into())]),
        None => WORDS.word("order-subject-plan"),
    };
    let mut pieces = head(plan, subject.clone());
    if let (Some(id), Some(subject)) = (ids.first(), pieces.last_mut())
        && single.is_some()
    {
        (*id).clone_into(&mut subject.from);
        subject.sources.extend(chosen.iter().map(|one| one.item.path.clone()));
        subject.sources.extend(place_of(plan, id));
    }
    pieces.push(preamble(plan, &chosen));
    for (place, one) in chosen.iter().enumerate() {
        pieces.push(item(plan, one, place + 1));
    }
    let last = [("n", chosen.len().saturating_add(1).into())];
    pieces.push(Piece::new("control", "control", WORDS.say("order-control", &last)));
    pieces.push(Piece::new("signature", "signature", WORDS.word("order-signature")));
    let title = WORDS.say("order-title", &[("subject", subject.into())]);
    Ok(Made { title, pieces, variant: ids.join(" ") })
}

fn head(plan: &Plan, subject: Text) -> Vec<Piece> {
    vec![
        Piece::new("organisation", "organisation", plan.record("plan").words("school"))
            .with("plan"),
        Piece::new("heading", "heading", WORDS.word("order-word")),
        Piece::new("number-date", "number_date", WORDS.word("order-number")),
        Piece::new("subject", "subject", subject).with("plan"),
    ]
}

/// The grounds: the plan, and the problems that the chosen initiatives answer.
fn preamble(plan: &Plan, chosen: &[Chosen<'_>]) -> Piece {
    let mut problems: Vec<Item<'_>> = Vec::new();
    for one in chosen {
        let initiative = match one.subject {
            Subject::Initiative => Some(one.item.clone()),
            Subject::Decision => plan.find("initiatives", one.item.text("initiative")),
            _ => None,
        };
        for id in initiative.map(|initiative| initiative.list("problems")).unwrap_or_default() {
            let known = problems.iter().any(|problem| problem.id() == id);
            problems.extend(plan.find("problems", &id).filter(|_| !known));
        }
    }
    let document = plan.record("plan").title();
    let titles: Vec<Text> = problems.iter().map(Item::title).collect();
    let mut values = vec![("plan", document.into())];
    let text = if titles.is_empty() {
        WORDS.say("order-preamble", &values)
    } else {
        values.push(("problems", quoted(&titles).into()));
        WORDS.say("order-preamble-problems", &values)
    };
    let piece = Piece::new("preamble", "preamble", text).with("plan");
    problems.iter().fold(piece, |piece, problem| piece.with(&problem.path))
}

/// What the setting's id names: an initiative, decision, measure, risk with its measures, training, or a case with what
/// it uses.
fn choose<'a>(plan: &'a Plan, id: &str, depth: usize, chosen: &mut Vec<Chosen<'a>>) {
    let mut take = |subject, item: Item<'a>| {
        if !chosen.iter().any(|one: &Chosen<'_>| one.item.path == item.path) {
            chosen.push(Chosen { subject, item });
        }
    };
    if let Some(item) = plan.find("initiatives", id) {
        return take(Subject::Initiative, item);
    }
    if let Some(item) = plan.decisions().into_iter().find(|decision| decision.id() == id) {
        return take(Subject::Decision, item);
    }
    if let Some(item) = plan.find("professional_development", id) {
        return take(Subject::Training, item);
    }
    for risk in plan.items("risks") {
        for measure in risk.items("mitigations") {
            let open = !matches!(measure.text("state"), "done" | "cancelled");
            if measure.id() == id || (risk.id() == id && open) {
                take(Subject::Measure(risk.title()), measure);
            }
        }
    }
    if let Some(case) = plan.find("assistant_cases", id)
        && depth > 0
    {
        for used in case.list("uses") {
            choose(plan, &used, depth - 1, chosen);
        }
    }
}

/// Open decisions, then running initiatives.
fn open(plan: &Plan) -> Vec<Chosen<'_>> {
    let is_open = |item: &Item<'_>| !matches!(item.text("state"), "done" | "cancelled" | "paused");
    let decisions = plan.decisions().into_iter().filter(is_open);
    let decisions = decisions.map(|item| Chosen { subject: Subject::Decision, item });
    let initiatives = plan.items("initiatives").into_iter().filter(is_open);
    decisions.chain(initiatives.map(|item| Chosen { subject: Subject::Initiative, item })).collect()
}

fn place_of(plan: &Plan, id: &str) -> Option<String> {
    let lists = ["initiatives", "risks", "professional_development", "assistant_cases"];
    lists.into_iter().find_map(|list| plan.find(list, id)).map(|item| item.path)
}

fn title_of(plan: &Plan, id: &str) -> Option<Text> {
    let path = place_of(plan, id)?;
    Some(plan.record(&path).title())
}

fn item(plan: &Plan, chosen: &Chosen<'_>, place: usize) -> Piece {
    let Chosen { subject, item } = chosen;
    let owners = match subject {
        Subject::Initiative => item.list("owners"),
        _ => Some(item.text("owner").to_owned())
            .filter(|owner| !owner.is_empty())
            .into_iter()
            .collect(),
    };
    let names: Vec<Text> = owners.iter().map(|owner| plan.person(owner)).collect();
    let owner = if names.is_empty() { WORDS.word("blank") } else { Text::joined(&names, ", ") };
    let due = match subject {
        Subject::Training => item.text("date"),
        _ => item.text("due"),
    };
    let mut values =
        vec![("n", place.into()), ("due", day_or_blank(due).into()), ("owner", owner.into())];
    let text = match subject {
        Subject::Initiative => {
            values.push(("item", item.title().into()));
            WORDS.say("order-initiative", &values)
        }
        Subject::Decision => {
            values.push(("item", item.text("text").into()));
            WORDS.say("order-decision", &values)
        }
        Subject::Measure(risk) => {
            values.extend([("item", item.title().into()), ("risk", risk.into())]);
            WORDS.say("order-measure", &values)
        }
        Subject::Training => {
            let day = if due.is_empty() { WORDS.word("blank") } else { day(due) };
            values.extend([("item", item.title().into()), ("day", day.into())]);
            WORDS.say("order-training", &values)
        }
    };
    let mut piece = Piece::about("item", item, text);
    piece.role = "item";
    piece.owner = owners.first().cloned().unwrap_or_default();
    due.clone_into(&mut piece.due);
    if let Some((risk, _)) = item.path.split_once("/mitigations/") {
        piece = piece.with(risk);
    }
    owners
        .iter()
        .filter(|owner| plan.find("partners", owner).is_some())
        .fold(piece, |piece, owner| piece.with(&format!("partners/{owner}/title")))
}
