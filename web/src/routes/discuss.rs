//! Discussion: a word about something, an answer, and that it is settled.

use jospar_locales::words::{items_at, text_or_empty};
use jospar_node::service::Request;
use maud::Markup;
use serde_json::{Value, json};

use super::read::Draft;
use super::{Answer, Form, Reader, Trouble};
use crate::view::context::collect_names;
use crate::view::discuss as view;

/// The list of threads.
const THREADS: &str = "comments_threads";

impl Reader {
    /// The threads about `on`, with the place for a new one.
    pub(crate) async fn discussion(
        &self,
        draft: &mut Draft<'_>,
        on: &str,
    ) -> Result<Markup, Trouble> {
        let answer = self.show(THREADS).await?;
        let about = |thread: &&Value| text_or_empty(thread, "/on") == on;
        let threads: Vec<&Value> = items_at(&answer, "/value").filter(about).collect();
        if !threads.is_empty() {
            for part in ["partners", "people"] {
                let people = self.show(part).await?;
                collect_names(
                    draft.context.words,
                    part,
                    &people["value"],
                    &mut draft.context.names,
                );
            }
        }
        Ok(view::threads(&draft.context, on, &threads))
    }

    /// What is said now: by whom, on which day.
    async fn said(&self, text: &str) -> Result<Value, Trouble> {
        let status = self.ask(Request::Status).await?;
        let author = view::own_name(self.words()?, &status);
        Ok(json!({"author": author, "date": self.today().await?, "text": text}))
    }
}

pub(crate) async fn say(reader: Reader, form: Form) -> Answer {
    let text = form.field("text").trim().replace("\r\n", "\n");
    if !text.is_empty() {
        let mut record = reader.said(&text).await?;
        record["on"] = form.field("on").into();
        let add = Request::Add { path: THREADS.to_owned(), id: None, record, after: None };
        reader.ask(add).await?;
    }
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn reply(reader: Reader, form: Form) -> Answer {
    let text = form.field("text").trim().replace("\r\n", "\n");
    if !text.is_empty() {
        let record = reader.said(&text).await?;
        let path = format!("{THREADS}/{}/replies", form.field("thread"));
        let answer = reader.show(&path).await?;
        let last = items_at(&answer, "/value").last().map(|reply| text_or_empty(reply, "/id"));
        let after = last.filter(|id| !id.is_empty()).map(str::to_owned);
        reader.ask(Request::Add { path, id: None, record, after }).await?;
    }
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn resolve(reader: Reader, form: Form) -> Answer {
    let path = format!("{THREADS}/{}/resolved", form.field("thread"));
    let value = json!(!form.field("resolved").is_empty());
    reader.ask(Request::Set { path, value }).await?;
    Ok(reader.done(form.field("back")))
}
