//! Plugins: the list, one of them, running, accepting, and what a person decides about it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use jospar_locales::words::{items_at, text_or_empty};
use jospar_node::service::{Fault, FaultKind, Request};
use jospar_plugin_api::{Capability, Report};
use jospar_plugin_host::{Cancel, File};
use jospar_plugins::model::{AskModel, Asking};
use jospar_plugins::{Choice, Library, Order, Origin, Run, Source};
use serde::Deserialize;
use serde_json::{Value, json};

use super::model::Shown;
use super::read::{Draft, finish};
use super::{Answer, Form, Reader, Trouble};
use crate::guard::Uploaded;
use crate::server::App;
use crate::view::model as model_view;
use crate::view::plugins as view;
use crate::view::report::{Titles, paths};

/// Paths of a report whose titles are looked up.
const TITLES_MAX: usize = 100;

/// How long the overview waits for its figures: a run that asks a model can keep the desk for minutes.
const HEALTH_TIME: Duration = Duration::from_millis(50);

/// The plugins that calculate what a page of the plan shows.
const BESIDE: [(&str, &str); 10] = [
    ("swot", "swot"),
    ("audit", "audit"),
    ("surveys", "survey"),
    ("lessons", "lesson"),
    ("design", "ideas"),
    ("documents", "draft"),
    ("needs", "partnership"),
    ("kpis", "partnership"),
    ("support", "partnership"),
    ("development", "partnership"),
];

/// What may stand behind an address.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Asked {
    /// The plugin.
    #[serde(default)]
    plugin: String,
    /// The task.
    #[serde(default)]
    task: String,
    /// The file's name.
    #[serde(default)]
    name: String,
}

impl Reader {
    /// Does something with the library and the workspace on a thread that may block.
    async fn work<T, W>(&self, work: W) -> Result<T, Trouble>
    where
        T: Send + 'static,
        W: FnOnce(&mut Library, &mut crate::door::Door) -> Result<T, Fault> + Send + 'static,
    {
        let mut door = self.app.door.clone();
        let done = self.app.desk.work(move |library| work(library, &mut door)).await;
        done.map_err(|fault| self.trouble(&fault))
    }

    /// What stands at the paths that a report names. A path that leads nowhere is shown as it is.
    async fn titles(&self, run: Option<&Run>) -> Result<Titles, Trouble> {
        let words = self.words()?;
        let mut titles = Titles::new();
        let report = run.and_then(|run| run.outcome.report.as_ref());
        for path in report.map(paths).unwrap_or_default().into_iter().take(TITLES_MAX) {
            let asked = Request::Show { path: path.clone(), at: Vec::new() };
            let Ok(answer) = self.answer(asked).await else { continue };
            let name = crate::view::context::name_at(words, &path, &answer["value"]);
            if !name.is_empty() {
                titles.insert(path, name);
            }
        }
        Ok(titles)
    }

    /// The plugin that belongs to a page of the plan, with what it found last.
    pub(crate) async fn beside(
        &self,
        draft: &Draft<'_>,
        page: &str,
    ) -> Result<maud::Markup, Trouble> {
        let Some((_, plugin)) = BESIDE.iter().find(|(name, _)| *name == page) else {
            return Ok(maud::html! {});
        };
        let found = self.app.desk.work(|library| {
            let about = library.show(plugin)?;
            Ok((about, last(library, plugin, None)?))
        });
        // A page of the plan is shown even if the library of plugins is damaged.
        let Ok((about, last)) = found.await else { return Ok(maud::html! {}) };
        let titles = self.titles(last.as_ref()).await?;
        Ok(view::beside(&draft.context, &about, last.as_ref(), &titles))
    }
}

/// The last result that was kept, if there is one.
fn last(library: &Library, plugin: &str, task: Option<&str>) -> Result<Option<Run>, Fault> {
    match library.last(plugin, task) {
        Ok(run) => Ok(Some(run)),
        Err(fault) if fault.key == "plugin-not-run" => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// Runs a task of an installed plugin; what it found is kept in the library.
fn run_task(
    library: &mut Library,
    door: &mut crate::door::Door,
    (plugin, task): (&str, &str),
    files: Vec<File>,
    model: Option<&mut Asking<'_>>,
    cancel: Cancel,
) -> Result<Run, Fault> {
    let order = Order {
        task: Some(task).filter(|task| !task.is_empty()),
        files,
        again: true,
        progress: &mut |_, _| {},
        model: model.map(|model| model as &mut dyn AskModel),
        cancel,
    };
    library.run(door, &Source::Installed(plugin), order)
}

/// How a run ended: with a result, or at a request to a model that the person has not seen.
enum Ended {
    Run(Box<Run>),
    Asks(Value),
}

/// Runs a task with this device's model. A request is sent if the person has agreed to its very bytes.
fn run_with_model(
    library: &mut Library,
    door: &mut crate::door::Door,
    desk: &jospar_plugins::model::Desk,
    (plugin, task): (&str, &str),
    agreed: Vec<String>,
) -> Result<Ended, Fault> {
    let cancel = Cancel::default();
    let mut shown = Shown { agreed, unseen: None };
    let mut asking = Asking::new(desk, &mut shown, cancel.clone(), false);
    let ran = run_task(library, door, (plugin, task), Vec::new(), Some(&mut asking), cancel);
    drop(asking);
    match shown.unseen {
        Some(unseen) => Ok(Ended::Asks(unseen)),
        None => ran.map(|run| Ended::Run(Box::new(run))),
    }
}

/// How the partnership stands, as its plugin counts it now; nothing if that is switched off, fails or takes too long.
pub(super) async fn health(app: Arc<App>) -> Option<Report> {
    let mut door = app.door.clone();
    let counted = app.desk.work(move |library| {
        let order = Order {
            task: Some("health"),
            files: Vec::new(),
            again: false,
            progress: &mut |_, _| {},
            model: None,
            cancel: Cancel::default(),
        };
        library.run(&mut door, &Source::Installed("partnership"), order)
    });
    tokio::time::timeout(HEALTH_TIME, counted).await.ok()?.ok()?.outcome.report
}

fn address(plugin: &str, task: &str) -> String {
    format!("/plugins/{plugin}?task={task}")
}

pub(crate) async fn list(reader: Reader) -> Answer {
    let draft = reader.draft("/plugins".to_owned()).await?;
    let (listed, offered) =
        reader.work(|library, door| Ok((library.list()?, library.offered(door)?))).await?;
    let body = view::list(&draft.context, &listed, &offered);
    let title = draft.context.words.word("web-page-plugins");
    Ok(finish(&reader, &draft, "plugins", title, &body))
}

/// What the page of a plugin is made from.
struct Found {
    about: Value,
    settings: Value,
    offered: Value,
    task: String,
    run: Option<Run>,
    previews: Vec<Value>,
}

fn look(
    library: &mut Library,
    door: &mut crate::door::Door,
    plugin: &str,
    task: &str,
) -> Result<Found, Fault> {
    let about = library.show(plugin)?;
    let known = |task: &Value, name: &str| text_or_empty(task, "/id") == name;
    let task = items_at(&about, "/tasks")
        .find(|known_task| known(known_task, task))
        .or_else(|| items_at(&about, "/tasks").next())
        .map(|task| text_or_empty(task, "/id").to_owned())
        .unwrap_or_default();
    let run = last(library, plugin, Some(&task))?;
    let previews = match &run {
        Some(run) => library.previews(door, run),
        None => Vec::new(),
    };
    let settings = library.settings(door, plugin)?;
    let offered = library.offered(door)?;
    Ok(Found { about, settings, offered, task, run, previews })
}

pub(crate) async fn one(
    Path(plugin): Path<String>,
    Query(asked): Query<Asked>,
    reader: Reader,
) -> Answer {
    shown(&reader, plugin, asked.task, None).await
}

/// The page of a plugin; `trouble` says why a run that was just asked for did not come to an end.
async fn shown(reader: &Reader, plugin: String, task: String, trouble: Option<String>) -> Answer {
    let id = plugin.clone();
    let found = reader.work(move |library, door| look(library, door, &id, &task)).await?;
    let mut draft = reader.draft(address(&plugin, &found.task)).await?;
    reader.names(&mut draft).await?;
    let titles = reader.titles(found.run.as_ref()).await?;
    let hash = text_or_empty(&found.about, "/hash");
    let shared = items_at(&found.offered, "/packages")
        .any(|package| text_or_empty(package, "/hash") == hash);
    let shown = view::Shown {
        about: &found.about,
        settings: &found.settings,
        task: &found.task,
        run: found.run.as_ref(),
        previews: &found.previews,
        titles: &titles,
        shared,
        trouble: trouble.as_deref(),
    };
    let body = view::one(&draft.context, &shown);
    let title = draft.context.words.value(&found.about["name"]);
    let status = if trouble.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, finish(reader, &draft, "plugins", title, &body)).into_response())
}

pub(crate) async fn run(reader: Reader, form: Form) -> Answer {
    let (plugin, task) = (form.field("plugin").to_owned(), form.field("task").to_owned());
    let (id, wanted) = (plugin.clone(), task.clone());
    let mut door = reader.app.door.clone();
    let agreed: Vec<String> = form.flags("send:").map(str::to_owned).collect();
    let (without, sends) = (form.find("without").is_some(), agreed.clone());
    let desk = reader.app.model.clone();
    let ran = reader.app.desk.work(move |library| match without {
        true => {
            let stop = Cancel::default();
            let ran = run_task(library, &mut door, (&id, &wanted), Vec::new(), None, stop);
            ran.map(|run| Ended::Run(Box::new(run)))
        }
        false => run_with_model(library, &mut door, &desk, (&id, &wanted), sends),
    });
    match ran.await {
        Ok(Ended::Run(run)) => Ok(reader.done(&address(&run.plugin, &run.task))),
        Ok(Ended::Asks(asked)) => {
            let draft = reader.draft(address(&plugin, &task)).await?;
            let words = draft.context.words;
            let body = model_view::consent(words, &reader.token, (&plugin, &task), &asked, &agreed);
            let title = words.word("web-model-ask");
            Ok(finish(&reader, &draft, "plugins", title, &body))
        }
        Err(fault) if reader.is_script() => Err(reader.trouble(&fault)),
        Err(fault) => {
            let told = reader.words()?.fault(&fault.key, &fault.values);
            shown(&reader, plugin, task, Some(told)).await
        }
    }
}

/// A run with a file: a table of answers or results. Answers the address of what came.
pub(crate) async fn run_with_file(
    Query(asked): Query<Asked>,
    reader: Reader,
    Uploaded(bytes): Uploaded,
) -> Answer {
    let wrong = json!({"name": asked.name});
    let file = File::new(&asked.name, bytes.to_vec());
    let file =
        file.map_err(|_| reader.trouble(&Fault::new(FaultKind::Usage, "plugin-file-name", wrong)))?;
    let run = reader
        .work(move |library, door| {
            let stop = Cancel::default();
            run_task(library, door, (&asked.plugin, &asked.task), vec![file], None, stop)
        })
        .await?;
    Ok(address(&run.plugin, &run.task).into_response())
}

pub(crate) async fn accept(reader: Reader, form: Form) -> Answer {
    let (plugin, task) = (form.field("plugin").to_owned(), form.field("task").to_owned());
    let number = form.field("number").parse().unwrap_or_default();
    let agreed: BTreeMap<String, Value> =
        serde_json::from_str(form.field("agreed")).unwrap_or_default();
    let back = format!("{}#proposal-{number}", address(&plugin, &task));
    // Texts of a model wait in the paper until somebody has read them there.
    reader
        .work(move |library, door| {
            let task = Some(task.as_str()).filter(|task| !task.is_empty());
            library.accept(door, (&plugin, task), number, agreed)
        })
        .await?;
    Ok(reader.done(&back))
}

pub(crate) async fn decide(reader: Reader, form: Form) -> Answer {
    let (plugin, capability) =
        (form.field("plugin").to_owned(), form.field("capability").to_owned());
    let granted = !form.field("granted").is_empty();
    reader.work(move |library, _| library.decide(&plugin, &[capability], granted)).await?;
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn settings(reader: Reader, form: Form) -> Answer {
    let (plugin, key) = (form.field("plugin").to_owned(), form.field("key").to_owned());
    let value = form.field("value").to_owned();
    reader
        .work(move |library, door| {
            let text = Some(value.as_str()).filter(|text| !text.is_empty());
            library.set(door, &plugin, (&key, text))
        })
        .await?;
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn enable(reader: Reader, form: Form) -> Answer {
    let plugin = form.field("plugin").to_owned();
    reader.work(move |library, _| library.enable(&plugin)).await?;
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn memory(reader: Reader, form: Form) -> Answer {
    let plugin = form.field("plugin").to_owned();
    let mebibytes = form.field("mebibytes").parse().unwrap_or_default();
    reader.work(move |library, _| library.set_memory(&plugin, mebibytes)).await?;
    Ok(reader.done(form.field("back")))
}

pub(crate) async fn remove(reader: Reader, form: Form) -> Answer {
    let plugin = form.field("plugin").to_owned();
    reader.work(move |library, _| library.remove(&plugin)).await?;
    Ok(reader.done("/plugins"))
}

pub(crate) async fn publish(reader: Reader, form: Form) -> Answer {
    let (plugin, unsigned) = (form.field("plugin").to_owned(), !form.field("unsigned").is_empty());
    reader
        .work(move |library, door| {
            let package = library.find(&plugin)?.package;
            library.publish(door, &package, unsigned)
        })
        .await?;
    Ok(reader.done(form.field("back")))
}

/// A file that may be a plugin: opened and looked at, not kept. Answers the address where a person decides.
pub(crate) async fn give(reader: Reader, Uploaded(bytes): Uploaded) -> Answer {
    let prepared =
        reader.work(move |library, _| library.prepare(bytes.to_vec(), Origin::File, false)).await?;
    let hash = reader.app.desk.put(prepared);
    Ok(format!("/install/{hash}").into_response())
}

/// What a colleague offers, to be looked at.
pub(crate) async fn take(reader: Reader, form: Form) -> Answer {
    let plugin = form.field("plugin").to_owned();
    let prepared =
        reader.work(move |library, door| library.prepare_offered(door, &plugin, false)).await?;
    let hash = reader.app.desk.put(prepared);
    Ok(reader.done(&format!("/install/{hash}")))
}

/// What a package asks for, before it is installed.
pub(crate) async fn ask(Path(hash): Path<String>, reader: Reader) -> Answer {
    let Some(prepared) = reader.app.desk.waiting(&hash) else {
        return Ok(Redirect::to("/plugins").into_response());
    };
    let draft = reader.draft(format!("/install/{hash}")).await?;
    let told = prepared.to_json();
    let body = view::ask(&draft.context, &told);
    let name = draft.context.words.value(&told["name"]);
    let title = draft.context.words.with("plugin-install-ask-none", "name", &name);
    Ok(finish(&reader, &draft, "plugins", title, &body))
}

pub(crate) async fn install(reader: Reader, form: Form) -> Result<Response, Trouble> {
    let hash = form.field("hash").to_owned();
    let Some(prepared) = reader.app.desk.waiting(&hash) else {
        return Ok(reader.done("/plugins"));
    };
    let granted = |need: &&Capability| form.find(&format!("grant:{need}")).is_some();
    let grants: BTreeSet<Capability> = prepared.asks().iter().filter(granted).cloned().collect();
    let choice = Choice { grants, unsigned: form.find("unsigned").is_some(), downgrade: false };
    let about = reader.work(move |library, _| library.install(prepared, &choice)).await?;
    reader.app.desk.forget(&hash);
    Ok(reader.done(&format!("/plugins/{}", text_or_empty(&about, "/plugin"))))
}
