//! A pipeline, and somebody who pauses, stops and starts it at random.

use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gst::prelude::*;

use super::camera::MAX_FRAME_SIZE;
use super::ledger::Ledger;
use super::picture::{digest, id_of, pictures_in};
use crate::common::element::PATIENCE;
use crate::common::random::Random;

/// Of a recording, until the next file is begun.
const FILE: Duration = Duration::from_secs(2);

/// What is behind the element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sink {
    Fake,
    Queued,
    App,
    Recorder,
}

impl Sink {
    fn line(self, folder: &str) -> String {
        match self {
            Self::Fake => "fakesink sync=false".into(),
            Self::Queued => "queue ! fakesink".into(),
            Self::App => "appsink sync=false max-buffers=2 drop=true".into(),
            Self::Recorder => format!(
                "splitmuxsink name=sink muxer=matroskamux location=\"{folder}/%05d.mkv\" max-size-time={}",
                FILE.as_nanos()
            ),
        }
    }
}

/// What the element and the recording have counted, over all starts.
#[derive(Debug, Clone, Copy, Default)]
pub struct Counted {
    pub frames: u64,
    /// As damaged or too large.
    pub dropped: u64,
    pub starts: u64,
    pub pauses: u64,
    /// Pictures found in the files.
    pub recorded: u64,
}

impl Counted {
    pub fn add(&mut self, other: &Self) {
        self.frames += other.frames;
        self.dropped += other.dropped;
        self.starts += other.starts;
        self.pauses += other.pauses;
        self.recorded += other.recorded;
    }
}

pub struct Consumer {
    pipeline: gst::Pipeline,
    source: gst::Element,
    sink: Sink,
    folder: PathBuf,
    ledger: Arc<Ledger>,
    /// Digests of what came and is in no closed file yet.
    unrecorded: Arc<Mutex<VecDeque<u64>>>,
    random: Random,
    counted: Counted,
}

impl Consumer {
    /// `folder` is for its recordings.
    pub fn new(url: &str, sink: Sink, folder: PathBuf, seed: u64, ledger: Arc<Ledger>) -> Self {
        let source = format!(
            "mjpeghttpsrc name=source location={url} timeout=3 max-frame-size={MAX_FRAME_SIZE} \
             retry-backoff-factor=0.1 retry-backoff-max=0.5"
        );
        fs::create_dir_all(&folder).unwrap();
        let line = format!("{source} ! {}", sink.line(folder.to_str().unwrap()));
        let pipeline = gst::parse::launch(&line).unwrap().downcast::<gst::Pipeline>().unwrap();
        let source = pipeline.by_name("source").unwrap();
        let unrecorded = Arc::new(Mutex::new(VecDeque::new()));
        let (book, queue) = (ledger.clone(), unrecorded.clone());
        let pad = source.static_pad("src").unwrap();
        pad.add_probe(gst::PadProbeType::BUFFER, move |_, info| {
            let buffer = info.buffer().unwrap().map_readable().unwrap();
            let digest = digest(&buffer);
            book.delivered(id_of(&buffer), digest);
            if sink == Sink::Recorder {
                queue.lock().unwrap().push_back(digest);
            }
            gst::PadProbeReturn::Ok
        });
        let random = Random::new(seed);
        let counted = Counted::default();
        Self { pipeline, source, sink, folder, ledger, unrecorded, random, counted }
    }

    /// Plays, pauses, stops and starts until then.
    pub fn run(mut self, until: Instant) -> Counted {
        self.start();
        while Instant::now() < until {
            self.wait(500, 5000, until);
            match self.random.below(8) {
                0 => self.restart(gst::State::Ready, until),
                1 => self.restart(gst::State::Null, until),
                2 => {
                    for _ in 0..5 {
                        self.pause(0, until);
                    }
                }
                _ => self.pause(1500, until),
            }
        }
        self.stop(gst::State::Null);
        self.counted
    }

    fn start(&mut self) {
        if self.sink == Sink::Recorder && self.counted.starts > 0 {
            self.replace_sink();
        }
        self.counted.starts += 1;
        self.pipeline.set_state(gst::State::Playing).unwrap();
    }

    /// Down to this state and up again.
    fn restart(&mut self, state: gst::State, until: Instant) {
        self.stop(state);
        self.wait(0, 500, until);
        self.start();
    }

    /// A splitmuxsink of GStreamer 1.22 that is started again compares the new times with the
    /// old ones, and fails with any source.
    fn replace_sink(&self) {
        let old = self.pipeline.by_name("sink").unwrap();
        old.set_state(gst::State::Null).unwrap();
        self.pipeline.remove(&old).unwrap();
        let line = self.sink.line(self.folder.to_str().unwrap());
        let new = gst::parse::launch(&line).unwrap();
        self.pipeline.add(&new).unwrap();
        self.source.link(&new).unwrap();
    }

    fn pause(&mut self, longest: usize, until: Instant) {
        self.counted.pauses += 1;
        self.ledger.interrupted();
        self.pipeline.set_state(gst::State::Paused).unwrap();
        self.ledger.interrupted();
        self.wait(0, longest, until);
        self.pipeline.set_state(gst::State::Playing).unwrap();
    }

    fn stop(&mut self, state: gst::State) {
        if self.sink == Sink::Recorder {
            self.finish_recording();
        }
        self.ledger.interrupted();
        self.pipeline.set_state(state).unwrap();
        self.ledger.interrupted();
        self.counted.frames += self.stat("frames");
        self.counted.dropped += self.stat("damaged") + self.stat("too-large");
        // What it said last.
        while let Some(message) = self.pipeline.bus().unwrap().pop() {
            self.heed(&message);
        }
    }

    /// Everything that has come is in a closed file behind this.
    fn finish_recording(&mut self) {
        // A recording without a picture has no end.
        self.wait_until("no first picture", |this, _| this.stat("frames") > 0);
        self.ledger.interrupted();
        self.pipeline.send_event(gst::event::Eos::new());
        self.wait_until("no end of the recording", |_, message| {
            message.is_some_and(|message| message.type_() == gst::MessageType::Eos)
        });
        self.ledger.interrupted();
        let left = self.unrecorded.lock().unwrap().len();
        assert_eq!(left, 0, "{}: pictures in no file", self.folder.display());
    }

    fn wait_until(
        &mut self,
        failure: &str,
        is_done: impl Fn(&Self, Option<&gst::MessageRef>) -> bool,
    ) {
        let start = Instant::now();
        let bus = self.pipeline.bus().unwrap();
        loop {
            let message = bus.timed_pop(gst::ClockTime::from_mseconds(10));
            if let Some(message) = &message {
                self.heed(message);
            }
            if is_done(self, message.as_deref()) {
                return;
            }
            let folder = self.folder.display();
            assert!(start.elapsed() < PATIENCE.into(), "{folder}: {failure}");
        }
    }

    fn stat(&self, name: &str) -> u64 {
        self.source.property::<gst::Structure>("stats").get(name).unwrap()
    }

    /// A random time in milliseconds; what is on the bus is read meanwhile.
    fn wait(&mut self, shortest: usize, longest: usize, until: Instant) {
        let time = Duration::from_millis((shortest + self.random.below(longest + 1)) as u64);
        let end = (Instant::now() + time).min(until);
        let bus = self.pipeline.bus().unwrap();
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match bus.timed_pop(gst::ClockTime::try_from(left).unwrap()) {
                Some(message) => self.heed(&message),
                None => return,
            }
        }
    }

    fn heed(&mut self, message: &gst::MessageRef) {
        match message.view() {
            gst::MessageView::Error(error) => {
                panic!("{}: {} {:?}", self.folder.display(), error.error(), error.debug());
            }
            gst::MessageView::Element(element) => {
                let structure = element.structure().unwrap();
                if structure.name() == "splitmuxsink-fragment-closed" {
                    self.check(structure.get("location").unwrap());
                }
            }
            _ => {}
        }
    }

    /// A closed file holds the oldest of what is not recorded yet.
    fn check(&mut self, file: &str) {
        // Begun and ended without a picture, it may never have been there: that nothing is
        // missing is seen at the end of the recording.
        let Ok(bytes) = fs::read(file) else { return };
        let mut unrecorded = self.unrecorded.lock().unwrap();
        for picture in pictures_in(&bytes) {
            let expected = unrecorded.pop_front();
            assert_eq!(Some(digest(picture)), expected, "{file}: {:?}", id_of(picture));
            self.counted.recorded += 1;
        }
        fs::remove_file(file).unwrap();
    }
}
