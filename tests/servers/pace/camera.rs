//! A perfect camera, as a process of its own.

use std::env;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::common::jpeg::tagged;
use crate::programs::server::Server;

/// What it sends, and how.
#[derive(Debug, Clone)]
pub(crate) struct Camera {
    pub(crate) fps: f64,
    /// Each picture says when it was taken.
    pub(crate) says_time: bool,
    pub(crate) framing: Framing,
    /// Bytes of a picture.
    pub(crate) size: usize,
    /// A JPEG file to send, in place of pictures that hold their number.
    pub(crate) file: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Framing {
    Length,
    Delimiters,
    Chunks,
    /// One picture for each request.
    Snapshots,
}

impl Default for Camera {
    fn default() -> Self {
        let framing = Framing::Length;
        Self { fps: 25.0, says_time: false, framing, size: 20_000, file: None }
    }
}

/// So many tags there are.
const TAGS: usize = 10_000;
const VARIABLE: &str = "PACE_CAMERA";

impl Camera {
    /// Starts it; it lives as long as what is returned.
    pub(crate) fn start(&self) -> Server {
        let Self { fps, says_time, framing, size, file } = self;
        let file = file.clone().unwrap_or_default();
        Server::start(|_, port| {
            let mut camera = Command::new(env::current_exe().unwrap());
            camera.args(["--exact", "pace::camera", "--ignored", "--nocapture"]);
            camera.env(VARIABLE, format!("{port} {fps} {says_time} {framing:?} {size} {file}"));
            camera
        })
    }
}

/// When picture `number` is taken, since 1970: all cameras keep the same time.
pub(crate) fn taken(number: usize, fps: f64) -> f64 {
    day() + number as f64 / fps
}

fn day() -> f64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    (now / 86_400 * 86_400) as f64
}

/// The number of a picture of the last minutes whose tag is this: there is room for four digits.
pub(crate) fn number(tag: usize, fps: f64) -> usize {
    let last = now(fps);
    last - (last + TAGS - tag) % TAGS
}

/// The number of the last picture.
fn now(fps: f64) -> usize {
    ((wall() - day()) * fps) as usize
}

pub(crate) fn wall() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64()
}

/// What that process does. Nothing, when nobody has asked it to.
pub(crate) fn run() {
    let Ok(text) = env::var(VARIABLE) else { return };
    let words: Vec<&str> = text.split(' ').collect();
    let framing = match words[3] {
        "Length" => Framing::Length,
        "Delimiters" => Framing::Delimiters,
        "Chunks" => Framing::Chunks,
        _ => Framing::Snapshots,
    };
    let camera = Camera {
        fps: words[1].parse().unwrap(),
        says_time: words[2] == "true",
        framing,
        size: words[4].parse().unwrap(),
        file: Some(words[5].to_owned()).filter(|file| !file.is_empty()),
    };
    let listener = TcpListener::bind(format!("127.0.0.1:{}", words[0])).unwrap();
    for stream in listener.incoming().flatten() {
        let camera = camera.clone();
        // The client may leave whenever it likes.
        thread::spawn(move || drop(camera.serve(stream)));
    }
}

impl Camera {
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        let file = self.file.as_ref().map(|file| fs::read(file).unwrap());
        request(&mut stream)?;
        if self.framing == Framing::Snapshots {
            loop {
                let picture = tagged(now(self.fps) % TAGS, self.size);
                let kind = "Content-Type: image/jpeg";
                let head = format!(
                    "HTTP/1.1 200 OK\r\n{kind}\r\nContent-Length: {}\r\n\r\n",
                    picture.len()
                );
                stream.write_all(&[head.as_bytes(), &picture].concat())?;
                request(&mut stream)?;
            }
        }
        let mut number = now(self.fps) + 1;
        let coding =
            if self.framing == Framing::Chunks { "Transfer-Encoding: chunked\r\n" } else { "" };
        write!(
            stream,
            "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n{coding}\r\n"
        )?;
        loop {
            let time = taken(number, self.fps);
            // The camera's own pace.
            thread::sleep(Duration::from_secs_f64((time - wall()).max(0.0)));
            let picture = file.clone().unwrap_or_else(|| tagged(number % TAGS, self.size));
            stream.write_all(&self.part(&picture, time))?;
            number += 1;
        }
    }

    fn part(&self, picture: &[u8], time: f64) -> Vec<u8> {
        let length = match self.framing {
            Framing::Delimiters => String::new(),
            _ => format!("Content-Length: {}\r\n", picture.len()),
        };
        let time =
            if self.says_time { format!("X-Timestamp: {time:.6}\r\n") } else { String::new() };
        let head = format!("--b\r\nContent-Type: image/jpeg\r\n{length}{time}");
        let part = [head.as_bytes(), b"\r\n", picture, b"\r\n"].concat();
        if self.framing != Framing::Chunks {
            return part;
        }
        let size = format!("{:X}\r\n", part.len());
        [size.as_bytes(), &part, b"\r\n"].concat()
    }
}

fn request(stream: &mut TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    let mut byte = [0];
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte)?;
        request.push(byte[0]);
    }
    Ok(())
}
