//! The analytic report: what was measured, what is seen, what is not known, what to do.

use jospar_plugin_sdk::{Error, Text};

use crate::WORDS;
use crate::day::day;
use crate::piece::{Made, Piece, number, quoted};
use crate::plan::{Figure, Item, Plan};

/// A KPI with less of its way behind it than this is named among what is behind.
const BEHIND: f64 = 0.5;

pub(crate) fn pieces(plan: &Plan) -> Result<Made, Error> {
    if plan.items("kpis").is_empty() && plan.items("swot/items").is_empty() {
        return Err(Error::refused(WORDS.word("report-empty")));
    }
    let mut pieces = head(plan, "report-word");
    let today = [("day", day(&plan.today).into()), ("plan", plan.record("plan").title().into())];
    let mut purpose = Piece::new("purpose", "subject", WORDS.say("report-purpose", &today));
    purpose.own = crate::check::numbers(&plan.today);
    pieces.push(purpose.with("plan"));
    pieces
        .extend(section("report-kpis", plan.items("kpis").iter().map(|kpi| self::kpi(plan, kpi))));
    pieces.extend(section("report-swot", totals(plan)));
    pieces.extend(section("report-audit", indicators(plan)));
    pieces.extend(section("report-pilots", plan.items("pilots").iter().map(|p| pilot(plan, p))));
    pieces.extend(section("report-decisions", decisions(plan)));
    pieces.extend(section("report-seen", seen(plan)));
    pieces.extend(section("report-unknown", unknown(plan)));
    pieces.extend(section("report-advice", advice(plan)));
    pieces.push(Piece::new("signature", "signature", WORDS.word("report-signature")));
    let title = WORDS.say("report-title", &today);
    Ok(Made { title, pieces, variant: String::new() })
}

/// The school and the word that says what the paper is.
pub(crate) fn head(plan: &Plan, word: &str) -> Vec<Piece> {
    vec![
        Piece::new("organisation", "organisation", plan.record("plan").words("school"))
            .with("plan"),
        Piece::new("heading", "heading", WORDS.word(word)),
    ]
}

/// A heading and what stands under it; nothing where there is nothing.
pub(crate) fn section(key: &str, under: impl IntoIterator<Item = Piece>) -> Vec<Piece> {
    let mut pieces = vec![Piece::heading(key)];
    pieces.extend(under);
    if pieces.len() == 1 { Vec::new() } else { pieces }
}

/// The unit behind a comma.
pub(crate) fn unit(kpi: &Item<'_>) -> String {
    match kpi.text("unit") {
        "" => String::new(),
        unit => format!(", {unit}"),
    }
}

/// A KPI: where it began, where it is, where it is to go, how far it has come.
pub(crate) fn kpi(plan: &Plan, kpi: &Item<'_>) -> Piece {
    let figure = |name: &str| plan.figure(format!("{}/{name}", kpi.path));
    let (baseline, target) = (figure("baseline"), figure("target"));
    let newest = kpi.newest(&plan.today).map(|(value, path)| Figure { value, path });
    let progress = plan.figure(format!("computed/progress/{}", kpi.id()));
    let progress = progress.map(|progress| progress.rounded(2));
    let shown = |figure: &Option<Figure>| match figure {
        Some(figure) => number(figure.value),
        None => WORDS.word("no-data").into(),
    };
    let mut values = vec![
        ("kpi", kpi.title().into()),
        ("unit", unit(kpi).into()),
        ("baseline", shown(&baseline)),
        ("target", shown(&target)),
    ];
    let text = match (&newest, &progress) {
        (Some(newest), Some(progress)) => {
            let measured = kpi.measured(&plan.today).unwrap_or_default();
            values.extend([
                ("day", crate::day::day_or_blank(&measured).into()),
                ("actual", number(newest.value)),
                ("progress", (progress.value, 2).into()),
            ]);
            WORDS.say("kpi-measured", &values)
        }
        _ => {
            values.push(("next", crate::day::day_or_blank(kpi.text("next_due")).into()));
            WORDS.say("kpi-unmeasured", &values)
        }
    };
    let figures = [baseline, target, newest, progress].into_iter().flatten();
    Piece::about("kpi", kpi, text).figures(figures)
}

fn totals(plan: &Plan) -> Vec<Piece> {
    let total =
        |name: &str| plan.figure(format!("computed/{name}")).map(|figure| figure.rounded(2));
    let (Some(ife), Some(efe)) = (total("ife"), total("efe")) else { return Vec::new() };
    let against = |value: f64| match value {
        value if value > 2.5 => WORDS.word("above-average"),
        value if value < 2.5 => WORDS.word("below-average"),
        _ => WORDS.word("average"),
    };
    let values = [
        ("ife", (ife.value, 2).into()),
        ("efe", (efe.value, 2).into()),
        ("internal", against(ife.value).into()),
        ("external", against(efe.value).into()),
    ];
    let text = WORDS.say("report-totals", &values);
    vec![Piece::new("totals", "paragraph", text).figures([ife, efe]).with("swot")]
}

/// Each indicator of the audit with its level and its target.
pub(crate) fn indicators(plan: &Plan) -> Vec<Piece> {
    let areas = plan.items("audit/areas");
    let all = areas.iter().flat_map(|area| {
        let indicators = area.items("indicators");
        indicators.into_iter().map(|indicator| (area.title(), indicator)).collect::<Vec<_>>()
    });
    all.map(|(area, indicator)| {
        let figure = |name: &str| plan.figure(format!("{}/{name}", indicator.path));
        let (level, target) = (figure("level"), figure("target"));
        let shown = |figure: &Option<Figure>| match figure {
            Some(figure) => number(figure.value),
            None => WORDS.word("no-data").into(),
        };
        let proof = match indicator.list("evidence").is_empty() {
            true => WORDS.word("level-own"),
            false => WORDS.word("level-proven"),
        };
        let values = [
            ("area", area.into()),
            ("indicator", indicator.title().into()),
            ("level", shown(&level)),
            ("target", shown(&target)),
            ("proof", proof.into()),
        ];
        let text = WORDS.say("indicator", &values);
        Piece::about("level", &indicator, text).figures([level, target].into_iter().flatten())
    })
    .collect()
}

fn pilot(plan: &Plan, pilot: &Item<'_>) -> Piece {
    let least = plan.figure(format!("{}/success/at_least", pilot.path));
    let most = plan.figure(format!("{}/success/at_most", pilot.path));
    let measured = plan.figure(format!("{}/measured", pilot.path));
    let decision = match pilot.text("decision") {
        "scale" => WORDS.word("pilot-scale"),
        "revise" => WORDS.word("pilot-revise"),
        "stop" => WORDS.word("pilot-stop"),
        _ => WORDS.word("pilot-open"),
    };
    let mut values = vec![("pilot", pilot.title().into()), ("decision", decision.into())];
    let text = match (&measured, least.as_ref().or(most.as_ref())) {
        (Some(measured), Some(criterion)) => {
            let key = if least.is_some() { "pilot-at-least" } else { "pilot-at-most" };
            let criterion = WORDS.say(key, &[("criterion", number(criterion.value))]);
            values.extend([("measured", number(measured.value)), ("criterion", criterion.into())]);
            WORDS.say("pilot-measured", &values)
        }
        _ => WORDS.say("pilot-unmeasured", &values),
    };
    let criterion = least.or(most);
    Piece::about("pilot", pilot, text).figures([measured, criterion].into_iter().flatten())
}

fn decisions(plan: &Plan) -> Vec<Piece> {
    let Some(share) = plan.figure("computed/decisions_with_evidence".to_owned()) else {
        return Vec::new();
    };
    let share = share.rounded(0);
    let text = WORDS.say("report-evidence", &[("share", (share.value, 0).into())]);
    vec![Piece::new("decisions", "paragraph", text).figures([share])]
}

fn seen(plan: &Plan) -> Vec<Piece> {
    let kpis = plan.items("kpis");
    let with = |wanted: fn(f64) -> bool| -> Vec<Item<'_>> {
        let way = |kpi: &&Item<'_>| kpi.progress(&plan.today).is_some_and(wanted);
        kpis.iter().filter(way).cloned().collect()
    };
    let reached = listed("seen-reached", &with(|way| way >= 1.0));
    let behind = listed("seen-behind", &with(|way| way < BEHIND));
    reached.into_iter().chain(behind).collect()
}

fn unmeasured<'a>(plan: &'a Plan) -> Vec<Item<'a>> {
    let kpis = plan.items("kpis").into_iter();
    kpis.filter(|kpi| kpi.newest(&plan.today).is_none()).collect()
}

fn unproven<'a>(plan: &'a Plan) -> Vec<Item<'a>> {
    let areas = plan.items("audit/areas").into_iter();
    let indicators = areas.flat_map(|area| area.items("indicators"));
    indicators.filter(|indicator| indicator.list("evidence").is_empty()).collect()
}

fn listed(key: &str, items: &[Item<'_>]) -> Option<Piece> {
    let titles: Vec<Text> = items.iter().map(Item::title).collect();
    let text = WORDS.say(key, &[("list", quoted(&titles).into())]);
    let piece = Piece::new(key, "paragraph", text);
    let piece = items.iter().fold(piece, |piece, item| piece.with(&item.path));
    (!items.is_empty()).then_some(piece)
}

fn unknown(plan: &Plan) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = listed("unknown-kpis", &unmeasured(plan)).into_iter().collect();
    pieces.extend(listed("unknown-levels", &unproven(plan)));
    pieces.push(Piece::new("unknown-cause", "paragraph", WORDS.word("unknown-cause")));
    pieces
}

fn advice(plan: &Plan) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = listed("advice-measure", &unmeasured(plan)).into_iter().collect();
    pieces.extend(listed("advice-prove", &unproven(plan)));
    let bare: Vec<Item<'_>> =
        plan.decisions().into_iter().filter(|d| d.list("evidence").is_empty()).collect();
    for decision in bare {
        let text = WORDS.say("advice-decision", &[("decision", decision.text("text").into())]);
        pieces.push(Piece::about("advice", &decision, text));
    }
    pieces
}
