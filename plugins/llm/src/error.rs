//! Why nothing came of a request, with a message key and values: words are in `locales/*.ftl`.

use std::fmt;
use std::path::PathBuf;

/// What fills a place in the text of a message.
#[derive(Debug, Clone, PartialEq)]
pub enum Argument {
    /// A name, an address, or what a server said.
    Text(String),
    /// How many.
    Number(f64),
}

/// What a plugin is told; the person reads the words of [`LlmError::key`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What was asked makes no sense.
    Invalid,
    /// A bound was reached.
    Limit,
    /// The person stopped it.
    Cancelled,
    /// Not now: no model, no network, the budget is spent.
    Unavailable,
}

/// What a request waited for when its time was up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// A connection.
    Connect,
    /// The first word.
    FirstByte,
    /// The next word.
    Idle,
    /// The whole answer.
    Total,
}

macro_rules! errors {
    ($($(#[$doc:meta])* $variant:ident { $($field:ident: $type:ty),* } = $kind:ident, $key:literal, $text:literal;)*) => {
        /// Why nothing came of a request. Each variant is one thing that a person or a plugin can act on.
        #[derive(Debug, Clone, PartialEq, thiserror::Error)]
        #[allow(missing_docs, reason = "each variant's doc names its fields")]
        pub enum LlmError {
            $($(#[$doc])* #[error($text)] $variant { $($field: $type),* },)*
        }

        impl LlmError {
            /// All keys, for a check that the catalogue has a text for each.
            pub const KEYS: &'static [&'static str] = &[$($key),*];

            /// The stable key of the text for people, which says what happened and what to do.
            #[must_use]
            pub fn key(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => $key,)*
                }
            }

            /// What a plugin is told.
            #[must_use]
            pub fn kind(&self) -> Kind {
                match self {
                    $(Self::$variant { .. } => Kind::$kind,)*
                }
            }

            /// The arguments of the text by name, in the order of the fields.
            #[must_use]
            pub fn values(&self) -> Vec<(&'static str, Argument)> {
                match self {
                    $(Self::$variant { $($field),* } => {
                        vec![$((stringify!($field), Argument::from($field))),*]
                    })*
                }
            }
        }
    };
}

errors! {
    /// The school has set no URL.
    Off {} = Unavailable, "error-llm-off", "no language model is set";
    /// The `url` cannot be used: not `http` or `https`, or with a user, a query or a fragment.
    BadUrl { url: String } = Invalid, "error-llm-url", "{url} is no address of a model";
    /// Without encryption only this computer and the school's own network may be asked, and `host` is neither.
    NotPrivate { host: String } = Invalid, "error-llm-not-private", "{host} is not private; it needs https";
    /// The setting `setting` is not between `low` and `high`.
    BadSetting { setting: &'static str, low: u64, high: u64 } = Invalid, "error-llm-setting", "{setting} is not between {low} and {high}";
    /// The key has letters that no key has, or is too long.
    BadKey {} = Invalid, "error-llm-key-form", "the key is not of visible ASCII letters";
    /// There is no `template` of this name.
    UnknownTemplate { template: String } = Invalid, "error-llm-template", "no template {template}";
    /// The data block `block` has a name that is not of `a-z 0-9 _ -`, or has one that is there already.
    BadBlock { block: String } = Invalid, "error-llm-block", "data block {block:?} has no usable name";
    /// The data have `size` bytes or blocks where `limit` are the most.
    TooMuchData { size: usize, limit: usize } = Limit, "error-llm-data", "{size} of data; the limit is {limit}";
    /// The month's budget is `limit` tokens, `used` are spent, and this may need `needed`.
    BudgetSpent { used: u64, limit: u64, needed: u64 } = Unavailable, "error-llm-budget", "{used} of {limit} tokens are spent; {needed} are needed";
    /// What waits is `limit` requests already, or too large together.
    QueueFull { limit: usize } = Limit, "error-llm-queue-full", "{limit} requests wait already";
    /// The request that waits was made for other settings: another address or model.
    Outdated {} = Invalid, "error-llm-outdated", "the settings have changed since the request was shown";
    /// The server at `host` cannot be reached.
    Unreachable { host: String } = Unavailable, "error-llm-unreachable", "{host} cannot be reached";
    /// The certificate of `host` is not one that this computer trusts.
    Untrusted { host: String } = Unavailable, "error-llm-untrusted", "the certificate of {host} is not trusted";
    /// The server sends elsewhere: `to`. Nothing was sent there.
    Redirected { to: String } = Unavailable, "error-llm-redirected", "the server sends elsewhere: {to}";
    /// `seconds` have passed without what `phase` waits for.
    TimedOut { phase: Phase, seconds: f64 } = Unavailable, "error-llm-timed-out", "{phase} took longer than {seconds} s";
    /// The person stopped it.
    Cancelled {} = Cancelled, "error-llm-cancelled", "stopped";
    /// The server refuses the key.
    KeyRefused { status: u16 } = Unavailable, "error-llm-key-refused", "the server refuses the key ({status})";
    /// The server has too much to do, and says to come again in `seconds`.
    Busy { seconds: f64 } = Unavailable, "error-llm-busy", "the server is busy for {seconds} s";
    /// The server failed with `status`, more than once.
    Failing { status: u16 } = Unavailable, "error-llm-failing", "the server fails ({status})";
    /// The server refuses the request with `status` and `said`, in its own words.
    Rejected { status: u16, said: String } = Unavailable, "error-llm-rejected", "the server refuses ({status}): {said}";
    /// The answer broke off after `bytes` bytes.
    Cut { bytes: usize } = Unavailable, "error-llm-cut", "the answer broke off after {bytes} bytes";
    /// What came is not an answer of a language model.
    Nonsense { content: String } = Unavailable, "error-llm-nonsense", "not the answer of a model ({content})";
    /// More than `limit` bytes came.
    TooLarge { limit: usize } = Limit, "error-llm-too-large", "the answer has more than {limit} bytes";
    /// The model said nothing that is text.
    Empty {} = Unavailable, "error-llm-empty", "the answer has no text";
    /// Nobody has accepted the text, or it was changed since.
    NotAccepted {} = Invalid, "error-llm-not-accepted", "nobody has accepted the text";
    /// Other users may read the file `path`.
    Exposed { path: PathBuf } = Unavailable, "error-llm-exposed", "{path:?} can be read by other users";
    /// The file `path` is not what it should be.
    Damaged { path: PathBuf } = Unavailable, "error-llm-damaged", "{path:?} is damaged";
    /// The file `path` cannot be used: `reason`.
    File { path: PathBuf, reason: String } = Unavailable, "error-llm-file", "{path:?}: {reason}";
    /// The operating system's keyring refused: `reason`.
    Keyring { reason: String } = Unavailable, "error-llm-keyring", "the keyring refused: {reason}";
}

impl LlmError {
    /// Whether the same request may go well later, so that it makes sense to let it wait.
    #[must_use]
    pub const fn can_wait(&self) -> bool {
        matches!(
            self,
            Self::BudgetSpent { .. }
                | Self::Unreachable { .. }
                | Self::TimedOut { .. }
                | Self::Busy { .. }
                | Self::Failing { .. }
                | Self::Cut { .. }
        )
    }
}

impl Phase {
    /// The key of its name in the catalogue.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Connect => "llm-phase-connect",
            Self::FirstByte => "llm-phase-first",
            Self::Idle => "llm-phase-idle",
            Self::Total => "llm-phase-total",
        }
    }
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "connecting",
            Self::FirstByte => "the first word",
            Self::Idle => "the next word",
            Self::Total => "the whole answer",
        })
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<&&'static str> for Argument {
    fn from(text: &&'static str) -> Self {
        Self::Text((*text).to_owned())
    }
}

impl From<&PathBuf> for Argument {
    fn from(path: &PathBuf) -> Self {
        Self::Text(path.display().to_string())
    }
}

impl From<&Phase> for Argument {
    /// The key of the phase's name, which the caller looks up.
    fn from(phase: &Phase) -> Self {
        Self::Text(phase.key().to_owned())
    }
}

impl From<&f64> for Argument {
    fn from(number: &f64) -> Self {
        Self::Number(*number)
    }
}

macro_rules! from_integer {
    ($($integer:ty),*) => {$(
        impl From<&$integer> for Argument {
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "shown to people, rounded anyway")]
            fn from(number: &$integer) -> Self {
                Self::Number(*number as f64)
            }
        }
    )*};
}

from_integer!(u16, u64, usize);
