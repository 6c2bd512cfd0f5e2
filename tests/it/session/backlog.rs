//! Who looks at a camera through a slow consumer sees new pictures.

use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, ScopedJoinHandle};
use std::time::{Duration, Instant};

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::{Pipeline, bytes, init};
use crate::common::jpeg::{tag_of, tagged};
use crate::programs::certificates::{Authority, GOOD};
use gst::prelude::*;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// 30 fps.
const INTERVAL: Duration = Duration::from_micros(33_333);
/// What the slow consumer takes for a frame.
const SLOW: Duration = Duration::from_millis(210);
/// How many it takes.
const LOOKED_AT: usize = 20;
/// The shared machine's share in an age.
const SLACK: Duration = Duration::from_millis(50);
const SIZE: usize = 40_000;

/// How the frames are marked off in the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Length,
    Delimiters,
    Chunks,
}

/// A live camera that knows when it took each frame.
struct Live {
    camera: Camera,
    taken: Arc<Mutex<Vec<Instant>>>,
}

impl Live {
    fn start(framing: Framing, interval: Duration) -> Self {
        let taken: Arc<Mutex<Vec<Instant>>> = Arc::default();
        let times = taken.clone();
        let camera = Camera::start(move |visit| live(visit, framing, interval, &times));
        Self { camera, taken }
    }

    fn age(&self, frame: usize) -> Duration {
        self.taken.lock().unwrap()[frame].elapsed()
    }
}

fn live(
    mut visit: Visit,
    framing: Framing,
    interval: Duration,
    times: &Mutex<Vec<Instant>>,
) -> io::Result<()> {
    let coding = if framing == Framing::Chunks { "Transfer-Encoding: chunked\r\n" } else { "" };
    let kind = "Content-Type: multipart/x-mixed-replace;boundary=b";
    visit.send(format!("HTTP/1.1 200 OK\r\n{kind}\r\n{coding}\r\n"))?;
    let begun = Instant::now();
    let mut next = begun;
    loop {
        thread::sleep(next.saturating_duration_since(Instant::now()));
        let now = Instant::now();
        // Who could not send in time takes the next picture when he can.
        next = (next + interval).max(now);
        let tag = {
            let mut times = times.lock().unwrap();
            times.push(now);
            times.len() - 1
        };
        let picture = tagged(tag, SIZE);
        let length = match framing {
            Framing::Delimiters => String::new(),
            _ => format!("Content-Length: {}\r\n", picture.len()),
        };
        let time = 1_757_408_600.0 + begun.elapsed().as_secs_f64();
        let head = format!("--b\r\nContent-Type: image/jpeg\r\n{length}X-Timestamp: {time:.6}\r\n");
        let part = [head.as_bytes(), b"\r\n", &picture, b"\r\n"].concat();
        if framing == Framing::Chunks {
            for chunk in part.chunks(7777) {
                write!(visit.stream, "{:X}\r\n", chunk.len())?;
                visit.send([chunk, b"\r\n"].concat())?;
            }
        } else {
            visit.send(part)?;
        }
    }
}

/// A sink that takes its time, as a slow decoder or screen does, and tells first which
/// frame it has got.
fn look_slowly(pipeline: &gst::Pipeline, told: Sender<usize>) {
    let sink = pipeline.by_name("sink").unwrap();
    let told = Mutex::new(told);
    let pad = sink.static_pad("sink").unwrap();
    pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        let bytes = info.buffer().unwrap().map_readable().unwrap();
        // Nobody counts any more when the pipeline ends.
        let _ = told.lock().unwrap().send(tag_of(&bytes));
        thread::sleep(SLOW);
        gst::PadProbeReturn::Ok
    });
}

/// The ages at which the slow consumer gets its frames, and their numbers.
fn looked_at(live: &Live, source: &str) -> (Vec<Duration>, Vec<usize>, gst::Pipeline) {
    let source = format!("{source} ! fakesink name=sink sync=false");
    let pipeline = gst::parse::launch(&source).unwrap().downcast::<gst::Pipeline>().unwrap();
    let (told, frames) = mpsc::channel();
    look_slowly(&pipeline, told);
    pipeline.set_state(gst::State::Playing).unwrap();
    let patience = Duration::from_secs(20);
    let frame = |_| {
        let frame = frames.recv_timeout(patience).expect("a frame");
        (live.age(frame), frame)
    };
    let (ages, frames) = (0..LOOKED_AT).map(frame).unzip();
    (ages, frames, pipeline)
}

fn oldest(ages: &[Duration]) -> f64 {
    ages.iter().max().unwrap().as_secs_f64()
}

/// A relay that speaks TLS on its other side.
fn behind_tls(camera: SocketAddr) -> String {
    let authority = Authority::new();
    let pair = authority.self_signed("camera", GOOD);
    let key = PrivateKeyDer::from_pem_file(&pair.key).unwrap();
    let certificate = CertificateDer::from_pem_file(&pair.certificate).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    thread::spawn(move || -> io::Result<()> {
        let (stream, _) = listener.accept()?;
        let connection = rustls::ServerConnection::new(Arc::new(config)).unwrap();
        let mut client = rustls::StreamOwned::new(connection, stream);
        let mut request = [0; 2048];
        let length = client.read(&mut request)?;
        let mut camera = TcpStream::connect(camera)?;
        camera.write_all(&request[..length])?;
        io::copy(&mut camera, &mut client).map(drop)
    });
    url
}

#[test]
fn a_slow_consumer_sees_no_old_pictures() {
    init();
    let rows = [
        ("Content-Length", Framing::Length, false),
        ("delimiters alone", Framing::Delimiters, false),
        ("chunks", Framing::Chunks, false),
        ("TLS", Framing::Length, true),
    ];
    let play = |(name, framing, with_tls)| {
        let live = Live::start(framing, INTERVAL);
        let url = if with_tls { behind_tls(live.camera.address()) } else { live.camera.url() };
        let source =
            format!("mjpeghttpsrc name=source location={url} skip-backlog=true ssl-strict=false");
        let (ages, frames, pipeline) = looked_at(&live, &source);
        let stats = pipeline.by_name("source").unwrap().property::<gst::Structure>("stats");
        pipeline.set_state(gst::State::Null).unwrap();
        println!("{name}: oldest picture {:.3} s", oldest(&ages));
        assert!(oldest(&ages) < (2 * INTERVAL + SLACK).as_secs_f64(), "{name}: {ages:?}");
        let missing = frames[LOOKED_AT - 1] + 1 - LOOKED_AT;
        assert_eq!(stats.get("skipped"), Ok(u64::try_from(missing).unwrap()), "{name}: {frames:?}");
        assert!(missing > 3 * LOOKED_AT, "the consumer was not slow: {frames:?}");
        let age = stats.get::<gst::ClockTime>("frame-age").unwrap();
        assert!(age < gst::ClockTime::from_mseconds(150), "{name}: {age}");
    };
    let play = &play;
    thread::scope(|scope| rows.map(|row| scope.spawn(move || play(row))).map(join));
}

#[test]
fn others_see_older_and_older_pictures() {
    init();
    let ages = |source: &str| {
        let live = Live::start(Framing::Length, INTERVAL);
        let source = source.replace("URL", &live.camera.url());
        let (ages, _, pipeline) = looked_at(&live, &source);
        pipeline.set_state(gst::State::Null).unwrap();
        oldest(&ages)
    };
    let ages = &ages;
    let names = [
        "mjpeghttpsrc location=URL skip-backlog=true",
        "mjpeghttpsrc location=URL",
        "souphttpsrc location=URL is-live=true ! multipartdemux",
    ];
    let [skipping, plain, peer] =
        thread::scope(|scope| names.map(|name| scope.spawn(move || ages(name))).map(join));
    println!("oldest picture: {skipping:.3} s, every frame {plain:.3} s, peer {peer:.3} s");
    assert!(skipping < plain.min(peer));
}

#[test]
fn a_fast_consumer_gets_every_frame() {
    for framing in [Framing::Length, Framing::Delimiters] {
        // Slow enough that no hiccup of the machine makes two frames wait.
        let live = Live::start(framing, Duration::from_millis(100));
        let pipeline = Pipeline::playing(&live.camera.url(), "skip-backlog=true");
        let frames = pipeline.frames(15);
        let tags: Vec<_> = frames.iter().map(|frame| tag_of(&bytes(frame))).collect();
        assert_eq!(tags, (0..15).collect::<Vec<_>>());
        assert_eq!(pipeline.stat("skipped"), 0);
        let is_discont = |frame: &gst::Sample| {
            frame.buffer().unwrap().flags().contains(gst::BufferFlags::DISCONT)
        };
        assert!(!frames[1..].iter().any(is_discont));
    }
}

#[test]
fn a_camera_that_never_pauses_is_seen_all_the_same() {
    let camera = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        let part = part(&tagged(0, 1000), None);
        loop {
            visit.send(part.repeat(50))?;
        }
    });
    let pipeline = Pipeline::playing(&camera.url(), "skip-backlog=true");
    pipeline.frames(3);
    assert!(pipeline.reaches("skipped", 1));
}

#[test]
fn no_state_change_waits_for_a_silent_camera() {
    let camera = Camera::start(|mut visit| {
        visit.send([HEAD.as_bytes(), &part(&tagged(0, SIZE), None)].concat())?;
        visit.hold()
    });
    let pipeline = Pipeline::playing(&camera.url(), "skip-backlog=true");
    for state in [gst::State::Paused, gst::State::Ready] {
        pipeline.play();
        pipeline.frame().expect("a frame");
        let took = pipeline.change(state);
        // The silence would end after 15 s.
        assert!(took < Duration::from_secs(1), "{state:?} took {took:?}");
    }
}

fn join<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread.join().unwrap()
}
