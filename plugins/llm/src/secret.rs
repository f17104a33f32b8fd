//! The endpoint's key: in the operating system's keyring, or, where there is none, in an owner-only file.
//!
//! A key belongs to one origin (`https://host:443`): after the URL is changed to another host, the old key does not go
//! there. It never lies in the workspace, in the settings, in a log or in an error. Why a file is the second place:
//! docs/adr/0023.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use crate::LlmError;
use crate::files;
use crate::text::said;

/// The file in the key folder, if there is no keyring.
pub const SECRETS_FILE: &str = "llm-keys.json";
/// The longest key.
pub const SECRET_BYTES_MAX: usize = 4_096;

const SECRETS_BYTES_MAX: u64 = 256 * 1024;
const SERVICE: &str = "jospar language model";
/// A keyring that is locked asks the person for its password.
const KEYRING_WAIT: Duration = Duration::from_secs(60);

/// A key. Does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Where a key lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The operating system's keyring.
    Keyring,
    /// A file that this user alone may read.
    File,
}

impl Place {
    /// Its name in answers: `keyring` or `file`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Keyring => "keyring",
            Self::File => "file",
        }
    }
}

/// Where keys are kept: a keyring, and a folder for where it is not there.
#[derive(Debug)]
pub struct Secrets<K = SystemKeyring> {
    keyring: K,
    file: PathBuf,
}

/// A keyring.
pub trait Keyring {
    /// The text kept under `name`.
    ///
    /// # Errors
    /// [`KeyringError`].
    fn get(&self, name: &str) -> Result<Option<String>, KeyringError>;
    /// Keeps `text` under `name`, or nothing with `None`.
    ///
    /// # Errors
    /// [`KeyringError`].
    fn set(&self, name: &str, text: Option<&str>) -> Result<(), KeyringError>;
}

/// Why a keyring gave nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyringError {
    /// There is no keyring here.
    Absent,
    /// There is one, but it refused: locked, or the person said no.
    Refused(String),
}

/// The keyring of this computer: the Keychain, the Credential Manager, or the Secret Service.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemKeyring;

impl Secret {
    /// A key of visible ASCII letters; spaces around it are left out.
    ///
    /// # Errors
    /// [`LlmError::BadKey`].
    pub fn parse(text: &str) -> Result<Self, LlmError> {
        let text = text.trim();
        let sound = (1..=SECRET_BYTES_MAX).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        sound.then(|| Self(text.to_owned())).ok_or(LlmError::BadKey {})
    }

    /// The key itself.
    pub(crate) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secrets {
    /// The system's keyring, with `key_folder` (outside the data folder) where there is none.
    #[must_use]
    pub fn new(key_folder: &Path) -> Self {
        Self::with(SystemKeyring, key_folder)
    }
}

impl<K: Keyring> Secrets<K> {
    /// Another keyring.
    pub fn with(keyring: K, key_folder: &Path) -> Self {
        Self { keyring, file: key_folder.join(SECRETS_FILE) }
    }

    /// The key for `origin` (see [`Endpoint::origin`](crate::settings::Endpoint::origin)), and where it lies.
    ///
    /// # Errors
    /// [`LlmError::Keyring`] if there is a keyring and it refuses; [`LlmError::Exposed`], [`LlmError::Damaged`],
    /// [`LlmError::File`].
    pub fn load(&self, origin: &str) -> Result<Option<(Secret, Place)>, LlmError> {
        match self.keyring.get(origin) {
            Ok(Some(text)) => return Ok(Some((Secret::parse(&text)?, Place::Keyring))),
            Ok(None) | Err(KeyringError::Absent) => {}
            Err(KeyringError::Refused(reason)) => return Err(LlmError::Keyring { reason }),
        }
        match self.read()?.remove(origin) {
            Some(text) => Ok(Some((Secret::parse(&text)?, Place::File))),
            None => Ok(None),
        }
    }

    /// Keeps the key for `origin`, in place of the one before; says where. A keyring takes over from the file.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn save(&self, origin: &str, secret: &Secret) -> Result<Place, LlmError> {
        match self.keyring.set(origin, Some(secret.reveal())) {
            Ok(()) => {
                self.change(|keys| drop(keys.remove(origin)))?;
                Ok(Place::Keyring)
            }
            Err(KeyringError::Absent) => {
                self.change(|keys| {
                    drop(keys.insert(origin.to_owned(), secret.reveal().to_owned()))
                })?;
                Ok(Place::File)
            }
            Err(KeyringError::Refused(reason)) => Err(LlmError::Keyring { reason }),
        }
    }

    /// Forgets the key for `origin`, wherever it lies.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn forget(&self, origin: &str) -> Result<(), LlmError> {
        let forgotten = self.keyring.set(origin, None);
        self.change(|keys| drop(keys.remove(origin)))?;
        match forgotten {
            Err(KeyringError::Refused(reason)) => Err(LlmError::Keyring { reason }),
            Ok(()) | Err(KeyringError::Absent) => Ok(()),
        }
    }

    fn read(&self) -> Result<BTreeMap<String, String>, LlmError> {
        let Some(bytes) = files::read(&self.file, SECRETS_BYTES_MAX)? else {
            return Ok(BTreeMap::new());
        };
        serde_json::from_slice(&bytes).map_err(|_| LlmError::Damaged { path: self.file.clone() })
    }

    fn change(&self, change: impl FnOnce(&mut BTreeMap<String, String>)) -> Result<(), LlmError> {
        let before = self.read()?;
        let mut keys = before.clone();
        change(&mut keys);
        if keys == before {
            return Ok(());
        }
        if keys.is_empty() {
            return files::remove(&self.file);
        }
        if let Some(folder) = self.file.parent() {
            files::create_private_folder(folder)?;
        }
        let reason = |error: serde_json::Error| LlmError::File {
            path: self.file.clone(),
            reason: error.to_string(),
        };
        files::replace(&self.file, &serde_json::to_vec_pretty(&keys).map_err(reason)?)
    }
}

impl Keyring for SystemKeyring {
    fn get(&self, name: &str) -> Result<Option<String>, KeyringError> {
        let name = name.to_owned();
        in_time(move || match entry(&name)?.get_password() {
            Ok(text) => Ok(Some(text)),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(keyring_error(&error)),
        })
    }

    fn set(&self, name: &str, text: Option<&str>) -> Result<(), KeyringError> {
        let (name, text) = (name.to_owned(), text.map(str::to_owned));
        in_time(move || {
            let entry = entry(&name)?;
            let done = match &text {
                Some(text) => entry.set_password(text),
                None => entry.delete_credential(),
            };
            match done {
                Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
                Err(error) => Err(keyring_error(&error)),
            }
        })
    }
}

fn entry(name: &str) -> Result<keyring::v1::Entry, KeyringError> {
    if keyring::v1::Entry::store_status().is_err() {
        return Err(KeyringError::Absent);
    }
    keyring::v1::Entry::new(SERVICE, name).map_err(|error| keyring_error(&error))
}

fn keyring_error(error: &keyring::Error) -> KeyringError {
    match error {
        keyring::Error::NoDefaultStore | keyring::Error::NotSupportedByStore(_) => {
            KeyringError::Absent
        }
        other => KeyringError::Refused(said(&other.to_string())),
    }
}

/// A keyring may ask the person for its password and wait; and on Linux its library may not block inside another's
/// runtime. So it is asked in a thread of its own, and for a while.
fn in_time<T: Send + 'static>(
    ask: impl FnOnce() -> Result<T, KeyringError> + Send + 'static,
) -> Result<T, KeyringError> {
    let (sender, answer) = channel();
    let work = move || {
        // Nobody listens any more if it took too long.
        let _ = sender.send(ask());
    };
    let started = thread::Builder::new().name("keyring".to_owned()).spawn(work);
    started.map_err(|_| KeyringError::Absent)?;
    let late = |_| KeyringError::Refused(format!("{} s", KEYRING_WAIT.as_secs()));
    answer.recv_timeout(KEYRING_WAIT).map_err(late)?
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;
    use std::cell::RefCell;

    /// A keyring in memory.
    struct Ring(Result<RefCell<BTreeMap<String, String>>, KeyringError>);

    impl Keyring for Ring {
        fn get(&self, name: &str) -> Result<Option<String>, KeyringError> {
            self.0.as_ref().map_err(Clone::clone).map(|ring| ring.borrow().get(name).cloned())
        }

        fn set(&self, name: &str, text: Option<&str>) -> Result<(), KeyringError> {
            let mut ring = self.0.as_ref().map_err(Clone::clone)?.borrow_mut();
            match text {
                Some(text) => drop(ring.insert(name.to_owned(), text.to_owned())),
                None => drop(ring.remove(name)),
            }
            Ok(())
        }
    }

    const ORIGIN: &str = "https://api.example.org:443";

    #[test]
    fn a_keyring_keeps_the_key_and_no_file_does() {
        let folder = tempfile::tempdir().unwrap();
        let secret = Secret::parse(" sk-1234567890 \n").unwrap();
        let absent = Secrets::with(Ring(Err(KeyringError::Absent)), folder.path());
        assert_eq!(absent.save(ORIGIN, &secret), Ok(Place::File));
        assert_eq!(absent.load(ORIGIN), Ok(Some((secret.clone(), Place::File))));
        let ring = Secrets::with(Ring(Ok(RefCell::default())), folder.path());
        assert_eq!(ring.load(ORIGIN), Ok(Some((secret.clone(), Place::File))), "from before");
        assert_eq!(ring.save(ORIGIN, &secret), Ok(Place::Keyring));
        assert_eq!(ring.load(ORIGIN), Ok(Some((secret, Place::Keyring))));
        assert!(!folder.path().join(SECRETS_FILE).exists(), "the file is gone");
        assert_eq!(ring.load("https://elsewhere.example:443"), Ok(None), "a key has one origin");
        ring.forget(ORIGIN).unwrap();
        assert_eq!(ring.load(ORIGIN), Ok(None));
    }

    #[test]
    fn a_keyring_that_refuses_is_not_worked_around() {
        let folder = tempfile::tempdir().unwrap();
        let locked = || KeyringError::Refused("locked".to_owned());
        let secrets = Secrets::with(Ring(Err(locked())), folder.path());
        let refused = LlmError::Keyring { reason: "locked".to_owned() };
        let secret = Secret::parse("sk-1").unwrap();
        assert_eq!(secrets.save(ORIGIN, &secret), Err(refused.clone()));
        assert_eq!(secrets.load(ORIGIN), Err(refused));
        assert!(!folder.path().join(SECRETS_FILE).exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::with(Ring(Err(KeyringError::Absent)), folder.path());
        secrets.save(ORIGIN, &Secret::parse("sk-1").unwrap()).unwrap();
        let path = folder.path().join(SECRETS_FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(secrets.load(ORIGIN), Err(LlmError::Exposed { .. })));
    }

    #[test]
    fn a_key_is_of_visible_letters_and_does_not_show_itself() {
        for text in ["", "  ", "a b", "кілт", "a\r\nX-Evil: 1", &"a".repeat(SECRET_BYTES_MAX + 1)]
        {
            assert_eq!(Secret::parse(text), Err(LlmError::BadKey {}), "{text}");
        }
        let shown = format!("{:?}", Secret::parse("sk-1234567890").unwrap());
        assert_eq!(shown, "Secret");
    }
}
