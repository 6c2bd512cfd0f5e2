//! A measured client, in a process of its own: so what it uses is its own.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use gst::prelude::*;
use rustix::process::{Signal, set_parent_process_death_signal};

use crate::common::element::init;
use crate::ideal;
use crate::load::{BEGIN, time_of};
use crate::peers::Peer;
use crate::table::percentile;
use crate::usage::{Usage, now, threads_and_memory};

/// Without a new frame for so long, the rest is not coming.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the parent asks for, on the command line.
#[derive(Debug, Clone)]
pub struct Order {
    pub peer: Peer,
    pub address: String,
    pub cameras: usize,
    /// Frames of all cameras before the measurement, and at its end.
    pub from: usize,
    pub to: usize,
}

impl Order {
    pub fn words(&self) -> [String; 6] {
        let Self { peer, address, cameras, from, to } = self;
        let numbers = [cameras, from, to].map(ToString::to_string);
        let [cameras, from, to] = numbers;
        ["child".into(), peer.word(), address.clone(), cameras, from, to]
    }

    /// `None` if this is no child.
    pub fn parse(words: &[String]) -> Option<Self> {
        let [word, peer, address, cameras, from, to] = words else { return None };
        let number = |word: &String| word.parse().ok();
        (word == "child").then_some(())?;
        Some(Self {
            peer: Peer::from_word(peer)?,
            address: address.clone(),
            cameras: number(cameras)?,
            from: number(from)?,
            to: number(to)?,
        })
    }
}

/// Does what the order says and prints what it took, as `name=number` words.
pub fn run(order: &Order) {
    set_parent_process_death_signal(Some(Signal::KILL)).unwrap();
    let (done, end) = channel();
    let count = Arc::new(Count::new(order, done.clone()));
    match order.peer {
        Peer::Ideal(waiting) => bare(order, waiting, &count),
        Peer::Ffmpeg => {
            // FFmpeg is in front of the pipe, and writes the parts anew.
            let count = count.clone();
            thread::spawn(move || {
                ideal::receive(io::stdin(), ideal::Waiting::Plain, |picture| {
                    count.picture(0, picture);
                })
            });
        }
        _ => {
            init();
            for camera in 0..order.cameras {
                start(order, camera, &count, &done);
            }
        }
    }
    wait(&end, &count);
    let result = count.result();
    let words: Vec<_> = result.iter().map(|(name, number)| format!("{name}={number}")).collect();
    println!("{}", words.join(" "));
    // The pipelines are not asked: the load may be over for long.
    std::process::exit(0);
}

fn bare(order: &Order, waiting: ideal::Waiting, count: &Arc<Count>) {
    for camera in 0..order.cameras {
        let (count, address) = (count.clone(), order.address.clone());
        thread::spawn(move || {
            let socket = ideal::connect(&address).unwrap();
            ideal::receive(&socket, waiting, |picture| count.picture(camera, picture))
        });
    }
}

fn start(order: &Order, camera: usize, count: &Arc<Count>, done: &Sender<Result<(), String>>) {
    let source = order.peer.pipeline(&order.address).unwrap();
    let line = format!("{source} ! fakesink name=sink sync=false async=false");
    let pipeline = gst::parse::launch(&line).unwrap().downcast::<gst::Pipeline>().unwrap();
    let sink = pipeline.by_name("sink").unwrap().static_pad("sink").unwrap();
    let count = count.clone();
    sink.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
        if let Some(buffer) = info.buffer() {
            // Not mapped, which might move the pieces of it together.
            let mut begin = [0; BEGIN];
            buffer.copy_to_slice(0, &mut begin).unwrap();
            count.frame(camera, buffer.size(), &begin);
        }
        gst::PadProbeReturn::Ok
    });
    let done = done.clone();
    pipeline.bus().unwrap().set_sync_handler(move |_, message| {
        if let gst::MessageView::Error(error) = message.view() {
            let _ = done.send(Err(error.error().to_string()));
        }
        gst::BusSyncReply::Drop
    });
    pipeline.set_state(gst::State::Playing).unwrap();
    // It runs until the process ends.
    std::mem::forget(pipeline);
}

fn wait(end: &Receiver<Result<(), String>>, count: &Count) {
    let mut last = 0;
    loop {
        match end.recv_timeout(PATIENCE) {
            Ok(Ok(())) => return,
            Ok(Err(error)) => {
                eprintln!("  {error}");
                return;
            }
            Err(_) if count.total.load(Ordering::Relaxed) == last => return,
            Err(_) => last = count.total.load(Ordering::Relaxed),
        }
    }
}

/// Counts frames and looks at the clocks at the first and the last that are measured.
struct Count {
    from: usize,
    to: usize,
    total: AtomicUsize,
    bytes: AtomicU64,
    /// Frames that each camera is to send, and how many have sent them.
    each: usize,
    complete: AtomicUsize,
    cameras: Vec<AtomicUsize>,
    delays: Mutex<Vec<u64>>,
    before: OnceLock<Usage>,
    after: OnceLock<Usage>,
    done: Sender<Result<(), String>>,
}

impl Count {
    fn new(order: &Order, done: Sender<Result<(), String>>) -> Self {
        Self {
            from: order.from,
            to: order.to,
            total: AtomicUsize::new(0),
            bytes: AtomicU64::new(0),
            each: order.to / order.cameras,
            complete: AtomicUsize::new(0),
            cameras: (0..order.cameras).map(|_| AtomicUsize::new(0)).collect(),
            delays: Mutex::new(Vec::with_capacity(order.to)),
            before: OnceLock::new(),
            after: OnceLock::new(),
            done,
        }
    }

    fn picture(&self, camera: usize, picture: &[u8]) {
        self.frame(camera, picture.len(), &picture[..BEGIN.min(picture.len())]);
    }

    fn frame(&self, camera: usize, size: usize, begin: &[u8]) {
        let number = self.total.fetch_add(1, Ordering::Relaxed) + 1;
        if number > self.from && number <= self.to {
            self.bytes.fetch_add(size as u64, Ordering::Relaxed);
            let delay = time_of(begin).map(|sent| now().saturating_sub(sent));
            self.delays.lock().unwrap().extend(delay);
        }
        if number == self.from {
            let _ = self.before.set(Usage::before());
        } else if number == self.to {
            let _ = self.after.set(Usage::after());
        }
        if self.cameras[camera].fetch_add(1, Ordering::Relaxed) + 1 == self.each
            && self.complete.fetch_add(1, Ordering::Relaxed) + 1 == self.cameras.len()
        {
            let _ = self.done.send(Ok(()));
        }
    }

    fn result(&self) -> BTreeMap<&'static str, u64> {
        let total = self.total.load(Ordering::Relaxed).min(self.to);
        let Some(before) = self.before.get() else {
            return [("lost", self.to as u64)].into();
        };
        let after = self.after.get().copied().unwrap_or_else(Usage::after);
        let (threads, memory) = threads_and_memory();
        let mut delays = std::mem::take(&mut *self.delays.lock().unwrap());
        let counts = self.cameras.iter().map(|count| count.load(Ordering::Relaxed));
        let lost: usize = counts.map(|count| self.each.saturating_sub(count)).sum();
        [
            ("frames", total.saturating_sub(self.from) as u64),
            ("bytes", self.bytes.load(Ordering::Relaxed)),
            ("cpu", after.cpu - before.cpu),
            ("time", after.time - before.time),
            ("switches", after.switches.saturating_sub(before.switches)),
            ("threads", threads),
            ("memory", memory),
            ("lost", lost as u64),
            ("p50", percentile(&mut delays, 50)),
            ("p99", percentile(&mut delays, 99)),
        ]
        .into()
    }
}
