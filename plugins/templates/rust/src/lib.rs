//! Shows how far each KPI has come on its way to the target.

use jospar_plugin_sdk::{
    Cell, Column, Error, Number, Outcome, Report, Table, Text, Tone, Words, plan, plugin, setting,
};

static WORDS: Words = Words::new(include_str!("words.txt"));

#[derive(serde::Deserialize)]
struct Kpi {
    title: Text,
    unit: Option<Text>,
    baseline: Option<f64>,
    target: Option<f64>,
    actual: Option<f64>,
}

impl Kpi {
    /// How far it has come from its baseline to its target, 0 to 1; `None` if that cannot be said.
    fn done(&self) -> Option<f64> {
        let (baseline, target, actual) = (self.baseline?, self.target?, self.actual?);
        let done = (actual - baseline) / (target - baseline);
        (target != baseline).then(|| done.clamp(0.0, 1.0))
    }
}

fn progress() -> Result<Outcome, Error> {
    let kpis: Vec<Kpi> = plan::read("kpis")?;
    let measured: Vec<f64> = kpis.iter().filter_map(Kpi::done).collect();
    if measured.is_empty() {
        return Err(Error::refused(WORDS.word("none")));
    }
    let mean = measured.iter().sum::<f64>() / measured.len() as f64;
    let counts = [("total", kpis.len().into()), ("n", measured.len().into())];
    let number = Number::new(WORDS.word("mean"), 100.0 * mean)
        .unit(Text::same("%"))
        .decimals(0)
        .n(measured.len())
        .method(WORDS.word("method"));
    let (tone, verdict) = verdict(&kpis);
    let report = Report::new(WORDS.word("title"))
        .paragraph(WORDS.say("counts", &counts))
        .number(number)
        .table(table(&kpis))
        .callout(tone, verdict);
    Ok(Outcome::of(report))
}

fn table(kpis: &[Kpi]) -> Table {
    let columns = vec![
        Column::text(WORDS.word("kpi")),
        Column::text(WORDS.word("unit")),
        Column::number(WORDS.word("baseline"), 2),
        Column::number(WORDS.word("target"), 2),
        Column::number(WORDS.word("actual"), 2),
        Column::text(WORDS.word("progress")),
    ];
    let mut table = Table::new(Text::same(""), columns);
    for kpi in kpis {
        table.push(vec![
            kpi.title.clone().into(),
            kpi.unit.clone().unwrap_or_default().into(),
            kpi.baseline.into(),
            kpi.target.into(),
            kpi.actual.into(),
            kpi.done().map_or(Cell::Empty, Cell::Share),
        ]);
    }
    table
}

fn verdict(kpis: &[Kpi]) -> (Tone, Text) {
    let limit = setting::<f64>("behind").unwrap_or(30.0) / 100.0;
    let is_behind = |kpi: &&Kpi| kpi.done().is_some_and(|done| done < limit);
    let titles: Vec<&Text> = kpis.iter().filter(is_behind).map(|kpi| &kpi.title).collect();
    if titles.is_empty() {
        return (Tone::Good, WORDS.word("good"));
    }
    let titles = Text::joined(titles, "; ");
    (Tone::Warning, WORDS.say("behind", &[("titles", titles.into())]))
}

plugin! { "progress" => progress }
