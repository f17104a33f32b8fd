//! Files that a page loads. All are built into the program.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// Name, type and bytes of each file.
const FILES: &[(&str, &str, &[u8])] = &[
    ("page.css", "text/css; charset=utf-8", include_bytes!("../assets/page.css")),
    ("page.js", "text/javascript; charset=utf-8", include_bytes!("../assets/page.js")),
    ("htmx.min.js", "text/javascript; charset=utf-8", include_bytes!("../assets/htmx.min.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg")),
];

/// A file by its name.
pub(crate) async fn file(Path(name): Path<String>) -> Response {
    match FILES.iter().find(|(known, ..)| *known == name) {
        Some((_, kind, bytes)) => {
            ([(CONTENT_TYPE, *kind), (CACHE_CONTROL, "no-cache")], *bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// htmx 4.0.1 as its authors published it: `dist/htmx.min.js` of the package `htmx.org`.
    #[test]
    fn t41_the_vendored_htmx_is_the_published_one() {
        let file = FILES.iter().find(|(name, ..)| *name == "htmx.min.js").map(|(.., bytes)| *bytes);
        let hash = Sha256::digest(file.unwrap_or_default());
        let hash: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hash, "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130");
    }

    #[test]
    fn the_own_script_stays_small() {
        let script = include_str!("../assets/page.js");
        let lines = script.lines().filter(|line| !line.trim().is_empty()).count();
        assert!(lines <= 250, "{lines}");
    }
}
