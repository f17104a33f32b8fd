//! The bulletin for teachers, students or parents. What goes to students and parents names nobody.

use jospar_plugin_sdk::{Error, Text, setting};

use crate::WORDS;
use crate::day::{day, day_or_blank};
use crate::development::trainings;
use crate::piece::{Made, Piece, number};
use crate::plan::{Item, Plan};
use crate::report::{head, section, unit};

pub(crate) fn pieces(plan: &Plan) -> Result<Made, Error> {
    let audience = setting::<String>("audience").unwrap_or_default();
    draft(plan, &audience)
}

pub(crate) fn draft(plan: &Plan, audience: &str) -> Result<Made, Error> {
    let initiatives: Vec<Item<'_>> =
        plan.items("initiatives").into_iter().filter(running).collect();
    if initiatives.is_empty() {
        return Err(Error::refused(WORDS.word("plan-empty")));
    }
    let is_staff = audience == "teachers";
    let who = match audience {
        "students" => WORDS.word("for-students"),
        "parents" => WORDS.word("for-parents"),
        _ => WORDS.word("for-teachers"),
    };
    let mut pieces = head(plan, "bulletin-word");
    let dated = [("who", who.clone().into()), ("day", day(&plan.today).into())];
    let mut subject = Piece::new("subject", "subject", WORDS.say("bulletin-subject", &dated));
    subject.own = crate::check::numbers(&plan.today);
    pieces.push(subject);
    pieces.extend(section("bulletin-why", why(plan)));
    pieces.extend(section("bulletin-what", initiatives.iter().map(|one| change(one, is_staff))));
    let kpis = plan.items("kpis");
    pieces.extend(section("bulletin-reached", kpis.iter().filter_map(|kpi| moved(plan, kpi))));
    if is_staff {
        let coming = |piece: &Piece| {
            piece
                .sources
                .first()
                .is_some_and(|path| plan.record(path).text("date") >= plan.today.as_str())
        };
        pieces.extend(section("bulletin-next", trainings(plan).into_iter().filter(coming)));
    }
    pieces.push(Piece::new(
        "help",
        "paragraph",
        WORDS.word(if is_staff { "help-staff" } else { "help-all" }),
    ));
    let title = WORDS.say("bulletin-title", &dated);
    Ok(Made { title, pieces, variant: audience.to_owned() })
}

fn running(initiative: &Item<'_>) -> bool {
    !matches!(initiative.text("state"), "done" | "cancelled" | "paused")
}

fn why(plan: &Plan) -> Vec<Piece> {
    let vision = plan.record("plan").words("vision");
    let mut pieces = Vec::new();
    if !vision.is_empty() {
        pieces.push(Piece::new("vision", "paragraph", vision).with("plan"));
    }
    let needs = plan.items("needs");
    if !needs.is_empty() {
        let titles: Vec<Text> = needs.iter().map(Item::title).collect();
        let list = Text::joined(&titles, "; ");
        let piece =
            Piece::new("needs", "paragraph", WORDS.say("bulletin-needs", &[("list", list.into())]));
        pieces.push(needs.iter().fold(piece, |piece, need| piece.with(&need.path)));
    }
    pieces
}

/// What an initiative changes; for staff with what it gives in class and by when.
fn change(initiative: &Item<'_>, is_staff: bool) -> Piece {
    let result = initiative.record("chain").record("pedagogy").text("text").to_owned();
    let mut values = vec![("initiative", initiative.title().into())];
    let text = if is_staff && !result.is_empty() {
        values.push(("result", result.into()));
        values.push(("due", day_or_blank(initiative.text("due")).into()));
        WORDS.say("bulletin-change", &values)
    } else {
        WORDS.say("bulletin-change-short", &values)
    };
    Piece::about("change", initiative, text)
}

/// A KPI that was measured.
fn moved(plan: &Plan, kpi: &Item<'_>) -> Option<Piece> {
    let (value, path) = kpi.newest(&plan.today)?;
    let actual = plan.figure(path).filter(|figure| figure.value == value)?;
    let baseline = plan.figure(format!("{}/baseline", kpi.path))?;
    let values = [
        ("kpi", kpi.title().into()),
        ("unit", unit(kpi).into()),
        ("baseline", number(baseline.value)),
        ("actual", number(actual.value)),
    ];
    let text = WORDS.say("bulletin-moved", &values);
    Some(Piece::about("kpi", kpi, text).figures([baseline, actual]))
}
