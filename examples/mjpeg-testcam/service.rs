//! Who asks for what, and what he gets. Each client has a thread of his own.

use std::io::{self, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::http::{Request, answer, head};
use crate::newest::{Frame, Newest};
use crate::options::{AnswerOptions, Timestamps};

/// A client who takes nothing, or asks nothing, for this long is gone.
const PATIENCE: Duration = Duration::from_secs(10);

const STREAM_TYPE: &str = "Content-Type: multipart/x-mixed-replace;boundary=frame\r\n";
const FIRST_DELIMITER: &[u8] = b"--frame\r\n";
/// Goes out with the frame before it: a client who needs it to know where
/// the frame ends does not wait for the next one.
const DELIMITER: &[u8] = b"\r\n--frame\r\n";

const PAGE: &[u8] = b"<!DOCTYPE html>
<title>Test camera</title>
<h1>Test camera</h1>
<p><img src=\"/stream\" alt=\"The camera's picture\"></p>
<p><a href=\"/stream\">stream</a> \xc2\xb7 <a href=\"/snapshot\">snapshot</a></p>
";

pub(crate) struct Service {
    newest: Arc<Newest>,
    options: AnswerOptions,
    /// The one `Authorization` that is let in.
    key: Option<String>,
}

impl Service {
    pub(crate) fn new(newest: Arc<Newest>, options: AnswerOptions) -> Self {
        let key = options.login.as_ref().map(|login| BASE64_STANDARD.encode(login));
        Self { newest, options, key }
    }

    fn answer(&self, stream: &TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let Some(request) = Request::read(stream)? else {
            return Ok(());
        };
        if request.method != "GET" {
            return refuse(stream, "405 Method Not Allowed", "Allow: GET\r\n");
        }
        if !self.lets_in(&request) {
            let challenge = "WWW-Authenticate: Basic realm=\"Test camera\"\r\n";
            return refuse(stream, "401 Unauthorized", challenge);
        }
        match request.target.as_str() {
            "/" => answer(stream, "200 OK", "Content-Type: text/html; charset=utf-8\r\n", PAGE),
            "/stream" | "/?action=stream" => self.stream(stream),
            "/snapshot" | "/?action=snapshot" => self.snapshot(stream),
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
        while let Some(frame) = viewer.next_frame() {
            bytes.clear();
            self.write_part(&frame, &mut bytes)?;
            stream.write_all(&bytes)?;
        }
        Ok(())
    }

    fn write_part(&self, frame: &Frame, part: &mut Vec<u8>) -> io::Result<()> {
        part.extend_from_slice(b"Content-Type: image/jpeg\r\n");
        if self.options.length {
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
        let Some(frame) = self.newest.viewer().next_frame() else {
            return refuse(stream, "503 Service Unavailable", "");
        };
        let time = self.timestamp(&frame);
        let time = time.map_or_else(String::new, |time| format!("X-Timestamp: {time}\r\n"));
        let headers = format!("Content-Type: image/jpeg\r\n{time}");
        answer(stream, "200 OK", &headers, &frame.jpeg)
    }

    fn timestamp(&self, frame: &Frame) -> Option<String> {
        let time = match self.options.timestamps {
            Timestamps::On => frame.captured,
            Timestamps::Zero => Duration::ZERO,
            Timestamps::Off => return None,
        };
        Some(format!("{}.{:06}", time.as_secs(), time.subsec_micros()))
    }
}

/// Answer clients for ever.
pub(crate) fn serve(listener: &TcpListener, service: &Arc<Service>) {
    for stream in listener.incoming() {
        let service = Arc::clone(service);
        thread::spawn(move || {
            // A client who leaves is no news.
            let _ = stream.and_then(|stream| service.answer(&stream));
        });
    }
}

fn refuse(stream: &TcpStream, status: &str, headers: &str) -> io::Result<()> {
    let headers = format!("{headers}Content-Type: text/plain\r\n");
    answer(stream, status, &headers, format!("{status}\n").as_bytes())
}
