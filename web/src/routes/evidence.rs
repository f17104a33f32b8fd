//! Photos and files of evidence: taken in from the page, shown on it, or kept by the browser as files.

use axum::body::Bytes;
use axum::extract::{Path, Query};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE, HeaderValue};
use axum::response::{IntoResponse, Response};
use data_encoding::BASE64;
use jospar_core::media::Media;
use jospar_locales::words::{items_at, text_or_empty};
use jospar_node::service::{Fault, FileRequest, Request};
use serde::Deserialize;
use serde_json::Value;

use super::{Answer, Reader, Trouble};
use crate::guard::Uploaded;

/// What stands behind the address of a file.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Named {
    /// What the file is called.
    #[serde(default)]
    name: String,
    /// The evidence that it is for.
    #[serde(default)]
    evidence: String,
}

impl Reader {
    /// All evidence, for the page of one: its further files are evidence that is part of it.
    pub(crate) async fn all_evidence(&self) -> Result<Value, Trouble> {
        Ok(self.show("evidence").await?.get("value").cloned().unwrap_or_default())
    }

    /// The hashes of files that this device has begun to receive.
    pub(crate) async fn files_here(&self) -> Result<Vec<String>, Trouble> {
        let answer = self.ask(Request::File(FileRequest::List)).await?;
        let here = items_at(&answer, "/files").filter(|file| file["here"] == Value::Bool(true));
        Ok(here.map(|file| text_or_empty(file, "/hash").to_owned()).collect())
    }
}

/// Takes a file in. The answer is the address of the evidence that names it.
pub(crate) async fn take(
    Query(named): Query<Named>,
    reader: Reader,
    Uploaded(bytes): Uploaded,
) -> Answer {
    let request = FileRequest::Add {
        name: named.name,
        bytes: BASE64.encode(&bytes),
        evidence: Some(named.evidence).filter(|path| !path.is_empty()),
        language: reader.language.code().to_owned(),
    };
    let answer = reader.ask(Request::File(request)).await?;
    Ok(format!("/plan/{}", text_or_empty(&answer, "/of")).into_response())
}

/// One file: a picture to be shown, anything else to be kept. What it is, its bytes say.
pub(crate) async fn show(
    Path(hash): Path<String>,
    Query(named): Query<Named>,
    reader: Reader,
) -> Answer {
    if let Some(bytes) = reader.app.files.find(&hash) {
        return Ok(given(&bytes, &named.name));
    }
    let request = Request::File(FileRequest::Get { what: hash.clone() });
    let answer = match reader.app.door.ask(request).await {
        Ok(answer) => answer,
        Err(fault) => {
            let told = reader.words()?.fault(&fault.key, &fault.values);
            return Ok((StatusCode::NOT_FOUND, told).into_response());
        }
    };
    let bytes = BASE64.decode(text_or_empty(&answer, "/bytes").as_bytes());
    let bytes = bytes.map_err(|error| reader.trouble(&Fault::internal(&error.to_string())))?;
    let bytes = Bytes::from(bytes);
    reader.app.files.keep(hash, bytes.clone());
    Ok(given(&bytes, &named.name))
}

fn given(bytes: &Bytes, name: &str) -> Response {
    let media = Media::of(bytes);
    let kind = media.map_or("application/octet-stream", Media::mime);
    let mut answer = ([(CONTENT_TYPE, kind)], bytes.clone()).into_response();
    let shown = media.is_some_and(Media::is_picture);
    let name = media.map_or_else(|| "file.bin".to_owned(), |media| media.file_name(name));
    let disposition = HeaderValue::from_str(&disposition(shown, &name));
    let disposition = disposition.unwrap_or(HeaderValue::from_static("attachment"));
    answer.headers_mut().insert(CONTENT_DISPOSITION, disposition);
    answer
}

/// How a browser treats a file, with its name in the form of RFC 6266: all but letters, digits and a few signs escaped.
fn disposition(shown: bool, name: &str) -> String {
    let way = if shown { "inline" } else { "attachment" };
    let mut escaped = String::new();
    for byte in name.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                escaped.push(char::from(byte));
            }
            other => escaped.push_str(&format!("%{other:02X}")),
        }
    }
    format!("{way}; filename*=UTF-8''{escaped}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t43_only_a_picture_is_shown_and_a_name_breaks_no_header() {
        let answer = given(&Bytes::from_static(b"%PDF-1.7"), "есеп\r\nx: y\".pdf");
        let said = answer.headers()[CONTENT_DISPOSITION].to_str().unwrap_or_default();
        assert!(said.starts_with("attachment; filename*=UTF-8''%D0%B5"), "{said}");
        assert!(!said.contains(['\n', '"']) && said.ends_with(".pdf"), "{said}");
        let page = given(&Bytes::from_static(b"<script>alert(1)</script>"), "x.html");
        assert_eq!(page.headers()[CONTENT_TYPE], "application/octet-stream");
        assert_eq!(page.headers()[CONTENT_DISPOSITION], "attachment; filename*=UTF-8''file.bin");
        let photo = given(&Bytes::from_static(&[0xff, 0xd8, 0xff, 0xe0]), "a.jpg");
        assert_eq!(photo.headers()[CONTENT_TYPE], "image/jpeg");
        assert_eq!(photo.headers()[CONTENT_DISPOSITION], "inline; filename*=UTF-8''a.jpg");
    }
}
