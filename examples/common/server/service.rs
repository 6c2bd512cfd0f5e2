//! Who asks for what, and what is answered. Each client has a thread.

use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use socket2::SockRef;

use super::http::{Request, Within, answer, head};
use super::newest::{Frame, Newest, Next};

/// A client who takes nothing, or asks nothing, for this long is gone.
const PATIENCE: Duration = Duration::from_secs(10);

/// More clients at once are told to come again.
const MOST_CLIENTS: usize = 256;
/// What waits in the system for a slow viewer, in bytes. With the buffers that Linux chooses, that
/// would be seconds of pictures.
const UNSENT: usize = 256 * 1024;

const STREAM_TYPE: &str = "Content-Type: multipart/x-mixed-replace;boundary=frame\r\n";
const FIRST_DELIMITER: &[u8] = b"--frame\r\n";
/// Goes out with the frame before it: a client who needs it to know where
/// the frame ends does not wait for the next one.
const DELIMITER: &[u8] = b"\r\n--frame\r\n";

/// How frames are served.
#[derive(Clone)]
pub(crate) struct Answers {
    /// What a browser gets at `/`.
    pub(crate) page: &'static str,
    pub(crate) timestamps: Timestamps,
    /// `Content-Length` in front of each frame.
    pub(crate) length: bool,
    /// `user:password` to ask for (Basic).
    pub(crate) login: Option<String>,
}

/// What `X-Timestamp` says.
#[derive(Clone, Copy)]
pub(crate) enum Timestamps {
    /// When the frame was taken, if that is known.
    On,
    Off,
    Zero,
}

pub(crate) struct Service {
    newest: Arc<Newest>,
    answers: Answers,
    /// The one `Authorization` that is let in.
    key: Option<String>,
    clients: AtomicUsize,
}

impl Service {
    pub(crate) fn new(newest: Arc<Newest>, answers: Answers) -> Self {
        let key = answers.login.as_ref().map(|login| BASE64_STANDARD.encode(login));
        Self { newest, answers, key, clients: AtomicUsize::new(0) }
    }

    fn answer(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        SockRef::from(stream).set_send_buffer_size(UNSENT)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let Some(request) = Request::read(Within::new(stream, PATIENCE))? else {
            return Ok(());
        };
        if request.method != "GET" {
            return refuse(stream, "405 Method Not Allowed", "Allow: GET\r\n");
        }
        if !self.lets_in(&request) {
            let challenge = "WWW-Authenticate: Basic realm=\"camera\"\r\n";
            return refuse(stream, "401 Unauthorized", challenge);
        }
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        // As mjpg-streamer has it. Browsers get past their caches with a field of their own.
        let action = query.split('&').find_map(|field| field.strip_prefix("action="));
        match (path, action) {
            ("/", None) => {
                let headers = "Content-Type: text/html; charset=utf-8\r\n";
                answer(stream, "200 OK", headers, self.answers.page.as_bytes())
            }
            ("/stream", None) | ("/", Some("stream")) => self.stream(stream),
            ("/snapshot", None) | ("/", Some("snapshot")) => self.snapshot(stream),
            _ => refuse(stream, "404 Not Found", ""),
        }
    }

    fn lets_in(&self, request: &Request) -> bool {
        let Some(key) = &self.key else {
            return true;
        };
        let given = request.authorization.as_deref().and_then(|value| value.split_once(' '));
        given.is_some_and(|(scheme, login)| {
            scheme.eq_ignore_ascii_case("basic") && login.trim() == key
        })
    }

    fn stream(&self, mut stream: &TcpStream) -> io::Result<()> {
        let mut viewer = self.newest.viewer();
        let mut bytes = head("200 OK", STREAM_TYPE);
        bytes.extend_from_slice(FIRST_DELIMITER);
        stream.write_all(&bytes)?;
        loop {
            match viewer.next(PATIENCE) {
                Next::Frame(frame) => {
                    bytes.clear();
                    self.write_part(&frame, &mut bytes)?;
                    stream.write_all(&bytes)?;
                }
                Next::Nothing if has_left(stream)? => return Ok(()),
                Next::Nothing => {}
                Next::End => return Ok(()),
            }
        }
    }

    fn write_part(&self, frame: &Frame, part: &mut Vec<u8>) -> io::Result<()> {
        part.extend_from_slice(b"Content-Type: image/jpeg\r\n");
        if self.answers.length {
            write!(part, "Content-Length: {}\r\n", frame.jpeg.len())?;
        }
        if let Some(time) = self.timestamp(frame) {
            write!(part, "X-Timestamp: {time}\r\n")?;
        }
        part.extend_from_slice(b"\r\n");
        part.extend_from_slice(&frame.jpeg);
        part.extend_from_slice(DELIMITER);
        Ok(())
    }

    fn snapshot(&self, stream: &TcpStream) -> io::Result<()> {
        let Next::Frame(frame) = self.newest.viewer().next(PATIENCE) else {
            return refuse(stream, "503 Service Unavailable", "");
        };
        let time = self.timestamp(&frame);
        let time = time.map_or_else(String::new, |time| format!("X-Timestamp: {time}\r\n"));
        let headers = format!("Content-Type: image/jpeg\r\n{time}");
        answer(stream, "200 OK", &headers, &frame.jpeg)
    }

    fn timestamp(&self, frame: &Frame) -> Option<String> {
        let time = match self.answers.timestamps {
            Timestamps::On => frame.captured?,
            Timestamps::Zero => Duration::ZERO,
            Timestamps::Off => return None,
        };
        Some(format!("{}.{:06}", time.as_secs(), time.subsec_micros()))
    }
}

/// The port to serve at; 0 is a free one.
pub(crate) fn listen(host: &str, port: u16) -> Result<TcpListener, String> {
    TcpListener::bind((host, port)).map_err(|error| {
        format!(
            "cannot listen on {host} port {port} ({error}); try another --port, 0 picks a free one"
        )
    })
}

/// Answers clients for ever.
pub(crate) fn serve(listener: &TcpListener, service: &Arc<Service>) {
    for stream in listener.incoming() {
        let service = Arc::clone(service);
        let answer = move || {
            let count = service.clients.fetch_add(1, Ordering::Relaxed);
            // A client who leaves is no news.
            let _ = stream.and_then(|stream| match count {
                0..MOST_CLIENTS => service.answer(&stream),
                _ => refuse(&stream, "503 Service Unavailable", ""),
            });
            service.clients.fetch_sub(1, Ordering::Relaxed);
        };
        // Where there is no thread for it, the connection is closed.
        drop(thread::Builder::new().spawn(answer));
    }
}

/// Has the client closed its end?
fn has_left(stream: &TcpStream) -> io::Result<bool> {
    stream.set_nonblocking(true)?;
    let left = stream.peek(&mut [0]);
    stream.set_nonblocking(false)?;
    Ok(matches!(left, Ok(0)))
}

fn refuse(stream: &TcpStream, status: &str, headers: &str) -> io::Result<()> {
    let headers = format!("{headers}Content-Type: text/plain\r\n");
    answer(stream, status, &headers, format!("{status}\n").as_bytes())
}
