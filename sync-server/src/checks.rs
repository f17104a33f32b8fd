//! What the health page warns of and the doctor finds: everything around the store.

use std::net::{SocketAddr, UdpSocket};

use jospar_core::time::Timestamp;
use jospar_locales::{Catalogue, Value as Argument};
use jospar_node::checkup::{self, Check, Level};
use jospar_node::local_socket::Connection;
use jospar_node::metrics::Measurement;
use jospar_node::store;
use serde_json::{Value, json};

use crate::settings::{Folder, Settings};

/// Without a schedule, a backup that is older than this is told, in milliseconds.
const BACKUP_MS_MAX: i64 = 26 * 60 * 60 * 1_000;
/// With a schedule, so many intervals may pass without a backup.
const INTERVALS_MAX: i64 = 3;

/// Looks at the disk, the clock and the newest backup.
pub(crate) fn around(folder: &Folder, settings: Option<&Settings>, now: Timestamp) -> Vec<Check> {
    let space = checkup::free_bytes(&folder.data()).map(checkup::check_space);
    let checks = [checkup::check_clock(now, 0), backup(folder, settings, now)];
    space.into_iter().chain(checks).collect()
}

fn backup(folder: &Folder, settings: Option<&Settings>, now: Timestamp) -> Check {
    let Some(last) = folder.last_backup() else {
        return Check::new("backup", Level::Warning, "doctor-backup-none", Value::Null);
    };
    let plan = settings.and_then(|settings| settings.backup.as_ref());
    let age_max = plan.map_or(BACKUP_MS_MAX, |plan| INTERVALS_MAX * plan.every.milliseconds());
    let age = now.0.saturating_sub(last.made_ms).max(0);
    let values = json!({"milliseconds": age});
    match age > age_max {
        true => Check::new("backup", Level::Warning, "doctor-backup-old", values),
        false => Check::new("backup", Level::Ok, "doctor-backup-ok", values),
    }
}

/// Looks at what a running server has counted.
pub(crate) fn counted(measured: &Measurement) -> Vec<Check> {
    let mut checks = Vec::new();
    let full = measured.workspaces.iter().filter(|school| school.full > 0).count();
    if full > 0 {
        let values = json!({"count": full});
        checks.push(Check::new("schools", Level::Warning, "doctor-schools-full", values));
    }
    if measured.store_failures > 0 {
        let values = json!({"count": measured.store_failures});
        checks.push(Check::new("store", Level::Warning, "doctor-store-failed", values));
    }
    checks
}

/// Everything a doctor looks at, with a server running on the folder or without one. The store comes first.
pub(crate) fn everything(folder: &Folder, now: Timestamp) -> (Vec<Check>, Option<store::Report>) {
    let (store, report) = match store::inspect(&folder.data()) {
        Ok(report) if report.is_clean() => (Check::ok("store", "doctor-store-ok"), Some(report)),
        Ok(report) => {
            let values = json!({"count": report.problems.len()});
            let check = Check::new("store", Level::Problem, "doctor-store-unsound", values);
            (check, Some(report))
        }
        Err(_) if !folder.data().join(store::STORE_FILE).exists() => {
            (Check::new("store", Level::Warning, "doctor-store-none", Value::Null), None)
        }
        Err(error) => {
            let values = json!({"reason": error.to_string()});
            (Check::new("store", Level::Problem, "doctor-store-closed", values), None)
        }
    };
    let mut checks = vec![store];
    let settings = folder.settings_if_any();
    checks.push(match &settings {
        Ok(_) => Check::ok("settings", "doctor-settings-ok"),
        Err(error) => {
            let values = json!({"reason": error.to_string()});
            Check::new("settings", Level::Problem, "doctor-settings-bad", values)
        }
    });
    let settings = settings.ok().flatten();
    checks.extend(around(folder, settings.as_ref(), now));
    checks.push(checkup::check_keys(&folder.keys()));
    if let Some(settings) = settings {
        checks.push(port(folder, settings.listen));
    }
    (checks, report)
}

/// A running server answers; without one the port must be free.
fn port(folder: &Folder, listen: SocketAddr) -> Check {
    let values = json!({"address": listen.to_string()});
    if Connection::open(&folder.data()).is_some() {
        return Check::new("port", Level::Ok, "doctor-port-running", values);
    }
    match UdpSocket::bind(listen) {
        Ok(_) => Check::new("port", Level::Warning, "doctor-port-free", values),
        Err(_) => Check::new("port", Level::Problem, "doctor-port-taken", values),
    }
}

/// A finding in words.
pub(crate) fn words(catalogue: &Catalogue, check: &Check) -> String {
    let values = check.values.iter().map(|(name, value)| match (name.as_str(), value) {
        ("bytes", value) => ("size", catalogue.size(value.as_u64().unwrap_or(0)).as_str().into()),
        ("milliseconds", value) => {
            ("time", catalogue.duration(value.as_f64().unwrap_or(0.0)).as_str().into())
        }
        (name, Value::Number(number)) => (name, Argument::from(number.as_u64().unwrap_or(0))),
        (name, value) => (name, Argument::from(value.as_str().unwrap_or_default())),
    });
    catalogue.text(check.message, &values.collect::<Vec<_>>())
}

/// A finding as JSON, with its words.
pub(crate) fn document(catalogue: &Catalogue, check: &Check) -> Value {
    json!({"check": check.check, "level": check.level, "message": check.message,
           "text": words(catalogue, check)})
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use jospar_locales::Language;
    use std::net::Ipv4Addr;

    use super::*;
    use crate::settings::LastBackup;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn server() -> (tempfile::TempDir, Folder) {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(place.path());
        drop(store::Store::open(&folder.data(), &store::Options::default()).unwrap());
        (place, folder)
    }

    fn level(checks: &[Check], name: &str) -> (Level, &'static str) {
        let found = checks.iter().find(|check| check.check == name).unwrap();
        (found.level, found.message)
    }

    #[test]
    fn a_backup_grows_old() {
        let (_place, folder) = server();
        let look = || level(&around(&folder, None, NOW), "backup");
        assert_eq!(look(), (Level::Warning, "doctor-backup-none"));
        let made_at = |made_ms| {
            folder.note_backup(&LastBackup { made_ms, path: "/b".into() }).unwrap();
        };
        made_at(NOW.0 - BACKUP_MS_MAX);
        assert_eq!(look(), (Level::Ok, "doctor-backup-ok"));
        made_at(NOW.0 - BACKUP_MS_MAX - 1);
        assert_eq!(look(), (Level::Warning, "doctor-backup-old"));
    }

    #[test]
    fn a_doctor_names_a_taken_port_bad_settings_and_a_damaged_store() {
        let (place, folder) = server();
        let taken = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let listen = taken.local_addr().unwrap();
        folder.settings(&Settings::new(listen, None)).unwrap();
        let checks = everything(&folder, NOW).0;
        assert_eq!(level(&checks, "store"), (Level::Ok, "doctor-store-ok"));
        assert_eq!(level(&checks, "settings"), (Level::Ok, "doctor-settings-ok"));
        assert_eq!(level(&checks, "port"), (Level::Problem, "doctor-port-taken"));
        drop(taken);
        assert_eq!(level(&everything(&folder, NOW).0, "port").1, "doctor-port-free");
        std::fs::write(place.path().join("server.json"), "{").unwrap();
        std::fs::write(folder.data().join(store::STORE_FILE), "no store").unwrap();
        let checks = everything(&folder, NOW).0;
        assert_eq!(level(&checks, "settings").0, Level::Problem);
        assert_eq!(level(&checks, "store"), (Level::Problem, "doctor-store-closed"));
        for language in Language::ALL {
            let catalogue = Catalogue::new(language);
            for check in &checks {
                let text = words(&catalogue, check);
                assert!(!text.contains(['[', '{']), "{text}");
            }
        }
    }
}
