//! The page itself, which is in the program.

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::routes::Refusal;

const SCRIPT: &str = "text/javascript; charset=utf-8";

const FILES: [(&str, &str, &str); 8] = [
    ("bar.js", SCRIPT, include_str!("page/bar.js")),
    ("camera.js", SCRIPT, include_str!("page/camera.js")),
    ("cards.js", SCRIPT, include_str!("page/cards.js")),
    ("icon.svg", "image/svg+xml", include_str!("page/icon.svg")),
    ("live.js", SCRIPT, include_str!("page/live.js")),
    ("script.js", SCRIPT, include_str!("page/script.js")),
    ("style.css", "text/css; charset=utf-8", include_str!("page/style.css")),
    ("text.js", SCRIPT, include_str!("page/text.js")),
];

pub(super) async fn html() -> Response {
    file("text/html; charset=utf-8", include_str!("page/index.html"))
}

/// What the page loads.
pub(super) async fn part(Path(name): Path<String>) -> Result<Response, Refusal> {
    let found = FILES.into_iter().find(|(known, ..)| *known == name);
    let (_, kind, text) = found.ok_or(Refusal::nothing("there is nothing at this address"))?;
    Ok(file(kind, text))
}

fn file(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}
