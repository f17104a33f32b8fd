//! What may be written behind `jospar file`.

use std::path::PathBuf;

use clap::Subcommand;

/// What to do about photos and files of evidence.
#[derive(Debug, Subcommand)]
pub(crate) enum FileAction {
    Add {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long, value_name = "PATH")]
        evidence: Option<String>,
    },
    List,
    Get {
        #[arg(value_name = "HASH|PATH")]
        what_file: String,
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long)]
        replace: bool,
    },
}
