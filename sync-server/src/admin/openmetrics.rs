//! The metrics as OpenMetrics text. The list with meanings: docs/operations.md.

use std::fmt::Write as _;

use jospar_node::metrics::{COMMIT_BOUNDS_MS, Histogram, Measurement};
use jospar_node::service::short;
use jospar_node::store;

use super::Standing;

/// The text, as it is written.
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# TYPE {name} {kind}"));
        self.line(format_args!("# HELP {name} {help}"));
    }

    fn line(&mut self, line: std::fmt::Arguments<'_>) {
        // Writing into a text does not fail.
        let _ = writeln!(self.0, "{line}");
    }

    /// A family with one number and no labels.
    fn one(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        self.family(name, kind, help);
        let ending = if kind == "counter" { "_total" } else { "" };
        self.line(format_args!("{name}{ending} {value}"));
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown")]
const fn number(count: u64) -> f64 {
    count as f64
}

#[expect(clippy::cast_precision_loss, reason = "shown in seconds")]
fn seconds(milliseconds: i64) -> f64 {
    milliseconds as f64 / 1_000.0
}

pub(super) fn render(standing: &Standing, started_ms: i64) -> String {
    let mut text = Text(String::new());
    text.family("jospar", "info", "The program and the format of its store.");
    let (version, format) = (env!("CARGO_PKG_VERSION"), store::FORMAT);
    text.line(format_args!("jospar_info{{version=\"{version}\",store_format=\"{format}\"}} 1"));
    text.one("jospar_start_time_seconds", "gauge", "When the server started.", seconds(started_ms));
    let healthy = f64::from(u8::from(standing.healthy));
    text.one("jospar_healthy", "gauge", "1 if the store writes and reads back in time.", healthy);
    if let Some(free) = standing.free_bytes {
        text.one("jospar_disk_free_bytes", "gauge", "Free space for the store.", number(free));
    }
    if let Some(age) = standing.backup_age_ms {
        let help = "Time since the newest backup.";
        text.one("jospar_last_backup_age_seconds", "gauge", help, seconds(age));
    }
    if let Some(measured) = &standing.measured {
        counts(&mut text, measured);
        schools(&mut text, measured);
        commits(&mut text, &measured.commits);
    }
    text.line(format_args!("# EOF"));
    text.0
}

fn counts(text: &mut Text, measured: &Measurement) {
    let schools = measured.workspaces.len() as u64;
    let log: u64 = measured.workspaces.iter().map(|school| school.totals.bytes).sum();
    let online: u64 = measured.workspaces.iter().map(|school| school.online).sum();
    for (name, help, value) in [
        ("jospar_schools", "Schools kept here.", schools),
        ("jospar_sessions", "Sessions, also those that have not said hello.", measured.sessions),
        ("jospar_devices_online", "Devices that have said hello.", online),
        ("jospar_log_bytes", "Bytes of all envelopes.", log),
        ("jospar_parked_envelopes", "Envelopes that wait for something missing.", measured.parked),
        ("jospar_parked_bytes", "Their bytes.", measured.parked_bytes),
    ] {
        text.one(name, "gauge", help, number(value));
    }
    for (name, help, value) in [
        ("jospar_parked_expired", "Parked envelopes that were dropped.", measured.parked_expired),
        (
            "jospar_datagrams_dropped",
            "Datagrams that were no presence, of somebody else, or too many.",
            measured.datagrams_dropped,
        ),
        ("jospar_store_failures", "Turns that the store failed.", measured.store_failures),
    ] {
        text.one(name, "counter", help, number(value));
    }
    let verdicts = &measured.verdicts;
    text.family("jospar_envelopes", "counter", "What became of envelopes.");
    for (verdict, count) in [
        ("admitted", verdicts.admitted),
        ("duplicate", verdicts.duplicate),
        ("pending", verdicts.pending),
    ] {
        text.line(format_args!("jospar_envelopes_total{{verdict=\"{verdict}\"}} {count}"));
    }
    for (reason, count) in &verdicts.refused {
        text.line(format_args!(
            "jospar_envelopes_total{{verdict=\"refused\",reason=\"{reason}\"}} {count}"
        ));
    }
    text.family("jospar_turned_away", "counter", "Sessions and claims that were turned away.");
    for (reason, count) in &measured.turned_away {
        text.line(format_args!("jospar_turned_away_total{{reason=\"{reason}\"}} {count}"));
    }
}

fn schools(text: &mut Text, measured: &Measurement) {
    let named = |school: &jospar_node::metrics::WorkspaceMeasure| short(&school.workspace.0);
    text.family("jospar_school_log_bytes", "gauge", "Bytes of a school's envelopes.");
    for school in &measured.workspaces {
        let (name, bytes) = (named(school), school.totals.bytes);
        text.line(format_args!("jospar_school_log_bytes{{school=\"{name}\"}} {bytes}"));
    }
    text.family("jospar_school_last_seen_seconds", "gauge", "When a device was met last.");
    for school in &measured.workspaces {
        let Some(seen) = school.seen else { continue };
        let (name, seen) = (named(school), seconds(seen.0));
        text.line(format_args!("jospar_school_last_seen_seconds{{school=\"{name}\"}} {seen}"));
    }
}

fn commits(text: &mut Text, commits: &Histogram) {
    text.family("jospar_commit_seconds", "histogram", "How long a commit took.");
    let mut below = 0;
    for (class, bound) in commits.classes.iter().zip(COMMIT_BOUNDS_MS) {
        below += class;
        let bound = bound / 1_000.0;
        text.line(format_args!("jospar_commit_seconds_bucket{{le=\"{bound}\"}} {below}"));
    }
    let (count, sum) = (commits.count(), commits.sum_ms / 1_000.0);
    text.line(format_args!("jospar_commit_seconds_bucket{{le=\"+Inf\"}} {count}"));
    text.line(format_args!("jospar_commit_seconds_count {count}"));
    text.line(format_args!("jospar_commit_seconds_sum {sum:.6}"));
}
