//! The session's states, with a network of its own: no socket, no waiting.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::common::camera::part;
use crate::common::jpeg::jpeg;
use gstmjpeghttp::error::Error;
use gstmjpeghttp::session::connect::{Answer, Body, Claim, Connect, ConnectError, Response};
use gstmjpeghttp::session::control::{Control, Epoch};
use gstmjpeghttp::session::{Output, Phase, Session, Settings, retry};

/// What one connection does.
#[derive(Debug, Clone)]
enum Act {
    /// The attempt fails.
    Refuse(Error),
    /// An answer with this body, in pieces; then it ends.
    Serve(Vec<Piece>),
}

#[derive(Debug, Clone)]
enum Piece {
    Bytes(Vec<u8>),
    Fail(io::ErrorKind),
    /// Somebody pauses or stops meanwhile; the socket then looks closed.
    Pause,
    Stop,
}

#[derive(Debug)]
struct Stage {
    acts: VecDeque<Act>,
    addresses: usize,
    /// The address whose turn it is, and those that were asked.
    here: usize,
    asked: Arc<Mutex<Vec<usize>>>,
    control: Arc<Control>,
}

#[derive(Debug)]
struct StageBody {
    pieces: VecDeque<Piece>,
    control: Arc<Control>,
}

impl Connect for Stage {
    type Body = StageBody;

    fn connect(&mut self, _: &Control, _: Epoch) -> Result<Answer<StageBody>, ConnectError> {
        self.asked.lock().unwrap().push(self.here);
        match self.acts.pop_front().expect("another attempt than the script has") {
            Act::Refuse(error) => Err(error.into()),
            Act::Serve(pieces) => {
                let body = StageBody { pieces: pieces.into(), control: self.control.clone() };
                Ok(Answer::Pictures(Response::new(Claim::Multipart(Some(b"b".to_vec())), body)))
            }
        }
    }

    fn camera(&self) -> String {
        "camera".into()
    }

    fn addresses(&self) -> usize {
        self.addresses
    }

    fn turn(&mut self) {
        self.here = (self.here + 1) % self.addresses;
    }
}

impl Body for StageBody {
    fn read(&mut self, space: &mut [u8], _: usize, _: Option<Duration>) -> io::Result<usize> {
        match self.pieces.pop_front() {
            Some(Piece::Bytes(mut bytes)) => {
                let count = bytes.len().min(space.len());
                space[..count].copy_from_slice(&bytes[..count]);
                bytes.drain(..count);
                if !bytes.is_empty() {
                    self.pieces.push_front(Piece::Bytes(bytes));
                }
                Ok(count)
            }
            Some(Piece::Fail(kind)) => Err(kind.into()),
            Some(Piece::Pause) => {
                self.control.pause();
                self.control.resume();
                self.control.taking();
                Ok(0)
            }
            Some(Piece::Stop) => {
                self.control.stop();
                Ok(0)
            }
            None => Ok(0),
        }
    }
}

fn picture() -> Piece {
    Piece::Bytes(part(&jpeg(1, 8, 8, 50), None))
}

/// Its length claims the next one, too.
fn overlong_picture() -> Piece {
    let picture = jpeg(1, 8, 8, 50);
    let head = format!("--b\r\nContent-Type: image/jpeg\r\nContent-Length: {}\r\n\r\n", 5000);
    Piece::Bytes([head.as_bytes(), &picture, b"\r\n"].concat())
}

fn half_a_picture() -> Piece {
    Piece::Bytes(part(&jpeg(1, 8, 8, 50), None)[..150].to_vec())
}

fn refused() -> Act {
    Act::Refuse(Error::Connect { why: "refused".into() })
}

fn not_found() -> Act {
    Act::Refuse(Error::NotFound { status: 404 })
}

/// Everything the session says, in short, until nothing more can come.
fn play(retries: Option<u32>, acts: Vec<Act>) -> String {
    let control = Arc::new(Control::default());
    let (stage, _) = stage(1, acts, &control);
    play_on(stage, control, retries)
}

fn stage(
    addresses: usize,
    acts: Vec<Act>,
    control: &Arc<Control>,
) -> (Stage, Arc<Mutex<Vec<usize>>>) {
    let asked = Arc::default();
    let control = control.clone();
    let stage = Stage { acts: acts.into(), addresses, here: 0, asked: Arc::clone(&asked), control };
    (stage, asked)
}

fn play_on(stage: Stage, control: Arc<Control>, retries: Option<u32>) -> String {
    let settings = Settings {
        silence: None,
        frozen: None,
        retry: retry::Policy { retries, factor: 0.0, max: 0.0 },
        snapshot_interval: Duration::ZERO,
        max_frame_size: 1 << 20,
    };
    control.taking();
    let mut session = Session::new(stage, control, settings);
    let mut said = Vec::new();
    loop {
        let word = match session.advance() {
            Output::Frame { discont: true, .. } => "FRAME".into(),
            Output::Frame { discont: false, .. } => "frame".into(),
            Output::Unchanged => "unchanged".into(),
            Output::Quirks(_) => continue,
            Output::Skipped { skip, .. } => format!("{skip:?}"),
            Output::Phase { phase: Phase::Connecting, .. } => "connect".into(),
            Output::Phase { phase: Phase::Streaming, .. } => "stream".into(),
            Output::Phase { phase: Phase::Waiting, .. } => "wait".into(),
            Output::Phase { phase: Phase::Idle, .. } => "idle".into(),
            Output::Retrying { attempt, .. } => format!("retry {attempt}"),
            Output::Ended => "END".into(),
            Output::Failed { error, .. } => format!("FAIL {error}"),
            Output::Stopped => "STOP".into(),
        };
        said.push(word);
        if said.last().is_some_and(|last| {
            ["END", "STOP"].contains(&last.as_str()) || last.starts_with("FAIL")
        }) {
            return said.join(" ");
        }
    }
}

#[test]
fn every_way_through_the_states() {
    use Act::Serve;
    let reset = || Piece::Fail(io::ErrorKind::ConnectionReset);
    let rows: [(&str, Option<u32>, Vec<Act>, &str); 11] = [
        (
            "a length that was a lie hides no picture at the end",
            Some(0),
            vec![Serve(vec![picture(), picture(), picture(), overlong_picture(), picture()])],
            "connect stream FRAME frame frame frame frame FAIL the connection broke: the camera closed it in the middle of a picture",
        ),
        (
            "a clean end without retries",
            Some(0),
            vec![Serve(vec![picture(), picture()])],
            "connect stream FRAME frame END",
        ),
        (
            "an end in the middle of a picture is none",
            Some(0),
            vec![Serve(vec![picture(), half_a_picture()])],
            "connect stream FRAME FAIL the connection broke: the camera closed it in the middle of a picture",
        ),
        (
            "refused without retries",
            Some(0),
            vec![refused()],
            "connect FAIL cannot connect: refused. Is the camera on, and the port right?",
        ),
        (
            "refused, then there",
            Some(1),
            vec![refused(), Serve(vec![picture(), reset()]), not_found()],
            "connect retry 1 wait connect stream FRAME retry 1 wait connect \
             FAIL the camera has no such page (404). Check the path of the address",
        ),
        (
            "a camera never seen is not asked twice for a page it does not have",
            None,
            vec![not_found()],
            "connect FAIL the camera has no such page (404). Check the path of the address",
        ),
        (
            "a camera that starts again may answer nonsense",
            None,
            vec![Serve(vec![picture()]), not_found(), Serve(vec![picture(), Piece::Stop])],
            "connect stream FRAME retry 1 wait connect retry 2 wait connect stream FRAME STOP",
        ),
        (
            "attempts count up without pictures",
            None,
            vec![refused(), Serve(vec![]), refused(), Serve(vec![Piece::Stop])],
            "connect retry 1 wait connect stream retry 2 wait connect retry 3 wait connect stream STOP",
        ),
        (
            "a pause is no end of stream, and half pictures are dropped",
            None,
            vec![
                Serve(vec![picture(), half_a_picture(), Piece::Pause]),
                Serve(vec![picture(), Piece::Stop]),
            ],
            "connect stream FRAME connect stream FRAME STOP",
        ),
        (
            "a damaged picture costs nothing else",
            Some(0),
            vec![Serve(vec![
                half_a_picture(),
                Piece::Bytes(b"\r\n".to_vec()),
                picture(),
                picture(),
            ])],
            "connect stream Damaged FRAME frame END",
        ),
        (
            "time-outs of a read are no failure by themselves",
            Some(0),
            vec![Serve(vec![Piece::Fail(io::ErrorKind::TimedOut), picture()])],
            "connect stream FRAME END",
        ),
    ];
    for (name, retries, acts, expected) in rows {
        assert_eq!(play(retries, acts), expected, "{name}");
    }
}

#[test]
fn the_next_address_is_asked_when_one_shows_no_picture() {
    use Act::Serve;
    let rows: [(&str, Vec<Act>, &[usize]); 4] = [
        ("one that works is kept", vec![Serve(vec![picture()]), Serve(vec![Piece::Stop])], &[0, 0]),
        (
            "the second works and is kept",
            vec![refused(), Serve(vec![picture()]), Serve(vec![picture(), Piece::Stop])],
            &[0, 1, 1],
        ),
        (
            "all around, empty answers too",
            vec![refused(), Serve(vec![]), refused(), Serve(vec![Piece::Stop])],
            &[0, 1, 2, 0],
        ),
        ("each of them fails for good", vec![not_found(), not_found(), not_found()], &[0, 1, 2]),
    ];
    for (name, acts, expected) in rows {
        let control = Arc::new(Control::default());
        let (stage, asked) = stage(3, acts, &control);
        play_on(stage, control, None);
        assert_eq!(*asked.lock().unwrap(), expected, "{name}");
    }
}
