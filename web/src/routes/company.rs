//! Who is here: a page says of its person what others may know.

use axum::http::StatusCode;
use axum::response::IntoResponse;
use jospar_node::service::{CaretAt, Request};

use super::{Answer, Form, Reader};

/// Takes in where the page's person is: `slot`, `page` (absent when it is left), and of the text with the focus `path`,
/// `heads`, `at`.
pub(crate) async fn here(reader: Reader, form: Form) -> Answer {
    let number = |name: &str| form.field(name).parse::<u32>().ok();
    let Some(slot) = number("slot") else {
        return Ok(StatusCode::BAD_REQUEST.into_response());
    };
    let caret = form.find("path").zip(number("at")).map(|(path, at)| CaretAt {
        path: path.to_owned(),
        heads: form.field("heads").split_whitespace().map(str::to_owned).collect(),
        at,
    });
    let page = form.find("page").map(str::to_owned);
    reader.ask(Request::Here { slot, page, caret }).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
