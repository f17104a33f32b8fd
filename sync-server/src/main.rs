//! jospar-server: a district's always-on replica. One folder, many schools; it stores and forwards and reads no plan.

mod settings;

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Parser, Subcommand};
use jospar_core::protocol::ClaimLink;
use jospar_core::replica::{Identity, Station};
use jospar_locales::{Catalogue, Language, Value};
use jospar_node::keys::{self, words};
use jospar_node::local_socket::Connection;
use jospar_node::node::{Config, Node, StartError};
use jospar_node::service::{Fault, Request};
use jospar_node::store::{self, Options, Repair, RepairError, RestoreOptions, Store};
use serde_json::json;

use settings::{Folder, Settings, SettingsError};

/// Where a server listens unless it is told otherwise.
const LISTEN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), 4433);

#[derive(Parser)]
#[command(
    name = "jospar-server",
    version,
    about = "Stores and forwards the plans of a district's schools"
)]
struct Arguments {
    /// The server's folder.
    #[arg(long, env = "JOSPAR_SERVER_DATA", default_value = "jospar-server-data", global = true)]
    data: PathBuf,
    /// kk, ru or en.
    #[arg(long, env = "JOSPAR_LANG", global = true)]
    lang: Option<String>,
    /// One JSON document instead of sentences.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server; the first start writes its settings and prints a claim link.
    Run {
        /// The UDP address to listen at; without it the one in server.json.
        #[arg(long)]
        listen: Option<SocketAddr>,
        /// What schools dial, host:port; without it the one in server.json.
        #[arg(long)]
        public_address: Option<String>,
    },
    /// Prints a claim link for one more school.
    Claim,
    /// Says which schools are kept here and how much.
    Status,
    /// Writes a checked copy of the store, also while the server runs.
    Backup {
        /// The file to write.
        to: PathBuf,
    },
    /// Puts a backup in the place of the store.
    Restore {
        /// The backup.
        from: PathBuf,
        /// A store with content may be replaced; it is set aside.
        #[arg(long)]
        replace: bool,
    },
    /// Checks every signature and sum of the store.
    Doctor {
        /// Makes a new store of what is good in a damaged one, which is set aside; the rest comes from the schools.
        #[arg(long)]
        repair: bool,
    },
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Open(#[from] store::OpenError),
    #[error(transparent)]
    Storage(#[from] jospar_core::storage::StorageError),
    #[error(transparent)]
    Backup(#[from] store::BackupError),
    #[error(transparent)]
    Repair(RepairError),
    #[error(transparent)]
    Key(#[from] keys::KeyError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Fault(#[from] Fault),
    #[error("{0} problems")]
    Unsound(usize),
}

impl From<RepairError> for Failure {
    fn from(error: RepairError) -> Self {
        match error {
            RepairError::Open(error) => Self::Open(error),
            error => Self::Repair(error),
        }
    }
}

/// Where sentences and JSON go.
struct Console {
    catalogue: Catalogue,
    json: bool,
}

impl Console {
    fn say(&self, key: &str, values: &[(&str, Value)]) -> std::io::Result<()> {
        if self.json {
            return Ok(());
        }
        writeln!(std::io::stdout().lock(), "{}", self.catalogue.text(key, values))
    }

    fn document(&self, value: &serde_json::Value) -> std::io::Result<()> {
        if self.json {
            writeln!(std::io::stdout().lock(), "{value}")?;
        }
        Ok(())
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let named = arguments.lang.as_deref().and_then(|name| name.parse().ok());
    let language =
        named.unwrap_or_else(|| Language::from_environment(|name| std::env::var(name).ok()));
    let console = Console { catalogue: Catalogue::new(language), json: arguments.json };
    match run(&console, &arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let (key, values, code) = explain(&failure, &arguments.data);
            let text = console.catalogue.text(key, &values);
            // Nothing can be said where standard error is gone.
            drop(writeln!(std::io::stderr().lock(), "{text}"));
            ExitCode::from(code)
        }
    }
}

fn run(console: &Console, arguments: &Arguments) -> Result<(), Failure> {
    let folder = Folder::new(&arguments.data);
    match &arguments.command {
        Command::Run { listen, public_address } => {
            serve(console, &folder, *listen, public_address.clone())
        }
        Command::Claim => claim(console, &folder),
        Command::Status => status(console, &folder),
        Command::Backup { to } => {
            let manifest = store::backup(&folder.data(), to)?;
            let size = std::fs::metadata(to).map_or(0, |metadata| metadata.len());
            let shown = to.display().to_string();
            console.say(
                "backup-done",
                &[
                    ("path", shown.as_str().into()),
                    ("size", console.catalogue.size(size).as_str().into()),
                ],
            )?;
            console.document(&json!({"path": shown, "bytes": size,
                                     "documents": manifest.documents, "changes": manifest.changes}))?;
            Ok(())
        }
        Command::Restore { from, replace } => {
            let manifest =
                store::restore(from, &folder.data(), RestoreOptions { replace: *replace })?;
            console
                .document(&json!({"documents": manifest.documents, "changes": manifest.changes}))?;
            console.say(
                "restore-done",
                &[
                    ("documents", manifest.documents.into()),
                    ("changes", manifest.changes.into()),
                    ("when", console.catalogue.moment(modified_ms(from), 0).as_str().into()),
                ],
            )?;
            Ok(())
        }
        Command::Doctor { repair: false } => doctor(console, &folder),
        Command::Doctor { repair: true } => repair(console, &folder),
    }
}

fn serve(
    console: &Console,
    folder: &Folder,
    listen: Option<SocketAddr>,
    public_address: Option<String>,
) -> Result<(), Failure> {
    let filter = tracing_subscriber::EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // A second subscriber in one process is a mistake of tests alone, and harmless.
    drop(
        tracing_subscriber::fmt()
            .json()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .try_init(),
    );
    let first = Settings::new(listen.unwrap_or(LISTEN), public_address.clone());
    let (mut settings, is_first) = folder.settings(&first)?;
    settings.listen = listen.unwrap_or(settings.listen);
    settings.public_address = public_address.unwrap_or(settings.public_address);
    let claims = folder.clone();
    let node = Node::start(Config {
        folder: folder.data(),
        keys: folder.keys(),
        station: Station::Server,
        listen: Some(settings.listen),
        lan: false,
        claims: Some(Arc::new(move |secret| match claims.use_claim(secret) {
            Ok(held) => held,
            Err(error) => {
                tracing::error!(%error, "the claims cannot be read");
                false
            }
        })),
    })?;
    let address = node.local_address().unwrap_or(settings.listen);
    if settings.public_address.ends_with(":0") {
        // Port 0 let the system choose: only a test does that.
        settings.public_address =
            settings.public_address.replace(":0", &format!(":{}", address.port()));
    }
    node.serve()?;
    let own_words = words(&node.device()).join(" ");
    console.say(
        "server-listening",
        &[("address", address.to_string().as_str().into()), ("words", own_words.as_str().into())],
    )?;
    console.document(&json!({"listening": address.to_string(), "words": own_words,
                             "public_address": settings.public_address}))?;
    if is_first {
        print_claim(console, folder, &settings.public_address, node.device())?;
    }
    std::io::stdout().lock().flush()?;
    node.wait();
    console.say("server-stopping", &[])?;
    node.stop();
    Ok(())
}

fn print_claim(
    console: &Console,
    folder: &Folder,
    address: &str,
    server: jospar_core::ids::DeviceId,
) -> Result<(), Failure> {
    let secret = folder.new_claim()?;
    let link = ClaimLink { address: address.to_owned(), server, secret }.to_link();
    console.say("claim-link", &[("link", link.as_str().into())])?;
    console.document(&json!({"claim": link}))?;
    console.say("claim-note", &[])?;
    Ok(())
}

fn claim(console: &Console, folder: &Folder) -> Result<(), Failure> {
    let (settings, _) = folder.settings(&Settings::new(LISTEN, None))?;
    let own = keys::open(&folder.data(), &folder.keys())?;
    print_claim(console, folder, &settings.public_address, own.key.device())
}

fn status(console: &Console, folder: &Folder) -> Result<(), Failure> {
    let report = inspect(&folder.data())?;
    console.document(&report.0)?;
    console.say(
        "server-status-schools",
        &[("count", report.count("workspaces").into()), ("online", report.count("online").into())],
    )?;
    console
        .say("server-folder", &[("folder", folder.data().display().to_string().as_str().into())])?;
    Ok(())
}

fn doctor(console: &Console, folder: &Folder) -> Result<(), Failure> {
    let report = inspect(&folder.data())?;
    console.document(&report.0)?;
    let problems = report.0["problems"].as_array().cloned().unwrap_or_default();
    if problems.is_empty() {
        console.say(
            "doctor-ok",
            &[
                ("documents", report.count("documents").into()),
                ("changes", report.count("changes").into()),
            ],
        )?;
        return Ok(());
    }
    for problem in problems.iter().filter_map(serde_json::Value::as_str) {
        console.say("doctor-problem", &[("what", problem.into())])?;
    }
    Err(Failure::Unsound(problems.len()))
}

fn repair(console: &Console, folder: &Folder) -> Result<(), Failure> {
    let own = keys::open(&folder.data(), &folder.keys())?;
    let identity = Identity { key: own.key.signing_key().clone(), station: Station::Server };
    match store::repair(&folder.data(), &identity)? {
        Repair::Sound(report) => {
            console.document(&json!({"documents": report.documents, "changes": report.changes,
                                     "problems": []}))?;
            let counts =
                [("documents", report.documents.into()), ("changes", report.changes.into())];
            console.say("doctor-ok", &counts)?;
        }
        Repair::Made { aside, salvage, report } => {
            let aside = aside.display().to_string();
            console.document(&json!({"documents": report.documents, "changes": report.changes,
                                     "lost": salvage.lost, "aside": aside}))?;
            console.say("doctor-repaired", &[("count", report.changes.into())])?;
            console.say("restore-set-aside", &[("path", aside.as_str().into())])?;
        }
    }
    Ok(())
}

/// What a check of the whole store found, as the node answers it.
struct Inspection(serde_json::Value);

impl Inspection {
    fn count(&self, member: &str) -> u64 {
        self.0[member].as_u64().unwrap_or(0)
    }
}

/// Asks the server that runs on the folder, or checks the store that nobody holds open.
fn inspect(data: &Path) -> Result<Inspection, Failure> {
    if let Some(mut running) = Connection::open(data) {
        return Ok(Inspection(running.request(&Request::Doctor)?));
    }
    let store = Store::open(data, &Options { lease: None, ..Options::default() })?;
    let report = store.verify()?;
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    Ok(Inspection(json!({"workspaces": report.workspaces, "documents": report.documents,
                         "envelopes": report.envelopes, "changes": report.changes,
                         "bytes": report.bytes, "online": 0, "problems": problems})))
}

fn modified_ms(path: &Path) -> i64 {
    let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let since = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}

/// The message for a failure, with its values, and the exit code.
fn explain<'a>(failure: &'a Failure, data: &Path) -> (&'static str, Vec<(&'a str, Value)>, u8) {
    use store::OpenError;
    let folder = || vec![("folder", Value::from(data.display().to_string().as_str()))];
    let reason = |text: String| vec![("reason", Value::from(text.as_str()))];
    match failure {
        Failure::Open(error) | Failure::Start(StartError::Open(error)) => match error {
            OpenError::InUse { .. } => ("error-in-use", folder(), 7),
            OpenError::Damaged(_) => ("error-store-damaged", folder(), 5),
            OpenError::Newer { .. } => ("error-store-newer", Vec::new(), 5),
            OpenError::NotAStore => ("error-not-a-store", folder(), 5),
            OpenError::RestoreUnfinished => ("error-restore-unfinished", Vec::new(), 5),
            OpenError::Full => ("error-disk-full", Vec::new(), 7),
            error => ("error-store", reason(error.to_string()), 7),
        },
        Failure::Repair(_) => ("error-repair-nothing", folder(), 5),
        Failure::Start(StartError::Bind(error)) => ("error-network", reason(error.to_string()), 6),
        Failure::Unsound(count) => (
            "doctor-problems",
            vec![
                ("count", (*count as u64).into()),
                ("command", "jospar-server doctor --repair".into()),
            ],
            5,
        ),
        other => ("error-store", reason(other.to_string()), 7),
    }
}
