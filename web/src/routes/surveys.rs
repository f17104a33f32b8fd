//! Surveys: forms to print and to take elsewhere, answers typed in from paper, answers from a file.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect};
use jospar_core::plan::{Record as _, Survey};
use jospar_export::{FormFormat, Plan, Role, blank, questionnaire};
use jospar_locales::Language;
use jospar_locales::words::{count_at, flag_at, items_at, text_or_empty};
use jospar_node::service::{DraftRequest, Fault, FaultKind, PluginRequest, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use super::read::{Draft, finish};
use super::{Answer, Form, Reader, Trouble};
use crate::answers::columns::{Answers, Usual, guess, read};
use crate::answers::{self, ROWS_MAX, Row, columns::Use};
use crate::guard::Uploaded;
use crate::view::context::{own_name, unnamed};
use crate::view::surveys::{self as view, Import};

/// What a form is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// Who is asked.
    #[serde(default)]
    role: String,
    /// The language of the form; the reader's if empty.
    #[serde(default)]
    language: String,
    /// Where it is filled in.
    #[serde(default)]
    format: String,
    /// The name of a file that is given.
    #[serde(default)]
    name: String,
}

impl Asked {
    fn role(&self) -> Role {
        Role::from_name(&self.role).unwrap_or(Role::Teacher)
    }
}

impl Reader {
    async fn survey(&self, id: &str) -> Result<Survey, Trouble> {
        let shown = self.show(&format!("surveys/{id}")).await?;
        Ok(Survey::from_view(shown.get("value").unwrap_or(&Value::Null)))
    }

    /// What a survey is called.
    async fn survey_title(&self, draft: &Draft<'_>, id: &str) -> Result<String, Trouble> {
        let shown = self.show(&format!("surveys/{id}")).await?;
        let value = shown.get("value").unwrap_or(&Value::Null);
        let evidence = self.choices_of(draft.context.words, "evidence").await?;
        let about = text_or_empty(value, "/evidence");
        let about = evidence.iter().find(|(id, _)| id == about).map(|(_, name)| name.clone());
        Ok(own_name(draft.context.words, value)
            .or(about)
            .unwrap_or_else(|| unnamed(draft.context.words, Survey::SCHEMA, value)))
    }

    fn refuse(&self, key: &'static str, values: Value) -> Trouble {
        self.trouble(&Fault::new(FaultKind::Usage, key, values))
    }

    /// Adds rows to a survey, those of a draft if that has a name. What was looked through for doubles is not looked
    /// through again.
    async fn add_rows(
        &self,
        (survey, role): (&Survey, Role),
        date: &str,
        rows: &[Row],
        draft: Option<String>,
    ) -> Result<(), Trouble> {
        let edits = answers::edits(survey, date, role.name(), rows)
            .ok_or_else(|| self.trouble(&Fault::internal("no random bytes")))?;
        let agreed = BTreeMap::from([("survey_rows".to_owned(), Value::Bool(true))]);
        let (base, note) = (BTreeMap::new(), None);
        let request = match draft {
            Some(name) => Request::Draft(DraftRequest::Save { name, edits, agreed }),
            None => Request::Plugin(PluginRequest::Batch { edits, base, agreed, note }),
        };
        self.ask(request).await?;
        Ok(())
    }

    /// The rows that were typed for a survey and a role and are not saved.
    async fn typed(&self, survey: &str, role: Role) -> Result<Vec<Row>, Trouble> {
        let name = answers::draft(survey, role.name());
        let shown = self.ask(Request::Draft(DraftRequest::Show { name })).await?;
        let rows = items_at(&shown, "/values").filter_map(|row| Row::deserialize(row).ok());
        Ok(rows.collect())
    }

    /// Reads a table that a person gave, and keeps it until they decide; its key.
    pub(super) async fn keep_table(&self, name: &str, bytes: Bytes) -> Result<String, Trouble> {
        let table = tokio::task::spawn_blocking(move || jospar_tables::read(&bytes)).await;
        let table = match table {
            Ok(Ok(table)) => table,
            Ok(Err(error)) => {
                let values = error.arguments().into_iter();
                let values: serde_json::Map<String, Value> =
                    values.map(|(name, number)| (name.to_owned(), number.into())).collect();
                return Err(self.refuse(error.key(), Value::Object(values)));
            }
            Err(error) => return Err(self.trouble(&Fault::internal(&error.to_string()))),
        };
        let name: String = name.chars().take(120).collect();
        let key = self.app.answers.keep(name, table);
        key.ok_or_else(|| self.trouble(&Fault::internal("no random bytes")))
    }

    /// Heads that groups and comments usually have, in every language.
    fn usual(&self) -> Usual {
        let of = |key: &str| -> Vec<String> {
            let words = Language::ALL.into_iter().filter_map(|language| self.app.words(language));
            let heads = words.map(|words| words.word(key));
            heads
                .flat_map(|heads| heads.split('|').map(str::to_lowercase).collect::<Vec<_>>())
                .collect()
        };
        Usual { groups: of("survey-heads-groups"), comments: of("survey-heads-comments") }
    }

    /// The day that a form names, or today.
    async fn day(&self, text: &str) -> Result<String, Trouble> {
        match text {
            "" => self.today().await,
            day => match day.parse::<jospar_core::plan::Date>() {
                Ok(day) => Ok(day.to_string()),
                Err(_) => Err(self.refuse("error-value-date", json!({"value": day}))),
            },
        }
    }
}

/// What can be done with a survey.
pub(crate) async fn one(Path(id): Path<String>, reader: Reader) -> Answer {
    let draft = reader.draft(format!("/survey/{id}")).await?;
    let survey = reader.survey(&id).await?;
    let rows = reader.show("survey_rows").await?;
    let counts = view::counts(rows.get("value").unwrap_or(&Value::Null), &id);
    let drafts = reader.ask(Request::Draft(DraftRequest::List)).await?;
    let count = |role: Role| {
        let place = answers::draft(&id, role.name()).replace('/', "~1");
        count_at(&drafts, &format!("/counts/{place}"))
    };
    let typed: Vec<(Role, u64)> = Role::ALL.into_iter().map(|role| (role, count(role))).collect();
    let lost = flag_at(&drafts, "/lost");
    let body = view::one(&draft.context, &survey, counts, &view::Waiting { typed: &typed, lost });
    let title = reader.survey_title(&draft, &id).await?;
    Ok(finish(&reader, &draft, "surveys", title, &body))
}

/// The form on paper.
pub(crate) async fn paper(
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    reader: Reader,
) -> Answer {
    let draft = reader.draft(format!("/survey/{id}/paper")).await?;
    let survey = reader.survey(&id).await?;
    let language = asked.language.parse().unwrap_or(reader.language);
    let Some(words) = reader.app.words(language) else { return super::missing(reader).await };
    let form = blank(&survey, asked.role(), language);
    let school = draft.status.get("school").map(|school| words.value(school)).unwrap_or_default();
    let body = view::paper(
        &draft.context,
        words,
        &form,
        &view::Sheet { id: &id, role: asked.role(), school: &school },
    );
    let title = reader.survey_title(&draft, &id).await?;
    Ok(finish(&reader, &draft, "surveys", title, &body))
}

/// The form as a file for another program.
pub(crate) async fn file(
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    reader: Reader,
) -> Answer {
    let Some(format) = FormFormat::from_name(&asked.format) else {
        return super::missing(reader).await;
    };
    let exported = reader.ask(Request::Export).await?;
    let json = exported["plan"].to_string();
    let language = asked.language.parse().unwrap_or(reader.language);
    let role = asked.role();
    let made = tokio::task::spawn_blocking(move || {
        questionnaire(&Plan::read(&json)?, &id, role, format, language)
    });
    reader.file(made.await)
}

/// Answers typed in from paper, one row at a time.
pub(crate) async fn typing(
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    reader: Reader,
) -> Answer {
    let role = asked.role();
    let draft = reader.draft(format!("/survey/{id}/type?role={}", role.name())).await?;
    let survey = reader.survey(&id).await?;
    let form = blank(&survey, role, reader.language);
    let rows = reader.typed(&id, role).await?;
    let today = reader.today().await?;
    let body = view::typing(
        &draft.context,
        &form,
        &view::Typed { id: &id, role, rows: rows.len(), today: &today },
    );
    let title = reader.survey_title(&draft, &id).await?;
    Ok(finish(&reader, &draft, "surveys", title, &body))
}

pub(crate) async fn type_in(Path(id): Path<String>, reader: Reader, form: Form) -> Answer {
    let role = Role::from_name(form.field("role")).unwrap_or(Role::Teacher);
    let back = format!("/survey/{id}/type?role={}", role.name());
    let survey = reader.survey(&id).await?;
    match form.field("do") {
        "undo" => {
            let name = answers::draft(&id, role.name());
            reader.ask(Request::Draft(DraftRequest::TakeBack { name })).await?;
        }
        "save" => {
            let rows = reader.typed(&id, role).await?;
            let day = reader.day(form.field("date")).await?;
            if !rows.is_empty() {
                let draft = Some(answers::draft(&id, role.name()));
                reader.add_rows((&survey, role), &day, &rows, draft).await?;
            }
            return Ok(Redirect::to(&format!("/survey/{id}")).into_response());
        }
        _ => {
            let row = typed_row(&reader, &survey, &form)?;
            if !row.answers.is_empty() || !row.comment.is_empty() {
                let (name, value) = (answers::draft(&id, role.name()), json!(row));
                reader.ask(Request::Draft(DraftRequest::Put { name, value })).await?;
            }
        }
    }
    Ok(Redirect::to(&back).into_response())
}

fn typed_row(reader: &Reader, survey: &Survey, form: &Form) -> Result<Row, Trouble> {
    let scale = Answers::of(survey);
    let short = |text: &str, max: usize| text.trim().chars().take(max).collect::<String>();
    let mut row = Row {
        group: short(form.field("group"), 200),
        comment: short(form.field("comment"), 4_000),
        ..Row::default()
    };
    for item in &survey.items {
        let written = form.field(&format!("item:{}", item.id)).trim();
        if written.is_empty() {
            continue;
        }
        let answer = scale.read(written).ok_or_else(|| {
            reader.refuse("error-answer", json!({"item": item.id, "value": short(written, 40)}))
        })?;
        row.answers.insert(item.id.clone(), answer);
    }
    Ok(row)
}

/// A file with answers, to be looked at before anything of it is taken.
pub(crate) async fn give(
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    reader: Reader,
    Uploaded(bytes): Uploaded,
) -> Answer {
    reader.survey(&id).await?;
    let key = reader.keep_table(&asked.name, bytes).await?;
    Ok(format!("/survey/{id}/import/{key}").into_response())
}

/// A file before it is taken: what its columns hold, and what would come of it.
pub(crate) async fn preview(
    Path((id, key)): Path<(String, String)>,
    Query(fields): Query<BTreeMap<String, String>>,
    reader: Reader,
) -> Answer {
    let Some(given) = reader.app.answers.find(&key) else {
        return Ok(Redirect::to(&format!("/survey/{id}")).into_response());
    };
    let draft = reader.draft(format!("/survey/{id}/import/{key}")).await?;
    let survey = reader.survey(&id).await?;
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let role = Role::from_name(field("role")).unwrap_or(Role::Teacher);
    let uses = reader.uses(&survey, &given.table, |name| fields.get(name).map(String::as_str));
    let batch = read(&survey, &given.table, &uses);
    let rows = reader.show("survey_rows").await?;
    let there = answers::there(rows.get("value").unwrap_or(&Value::Null), &id);
    let new = answers::new_rows(&batch.rows, role.name(), there).len();
    let date = reader.day(field("date")).await?;
    let import = Import {
        survey: &survey,
        given: &given,
        uses: &uses,
        batch: &batch,
        new,
        role,
        date: &date,
        again: field("again") == "true",
    };
    let body = view::preview(&draft.context, &import);
    let title = reader.survey_title(&draft, &id).await?;
    Ok(finish(&reader, &draft, "surveys", title, &body))
}

impl Reader {
    /// What the columns hold: as a person said, else as their heads say.
    fn uses<'a>(
        &self,
        survey: &Survey,
        table: &jospar_tables::Table,
        said: impl Fn(&str) -> Option<&'a str>,
    ) -> Vec<Use> {
        let guessed = guess(survey, table, &self.usual());
        let said = |column: usize| said(&format!("column:{column}"));
        let uses = guessed.into_iter().enumerate();
        uses.map(|(column, used)| said(column).map_or(used, |said| Use::read(said, survey)))
            .collect()
    }
}

pub(crate) async fn import(
    Path((id, key)): Path<(String, String)>,
    reader: Reader,
    form: Form,
) -> Answer {
    let Some(given) = reader.app.answers.find(&key) else {
        return Ok(Redirect::to(&format!("/survey/{id}")).into_response());
    };
    let survey = reader.survey(&id).await?;
    let role = Role::from_name(form.field("role")).unwrap_or(Role::Teacher);
    let date = reader.day(form.field("date")).await?;
    let uses = reader.uses(&survey, &given.table, |name| form.find(name));
    let batch = read(&survey, &given.table, &uses);
    let rows = reader.show("survey_rows").await?;
    let rows = rows.get("value").unwrap_or(&Value::Null);
    let new = match form.field("again") {
        "true" => batch.rows,
        _ => answers::new_rows(&batch.rows, role.name(), answers::there(rows, &id)),
    };
    if new.len() > ROWS_MAX {
        return Err(reader.refuse("error-answers-many", json!({"limit": ROWS_MAX})));
    }
    if !new.is_empty() {
        reader.add_rows((&survey, role), &date, &new, None).await?;
    }
    reader.app.answers.drop_file(&key);
    Ok(Redirect::to(&format!("/survey/{id}")).into_response())
}
