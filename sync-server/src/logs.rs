//! The log: lines of JSON on standard error. Only fields on a list get out, so that a later change cannot let a name or
//! a text of a plan slip into a log by mistake.

use std::fmt::{self, Write as _};
use std::io::Write as _;

use jiff::Timestamp;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

/// The fields that may appear. `school` and `device` are the first 8 digits of an id.
const FIELDS: [&str; 12] = [
    "message",
    "error",
    "school",
    "device",
    "reason",
    "count",
    "seconds",
    "milliseconds",
    "bytes",
    "address",
    "path",
    "place",
];
/// What is logged unless `RUST_LOG` says otherwise.
const FILTER: &str = "warn,jospar_node=info,jospar_server=info";

/// Writes each event as one line.
struct Lines;

impl<S: Subscriber> Layer<S> for Lines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let line = line(event, Timestamp::now());
        // Nothing can be said where standard error is gone.
        drop(writeln!(std::io::stderr().lock(), "{line}"));
    }
}

fn line(event: &Event<'_>, now: Timestamp) -> String {
    let mut allowed = Allowed(Map::new());
    let metadata = event.metadata();
    allowed.put("time", now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string().into());
    allowed.put("level", metadata.level().as_str().into());
    allowed.put("target", metadata.target().into());
    event.record(&mut allowed);
    Value::Object(allowed.0).to_string()
}

/// Keeps the fields of [`FIELDS`] alone.
struct Allowed(Map<String, Value>);

impl Allowed {
    fn put(&mut self, name: &str, value: Value) {
        self.0.insert(name.to_owned(), value);
    }

    fn allow(&mut self, field: &Field, value: impl FnOnce() -> Value) {
        if FIELDS.contains(&field.name()) {
            self.put(field.name(), value());
        }
    }
}

impl Visit for Allowed {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.allow(field, || {
            let mut text = String::new();
            // Writing into a text does not fail.
            let _ = write!(text, "{value:?}");
            text.into()
        });
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.allow(field, || value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.allow(field, || value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.allow(field, || value.into());
    }
}

/// Begins to log. A mistake in this program is logged with its place alone, since its words may carry data.
pub(crate) fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(FILTER));
    // A second subscriber in one process is a mistake of tests alone, and harmless.
    drop(tracing_subscriber::registry().with(filter).with(Lines).try_init());
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a mistake in this program");
    }));
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Vec<String>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
            let now = Timestamp::UNIX_EPOCH;
            self.0.lock().expect("not poisoned").push(line(event, now));
        }
    }

    #[test]
    fn t40_fields_that_are_not_on_the_list_do_not_get_out() {
        let kept = Kept::default();
        let subscriber = tracing_subscriber::registry().with(kept.clone());
        tracing::subscriber::with_default(subscriber, || {
            let name = "Гүлнар";
            tracing::warn!(name, text = ?name, school = "01020304", count = 3_u64, "noted");
        });
        let lines = kept.0.lock().expect("not poisoned").clone();
        let expected = r#"{"time":"1970-01-01T00:00:00.000Z","level":"WARN","target":"jospar_server::logs::tests","message":"noted","school":"01020304","count":3}"#;
        assert_eq!(lines, [expected]);
    }
}
