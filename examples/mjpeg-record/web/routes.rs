//! Which address gives what.

use std::sync::Arc;

use axum::Router;
use axum::http::{StatusCode, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;

use super::{Shared, cameras, files, guard, health, live, metrics, page, play, recorded};

pub(super) fn all(shared: &Arc<Shared>) -> Router {
    Router::new()
        .route("/", get(page::html))
        .route("/{part}", get(page::part))
        .route("/live", get(live::all))
        .route("/cameras/{name}/live", get(live::camera))
        .route("/cameras/{name}/picture", get(live::picture))
        .route("/api/cameras", get(cameras::all))
        .route("/api/gaps", get(recorded::all_gaps))
        .route("/api/cameras/{name}/segments", get(recorded::segments))
        .route("/api/cameras/{name}/gaps", get(recorded::gaps))
        .route("/segments/{id}", get(files::download))
        .route("/segments/{id}/play", get(play::play))
        .route("/metrics", get(metrics::metrics))
        .route(health::PATH, get(health::health))
        .fallback(async || Refusal::nothing("there is nothing at this address"))
        .layer(middleware::from_fn_with_state(shared.clone(), guard::guard))
        .with_state(shared.clone())
}

/// Why there is no answer, in a sentence.
pub(super) struct Refusal(pub(super) StatusCode, pub(super) String);

impl Refusal {
    pub(super) fn nothing(why: &str) -> Self {
        Self(StatusCode::NOT_FOUND, why.into())
    }

    pub(super) fn wrong(why: &str) -> Self {
        Self(StatusCode::BAD_REQUEST, why.into())
    }

    /// What is wrong with the recorder or its machine.
    pub(super) fn later(why: impl std::fmt::Display) -> Self {
        Self(StatusCode::SERVICE_UNAVAILABLE, why.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, format!("{}\n", self.1)).into_response()
    }
}

pub(super) fn json(value: &impl Serialize) -> Response {
    match serde_json::to_string(value) {
        Ok(text) => ([(header::CONTENT_TYPE, "application/json")], text).into_response(),
        Err(error) => Refusal::later(error).into_response(),
    }
}
