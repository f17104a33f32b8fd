//! The language model of this device: its settings, and what a person says to what would be sent.

use jospar_llm::client::Cancel;
use jospar_llm::prepared::Prepared;
use jospar_llm::settings::Settings;
use jospar_locales::words::text_or_empty;
use jospar_node::service::{Fault, FaultKind};
use jospar_plugins::model::{Consent, Decision, Desk, Unread, fault, seen, shown};
use serde_json::{Value, json};

use super::read::finish;
use super::{Answer, Form, Reader, Trouble};
use crate::view::model as view;

/// Agrees to what a person has seen on the page, and stops at the first request that they have not.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    /// Hashes of requests that the person agreed to.
    pub(crate) agreed: Vec<String>,
    /// The request that was not seen yet.
    pub(crate) unseen: Option<Value>,
}

impl Consent for Shown {
    fn agree(&mut self, prepared: &Prepared) -> Decision {
        let hash = seen(prepared);
        if self.agreed.contains(&hash) {
            return Decision::Send(hash);
        }
        self.unseen = Some(shown(prepared));
        Decision::Stop
    }
}

impl Reader {
    /// Works with the model's settings on a thread that may block.
    async fn model<T, W>(&self, work: W) -> Result<T, Trouble>
    where
        T: Send + 'static,
        W: FnOnce(&Desk) -> Result<T, Fault> + Send + 'static,
    {
        let desk = self.app.model.clone();
        let done = tokio::task::spawn_blocking(move || work(&desk)).await;
        let done = done.unwrap_or_else(|error| Err(Fault::internal(&error.to_string())));
        done.map_err(|fault| self.trouble(&fault))
    }
}

fn state(desk: &Desk, today: &str) -> Result<Value, Fault> {
    let settings = desk.settings()?;
    let mut state = serde_json::to_value(&settings).unwrap_or_default();
    state["on"] = settings.is_on().into();
    if settings.is_on() {
        state["key"] = desk.key()?.map(|(_, place)| place.name()).into();
        let spent = desk.spent(today)?;
        state["spent"] = json!({"used": spent.used, "limit": spent.limit});
        let waiting = desk.store()?.waiting().map_err(|error| fault(&error))?;
        state["waiting"] = waiting.iter().map(|waits| shown(&waits.request.prepared)).collect();
    }
    Ok(state)
}

async fn page(reader: Reader, told: Option<String>) -> Answer {
    let draft = reader.draft("/model".to_owned()).await?;
    let today = text_or_empty(&draft.findings, "/as_of").to_owned();
    let state = reader.model(move |desk| state(desk, &today)).await?;
    let body = view::page(&draft.context, &state, told.as_deref());
    let title = draft.context.words.word("web-page-model");
    Ok(finish(&reader, &draft, "model", title, &body))
}

pub(crate) async fn model(reader: Reader) -> Answer {
    page(reader, None).await
}

pub(crate) async fn set(reader: Reader, form: Form) -> Answer {
    let field = |name: &str| form.field(name).trim().to_owned();
    let (url, model) = (field("url"), field("model"));
    let number = |name: &str| {
        let text: String = field(name).chars().filter(|c| !c.is_whitespace()).collect();
        text.parse::<u64>().map_err(|_| {
            let values = json!({"value": text});
            reader.trouble(&Fault::new(FaultKind::Usage, "error-value-number", values))
        })
    };
    let (tokens_max, tokens_month) = (number("tokens_max")?, number("tokens_month")?);
    reader
        .model(move |desk| {
            let tokens_max = u32::try_from(tokens_max).unwrap_or(u32::MAX);
            let old = desk.settings()?;
            let model = if model.is_empty() { old.model.clone() } else { model };
            desk.save(&Settings { url, model, tokens_max, tokens_month, ..old })
        })
        .await?;
    Ok(reader.done("/model"))
}

pub(crate) async fn key(reader: Reader, form: Form) -> Answer {
    let text = form.field("key").to_owned();
    reader.model(move |desk| desk.keep_key(&text)).await?;
    Ok(reader.done("/model"))
}

pub(crate) async fn forget(reader: Reader) -> Answer {
    reader.model(Desk::forget_key).await?;
    Ok(reader.done("/model"))
}

pub(crate) async fn off(reader: Reader) -> Answer {
    reader.model(|desk| desk.save(&Settings { url: String::new(), ..desk.settings()? })).await?;
    Ok(reader.done("/model"))
}

/// Asks the server whether it is there. Nothing of the plan is sent.
pub(crate) async fn test(reader: Reader) -> Answer {
    let host = reader
        .model(|desk| {
            desk.test(&Cancel::default())?;
            Ok(desk.settings()?.endpoint().map(|endpoint| endpoint.host).unwrap_or_default())
        })
        .await?;
    let told = reader.words()?.with("model-answers", "host", &host);
    page(reader, Some(told)).await
}

pub(crate) async fn send(reader: Reader) -> Answer {
    let today = reader.today().await?;
    let sent = reader.model(move |desk| desk.send(&today, &Cancel::default())).await?;
    let told = reader.words()?.text("model-sent", &[("count", sent.len().into())]);
    page(reader, Some(told)).await
}

/// Texts of a model that nobody has accepted, in a paper: how many, and the hash of what they say.
pub(crate) async fn unread(reader: &Reader, path: &str) -> Result<(usize, String), Trouble> {
    let (mut door, path) = (reader.app.door.clone(), path.to_owned());
    let found = reader.model(move |_| Desk::unread(&mut door, &path)).await?;
    Ok((found.len(), Unread::hash(&found)))
}

/// A person has read the texts of a model in a paper, as the page showed them, and accepts them.
pub(crate) async fn accept(reader: Reader, form: Form) -> Answer {
    let (mut door, path) = (reader.app.door.clone(), form.field("path").to_owned());
    let hash = form.field("hash").to_owned();
    reader
        .model(move |_| {
            let found = Desk::unread(&mut door, &path)?;
            if Unread::hash(&found) != hash {
                let values = json!({"path": path});
                return Err(Fault::new(FaultKind::Usage, "error-changed-meanwhile", values));
            }
            Desk::accept_texts(&mut door, &found)
        })
        .await?;
    Ok(reader.done(form.field("back")))
}
