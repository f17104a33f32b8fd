//! jospar-server: a district's always-on replica. One folder, many schools; it stores and forwards and reads no plan.

mod admin;
mod checks;
mod failure;
mod logs;
mod notify;
mod schedule;
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
use jospar_node::checkup::Level;
use jospar_node::clock;
use jospar_node::keys::{self, words};
use jospar_node::local_socket::Connection;
use jospar_node::node::{Config, Node, StartError};
use jospar_node::service::{Request, short};
use jospar_node::store::{self, Manifest, Repair, RestoreOptions};
use serde_json::json;

use admin::Admin;
use failure::Failure;
use schedule::Schedule;
use settings::{Folder, Settings};

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
        /// The folder to write it into, or the file.
        to: PathBuf,
    },
    /// Checks that a backup is whole and sound.
    Verify {
        /// The backup.
        from: PathBuf,
    },
    /// Puts a backup in the place of the store.
    Restore {
        /// The backup.
        from: PathBuf,
        /// A store with content may be replaced; it is set aside.
        #[arg(long)]
        replace: bool,
    },
    /// Looks at everything and says what is wrong and what to do; a running server goes on meanwhile.
    Doctor {
        /// Makes a new store of what is good in a damaged one, which is set aside; the rest comes from the schools.
        #[arg(long)]
        repair: bool,
    },
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
            let (key, values, code) = failure::explain(&failure, &arguments.data);
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
        Command::Backup { to } => backup(console, &folder, to),
        Command::Verify { from } => verify(console, from),
        Command::Restore { from, replace } => {
            let options = RestoreOptions { replace: *replace };
            let manifest = store::restore(from, &folder.data(), options)?;
            report(console, "restore-done", from, &manifest)
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
    logs::start();
    let first = Settings::new(listen.unwrap_or(LISTEN), public_address.clone());
    let (mut settings, is_first) = folder.settings(&first)?;
    settings.listen = listen.unwrap_or(settings.listen);
    settings.public_address = public_address.unwrap_or(settings.public_address);
    let node = start_node(folder, &settings)?;
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
    let schedule = start_helpers(console, folder, &settings, &node)?;
    std::io::stdout().lock().flush()?;
    notify::send(notify::READY);
    tracing::info!(address = address.to_string(), "the server runs");
    node.wait();
    notify::send(notify::STOPPING);
    tracing::info!("the server stops");
    // Whoever read along may be gone: stopping well matters more.
    drop(console.say("server-stopping", &[]));
    if let Some(schedule) = schedule {
        schedule.stop();
    }
    node.stop();
    drop(console.say("server-stopped", &[]));
    Ok(())
}

fn start_node(folder: &Folder, settings: &Settings) -> Result<Node, StartError> {
    let claims = folder.clone();
    let config = Config {
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
    };
    Node::start_limited(config, settings.quotas.clone())
}

/// Starts the health page and the backups. Schools can work without the page: that its port is taken is logged.
fn start_helpers(
    console: &Console,
    folder: &Folder,
    settings: &Settings,
    node: &Node,
) -> Result<Option<Schedule>, Failure> {
    if let Some(address) = settings.admin {
        let language = console.catalogue.language();
        let admin = Admin::new(node.handle().clone(), folder.clone(), settings.clone(), language);
        match admin.serve(address, node.runtime()) {
            Ok(address) => {
                let shown = format!("http://{address}/");
                console.say("server-page", &[("address", shown.as_str().into())])?;
                tracing::info!(address = shown, "the health page is up");
            }
            Err(error) => tracing::warn!(%error, "there is no health page"),
        }
    }
    let plan = settings.backup.clone();
    Ok(plan.map(|plan| Schedule::start(folder.clone(), plan)).transpose()?)
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

fn backup(console: &Console, folder: &Folder, to: &Path) -> Result<(), Failure> {
    let (path, manifest) = schedule::make(folder, to)?;
    let (shown, size) = (path.display().to_string(), manifest.file_bytes);
    let size_words = console.catalogue.size(size);
    let values = [("path", shown.as_str().into()), ("size", size_words.as_str().into())];
    console.say("backup-done", &values)?;
    console.document(&json!({"path": shown, "bytes": size, "documents": manifest.documents,
                             "changes": manifest.changes}))?;
    Ok(())
}

fn verify(console: &Console, from: &Path) -> Result<(), Failure> {
    let manifest = store::verify_backup(from)?;
    report(console, "verify-done", from, &manifest)
}

/// Says what a backup holds.
fn report(console: &Console, key: &str, from: &Path, manifest: &Manifest) -> Result<(), Failure> {
    console
        .document(&json!({"workspaces": manifest.workspaces, "documents": manifest.documents,
                             "changes": manifest.changes, "bytes": manifest.file_bytes}))?;
    let when = console.catalogue.moment(modified_ms(from), 0);
    let values = [
        ("documents", manifest.documents.into()),
        ("changes", manifest.changes.into()),
        ("when", when.as_str().into()),
    ];
    console.say(key, &values)?;
    Ok(())
}

fn status(console: &Console, folder: &Folder) -> Result<(), Failure> {
    let report = match Connection::open(&folder.data()) {
        Some(mut running) => running.request(&Request::Measure)?,
        None => surveyed(folder)?,
    };
    console.document(&report)?;
    let count = |member: &str| Value::from(report[member].as_u64().unwrap_or(0));
    let counts = [("count", count("workspaces")), ("online", count("online"))];
    console.say("server-status-schools", &counts)?;
    for school in report["schools"].as_array().into_iter().flatten() {
        let number = |member: &str| school[member].as_u64().unwrap_or(0);
        let seen = school["seen_ms"].as_i64();
        let when = seen.map(|seen| console.catalogue.moment(seen, 0));
        let when = when.unwrap_or_else(|| console.catalogue.text("page-never", &[]));
        let values = [
            ("school", school["school"].as_str().unwrap_or_default().into()),
            ("documents", number("documents").into()),
            ("changes", number("changes").into()),
            ("size", console.catalogue.size(number("bytes")).as_str().into()),
            ("when", when.as_str().into()),
        ];
        console.say("server-status-school", &values)?;
    }
    let shown = folder.data().display().to_string();
    console.say("server-folder", &[("folder", shown.as_str().into())])?;
    Ok(())
}

/// What a server that does not run has, read from its store.
fn surveyed(folder: &Folder) -> Result<serde_json::Value, Failure> {
    let schools: Vec<serde_json::Value> = store::survey(&folder.data())?
        .into_iter()
        .map(|(workspace, documents, totals)| {
            json!({"school": short(&workspace.0), "documents": documents,
                   "changes": totals.changes, "bytes": totals.bytes, "full": 0, "online": 0,
                   "seen_ms": null})
        })
        .collect();
    Ok(json!({"workspaces": schools.len(), "online": 0, "schools": schools}))
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

fn doctor(console: &Console, folder: &Folder) -> Result<(), Failure> {
    let (found, report) = checks::everything(folder, clock::now());
    let report = report.unwrap_or_default();
    let problems: Vec<String> = report.problems.iter().map(ToString::to_string).collect();
    let documents: Vec<serde_json::Value> =
        found.iter().map(|check| checks::document(&console.catalogue, check)).collect();
    console.document(&json!({"workspaces": report.workspaces, "documents": report.documents,
                             "envelopes": report.envelopes, "changes": report.changes,
                             "bytes": report.bytes, "problems": problems, "checks": documents}))?;
    for check in &found {
        let key = match check.level {
            Level::Ok => "doctor-line-ok",
            Level::Warning => "doctor-line-warning",
            Level::Problem => "doctor-line-problem",
        };
        let text = checks::words(&console.catalogue, check);
        console.say(key, &[("text", text.as_str().into())])?;
    }
    for problem in &problems {
        console.say("doctor-problem", &[("what", problem.as_str().into())])?;
    }
    if !problems.is_empty() {
        return Err(Failure::Unsound(problems.len()));
    }
    let bad = found.iter().filter(|check| check.level == Level::Problem).count();
    if bad > 0 { Err(Failure::Amiss(bad)) } else { Ok(()) }
}

fn modified_ms(path: &Path) -> i64 {
    let modified = std::fs::metadata(path).and_then(|metadata| metadata.modified()).ok();
    let since = modified.and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
    since.and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}
