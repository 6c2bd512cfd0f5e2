//! Servers that mean no good, or might as well.

mod server;
mod victim;

use std::time::Duration;

use self::server::{Server, dawdle};
use self::victim::Outcome;
use crate::common::camera::{Camera, HEAD, part};
use crate::common::element::Pipeline;
use crate::common::jpeg::jpeg;
use crate::programs::certificates::{Authority, GOOD};
use crate::programs::tls;

const OK: &str = "HTTP/1.1 200 OK\r\n";
const CHUNKED: &str = "HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed;boundary=b\r\n\
                       Transfer-Encoding: chunked\r\n\r\n";
const PAGE: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>";

/// Beside a picture of 1 MiB, and the machine's list of certificates.
const MEMORY: u64 = 16 * 1024;
/// A second for each of the element's two patiences, and a machine that is busy.
const TIME: Duration = Duration::from_secs(10);
/// On a machine that is busy; `prompt_states` looks closely.
const STOP: Duration = Duration::from_secs(1);
/// To come into the world, and to look at the first answers.
const CPU: Duration = Duration::from_millis(300);

/// The other process of [`victim::meet`].
#[test]
#[ignore = "a part of the other tests"]
fn victim() {
    victim::run();
}

/// Of each row: what is beyond reason, who sends it, words of the error.
fn check<const COUNT: usize>(properties: &str, rows: [(&str, Server, &str); COUNT]) {
    for (name, server, words) in rows {
        let outcome = victim::meet(server.url(), properties);
        judge(name, &outcome, words, server.worth());
    }
}

/// Whatever is sent, it costs little, ends in one clear error in time, and stopping takes no
/// time.
fn judge(name: &str, outcome: &Outcome, words: &str, worth: Duration) {
    let Outcome { error, took, stop, cpu, memory } = outcome;
    println!("{name}: {took:?}, stopped in {stop:?}, {cpu:?} of {worth:?}, {memory} KiB: {error}");
    assert!(error.contains(words), "{name}: {error}");
    assert!(*took < TIME, "{name}: {took:?}");
    assert!(*stop < STOP, "{name}: stopped in {stop:?}");
    assert!(*memory < MEMORY, "{name}: {memory} KiB");
    assert!(*cpu < CPU + worth, "{name}: {cpu:?} of processor time for {worth:?}");
}

/// A picture without its end.
fn picture() -> Vec<u8> {
    let mut picture = jpeg(1, 64, 48, 10);
    picture.truncate(picture.len() - 2);
    picture
}

fn mebibyte(letters: &str) -> String {
    letters.repeat(1024 * 1024 / letters.len())
}

#[test]
fn heads_without_end() {
    check(
        "",
        [
            ("status line", Server::endless("HTTP/1.1 200 ", "y"), "no HTTP"),
            ("no status line", Server::endless("", "y"), "no HTTP"),
            ("fields", Server::endless(OK, "X: y\r\n"), "head is longer than 64 KiB"),
            ("field", Server::endless([OK, "X: "].concat(), "y"), "head is longer than 64 KiB"),
            ("name", Server::endless(OK, "y"), "head is longer than 64 KiB"),
            ("continued field", Server::endless(OK, "X: y\r\n z\r\n"), "head is longer"),
            (
                "interim answers",
                Server::endless("", "HTTP/1.1 103 Early\r\n\r\n"),
                "head is longer",
            ),
            (
                "head in single bytes",
                Server::new(|flow| {
                    flow.send(OK)?;
                    loop {
                        flow.send("y")?;
                    }
                }),
                "head is longer than 64 KiB",
            ),
        ],
    );
}

#[test]
fn bodies_without_end() {
    let part = "--b\r\nContent-Type: image/jpeg\r\n";
    let length = [HEAD, part, "Content-Length: 18446744073709551616\r\n\r\n"].concat();
    let length_of_all =
        HEAD.replace("\r\n\r\n", "\r\nContent-Length: 18446744073709551616\r\n\r\n");
    let page = [HEAD, "--b\r\nContent-Type: text/html\r\n\r\n<html>"].concat();
    let gibibyte = "--b\r\nContent-Type: text/html\r\nContent-Length: 1073741824\r\n\r\n";
    let empty = "--b\r\nContent-Length: 0\r\n\r\n\r\n".repeat(100_000);
    check(
        "",
        [
            ("preamble", Server::endless(HEAD, "this is no picture\n"), "no picture within 1 s:"),
            ("line", Server::endless(HEAD, "y"), "no picture within 1 s:"),
            ("zeros", Server::endless(HEAD, "\0"), "no picture within 1 s:"),
            ("line ends", Server::endless(HEAD, "\r\n"), "bytes of something else"),
            ("delimiters", Server::endless(HEAD, "--b\r\n"), "Delimiters are sent twice"),
            ("100,000 parts of 0 bytes", Server::once([HEAD, &empty].concat()), "nothing in them"),
            (
                "part head",
                Server::endless([HEAD, part].concat(), "X: y\r\n"),
                "no picture within 1 s",
            ),
            (
                "picture starts",
                Server::endless(HEAD, b"\xFF\xD8"),
                "10000 pieces came that are no picture",
            ),
            (
                "picture",
                Server::endless([HEAD.as_bytes(), &picture()].concat(), "U"),
                "larger than max-frame-size",
            ),
            (
                "part of 2^64 bytes",
                Server::endless([length.as_bytes(), &picture()].concat(), "U"),
                "no picture within 1 s",
            ),
            ("answer of 2^64 bytes", Server::endless(length_of_all, "y"), "no picture within 1 s"),
            (
                "chunk of 2^64 bytes",
                Server::endless([CHUNKED, "10000000000000000\r\n"].concat(), "y"),
                "no picture within 1 s",
            ),
            ("chunk size", Server::endless(CHUNKED, "0"), "no picture within 1 s"),
            (
                "chunk extension",
                Server::endless([CHUNKED, "1;x="].concat(), "y"),
                "no picture within 1 s",
            ),
            (
                "chunk extensions",
                Server::endless(CHUNKED, "1;x=y\r\nz\r\n"),
                "no picture within 1 s",
            ),
            ("page in a part", Server::endless(page, "<p>"), "text parts"),
            (
                "page of 1 GiB in a part",
                Server::endless([HEAD, gibibyte].concat(), "<p>"),
                "text parts",
            ),
        ],
    );
}

#[test]
fn pages_of_a_gibibyte() {
    let head = |status: &str| {
        format!(
            "HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: 1073741824\r\n\r\n<html>"
        )
    };
    let elsewhere = head("302 Found").replace("\r\n\r\n", "\r\nLocation: /stream\r\n\r\n");
    let door = head("401 No").replace("\r\n\r\n", "\r\nWWW-Authenticate: Basic realm=x\r\n\r\n");
    check(
        "login=admin password=x",
        [
            ("page", Server::endless(head("200 OK"), "<p>"), "a web page"),
            ("page of zeros", Server::endless(head("200 OK"), "\0"), "a web page"),
            ("page that is missing", Server::endless(head("404 No"), "<p>"), "no such page"),
            ("page behind a redirect", Server::endless(elsewhere, "<p>"), "leads back to"),
            ("page behind a login", Server::endless(door, "<p>"), "refused this login"),
        ],
    );
}

#[test]
fn redirects_and_challenges_without_end() {
    let redirects = || {
        Server::new(|flow| {
            let number = flow.visit.number;
            flow.send(format!("HTTP/1.1 302 Found\r\nLocation: /{number}\r\n\r\n"))
        })
    };
    let cookies = Server::new(|flow| {
        let number = flow.visit.number;
        flow.send(format!("HTTP/1.1 302 Found\r\nLocation: /\r\nSet-Cookie: a{number}=b\r\n\r\n"))
    });
    let doors = Server::new(|flow| {
        let number = flow.visit.number;
        flow.send(format!(
            "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=x, nonce={number}, stale=true\r\n\r\n"
        ))
    });
    let door = |challenges: &str| {
        Server::once(format!("HTTP/1.1 401 No\r\nWWW-Authenticate: {challenges}\r\n\r\n"))
    };
    let nonce = format!("Digest realm=x, nonce={}", "y".repeat(60_000));
    let long_location = format!("HTTP/1.1 302 Found\r\nLocation: /{}\r\n\r\n", mebibyte("x"));
    check(
        "login=admin password=x",
        [
            ("redirects", redirects(), "more than 10 in a row"),
            ("redirects with cookies", cookies, "more than 10 in a row"),
            ("redirect of 1 MiB", Server::once(long_location), "head is longer than 64 KiB"),
            ("401s with a new nonce each", doors, "refused this login (Digest MD5)"),
            ("401s", door("Basic realm=x"), "refused this login (Basic)"),
            ("challenge of 1 MiB", door(&mebibyte("x")), "head is longer than 64 KiB"),
            (
                "challenges of 1 MiB",
                door(&mebibyte("Basic realm=x, ")),
                "head is longer than 64 KiB",
            ),
            ("60,000 challenges", door(&"x,".repeat(30_000)), "can be used: x. Update"),
            ("60,000 commas", door(&",".repeat(60_000)), "no scheme named"),
            ("nonce of 60,000 bytes", door(&nonce), "refused this login"),
        ],
    );
}

#[test]
fn bombs_are_not_inflated() {
    // The start of a gzip file (RFC 1952) and what zeros become in it.
    let bomb = |fields: &str| {
        let head = format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n");
        let start = [head.as_bytes(), b"\x1F\x8B\x08\0\0\0\0\0\0\x03\xEC\xC1\x01"].concat();
        Server::endless(start, "\0")
    };
    let video = "Content-Type: multipart/x-mixed-replace;boundary=b\r\n";
    check(
        "",
        [
            ("gzip", bomb(&[video, "Content-Encoding: gzip"].concat()), "compressed with gzip"),
            (
                "twice",
                bomb(&[video, "Content-Encoding: GZIP, br"].concat()),
                "compressed with gzip",
            ),
            (
                "chunks",
                bomb(&[video, "Transfer-Encoding: gzip, chunked"].concat()),
                "compressed with gzip",
            ),
            (
                "picture",
                bomb("Content-Type: image/jpeg\r\nContent-Length: 99\r\nContent-Encoding: zstd"),
                "compressed with zstd",
            ),
            (
                "page",
                bomb("Content-Type: text/html\r\nContent-Encoding: deflate"),
                "compressed with deflate",
            ),
        ],
    );
}

#[test]
fn everything_is_slow() {
    let redirects = Server::new(|flow| {
        dawdle();
        let number = flow.visit.number;
        flow.send(format!("HTTP/1.1 302 Found\r\nLocation: /{number}\r\n\r\n"))
    });
    let doors = Server::new(|flow| {
        dawdle();
        dawdle();
        dawdle();
        flow.send("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=x\r\n\r\n")
    });
    let part = "--b\r\nContent-Type: image/jpeg\r\n";
    let picture = [HEAD.as_bytes(), &picture()].concat();
    check(
        "login=admin password=x",
        [
            (
                "handshake",
                Server::slow_handshake(),
                "the TLS handshake was not finished within 1 s",
            ),
            ("status line", Server::slow("HTTP/1.1 200 ", "y"), "not whole after 1 s"),
            ("head", Server::slow(OK, "X"), "not whole after 1 s"),
            ("redirects", redirects, "no answer within 1 s"),
            ("401s", doors, "no answer within 1 s"),
            ("page", Server::slow(PAGE, "<p>"), "a web page"),
            ("chunk size", Server::slow(CHUNKED, "0"), "no picture within 1 s"),
            ("chunks", Server::slow(CHUNKED, "1\r\nx\r\n"), "no picture within 1 s"),
            ("trailer", Server::slow(CHUNKED, "0\r\nX: y\r\n"), "no picture within 1 s"),
            ("preamble", Server::slow(HEAD, "y"), "no picture within 1 s"),
            ("part head", Server::slow([HEAD, part].concat(), "X: y\r\n"), "no picture within 1 s"),
            ("picture", Server::slow(picture, "U"), "a picture was not whole after 4 s"),
            ("nothing", Server::once(HEAD), "no picture within 1 s"),
            ("nothing at all", Server::once(""), "no answer within 1 s"),
        ],
    );
}

#[test]
fn tls_that_always_begins_anew() {
    let authority = Authority::new();
    let pair = authority.self_signed("camera", GOOD);
    let answer = [HEAD.as_bytes(), &part(&jpeg(1, 64, 48, 100), None), b"--b\r\n"].concat();
    let camera = tls::renegotiating(&pair, &answer);
    let outcome = victim::meet(&camera.https("/stream"), "");
    judge("renegotiation", &outcome, "the connection broke", Duration::ZERO);
}

#[test]
fn a_retry_after_beyond_reason_is_bounded() {
    let answer =
        "HTTP/1.1 503 Busy\r\nRetry-After: 18446744073709551615\r\nConnection: close\r\n\r\n";
    let camera = Camera::answering(answer);
    let pipeline = Pipeline::playing(&camera.url(), "");
    let warning = pipeline.warning();
    assert!(warning.message().contains("retry 1 in 3600.0 s"), "{warning}");
}
