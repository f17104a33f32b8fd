//! What may be written on the command line. The texts of the help are put in by [`crate::help`].

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

mod file;
mod model;
mod plugin;

pub(crate) use file::FileAction;
pub(crate) use model::{ModelAction, ModelSettings};
pub(crate) use plugin::PluginAction;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(
    name = "jospar",
    version,
    disable_help_flag = true,
    disable_help_subcommand = true,
    disable_version_flag = true,
    subcommand_required = true
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    #[arg(long, global = true, env = "JOSPAR_DATA", value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,
    #[arg(long, global = true, env = jospar_node::keys::KEYS_VARIABLE, value_name = "FOLDER")]
    pub(crate) keys: Option<PathBuf>,
    /// Read before all else, by [`crate::help::language`]: it decides the texts of the help.
    #[arg(long, global = true, value_name = "kk|ru|en")]
    pub(crate) lang: Option<String>,
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,
}

/// How a command that needs other devices takes part in the network.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Network {
    #[arg(long, value_name = "ADDRESS", default_value = "0.0.0.0:0")]
    pub(crate) listen: SocketAddr,
    #[arg(long)]
    pub(crate) no_lan: bool,
}

/// What `export` writes, and where.
#[derive(Debug, Args)]
pub(crate) struct Export {
    #[arg(default_value = "-")]
    pub(crate) file: PathBuf,
    /// Without it the end of the file's name decides.
    #[arg(long, value_parser = ["json", "docx", "xlsx", "csv", "ics", "md"])]
    pub(crate) format: Option<String>,
    #[arg(long)]
    pub(crate) part: Option<String>,
    #[arg(long)]
    pub(crate) id: Option<String>,
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    pub(crate) out: Option<PathBuf>,
}

/// What can be done with a survey.
#[derive(Debug, Subcommand)]
pub(crate) enum SurveyAction {
    Form {
        survey: String,
        #[arg(default_value = "-")]
        file: PathBuf,
        #[arg(long, value_parser = ["limesurvey", "google", "md"], default_value = "md")]
        format: String,
        #[arg(long, value_parser = ["teacher", "student", "parent", "administration"],
              default_value = "teacher")]
        role: String,
    },
}

/// One command.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init {
        #[arg(long)]
        school: String,
        #[arg(long)]
        name: String,
    },
    Show {
        path: Option<String>,
        #[arg(long, value_name = "CHANGE")]
        at: Option<String>,
    },
    Set {
        path: String,
        #[arg(allow_hyphen_values = true)]
        value: Option<String>,
        #[arg(long)]
        text: bool,
    },
    Add {
        path: String,
        #[arg(value_name = "FIELD=VALUE")]
        fields: Vec<String>,
        #[arg(long)]
        id: Option<String>,
        #[arg(long, value_name = "ID")]
        after: Option<String>,
        #[arg(long)]
        text: bool,
    },
    Remove {
        path: String,
        value: Option<String>,
    },
    Keep {
        path: String,
    },
    #[command(group = clap::ArgGroup::new("where").required(true))]
    Move {
        path: String,
        #[arg(long, value_name = "ID", group = "where")]
        after: Option<String>,
        #[arg(long, group = "where")]
        first: bool,
    },
    Include {
        path: String,
        value: String,
    },
    Text {
        path: String,
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
    Status {
        #[arg(long)]
        strict: bool,
        #[arg(long)]
        heads: bool,
    },
    Sync {
        #[arg(long, value_name = "SECONDS", default_value_t = 30)]
        timeout: u64,
        #[command(flatten)]
        network: Network,
    },
    History {
        path: Option<String>,
        #[arg(long, value_name = "COUNT", default_value_t = 20)]
        limit: usize,
        #[arg(long, value_name = "YYYY-MM-DD")]
        from: Option<String>,
        #[arg(long, value_name = "YYYY-MM-DD", requires = "from")]
        to: Option<String>,
    },
    Conflicts,
    Resolve {
        path: String,
        choice: String,
    },
    Undo {
        #[arg(default_value_t = 1)]
        count: usize,
    },
    RestoreTo {
        change: String,
    },
    NextYear {
        #[arg(long, value_name = "YYYY-MM-DD")]
        start: Option<String>,
        #[arg(long, value_name = "YYYY-MM-DD")]
        end: Option<String>,
        #[arg(long, value_name = "PATH")]
        leave: Vec<String>,
        #[arg(long, value_name = "PATH")]
        carry: Vec<String>,
        #[arg(long)]
        preview: bool,
        #[arg(long, conflicts_with_all = ["start", "end", "leave", "carry", "preview"])]
        back: bool,
    },
    Survey {
        #[command(subcommand)]
        action: SurveyAction,
    },
    Years {
        year: Option<String>,
        path: Option<String>,
    },
    Lint {
        #[arg(long, value_name = "YYYY-MM-DD")]
        as_of: Option<String>,
        #[arg(long)]
        strict: bool,
    },
    Import {
        file: PathBuf,
        #[arg(long, value_name = "LIST")]
        list: Option<String>,
        #[arg(long, value_name = "COLUMN=FIELD", requires = "list")]
        map: Vec<String>,
        #[arg(long, requires = "list")]
        preview: bool,
    },
    Export(Export),
    Bundle {
        file: PathBuf,
    },
    Invite {
        #[arg(long, default_value = "teacher")]
        role: String,
        #[arg(long, value_name = "HOST:PORT")]
        address: Option<String>,
        #[arg(long)]
        qr: bool,
    },
    #[command(group = clap::ArgGroup::new("way").required(true))]
    Join {
        #[arg(group = "way")]
        link: Option<String>,
        #[arg(long, group = "way")]
        file: Option<PathBuf>,
        #[arg(long)]
        name: String,
        #[arg(long, value_name = "SECONDS")]
        timeout: Option<u64>,
        #[command(flatten)]
        network: Network,
    },
    Claim {
        link: String,
        #[arg(long, value_name = "SECONDS", default_value_t = 30)]
        timeout: u64,
        #[command(flatten)]
        network: Network,
    },
    Devices,
    Confirm {
        device: String,
        #[arg(long)]
        role: Option<String>,
        #[arg(long, value_delimiter = ',')]
        kinds: Vec<String>,
    },
    Decline {
        device: String,
    },
    Revoke {
        device: String,
    },
    Role {
        device: String,
        role: String,
        #[arg(long, value_delimiter = ',')]
        kinds: Vec<String>,
        #[arg(long, value_name = "YYYY-MM-DD")]
        until: Option<String>,
    },
    Deputy {
        device: String,
    },
    Rotate,
    Recovery {
        #[command(subcommand)]
        action: RecoveryAction,
    },
    Trust,
    Approve {
        #[arg(default_value = "plan")]
        what: String,
    },
    Approvals,
    Approval {
        #[command(subcommand)]
        action: ApprovalAction,
    },
    AuditPage {
        #[arg(long)]
        publish: bool,
    },
    Plugin {
        #[command(subcommand)]
        action: PluginAction,
    },
    File {
        #[command(subcommand)]
        action: FileAction,
    },
    Model {
        #[command(subcommand)]
        action: ModelAction,
    },
    Quarantine {
        #[command(subcommand)]
        action: Option<QuarantineAction>,
    },
    Drop {
        document: String,
        #[arg(long)]
        reason: String,
    },
    Backup {
        path: PathBuf,
    },
    Restore {
        file: PathBuf,
        #[arg(long)]
        replace: bool,
    },
    Doctor {
        #[arg(long)]
        repair: bool,
    },
    Node {
        #[command(flatten)]
        network: Network,
        #[arg(long)]
        stop: bool,
    },
    Open {
        #[arg(long)]
        no_browser: bool,
        #[command(flatten)]
        network: Network,
    },
    Completions {
        shell: Shell,
    },
}

/// What to do about the recovery sheet.
#[derive(Debug, Subcommand)]
pub(crate) enum RecoveryAction {
    Sheet,
    Use {
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        #[arg(long, value_name = "DEVICE")]
        lost: Option<String>,
    },
}

/// What to do about changes that were set aside.
#[derive(Debug, Subcommand)]
pub(crate) enum QuarantineAction {
    List,
    Adopt { number: String },
    Discard { number: String },
}

/// What proves an approval.
#[derive(Debug, Subcommand)]
pub(crate) enum ApprovalAction {
    Export {
        file: PathBuf,
        #[arg(default_value = "plan")]
        what: String,
    },
    Verify {
        file: PathBuf,
        #[arg(long, value_name = "TEXT")]
        code: Option<String>,
    },
    Code {
        #[arg(default_value = "plan")]
        what: String,
        #[arg(long)]
        qr: bool,
    },
    Check {
        code: String,
    },
}
