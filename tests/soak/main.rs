//! Hours of bad cameras in minutes: each camera has faults at random, each consumer pauses,
//! stops and starts its pipeline at random, some record. At the end every picture is
//! accounted for ([`ledger`]), and nothing has grown or is left: memory, GStreamer's
//! objects, threads, descriptors.
//!
//! | file | idea |
//! |---|---|
//! | [`plan`] | what a camera does, by chance |
//! | [`camera`] | does it |
//! | [`picture`] | pictures that say who they are |
//! | [`consumer`] | pipelines, and who plays with them |
//! | [`ledger`] | where each picture went |
//! | [`process`] | memory, threads, descriptors |
//!
//! The long one, for `SOAK_SECONDS` (600 if not set):
//!
//!     cargo test --release --test soak -- --ignored --nocapture
//!
//! Each runs in a process of its own, under the tracer `leaks`, which lists what is alive
//! when it gets SIGUSR1.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails that way")]
#![allow(unreachable_pub, reason = "a test has no outside")]
#![allow(clippy::cast_precision_loss, reason = "seconds and samples are few")]

mod camera;
#[path = "../common/mod.rs"]
mod common;
mod consumer;
mod ledger;
mod picture;
mod plan;
mod process;

use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};

use camera::{Camera, Sizes};
use consumer::{Consumer, Counted, Sink};
use ledger::{CAUSES, Ledger, Totals};
use process::{Held, Memory};

/// Set in the process that does the work: where its log is.
const LOG: &str = "SOAK_LOG";
/// While GStreamer, the allocator and the cameras' faults settle.
const SETTLING: Duration = Duration::from_secs(60);
/// Less says nothing about the slope of the memory.
const LONG: Duration = Duration::from_secs(180);
/// In MiB a minute.
const STEEPEST: f64 = 1.0;
/// When the tracer has listed everything.
const LISTED: &str = "> listed ";

#[test]
fn a_short_soak() {
    in_a_process_of_its_own("a_short_soak", || soak(Duration::from_secs(8), 6));
}

#[test]
#[ignore = "takes SOAK_SECONDS, ten minutes if not set"]
fn a_long_soak() {
    in_a_process_of_its_own("a_long_soak", || {
        let seconds = env::var("SOAK_SECONDS").map_or(600, |text| text.parse().unwrap());
        soak(Duration::from_secs(seconds), 20);
    });
}

fn in_a_process_of_its_own(test: &str, work: impl FnOnce()) {
    if env::var_os(LOG).is_some() {
        return work();
    }
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let status = Command::new(env::current_exe().unwrap())
        .args([test, "--exact", "--include-ignored", "--nocapture"])
        .env(LOG, &log)
        .env("GST_TRACERS", "leaks")
        .env("GST_LEAKS_TRACER_SIG", "1")
        .env("GST_DEBUG", "GST_TRACER:7,leaks:7")
        .env("GST_DEBUG_FILE", &log)
        .env("GST_DEBUG_NO_COLOR", "1")
        .status()
        .unwrap();
    assert!(status.success(), "{test}: {status}");
    let log = fs::read_to_string(&log).unwrap();
    assert!(log.contains(LISTED), "the tracer was not asked: {log}");
    let alive: Vec<_> = log.lines().filter(|line| is_leak(line)).collect();
    assert!(alive.is_empty(), "alive at the end:\n{}", alive.join("\n"));
}

/// Does the tracer list something alive that GStreamer's registry does not hold? That keeps
/// the plugin that is linked into this program.
fn is_leak(line: &str) -> bool {
    let kind = line.split_once(":0:: object-alive, type-name=(string)").map(|(_, rest)| rest);
    kind.is_some_and(|kind| {
        !kind.starts_with("GstPlugin,") && !kind.starts_with("GstElementFactory,")
    })
}

fn soak(length: Duration, cameras: u32) {
    common::element::init();
    // Loads what is loaded once, and starts what is never stopped.
    let (_, books) = run(Duration::from_secs(1), 4, 1);
    check(&books);
    let before = Held::settled();
    let (memory, books) = run(length, cameras, 2);
    println!("resident by the minute: {} MiB", memory.by_the_minute());
    check(&books);
    before.wait();
    println!("at the end {:?}, before {before:?}", Held::now());
    if length >= LONG {
        let slope = memory.slope(SETTLING);
        println!("memory grows by {slope:.3} MiB a minute");
        assert!(slope < STEEPEST, "memory grows");
    }
    list_what_is_alive();
}

/// What the consumer, the cameras and the pads say of a camera; and what was wrong.
type Book = (Counted, (Totals, Vec<String>));

/// The memory meanwhile, and a book for each camera.
fn run(length: Duration, count: u32, seed: u64) -> (Memory, Vec<Book>) {
    let folder = tempfile::tempdir().unwrap();
    let start = Instant::now();
    let until = start + length;
    let stands: Vec<_> = (0..count)
        .map(|number| {
            let sink = [Sink::Recorder, Sink::Fake, Sink::Queued, Sink::App][number as usize % 4];
            // A muxer takes no other size than the first.
            let sizes = if sink == Sink::Recorder { Sizes::Fixed } else { Sizes::Changing };
            let ledger = Arc::new(Ledger::new(number));
            let seed = 1000 * seed + u64::from(number);
            let camera = Camera::start(number, sizes, seed, ledger.clone());
            let folder = folder.path().join(number.to_string());
            let (url, book) = (camera.url(), ledger.clone());
            let consumer = thread::spawn(move || {
                Consumer::new(&url, sink, folder, seed + 500, book).run(until)
            });
            (camera, ledger, consumer)
        })
        .collect();
    let mut memory = Memory::default();
    while Instant::now() < until {
        memory.sample(start.elapsed());
        thread::sleep(Duration::from_secs(1));
    }
    let books = stands.into_iter().map(|(camera, ledger, consumer)| {
        let counted = consumer.join().expect("a consumer failed");
        drop(camera);
        (counted, ledger.close())
    });
    let books = books.collect();
    (memory, books)
}

/// Prints where each picture went, and fails if that is not right.
fn check(books: &[Book]) {
    println!("camera starts pauses conns     sent delivered{} recorded", {
        CAUSES.map(|(_, name)| format!("{name:>8}")).concat()
    });
    let row = |name: &str, counted: &Counted, totals: &Totals| {
        let Counted { starts, pauses, recorded, .. } = counted;
        let Totals { connections, sent, delivered, lost, .. } = totals;
        let lost = lost.map(|count| format!("{count:>8}")).concat();
        println!(
            "{name:>6}{starts:>7}{pauses:>7}{connections:>6}{sent:>9}{delivered:>10}{lost}{recorded:>9}"
        );
    };
    let mut all = (Counted::default(), Totals::default());
    let mut wrong = Vec::new();
    for (number, (counted, (totals, noted))) in books.iter().enumerate() {
        row(&number.to_string(), counted, totals);
        wrong.extend(noted.iter().cloned());
        wrong.extend(contradiction(counted, totals).map(|what| format!("camera {number}: {what}")));
        all.0.add(counted);
        all.1.add(totals);
    }
    row("all", &all.0, &all.1);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What the camera, the pad and the element say must fit.
fn contradiction(counted: &Counted, totals: &Totals) -> Option<String> {
    let lost: u64 = totals.lost.iter().sum();
    let discarded = counted.frames.checked_sub(totals.delivered);
    let interruptions = counted.starts + counted.pauses;
    let faults = totals.lost_between..=totals.lost_between + totals.faulty_behind;
    if totals.sent != totals.delivered + lost {
        Some(format!("sent, delivered and lost do not fit: {totals:?}"))
    } else if discarded.is_none_or(|discarded| discarded > interruptions) {
        Some(format!("{} pictures counted, {} delivered", counted.frames, totals.delivered))
    } else if !faults.contains(&counted.dropped) {
        Some(format!("{} counted as dropped instead of {faults:?}", counted.dropped))
    } else {
        None
    }
}

/// Has the tracer list what is alive, and waits until it has.
fn list_what_is_alive() {
    let own = rustix::process::getpid();
    rustix::process::kill_process(own, rustix::process::Signal::USR1).unwrap();
    let start = Instant::now();
    let log = env::var_os(LOG).unwrap();
    while !fs::read_to_string(&log).unwrap().contains(LISTED) {
        assert!(start.elapsed() < common::element::PATIENCE.into(), "the tracer does not answer");
        thread::sleep(Duration::from_millis(10));
    }
}
