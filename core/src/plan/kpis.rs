//! KPIs and the outcomes they measure. Formulas: DOMAIN.md, section 2.2.

record! {
    /// The document of KPIs and outcomes.
    KpiDocument, "kpi_document" {
        kpis: items(Kpi),
        expected_outcomes: items(Outcome),
        /// Marks of a class and term: quality and success.
        marks: items(Marks),
        corrections: items(Correction),
    }
}

record! {
    /// One measure.
    Kpi, "kpi" {
        title: local,
        unit: text,
        baseline: number,
        target: number,
        actual: number as Nullable,
        direction: choice("up", "down"),
        outcome: text,
        source: text,
        /// The day of `actual`.
        measured: date as Nullable,
        /// `use` counts how often a tool is used; `outcome` measures what came of it.
        kind: choice("outcome", "use"),
        /// The day by which the next measurement is owed.
        next_due: date,
        weight: number,
        measurements: items(Measurement),
    }
}

record! {
    /// One measurement of a KPI.
    Measurement, "measurement" {
        date: date,
        value: number,
        n: number,
        evidence: set,
        by: text,
    }
}

record! {
    /// What the plan shall bring about.
    Outcome, "outcome" {
        title: local,
        kpis: set,
    }
}

record! {
    /// Quality (shares of fours and fives) and success (share without twos) of a class, in percent.
    Marks, "marks" {
        class: text,
        subject: text,
        term: text,
        n: number,
        quality: number,
        success: number,
    }
}

record! {
    /// What was changed because a KPI lagged.
    Correction, "correction" {
        kpi: text,
        date: date,
        text: prose,
        by: text,
    }
}

/// How a KPI stands against what the calendar expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KpiStatus {
    /// At most 0.1 behind.
    Green,
    /// At most 0.25 behind.
    Amber,
    /// Further behind.
    Red,
}

impl Kpi {
    /// The newest value on or before `as_of` and its day: a measurement, or `actual` with `measured`.
    #[must_use]
    pub fn newest(&self, as_of: crate::plan::Date) -> Option<(f64, Option<crate::plan::Date>)> {
        let stated = self.actual.map(|value| (value, self.measured));
        let dated = self.measurements.iter().filter_map(|m| Some((m.value?, Some(m.date?))));
        stated.into_iter().chain(dated).filter(|(_, day)| *day <= Some(as_of)).max_by_key(|v| v.1)
    }

    /// (value − baseline) / (target − baseline), right for falling KPIs too; may be below 0 or above 1.
    ///
    /// Where baseline and target are equal it is 1 when they are met, else 0. `None` while a number is missing.
    #[must_use]
    pub fn progress(&self, as_of: crate::plan::Date) -> Option<f64> {
        let (baseline, target) = (self.baseline?, self.target?);
        let (value, _) = self.newest(as_of)?;
        let way = target - baseline;
        if way == 0.0 {
            return Some(if self.is_met_by(value) { 1.0 } else { 0.0 });
        }
        Some((value - baseline) / way).filter(|progress| progress.is_finite())
    }

    /// True when `value` reaches the target, upwards or downwards.
    #[must_use]
    pub fn is_met_by(&self, value: f64) -> bool {
        let falls = self.direction == Some("down");
        self.target.is_some_and(|target| if falls { value <= target } else { value >= target })
    }

    /// True when a measurement was owed before `as_of` and none was made since it was.
    #[must_use]
    pub fn is_overdue(&self, as_of: crate::plan::Date) -> bool {
        let measured = self.newest(as_of).and_then(|(_, day)| day);
        self.next_due.is_some_and(|due| due < as_of && measured.is_none_or(|day| day < due))
    }
}

/// The status of a progress where `expected` (the part of the time that is over, 0 to 1) could be reached by now.
#[must_use]
pub fn kpi_status(progress: f64, expected: f64) -> KpiStatus {
    // The thresholds are inclusive; the margin keeps rounding from deciding.
    let behind = expected - progress - 1e-9;
    if behind <= 0.1 {
        KpiStatus::Green
    } else if behind <= 0.25 {
        KpiStatus::Amber
    } else {
        KpiStatus::Red
    }
}

impl crate::plan::PlanView {
    /// The weighted mean progress of the KPIs that have one, each capped to 0 to 1; a KPI without weight weighs 1.
    /// `None` when none has a progress.
    #[must_use]
    pub fn mean_progress(&self, kpis: &[String], as_of: crate::plan::Date) -> Option<f64> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for kpi in kpis.iter().filter_map(|id| self.kpi(id)) {
            if let Some(progress) = kpi.progress(as_of) {
                let weight = kpi.weight.unwrap_or(1.0).max(0.0);
                sum += weight * progress.clamp(0.0, 1.0);
                weights += weight;
            }
        }
        (weights > 0.0).then(|| sum / weights)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::plan::tests::{day, example};

    #[test]
    fn progress_of_rising_and_falling_kpis_agrees_with_hand_calculation() {
        let plan = example();
        let progress = |id: &str| plan.kpi(id).unwrap().progress(day("2026-11-23"));
        assert!((progress("k1").unwrap() - 1.05).abs() < 1e-9);
        assert!((progress("k6").unwrap() - 0.4).abs() < 1e-9);
        assert_eq!(progress("k3"), None);
        let kpis = ["k5".to_owned(), "k6".to_owned()];
        let mean = plan.mean_progress(&kpis, day("2026-11-23")).unwrap();
        assert!((mean - (25.0 / 60.0 + 0.4) / 2.0).abs() < 1e-9);
        assert_eq!(plan.mean_progress(&["k3".to_owned()], day("2026-11-23")), None);
    }

    #[test]
    fn status_follows_the_distance_to_what_is_expected() {
        assert_eq!(kpi_status(0.4, 0.5), KpiStatus::Green);
        assert_eq!(kpi_status(0.25, 0.5), KpiStatus::Amber);
        assert_eq!(kpi_status(0.24, 0.5), KpiStatus::Red);
    }

    #[test]
    fn a_later_measurement_replaces_the_stated_value() {
        let mut kpi = example().kpi("k1").unwrap().clone();
        let date = Some(day("2027-01-20"));
        kpi.measurements.push(Measurement { date, value: Some(0.5), ..Measurement::default() });
        assert_eq!(kpi.newest(day("2026-12-31")).unwrap().0, 0.46);
        assert_eq!(kpi.newest(day("2027-02-01")).unwrap().0, 0.5);
        assert!(!kpi.is_overdue(day("2027-02-01")));
    }

    #[test]
    fn equal_baseline_and_target_are_met_or_not() {
        let met = |actual| {
            let number = Some(5.0);
            let kpi = Kpi { baseline: number, target: number, actual, ..Kpi::default() };
            kpi.progress(day("2026-11-23"))
        };
        assert_eq!(met(Some(5.0)), Some(1.0));
        assert_eq!(met(Some(4.0)), Some(0.0));
    }
}
