//! Cameras whose nonces hold on one connection only.

use super::*;

const DIGEST: &str = "Digest realm=\"cam\", nonce=\"?\"";

/// A 401 that keeps the connection, with a text of this length behind it.
fn refusal(version: &str, number: usize, length: usize) -> Vec<u8> {
    let head = format!(
        "HTTP/{version} 401 Authorization Required\r\nConnection: keep-alive\r\n\
         WWW-Authenticate: {}\r\nContent-Length: {length}\r\n\r\n",
        DIGEST.replace('?', &nonce(number))
    );
    [head.as_bytes(), &vec![b'x'; length]].concat()
}

fn is_right(visit: &Visit, number: usize) -> bool {
    GUARD.judge(&visit.request, &nonce(number)).is_some_and(|verdict| verdict.is_right)
}

#[test]
fn a_nonce_that_belongs_to_the_connection_is_answered_there() {
    for (version, length) in [("1.0", 0), ("1.0", 300), ("1.1", 60_000)] {
        let camera = Camera::start(move |mut visit| {
            while !is_right(&visit, visit.number) {
                visit.send(refusal(version, visit.number, length))?;
                visit.next_request()?;
            }
            play(visit)
        });
        let pipeline = Pipeline::playing(&camera.url(), &format!("{LOGIN} retries=0"));
        pipeline.frames(1);
        assert_eq!(camera.requests().len(), 1, "connections: {version} {length}");
    }
}

#[test]
fn a_wrong_password_costs_one_try_there_too() {
    let tries = Arc::new(AtomicU32::new(0));
    let count = tries.clone();
    let camera = Camera::start(move |mut visit| {
        loop {
            count.fetch_add(1, Ordering::SeqCst);
            visit.send(refusal("1.0", visit.number, 10))?;
            visit.next_request()?;
        }
    });
    let error = Pipeline::playing(&camera.url(), "login=admin password=wrong").error();
    assert!(error.message().contains("refused this login (Digest MD5)"), "{error}");
    assert_eq!(tries.load(Ordering::SeqCst), 2);
}

/// They say that they keep it, and do not.
#[test]
fn where_the_connection_is_of_no_use_a_new_one_is_opened() {
    type Script = fn(Visit) -> io::Result<()>;
    let rows: [(&str, Script); 5] = [
        ("closed", |mut visit| visit.send(refusal("1.0", visit.number, 10))),
        ("closed at the next request", |mut visit| {
            visit.send(refusal("1.0", visit.number, 10))?;
            visit.next_request().map(drop)
        }),
        ("deaf", |mut visit| {
            visit.send(refusal("1.0", visit.number, 10))?;
            visit.hold()
        }),
        ("half a text", |mut visit| {
            let answer = refusal("1.0", visit.number, 10);
            visit.send(&answer[..answer.len() - 5])?;
            visit.hold()
        }),
        ("a long text", |mut visit| {
            visit.send(refusal("1.0", visit.number, 70_000))?;
            visit.hold()
        }),
    ];
    for (name, script) in rows {
        let camera = Camera::start(move |visit| {
            let before = visit.number.wrapping_sub(1);
            if is_right(&visit, before) { play(visit) } else { script(visit) }
        });
        let properties = format!("{LOGIN} retries=0 connect-timeout=2");
        Pipeline::playing(&camera.url(), &properties).frames(1);
        assert_eq!(sent(&camera, &GUARD), ["-", "Digest MD5"], "{name}");
    }
}
