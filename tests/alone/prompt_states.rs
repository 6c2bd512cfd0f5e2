//! State changes never wait for the camera, whatever it does at the moment, and however
//! busy the machine is.

use std::env;
use std::fs;
use std::net::UdpSocket;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::alone;
use crate::common::element::Pipeline;
use crate::common::waiting;

/// What a user would call at once: 99 of 100 changes take no longer.
const PROMPT: Duration = Duration::from_millis(100);
/// The same where other tests run as well. Who waits for a camera here waits for a minute.
const BUSY: Duration = Duration::from_secs(1);
/// Tells the process without a name server which of them, in ms.
const LIMIT: &str = "PROMPT_LIMIT";
const ROUNDS: usize = 50;

/// A thread for each core that has nothing to do but to be in the way.
struct Load {
    is_over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Load {
    fn new() -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let cores = thread::available_parallelism().unwrap().get();
        let work = |is_over: Arc<AtomicBool>| move || while !is_over.load(Ordering::Relaxed) {};
        let threads = (0..cores).map(|_| thread::spawn(work(is_over.clone()))).collect();
        Self { is_over, threads }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Stops in the middle of a wait, again and again, and in both ways.
fn assert_prompt(name: &str, url: &str, state: &str, limit: Duration) {
    let properties = "retry-backoff-factor=60 retry-backoff-max=60 connect-timeout=60";
    let pipeline = Pipeline::new(url, properties);
    let mut starts = Vec::new();
    let mut stops = Vec::new();
    for _ in 0..ROUNDS {
        for stop in [gst::State::Paused, gst::State::Null] {
            starts.push(pipeline.change(gst::State::Playing));
            pipeline.wait_for_state(state);
            stops.push(pipeline.change(stop));
        }
    }
    for (way, mut times) in [("start", starts), ("stop", stops)] {
        times.sort();
        let (typical, late) = (times[times.len() / 2], times[times.len() * 99 / 100 - 1]);
        println!("{name}, {way}: p50 {typical:?}, p99 {late:?}");
        assert!(late <= limit, "{name}: one {way} of 100 takes {late:?}");
    }
}

#[test]
fn no_state_change_waits_for_the_camera() {
    let _alone = alone();
    stop_cameras(BUSY);
}

#[test]
fn no_state_change_waits_for_the_name_server() {
    let _alone = alone();
    stop_the_name_look_up(BUSY);
}

#[test]
#[ignore = "a bar for a machine that has nothing else to do"]
fn every_state_change_is_prompt() {
    let _alone = alone();
    stop_cameras(PROMPT);
    stop_the_name_look_up(PROMPT);
}

/// Where the name server is one that never answers.
#[test]
#[ignore = "a part of the tests of the name server"]
fn nobody_answers_the_name_look_up() {
    let Ok(limit) = env::var(LIMIT) else { return };
    let limit = Duration::from_millis(limit.parse().unwrap());
    let _load = Load::new();
    assert_prompt("name look-up", "http://camera.example/", "connecting", limit);
}

fn stop_cameras(limit: Duration) {
    let _load = Load::new();
    for camera in waiting::cameras() {
        assert_prompt(camera.name, &camera.url, camera.state, limit);
    }
}

/// Needs root: the name server of the whole system is on port 53, and is named in a file.
fn stop_the_name_look_up(limit: Duration) {
    const ADDRESS: &str = "127.53.53.53";
    let may_mount = Command::new("unshare").args(["--mount", "true"]).status();
    let server = UdpSocket::bind((ADDRESS, 53));
    let (true, Ok(server)) = (may_mount.is_ok_and(|status| status.success()), server) else {
        println!("skipped: a name server of our own is root's");
        return;
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(&file, format!("nameserver {ADDRESS}\noptions timeout:30 attempts:1\n")).unwrap();
    let status = Command::new("unshare")
        .args(["--mount", "sh", "-c", "mount --bind \"$0\" /etc/resolv.conf && exec \"$@\""])
        .arg(file.path())
        .arg(env::current_exe().unwrap())
        .args([
            "--exact",
            "prompt_states::nobody_answers_the_name_look_up",
            "--ignored",
            "--nocapture",
        ])
        .env(LIMIT, limit.as_millis().to_string())
        .status()
        .unwrap();
    assert!(status.success());
    server.set_nonblocking(true).unwrap();
    let asked = std::iter::from_fn(|| server.recv(&mut [0; 512]).ok()).count();
    assert!(asked >= ROUNDS, "the name server was asked {asked} times only");
}
