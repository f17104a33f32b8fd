//! What a form alone does not show: the four fields of a SWOT, chains, progress, the matrix of risks, the map.

use std::collections::BTreeMap;

use jospar_core::plan::{
    Date, Initiative, Kpi, KpiStatus, LocalText, Period, Record as _, Risk, SchoolMap, Swot,
    kpi_status,
};
use jospar_locales::words::Words;
use jospar_methods::kpi::expected_by_now;
use maud::{Markup, html};
use serde_json::Value;

use super::context::{Context, short};
use super::map;
use crate::routes::Part;

/// The highest likelihood and impact of a risk.
const RISK_MAX: u8 = 5;

/// What stands above the forms of a page; nothing for most.
pub(crate) fn of_page(
    context: &Context<'_>,
    page: &str,
    parts: &[Part],
    as_of: Option<Date>,
    period: &Period,
) -> Markup {
    let elapsed = as_of.and_then(|today| elapsed(period, today));
    let value = parts.first().map_or(&Value::Null, |part| &part.value);
    match page {
        "swot" => swot(context, &Swot::from_view(value)),
        "initiatives" => chains(context, &all::<Initiative>(value)),
        "kpis" => kpis(context, &all::<Kpi>(value), as_of, elapsed),
        "risks" => risks(context, &all::<Risk>(value)),
        "map" => map::map(context, &SchoolMap::from_view(value)),
        _ => html! {},
    }
}

fn all<R: jospar_core::plan::Record>(value: &Value) -> Vec<R> {
    value.as_array().into_iter().flatten().map(R::from_view).collect()
}

pub(super) fn local<'a>(words: &Words, text: &'a LocalText) -> &'a str {
    text.text(words.catalogue().language().code())
}

fn number(words: &Words, number: Option<f64>) -> String {
    number.map_or_else(|| "–".to_owned(), |number| words.catalogue().number(number))
}

fn swot(context: &Context<'_>, swot: &Swot) -> Markup {
    let words = context.words;
    let totals = swot.totals();
    let quadrant = |letter: &str| {
        let factors: Vec<_> = swot.items.iter().filter(|f| f.quadrant == Some(letter)).collect();
        html! {
            section class={ "quadrant " (letter.to_lowercase()) } {
                h2 { (super::context::capital(&words.named("choice", &letter.to_lowercase()))) }
                ul {
                    @for factor in factors {
                        li {
                            a href=(format!("/plan/swot/items/{}", factor.id)) { (local(words, &factor.title)) }
                            span.of { " " (number(words, factor.weight)) " × " (number(words, factor.rating)) }
                        }
                    }
                }
            }
        }
    };
    let total = |key: &str, sum: f64, weight: f64| {
        let values = [("sum", sum.into()), ("weight", weight.into())];
        html! { p { (words.text(key, &values)) } }
    };
    html! {
        div.swot { @for letter in ["S", "W", "O", "T"] { (quadrant(letter)) } }
        div.totals {
            (total("web-swot-ife", totals.ife, totals.internal_weight))
            (total("web-swot-efe", totals.efe, totals.external_weight))
        }
    }
}

fn chains(context: &Context<'_>, initiatives: &[Initiative]) -> Markup {
    let words = context.words;
    html! {
        @for initiative in initiatives {
            @let path = format!("/plan/initiatives/{}", initiative.id);
            section.chain {
                h2 {
                    a href=(path) { (local(words, &initiative.title)) }
                    @if let Some(state) = initiative.state {
                        span.fact { (words.named("choice", state)) }
                    }
                }
                ol {
                    @for (key, link) in [("strategy", &initiative.chain.strategy),
                                         ("technology", &initiative.chain.technology),
                                         ("pedagogy", &initiative.chain.pedagogy)] {
                        @let text = short(&link.text);
                        li.missing[text.is_empty() && link.label.is_empty()] {
                            strong { (context.label(key)) }
                            @if !link.label.is_empty() { span.label { (local(words, &link.label)) } }
                            @if text.is_empty() { a href=(path) { (words.word("web-chain-write")) } }
                            @else { span { (text) } }
                        }
                    }
                }
            }
        }
    }
}

/// The part of the plan's time that is over; `None` for a plan without a period.
fn elapsed(period: &Period, today: Date) -> Option<f64> {
    let day = |date: Date| {
        let days = date.days_since(period.start?);
        i32::try_from(days).ok().map(f64::from)
    };
    let elapsed = expected_by_now(0.0, day(period.end?)?, day(today)?).ok()?;
    Some(elapsed.value)
}

/// Pages whose first part is shown whole by [`of_page`]: its rows would say the same again.
pub(crate) fn shows_first_part(page: &str) -> bool {
    matches!(page, "initiatives" | "kpis")
}

fn kpis(context: &Context<'_>, kpis: &[Kpi], as_of: Option<Date>, elapsed: Option<f64>) -> Markup {
    let words = context.words;
    html! {
        div.scroll tabindex="0" {
            table.kpis {
                thead { tr {
                    th scope="col" { (words.word("web-page-kpis")) }
                    th scope="col" { (context.label("baseline")) }
                    th scope="col" { (context.label("actual")) }
                    th scope="col" { (context.label("target")) }
                    th scope="col" { (words.word("web-progress")) }
                } }
                tbody {
                    @for kpi in kpis {
                        @let newest = as_of.and_then(|day| kpi.newest(day)).map(|(value, _)| value);
                        @let progress = as_of.and_then(|day| kpi.progress(day));
                        tr {
                            th scope="row" {
                                a href=(format!("/plan/kpis/{}", kpi.id)) { (local(words, &kpi.title)) }
                                @if as_of.is_some_and(|day| kpi.is_overdue(day)) {
                                    span.mark.bad { (words.word("web-late")) }
                                }
                            }
                            td { (number(words, kpi.baseline)) }
                            td { (number(words, newest)) }
                            td { (number(words, kpi.target)) " " (kpi.unit) }
                            td {
                                @if let Some(progress) = progress {
                                    progress class=[shade(progress, elapsed)] max="1" value=(progress.clamp(0.0, 1.0)) {}
                                    " " (words.catalogue().number((progress * 100.0).round())) "%"
                                } @else { (words.word("web-not-measured")) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The colour of a progress; none for a plan without a period.
fn shade(progress: f64, elapsed: Option<f64>) -> Option<&'static str> {
    Some(match kpi_status(progress, elapsed?) {
        KpiStatus::Green => "good",
        KpiStatus::Amber => "fair",
        KpiStatus::Red => "poor",
    })
}

fn risks(context: &Context<'_>, risks: &[Risk]) -> Markup {
    let words = context.words;
    let mut cells: BTreeMap<(u8, u8), Vec<&Risk>> = BTreeMap::new();
    let step = |value: Option<f64>| {
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 1 to 5")]
        value.map(|value| value.round().clamp(1.0, f64::from(RISK_MAX)) as u8)
    };
    for risk in risks {
        if let (Some(likelihood), Some(impact)) = (step(risk.likelihood), step(risk.impact)) {
            cells.entry((likelihood, impact)).or_default().push(risk);
        }
    }
    html! {
        div.scroll tabindex="0" {
            table.matrix {
                caption { (words.word("web-risk-matrix")) }
                tbody {
                    @for likelihood in (1..=RISK_MAX).rev() {
                        tr {
                            th scope="row" { (likelihood) }
                            @for impact in 1..=RISK_MAX {
                                td class=(heat(likelihood * impact)) {
                                    @for risk in cells.get(&(likelihood, impact)).into_iter().flatten() {
                                        a href=(format!("/plan/risks/{}", risk.id)) { (local(words, &risk.title)) }
                                    }
                                }
                            }
                        }
                    }
                    tr { th {} @for impact in 1..=RISK_MAX { th scope="col" { (impact) } } }
                }
            }
        }
    }
}

const fn heat(score: u8) -> &'static str {
    match score {
        0..=4 => "low",
        5..=11 => "middle",
        _ => "high",
    }
}
