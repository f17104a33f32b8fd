//! What may be written behind `jospar model`.

use clap::{Args, Subcommand};

/// What to do about the language model of this device.
#[derive(Debug, Subcommand)]
pub(crate) enum ModelAction {
    Show,
    Set(ModelSettings),
    Key,
    ForgetKey,
    Off,
    Test,
    Queue {
        #[arg(long, value_name = "NUMBER")]
        remove: Option<i64>,
    },
    Send,
    Answers {
        #[arg(value_name = "NUMBER")]
        answer: Option<i64>,
    },
    Accept {
        #[arg(value_name = "NUMBER|PATH")]
        text: String,
        #[arg(long, value_name = "PATH")]
        into: Option<String>,
        #[arg(long, value_name = "HASH")]
        read: Option<String>,
    },
    Decline {
        #[arg(value_name = "NUMBER")]
        answer: i64,
    },
    Spent,
}

/// What can be set; what is not named stays.
#[derive(Debug, Default, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct ModelSettings {
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) url: Option<String>,
    #[arg(long, value_name = "NAME")]
    pub(crate) model: Option<String>,
    #[arg(long, value_name = "COUNT")]
    pub(crate) tokens_max: Option<u32>,
    #[arg(long, value_name = "COUNT")]
    pub(crate) tokens_month: Option<u64>,
    #[arg(long, value_name = "MILLISECONDS")]
    pub(crate) first_byte_ms: Option<u64>,
    #[arg(long, value_name = "MILLISECONDS")]
    pub(crate) idle_ms: Option<u64>,
    #[arg(long, value_name = "MILLISECONDS")]
    pub(crate) total_ms: Option<u64>,
    #[arg(long, value_name = "COUNT")]
    pub(crate) attempts: Option<u32>,
    #[arg(long, value_name = "true|false")]
    pub(crate) stream: Option<bool>,
    #[arg(long, value_name = "true|false")]
    pub(crate) system_role: Option<bool>,
}
