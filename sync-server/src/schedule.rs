//! Backups that the server makes by itself, and which of them are kept.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jospar_node::clock;
use jospar_node::store::{self, BackupError, Manifest};

use crate::settings::{Folder, LastBackup, Plan, SettingsError};

/// How a backup's name is made from its moment in UTC.
const NAME: &str = "jospar-%Y%m%dT%H%M%SZ.db";
/// All backups of this long are kept, in milliseconds.
const KEEP_ALL_MS: i64 = 24 * 60 * 60 * 1_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;
/// 1970 began on a Thursday: weeks begin on a Monday with this many days added.
const MONDAY_DAYS: i64 = 3;
/// How long to wait after a backup that failed, in milliseconds; less if backups are made more often.
const RETRY_MS: i64 = 10 * 60 * 1_000;
/// How often the clock is looked at.
const TICK: Duration = Duration::from_secs(20);
/// How long a stop waits for a backup that is under way.
const STOP_WAIT: Duration = Duration::from_secs(2);

/// Why there is no new backup.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MakeError {
    #[error("{0}")]
    Backup(#[from] BackupError),
    #[error("{0}")]
    Settings(#[from] SettingsError),
    #[error("{path}: {source}")]
    Io { path: PathBuf, source: std::io::Error },
}

/// Makes a backup at `to`, or in the folder `to` under a name with the time, and notes it.
pub(crate) fn make(folder: &Folder, to: &Path) -> Result<(PathBuf, Manifest), MakeError> {
    let now = clock::now().0;
    let path = if to.is_dir() { to.join(name(now)) } else { to.to_owned() };
    let manifest = store::backup(&folder.data(), &path)?;
    let path = std::path::absolute(&path)
        .map_err(|source| MakeError::Io { path: path.clone(), source })?;
    folder.note_backup(&LastBackup { made_ms: now, path: path.clone() })?;
    Ok((path, manifest))
}

fn name(now_ms: i64) -> String {
    Timestamp::from_millisecond(now_ms).unwrap_or_default().strftime(NAME).to_string()
}

/// The moment in a backup's name; `None` for every other file.
fn moment(name: &str) -> Option<i64> {
    let moment = DateTime::strptime(NAME, name).ok()?.to_zoned(TimeZone::UTC).ok()?;
    let moment = moment.timestamp().as_millisecond();
    (self::name(moment) == name).then_some(moment)
}

/// Which of the backups made at `moments` may go: all but those of the last day, the newest of each of the last
/// `keep_daily` days, the newest of each of the last `keep_weekly` weeks, and the newest of all.
fn expendable(moments: &BTreeSet<i64>, plan: &Plan, now_ms: i64) -> Vec<i64> {
    let day = |moment: i64| moment.div_euclid(DAY_MS);
    let week = |moment: i64| (day(moment) + MONDAY_DAYS).div_euclid(7);
    let (mut days, mut weeks) = (BTreeSet::new(), BTreeSet::new());
    let mut expendable = Vec::new();
    for (place, moment) in moments.iter().rev().copied().enumerate() {
        let newest_of_day = days.insert(day(moment));
        let newest_of_week = weeks.insert(week(moment));
        let kept = place == 0
            || now_ms.saturating_sub(moment) < KEEP_ALL_MS
            || (newest_of_day && day(now_ms) - day(moment) < i64::from(plan.keep_daily))
            || (newest_of_week && week(now_ms) - week(moment) < i64::from(plan.keep_weekly));
        if !kept {
            expendable.push(moment);
        }
    }
    expendable
}

/// Removes backups that need not be kept. Only files with a name of [`NAME`] and a manifest count; others are left alone,
/// but for what a backup left that did not finish a day ago.
pub(crate) fn rotate(plan: &Plan, now_ms: i64) -> Result<usize, MakeError> {
    let failed = |path: &Path| {
        let path = path.to_owned();
        |source| MakeError::Io { path, source }
    };
    let mut finished = BTreeSet::new();
    let mut removed = 0;
    for entry in fs::read_dir(&plan.dir).map_err(failed(&plan.dir))? {
        let path = entry.map_err(failed(&plan.dir))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if let Some(moment) = moment(name) {
            if manifest(&path).exists() {
                finished.insert(moment);
            }
        } else if let Some(begun) = name.strip_suffix(".partial").and_then(moment)
            && now_ms.saturating_sub(begun) > DAY_MS
        {
            fs::remove_file(&path).map_err(failed(&path))?;
        }
    }
    for moment in expendable(&finished, plan, now_ms) {
        let path = plan.dir.join(name(moment));
        // The manifest first: a copy without one is not a backup.
        for path in [manifest(&path), path] {
            fs::remove_file(&path).map_err(failed(&path))?;
        }
        removed += 1;
    }
    Ok(removed)
}

fn manifest(backup: &Path) -> PathBuf {
    let mut name = backup.as_os_str().to_owned();
    name.push(".json");
    name.into()
}

/// The thread that makes backups.
#[derive(Debug)]
pub(crate) struct Schedule {
    stop: SyncSender<()>,
    thread: JoinHandle<()>,
}

impl Schedule {
    /// Makes backups as `plan` says from now on.
    pub(crate) fn start(folder: Folder, plan: Plan) -> std::io::Result<Self> {
        let (stop, stopped) = sync_channel(1);
        let thread =
            std::thread::Builder::new().name("jospar-backup".to_owned()).spawn(move || {
                let mut not_before = 0;
                loop {
                    not_before = tick(&folder, &plan, clock::now().0, not_before);
                    if stopped.recv_timeout(TICK) != Err(RecvTimeoutError::Timeout) {
                        break;
                    }
                }
            })?;
        Ok(Self { stop, thread })
    }

    /// Ends it; a backup that is under way is given up after a moment, and is not a backup then.
    pub(crate) fn stop(self) {
        // The thread has ended already if it does not take the message.
        let _ = self.stop.send(());
        let begun = std::time::Instant::now();
        while !self.thread.is_finished() && begun.elapsed() < STOP_WAIT {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Makes a backup if one is due; returns the moment before which none is tried.
fn tick(folder: &Folder, plan: &Plan, now_ms: i64, not_before: i64) -> i64 {
    let every = plan.every.milliseconds();
    let last = folder.last_backup().map(|last| last.made_ms);
    // A clock that went back must not put the next backup off.
    let rested = last.is_some_and(|last| (0..every).contains(&(now_ms - last)));
    if rested || now_ms < not_before {
        return not_before;
    }
    let made = fs::create_dir_all(&plan.dir)
        .map_err(|source| MakeError::Io { path: plan.dir.clone(), source })
        .and_then(|()| make(folder, &plan.dir))
        .and_then(|(_, manifest)| Ok((manifest, rotate(plan, now_ms)?)));
    match made {
        Ok((manifest, removed)) => {
            tracing::info!(bytes = manifest.file_bytes, count = removed, "a backup was made");
            0
        }
        Err(error) => {
            tracing::error!(%error, "a backup failed");
            now_ms.saturating_add(RETRY_MS.min(every))
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    const HOUR_MS: i64 = 60 * 60 * 1_000;
    /// Tuesday, 24 November 2026, 14:05:01 in UTC.
    const NOW_MS: i64 = 1_795_529_101_000;

    fn plan(dir: &Path) -> Plan {
        serde_json::from_value(json!({"dir": dir})).unwrap()
    }

    #[test]
    fn a_name_says_when_it_was_made() {
        assert_eq!(name(NOW_MS), "jospar-20261124T140501Z.db");
        assert_eq!(moment("jospar-20261124T140501Z.db"), Some(NOW_MS));
        for other in [
            "jospar-20261124T140501Z.db.json",
            "plan.db",
            "jospar-2026.db",
            "jospar-20261341T990000Z.db",
        ] {
            assert_eq!(moment(other), None, "{other}");
        }
    }

    #[test]
    fn hourly_backups_of_half_a_year_leave_a_day_of_hours_a_week_of_days_and_a_month_of_weeks() {
        let plan = plan(Path::new("/b"));
        let all: BTreeSet<i64> = (0..24 * 180).map(|hour| NOW_MS - hour * HOUR_MS).collect();
        let gone: BTreeSet<i64> = expendable(&all, &plan, NOW_MS).into_iter().collect();
        let kept = all.iter().rev().filter(|moment| !gone.contains(moment));
        let kept: Vec<String> = kept.map(|moment| name(*moment)).collect();
        assert_eq!(kept.len(), 24 + 5 + 2, "{kept:?}");
        assert_eq!(kept.first().unwrap(), "jospar-20261124T140501Z.db");
        // Then the newest of each of the days of this week that are older, then of the weeks before that.
        let older: Vec<&str> = kept.iter().skip(24).map(|name| &name[7..15]).collect();
        assert_eq!(
            older.join(" "),
            "20261122 20261121 20261120 20261119 20261118 20261115 20261108"
        );
    }

    #[test]
    fn the_newest_backup_is_never_removed_and_foreign_files_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let old = |days: i64| folder.path().join(name(NOW_MS - days * 24 * HOUR_MS));
        for days in [400, 300] {
            fs::write(old(days), "copy").unwrap();
            fs::write(manifest(&old(days)), "{}").unwrap();
        }
        fs::write(old(500), "a copy without a manifest").unwrap();
        fs::write(folder.path().join("keys.tar"), "mine").unwrap();
        let partial = folder.path().join(format!("{}.partial", name(NOW_MS - 48 * HOUR_MS)));
        fs::write(&partial, "").unwrap();
        assert_eq!(rotate(&plan(folder.path()), NOW_MS).unwrap(), 1);
        assert!(old(300).exists() && !old(400).exists() && !manifest(&old(400)).exists());
        assert!(old(500).exists() && folder.path().join("keys.tar").exists());
        assert!(!partial.exists());
    }

    #[test]
    fn a_backup_is_made_when_it_is_due_and_tried_again_after_a_failure() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::new(&place.path().join("server"));
        let plan = plan(&place.path().join("backups"));
        let retry = tick(&folder, &plan, NOW_MS, 0);
        assert_eq!(retry, NOW_MS + RETRY_MS, "there is no store yet");
        drop(store::Store::open(&folder.data(), &store::Options::default()).unwrap());
        assert_eq!(tick(&folder, &plan, NOW_MS, retry), retry, "not yet");
        assert_eq!(folder.last_backup(), None);
        assert_eq!(tick(&folder, &plan, retry, retry), 0);
        let last = folder.last_backup().unwrap();
        store::verify_backup(&last.path).unwrap();
        let files = || fs::read_dir(&plan.dir).unwrap().count();
        assert_eq!(tick(&folder, &plan, last.made_ms + HOUR_MS - 1, 0), 0);
        assert_eq!(files(), 2, "one backup and its manifest");
    }
}
