//! Device keys: one Ed25519 key per data folder, kept outside it.
//!
//! A data folder names its key in [`DEVICE_FILE`]; the key itself lies in the user's key folder under that name. A copied
//! data folder therefore arrives without its key and has to be enrolled as a device of its own. Whoever can read the
//! key file is the device: it is private to the user, made at once with those rights, and refused if others may read it.
//! The operating system's keyring would be a second place to keep the 32 bytes; nothing else here would change.

use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;
use jospar_core::ids::DeviceId;
use serde::{Deserialize, Serialize};

use crate::drafts;
use crate::store::folder::{beside, create_private_file, create_private_folder, replace_file};

/// The file in a data folder that names its key.
pub const DEVICE_FILE: &str = "device.json";
/// The environment variable that names another key folder.
pub const KEYS_VARIABLE: &str = "JOSPAR_KEYS";

const DEVICE_FILE_BYTES_MAX: u64 = 4 * 1024;
const KEY_NAME_DIGITS: usize = 32;
pub(crate) const WORDS: &str = include_str!("keys/words.txt");

/// A device's private key.
#[derive(Clone)]
pub struct DeviceKey(SigningKey);

/// The key of a data folder, and the file beside it that tells the living store from a copy.
#[derive(Debug)]
pub struct OwnKey {
    /// The key.
    pub key: DeviceKey,
    /// The lease file for [`crate::store::Options::lease`].
    pub lease: PathBuf,
    /// What the names of the seal rings begin with: see the module `rings`.
    pub seals: PathBuf,
    /// True if the key was made by this call: the device is enrolled nowhere yet.
    pub is_new: bool,
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The data folder names a key that is not on this computer: the folder was copied. It can be enrolled as a new
    /// device after [`forget`].
    #[error(
        "the data folder belongs to device {device}, whose key is not on this computer: the folder was copied and has \
         to be enrolled as a new device"
    )]
    KeyMissing {
        /// The device whose folder it was.
        device: DeviceId,
        /// Where the key was looked for.
        path: PathBuf,
    },
    /// Others may read the key file: take that right away, and think of the key as known to them.
    #[error("{path} can be read by other users (mode {mode:o}); it must be 600")]
    Exposed {
        /// The key file.
        path: PathBuf,
        /// Its rights.
        mode: u32,
    },
    /// The file that names the key, or the key file, is not what it should be.
    #[error("{0} is damaged")]
    Damaged(PathBuf),
    /// The key folder would lie inside the data folder, or be it: a copy would take the key along.
    #[error("the key folder {0} must be outside the data folder")]
    InsideDataFolder(PathBuf),
    /// The environment names no home folder: name a key folder.
    #[error("no folder for keys is known; name one in {KEYS_VARIABLE}")]
    NoHome,
    /// The operating system gives no random bytes.
    #[error("no random bytes: {0}")]
    Random(getrandom::Error),
    /// A file cannot be used.
    #[error("{path}: {source}")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

#[derive(Serialize, Deserialize)]
struct DeviceFile {
    /// The name of the key file, random.
    key: String,
    /// The public key, to know the device by if the key file is missing.
    device: String,
    /// The key that takes over once the policy log says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Named>,
}

#[derive(Serialize, Deserialize)]
struct Named {
    key: String,
    device: String,
}

impl DeviceKey {
    /// The device's public name.
    #[must_use]
    pub fn device(&self) -> DeviceId {
        DeviceId(self.0.verifying_key().to_bytes())
    }

    /// The key that signs envelopes and policy entries.
    #[must_use]
    pub const fn signing_key(&self) -> &SigningKey {
        &self.0
    }

    fn load(path: &Path) -> Result<Self, KeyError> {
        let mut file = File::open(path).map_err(io_error(path))?;
        check_private(&file, path)?;
        let mut bytes = Vec::with_capacity(33);
        file.by_ref().take(33).read_to_end(&mut bytes).map_err(io_error(path))?;
        let bytes = <[u8; 32]>::try_from(bytes).map_err(|_| KeyError::Damaged(path.to_owned()))?;
        Ok(Self(SigningKey::from_bytes(&bytes)))
    }
}

impl fmt::Debug for DeviceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKey of {:?}", self.device())
    }
}

/// The key folder of this user: `$JOSPAR_KEYS`, else the place that the platform gives to a user's data.
///
/// # Errors
/// [`KeyError::NoHome`].
pub fn key_folder() -> Result<PathBuf, KeyError> {
    key_folder_of(|name| std::env::var_os(name)).ok_or(KeyError::NoHome)
}

fn key_folder_of(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| variable(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if let Some(keys) = folder(KEYS_VARIABLE) {
        return Some(keys);
    }
    let data = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join("Library/Application Support"))
    } else {
        folder("XDG_DATA_HOME").or_else(|| folder("HOME").map(|home| home.join(".local/share")))
    };
    data.map(|data| data.join("jospar-keys"))
}

/// Loads the key that `data_folder` names, or makes one for a folder that names none.
///
/// # Errors
/// [`KeyError`]: each variant says what the user can do.
pub fn open(data_folder: &Path, key_folder: &Path) -> Result<OwnKey, KeyError> {
    create_private_folder(data_folder).map_err(io_error(data_folder))?;
    create_private_folder(key_folder).map_err(io_error(key_folder))?;
    let resolve = |path: &Path| path.canonicalize().map_err(io_error(path));
    if resolve(key_folder)?.starts_with(resolve(data_folder)?) {
        return Err(KeyError::InsideDataFolder(key_folder.to_owned()));
    }
    match load_device_file(data_folder)? {
        Some((name, device)) => load(&key_folder.join(name), device),
        None => create(data_folder, key_folder),
    }
}

/// Makes `data_folder` name no key: the next [`open`] makes a new device of it. A key file stays where it is.
///
/// # Errors
/// [`KeyError::Io`].
pub fn forget(data_folder: &Path) -> Result<(), KeyError> {
    let path = data_folder.join(DEVICE_FILE);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => {
            Err(KeyError::Io { path, source })
        }
        _ => Ok(()),
    }
}

/// Makes a key that is to take over from the one that `data_folder` names, and names it there, too.
///
/// # Errors
/// [`KeyError`]; the key that was named stays.
pub fn prepare_next(data_folder: &Path, key_folder: &Path) -> Result<DeviceKey, KeyError> {
    let path = data_folder.join(DEVICE_FILE);
    let (key, device) = load_device_file(data_folder)?.ok_or(KeyError::Damaged(path))?;
    let (next, name) = make_key(key_folder)?;
    let named = Named { key: name, device: next.device().to_string() };
    let file = DeviceFile { key, device: device.to_string(), next: Some(named) };
    write_device_file(data_folder, &file)?;
    Ok(next)
}

/// Makes the key that was prepared the one of `data_folder`, if it belongs to `device`. The old key file stays where it
/// is: a backup of the folder names it. Keys of drafts go along. Returns whether there was one.
///
/// # Errors
/// [`KeyError`].
pub fn take_next(
    data_folder: &Path,
    key_folder: &Path,
    device: DeviceId,
) -> Result<bool, KeyError> {
    let Some(file) = read_device_file(data_folder)? else { return Ok(false) };
    let Some(next) = file.next.filter(|next| next.device == device.to_string()) else {
        return Ok(false);
    };
    drafts::follow(key_folder, &file.key, &next.key)
        .map_err(|source| KeyError::Io { path: key_folder.to_owned(), source })?;
    let file = DeviceFile { key: next.key, device: next.device, next: None };
    write_device_file(data_folder, &file)?;
    Ok(true)
}

/// Four Kazakh words that people compare to know a device: the first 32 bits of its BLAKE3 hash.
#[must_use]
pub fn words(device: &DeviceId) -> [&'static str; 4] {
    let hash = blake3::hash(device.as_bytes());
    let mut words = [""; 4];
    for (word, byte) in words.iter_mut().zip(hash.as_bytes()) {
        *word = WORDS.lines().nth(usize::from(*byte)).unwrap_or_default();
    }
    words
}

fn load(path: &Path, device: DeviceId) -> Result<OwnKey, KeyError> {
    let key = match DeviceKey::load(path) {
        Err(KeyError::Io { path, source }) if source.kind() == io::ErrorKind::NotFound => {
            return Err(KeyError::KeyMissing { device, path });
        }
        loaded => loaded?,
    };
    if key.device() != device {
        return Err(KeyError::Damaged(path.to_owned()));
    }
    Ok(OwnKey { key, lease: beside(path, ".lease"), seals: path.to_owned(), is_new: false })
}

fn create(data_folder: &Path, key_folder: &Path) -> Result<OwnKey, KeyError> {
    let (key, name) = make_key(key_folder)?;
    let path = key_folder.join(&name);
    let file = DeviceFile { key: name, device: key.device().to_string(), next: None };
    write_device_file(data_folder, &file)?;
    Ok(OwnKey { key, lease: beside(&path, ".lease"), seals: path, is_new: true })
}

/// A new key in a file of its own, and the file's name.
fn make_key(key_folder: &Path) -> Result<(DeviceKey, String), KeyError> {
    let (mut secret, mut name) = ([0; 32], [0; KEY_NAME_DIGITS / 2]);
    getrandom::fill(&mut secret).map_err(KeyError::Random)?;
    getrandom::fill(&mut name).map_err(KeyError::Random)?;
    let name: String = name.iter().map(|byte| format!("{byte:02x}")).collect();
    // The key first: a crash before it is named leaves a key that nothing names, which is harmless.
    let path = key_folder.join(&name);
    create_private_file(&path, &secret).map_err(io_error(&path))?;
    Ok((DeviceKey(SigningKey::from_bytes(&secret)), name))
}

fn write_device_file(data_folder: &Path, file: &DeviceFile) -> Result<(), KeyError> {
    let path = data_folder.join(DEVICE_FILE);
    serde_json::to_vec_pretty(file)
        .map_err(io::Error::other)
        .and_then(|text| replace_file(&path, &text))
        .map_err(io_error(&path))
}

/// The name of the key and the device it belongs to.
fn load_device_file(data_folder: &Path) -> Result<Option<(String, DeviceId)>, KeyError> {
    let path = data_folder.join(DEVICE_FILE);
    let Some(file) = read_device_file(data_folder)? else { return Ok(None) };
    let device = file.device.parse().map_err(|_| KeyError::Damaged(path))?;
    Ok(Some((file.key, device)))
}

/// What `data_folder` says about its keys. Their names are checked: they become parts of paths.
fn read_device_file(data_folder: &Path) -> Result<Option<DeviceFile>, KeyError> {
    let path = data_folder.join(DEVICE_FILE);
    let mut text = Vec::new();
    match File::open(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened
            .and_then(|file| file.take(DEVICE_FILE_BYTES_MAX).read_to_end(&mut text))
            .map_err(io_error(&path))?,
    };
    let is_name = |name: &str| {
        name.len() == KEY_NAME_DIGITS && name.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    let file: Option<DeviceFile> = serde_json::from_slice(&text).ok();
    let sound = |file: &DeviceFile| {
        is_name(&file.key) && file.next.as_ref().is_none_or(|next| is_name(&next.key))
    };
    file.filter(sound).map(Some).ok_or(KeyError::Damaged(path))
}

/// The rights are those of the file that is open, so they cannot change between the look and the reading.
fn check_private(file: &File, path: &Path) -> Result<(), KeyError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = file.metadata().map_err(io_error(path))?.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(KeyError::Exposed { path: path.to_owned(), mode });
        }
    }
    #[cfg(not(unix))]
    let _ = (file, path);
    Ok(())
}

fn io_error(path: &Path) -> impl FnOnce(io::Error) -> KeyError + use<> {
    let path = path.to_owned();
    move |source| KeyError::Io { path, source }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]
    use super::*;

    struct Place(tempfile::TempDir);

    impl Place {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.path().join(name)
        }

        fn open(&self) -> Result<OwnKey, KeyError> {
            open(&self.path("data"), &self.path("keys"))
        }
    }

    #[test]
    fn a_folder_keeps_its_key_and_another_gets_its_own() {
        let place = Place::new();
        let made = place.open().unwrap();
        assert!(made.is_new);
        let loaded = place.open().unwrap();
        assert!(!loaded.is_new);
        assert_eq!((loaded.key.device(), &loaded.lease), (made.key.device(), &made.lease));
        let other = open(&place.path("other"), &place.path("keys")).unwrap();
        assert_ne!(other.key.device(), made.key.device());
    }

    #[test]
    fn a_key_that_was_prepared_takes_over_when_it_is_named() {
        let place = Place::new();
        let old = place.open().unwrap();
        let next = prepare_next(&place.path("data"), &place.path("keys")).unwrap();
        let again = place.open().unwrap();
        assert_eq!((again.key.device(), again.is_new), (old.key.device(), false));
        assert!(
            !take_next(&place.path("data"), &place.path("keys"), old.key.device()).unwrap(),
            "another key"
        );
        assert!(take_next(&place.path("data"), &place.path("keys"), next.device()).unwrap());
        let opened = place.open().unwrap();
        assert_eq!(opened.key.device(), next.device());
        assert_ne!(opened.lease, old.lease, "another life: other actors");
        assert!(
            !take_next(&place.path("data"), &place.path("keys"), next.device()).unwrap(),
            "taken already"
        );
    }

    #[test]
    fn f12_a_copied_folder_has_no_key_and_becomes_a_new_device_when_asked() {
        let place = Place::new();
        let made = place.open().unwrap();
        let elsewhere = place.path("keys elsewhere");
        let refused = open(&place.path("data"), &elsewhere);
        let missing = made.key.device();
        assert!(
            matches!(&refused, Err(KeyError::KeyMissing { device, .. }) if *device == missing),
            "{refused:?}"
        );
        forget(&place.path("data")).unwrap();
        let enrolled = open(&place.path("data"), &elsewhere).unwrap();
        assert!(enrolled.is_new && enrolled.key.device() != missing);
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_may_read_is_refused() {
        use std::os::unix::fs::PermissionsExt as _;
        let place = Place::new();
        place.open().unwrap();
        let mut files = fs::read_dir(place.path("keys")).unwrap();
        let path = files.next().unwrap().unwrap().path();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(place.open(), Err(KeyError::Exposed { mode: 0o640, .. })));
    }

    #[test]
    fn damaged_files_are_named() {
        let place = Place::new();
        place.open().unwrap();
        let mut files = fs::read_dir(place.path("keys")).unwrap();
        let key = files.next().unwrap().unwrap().path();
        for bytes in [&[1; 32][..], &[1; 33], &[1; 3]] {
            fs::write(&key, bytes).unwrap();
            assert!(matches!(place.open(), Err(KeyError::Damaged(path)) if path == key));
        }
        let device = place.path("data").join(DEVICE_FILE);
        let outside = r#"{"key":"../../../../../../../etc/hostname","device":"00"}"#;
        for text in ["", "{}", outside] {
            fs::write(&device, text).unwrap();
            assert!(matches!(place.open(), Err(KeyError::Damaged(path)) if path == device));
        }
    }

    #[test]
    fn a_key_folder_inside_the_data_folder_is_refused() {
        let place = Place::new();
        let refused = open(&place.path("data"), &place.path("data").join("keys"));
        assert!(matches!(refused, Err(KeyError::InsideDataFolder(_))));
    }

    #[test]
    fn the_key_folder_follows_the_environment() {
        let with = |pairs: &[(&str, &str)]| {
            key_folder_of(|name| {
                pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
            })
        };
        let root = if cfg!(windows) { "C:\\keys" } else { "/keys" };
        assert_eq!(with(&[(KEYS_VARIABLE, root), ("HOME", "/home/aida")]), Some(root.into()));
        assert_eq!(with(&[(KEYS_VARIABLE, "relative")]), None);
        #[cfg(target_os = "linux")]
        assert_eq!(
            with(&[("HOME", "/home/aida")]),
            Some("/home/aida/.local/share/jospar-keys".into())
        );
    }

    #[test]
    fn there_are_256_words_in_order_in_kazakh_letters() {
        let words: Vec<&str> = WORDS.lines().collect();
        assert_eq!(words.len(), 256);
        assert!(words.is_sorted_by(|a, b| a < b), "sorted and unique");
        let letters = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщъыіьэюя";
        for word in &words {
            assert!(word.chars().count() >= 2, "{word}");
            assert!(word.chars().all(|letter| letters.contains(letter)), "{word}");
        }
    }

    #[test]
    fn the_words_of_a_device_never_change() {
        let shown = words(&DeviceId([7; 32]));
        assert!(shown.iter().all(|word| !word.is_empty()));
        assert_ne!(shown, words(&DeviceId([8; 32])));
        assert_eq!(shown.join(" "), "құлын тұз пісте уық");
    }
}
