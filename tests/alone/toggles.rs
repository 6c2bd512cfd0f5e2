//! A thousand changes of state, one after the other as they come, never end in a hang.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::alone;
use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::Pipeline;
use crate::common::jpeg::jpeg;
use crate::common::random::Random;

const TOGGLES: usize = 1000;
/// What takes longer takes for ever.
const WATCHDOG: Duration = Duration::from_secs(20);

/// Toggles a pipeline with a watchdog, then has `mend` mend the camera, and waits for
/// pictures.
fn toggle(name: &'static str, seed: u64, url: &str, mend: impl FnOnce()) {
    let properties = "retry-backoff-factor=0.001 retry-backoff-max=0.01";
    let pipeline = Pipeline::new(url, properties);
    let (done, changes) = mpsc::channel();
    let worker = thread::spawn(move || {
        let mut random = Random::new(seed);
        for _ in 0..TOGGLES {
            let states =
                [gst::State::Null, gst::State::Ready, gst::State::Paused, gst::State::Playing];
            let state = states[random.below(4)];
            done.send((state, pipeline.change(state))).unwrap();
            // As if it were a user: not always at once.
            if random.below(2) == 0 {
                thread::sleep(Duration::from_micros(random.below(4000) as u64));
            }
        }
        pipeline.play();
        pipeline
    });
    let begun = Instant::now();
    let mut times = Vec::new();
    for number in 0..TOGGLES {
        let change = changes.recv_timeout(WATCHDOG);
        let (_, took) = change.unwrap_or_else(|_| panic!("{name}: toggle {number} hangs"));
        times.push(took);
    }
    times.sort();
    let (typical, late, last) = (times[TOGGLES / 2], times[TOGGLES * 99 / 100], times[TOGGLES - 1]);
    println!("{name}: {:?}, p50 {typical:?}, p99 {late:?}, max {last:?}", begun.elapsed());
    mend();
    let pipeline = worker.join().unwrap();
    let before = pipeline.stat("frames");
    assert!(pipeline.reaches("frames", before + 10), "{name}: no picture behind the last toggle");
}

fn stream(mut visit: Visit) -> std::io::Result<()> {
    visit.send(HEAD)?;
    loop {
        visit.send(part(&jpeg(1, 64, 48, 1000), None))?;
        // The camera's own pace.
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_camera_that_streams() {
    let _alone = alone();
    let camera = Camera::start(stream);
    toggle("streaming", 1, &camera.url(), || {});
}

#[test]
fn a_camera_that_stalls_anywhere() {
    let _alone = alone();
    let is_mended = Arc::new(AtomicBool::new(false));
    let mended = is_mended.clone();
    let camera = Camera::start(move |mut visit| {
        if mended.load(Ordering::SeqCst) {
            return stream(visit);
        }
        let answer = [HEAD.as_bytes(), &part(&jpeg(1, 64, 48, 1000), None)].concat();
        let end = Random::new(visit.number as u64).below(answer.len());
        visit.send(&answer[..end])?;
        // Every other hangs up.
        if visit.number % 2 == 0 { visit.hold() } else { Ok(()) }
    });
    toggle("stalling", 2, &camera.url(), || {
        is_mended.store(true, Ordering::SeqCst);
        camera.hang_up();
    });
}

#[test]
fn a_camera_that_refuses() {
    let _alone = alone();
    let address = Camera::start(stream).address();
    let mut camera = None;
    toggle("refusing", 3, &format!("http://{address}/"), || camera = Some(listen(address)));
}

/// Where nobody listened until now.
fn listen(address: SocketAddr) -> Camera {
    let listener = std::net::TcpListener::bind(address).unwrap();
    Camera::on(listener, stream)
}
