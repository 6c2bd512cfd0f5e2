//! One cell of the table: an answer, the moment it comes, and what becomes of it.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use gst::prelude::*;

use super::Counts;
use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::Pipeline;
use crate::common::jpeg::jpeg;

/// `None`: no status line at all.
const STATUSES: [Option<u16>; 39] = [
    Some(200),
    Some(204),
    Some(205),
    Some(206),
    Some(301),
    Some(302),
    Some(303),
    Some(304),
    Some(305),
    Some(306),
    Some(307),
    Some(308),
    Some(400),
    Some(401),
    Some(403),
    Some(404),
    Some(405),
    Some(406),
    Some(407),
    Some(408),
    Some(410),
    Some(418),
    Some(423),
    Some(429),
    Some(500),
    Some(501),
    Some(502),
    Some(503),
    Some(504),
    Some(505),
    Some(506),
    Some(507),
    Some(508),
    Some(509),
    Some(510),
    Some(511),
    Some(600),
    Some(999),
    None,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Body {
    /// No fields about it, and no byte.
    None,
    LengthZero,
    /// A length, and the end.
    ClosedAtOnce,
    ShortText,
    LongText,
    Xml,
    Json,
    Html,
    Jpeg,
    HalfJpeg,
    Multipart,
    ChunkedEmpty,
    ChunkedBroken,
    ChunkedJpeg,
}

const BODIES: [Body; 14] = [
    Body::None,
    Body::LengthZero,
    Body::ClosedAtOnce,
    Body::ShortText,
    Body::LongText,
    Body::Xml,
    Body::Json,
    Body::Html,
    Body::Jpeg,
    Body::HalfJpeg,
    Body::Multipart,
    Body::ChunkedEmpty,
    Body::ChunkedBroken,
    Body::ChunkedJpeg,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    First,
    /// A stream with a picture was there before.
    AfterPictures,
    /// A single picture was there before.
    Polling,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell {
    status: Option<u16>,
    body: Body,
    version: &'static str,
    moment: Moment,
    has_login: bool,
}

/// What the user sees next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    Pictures,
    /// Nothing: the camera says that its picture is the same.
    Unchanged,
    /// A warning that says when it is tried again.
    Retry,
    NotAuthorized,
    NotFound,
    OpenRead,
    WrongType,
    /// Anything else, which is wrong.
    Other,
}

pub fn all() -> impl Iterator<Item = Cell> {
    let moments = [Moment::First, Moment::AfterPictures, Moment::Polling];
    let logins = move |status, body, version, moment| {
        [false, true].map(|has_login| Cell { status, body, version, moment, has_login })
    };
    let moments = move |status, body, version| {
        moments.into_iter().flat_map(move |m| logins(status, body, version, m))
    };
    let versions =
        move |status, body| ["1.0", "1.1"].into_iter().flat_map(move |v| moments(status, body, v));
    STATUSES.into_iter().flat_map(move |s| BODIES.into_iter().flat_map(move |b| versions(s, b)))
}

/// Answers `/N` as the N-th cell says.
pub fn camera(cells: Vec<Cell>) -> Camera {
    let counts: Counts = Arc::new(cells.iter().map(|_| AtomicUsize::new(0)).collect());
    Camera::start(move |visit| {
        let path = visit.request.split(' ').nth(1).unwrap();
        let number: usize = path[1..].parse().unwrap();
        let count = counts[number].fetch_add(1, Ordering::SeqCst);
        cells[number].answer(visit, count)
    })
}

impl Cell {
    fn answer(&self, mut visit: Visit, count: usize) -> io::Result<()> {
        match (self.moment, count) {
            (Moment::AfterPictures, 0) => {
                visit.send(HEAD)?;
                visit.send(part(&jpeg(7, 64, 48, 100), None))
            }
            (Moment::Polling, 0) => visit.send(snapshot("1.1 200 OK", 7)),
            _ => visit.send(self.bytes()),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let picture = jpeg(1, 64, 48, 100);
        let line = match self.status {
            Some(status) => format!("{} {status} Why", self.version),
            None => return [&b"hello\r\n"[..], &picture].concat(),
        };
        let challenge = match self.status {
            Some(401) => "WWW-Authenticate: Basic realm=\"r\"\r\n",
            _ => "",
        };
        let answer = |fields: &str, body: &[u8]| {
            let head = format!("HTTP/{line}\r\nConnection: close\r\n{challenge}{fields}\r\n");
            [head.as_bytes(), body].concat()
        };
        let typed = |kind: &str, body: &[u8]| {
            answer(&format!("Content-Type: {kind}\r\nContent-Length: {}\r\n", body.len()), body)
        };
        let chunked = |body: &[u8]| {
            answer("Content-Type: image/jpeg\r\nTransfer-Encoding: chunked\r\n", body)
        };
        match self.body {
            Body::None => answer("", b""),
            Body::LengthZero => answer("Content-Type: image/jpeg\r\nContent-Length: 0\r\n", b""),
            Body::ClosedAtOnce => answer("Content-Type: image/jpeg\r\nContent-Length: 99\r\n", b""),
            Body::ShortText => typed("text/plain", b"Device Busy"),
            Body::LongText => typed("text/plain", "no picture ".repeat(1000).as_bytes()),
            Body::Xml => typed("application/xml", b"<status>busy</status>"),
            Body::Json => typed("application/json", b"{\"error\": \"starting\"}"),
            Body::Html => typed("text/html", b"<html><title>Login</title></html>"),
            Body::Jpeg => typed("image/jpeg", &picture),
            Body::HalfJpeg => {
                let fields =
                    format!("Content-Type: image/jpeg\r\nContent-Length: {}\r\n", picture.len());
                answer(&fields, &picture[..picture.len() / 2])
            }
            Body::Multipart => answer(
                "Content-Type: multipart/x-mixed-replace;boundary=b\r\n",
                &[part(&picture, None), part(&jpeg(2, 64, 48, 100), None)].concat(),
            ),
            Body::ChunkedEmpty => chunked(b"0\r\n\r\n"),
            Body::ChunkedBroken => chunked(b"busy, and no chunk"),
            Body::ChunkedJpeg => {
                let size = format!("{:x}\r\n", picture.len());
                chunked(&[size.as_bytes(), &picture, b"\r\n0\r\n\r\n"].concat())
            }
        }
    }

    /// What is to come of it.
    pub fn expected(&self) -> Outcome {
        let at_first = self.expected_at_first();
        let is_later = self.moment != Moment::First;
        match (self.status, self.moment, at_first) {
            (Some(304), Moment::Polling, _) => Outcome::Unchanged,
            // Whoever showed a picture may answer nonsense while it starts again.
            (_, _, Outcome::Pictures | Outcome::Retry) => at_first,
            _ if is_later => Outcome::Retry,
            _ => at_first,
        }
    }

    fn expected_at_first(&self) -> Outcome {
        match self.status {
            Some(200..300) => match self.body {
                Body::Jpeg | Body::Multipart | Body::ChunkedJpeg => Outcome::Pictures,
                Body::Html | Body::LongText => Outcome::WrongType,
                _ => Outcome::Retry,
            },
            Some(401 | 403 | 407) => Outcome::NotAuthorized,
            Some(404 | 410) => Outcome::NotFound,
            Some(406 | 408 | 423 | 429 | 500..) | None => Outcome::Retry,
            Some(_) => Outcome::OpenRead,
        }
    }

    /// What came of it.
    pub fn play(&self, url: &str) -> Outcome {
        let login = if self.has_login { "login=admin password=secret" } else { "" };
        let properties = format!("{login} snapshot-interval=1 retry-backoff-factor=0");
        let begun = Instant::now();
        let pipeline = Pipeline::playing(url, &properties);
        if self.moment != Moment::First {
            pipeline.frame().expect("the picture before");
        }
        if self.moment == Moment::AfterPictures {
            // That its stream ended is announced, too.
            pipeline.warning();
        }
        let outcome = self.next(&pipeline);
        // No wait is part of any cell.
        assert!(begun.elapsed() < Duration::from_secs(15), "{self:?} took {:?}", begun.elapsed());
        outcome
    }

    fn next(&self, pipeline: &Pipeline) -> Outcome {
        use gst::ResourceError::{NotAuthorized, NotFound, OpenRead};

        if self.expected() == Outcome::Pictures {
            // The frame comes before any message; a message instead of it fails the test.
            return pipeline.frame().map_or(Outcome::Other, |_| Outcome::Pictures);
        }
        if self.expected() == Outcome::Unchanged {
            let comes = pipeline.reaches("unchanged", 1);
            return if comes { Outcome::Unchanged } else { Outcome::Other };
        }
        let bus = pipeline.top.bus().unwrap();
        let kinds = [gst::MessageType::Error, gst::MessageType::Warning, gst::MessageType::Eos];
        let message = bus.timed_pop_filtered(gst::ClockTime::from_seconds(20), &kinds);
        match message.as_deref().map(gst::MessageRef::view) {
            Some(gst::MessageView::Warning(warning)) => {
                assert!(!warning.error().matches(gst::LibraryError::Failed), "{warning:?}");
                Outcome::Retry
            }
            Some(gst::MessageView::Error(error)) => match error.error() {
                error if error.matches(NotAuthorized) => Outcome::NotAuthorized,
                error if error.matches(NotFound) => Outcome::NotFound,
                error if error.matches(OpenRead) => Outcome::OpenRead,
                error if error.matches(gst::StreamError::WrongType) => Outcome::WrongType,
                _ => Outcome::Other,
            },
            _ => Outcome::Other,
        }
    }
}

fn snapshot(line: &str, number: u64) -> Vec<u8> {
    let picture = jpeg(number, 64, 48, 100);
    let length = picture.len();
    let head = format!(
        "HTTP/{line}\r\nContent-Type: image/jpeg\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
    );
    [head.as_bytes(), &picture].concat()
}
