//! A table for a list of the plan: given, looked at, and only then added.

use std::collections::BTreeMap;

use axum::extract::{Path, Query};
use axum::response::{IntoResponse as _, Redirect};
use jospar_core::document::Schema;
use jospar_export::given::{self, Known, ROWS_MAX, Read, fields, guess, list_schema};
use jospar_locales::Language;
use jospar_node::service::{Edit, Fault, FaultKind, PluginRequest, Request};
use serde::Deserialize;
use serde_json::{Value, json};

use super::read::finish;
use super::{Answer, Form, Reader, Trouble};
use crate::answers::Given;
use crate::guard::Uploaded;
use crate::pages;
use crate::schema::Spot;
use crate::view::tables as view;

/// The name of a file that is given.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Named {
    /// What the person calls it.
    #[serde(default)]
    pub(super) name: String,
}

pub(crate) async fn give(
    Path(list): Path<String>,
    Query(asked): Query<Named>,
    reader: Reader,
    Uploaded(bytes): Uploaded,
) -> Answer {
    if list_schema(&list).is_none() {
        return super::missing(reader).await;
    }
    let key = reader.keep_table(&asked.name, bytes).await?;
    Ok(format!("/table/{list}/{key}").into_response())
}

/// A table under way: the file, what its columns hold, and what would come of it.
struct Looked {
    given: Given,
    schema: &'static Schema,
    uses: Vec<Option<&'static str>>,
    read: Read,
}

impl Reader {
    async fn look<'a>(
        &self,
        list: &str,
        key: &str,
        said: impl Fn(&str) -> Option<&'a str>,
    ) -> Result<Option<Looked>, Trouble> {
        let (Some(schema), Some(file)) = (list_schema(list), self.app.answers.find(key)) else {
            return Ok(None);
        };
        let own = self.words()?;
        let others = Language::ALL.into_iter().filter(|language| *language != self.language);
        let others = others.filter_map(|language| self.app.words(language));
        let mut draft = self.draft(String::new()).await?;
        self.choices(&mut draft, &[Spot::Item(schema)]).await?;
        let shown = self.show(list).await?;
        let known = Known {
            words: std::iter::once(own).chain(others).collect(),
            choices: &draft.context.choices,
            there: shown.get("value").unwrap_or(&Value::Null),
        };
        let field = |wanted: &str| fields(schema).map(|f| f.name).find(|name| *name == wanted);
        let guessed = guess(schema, &file.table, &known).into_iter().enumerate();
        let uses: Vec<Option<&'static str>> = guessed
            .map(|(place, used)| said(&format!("column:{place}")).map_or(used, field))
            .collect();
        let read = given::read(schema, &file.table, &uses, &known);
        Ok(Some(Looked { given: file, schema, uses, read }))
    }
}

pub(crate) async fn preview(
    Path((list, key)): Path<(String, String)>,
    Query(asked): Query<BTreeMap<String, String>>,
    reader: Reader,
) -> Answer {
    let said = |name: &str| asked.get(name).map(String::as_str);
    let Some(looked) = reader.look(&list, &key, said).await? else {
        return super::missing(reader).await;
    };
    let draft = reader.draft(format!("/table/{list}/{key}")).await?;
    let page = pages::of_path(&list).map_or("", |page| page.name);
    let shown = view::Shown {
        list: &list,
        page,
        given: &looked.given,
        schema: looked.schema,
        uses: &looked.uses,
        read: &looked.read,
    };
    let body = view::preview(&draft.context, &shown);
    let title = draft.context.words.with("web-table-of", "list", &draft.context.label(&list));
    Ok(finish(&reader, &draft, page, title, &body))
}

pub(crate) async fn add(
    Path((list, key)): Path<(String, String)>,
    reader: Reader,
    form: Form,
) -> Answer {
    let Some(looked) = reader.look(&list, &key, |name| form.find(name)).await? else {
        return super::missing(reader).await;
    };
    if looked.read.new.len() > ROWS_MAX {
        let values = json!({"limit": ROWS_MAX});
        return Err(reader.trouble(&Fault::new(FaultKind::Usage, "error-table-many", values)));
    }
    let add = |record: Value| Edit::Add { path: list.clone(), id: None, record, after: None };
    let edits: Vec<Edit> = looked.read.new.into_iter().map(add).collect();
    if !edits.is_empty() {
        let (base, agreed) = (BTreeMap::new(), BTreeMap::new());
        let note = Some(looked.given.name.clone());
        let batch = PluginRequest::Batch { edits, base, agreed, note };
        reader.ask(Request::Plugin(batch)).await?;
    }
    reader.app.answers.drop_file(&key);
    let page = pages::of_path(&list).map_or("/".to_owned(), |page| format!("/page/{}", page.name));
    Ok(Redirect::to(&page).into_response())
}
