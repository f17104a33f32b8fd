//! The page for a person: one look says whether all is well, and if not, what to do.

use jospar_locales::{Catalogue, Language};
use jospar_node::checkup::{Check, Level};
use jospar_node::metrics::WorkspaceMeasure;
use jospar_node::service::short;

use super::Standing;
use crate::checks;
use crate::settings::Settings;

/// Text as HTML shows it.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' => out.push_str("&quot;"),
            character => out.push(character),
        }
    }
    out
}

/// An element with text in it, and a class unless it is empty.
fn element(name: &str, class: &str, text: &str) -> String {
    let text = escaped(text);
    match class {
        "" => format!("<{name}>{text}</{name}>\n"),
        class => format!("<{name} class=\"{class}\">{text}</{name}>\n"),
    }
}

pub(super) fn render(catalogue: &Catalogue, settings: &Settings, standing: &Standing) -> String {
    let word = |key: &str| catalogue.text(key, &[]);
    let language = catalogue.language().code();
    let title = escaped(&word("page-title"));
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"refresh\" content=\"60\">\n<title>{title}</title>\n\
         <link rel=\"stylesheet\" href=\"/style.css\">\n</head>\n<body>\n<nav>\n"
    );
    for language in Language::ALL {
        let (name, own) = (language.code(), escaped(language.name()));
        page.push_str(&format!("<a href=\"/?lang={name}\" lang=\"{name}\">{own}</a>\n"));
    }
    page.push_str(&format!("</nav>\n<main>\n<h1>{title}</h1>\n"));
    page.push_str(&findings(catalogue, &standing.checks));
    if let Some(measured) = &standing.measured {
        let online: u64 = measured.workspaces.iter().map(|school| school.online).sum();
        let count = measured.workspaces.len() as u64;
        let counts = [("count", count.into()), ("online", online.into())];
        page.push_str(&element("h2", "", &word("page-schools")));
        page.push_str(&element("p", "", &catalogue.text("server-status-schools", &counts)));
        if count > 0 {
            page.push_str(&table(catalogue, settings, standing.now_ms, &measured.workspaces));
        }
    }
    let moment = catalogue.moment(standing.now_ms, 0);
    let values = [("when", moment.as_str().into()), ("version", env!("CARGO_PKG_VERSION").into())];
    page.push_str(&element("p", "", &catalogue.text("page-made", &values)));
    page.push_str("</main>\n</body>\n</html>\n");
    page
}

/// What is wrong first, then what is well.
fn findings(catalogue: &Catalogue, checks: &[Check]) -> String {
    let mut sorted: Vec<&Check> = checks.iter().collect();
    sorted.sort_by_key(|check| std::cmp::Reverse(check.level));
    let worst = sorted.first().map_or(Level::Ok, |check| check.level);
    let key = match worst {
        Level::Ok => "page-all-well",
        Level::Warning => "page-look-soon",
        Level::Problem => "page-look-now",
    };
    let mut html = element("p", class(worst), &catalogue.text(key, &[]));
    html.push_str("<ul>\n");
    for check in sorted {
        html.push_str(&element("li", class(check.level), &checks::words(catalogue, check)));
    }
    html.push_str("</ul>\n");
    html
}

const fn class(level: Level) -> &'static str {
    match level {
        Level::Ok => "",
        Level::Warning => "warning",
        Level::Problem => "problem",
    }
}

fn table(
    catalogue: &Catalogue,
    settings: &Settings,
    now_ms: i64,
    schools: &[WorkspaceMeasure],
) -> String {
    let head = ["page-school", "page-seen", "page-documents", "page-changes", "page-size"];
    let mut html = "<div class=\"scroll\"><table>\n<tr>".to_owned();
    for (place, key) in head.into_iter().enumerate() {
        let class = if place < 2 { "" } else { "number" };
        html.push_str(&element("th", class, &catalogue.text(key, &[])));
    }
    html.push_str("</tr>\n");
    for school in schools {
        #[expect(clippy::cast_precision_loss, reason = "shown in minutes or days")]
        let seen = match (school.online, school.seen) {
            (1.., _) => catalogue.text("page-now", &[]),
            (0, Some(seen)) => {
                let time = catalogue.duration((now_ms - seen.0).max(0) as f64);
                catalogue.text("page-ago", &[("time", time.as_str().into())])
            }
            (0, None) => catalogue.text("page-never", &[]),
        };
        let percent = school.totals.bytes.saturating_mul(100) / settings.quotas.school_bytes.max(1);
        let size = [
            ("size", catalogue.size(school.totals.bytes).as_str().into()),
            ("percent", percent.into()),
        ];
        #[expect(clippy::cast_precision_loss, reason = "shown")]
        let number = |count: u64| catalogue.number(count as f64);
        html.push_str("<tr>");
        html.push_str(&element("td", "", &short(&school.workspace.0)));
        html.push_str(&element("td", "", &seen));
        html.push_str(&element("td", "number", &number(school.documents)));
        html.push_str(&element("td", "number", &number(school.totals.changes)));
        let class = if school.full > 0 { "number warning" } else { "number" };
        html.push_str(&element("td", class, &catalogue.text("page-size-of", &size)));
        html.push_str("</tr>\n");
    }
    html.push_str("</table></div>\n");
    html
}

#[cfg(test)]
mod tests {
    use jospar_core::ids::WorkspaceId;
    use jospar_core::storage::Totals;
    use jospar_core::time::Timestamp;
    use jospar_node::metrics::Measurement;
    use serde_json::json;

    use super::*;

    #[test]
    fn the_page_has_words_in_every_language_and_shows_what_is_wrong_first() {
        let now_ms = 1_800_000_000_000;
        let school = WorkspaceMeasure {
            workspace: WorkspaceId([0xab; 32]),
            documents: 12,
            totals: Totals { envelopes: 3, changes: 1_234, bytes: 2_000_000 },
            full: 1,
            seen: Some(Timestamp(now_ms - 7_200_000)),
            online: 0,
        };
        let never = WorkspaceMeasure { seen: None, workspace: WorkspaceId([1; 32]), ..school };
        let values = json!({"reason": "<b>"});
        let standing = Standing {
            now_ms,
            healthy: true,
            measured: Some(Measurement { workspaces: vec![school, never], ..Default::default() }),
            checks: vec![
                Check::ok("clock", "doctor-clock-ok"),
                Check::new("settings", Level::Problem, "doctor-settings-bad", values),
            ],
            free_bytes: None,
            backup_age_ms: None,
        };
        let listen = SETTINGS_LISTEN.parse().expect("an address");
        let settings = Settings::new(listen, Some("a:1".into()));
        for language in Language::ALL {
            let page = render(&Catalogue::new(language), &settings, &standing);
            assert!(!page.contains(['[', '{']), "{page}");
            assert!(page.contains("&lt;b&gt;") && !page.contains("<b>"));
            assert!(page.contains("abababab") && !page.contains("ababababab"));
            assert!(page.find("class=\"problem\"") < page.find("<h2>"));
        }
        let english = render(&Catalogue::new(Language::En), &settings, &standing);
        assert!(english.contains("2 h ago") && english.contains("never"), "{english}");
    }

    const SETTINGS_LISTEN: &str = "127.0.0.1:1";
}
