//! The cameras of other recorders.

use std::net::TcpListener;

use super::super::password;
use super::*;

fn peer(site: &Site, is_it: impl Fn(&Value) -> bool) -> Value {
    until(|| Some(site.json("/api/cameras")["peers"][0].clone()).filter(|peer| is_it(peer)))
}

#[test]
fn the_cameras_of_a_peer_are_told_and_its_password_is_not() {
    let hash = password::hash("pass word").expect("a hash");
    let other = Site::of(&["gate"], Some(&hash), &["http://127.0.0.1:9".into()]);
    other.camera("gate").change(|status| status.state = "streaming".into());
    let peers = [format!("http://admin:pass%20word@{}", other.address)];
    let site = Site::of(&["door"], None, &peers);
    let found = peer(&site, |peer| peer["error"].is_null());
    assert_eq!(found["url"], format!("http://{}/", other.address));
    assert_eq!(found["cameras"][0]["name"], "gate");
    assert_eq!(found["cameras"][0]["words"], "live");
    assert!(found.get("peers").is_none(), "peers of peers are not asked for");
    let all = site.json("/api/cameras").to_string();
    assert!(!all.contains("pass") && !all.contains("admin"), "{all}");

    other.camera("gate").change(|status| status.state = "waiting".into());
    peer(&site, |peer| peer["cameras"][0]["state"] == "waiting");
}

#[test]
fn a_peer_that_does_not_answer_is_marked_and_holds_up_nothing() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let address = silent.local_addr().expect("an address");
    let site = Site::of(&["door"], None, &[format!("http://{address}")]);
    let began = std::time::Instant::now();
    assert_eq!(site.json("/api/cameras")["peers"][0]["error"], "not asked yet");
    assert!(began.elapsed() < Duration::from_millis(1500), "{:?}", began.elapsed());
    peer(&site, |peer| peer["error"] == "it does not answer");
    drop(silent);
    peer(&site, |peer| {
        peer["error"].as_str().is_some_and(|e| e.starts_with("it cannot be reached"))
    });
}

#[test]
fn an_answer_of_something_else_is_no_recorder() {
    let other = Site::with(&[]);
    let site = Site::of(&[], None, &[format!("http://{}/api", other.address)]);
    peer(&site, |peer| peer["error"] == "it answers with status 404");
    let wrong = Site::of(&[], Some(&password::hash("secret").expect("a hash")), &[]);
    let site = Site::of(&[], None, &[format!("http://{}", wrong.address)]);
    peer(&site, |peer| peer["error"] == "it wants another password");
}
