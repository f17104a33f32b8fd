//! Pages: which parts of the plan stand on which page, in the order in which a partnership works through them.

/// One page of the menu.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its name in addresses, and the end of its message key: `web-page-risks`.
    pub(crate) name: &'static str,
    /// What it shows, as paths.
    pub(crate) parts: &'static [&'static str],
}

/// A group of the menu.
#[derive(Debug)]
pub(crate) struct Group {
    /// The message key of its heading.
    pub(crate) heading: &'static str,
    /// Its pages.
    pub(crate) pages: &'static [Page],
}

const fn page(name: &'static str, parts: &'static [&'static str]) -> Page {
    Page { name, parts }
}

/// The menu.
pub(crate) const GROUPS: &[Group] = &[
    Group {
        heading: "web-group-basis",
        pages: &[
            page("head", &["plan", "partners", "benefits"]),
            page("needs", &["problems", "needs"]),
            page("evidence", &["evidence"]),
        ],
    },
    Group {
        heading: "web-group-analysis",
        pages: &[
            page("swot", &["swot"]),
            page("audit", &["audit"]),
            page("design", &["design_thinking", "pilots"]),
            page("surveys", &["surveys", "survey_rows"]),
        ],
    },
    Group {
        heading: "web-group-action",
        pages: &[
            page("initiatives", &["initiatives"]),
            page("kpis", &["kpis", "expected_outcomes", "corrections", "marks"]),
            page("risks", &["risks"]),
            page("meetings", &["meetings", "meeting_rule"]),
        ],
    },
    Group {
        heading: "web-group-people",
        pages: &[
            page("development", &["professional_development"]),
            page("bulletins", &["info_sharing"]),
            page("lessons", &["lesson_studies", "learner_results"]),
            page("mentoring", &["mentoring", "reflections"]),
        ],
    },
    Group {
        heading: "web-group-school",
        pages: &[
            page("map", &["school_map"]),
            page("antipatterns", &["antipatterns"]),
            page("ai", &["ai_uses", "assistant_cases", "ai_runs"]),
            page("documents", &["documents"]),
            page(
                "support",
                &[
                    "tickets",
                    "help_requests",
                    "tools",
                    "resources",
                    "maintenance",
                    "sponsors",
                    "grants",
                    "time_grants",
                    "time_log",
                    "thanks",
                    "exchange_log",
                ],
            ),
            page("discussion", &["comments_threads"]),
            page("people", &["people"]),
        ],
    },
];

/// All pages, in the menu's order.
pub(crate) fn all() -> impl Iterator<Item = &'static Page> {
    GROUPS.iter().flat_map(|group| group.pages)
}

/// The paths of all parts.
pub(crate) fn parts() -> impl Iterator<Item = &'static str> {
    all().flat_map(|page| page.parts).copied()
}

/// The page of this name.
pub(crate) fn find(name: &str) -> Option<&'static Page> {
    all().find(|page| page.name == name)
}

/// The page that shows what stands at `path`.
pub(crate) fn of_path(path: &str) -> Option<&'static Page> {
    let first = path.split('/').next().unwrap_or_default();
    all().find(|page| page.parts.contains(&first))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use jospar_core::document::Shape;
    use jospar_core::plan::{EXTRA, Kind};

    use super::*;

    /// Members of the head that say how a file was made, and are no text of the plan.
    const ABOUT_THE_FILE: [&str; 5] =
        ["schema", "notice", "illustrative_fields", "as_of", "history_example"];

    /// Packages of plugins: no text of the plan.
    const NO_TEXT: &str = "plugins";

    #[test]
    fn every_part_of_the_plan_stands_on_one_page() {
        let mut parts = BTreeSet::new();
        for part in super::parts() {
            assert!(parts.insert(part), "{part} twice");
            assert!(crate::schema::locate(part).is_some(), "{part}");
        }
        for kind in Kind::ALL.into_iter().filter(|kind| !kind.is_internal()) {
            if let Some(section) = kind.section() {
                assert!(parts.contains(section), "{section} is on no page");
                continue;
            }
            for field in kind.schema().fields {
                let about = field.name == EXTRA || ABOUT_THE_FILE.contains(&field.name);
                let container = !matches!(field.shape, Shape::Value(_));
                let left_out = about || !container || field.name == NO_TEXT;
                assert!(left_out || parts.contains(field.name), "{}", field.name);
            }
        }
    }

    #[test]
    fn a_path_has_its_page() {
        assert_eq!(of_path("initiatives/in1/due").map(|page| page.name), Some("initiatives"));
        assert_eq!(of_path("documents/doc1").map(|page| page.name), Some("documents"));
        assert!(of_path("nothing").is_none() && find("nothing").is_none());
    }
}
