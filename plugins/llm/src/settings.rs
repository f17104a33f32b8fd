//! Where the model is and how much it may be asked: an owner-only file on this device, off until a URL is set.
//!
//! The file is no part of the workspace: every device has its own, and none travels. The key is elsewhere ([`secret`](crate::secret)).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use serde::{Deserialize, Serialize};
use ureq::http::Uri;

use crate::LlmError;
use crate::files;

/// The file in the folder of the settings.
pub const SETTINGS_FILE: &str = "llm.json";
/// The longest URL.
pub const URL_BYTES_MAX: usize = 1_024;
/// The longest name of a model.
pub const MODEL_BYTES_MAX: usize = 256;
/// Tokens of one answer, at most.
pub const TOKENS_MAX: u32 = 16_384;
/// Tokens of a month, at most.
pub const TOKENS_MONTH_MAX: u64 = 1_000_000_000;

const SETTINGS_BYTES_MAX: u64 = 16 * 1024;
const TIMEOUT_MS_MAX: u64 = 60 * 60 * 1_000;
const BACKOFF_MS_MAX: u64 = 60 * 1_000;
const ATTEMPTS_MAX: u32 = 10;
/// Names of the school's own network end so, or have no dot at all.
const PRIVATE_NAMES: [&str; 5] = [".local", ".lan", ".internal", ".home.arpa", ".localhost"];

/// What a person sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The address of an OpenAI-compatible endpoint, such as `http://127.0.0.1:11434` or `https://host/v1`; empty: off.
    pub url: String,
    /// The model's name there. llama.cpp takes any.
    pub model: String,
    /// Tokens of one answer, 1 to [`TOKENS_MAX`]; a request may ask for less.
    pub tokens_max: u32,
    /// Tokens of a calendar month, both ways together, 0 to [`TOKENS_MONTH_MAX`].
    pub tokens_month: u64,
    /// Milliseconds until there is a connection.
    pub connect_ms: u64,
    /// Milliseconds until the first word; a model on a slow computer reads for long.
    pub first_byte_ms: u64,
    /// Milliseconds between two words.
    pub idle_ms: u64,
    /// Milliseconds for all of it, further attempts included.
    pub total_ms: u64,
    /// Milliseconds before the second attempt; each next waits twice as long.
    pub backoff_ms: u64,
    /// How often it is tried, 1 to 10, where nothing had come yet.
    pub attempts: u32,
    /// Whether the answer comes word by word.
    pub stream: bool,
    /// Whether instructions go as the `system` role; some models know only `user`.
    pub system_role: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            url: String::new(),
            model: "default".to_owned(),
            tokens_max: 1_024,
            tokens_month: 500_000,
            connect_ms: 10_000,
            first_byte_ms: 120_000,
            idle_ms: 30_000,
            total_ms: 600_000,
            backoff_ms: 1_000,
            attempts: 4,
            stream: true,
            system_role: true,
        }
    }
}

/// Where requests go, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// `https://host/v1/chat/completions`.
    pub chat: String,
    /// `https://host/v1/models`: answers when the endpoint is there, and is sent nothing.
    pub models: String,
    /// `https://host:443`: what a key belongs to.
    pub origin: String,
    /// The host alone, for people.
    pub host: String,
    /// What stands in the `Host` header.
    pub authority: String,
    /// True for `http`: every address of the host has to be private.
    pub private_only: bool,
}

impl Settings {
    /// Reads the settings in `folder`; the default, which is off, if there are none.
    ///
    /// # Errors
    /// [`LlmError::Exposed`], [`LlmError::Damaged`], [`LlmError::File`]; and what [`check`](Self::check) says.
    pub fn load(folder: &Path) -> Result<Self, LlmError> {
        let path = folder.join(SETTINGS_FILE);
        let Some(bytes) = files::read(&path, SETTINGS_BYTES_MAX)? else {
            return Ok(Self::default());
        };
        let settings: Self =
            serde_json::from_slice(&bytes).map_err(|_| LlmError::Damaged { path })?;
        settings.check()?;
        Ok(settings)
    }

    /// Keeps the settings in `folder`, for this user alone.
    ///
    /// # Errors
    /// What [`check`](Self::check) says, or [`LlmError::File`]; the old settings stay.
    pub fn save(&self, folder: &Path) -> Result<(), LlmError> {
        self.check()?;
        files::create_private_folder(folder)?;
        let path = folder.join(SETTINGS_FILE);
        let bytes = serde_json::to_vec_pretty(self)
            .map_err(|error| LlmError::File { path: path.clone(), reason: error.to_string() })?;
        files::replace(&path, &bytes)
    }

    /// Whether a URL is set.
    #[must_use]
    pub fn is_on(&self) -> bool {
        !self.url.trim().is_empty()
    }

    /// Checks every setting.
    ///
    /// # Errors
    /// [`LlmError::BadUrl`], [`LlmError::NotPrivate`], [`LlmError::BadSetting`].
    pub fn check(&self) -> Result<(), LlmError> {
        let within = |setting, value: u64, low, high| {
            let sound = (low..=high).contains(&value);
            sound.then_some(()).ok_or(LlmError::BadSetting { setting, low, high })
        };
        within("tokens_max", self.tokens_max.into(), 1, TOKENS_MAX.into())?;
        within("tokens_month", self.tokens_month, 0, TOKENS_MONTH_MAX)?;
        within("connect_ms", self.connect_ms, 1, TIMEOUT_MS_MAX)?;
        within("first_byte_ms", self.first_byte_ms, 1, TIMEOUT_MS_MAX)?;
        within("idle_ms", self.idle_ms, 1, TIMEOUT_MS_MAX)?;
        within("total_ms", self.total_ms, 1, TIMEOUT_MS_MAX)?;
        within("backoff_ms", self.backoff_ms, 1, BACKOFF_MS_MAX)?;
        within("attempts", self.attempts.into(), 1, ATTEMPTS_MAX.into())?;
        let model = self.model.trim();
        let length = if model.chars().any(char::is_control) { 0 } else { model.len() };
        let length = u64::try_from(length).unwrap_or(u64::MAX);
        within("model", length, 1, u64::try_from(MODEL_BYTES_MAX).unwrap_or(u64::MAX))?;
        if self.is_on() { self.endpoint().map(drop) } else { Ok(()) }
    }

    /// Where requests go. `/v1` is put behind an address without a path.
    ///
    /// # Errors
    /// [`LlmError::Off`], [`LlmError::BadUrl`], [`LlmError::NotPrivate`].
    pub fn endpoint(&self) -> Result<Endpoint, LlmError> {
        let url = self.url.trim();
        if url.is_empty() {
            return Err(LlmError::Off {});
        }
        let bad = || LlmError::BadUrl { url: url.chars().take(200).collect() };
        let plain = url.len() <= URL_BYTES_MAX && url.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain || url.contains(['#', '?', '@', '\\']) {
            return Err(bad());
        }
        let uri: Uri = url.parse().map_err(|_| bad())?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(bad());
        };
        let private_only = match scheme {
            "http" => true,
            "https" => false,
            _ => return Err(bad()),
        };
        let host = authority.host().to_ascii_lowercase();
        let default_port = if private_only { 80 } else { 443 };
        let port = match (authority.port_u16(), authority.as_str().strip_prefix(authority.host())) {
            (Some(0), _) => return Err(bad()),
            (Some(port), _) => port,
            (None, Some("")) => default_port,
            _ => return Err(bad()),
        };
        if host.is_empty() || is_unspecified(&host) {
            return Err(bad());
        }
        if private_only && !may_be_private(&host) {
            return Err(LlmError::NotPrivate { host });
        }
        let authority = if port == default_port { host.clone() } else { format!("{host}:{port}") };
        let path = uri.path().trim_end_matches('/');
        let path = path.strip_suffix("/chat/completions").unwrap_or(path);
        let path = if path.is_empty() { "/v1" } else { path };
        Ok(Endpoint {
            chat: format!("{scheme}://{authority}{path}/chat/completions"),
            models: format!("{scheme}://{authority}{path}/models"),
            origin: format!("{scheme}://{host}:{port}"),
            host,
            authority,
            private_only,
        })
    }
}

fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

fn is_unspecified(host: &str) -> bool {
    bare(host).parse().is_ok_and(|address: IpAddr| address.is_unspecified())
}

/// Whether `host` is a private address, or a name that may have one; its addresses are looked at when it is dialed.
fn may_be_private(host: &str) -> bool {
    match bare(host).parse() {
        Ok(address) => is_private(address),
        Err(_) => !host.contains('.') || PRIVATE_NAMES.iter().any(|name| host.ends_with(name)),
    }
}

/// True for this computer and for the addresses that are not routed beyond a site (RFC 1918, RFC 4193, fe80::/10).
/// 169.254/16 is not among them: cloud machines answer there with their own secrets.
#[must_use]
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_private_v4(address),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_private_v4(address),
            None => is_private_v6(address),
        },
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    address.is_loopback() || address.is_private()
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    let [first, ..] = address.segments();
    address.is_loopback() || first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    fn endpoint(url: &str) -> Result<Endpoint, LlmError> {
        Settings { url: url.to_owned(), ..Settings::default() }.endpoint()
    }

    #[test]
    fn it_is_off_until_a_url_is_set() {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings::load(folder.path()).unwrap();
        assert!(!settings.is_on());
        assert_eq!(settings.endpoint(), Err(LlmError::Off {}));
    }

    #[test]
    fn addresses_are_completed() {
        let check = |url: &str, chat: &str, origin: &str| {
            let found = endpoint(url).unwrap();
            assert_eq!((found.chat.as_str(), found.origin.as_str()), (chat, origin), "{url}");
        };
        let local = "http://127.0.0.1:11434";
        for url in [local, "http://127.0.0.1:11434/", " http://127.0.0.1:11434/v1/ "] {
            check(url, "http://127.0.0.1:11434/v1/chat/completions", local);
        }
        check(
            "https://API.Example.org/openai/v1/chat/completions",
            "https://api.example.org/openai/v1/chat/completions",
            "https://api.example.org:443",
        );
        check("http://[::1]:80", "http://[::1]/v1/chat/completions", "http://[::1]:80");
    }

    #[test]
    fn without_encryption_only_private_addresses_are_asked() {
        for url in [
            "http://localhost:8080",
            "http://10.0.0.7",
            "http://172.16.9.9",
            "http://192.168.1.5:8000/v1",
            "http://[fd00::1]:80",
            "http://model.lan",
            "http://school-pc",
        ] {
            assert!(endpoint(url).is_ok_and(|found| found.private_only), "{url}");
        }
        for url in [
            "http://example.org",
            "http://8.8.8.8",
            "http://169.254.169.254",
            "http://[::ffff:8.8.8.8]",
            "http://172.32.0.1",
            "http://[2001:db8::1]",
        ] {
            assert!(matches!(endpoint(url), Err(LlmError::NotPrivate { .. })), "{url}");
        }
        assert!(!endpoint("https://8.8.8.8").unwrap().private_only);
    }

    #[test]
    fn what_is_no_address_of_a_model_is_refused() {
        for url in [
            "ftp://127.0.0.1",
            "127.0.0.1:8080",
            "http://",
            "http://user:secret@127.0.0.1",
            "http://127.0.0.1/?a=b",
            "http://127.0.0.1/#a",
            "http://127.0.0.1:99999",
            "http://127.0.0.1:0",
            "http://0.0.0.0:1",
            "http://[::]:1",
            "http://127.0.0.1\\@example.org",
            "http://мектеп.kz",
            "file:///etc/passwd",
        ] {
            assert!(
                matches!(endpoint(url), Err(LlmError::BadUrl { .. })),
                "{url}: {:?}",
                endpoint(url)
            );
        }
    }

    #[test]
    fn settings_are_kept_for_this_user_alone() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("device");
        let settings = Settings { url: "http://127.0.0.1:8080".to_owned(), ..Settings::default() };
        settings.save(&folder).unwrap();
        assert_eq!(Settings::load(&folder).unwrap(), settings);
        let path = folder.join(SETTINGS_FILE);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o600);
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
            assert!(matches!(Settings::load(&folder), Err(LlmError::Exposed { .. })));
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        for text in ["", "5", r#"{"uri": "http://127.0.0.1"}"#, r#"{"url": 5}"#] {
            std::fs::write(&path, text).unwrap();
            assert!(matches!(Settings::load(&folder), Err(LlmError::Damaged { .. })), "{text}");
        }
        std::fs::write(&path, r#"{"tokens_max": 0}"#).unwrap();
        let bad = LlmError::BadSetting { setting: "tokens_max", low: 1, high: TOKENS_MAX.into() };
        assert_eq!(Settings::load(&folder), Err(bad));
    }
}
