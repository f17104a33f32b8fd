//! A server's folder: its settings, which the first start writes, and the claims that its console printed.

use std::fs;
use std::io::{self, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use jospar_node::clock;
use jospar_node::quota::Quotas;
use serde::{Deserialize, Serialize};

/// The file with the settings.
const SETTINGS_FILE: &str = "server.json";
/// The file with the claims that nobody has used.
const CLAIMS_FILE: &str = "claims.json";
/// The file that says when the newest backup was made.
const LAST_BACKUP_FILE: &str = "last-backup.json";
/// Where the health page is unless the settings say otherwise.
const ADMIN: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);
/// The folder with the server's key, beside the data so that a backup of the data does not carry it.
const KEYS_FOLDER: &str = "keys";
/// The folder with the store.
const DATA_FOLDER: &str = "data";
/// The most claims that may be open at once.
pub(crate) const CLAIMS_MAX: usize = 1_000;

/// Why a server's folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// A file cannot be read or written.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file is not what this program wrote.
    #[error("{path} line {line}: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The line of the mistake.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// The health page would be open to the network.
    #[error("admin: {0} is not an address of this computer alone, like 127.0.0.1:8080")]
    AdminIsPublic(SocketAddr),
    /// Too many claims are open.
    #[error("{CLAIMS_MAX} claims are open already")]
    TooManyClaims,
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Random,
}

/// What an operator may change; a restart applies it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Settings {
    /// The UDP address to listen at.
    pub(crate) listen: SocketAddr,
    /// What schools dial: `host:port`. Stands in claim links and in the schools' policy logs.
    pub(crate) public_address: String,
    /// Where the health page and the metrics are, on this computer alone; `null` for nowhere.
    #[serde(default)]
    pub(crate) admin: Option<SocketAddr>,
    /// Backups that the running server makes by itself; `null` for none.
    #[serde(default)]
    pub(crate) backup: Option<Plan>,
    /// What is taken from one device and kept for one school.
    #[serde(default)]
    pub(crate) quotas: Quotas,
}

/// When backups are made and how many are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Plan {
    /// The folder to write them into, best on another disk.
    pub(crate) dir: PathBuf,
    /// How often: `30m`, `1h`, `1d`.
    #[serde(default = "Every::hour")]
    pub(crate) every: Every,
    /// For how many days the newest backup of the day is kept.
    #[serde(default = "seven")]
    pub(crate) keep_daily: u32,
    /// For how many weeks the newest backup of the week is kept.
    #[serde(default = "four")]
    pub(crate) keep_weekly: u32,
}

const fn seven() -> u32 {
    7
}

const fn four() -> u32 {
    4
}

/// A length of time as an operator writes it: a number and `m`, `h` or `d`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub(crate) struct Every(u32);

impl Every {
    const fn hour() -> Self {
        Self(60)
    }

    /// In milliseconds.
    pub(crate) const fn milliseconds(self) -> i64 {
        self.0 as i64 * 60_000
    }
}

impl TryFrom<String> for Every {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let minutes = |text: &str| {
            let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
            let unit = match unit {
                "m" => 1,
                "h" => 60,
                "d" => 24 * 60,
                _ => return None,
            };
            number.parse::<u32>().ok()?.checked_mul(unit).filter(|minutes| *minutes > 0)
        };
        minutes(&text).map(Self).ok_or_else(|| format!("{text:?} is not like 30m, 1h or 1d"))
    }
}

impl From<Every> for String {
    fn from(every: Every) -> Self {
        match every.0 {
            minutes if minutes % (24 * 60) == 0 => format!("{}d", minutes / (24 * 60)),
            minutes if minutes % 60 == 0 => format!("{}h", minutes / 60),
            minutes => format!("{minutes}m"),
        }
    }
}

/// The newest backup, as the server's folder remembers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LastBackup {
    /// When it was made, in milliseconds since 1970.
    pub(crate) made_ms: i64,
    /// Where it was written.
    pub(crate) path: PathBuf,
}

impl Settings {
    /// The settings of a first start. Without a public address it is the one to listen at, or, where that is every
    /// address of this machine, the machine's name.
    pub(crate) fn new(listen: SocketAddr, public_address: Option<String>) -> Self {
        let guessed = || {
            if !listen.ip().is_unspecified() {
                return listen.to_string();
            }
            let name = fs::read_to_string("/etc/hostname").unwrap_or_default();
            let name = Some(name.trim()).filter(|name| !name.is_empty()).unwrap_or("localhost");
            format!("{name}:{}", listen.port())
        };
        Self {
            listen,
            public_address: public_address.unwrap_or_else(guessed),
            admin: Some(ADMIN),
            backup: None,
            quotas: Quotas::default(),
        }
    }
}

/// The folder of one server.
#[derive(Debug, Clone)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.0.join(DATA_FOLDER)
    }

    pub(crate) fn keys(&self) -> PathBuf {
        self.0.join(KEYS_FOLDER)
    }

    /// The settings; the first start writes them. Returns whether it was the first.
    pub(crate) fn settings(&self, first: &Settings) -> Result<(Settings, bool), SettingsError> {
        let path = self.0.join(SETTINGS_FILE);
        match fs::read(&path) {
            Ok(bytes) => {
                let settings: Settings = read(&path, &bytes)?;
                match settings.admin.filter(|admin| !admin.ip().is_loopback()) {
                    Some(admin) => Err(SettingsError::AdminIsPublic(admin)),
                    None => Ok((settings, false)),
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                write(&path, first)?;
                Ok((first.clone(), true))
            }
            Err(source) => Err(SettingsError::Io { path, source }),
        }
    }

    /// The settings, if there are any and they can be read; nothing is written.
    pub(crate) fn settings_if_any(&self) -> Result<Option<Settings>, SettingsError> {
        if !self.0.join(SETTINGS_FILE).exists() {
            return Ok(None);
        }
        let unused = Settings::new(SocketAddr::from(([127, 0, 0, 1], 0)), Some(String::new()));
        self.settings(&unused).map(|(settings, _)| Some(settings))
    }

    /// The newest backup that was noted here.
    pub(crate) fn last_backup(&self) -> Option<LastBackup> {
        let path = self.0.join(LAST_BACKUP_FILE);
        let bytes = fs::read(&path).ok()?;
        read(&path, &bytes).ok()
    }

    /// Notes a backup that was made and checked.
    pub(crate) fn note_backup(&self, backup: &LastBackup) -> Result<(), SettingsError> {
        write(&self.0.join(LAST_BACKUP_FILE), backup)
    }

    /// Makes a claim and remembers it until it is used.
    pub(crate) fn new_claim(&self) -> Result<[u8; 16], SettingsError> {
        let mut claims = self.claims()?;
        if claims.len() >= CLAIMS_MAX {
            return Err(SettingsError::TooManyClaims);
        }
        let secret: [u8; 16] = clock::random().map_err(|_| SettingsError::Random)?;
        claims.push(secret);
        write(&self.0.join(CLAIMS_FILE), &claims)?;
        Ok(secret)
    }

    /// True if the claim is open; it is closed with that.
    pub(crate) fn use_claim(&self, secret: &[u8; 16]) -> Result<bool, SettingsError> {
        let mut claims = self.claims()?;
        let before = claims.len();
        claims.retain(|open| open != secret);
        if claims.len() == before {
            return Ok(false);
        }
        write(&self.0.join(CLAIMS_FILE), &claims)?;
        Ok(true)
    }

    fn claims(&self) -> Result<Vec<[u8; 16]>, SettingsError> {
        let path = self.0.join(CLAIMS_FILE);
        match fs::read(&path) {
            Ok(bytes) => read(&path, &bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(source) => Err(SettingsError::Io { path, source }),
        }
    }
}

fn read<T: for<'de> Deserialize<'de>>(path: &Path, bytes: &[u8]) -> Result<T, SettingsError> {
    serde_json::from_slice(bytes).map_err(|error| SettingsError::Unreadable {
        path: path.to_owned(),
        line: error.line(),
        reason: error.to_string(),
    })
}

/// Writes a file whole or not at all, for its owner alone.
fn write<T: Serialize>(path: &Path, value: &T) -> Result<(), SettingsError> {
    let failed = |source| SettingsError::Io { path: path.to_owned(), source };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let text = serde_json::to_string_pretty(value).map_err(|error| failed(error.into()))?;
    let part = path.with_extension("part");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
        .open(&part)
        .and_then(|mut file| file.write_all(text.as_bytes()).and_then(|()| file.sync_all()))
        .and_then(|()| fs::rename(&part, path))
        .map_err(failed)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn first() -> Settings {
        Settings::new("0.0.0.0:4433".parse().unwrap(), Some("a:4433".into()))
    }

    #[test]
    fn the_first_start_writes_the_settings_and_later_ones_read_them() {
        let folder = tempfile::tempdir().unwrap();
        let server = Folder::new(folder.path());
        assert_eq!(server.settings(&first()).unwrap(), (first(), true));
        let other = Settings { public_address: "b:1".into(), ..first() };
        assert_eq!(server.settings(&other).unwrap(), (first(), false));
    }

    #[test]
    fn a_mistake_in_the_settings_is_named_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(SETTINGS_FILE), "{\n \"listne\": 1\n}").unwrap();
        let error = Folder::new(folder.path()).settings(&first()).unwrap_err();
        assert!(matches!(error, SettingsError::Unreadable { line: 2, .. }), "{error}");
    }

    #[test]
    fn settings_of_an_older_version_get_the_defaults() {
        let folder = tempfile::tempdir().unwrap();
        let text = r#"{"listen": "0.0.0.0:4433", "public_address": "a:4433",
                       "backup": {"dir": "/backup", "every": "90m"},
                       "quotas": {"school_bytes": 1000}}"#;
        fs::write(folder.path().join(SETTINGS_FILE), text).unwrap();
        let (settings, _) = Folder::new(folder.path()).settings(&first()).unwrap();
        assert_eq!(settings.admin, None);
        assert_eq!(settings.quotas, Quotas { school_bytes: 1_000, ..Quotas::default() });
        let plan = settings.backup.unwrap();
        assert_eq!((plan.every.milliseconds(), plan.keep_daily), (90 * 60_000, 7));
        assert_eq!(String::from(plan.every), "90m");
    }

    #[test]
    fn a_health_page_for_the_network_and_a_strange_interval_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let write = |more: &str| {
            let text = format!(r#"{{"listen": "0.0.0.0:1", "public_address": "a:1", {more}}}"#);
            fs::write(folder.path().join(SETTINGS_FILE), text).unwrap();
            Folder::new(folder.path()).settings(&first()).unwrap_err()
        };
        let public = write(r#""admin": "0.0.0.0:8080""#);
        assert!(matches!(public, SettingsError::AdminIsPublic(_)), "{public}");
        for every in ["", "h", "0h", "1w", "-1h", "\u{436}", "99999999d"] {
            let strange = write(&format!(r#""backup": {{"dir": "/b", "every": "{every}"}}"#));
            assert!(matches!(strange, SettingsError::Unreadable { .. }), "{every}: {strange}");
        }
    }

    #[test]
    fn a_claim_is_good_for_one_school() {
        let folder = tempfile::tempdir().unwrap();
        let server = Folder::new(folder.path());
        let secret = server.new_claim().unwrap();
        assert!(!server.use_claim(&[0; 16]).unwrap());
        assert!(server.use_claim(&secret).unwrap());
        assert!(!server.use_claim(&secret).unwrap());
    }
}
