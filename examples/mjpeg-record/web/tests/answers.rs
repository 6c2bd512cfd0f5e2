//! What every answer has, and how all is as JSON.

use super::*;

#[test]
fn every_answer_is_shown_by_our_page_alone_and_kept_by_nobody() {
    let site = Site::with(&["door"]);
    site.show("door", b"jpeg");
    for path in [
        "/",
        "/script.js",
        "/api/cameras",
        "/cameras/door/picture",
        "/metrics",
        "/nothing",
        "/healthz",
    ] {
        let answer = site.get(path);
        let policy = answer.field("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self'; "), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}: {policy}");
        assert_eq!(answer.field("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(answer.field("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(answer.field("cache-control"), "no-store", "{path}");
    }
}

#[test]
fn the_page_loads_nothing_that_is_not_there() {
    let site = Site::with(&[]);
    let page = site.get("/");
    assert_eq!((page.status, page.field("content-type")), (200, "text/html; charset=utf-8"));
    let mut waiting = vec![page.text()];
    let mut seen = Vec::new();
    while let Some(text) = waiting.pop() {
        assert!(!text.contains("https://") && !text.contains("innerHTML"), "{text}");
        let names = ["href=\"", "src=\"", "from \"./"].into_iter().flat_map(|mark| {
            let pieces = text.split(mark).skip(1);
            pieces.map(|piece| piece.split('"').next().unwrap_or_default().to_owned())
        });
        for name in names.filter(|name| !name.starts_with('#')).collect::<Vec<_>>() {
            if seen.contains(&name) {
                continue;
            }
            let answer = site.get(&format!("/{name}"));
            assert_eq!(answer.status, 200, "{name}");
            assert!(!answer.field("content-type").starts_with("text/plain"), "{name}");
            waiting.push(answer.text());
            seen.push(name);
        }
    }
    assert!(seen.len() >= 8, "{seen:?}");
}

#[test]
fn only_get_and_head_are_answered() {
    let site = Site::with(&["door"]);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "BREW"] {
        let answer = site.ask(method, "/api/cameras", "");
        assert_eq!((answer.status, answer.field("allow")), (405, "GET, HEAD"), "{method}");
    }
    let head = site.ask("HEAD", "/", "");
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(site.get("/nothing").status, 404);
    assert_eq!(site.get("/cameras/nobody/live").status, 404);
    assert_eq!(site.get("/cameras/door/picture").status, 404, "there is none yet");
}

#[test]
fn a_page_that_calls_us_by_another_name_gets_nothing() {
    let site = Site::with(&["door"]);
    for (host, status) in [("rebound.example", 421), ("localhost:1", 200)] {
        let answer = site.send(&format!("GET /api/cameras HTTP/1.0\r\nHost: {host}\r\n\r\n"));
        assert_eq!(answer.status, status, "{host}: {}", answer.text());
        assert_eq!(answer.text().contains("door"), status == 200);
    }
    assert_eq!(site.send("GET / HTTP/1.0\r\n\r\n").status, 421);
}

#[test]
fn the_state_of_a_camera_is_told_as_it_is_on_the_board() {
    let site = Site::with(&["door", "<script>alert(1)</script>", "門口 Привет باب 🚪"]);
    site.camera("door").change(|status| {
        status.state = "streaming".into();
        (status.rate, status.frames, status.damaged, status.lost) = (24.5, 100, 1, 2);
        (status.retries, status.received, status.newest) = (3, 4000, Some(Time(5)));
        status.file = Some("/secret/place/door/2026.mkv".into());
    });
    site.board.change_disk(|disk| {
        (disk.used, disk.quota, disk.free, disk.reserve) = (7, Some(8), Some(9), 10);
    });
    let all = site.json("/api/cameras");
    let door = &all["cameras"][0];
    let expected = serde_json::json!({
        "name": "door", "state": "streaming", "words": "live", "rate": 24.5, "frames": 100,
        "damaged": 1, "lost": 2, "retries": 3, "received": 4000, "newest": 5, "warning": null,
        "file": "2026.mkv", "bytes": 0,
    });
    assert_eq!(*door, expected);
    let expected = serde_json::json!({
        "used": 7, "quota": 8, "free": 9, "reserve": 10, "alarm": null, "deleted": 0,
    });
    assert_eq!(all["disk"], expected);
    assert_eq!(all["cameras"][1]["name"], "<script>alert(1)</script>");
    assert_eq!(all["cameras"][2]["name"], "門口 Привет باب 🚪");
    assert_eq!(all["peers"], serde_json::json!([]));

    site.camera("door").change(|status| {
        status.state = "waiting".into();
        status.warning = Some("cannot connect: refused".into());
    });
    let door = &site.json("/api/cameras")["cameras"][0];
    assert_eq!(door["words"], "away, trying again");
    assert_eq!(door["warning"], "cannot connect: refused");
}
