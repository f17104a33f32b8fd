//! Files that a page loads. All are built into the program.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

/// Name, type and bytes of each file.
const FILES: &[(&str, &str, &[u8])] = &[
    ("page.css", "text/css; charset=utf-8", include_bytes!("../assets/page.css")),
    ("page.js", "text/javascript; charset=utf-8", include_bytes!("../assets/page.js")),
    ("company.js", "text/javascript; charset=utf-8", include_bytes!("../assets/company.js")),
    ("drag.js", "text/javascript; charset=utf-8", include_bytes!("../assets/drag.js")),
    ("htmx.min.js", "text/javascript; charset=utf-8", include_bytes!("../assets/htmx.min.js")),
    ("icon.svg", "image/svg+xml", include_bytes!("../assets/icon.svg")),
    (
        "jospar-serif-regular.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/jospar-serif-regular.woff2"),
    ),
    (
        "jospar-serif-bold.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/jospar-serif-bold.woff2"),
    ),
    (
        "jospar-serif-italic.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/jospar-serif-italic.woff2"),
    ),
    (
        "jospar-serif-bolditalic.woff2",
        "font/woff2",
        include_bytes!("../assets/fonts/jospar-serif-bolditalic.woff2"),
    ),
];

/// How long a browser keeps a file: a changed file has another address.
const KEPT: &str = "private, max-age=31536000, immutable";

/// What the addresses of the files begin with: a hash over all of them.
static FOLDER: LazyLock<String> = LazyLock::new(|| {
    let mut hash = blake3::Hasher::new();
    for (name, _, bytes) in FILES {
        hash.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes());
        hash.update(&(bytes.len() as u64).to_le_bytes()).update(bytes);
    }
    hash.finalize().to_hex()[..16].to_owned()
});

/// The address of a file.
pub(crate) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *FOLDER)
}

/// A file by its address.
pub(crate) async fn file(Path((folder, name)): Path<(String, String)>) -> Response {
    match FILES.iter().find(|(known, ..)| *known == name && folder == *FOLDER) {
        Some((_, kind, bytes)) => {
            ([(CONTENT_TYPE, *kind), (CACHE_CONTROL, KEPT)], *bytes).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// htmx 4.0.1 as its authors published it (`dist/htmx.min.js` of the package `htmx.org`), and the fonts as
    /// `assets/fonts/README.md` says.
    #[test]
    fn t41_vendored_files_are_what_they_were_when_they_were_looked_at() {
        let expected = [
            ("htmx.min.js", "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"),
            (
                "jospar-serif-regular.woff2",
                "ceb282791706ad81e7efc2c21b9232f6883b76199cf7d10dd2fb4853c0337431",
            ),
            (
                "jospar-serif-bold.woff2",
                "5e01d15b40f0d7ba651cca1e6d0c7101a078d12a5a3d7f8746e8f78b8dd7cc54",
            ),
            (
                "jospar-serif-italic.woff2",
                "e8f5df1f85d208bfeb4aca8ff5d9de9af6d7f407127e900cc501a2fd48eaacec",
            ),
            (
                "jospar-serif-bolditalic.woff2",
                "5cb51fa063fda01b24bd43724d00cbe53c561799b17b2da1faafeb4fca85c714",
            ),
        ];
        for (name, hash) in expected {
            let file = FILES.iter().find(|(known, ..)| *known == name).map(|(.., bytes)| *bytes);
            let found = Sha256::digest(file.unwrap_or_default());
            let found: String = found.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(found, hash, "{name}");
        }
    }

    #[test]
    fn the_own_scripts_stay_small() {
        let scripts = [
            (include_str!("../assets/page.js"), 330),
            (include_str!("../assets/company.js"), 160),
            (include_str!("../assets/drag.js"), 180),
        ];
        for (script, most) in scripts {
            let lines = script.lines().filter(|line| !line.trim().is_empty()).count();
            assert!(lines <= most, "{lines} of {most}");
        }
    }
}
