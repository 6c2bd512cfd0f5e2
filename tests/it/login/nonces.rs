//! Nonces: replaced, counted, and used at once.

use super::*;

#[test]
fn an_old_nonce_is_replaced() {
    let camera = Camera::start(|mut visit| {
        let before = visit.number.wrapping_sub(1);
        match (visit.number, GUARD.judge(&visit.request, &nonce(before))) {
            (1, Some(verdict)) if verdict.is_right => {
                let stale = format!("{MD5}, stale=true");
                visit.send(unauthorized(&[stale], &nonce(visit.number)))
            }
            (_, Some(verdict)) if verdict.is_right => play(visit),
            _ => visit.send(unauthorized(&[MD5], &nonce(visit.number))),
        }
    });
    Pipeline::playing(&camera.url(), LOGIN).frames(1);
    assert_eq!(sent(&camera, &GUARD), ["-", "Digest MD5", "Digest MD5"]);
}

#[test]
fn a_nonce_sent_twice_is_counted() {
    // This camera gets SHA-256 wrong and has one nonce for everything.
    let camera = Camera::start(|mut visit| match GUARD.judge(&visit.request, "same") {
        Some(verdict) if verdict.is_right && verdict.kind == "Digest MD5" => play(visit),
        _ => visit.send(unauthorized(&[SHA, MD5], "same")),
    });
    Pipeline::playing(&camera.url(), LOGIN).frames(1);
    let requests = camera.requests();
    assert!(requests[1].contains(", nc=00000001, "), "{}", requests[1]);
    assert!(requests[2].contains(", nc=00000002, "), "{}", requests[2]);
}

/// Answers with one nonce for ever, and lets in whose count rises over all connections.
fn strict_camera(play: fn(Visit) -> io::Result<()>) -> (Camera, Arc<AtomicU32>) {
    let count = Arc::new(AtomicU32::new(0));
    let seen = count.clone();
    let camera = Camera::start(move |mut visit| {
        let is_right = GUARD.judge(&visit.request, "abc").is_some_and(|verdict| verdict.is_right);
        let number = visit.request.split_once("nc=").map(|(_, rest)| &rest[..8]);
        let number = number.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        match number {
            Some(number) if is_right && number > seen.swap(number, Ordering::SeqCst) => play(visit),
            _ => {
                visit.send(unauthorized(&["Digest realm=\"cam\", nonce=\"abc\", qop=\"auth\""], ""))
            }
        }
    });
    (camera, count)
}

#[test]
fn a_nonce_is_counted_over_all_connections() {
    let (camera, count) = strict_camera(|mut visit| {
        visit.send(HEAD)?;
        visit.send(part(&jpeg(1, 64, 48, 100), None))
    });
    let properties = format!("{LOGIN} retry-backoff-factor=0");
    Pipeline::playing(&camera.url(), &properties).frames(4);
    assert!(count.load(Ordering::SeqCst) >= 4);
    let kinds = sent(&camera, &GUARD);
    assert_eq!(kinds[..6], ["-", "Digest MD5", "-", "Digest MD5", "-", "Digest MD5"]);
}

fn snapshot(number: usize) -> Vec<u8> {
    let picture = jpeg(number as u64, 64, 48, 100);
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        picture.len()
    );
    [head.into_bytes(), picture].concat()
}

#[test]
fn single_pictures_cost_one_request_each() {
    let (camera, _) = strict_camera(|mut visit| visit.send(snapshot(visit.number)));
    Pipeline::playing(&camera.url(), &format!("{LOGIN} snapshot-interval=1")).frames(5);
    assert_eq!(
        sent(&camera, &GUARD)[..6],
        ["-", "Digest MD5", "Digest MD5", "Digest MD5", "Digest MD5", "Digest MD5"]
    );
    let camera = Camera::start(|mut visit| match GUARD.judge(&visit.request, "") {
        Some(verdict) if verdict.is_right => visit.send(snapshot(visit.number)),
        _ => visit.send(unauthorized(&[BASIC], "")),
    });
    Pipeline::playing(&camera.url(), &format!("{LOGIN} snapshot-interval=1")).frames(3);
    assert_eq!(sent(&camera, &GUARD)[..4], ["-", "Basic", "Basic", "Basic"]);
}

/// The camera wants a new nonce for each picture and says so in its own way.
#[test]
fn a_nonce_that_is_refused_costs_a_request_more_and_nothing_else() {
    let challenge = "Digest realm=\"cam\", qop=\"auth\", nonce=\"?\"";
    for refusal in ["HTTP/1.1 403 Forbidden\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", ""] {
        let camera = Camera::start(move |mut visit| {
            let before = visit.number.wrapping_sub(1);
            match GUARD.judge(&visit.request, &nonce(before)) {
                Some(verdict) if verdict.is_right => visit.send(snapshot(visit.number)),
                Some(_) if !refusal.is_empty() => visit.send(refusal),
                _ => visit.send(unauthorized(&[challenge], &nonce(visit.number))),
            }
        });
        let pipeline =
            Pipeline::playing(&camera.url(), &format!("{LOGIN} snapshot-interval=1 retries=0"));
        pipeline.frames(4);
        assert_eq!(pipeline.stat("retries"), 0, "{refusal}");
    }
}

#[test]
fn the_next_nonce_is_used() {
    let camera = Camera::start(|mut visit| {
        let before = visit.number.wrapping_sub(1);
        match GUARD.judge(&visit.request, &nonce(before)) {
            Some(verdict) if verdict.is_right => {
                let picture = jpeg(visit.number as u64, 64, 48, 100);
                let next = nonce(visit.number);
                visit.send(format!(
                    "HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nConnection: close\r\nContent-Length: {}\r\n\
                     Authentication-Info: nextnonce=\"{next}\"\r\n\r\n",
                    picture.len()
                ))?;
                visit.send(picture)
            }
            _ => visit.send(unauthorized(&[MD5], &nonce(visit.number))),
        }
    });
    Pipeline::playing(&camera.url(), &format!("{LOGIN} snapshot-interval=1")).frames(4);
    assert_eq!(
        sent(&camera, &GUARD)[..5],
        ["-", "Digest MD5", "Digest MD5", "Digest MD5", "Digest MD5"]
    );
    assert!(camera.requests()[1..5].iter().all(|request| request.contains("nc=00000001")));
}
