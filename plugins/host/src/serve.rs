//! What a guest may call. Each function: the call is counted, the grant is looked up, bounds are looked at, and only then
//! is the caller's environment asked.

use jospar_plugin_api::text::clean;
use jospar_plugin_api::{Capability, Part, PluginError, PluginId};

use crate::answers::Answer;
use crate::bindings::jospar::plugin::{
    files, host, llm, plan, proposals, reports, script, store, types,
};
use crate::environment::{ModelBlock, ModelRequest};
use crate::run::LogLevel;
use crate::state::{State, Stop};

/// A call's end: outside, the guest is stopped; inside, it is answered.
type Answered<T> = wasmtime::Result<Result<T, types::Error>>;

/// What a call ended with, in the host's own words.
enum No {
    Stop(Stop),
    Answer(PluginError),
}

impl From<Stop> for No {
    fn from(stop: Stop) -> Self {
        Self::Stop(stop)
    }
}

impl From<Answer> for No {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer.into())
    }
}

impl From<PluginError> for No {
    fn from(error: PluginError) -> Self {
        Self::Answer(error)
    }
}

fn answered<T>(done: Result<T, No>) -> Answered<T> {
    match done {
        Ok(value) => Ok(Ok(value)),
        Err(No::Answer(error)) => Ok(Err(error.into())),
        Err(No::Stop(stop)) => Err(stop.into()),
    }
}

impl State {
    async fn part(&mut self, name: &str) -> Result<String, No> {
        self.enter()?;
        let part: Part = name.parse().map_err(|_| Answer::UnknownPart(name.to_owned()))?;
        self.allow(Capability::Read(part))?;
        let json = self.ask(move |environment| environment.part(part)).await??;
        self.answer_bounded(json.len())?;
        Ok(json)
    }

    async fn survey_totals(&mut self, survey: String) -> Result<String, No> {
        self.enter()?;
        self.allow(Capability::SurveyTotals)?;
        self.bounded(&survey)?;
        let json = self.ask(move |environment| environment.survey_totals(&survey)).await??;
        self.answer_bounded(json.len())?;
        Ok(json)
    }

    async fn survey_rows(&mut self, survey: String) -> Result<String, No> {
        self.enter()?;
        self.allow(Capability::SurveyRows)?;
        self.bounded(&survey)?;
        let json = self.ask(move |environment| environment.survey_rows(&survey)).await??;
        self.answer_bounded(json.len())?;
        Ok(json)
    }

    async fn lesson_results(&mut self, study: String) -> Result<String, No> {
        self.enter()?;
        self.allow(Capability::LessonResults)?;
        self.bounded(&study)?;
        let json = self.ask(move |environment| environment.lesson_results(&study)).await??;
        self.answer_bounded(json.len())?;
        Ok(json)
    }

    async fn plugin_result(&mut self, plugin: &str) -> Result<String, No> {
        self.enter()?;
        let id: PluginId = plugin.parse().map_err(|_| Answer::UnknownPlugin(plugin.to_owned()))?;
        self.allow(Capability::Result(id.clone()))?;
        let json = self.ask(move |environment| environment.plugin_result(&id)).await??;
        self.answer_bounded(json.len())?;
        Ok(json)
    }

    fn read_file(&mut self, name: String) -> Result<Vec<u8>, No> {
        self.enter()?;
        let found = self.files.iter().find(|file| file.name() == name);
        match found {
            Some(file) => Ok(file.bytes().to_vec()),
            None => Err(Answer::NoFile(name).into()),
        }
    }

    /// A key of the store: not empty, short, no control characters.
    fn check_key(&self, key: &str) -> Result<(), Answer> {
        let max = self.limits.store_key_bytes_max;
        let good = !key.is_empty() && key.len() <= max && !key.chars().any(char::is_control);
        if good { Ok(()) } else { Err(Answer::StoreKey { max }) }
    }

    async fn store_value(&mut self, key: String) -> Result<Option<Vec<u8>>, No> {
        self.enter()?;
        self.allow(Capability::Store)?;
        self.check_key(&key)?;
        let value = self.ask(move |environment| environment.store_value(&key)).await??;
        self.answer_bounded(value.as_ref().map_or(0, Vec::len))?;
        Ok(value)
    }

    async fn set_store_value(&mut self, key: String, value: Vec<u8>) -> Result<(), No> {
        self.enter()?;
        self.allow(Capability::Store)?;
        self.check_key(&key)?;
        let (bytes_max, keys_max) = (self.limits.store_bytes_max, self.limits.store_keys_max);
        self.ask(move |environment| {
            let old = environment.store_value(&key)?;
            let usage = environment.store_usage()?;
            let freed = old.as_ref().map_or(0, |old| old.len() + key.len());
            let taken = usage.bytes.saturating_sub(freed);
            let added = key.len().saturating_add(value.len());
            if taken.saturating_add(added) > bytes_max {
                return Err(Answer::StoreBytes { max: bytes_max }.into());
            }
            if old.is_none() && usage.keys >= keys_max {
                return Err(Answer::StoreKeys { max: keys_max }.into());
            }
            environment.set_store_value(&key, &value)
        })
        .await??;
        Ok(())
    }

    async fn delete_store_value(&mut self, key: String) -> Result<(), No> {
        self.enter()?;
        self.allow(Capability::Store)?;
        self.check_key(&key)?;
        self.ask(move |environment| environment.delete_store_value(&key)).await??;
        Ok(())
    }

    async fn store_keys(&mut self, prefix: String) -> Result<Vec<String>, No> {
        self.enter()?;
        self.allow(Capability::Store)?;
        let max = self.limits.store_key_bytes_max;
        if prefix.len() > max {
            return Err(Answer::StoreKey { max }.into());
        }
        let mut keys = self.ask(move |environment| environment.store_keys(&prefix)).await??;
        keys.sort();
        Ok(keys)
    }

    async fn ask_model(&mut self, request: llm::Request) -> Result<llm::Reply, No> {
        self.enter()?;
        self.allow(Capability::Llm)?;
        let request = self.checked(request)?;
        self.model_requests += 1;
        let mut reply = self.ask_slowly(move |environment| environment.ask(&request)).await??;
        self.model_answers += 1;
        let max = self.limits.model_reply_bytes_max;
        let truncated = reply.truncated || reply.text.len() > max;
        reply.text.truncate(reply.text.floor_char_boundary(max));
        clean(&mut reply.text);
        clean(&mut reply.model);
        Ok(llm::Reply { text: reply.text, model: reply.model, truncated })
    }

    /// A question that keeps to the bounds, without control characters.
    fn checked(&self, request: llm::Request) -> Result<ModelRequest, Answer> {
        let max = self.limits.model_requests_max;
        if self.model_requests >= max {
            return Err(Answer::ModelRequests { max });
        }
        let llm::Request { mut purpose, template, language, blocks, max_tokens } = request;
        let texts = blocks.iter().map(|block| block.name.len() + block.text.len());
        let bytes = texts.fold(purpose.len(), usize::saturating_add);
        let max = self.limits.model_request_bytes_max;
        if bytes > max {
            return Err(Answer::ModelTooLong { bytes, max });
        }
        let word = |b: u8| b.is_ascii_lowercase() || b == b'-';
        let named = (1..=64).contains(&template.len()) && template.bytes().all(word);
        let many = blocks.len() > self.limits.model_blocks_max;
        if many || !named || !["kk", "ru", "en"].contains(&language.as_str()) || max_tokens == 0 {
            return Err(Answer::ModelRequest);
        }
        clean(&mut purpose);
        let cleaned = |block: llm::DataBlock| {
            let llm::DataBlock { mut name, mut text } = block;
            clean(&mut name);
            clean(&mut text);
            ModelBlock { name, text }
        };
        let blocks = blocks.into_iter().map(cleaned).collect();
        Ok(ModelRequest { purpose, template, language, blocks, max_tokens })
    }
}

impl types::Host for State {}
impl reports::Host for State {}
impl proposals::Host for State {}

impl plan::Host for State {
    fn heads(&mut self) -> wasmtime::Result<Vec<String>> {
        self.enter()?;
        Ok(self.heads.clone())
    }

    async fn part(&mut self, name: String) -> Answered<String> {
        answered(State::part(self, &name).await)
    }

    async fn survey_totals(&mut self, survey: String) -> Answered<String> {
        answered(State::survey_totals(self, survey).await)
    }

    async fn survey_rows(&mut self, survey: String) -> Answered<String> {
        answered(State::survey_rows(self, survey).await)
    }

    async fn lesson_results(&mut self, study: String) -> Answered<String> {
        answered(State::lesson_results(self, study).await)
    }

    async fn plugin_result(&mut self, plugin: String) -> Answered<String> {
        answered(State::plugin_result(self, &plugin).await)
    }
}

impl files::Host for State {
    fn files(&mut self) -> wasmtime::Result<Vec<files::File>> {
        self.enter()?;
        let file = |file: &crate::File| files::File {
            name: file.name().to_owned(),
            size: u32::try_from(file.bytes().len()).unwrap_or(u32::MAX),
        };
        Ok(self.files.iter().map(file).collect())
    }

    fn read(&mut self, name: String) -> Answered<Vec<u8>> {
        answered(self.read_file(name))
    }
}

impl host::Host for State {
    fn log(&mut self, level: host::Level, message: String) -> wasmtime::Result<()> {
        self.enter()?;
        let level = match level {
            host::Level::Debug => LogLevel::Debug,
            host::Level::Info => LogLevel::Info,
            host::Level::Warn => LogLevel::Warn,
            host::Level::Error => LogLevel::Error,
        };
        self.write_log(level, message);
        Ok(())
    }

    fn now_ms(&mut self) -> wasmtime::Result<f64> {
        self.enter()?;
        Ok(self.now_ms)
    }

    fn today(&mut self) -> wasmtime::Result<String> {
        self.enter()?;
        Ok(self.today.clone())
    }

    fn random(&mut self) -> wasmtime::Result<f64> {
        self.enter()?;
        Ok(State::random(self))
    }

    async fn progress(&mut self, done: f64, note: types::Text) -> wasmtime::Result<bool> {
        self.enter()?;
        let mut note = jospar_plugin_api::Text::from(note);
        if note.bytes() <= self.limits.text_bytes_max && self.may_tell_progress() {
            note.clean();
            let done = if done.is_finite() { done.clamp(0.0, 1.0) } else { 0.0 };
            self.ask(move |environment| environment.progress(done, &note)).await?;
        }
        Ok(!self.is_cancelled())
    }

    fn setting(&mut self, key: String) -> wasmtime::Result<Option<String>> {
        self.enter()?;
        Ok(self.settings.get(&key).cloned())
    }
}

impl store::Host for State {
    async fn get(&mut self, key: String) -> Answered<Option<Vec<u8>>> {
        answered(self.store_value(key).await)
    }

    async fn set(&mut self, key: String, value: Vec<u8>) -> Answered<()> {
        answered(self.set_store_value(key, value).await)
    }

    async fn delete(&mut self, key: String) -> Answered<()> {
        answered(self.delete_store_value(key).await)
    }

    async fn keys(&mut self, prefix: String) -> Answered<Vec<String>> {
        answered(self.store_keys(prefix).await)
    }
}

impl llm::Host for State {
    async fn ask(&mut self, request: llm::Request) -> Answered<llm::Reply> {
        answered(self.ask_model(request).await)
    }
}

impl script::Host for State {
    fn source(&mut self) -> wasmtime::Result<String> {
        self.enter()?;
        Ok(self.source.as_deref().unwrap_or_default().to_owned())
    }
}
