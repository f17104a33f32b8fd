//! Money and hours of initiatives: planned against spent, and what a KPI's movement cost.

use jospar_plugin_sdk::{Cell, Report, Text, Tone, Value};
use serde_json::json;

use crate::WORDS;
use crate::pace::Paced;
use crate::plan::{Initiative, Plan};
use crate::show::{self, counted, empty, number, text};

/// A sum of planned, one of spent, and how many initiatives have both.
struct Sums {
    planned: f64,
    spent: f64,
    n: usize,
}

fn known(value: Option<f64>) -> Option<f64> {
    value.filter(|value| *value >= 0.0)
}

fn money(one: &Initiative) -> (Option<f64>, Option<f64>) {
    (known(one.budget_kzt), known(one.spent_kzt))
}

fn hours(one: &Initiative) -> (Option<f64>, Option<f64>) {
    (known(one.hours), known(one.hours_spent))
}

/// Over the initiatives that have both numbers, so that the sums can be compared.
fn sums(plan: &Plan, of: fn(&Initiative) -> (Option<f64>, Option<f64>)) -> Sums {
    let both = plan.initiatives().filter_map(|one| {
        let (planned, spent) = of(one);
        planned.zip(spent)
    });
    both.fold(Sums { planned: 0.0, spent: 0.0, n: 0 }, |sums, (planned, spent)| Sums {
        planned: sums.planned + planned,
        spent: sums.spent + spent,
        n: sums.n + 1,
    })
}

pub(crate) fn show(report: Report, plan: &Plan, paced: &[Paced<'_>]) -> Report {
    let any = plan.initiatives().any(|one| {
        [one.budget_kzt, one.spent_kzt, one.hours, one.hours_spent].iter().any(Option::is_some)
    });
    if !any {
        return report;
    }
    let mut report = report.heading(2, WORDS.word("money"));
    let both = [
        ("money-planned", "money-spent", Text::same("₸"), sums(plan, money)),
        ("hours-due", "hours-used", WORDS.word("hours"), sums(plan, hours)),
    ];
    for (planned, spent, unit, sums) in both.into_iter().filter(|(_, _, _, sums)| sums.n > 0) {
        let from = (sums.n, "initiatives");
        report = counted(report, WORDS.word(planned), (sums.planned, 0), unit.clone(), from);
        report = counted(report, WORDS.word(spent), (sums.spent, 0), unit, from);
    }
    let mut table = empty(
        "money",
        &[
            text("initiative"),
            number("money-planned", 0),
            number("money-spent", 0),
            number("hours-due", 1),
            number("hours-used", 1),
        ],
    );
    for one in plan.initiatives() {
        let ((planned, spent), (due, used)) = (money(one), hours(one));
        let item = Cell::Item(format!("initiatives/{}", one.id));
        table.push(vec![item, planned.into(), spent.into(), due.into(), used.into()]);
    }
    report = costs(show::table(report, table), plan, paced);
    let over = plan.initiatives().filter(|one| {
        let (planned, spent) = money(one);
        planned.zip(spent).is_some_and(|(planned, spent)| spent > planned)
    });
    let over: Vec<Text> = over.map(|one| one.title.clone()).take(show::NAMED_MAX).collect();
    if over.is_empty() {
        return report;
    }
    let values = [("initiatives", Value::from(Text::joined(&over, "; ")))];
    report.callout(Tone::Warning, WORDS.say("money-over", &values))
}

/// What was spent on an initiative for each unit that its KPIs moved towards their targets.
fn costs(report: Report, plan: &Plan, paced: &[Paced<'_>]) -> Report {
    let mut table = empty(
        "cost-table",
        &[
            text("initiative"),
            text("kpi"),
            text("unit"),
            number("moved", 2),
            number("cost-unit", 0),
            text("remark"),
        ],
    );
    for one in plan.initiatives() {
        let Some(spent) = known(one.spent_kzt) else { continue };
        for kpi in paced.iter().filter(|paced| one.kpis.contains(&paced.kpi.id)) {
            let Some(moved) = moved(kpi) else { continue };
            let cost = (moved > 0.0).then(|| spent / moved).filter(|cost| cost.is_finite());
            let remark = if cost.is_some() { Text::default() } else { WORDS.word("cost-none") };
            table.push(vec![
                Cell::Item(format!("initiatives/{}", one.id)),
                Cell::Item(format!("kpis/{}", kpi.kpi.id)),
                Text::same(kpi.kpi.unit.as_deref().unwrap_or_default()).into(),
                moved.into(),
                cost.into(),
                remark.into(),
            ]);
        }
    }
    if table.rows.is_empty() {
        return report;
    }
    show::table(report, table).paragraph(WORDS.word("cost-method"))
}

/// By how much a KPI moved towards its target; below 0 where it moved away.
fn moved(paced: &Paced<'_>) -> Option<f64> {
    let (value, _) = paced.newest?;
    let (baseline, target) = (paced.kpi.baseline?, paced.kpi.target?);
    Some(if target < baseline { baseline - value } else { value - baseline })
}

pub(crate) fn data(plan: &Plan) -> serde_json::Value {
    let of = |sums: Sums| json!({"planned": sums.planned, "spent": sums.spent, "n": sums.n});
    json!({"kzt": of(sums(plan, money)), "hours": of(sums(plan, hours))})
}
