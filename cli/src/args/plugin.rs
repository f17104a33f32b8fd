//! What may be written behind `jospar plugin`.

use std::path::PathBuf;

use clap::Subcommand;

/// What to do about plugins.
#[derive(Debug, Subcommand)]
pub(crate) enum PluginAction {
    List,
    Show {
        plugin: String,
    },
    Install {
        #[arg(value_name = "FILE|PLUGIN")]
        source: String,
        #[arg(long, value_name = "CAPABILITY")]
        grant: Vec<String>,
        #[arg(long)]
        unsigned: bool,
        #[arg(long)]
        downgrade: bool,
    },
    Run {
        #[arg(value_name = "PLUGIN|FOLDER")]
        plugin: String,
        task: Option<String>,
        #[arg(long, value_name = "FILE")]
        file: Vec<PathBuf>,
        #[arg(long)]
        again: bool,
        #[arg(long, value_name = "NUMBER")]
        accept: Option<usize>,
        #[arg(long, value_name = "HASH")]
        send: Vec<String>,
    },
    Accept {
        plugin: String,
        #[arg(value_name = "NUMBER")]
        proposal: usize,
        #[arg(long)]
        task: Option<String>,
    },
    Grant {
        plugin: String,
        #[arg(value_name = "CAPABILITY")]
        capabilities: Vec<String>,
        #[arg(long)]
        all: bool,
    },
    Revoke {
        plugin: String,
        #[arg(value_name = "CAPABILITY")]
        capabilities: Vec<String>,
        #[arg(long)]
        all: bool,
    },
    Enable {
        plugin: String,
    },
    Memory {
        plugin: String,
        #[arg(value_name = "MIB")]
        mebibytes: u32,
    },
    Remove {
        plugin: String,
    },
    Settings {
        plugin: String,
        key: Option<String>,
        #[arg(allow_hyphen_values = true)]
        value: Option<String>,
        #[arg(long, requires = "key", conflicts_with = "value")]
        reset: bool,
    },
    Publish {
        #[arg(value_name = "FILE|PLUGIN")]
        source: String,
        #[arg(long)]
        unsigned: bool,
    },
    New {
        #[arg(value_name = "NAME")]
        name: String,
        #[arg(long, value_name = "python|js|rust", default_value = "python")]
        template: String,
    },
    Build {
        #[arg(default_value = ".")]
        folder: PathBuf,
    },
    Test {
        #[arg(default_value = ".")]
        folder: PathBuf,
        #[arg(long)]
        write: bool,
    },
    Pack {
        #[arg(default_value = ".")]
        folder: PathBuf,
        #[arg(long, value_name = "FOLDER", default_value = ".")]
        into: PathBuf,
    },
    Keygen {
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
    },
    Sign {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "FILE")]
        key_file: Option<PathBuf>,
    },
}
