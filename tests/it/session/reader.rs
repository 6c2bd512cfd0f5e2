//! The reading thread and its backlog, with a network of its own: no socket.

use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use std::{thread, vec};

use crate::common::camera::part;
use crate::common::jpeg::{tag_of, tagged};
use gstmjpeghttp::session::backlog::{Backlog, Keep, Taken};
use gstmjpeghttp::session::connect::{Answer, Body, Claim, Connect, ConnectError, Response};
use gstmjpeghttp::session::control::{Control, Epoch};
use gstmjpeghttp::session::reader::Reader;
use gstmjpeghttp::session::{Output, Settings, retry};

const PATIENCE: Duration = Duration::from_secs(20);
const SIZE: usize = 10_000;

/// Sends so many pictures on each connection, numbered through, and is silent then.
#[derive(Debug, Clone)]
struct Stage {
    /// What it sends before, each in a read of its own.
    pieces: Vec<Vec<u8>>,
    pictures: usize,
    sent: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
    /// Ends the silence, as a closed socket would.
    closed: Arc<Mutex<bool>>,
}

#[derive(Debug)]
struct StageBody {
    stage: Stage,
    pieces: vec::IntoIter<Vec<u8>>,
    left: usize,
    bytes: Vec<u8>,
}

impl Stage {
    fn new(pictures: usize) -> Self {
        let (sent, connections) = Default::default();
        Self { pieces: Vec::new(), pictures, sent, connections, closed: Arc::default() }
    }

    fn wait_for(&self, sent: usize) {
        let until = Instant::now() + PATIENCE;
        while self.sent.load(Ordering::SeqCst) < sent {
            assert!(Instant::now() < until, "only {:?} were read", self.sent);
            thread::yield_now();
        }
    }
}

impl Connect for Stage {
    type Body = StageBody;

    fn connect(
        &mut self,
        control: &Control,
        epoch: Epoch,
    ) -> Result<Answer<StageBody>, ConnectError> {
        self.connections.fetch_add(1, Ordering::SeqCst);
        *self.closed.lock().unwrap() = false;
        let closed = self.closed.clone();
        let close = move || *closed.lock().unwrap() = true;
        control.arm(epoch, Box::new(close)).map_err(|_| ConnectError::Cancelled)?;
        Ok(Answer::Pictures(Response::new(
            Claim::Multipart(Some(b"b".to_vec())),
            StageBody {
                stage: self.clone(),
                pieces: self.pieces.clone().into_iter(),
                left: self.pictures,
                bytes: Vec::new(),
            },
        )))
    }

    fn camera(&self) -> String {
        "camera".into()
    }
}

impl Body for StageBody {
    fn read(&mut self, space: &mut [u8], _: usize, _: Option<Duration>) -> io::Result<usize> {
        if self.bytes.is_empty()
            && let Some(piece) = self.pieces.next()
        {
            self.bytes = piece;
        }
        if self.bytes.is_empty() && self.left > 0 {
            self.left -= 1;
            let tag = self.stage.sent.fetch_add(1, Ordering::SeqCst);
            self.bytes = part(&tagged(tag, SIZE), None);
        }
        if self.bytes.is_empty() {
            thread::yield_now();
            let closed = *self.stage.closed.lock().unwrap();
            return if closed { Ok(0) } else { Err(io::ErrorKind::TimedOut.into()) };
        }
        let count = self.bytes.len().min(space.len());
        space[..count].copy_from_slice(&self.bytes[..count]);
        self.bytes.drain(..count);
        Ok(count)
    }
}

fn reader(stage: &Stage, max_backlog: usize, keep: Keep) -> Reader {
    reader_with(stage, max_backlog, keep, None)
}

fn reader_with(stage: &Stage, max_backlog: usize, keep: Keep, silence: Option<Duration>) -> Reader {
    let settings = Settings {
        silence,
        frozen: None,
        retry: retry::Policy { retries: None, factor: 0.0, max: 0.0 },
        snapshot_interval: Duration::ZERO,
        max_frame_size: 1 << 20,
    };
    Reader::start(stage.clone(), settings, Backlog::new(max_backlog, keep)).unwrap()
}

/// The next picture: its number, whether something may be missing before it, and how many
/// gave way to it.
fn picture(reader: &Reader) -> (usize, bool, u64) {
    loop {
        match reader.take(PATIENCE) {
            Taken::Output(Output::Frame { frame, discont, skipped }) => {
                return (tag_of(frame.bytes.as_ref()), discont, skipped);
            }
            Taken::Output(_) => {}
            other => panic!("no picture but {other:?}"),
        }
    }
}

#[test]
fn nothing_is_read_before_somebody_takes() {
    let stage = Stage::new(1);
    let reader = reader(&stage, 1 << 20, Keep::All);
    assert_eq!(stage.connections.load(Ordering::SeqCst), 0);
    assert_eq!(picture(&reader), (0, true, 0));
    assert!(matches!(reader.take(Duration::from_millis(1)), Taken::Nothing));
}

#[test]
fn reading_goes_on_while_nobody_takes() {
    let stage = Stage::new(20);
    let reader = reader(&stage, 1 << 20, Keep::All);
    assert_eq!(picture(&reader), (0, true, 0));
    stage.wait_for(20);
    for number in 1..20 {
        assert_eq!(picture(&reader), (number, false, 0));
    }
}

#[test]
fn a_full_backlog_stops_the_reading_and_nothing_is_lost() {
    for (max_backlog, most) in [(100_000, 12), (0, 3)] {
        let stage = Stage::new(50);
        let reader = reader(&stage, max_backlog, Keep::All);
        for number in 0..50 {
            assert_eq!(picture(&reader).0, number);
            let ahead = stage.sent.load(Ordering::SeqCst) - number;
            assert!(ahead <= most, "{max_backlog}: {ahead} were read ahead");
        }
    }
}

#[test]
fn the_newest_picture_takes_the_place_of_those_that_wait() {
    let stage = Stage::new(20);
    let reader = reader(&stage, 1 << 20, Keep::Newest);
    let first = picture(&reader).0;
    stage.wait_for(20);
    let until = Instant::now() + PATIENCE;
    let mut seen = first + 1;
    let mut last = first;
    while last < 19 {
        assert!(Instant::now() < until);
        let (number, discont, skipped) = picture(&reader);
        assert_eq!(discont, skipped > 0, "{number}");
        seen += usize::try_from(skipped).unwrap() + 1;
        last = number;
    }
    assert_eq!(seen, 20, "each was taken or has given way");
}

#[test]
fn behind_a_pause_or_a_flush_there_is_no_picture_of_before() {
    let stage = Stage::new(20);
    let reader = reader(&stage, 1 << 20, Keep::All);
    let remote = reader.remote();
    picture(&reader);
    stage.wait_for(20);
    remote.pause();
    remote.resume();
    assert_eq!(picture(&reader), (20, true, 0));
    stage.wait_for(40);
    remote.flush();
    assert!(matches!(reader.take(PATIENCE), Taken::Flushing));
    remote.unflush();
    assert_eq!(picture(&reader), (40, true, 0));
    assert_eq!(stage.connections.load(Ordering::SeqCst), 3);
}

/// Nothing is read while there is no room for a text, nor while the start of the picture
/// behind it waits.
#[test]
fn the_time_of_a_slow_consumer_is_not_the_silence_of_the_camera() {
    let silence = Duration::from_millis(500);
    let text = |name: &str| {
        let head = "--b\r\nContent-Type: text/xml\r\nContent-Length: 4\r\n\r\n";
        format!("{head}<{name}/>\r\n").into_bytes()
    };
    let picture = part(&tagged(0, SIZE), None);
    let (start, rest) = picture.split_at(SIZE / 2);
    let pieces = vec![text("a"), text("b"), [&text("c"), start].concat(), rest.to_vec()];
    let stage = Stage { pieces, ..Stage::new(0) };
    let reader = reader_with(&stage, 0, Keep::All, Some(silence));
    let mut texts = 0;
    loop {
        match reader.take(PATIENCE) {
            Taken::Output(Output::Frame { .. }) => break,
            Taken::Output(Output::Retrying { error, .. }) => panic!("{error}"),
            // The consumer's own pace.
            Taken::Output(Output::Skipped { .. }) => {
                texts += 1;
                thread::sleep(2 * silence);
            }
            Taken::Output(_) => {}
            other => panic!("no picture but {other:?}"),
        }
    }
    assert_eq!((texts, stage.connections.load(Ordering::SeqCst)), (3, 1));
}

#[test]
fn a_stop_ends_every_wait() {
    let stage = Stage::new(50);
    // The reading thread waits for room.
    let full = reader(&stage, 0, Keep::All);
    picture(&full);
    drop(full);
    // It waits for the camera, and another thread for it.
    let stage = Stage::new(1);
    let empty = reader(&stage, 0, Keep::All);
    picture(&empty);
    let remote = empty.remote();
    let stop = thread::spawn(move || remote.stop());
    while !matches!(empty.take(PATIENCE), Taken::Flushing) {}
    stop.join().unwrap();
    // It has not begun.
    drop(reader(&stage, 0, Keep::All));
}
