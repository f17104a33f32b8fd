//! Whether the disk under a folder is encrypted: the plan lies there in clear text, and a laptop can be taken away.

use std::path::Path;

use serde_json::Value;

use super::{Check, Level};

/// Devices one on another: a volume on an array on an encrypted disk.
#[cfg(target_os = "linux")]
const DEPTH_MAX: usize = 8;

/// Looks at the disk under a folder.
#[must_use]
pub fn check_encryption(folder: &Path) -> Check {
    check(is_encrypted(folder))
}

fn check(encrypted: Option<bool>) -> Check {
    match encrypted {
        Some(true) => Check::ok("encryption", "doctor-encryption-ok"),
        Some(false) => {
            Check::new("encryption", Level::Warning, "doctor-encryption-none", Value::Null)
        }
        None => Check::ok("encryption", "doctor-encryption-unknown"),
    }
}

/// Whether what is written in a folder is encrypted on its disk, where the system can tell. A drive that encrypts by itself
/// looks like one that does not.
#[cfg(target_os = "linux")]
fn is_encrypted(folder: &Path) -> Option<bool> {
    use rustix::fs::{AtFlags, CWD, StatxAttributes, StatxFlags, statx};
    let found = statx(CWD, folder, AtFlags::empty(), StatxFlags::empty()).ok()?;
    if found.stx_attributes.contains(StatxAttributes::ENCRYPTED) {
        return Some(true);
    }
    let number = format!("{}:{}", found.stx_dev_major, found.stx_dev_minor);
    of_device(&Path::new("/sys/dev/block").join(number), DEPTH_MAX)
}

#[cfg(not(target_os = "linux"))]
fn is_encrypted(_: &Path) -> Option<bool> {
    None
}

/// Whether a block device, by its folder in sysfs, is made by dm-crypt, or all that it lies on is; `None` for what is no
/// block device.
#[cfg(target_os = "linux")]
fn of_device(device: &Path, depth: usize) -> Option<bool> {
    if !device.is_dir() || depth == 0 {
        return None;
    }
    let made_by = std::fs::read_to_string(device.join("dm/uuid")).unwrap_or_default();
    if made_by.starts_with("CRYPT-") {
        return Some(true);
    }
    let below = std::fs::read_dir(device.join("slaves")).into_iter().flatten().flatten();
    let below: Vec<bool> =
        below.map(|slave| of_device(&slave.path(), depth - 1)).collect::<Option<_>>()?;
    Some(!below.is_empty() && below.into_iter().all(|encrypted| encrypted))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn t33_a_disk_in_clear_is_a_warning_and_what_cannot_be_told_is_said() {
        let levels = [Some(true), Some(false), None].map(|encrypted| check(encrypted).level);
        assert_eq!(levels, [Level::Ok, Level::Warning, Level::Ok]);
        assert_ne!(check(None).message, check(Some(true)).message);
        assert_eq!(check_encryption(Path::new("/there/is/no/such/folder")), check(None));
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn t33_a_device_is_encrypted_if_all_that_it_lies_on_is() {
        use std::fs;
        let sys = tempfile::tempdir().unwrap();
        let device = |name: &str, uuid: Option<&str>, slaves: &[&str]| {
            let folder = sys.path().join(name);
            fs::create_dir_all(folder.join("slaves")).unwrap();
            if let Some(uuid) = uuid {
                fs::create_dir(folder.join("dm")).unwrap();
                fs::write(folder.join("dm/uuid"), uuid).unwrap();
            }
            for slave in slaves {
                let target = sys.path().join(slave);
                std::os::unix::fs::symlink(target, folder.join("slaves").join(slave)).unwrap();
            }
            folder
        };
        let found = |folder: &Path| of_device(folder, DEPTH_MAX);
        let disk = device("sda", None, &[]);
        let crypt = device("dm-0", Some("CRYPT-LUKS2-0123-luks\n"), &["sda"]);
        let volume = device("dm-1", Some("LVM-abc\n"), &["dm-0"]);
        let mixed = device("dm-2", Some("LVM-def\n"), &["dm-0", "sda"]);
        assert_eq!(
            [&disk, &crypt, &volume, &mixed].map(|folder| found(folder)),
            [Some(false), Some(true), Some(true), Some(false)]
        );
        // Not a block device; and one that lies on itself.
        assert_eq!(found(&sys.path().join("0:42")), None);
        assert_eq!(found(&device("dm-3", None, &["dm-3"])), None);
    }
}
