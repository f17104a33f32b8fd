//! What names a plugin, a publisher and a package.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Bytes of a plugin's id at most.
pub const PLUGIN_ID_BYTES_MAX: usize = 64;

/// Names that mean a device on Windows, with any extension.
const DEVICE_NAMES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A plugin's id: a short word or a reversed domain name, `swot` or `kz.school.attendance`.
///
/// 1 to 64 of `a-z 0-9 . -`, each part between dots beginning and ending with a letter or digit. As a file's name it
/// leads nowhere: no folders, no hidden files, no devices of Windows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PluginId(String);

/// Why a text is no plugin's id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Empty or longer than [`PLUGIN_ID_BYTES_MAX`].
    #[error("an id has 1 to {PLUGIN_ID_BYTES_MAX} letters")]
    Length,
    /// Another character than `a-z 0-9 . -`.
    #[error("an id has only a-z, 0-9, dots and hyphens")]
    Character,
    /// A part is empty, or begins or ends with a hyphen.
    #[error("each part of an id begins and ends with a letter or digit")]
    Part,
    /// A name that some system keeps for a device.
    #[error("the name is kept for a device")]
    Device,
}

impl IdError {
    /// The key of the message in the catalogue; its value is `id`, what was given.
    #[must_use]
    pub const fn key(self) -> &'static str {
        "plugin-id-invalid"
    }
}

impl PluginId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PluginId {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if text.is_empty() || text.len() > PLUGIN_ID_BYTES_MAX {
            return Err(IdError::Length);
        }
        let known = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
        if !text.bytes().all(known) {
            return Err(IdError::Character);
        }
        let whole = |part: &str| !part.is_empty() && !part.starts_with('-') && !part.ends_with('-');
        if !text.split('.').all(whole) {
            return Err(IdError::Part);
        }
        let first = text.split('.').next().unwrap_or_default();
        let numbered = first.strip_prefix("com").or(first.strip_prefix("lpt"));
        let numbered = numbered
            .is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|b| b.is_ascii_digit()));
        if numbered || DEVICE_NAMES.contains(&first) {
            return Err(IdError::Device);
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for PluginId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! hex_of_32_bytes {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub [u8; 32]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&data_encoding::HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = HexError;

            fn from_str(text: &str) -> Result<Self, HexError> {
                let bytes = data_encoding::HEXLOWER.decode(text.as_bytes()).map_err(|_| HexError)?;
                bytes.try_into().map(Self).map_err(|_| HexError)
            }
        }
    };
}

hex_of_32_bytes! {
    /// Who signs packages: an Ed25519 public key, shown as 64 hexadecimal digits.
    Publisher
}

hex_of_32_bytes! {
    /// What a package holds: BLAKE3 of all its bytes, the signature's included; shown as 64 hexadecimal digits.
    PackageHash
}

/// A text that is not 64 hexadecimal digits in lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not 64 hexadecimal digits")]
pub struct HexError;

macro_rules! as_text {
    ($($name:ident),*) => { $(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )* };
}

as_text!(PluginId, Publisher, PackageHash);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn t24_an_id_leads_to_no_other_file() {
        for (text, error) in [
            ("", IdError::Length),
            (&"a".repeat(65), IdError::Length),
            ("..", IdError::Part),
            (".", IdError::Part),
            (".hidden", IdError::Part),
            ("a..b", IdError::Part),
            ("a.", IdError::Part),
            ("-a", IdError::Part),
            ("a.-b", IdError::Part),
            ("../etc/passwd", IdError::Character),
            ("a/b", IdError::Character),
            ("a\\b", IdError::Character),
            ("C:", IdError::Character),
            ("a\0", IdError::Character),
            ("Swot", IdError::Character),
            ("swot ", IdError::Character),
            ("план", IdError::Character),
            ("a:b", IdError::Character),
            ("a%2e", IdError::Character),
            ("con", IdError::Device),
            ("nul.txt", IdError::Device),
            ("com1", IdError::Device),
            ("lpt9.a", IdError::Device),
        ] {
            assert_eq!(text.parse::<PluginId>(), Err(error), "{text:?}");
        }
        for text in ["swot", "kz.school-12.attendance", "a", "1", "console", "com10", "nula.b"] {
            assert_eq!(text.parse::<PluginId>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn hashes_are_read_back_from_what_they_show() {
        let hash = PackageHash([0xab; 32]);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        for text in ["", "ab", &"AB".repeat(32), &"ab".repeat(33), &"g".repeat(64)] {
            assert_eq!(text.parse::<Publisher>(), Err(HexError));
        }
    }
}
