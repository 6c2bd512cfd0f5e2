//! From the last byte of a picture, as it is written to the socket, to its buffer in an
//! appsink: this element beside `souphttpsrc ! multipartdemux`, in the four habits of
//! sending, in one run.
//!
//!     cargo bench --bench latency
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench fails that way"
)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use common::camera::Camera;
use common::element::init;
use common::jpeg::jpeg;
use gst::prelude::*;

const FRAMES: usize = 150;
const INTERVAL: Duration = Duration::from_millis(20);
const PICTURE: usize = 50_000;

const OURS: &str = "mjpeghttpsrc location=";
const PEER: &str = "souphttpsrc is-live=true location=";

/// What is sent with a picture: before it, behind it, and whether its length is told.
const HABITS: [(&str, &str, &str, bool); 4] = [
    ("line end after the picture", "--b\r\n", "\r\n", true),
    ("next delimiter after the picture", "", "\r\n--b\r\n", true),
    ("nothing after the picture, length", "\r\n--b\r\n", "", true),
    ("nothing after the picture, no length", "\r\n--b\r\n", "", false),
];

fn main() {
    init();
    println!("last byte to appsink, {FRAMES} pictures of {PICTURE} bytes, µs");
    println!("{:38} {:>22} {:>22}", "", "mjpeghttpsrc p50 p99", "multipartdemux p50 p99");
    for (name, before, behind, length) in HABITS {
        let ours = measure(OURS, "", before, behind, length);
        let peer = measure(PEER, " ! multipartdemux", before, behind, length);
        let show = |(p50, p99): (u128, u128)| format!("{p50} {p99}");
        println!("{name:38} {:>22} {:>22}", show(ours), show(peer));
    }
}

fn measure(source: &str, demuxer: &str, before: &str, behind: &str, length: bool) -> (u128, u128) {
    let sent = Arc::new(Mutex::new(Vec::new()));
    let received = Arc::new(Mutex::new(Vec::new()));
    let times = sent.clone();
    let (before, behind) = (before.to_owned(), behind.to_owned());
    let camera = Camera::start(move |mut visit| {
        visit.send(
            "HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n\r\n",
        )?;
        if before.is_empty() {
            visit.send("--b\r\n")?;
        }
        let start = Instant::now();
        for number in 0..FRAMES {
            let picture = jpeg(number as u64, 640, 480, PICTURE);
            let told = format!("Content-Length: {}\r\n", picture.len());
            let told = if length { &told } else { "" };
            let head = format!("{before}Content-Type: image/jpeg\r\n{told}\r\n");
            let due = INTERVAL * u32::try_from(number).unwrap();
            thread::sleep(due.saturating_sub(start.elapsed()));
            // Everything with one call, as cameras do it.
            let message = [head.as_bytes(), &picture, behind.as_bytes()].concat();
            visit.send(message)?;
            times.lock().unwrap().push(Instant::now());
        }
        visit.hold()
    });
    let line = format!("{source}{}{demuxer} ! appsink name=sink sync=false", camera.url());
    let pipeline = gst::parse::launch(&line).unwrap().downcast::<gst::Pipeline>().unwrap();
    let sink: gst_app::AppSink = pipeline.by_name("sink").unwrap().downcast().unwrap();
    let arrivals = received.clone();
    let callback = move |sink: &gst_app::AppSink| {
        arrivals.lock().unwrap().push(Instant::now());
        sink.pull_sample().map(|_| gst::FlowSuccess::Ok).map_err(|_| gst::FlowError::Eos)
    };
    sink.set_callbacks(gst_app::AppSinkCallbacks::builder().new_sample(callback).build());
    pipeline.set_state(gst::State::Playing).unwrap();
    // The peer keeps the last picture until another one follows.
    while received.lock().unwrap().len() < FRAMES - 1 {
        thread::sleep(INTERVAL);
    }
    pipeline.set_state(gst::State::Null).unwrap();
    let (sent, received) = (sent.lock().unwrap(), received.lock().unwrap());
    let delay = |(sent, received): (&Instant, &Instant)| received.duration_since(*sent).as_micros();
    let mut delays: Vec<_> = sent.iter().zip(received.iter()).map(delay).collect();
    delays.sort_unstable();
    (delays[delays.len() / 2], delays[delays.len() * 99 / 100])
}
