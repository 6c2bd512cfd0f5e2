//! Logging in to cameras that check what they get.

mod nonces;
mod same_connection;

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::Pipeline;
use crate::common::guard::Guard;
use crate::common::jpeg::jpeg;
use gst::prelude::*;

const GUARD: Guard = Guard { user: "admin", password: "secret", realm: b"cam" };
const LOGIN: &str = "login=admin password=secret";

/// `?` stands for the nonce, which is another one in each answer.
const MD5: &str = "Digest realm=\"cam\", qop=\"auth\", nonce=\"?\"";
const SHA: &str = "Digest realm=\"cam\", qop=\"auth\", algorithm=SHA-256, nonce=\"?\"";
const SHA_512: &str = "Digest realm=\"cam\", qop=\"auth\", algorithm=SHA-512-256, nonce=\"?\"";
const BASIC: &str = "Basic realm=\"cam\"";

/// A camera that sends these challenges, a field each, and lets in who answers one of
/// them rightly, unless it is of the `broken` kind.
fn camera(guard: Guard, challenges: &[&str], broken: &'static str) -> Camera {
    let challenges = challenges.iter().map(|text| text.as_bytes().to_vec()).collect::<Vec<_>>();
    camera_in_bytes(guard, challenges, broken)
}

fn camera_in_bytes(guard: Guard, challenges: Vec<Vec<u8>>, broken: &'static str) -> Camera {
    Camera::start(move |mut visit| {
        let before = visit.number.wrapping_sub(1);
        let verdict = guard.judge(&visit.request, &nonce(before));
        match verdict {
            Some(verdict) if verdict.is_right && verdict.kind != broken => play(visit),
            _ => visit.send(unauthorized(&challenges, &nonce(visit.number))),
        }
    })
}

fn nonce(number: usize) -> String {
    format!("n{number}/+==")
}

fn unauthorized(challenges: &[impl AsRef<[u8]>], nonce: &str) -> Vec<u8> {
    let mut head = b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n".to_vec();
    for challenge in challenges {
        head.extend(b"WWW-Authenticate: ");
        for byte in challenge.as_ref() {
            head.extend(match byte {
                b'?' => nonce.as_bytes(),
                byte => std::slice::from_ref(byte),
            });
        }
        head.extend(b"\r\n");
    }
    head.extend(b"\r\n");
    head
}

fn play(mut visit: Visit) -> io::Result<()> {
    visit.send(HEAD)?;
    visit.send(part(&jpeg(1, 64, 48, 100), None))?;
    visit.hold()
}

/// What each request carried: nothing (`-`), or the kind of its credentials.
fn sent(camera: &Camera, guard: &Guard) -> Vec<String> {
    let kind = |request: &String| {
        guard.judge(request, "").map_or_else(|| "-".to_owned(), |verdict| verdict.kind)
    };
    camera.requests().iter().map(kind).collect()
}

#[test]
fn the_strongest_login_that_works_is_used() {
    // challenges, a kind the camera gets wrong, what was sent
    let rows: [(&[&str], &str, &[&str]); 15] = [
        (&[BASIC], "", &["-", "Basic"]),
        (&["basic"], "", &["-", "Basic"]),
        (&["Negotiate", "NTLM", BASIC], "", &["-", "Basic"]),
        (&[MD5], "", &["-", "Digest MD5"]),
        (&["Digest realm=\"cam\", nonce=\"?\""], "", &["-", "Digest MD5"]),
        (&["digest realm = cam nonce = \"?\" algorithm=md5"], "", &["-", "Digest md5"]),
        (&["Digest realm=\"cam\", nonce=\"?\", qop=\"auth-int\""], "", &["-", "Digest MD5"]),
        (
            &["Digest realm=\"cam\", nonce=\"?\", qop=\"auth\", algorithm=SHA-256-sess"],
            "",
            &["-", "Digest SHA-256-sess"],
        ),
        (
            &["Digest realm=\"cam\", nonce=\"?\", qop=\"auth\", userhash=true"],
            "",
            &["-", "Digest MD5"],
        ),
        (&[SHA, MD5], "", &["-", "Digest SHA-256"]),
        (&[BASIC, MD5, SHA, SHA_512], "", &["-", "Digest SHA-512-256"]),
        (&[SHA, MD5], "Digest SHA-256", &["-", "Digest SHA-256", "Digest MD5"]),
        (&[MD5, SHA, BASIC], "Digest SHA-256", &["-", "Digest SHA-256", "Digest MD5"]),
        // SHA-256 without qop is in no RFC.
        (
            &["Digest realm=\"cam\", nonce=\"?\", algorithm=SHA-256", MD5],
            "Digest SHA-256",
            &["-", "Digest MD5"],
        ),
        (
            &[
                "Negotiate, NTLM, Basic realm=\"cam\", Digest realm=\"cam\", qop=\"auth\", nonce=\"?\"",
            ],
            "",
            &["-", "Digest MD5"],
        ),
    ];
    for (challenges, broken, expected) in rows {
        let camera = camera(GUARD, challenges, broken);
        let pipeline = Pipeline::playing(&camera.url(), LOGIN);
        pipeline.frames(1);
        assert_eq!(sent(&camera, &GUARD), expected, "{challenges:?}");
    }
}

#[test]
fn a_wrong_password_costs_one_try_an_offer_and_is_one_error() {
    // challenges, what was sent, words of the error
    let rows: [(&[&str], &[&str], &str); 6] = [
        (&[BASIC], &["-", "Basic"], "(Basic)"),
        (&[MD5], &["-", "Digest MD5"], "(Digest MD5)"),
        (&[MD5, BASIC], &["-", "Digest MD5"], "(Digest MD5)"),
        (
            &[BASIC, MD5, SHA, SHA_512],
            &["-", "Digest SHA-512-256", "Digest SHA-256", "Digest MD5"],
            "(Digest SHA-512-256, Digest SHA-256, Digest MD5)",
        ),
        (&["Digest realm=\"cam\", nonce=\"?\", stale=false"], &["-", "Digest MD5"], "(Digest MD5)"),
        // The camera takes every nonce for an old one.
        (
            &["Digest realm=\"cam\", nonce=\"?\", stale=\"TRUE\""],
            &["-", "Digest MD5", "Digest MD5"],
            "(Digest MD5)",
        ),
    ];
    for (challenges, expected, words) in rows {
        let camera = camera(GUARD, challenges, "");
        let pipeline = Pipeline::playing(&camera.url(), "login=admin password=wrong");
        let error = pipeline.error();
        assert!(error.matches(gst::ResourceError::NotAuthorized), "{error:?}");
        let words = format!("refused this login {words}");
        assert!(error.message().contains(&words), "{words}: {error}");
        assert_eq!(sent(&camera, &GUARD), expected, "{challenges:?}");
    }
}

#[test]
fn nothing_is_sent_where_nothing_fits() {
    for (challenges, properties, words) in [
        (&[SHA, MD5, BASIC][..], "", "asks for a login (Digest SHA-256, Digest MD5, Basic)"),
        (&["Negotiate"], LOGIN, "can be used: Negotiate. Update"),
        (
            &["Digest realm=r", BASIC],
            LOGIN,
            "used: Digest MD5 without a nonce; Basic, which is not",
        ),
        (
            &["Digest nonce=?, algorithm=NEW", BASIC],
            LOGIN,
            "used: Digest NEW, an unknown algorithm; Basic, which is not used beside Digest",
        ),
        (&[], LOGIN, "can be used: no scheme named"),
    ] {
        let camera = camera(GUARD, challenges, "");
        let pipeline = Pipeline::playing(&camera.url(), properties);
        let error = pipeline.error();
        assert!(error.message().contains(words), "{words}: {error}");
        assert_eq!(sent(&camera, &GUARD), ["-"], "{challenges:?}");
    }
}

#[test]
fn realms_go_back_as_they_came() {
    for realm in [
        &b"\xDCberwachung"[..],            // Latin-1
        "\u{dc}berwachung".as_bytes(),     // UTF-8
        &b"\xBC\xE0\xBF\xD8 \xC9\xE3"[..], // GB 2312
        "\u{20ac}\u{20ac}".as_bytes(),
        b"tab\there",
    ] {
        let challenge = [b"Digest realm=\"", realm, b"\", nonce=\"?\", qop=\"auth\""].concat();
        let guard = Guard { realm, ..GUARD };
        let camera = camera_in_bytes(guard, vec![challenge], "");
        Pipeline::playing(&camera.url(), LOGIN).frames(1);
        assert_eq!(camera.requests().len(), 2, "{}", realm.escape_ascii());
    }
}

#[test]
fn users_and_passwords_may_be_of_any_letters() {
    // user, password, challenge, what stands in the request
    for (user, password, challenge, words) in [
        ("J\u{fc}rgen", "123\u{a3}", MD5, "username=\"J\u{c3}\u{bc}rgen\""),
        ("J\u{fc}rgen", "123\u{a3}", BASIC, "Basic SsO8cmdlbjoxMjPCow=="),
        (
            "J\u{fc}rgen",
            "123\u{a3}",
            "Digest realm=\"cam\", nonce=\"?\", charset=UTF-8",
            "username*=UTF-8''J%C3%BCrgen",
        ),
        ("a\\\"b c,=", "\":@/%", MD5, r#"username="a\\\"b c,=""#),
    ] {
        let guard = Guard { user, password, ..GUARD };
        let camera = camera(guard, &[challenge], "");
        let pipeline = Pipeline::new(&camera.url(), "");
        pipeline.source.set_property("login", user);
        pipeline.source.set_property("password", password);
        pipeline.play();
        pipeline.frames(1);
        let requests = camera.requests();
        assert_eq!(requests.len(), 2, "{user} {challenge}");
        assert!(requests[1].contains(words), "{words}: {}", requests[1]);
    }
}

#[test]
fn each_connection_asks_first() {
    let camera = Camera::start(|mut visit| {
        let before = visit.number.wrapping_sub(1);
        match GUARD.judge(&visit.request, &nonce(before)) {
            Some(verdict) if verdict.is_right => {
                visit.send(HEAD)?;
                visit.send(part(&jpeg(1, 64, 48, 100), None))
            }
            // It would answer 403 to a nonce from before.
            Some(_) => visit.send("HTTP/1.1 403 Forbidden\r\n\r\n"),
            None => visit.send(unauthorized(&[MD5], &nonce(visit.number))),
        }
    });
    let properties = format!("{LOGIN} retry-backoff-factor=0");
    Pipeline::playing(&camera.url(), &properties).frames(3);
    let kinds = sent(&camera, &GUARD);
    assert_eq!(kinds[..6], ["-", "Digest MD5", "-", "Digest MD5", "-", "Digest MD5"]);
}

#[test]
fn a_login_that_was_refused_is_not_tried_at_each_reconnect() {
    // SHA-256 is broken, and every stream ends after a picture.
    let camera = Camera::start(|mut visit| {
        let before = visit.number.wrapping_sub(1);
        match GUARD.judge(&visit.request, &nonce(before)) {
            Some(verdict) if verdict.is_right && verdict.kind == "Digest MD5" => {
                visit.send(HEAD)?;
                visit.send(part(&jpeg(1, 64, 48, 100), None))
            }
            _ => visit.send(unauthorized(&[SHA, MD5], &nonce(visit.number))),
        }
    });
    let properties = format!("{LOGIN} retry-backoff-factor=0");
    Pipeline::playing(&camera.url(), &properties).frames(2);
    let kinds = sent(&camera, &GUARD);
    assert_eq!(kinds[..5], ["-", "Digest SHA-256", "Digest MD5", "-", "Digest MD5"]);
}

#[test]
fn who_has_offered_digest_never_gets_basic() {
    let camera = Camera::start(|mut visit| match visit.number {
        0 => visit.send(unauthorized(&[MD5], "n")),
        1 => {
            visit.send(HEAD)?;
            visit.send(part(&jpeg(1, 64, 48, 100), None))
        }
        _ => visit.send(unauthorized(&[BASIC], "")),
    });
    let pipeline = Pipeline::playing(&camera.url(), &format!("{LOGIN} retries=1"));
    pipeline.frames(1);
    let error = pipeline.error();
    assert!(error.message().contains("can be used: Basic, but Digest before"), "{error}");
    assert!(!camera.requests().iter().any(|request| request.contains("Basic")));
}

#[test]
fn the_connection_is_closed_before_the_next_one_opens() {
    static HAS_LEFT: AtomicBool = AtomicBool::new(true);
    // A camera for one viewer, who has to hang up by itself.
    let camera = Camera::start(|mut visit| {
        while !HAS_LEFT.swap(false, Ordering::SeqCst) {
            std::thread::yield_now();
        }
        if visit.request.contains("Authorization: Basic") {
            return play(visit);
        }
        visit.send(unauthorized(&[BASIC], ""))?;
        visit.hold()?;
        HAS_LEFT.store(true, Ordering::SeqCst);
        Ok(())
    });
    Pipeline::playing(&camera.url(), &format!("{LOGIN} connect-timeout=10")).frames(1);
}

#[test]
fn the_time_to_connect_is_for_all_requests_together() {
    let camera = Camera::start(|mut visit| {
        if visit.request.contains("Authorization") {
            return visit.hold();
        }
        // The camera's own pace.
        std::thread::sleep(Duration::from_millis(1500));
        visit.send(unauthorized(&[MD5], "n"))
    });
    let start = Instant::now();
    let properties = format!("{LOGIN} connect-timeout=2 retries=0");
    let error = Pipeline::playing(&camera.url(), &properties).error();
    assert!(error.message().contains("no answer within 2 s"), "{error}");
    assert!(start.elapsed() < Duration::from_millis(3300), "{:?}", start.elapsed());
    assert_eq!(camera.requests().len(), 2);
}
