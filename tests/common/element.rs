//! The element in a pipeline of its own, with an appsink behind it.

use std::sync::Once;
use std::time::{Duration, Instant};

use gst::prelude::*;

/// Longest that any test waits for anything.
pub const PATIENCE: gst::ClockTime = gst::ClockTime::from_seconds(20);

pub struct Pipeline {
    pub top: gst::Pipeline,
    pub source: gst::Element,
    sink: gst_app::AppSink,
}

/// Once, for a plugin that is registered again takes the factories of living elements away.
pub fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        gst::init().unwrap();
        gstmjpeghttp::plugin_register_static().unwrap();
    });
}

impl Pipeline {
    /// `mjpeghttpsrc` with these properties, in the words of `gst-launch-1.0`.
    pub fn new(url: &str, properties: &str) -> Self {
        init();
        let source = format!("mjpeghttpsrc name=source location=\"{url}\" {properties}");
        let line = format!("{source} ! appsink name=sink sync=false");
        let pipeline = gst::parse::launch(&line).unwrap().downcast::<gst::Pipeline>().unwrap();
        let source = pipeline.by_name("source").unwrap();
        let sink = pipeline.by_name("sink").unwrap().downcast().unwrap();
        Self { top: pipeline, source, sink }
    }

    pub fn playing(url: &str, properties: &str) -> Self {
        let this = Self::new(url, properties);
        this.play();
        this
    }

    pub fn play(&self) {
        self.top.set_state(gst::State::Playing).unwrap();
    }

    /// The next frame; `None` at the end of the stream.
    pub fn frame(&self) -> Option<gst::Sample> {
        let sample = self.sink.try_pull_sample(PATIENCE);
        assert!(sample.is_some() || self.sink.is_eos(), "no frame came: {:?}", self.last_message());
        sample
    }

    pub fn frames(&self, count: usize) -> Vec<gst::Sample> {
        (0..count).map(|_| self.frame().expect("the stream ended")).collect()
    }

    /// The next message of this type.
    pub fn message(&self, kind: gst::MessageType) -> gst::Message {
        let bus = self.top.bus().unwrap();
        bus.timed_pop_filtered(PATIENCE, &[kind]).unwrap_or_else(|| panic!("no {kind:?} came"))
    }

    /// The error that ends the stream: its text, domain and code checked by `matches`.
    pub fn error(&self) -> glib::Error {
        match self.message(gst::MessageType::Error).view() {
            gst::MessageView::Error(error) => error.error(),
            _ => unreachable!("asked for errors"),
        }
    }

    pub fn warning(&self) -> glib::Error {
        match self.message(gst::MessageType::Warning).view() {
            gst::MessageView::Warning(warning) => warning.error(),
            _ => unreachable!("asked for warnings"),
        }
    }

    /// How long a change of state takes.
    pub fn change(&self, state: gst::State) -> Duration {
        let start = Instant::now();
        self.top.set_state(state).unwrap();
        start.elapsed()
    }

    pub fn stat(&self, name: &str) -> u64 {
        self.source.property::<gst::Structure>("stats").get(name).unwrap()
    }

    /// Ids of the quirks met so far, in their order.
    pub fn quirks(&self) -> Vec<String> {
        let stats = self.source.property::<gst::Structure>("stats");
        let quirks = stats.get::<gst::Array>("quirks").unwrap();
        let id =
            |quirk: &glib::SendValue| quirk.get::<gst::Structure>().unwrap().get("id").unwrap();
        quirks.iter().map(id).collect()
    }

    /// Does a counter reach a number in time?
    pub fn reaches(&self, name: &str, number: u64) -> bool {
        let until = Instant::now() + Duration::from_nanos(PATIENCE.nseconds());
        while self.stat(name) < number && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.stat(name) >= number
    }

    /// Waits for a connection state by its nick.
    pub fn wait_for_state(&self, nick: &str) {
        let until = Instant::now() + Duration::from_nanos(PATIENCE.nseconds());
        while self.state() != nick {
            assert!(Instant::now() < until, "still {}", self.state());
            std::thread::yield_now();
        }
    }

    pub fn state(&self) -> String {
        let value = self.source.property_value("connection-state");
        let (_, value) = glib::EnumValue::from_value(&value).unwrap();
        value.nick().to_owned()
    }

    fn last_message(&self) -> Option<gst::Message> {
        let kinds = [gst::MessageType::Error, gst::MessageType::Warning];
        self.top.bus().unwrap().pop_filtered(&kinds)
    }
}

impl Drop for Pipeline {
    fn drop(&mut self) {
        self.top.set_state(gst::State::Null).unwrap();
    }
}

pub fn bytes(sample: &gst::Sample) -> Vec<u8> {
    sample.buffer().unwrap().map_readable().unwrap().to_vec()
}

pub fn pts(sample: &gst::Sample) -> gst::ClockTime {
    sample.buffer().unwrap().pts().expect("a PTS on every buffer")
}
