//! Answers no strict HTTP client accepts, each from a camera that shows pictures.

use std::thread;
use std::time::Duration;

use crate::common::camera::{Camera, part};
use crate::common::element::{Pipeline, bytes};
use crate::common::jpeg::jpeg;

const TYPE: &str = "Content-Type: multipart/x-mixed-replace;boundary=b\r\n";
const COUNT: usize = 3;

fn pictures() -> Vec<Vec<u8>> {
    (0..COUNT as u64).map(|seed| jpeg(seed, 64, 48, 300)).collect()
}

fn parts() -> Vec<u8> {
    pictures().iter().flat_map(|picture| part(picture, None)).collect()
}

/// Plays what `camera` sends and wants all its pictures; the ids of what was odd about
/// the head and the transport.
fn play(name: &str, camera: &Camera) -> Vec<String> {
    let pipeline = Pipeline::playing(&camera.url(), "retries=0");
    for (index, picture) in pictures().iter().enumerate() {
        let frame = pipeline.frame().unwrap_or_else(|| panic!("{name}: end before {index}"));
        assert_eq!(bytes(&frame), *picture, "{name}: picture {index}");
    }
    assert!(pipeline.frame().is_none(), "{name}: one too many");
    pipeline.quirks().into_iter().filter(|id| id.starts_with('A')).collect()
}

/// Plays `answer` and wants the one quirk, if any, that its name begins with.
fn play_odd(name: &str, answer: &[u8]) {
    let camera = Camera::answering(answer);
    let id = name.split(' ').next().filter(|word| word.starts_with('A'));
    assert_eq!(play(name, &camera), Vec::from_iter(id), "{name}");
}

/// Heads in front of parts; `{T}` stands for the right `Content-Type` line.
const HEADS: [(&str, &str); 34] = [
    ("A5 length -1", "HTTP/1.1 200 OK\r\n{T}Content-Length: -1\r\n\r\n"),
    ("A5 empty length", "HTTP/1.1 200 OK\r\n{T}Content-Length:\r\n\r\n"),
    ("A5 length in words", "HTTP/1.1 200 OK\r\n{T}Content-Length: unknown\r\n\r\n"),
    ("A5 huge length", "HTTP/1.1 200 OK\r\n{T}Content-Length: 99999999999999999999\r\n\r\n"),
    ("A5 two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n{T}\r\n"),
    ("A6 made-up length", "HTTP/1.1 200 OK\r\n{T}Content-Length: 9999999\r\n\r\n"),
    ("A6 length 0", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n{T}\r\n"),
    ("A8 status line twice", "HTTP/1.1 200 OK\r\nHTTP/1.1 200 OK\r\n{T}\r\n"),
    ("A8 head twice", "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n{T}\r\n"),
    ("A9 value on its own line", "HTTP/1.1 200 OK\r\nx-vnv686_response:\r\nlicence=1\r\n{T}\r\n"),
    ("A9 bare date", "HTTP/1.1 200 OK\r\nThu, 01 Jan 1970 00:00:00 GMT\r\n{T}\r\n"),
    ("A9 nameless", "HTTP/1.1 200 OK\r\n: x\r\n{T}\r\n"),
    ("A9 blank in a name", "HTTP/1.1 200 OK\r\nMy Server: x\r\n{T}\r\n"),
    ("A9 name not in ASCII", "HTTP/1.1 200 OK\r\nS\u{e9}rver: x\r\n{T}\r\n"),
    ("A9 folded", "HTTP/1.1 200 OK\r\nServer: x\r\n y\r\n{T}\r\n"),
    ("A9 control characters", "HTTP/1.1 200 OK\r\nServer: x\0\u{1}\ry\r\n{T}\r\n"),
    ("100 with fields", "HTTP/1.1 100 Continue\r\nServer: x\r\n\r\nHTTP/1.1 200 OK\r\n{T}\r\n"),
    ("A10 line feeds alone", "HTTP/1.0 200 OK\nContent-Type: multipart/mixed;boundary=b\n\n"),
    ("A10 closed by a line feed", "HTTP/1.0 200 OK\r\n{T}\n"),
    ("A10 CR CR LF", "HTTP/1.0 200 OK\r\r\nServer: x\r\r\n{T}\r\r\n"),
    ("A10 no blank line", "HTTP/1.0 200 OK\r\n{T}"),
    ("blank lines before", "\r\n\nHTTP/1.0 200 OK\r\n{T}\r\n"),
    ("A11", "HTTP/1.0 200 OK\r\nContent-Type : multipart/mixed;boundary=b\r\n\r\n"),
    ("A12 no reason", "HTTP/1.0 200\r\n{T}\r\n"),
    ("A12 two blanks", "HTTP/1.0  200 OK\r\n{T}\r\n"),
    ("A12 lower case", "http/1.1 200 ok\r\n{T}\r\n"),
    ("A12 HTTP/1.2", "HTTP/1.2 200 OK\r\n{T}\r\n"),
    ("A12 HTTP/2.0", "HTTP/2.0 200 OK\r\n{T}\r\n"),
    ("A12 HTTP/1", "HTTP/1 200 OK\r\n{T}\r\n"),
    ("A13", "ICY 200 OK\r\n{T}\r\n"),
    ("A14 delimiter", ""),
    ("A14 line end before it", "\r\n"),
    ("A15 closed", "HTTP/1.1 200 OK\r\nConnection: closed\r\n{T}\r\n"),
    ("A15 Connecton", "HTTP/1.1 200 OK\r\nConnecton: close\r\n{T}\r\n"),
];

#[test]
fn pictures_come_behind_any_head() {
    for (name, head) in HEADS {
        let head = head.replace("{T}", TYPE);
        play_odd(name, &[head.as_bytes(), &parts()].concat());
    }
    let many = format!("HTTP/1.1 200 OK\r\n{TYPE}{}\r\n", "X-Many: y\r\n".repeat(200));
    play_odd("A9 200 fields", &[many.as_bytes(), &parts()].concat());
}

#[test]
fn pictures_come_from_other_bodies_too() {
    let bare = pictures().concat();
    let parts = parts();
    for (name, head, body) in [
        ("A14 picture", "", &bare[..]),
        ("A14 head of a part", "", &parts[5..]),
        ("A14 no status line", &format!("{TYPE}\r\n"), &parts),
    ] {
        play_odd(name, &[head.as_bytes(), body].concat());
    }
}

/// What follows a repaired head is ureq's to read when it is a page.
#[test]
fn a_page_behind_an_odd_head_is_named() {
    let camera = Camera::start(|mut visit| {
        let page = "ICY 200\nContent-Type : text/html\n\n<html><title>Camera Login</title>";
        for byte in page.bytes() {
            visit.send([byte])?;
            // The camera's own pace.
            thread::sleep(Duration::from_micros(100));
        }
        Ok(())
    });
    let error = Pipeline::playing(&camera.url(), "retries=0").error();
    assert!(error.matches(gst::StreamError::WrongType), "{error:?}");
    assert!(error.message().contains("a web page titled \"Camera Login\""), "{error}");
}

/// The parts in chunks; `line` writes a size line, `end` ends the data.
fn chunks(line: impl Fn(usize) -> String, end: &str) -> Vec<u8> {
    let chunk = |piece: &[u8]| [line(piece.len()).as_bytes(), piece, end.as_bytes()].concat();
    parts().chunks(777).flat_map(chunk).collect()
}

#[test]
fn pictures_come_out_of_any_chunks() {
    let head = format!("HTTP/1.1 200 OK\r\n{TYPE}Transfer-Encoding: chunked\r\n\r\n");
    let old = head.replace("1.1", "1.0");
    for (name, head, body) in [
        ("A3 raw", &head, parts()),
        ("A3 raw, HTTP/1.0", &old, parts()),
        ("chunked, HTTP/1.0", &old, chunks(|size| format!("{size:x}\r\n"), "\r\n")),
        ("line feeds alone", &head, chunks(|size| format!("{size:x}\n"), "\n")),
        ("no line end behind data", &head, chunks(|size| format!("{size:x}\r\n"), "")),
        ("0x", &head, chunks(|size| format!("0x{size:X}\r\n"), "\r\n")),
        ("blank lines", &head, chunks(|size| format!("\r\n{size:x} ;x=y\r\n"), "\r\n\r\n")),
        ("A4", &head, chunks(|size| format!("{size:x}\r\n"), "\r\n")),
    ] {
        let last = if name.starts_with('A') { "" } else { "0\r\n\r\n" };
        play_odd(name, &[head.as_bytes(), &body, last.as_bytes()].concat());
    }
}

#[test]
fn one_broken_size_line_costs_one_picture() {
    let head = format!("HTTP/1.1 200 OK\r\n{TYPE}Transfer-Encoding: chunked\r\n\r\n");
    let chunk =
        |line: &str, picture: &[u8]| [line.as_bytes(), &part(picture, None), b"\r\n"].concat();
    let mut answer = head.into_bytes();
    for (index, picture) in pictures().iter().enumerate() {
        let size = format!("{:x}\r\n", part(picture, None).len());
        answer.extend(chunk(if index == 1 { "?\r\n" } else { &size }, picture));
    }
    let camera = Camera::answering(answer);
    let pipeline = Pipeline::playing(&camera.url(), "retries=0");
    let mut found = Vec::new();
    while let Some(frame) = pipeline.frame() {
        found.push(bytes(&frame));
    }
    assert!(found.contains(&pictures()[0]) && found.contains(&pictures()[2]), "{}", found.len());
}

/// Each answer of a login has a head of its own, and none comes in one piece.
#[test]
fn an_odd_head_is_repaired_on_every_answer_and_however_it_arrives() {
    let camera = Camera::start(|mut visit| {
        let answer = if visit.request.contains("Authorization: Basic ") {
            format!("ICY 200\n\n\nServer : x\r\n{TYPE}\n").replace("\n\n\n", "\n")
        } else {
            "http/1.1  401\nno colon\nWWW-Authenticate : Basic realm=\"cam\"\n\n".into()
        };
        for byte in answer.bytes() {
            visit.send([byte])?;
            // The camera's own pace.
            thread::sleep(Duration::from_micros(100));
        }
        visit.send(parts())?;
        visit.hold()
    });
    let pipeline = Pipeline::playing(&camera.url(), "login=admin password=secret");
    let frames: Vec<_> = pipeline.frames(COUNT).iter().map(bytes).collect();
    assert_eq!(frames, pictures());
    assert_eq!(camera.requests().len(), 2);
}

#[test]
fn what_cannot_be_repaired_is_one_clear_error() {
    use gst::ResourceError::{NotFound, OpenRead};
    let endless = format!("HTTP/1.1 200 OK\r\n{}", "X-Many: y\r\n".repeat(10_000));
    for (name, answer, code, words) in [
        ("endless head", endless.as_str(), OpenRead, "longer than 64 KiB"),
        ("status 099", "HTTP/1.1 099 Odd\r\n\r\n", OpenRead, "no HTTP"),
        ("RTSP", "RTSP/1.0 400 Bad Request\r\n\r\n", OpenRead, "no HTTP"),
        ("cut off", "HTTP/1.1 200 OK\r\nServer", OpenRead, "closed the connection within its head"),
        ("refusal cut off", "HTTP/1.0 404 Not Found\r\n", NotFound, "no such page (404)"),
    ] {
        let camera = Camera::answering(answer);
        let pipeline = Pipeline::playing(&camera.url(), "retries=0");
        let error = pipeline.error();
        assert!(error.matches(code), "{name}: {error:?}");
        assert!(error.message().contains(words), "{name}: {error}");
    }
}
