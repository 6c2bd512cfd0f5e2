//! How all is now, as JSON. Times are milliseconds since 1970.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};

use super::Shared;
use super::board::{Board, Disk as BoardDisk, Entry};
use super::peers::Peer;
use super::routes::json;
use super::time::Time;

/// What is known of a recorder. Another recorder of another version may say less.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Recorder {
    pub(super) version: String,
    pub(super) now: i64,
    pub(super) started: i64,
    pub(super) disk: Disk,
    pub(super) cameras: Vec<Camera>,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Disk {
    used: u64,
    quota: Option<u64>,
    free: Option<u64>,
    reserve: u64,
    alarm: Option<String>,
    deleted: u64,
}

#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Camera {
    pub(super) name: String,
    /// `idle`, `connecting`, `streaming` or `waiting`.
    pub(super) state: String,
    /// The state in words.
    words: String,
    rate: f64,
    frames: u64,
    damaged: u64,
    lost: u64,
    retries: u64,
    received: u64,
    newest: Option<i64>,
    warning: Option<String>,
    /// The segment that grows, and its bytes.
    file: Option<String>,
    bytes: u64,
}

#[derive(Serialize)]
struct All {
    #[serde(flatten)]
    own: Recorder,
    peers: Vec<Peer>,
}

#[derive(Deserialize)]
pub(super) struct Wish {
    /// Without the peers, of whom we may be one.
    #[serde(default)]
    own: bool,
}

pub(super) async fn all(State(shared): State<Arc<Shared>>, Query(wish): Query<Wish>) -> Response {
    let own = own(&shared.board);
    if wish.own {
        return json(&own);
    }
    json(&All { own, peers: shared.peers.look() })
}

fn own(board: &Board) -> Recorder {
    Recorder {
        version: env!("CARGO_PKG_VERSION").into(),
        now: Time::now().0,
        started: board.started.0,
        disk: Disk { alarm: board.standstill(), ..disk(board.disk()) },
        cameras: board.cameras().iter().map(|entry| camera(entry)).collect(),
    }
}

fn disk(disk: BoardDisk) -> Disk {
    let BoardDisk { used, quota, free, reserve, alarm, deleted } = disk;
    Disk { used, quota, free, reserve, alarm, deleted }
}

fn camera(entry: &Entry) -> Camera {
    let status = entry.status();
    let file = status.file.as_deref().and_then(|file| file.file_name());
    Camera {
        name: entry.name.clone(),
        words: words(&status.state).into(),
        state: status.state,
        rate: status.rate,
        frames: status.frames,
        damaged: status.damaged,
        lost: status.lost,
        retries: status.retries,
        received: status.received,
        newest: status.newest.map(|time| time.0),
        warning: status.warning,
        file: file.map(|name| name.to_string_lossy().into_owned()),
        bytes: status.bytes,
    }
}

fn words(state: &str) -> &'static str {
    match state {
        "streaming" => "live",
        "connecting" => "connecting",
        "waiting" => "away, trying again",
        "" => "starting",
        _ => "stopped",
    }
}
