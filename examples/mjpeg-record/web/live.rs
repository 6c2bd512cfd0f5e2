//! The newest pictures of the cameras.

use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::watch;

use super::Shared;
use super::board::{Board, Entry, Picture};
use super::multipart::{self, Part};
use super::routes::Refusal;

type Newest = watch::Receiver<Option<Picture>>;

/// How often it is looked whether any of many cameras has a newer picture.
const TURN: Duration = Duration::from_millis(20);

/// How often the list of the cameras is looked at.
const LIST: Duration = Duration::from_secs(1);

/// One camera's pictures, as it sends them.
pub(super) async fn camera(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let newest = find(&shared, &name)?.watch();
    // Other settings make another camera of the same name.
    let again = move || shared.board.camera(&name).map(|camera| camera.watch());
    Ok(one(newest, again))
}

/// The pictures of one sender until it is gone, and then those of another one `again`.
pub(super) fn one(
    mut newest: Newest,
    again: impl Fn() -> Option<Newest> + Send + 'static,
) -> Response {
    // The one that is there already goes out, too.
    newest.mark_changed();
    let parts = stream::unfold((newest, again), async |(mut newest, again)| {
        loop {
            if newest.changed().await.is_err() {
                newest = again()?;
                newest.mark_changed();
                continue;
            }
            let picture = newest.borrow_and_update().clone();
            if let Some(picture) = picture {
                return Some((Part { camera: None, picture }, (newest, again)));
            }
        }
    });
    multipart::answer(multipart::REPLACE, parts)
}

pub(super) async fn picture(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let newest = find(&shared, &name)?.watch();
    let picture = newest.borrow().clone();
    let picture = picture.ok_or(Refusal::nothing("this camera has not sent a picture yet"))?;
    Ok(([(header::CONTENT_TYPE, "image/jpeg")], picture.jpeg).into_response())
}

fn find(shared: &Shared, name: &str) -> Result<Arc<Entry>, Refusal> {
    shared.board.camera(name).ok_or(Refusal::nothing("there is no camera of this name"))
}

#[derive(Deserialize)]
pub(super) struct Wish {
    /// Pictures a second of each camera, at most.
    rate: Option<f64>,
}

/// All cameras in one answer, as browsers open six connections only.
pub(super) async fn all(State(shared): State<Arc<Shared>>, Query(wish): Query<Wish>) -> Response {
    let rate = wish.rate.filter(|rate| rate.is_finite()).unwrap_or(30.0).clamp(0.1, 100.0);
    let all = All::new(shared.board.clone(), Duration::from_secs_f64(1.0 / rate));
    let parts = stream::unfold(all, async |mut all| {
        let part = all.next().await;
        Some((part, all))
    });
    multipart::answer(multipart::MIXED, parts)
}

/// One viewer of all cameras.
struct All {
    board: Arc<Board>,
    seats: Vec<Seat>,
    looked: Option<Instant>,
    /// Whose turn it is: a slow viewer sees all cameras, too.
    turn: usize,
    interval: Duration,
}

struct Seat {
    entry: Arc<Entry>,
    newest: Newest,
    /// Not before; none until a picture has gone.
    next: Option<Instant>,
}

impl Seat {
    fn new(entry: Arc<Entry>) -> Self {
        let mut newest = entry.watch();
        // The one that is there already goes out, too.
        newest.mark_changed();
        Self { entry, newest, next: None }
    }
}

impl All {
    fn new(board: Arc<Board>, interval: Duration) -> Self {
        Self { board, seats: Vec::new(), looked: None, turn: 0, interval }
    }

    async fn next(&mut self) -> Part {
        loop {
            let now = Instant::now();
            if self.looked.is_none_or(|looked| now - looked >= LIST) {
                self.looked = Some(now);
                self.sit();
            }
            if let Some(part) = self.newer(now) {
                return part;
            }
            tokio::time::sleep(TURN).await;
        }
    }

    /// Those who are on the list now, in its order.
    fn sit(&mut self) {
        let mut before = std::mem::take(&mut self.seats);
        for entry in self.board.cameras() {
            let seat = before.iter().position(|seat| Arc::ptr_eq(&seat.entry, &entry));
            self.seats.push(match seat {
                Some(at) => before.swap_remove(at),
                None => Seat::new(entry),
            });
        }
    }

    fn newer(&mut self, now: Instant) -> Option<Part> {
        let count = self.seats.len();
        for step in 0..count {
            let at = (self.turn + step) % count;
            let seat = &mut self.seats[at];
            if seat.next.is_some_and(|next| now < next) || !seat.newest.has_changed().ok()? {
                continue;
            }
            let picture = seat.newest.borrow_and_update().clone();
            let Some(picture) = picture else { continue };
            // A picture that is a little early is not one that is too much.
            seat.next = Some(now + self.interval.saturating_sub(TURN));
            self.turn = at + 1;
            return Some(Part { camera: Some(seat.entry.name.clone()), picture });
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::super::time::Time;
    use super::*;

    fn show(entry: &Entry, jpeg: &'static [u8]) {
        entry.show(Picture { jpeg: Bytes::from_static(jpeg), captured: Time(0) });
    }

    fn take(all: &mut All) -> Option<(String, Bytes)> {
        let part = all.newer(Instant::now())?;
        Some((part.camera.expect("a name"), part.picture.jpeg))
    }

    #[test]
    fn all_cameras_have_their_turn_and_only_their_newest_picture() {
        let board = Arc::new(Board::new());
        let [door, yard] = ["door", "yard"].map(Entry::new);
        board.set_cameras(vec![door.clone(), yard.clone()]);
        let mut all = All::new(board.clone(), Duration::ZERO);
        all.sit();
        assert!(take(&mut all).is_none());
        for old in [b"1", b"2", b"3"] {
            show(&door, old);
        }
        show(&yard, b"a");
        assert_eq!(take(&mut all), Some(("door".into(), Bytes::from_static(b"3"))));
        show(&door, b"4");
        assert_eq!(take(&mut all), Some(("yard".into(), Bytes::from_static(b"a"))));
        assert_eq!(take(&mut all), Some(("door".into(), Bytes::from_static(b"4"))));
        assert!(take(&mut all).is_none());

        board.set_cameras(vec![yard.clone()]);
        all.sit();
        show(&door, b"5");
        show(&yard, b"b");
        assert_eq!(take(&mut all), Some(("yard".into(), Bytes::from_static(b"b"))));
        assert!(take(&mut all).is_none(), "the door is not on the list any more");
    }

    #[test]
    fn a_picture_is_the_same_memory_for_all() {
        let board = Arc::new(Board::new());
        let door = Entry::new("door");
        board.set_cameras(vec![door.clone()]);
        let jpeg = Bytes::from(vec![7; 1000]);
        door.show(Picture { jpeg: jpeg.clone(), captured: Time(0) });
        for _ in 0..3 {
            let mut all = All::new(board.clone(), Duration::ZERO);
            all.sit();
            assert_eq!(take(&mut all).expect("a picture").1.as_ptr(), jpeg.as_ptr());
        }
    }
}
