//! The web page over real connections, with a board and an index that are made up.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tempfile::TempDir;

use super::board::{Board, Entry, Picture};
use super::index::{Gap, Index, NewSegment, Parts};
use super::time::Time;
use super::{Web, start};

mod answers;
mod login;
mod monitoring;
mod peers;
mod pictures;
mod recordings;
mod show;

/// How long an answer may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A recorder as its viewers see it.
struct Site {
    folder: TempDir,
    board: Arc<Board>,
    address: SocketAddr,
}

impl Site {
    fn with(names: &[&str]) -> Self {
        Self::of(names, None, &[])
    }

    fn of(names: &[&str], password: Option<&str>, peers: &[String]) -> Self {
        let folder = TempDir::new().expect("a folder");
        Index::open(folder.path()).expect("an index");
        let board = Arc::new(Board::new());
        board.set_cameras(names.iter().map(|name| Entry::new(name)).collect());
        board.beat();
        let web = Web {
            listen: ([127, 0, 0, 1], 0).into(),
            password: password.map(str::to_owned),
            peers: peers.to_vec(),
            folder: folder.path().into(),
        };
        let address = start(&web, &board).unwrap_or_else(|error| panic!("{error}"));
        Self { folder, board, address }
    }

    fn camera(&self, name: &str) -> Arc<Entry> {
        self.board.camera(name).expect("a camera")
    }

    fn show(&self, name: &str, jpeg: &[u8]) {
        let jpeg = Bytes::copy_from_slice(jpeg);
        self.camera(name).show(Picture { jpeg, captured: Time(1_000_000_000_007) });
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "")
    }

    fn json(&self, path: &str) -> Value {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        serde_json::from_str(&answer.text()).expect("JSON")
    }

    /// With fields that end in CR LF each.
    fn ask(&self, method: &str, path: &str, fields: &str) -> Answer {
        self.send(&format!("{method} {path} HTTP/1.0\r\nHost: {}\r\n{fields}\r\n", self.address))
    }

    fn send(&self, request: &str) -> Answer {
        let mut reader = self.open(request);
        let mut answer = Answer::head(&mut reader);
        reader.read_to_end(&mut answer.body).expect("a body");
        answer
    }

    /// For answers that do not end.
    fn open(&self, request: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a limit");
        stream.write_all(request.as_bytes()).expect("a request");
        BufReader::new(stream)
    }

    /// The pictures of such an answer, without chunks.
    fn pictures(&self, path: &str) -> (Answer, BufReader<TcpStream>) {
        let request = format!("GET {path} HTTP/1.0\r\nHost: {}\r\n\r\n", self.address);
        let mut reader = self.open(&request);
        let answer = Answer::head(&mut reader);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(line(&mut reader), "--picture");
        (answer, reader)
    }

    /// A file of the camera, and its place in the index.
    fn record(&self, camera: &str, file: &str, began: i64, content: &[u8]) -> i64 {
        let folder = self.folder.path().join(camera);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join(file), content).expect("a file");
        self.index(camera, file, began, content.len())
    }

    fn index(&self, camera: &str, file: &str, began: i64, bytes: usize) -> i64 {
        let index = Index::open(self.folder.path()).expect("an index");
        let (camera, file) = (camera.into(), file.into());
        let new = NewSegment { camera, file, began: Time(began), camera_began: None };
        let id = index.begin(&new).expect("a segment");
        let bytes = bytes.try_into().expect("a small file");
        let parts = Parts { ended: Time(began + 10_000), pictures: 250, bytes };
        index.finish(id, parts, false).expect("an index");
        id
    }

    fn note_gap(&self, camera: &str, began: i64, ended: i64, lost: u64, cause: &str) {
        let (began, ended, cause) = (Time(began), Time(ended), cause.into());
        self.note(camera, &Gap { began, ended, lost, cause, open: false });
    }

    fn note(&self, camera: &str, gap: &Gap) {
        let index = Index::open(self.folder.path()).expect("an index");
        index.note_gap(camera, gap).expect("an index");
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }
}

struct Answer {
    status: u16,
    fields: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Answer {
    fn head(reader: &mut impl BufRead) -> Self {
        let status = line(reader);
        let status = status.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.expect("a status");
        Self { status, fields: fields(reader), body: Vec::new() }
    }

    fn field(&self, name: &str) -> &str {
        field(&self.fields, name)
    }

    fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }
}

/// One part of a multipart, and the delimiter behind it.
fn part(reader: &mut impl BufRead) -> (Vec<(String, String)>, Vec<u8>) {
    let fields = fields(reader);
    let length = field(&fields, "content-length").parse().expect("a length");
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a picture");
    assert_eq!((line(reader).as_str(), line(reader).as_str()), ("", "--picture"));
    (fields, body)
}

fn fields(reader: &mut impl BufRead) -> Vec<(String, String)> {
    let lines = std::iter::repeat_with(|| line(reader)).take_while(|line| !line.is_empty());
    let field = |line: String| {
        let (name, value) = line.split_once(": ").expect("a field");
        (name.to_ascii_lowercase(), value.to_owned())
    };
    lines.map(field).collect()
}

fn field<'a>(fields: &'a [(String, String)], name: &str) -> &'a str {
    let found = fields.iter().find(|(known, _)| known == name);
    found.map_or_else(|| panic!("no {name} in {fields:?}"), |(_, value)| value)
}

fn line(reader: &mut impl BufRead) -> String {
    let mut line = String::new();
    reader.read_line(&mut line).expect("a line");
    line.strip_suffix("\r\n").expect("a whole line").to_owned()
}

/// Asks until there is an answer.
fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let deadline = std::time::Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(std::time::Instant::now() < deadline, "it does not come");
        std::thread::sleep(Duration::from_millis(20));
    }
}
