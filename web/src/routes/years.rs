//! Years: past ones beside this one, and beginning the next.

use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect};
use jospar_locales::words::{text_at, text_or_empty};
use jospar_node::service::{Request, YearRequest};
use serde::Deserialize;
use serde_json::Value;

use super::read::finish;
use super::{Answer, Form, Part, Reader, Trouble};
use crate::pages;
use crate::schema::{Spot, locate};
use crate::view::context::collect_names;
use crate::view::{print, years as view};

/// The days that are wanted for the next year.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    /// The first day; empty for a year after this one's.
    #[serde(default)]
    start: String,
    /// The last day.
    #[serde(default)]
    end: String,
}

impl Reader {
    async fn years(&self, request: YearRequest) -> Result<Value, Trouble> {
        self.ask(Request::Years(request)).await
    }

    fn leads(status: &Value) -> bool {
        matches!(text_or_empty(status, "/device/role"), "director" | "teacher")
    }
}

pub(crate) async fn list(reader: Reader) -> Answer {
    let draft = reader.draft("/years".to_owned()).await?;
    let answer = reader.years(YearRequest::List).await?;
    let body = view::list(&draft.context, &answer, Reader::leads(&draft.status));
    let title = draft.context.words.word("web-page-years");
    Ok(finish(&reader, &draft, "years", title, &body))
}

pub(crate) async fn next(Query(wanted): Query<Wanted>, reader: Reader) -> Answer {
    let mut draft = reader.draft("/years/next".to_owned()).await?;
    reader.names(&mut draft).await?;
    let day = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let request = YearRequest::Offer { start: day(&wanted.start), end: day(&wanted.end) };
    let offer = reader.years(request).await?;
    let body = view::next(&draft.context, &offer);
    let title = draft.context.words.word("web-year-next");
    Ok(finish(&reader, &draft, "years", title, &body))
}

/// What was offered and is not ticked stays behind.
pub(crate) async fn begin(reader: Reader, form: Form) -> Answer {
    let carried: Vec<&str> = form.flags("carry:").collect();
    let offered = form.flags("offer:").filter(|path| !carried.contains(path));
    let request = YearRequest::Begin {
        start: form.field("start").to_owned(),
        end: form.field("end").to_owned(),
        leave: offered.map(str::to_owned).collect(),
    };
    let done = reader.years(request).await?;
    let year = text_or_empty(&done, "/year");
    Ok(Redirect::to(&format!("/years/{year}")).into_response())
}

pub(crate) async fn take_back(reader: Reader, form: Form) -> Answer {
    reader.years(YearRequest::TakeBack { year: form.field("path").to_owned() }).await?;
    Ok(Redirect::to("/years").into_response())
}

pub(crate) async fn one(Path(year): Path<String>, reader: Reader) -> Answer {
    let draft = reader.draft(format!("/years/{year}")).await?;
    let answer = reader.years(YearRequest::Compare { year: year.clone() }).await?;
    let all = reader.years(YearRequest::List).await?;
    let newest = text_at(&all, "/years/0/id") == Some(year.as_str());
    let takes_back = newest && Reader::leads(&draft.status);
    let body = view::one(&draft.context, &answer, takes_back);
    let title = view::called(draft.context.words, answer.get("year").unwrap_or(&Value::Null));
    Ok(finish(&reader, &draft, "years", title, &body))
}

/// The whole plan of a past year, to be read and printed.
pub(crate) async fn plan(Path(year): Path<String>, reader: Reader) -> Answer {
    let mut draft = reader.draft(format!("/years/{year}/plan")).await?;
    reader.names(&mut draft).await?;
    let mut groups: Vec<(&str, Vec<Part>)> = Vec::new();
    for page in pages::all() {
        let mut parts = Vec::new();
        for path in page.parts {
            let open = crate::schema::kind_of(path).is_some_and(|kind| !kind.is_sealed());
            let Some(spot) = locate(path).filter(|_| open) else { continue };
            let request = YearRequest::Show { year: year.clone(), path: (*path).to_owned() };
            let value = reader.years(request).await?.get("value").cloned().unwrap_or_default();
            // What is not in the plan any more is known by the names of then.
            let mut names = std::collections::BTreeMap::new();
            collect_names(draft.context.words, path, &value, &mut names);
            draft.context.learn(names);
            parts.push(Part { path: (*path).to_owned(), spot, value });
        }
        groups.push((page.name, parts));
    }
    let spots: Vec<Spot> = groups.iter().flat_map(|(_, parts)| parts).map(|p| p.spot).collect();
    reader.choices(&mut draft, &spots).await?;
    then_choices(&mut draft.context, &groups);
    let body = print::plan(&draft.context, &groups, None, None);
    let title = draft.context.words.with("web-year-plan", "year", &year);
    Ok(finish(&reader, &draft, "years", title, &body))
}

/// Fields name what they refer to as it was called then.
fn then_choices(context: &mut crate::view::context::Context<'_>, groups: &[(&str, Vec<Part>)]) {
    let parts: Vec<&Part> = groups.iter().flat_map(|(_, parts)| parts).collect();
    let words = context.words;
    for (list, choices) in &mut context.choices {
        let root = list.split('/').next().unwrap_or_default();
        let Some(part) = parts.iter().find(|part| part.path == root) else { continue };
        *choices = crate::view::context::read_choices(words, &part.value, list);
    }
}
