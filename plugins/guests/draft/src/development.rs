//! The development plan as one document: from vision to signatures.

use jospar_plugin_sdk::{Error, Text};

use crate::WORDS;
use crate::day::{day, day_or_blank};
use crate::piece::{Made, Piece, number, quoted};
use crate::plan::{Item, Plan};
use crate::report::{head, indicators, kpi, section};

pub(crate) fn pieces(plan: &Plan) -> Result<Made, Error> {
    if plan.items("initiatives").is_empty() {
        return Err(Error::refused(WORDS.word("plan-empty")));
    }
    let title = plan.record("plan").title();
    let mut pieces = head(plan, "plan-word");
    pieces.push(Piece::new("subject", "subject", title.clone()).with("plan"));
    pieces.extend(passport(plan));
    pieces.extend(vision(plan));
    pieces.extend(section("plan-needs", titled(plan, "need", "needs")));
    pieces
        .extend(section("plan-problems", plan.items("problems").iter().map(|p| problem(plan, p))));
    pieces.extend(section("plan-swot", quadrants(plan)));
    pieces.extend(section("plan-tows", plan.items("swot/tows").iter().map(|s| strategy(plan, s))));
    pieces.extend(section("plan-audit", indicators(plan)));
    pieces.extend(section(
        "plan-initiatives",
        plan.items("initiatives").iter().map(|initiative| self::initiative(plan, initiative)),
    ));
    pieces.extend(section("plan-kpis", plan.items("kpis").iter().map(|one| kpi(plan, one))));
    pieces.extend(section(
        "plan-risks",
        plan.items("risks").iter().map(|risk| self::risk(plan, risk)),
    ));
    pieces.extend(section("plan-training", trainings(plan)));
    pieces.extend(section("plan-meetings", meetings(plan)));
    pieces.extend(section("plan-outcomes", titled(plan, "outcome", "expected_outcomes")));
    pieces.push(Piece::new("signature", "signature", WORDS.word("report-signature")));
    let title = WORDS.say("plan-title", &[("plan", title.into())]);
    Ok(Made { title, pieces, variant: String::new() })
}

fn titled(plan: &Plan, kind: &str, part: &str) -> Vec<Piece> {
    let items = plan.items(part);
    items.iter().map(|item| Piece::about(kind, item, item.title())).collect()
}

/// The passport table of a school's programme, where it has one.
fn passport(plan: &Plan) -> Vec<Piece> {
    let lines = plan.items("plan/passport");
    let piece = |line: &Item<'_>| {
        let values = [("line", line.title().into()), ("text", line.words("text").into())];
        Piece::about("passport", line, WORDS.say("passport-line", &values))
    };
    section("plan-passport", lines.iter().map(piece))
}

fn vision(plan: &Plan) -> Vec<Piece> {
    let head = plan.record("plan");
    let period = head.record("period");
    let mut pieces = Vec::new();
    let vision = head.words("vision");
    if !vision.is_empty() {
        pieces.push(Piece::new("vision", "paragraph", vision).with("plan"));
    }
    let (start, end) = (period.text("start"), period.text("end"));
    if !start.is_empty() && !end.is_empty() {
        let values = [("start", day(start).into()), ("end", day(end).into())];
        pieces.push(Piece::new("period", "paragraph", WORDS.say("period", &values)).with("plan"));
    }
    section("plan-vision", pieces)
}

fn titles_of(plan: &Plan, part: &str, ids: &[String]) -> Vec<Text> {
    ids.iter().filter_map(|id| plan.find(part, id)).map(|item| item.title()).collect()
}

fn with_all(piece: Piece, part: &str, ids: &[String]) -> Piece {
    ids.iter().fold(piece, |piece, id| piece.with(&format!("{part}/{id}/title")))
}

fn problem(plan: &Plan, problem: &Item<'_>) -> Piece {
    let ids = problem.list("initiatives");
    let titles = titles_of(plan, "initiatives", &ids);
    let mut values = vec![("problem", problem.title().into())];
    let text = if titles.is_empty() {
        WORDS.say("problem-open", &values)
    } else {
        values.push(("initiatives", quoted(&titles).into()));
        WORDS.say("problem", &values)
    };
    with_all(Piece::about("problem", problem, text), "initiatives", &ids)
}

fn quadrants(plan: &Plan) -> Vec<Piece> {
    let factors = plan.items("swot/items");
    let of = |letter: &str, key: &str| {
        let own: Vec<&Item<'_>> = factors.iter().filter(|f| f.text("quadrant") == letter).collect();
        let titles: Vec<Text> = own.iter().map(|factor| factor.title()).collect();
        let list = Text::joined(&titles, "; ");
        let piece = Piece::new(key, "paragraph", WORDS.say(key, &[("list", list.into())]));
        let piece = own.iter().fold(piece, |piece, factor| piece.with(&factor.path));
        (!own.is_empty()).then_some(piece)
    };
    let all = [
        of("S", "swot-strengths"),
        of("W", "swot-weaknesses"),
        of("O", "swot-opportunities"),
        of("T", "swot-threats"),
    ];
    all.into_iter().flatten().collect()
}

fn strategy(plan: &Plan, strategy: &Item<'_>) -> Piece {
    let initiative = strategy.text("initiative").to_owned();
    let titles = titles_of(plan, "initiatives", std::slice::from_ref(&initiative));
    let mut values =
        vec![("cell", strategy.text("cell").into()), ("title", strategy.title().into())];
    let text = match titles.first() {
        Some(title) => {
            values.push(("initiative", title.into()));
            WORDS.say("strategy", &values)
        }
        None => WORDS.say("strategy-open", &values),
    };
    let ids: Vec<String> = Some(initiative).filter(|id| !id.is_empty()).into_iter().collect();
    with_all(Piece::about("tows", strategy, text), "initiatives", &ids)
}

fn initiative(plan: &Plan, initiative: &Item<'_>) -> Piece {
    let chain = initiative.record("chain");
    let link = |name: &str| {
        let text = chain.record(name).text("text").to_owned();
        if text.is_empty() { WORDS.word("no-data") } else { Text::same(text) }
    };
    let owners = initiative.list("owners");
    let names: Vec<Text> = owners.iter().map(|owner| plan.person(owner)).collect();
    let owner = if names.is_empty() { WORDS.word("blank") } else { Text::joined(&names, ", ") };
    let kpis = initiative.list("kpis");
    let titles = titles_of(plan, "kpis", &kpis);
    let indicators = if titles.is_empty() { WORDS.word("no-data") } else { quoted(&titles) };
    let values = [
        ("initiative", initiative.title().into()),
        ("strategy", link("strategy").into()),
        ("technology", link("technology").into()),
        ("pedagogy", link("pedagogy").into()),
        ("owner", owner.into()),
        ("start", day_or_blank(initiative.text("start")).into()),
        ("due", day_or_blank(initiative.text("due")).into()),
        ("kpis", indicators.into()),
    ];
    let mut piece = Piece::about("initiative", initiative, WORDS.say("initiative", &values));
    piece.owner = owners.first().cloned().unwrap_or_default();
    initiative.text("due").clone_into(&mut piece.due);
    with_all(with_all(piece, "kpis", &kpis), "partners", &owners)
}

fn risk(plan: &Plan, risk: &Item<'_>) -> Piece {
    let figure = |name: &str| plan.figure(format!("{}/{name}", risk.path));
    let (likelihood, impact) = (figure("likelihood"), figure("impact"));
    let measures: Vec<Text> = risk.items("mitigations").iter().map(Item::title).collect();
    let measures =
        if measures.is_empty() { WORDS.word("no-data") } else { Text::joined(&measures, "; ") };
    let mut values = vec![("risk", risk.title().into()), ("measures", measures.into())];
    let text = match (&likelihood, &impact) {
        (Some(likelihood), Some(impact)) => {
            values.extend([
                ("likelihood", number(likelihood.value)),
                ("impact", number(impact.value)),
            ]);
            WORDS.say("risk", &values)
        }
        _ => WORDS.say("risk-open", &values),
    };
    let piece = Piece::about("risk", risk, text);
    piece.figures([likelihood, impact].into_iter().flatten())
}

pub(crate) fn trainings(plan: &Plan) -> Vec<Piece> {
    let events = plan.items("professional_development");
    let piece = |event: &Item<'_>| {
        let hours = plan.figure(format!("{}/hours", event.path));
        let mut values =
            vec![("event", event.title().into()), ("day", day_or_blank(event.text("date")).into())];
        let text = match &hours {
            Some(hours) => {
                values.push(("hours", number(hours.value)));
                WORDS.say("training", &values)
            }
            None => WORDS.say("training-open", &values),
        };
        Piece::about("training", event, text).figures(hours)
    };
    events.iter().map(piece).collect()
}

fn meetings(plan: &Plan) -> Vec<Piece> {
    let every = plan.figure("meeting_rule/every_days".to_owned());
    let piece = every.map(|every| {
        let text = WORDS.say("meetings-every", &[("days", number(every.value))]);
        Piece::new("meeting-rule", "paragraph", text).figures([every])
    });
    piece.into_iter().collect()
}
