//! The virtual methods.
//!
//! | lock | who takes it |
//! |---|---|
//! | `settings` | any thread, for a moment |
//! | `shown` | any thread, for a moment |
//! | `streaming` | `start` and `stop` to put it there and take it away; the streaming thread, which takes it *out* while it works |
//! | `remote` | any thread, for a moment |
//! | `pausing` | any thread, for a moment |
//!
//! No two are held at once, and none while GStreamer or the network is called.
//!
//! GStreamer before 1.24 does not call `unlock()` on a pause, and a `FLUSHING` that
//! comes out of `create()` then ends the task for good; GStreamer since then calls it,
//! and `unlock_stop()` from the streaming thread. So a pause is told to the reader
//! directly, around the parent's state change, and `create()` itself waits it out.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};
use std::time::Duration;

use gst::subclass::prelude::*;
use gst_base::prelude::*;
use gst_base::subclass::base_src::CreateSuccess;
use gst_base::subclass::prelude::*;
use once_cell::sync::Lazy;

use super::enums::ConnectionState;
use super::properties::PROPERTIES;
use super::settings::Settings;
use super::streaming::Streaming;
use super::{bus, caps, latency, time};
use crate::clock::Report;
use crate::quirk::{Quirk, Quirks};
use crate::session::reader::Remote;
use crate::stats::Stats;

/// The element's instance data.
#[derive(Debug, Default)]
pub struct MjpegHttpSrc {
    settings: Mutex<Settings>,
    shown: Mutex<Shown>,
    streaming: Mutex<Option<Box<Streaming>>>,
    /// Of what streams, also while it works.
    remote: Mutex<Option<Remote>>,
    /// The thread that takes the element from PLAYING to PAUSED: an `unlock()` of its means a
    /// pause, one of another thread a flush.
    pausing: Mutex<Option<ThreadId>>,
}

/// What the read-only properties show.
#[derive(Debug, Clone, Default)]
struct Shown {
    state: ConnectionState,
    stats: Stats,
    clock: Report,
    /// Of the last picture when it left.
    frame_age: Option<gst::ClockTime>,
    /// By how much pictures may be stamped earlier, since the start.
    latency: Option<Duration>,
}

#[glib::object_subclass]
impl ObjectSubclass for MjpegHttpSrc {
    const NAME: &'static str = "GstMjpegHttpSrc";
    type Type = super::MjpegHttpSrc;
    type ParentType = gst_base::PushSrc;
    type Interfaces = (gst::URIHandler,);
}

impl ObjectImpl for MjpegHttpSrc {
    fn properties() -> &'static [glib::ParamSpec] {
        PROPERTIES.as_ref()
    }

    fn set_property(&self, _id: usize, value: &glib::Value, pspec: &glib::ParamSpec) {
        lock(&self.settings).set(pspec.name(), value);
    }

    fn property(&self, _id: usize, pspec: &glib::ParamSpec) -> glib::Value {
        match pspec.name() {
            "connection-state" => lock(&self.shown).state.to_value(),
            "stats" => {
                let Shown { stats, clock, frame_age, .. } = lock(&self.shown).clone();
                let mut structure = structure(&stats);
                structure.set("frame-age", frame_age);
                time::show(&mut structure, &clock);
                structure.to_value()
            }
            name => {
                let value = lock(&self.settings).get(name);
                value.unwrap_or_else(|| pspec.default_value().clone())
            }
        }
    }

    fn constructed(&self) {
        self.parent_constructed();
        let element = self.obj();
        element.set_live(true);
        element.set_format(gst::Format::Time);
    }
}

impl GstObjectImpl for MjpegHttpSrc {}

impl ElementImpl for MjpegHttpSrc {
    fn metadata() -> Option<&'static gst::subclass::ElementMetadata> {
        static METADATA: Lazy<gst::subclass::ElementMetadata> = Lazy::new(|| {
            gst::subclass::ElementMetadata::new(
                "MJPEG over HTTP source",
                "Source/Network/Video",
                "Receives the JPEG pictures of a network camera over HTTP, stamps each with \
                 the time it was taken at, and connects again by itself",
                env!("CARGO_PKG_AUTHORS"),
            )
        });
        Some(&*METADATA)
    }

    fn pad_templates() -> &'static [gst::PadTemplate] {
        static TEMPLATES: Lazy<Vec<gst::PadTemplate>> = Lazy::new(|| {
            let template = gst::PadTemplate::new(
                "src",
                gst::PadDirection::Src,
                gst::PadPresence::Always,
                &caps::template(),
            );
            template.into_iter().collect()
        });
        TEMPLATES.as_ref()
    }

    fn change_state(
        &self,
        transition: gst::StateChange,
    ) -> Result<gst::StateChangeSuccess, gst::StateChangeError> {
        match transition {
            gst::StateChange::PlayingToPaused => {
                *lock(&self.pausing) = Some(thread::current().id());
            }
            gst::StateChange::PausedToPlaying => self.hold(Remote::resume),
            _ => {}
        }
        let result = self.parent_change_state(transition);
        if transition == gst::StateChange::PlayingToPaused {
            *lock(&self.pausing) = None;
            self.hold(Remote::pause);
            self.obj().enter(ConnectionState::Idle);
        }
        result
    }
}

impl BaseSrcImpl for MjpegHttpSrc {
    /// Only looks at the settings: the connection is the reading thread's, once there is
    /// somebody who takes.
    fn start(&self) -> Result<(), gst::ErrorMessage> {
        let settings = lock(&self.settings).clone();
        // It would put the time of now beside the PTS, as a DTS that sinks wait for.
        self.obj().set_do_timestamp(false);
        let streaming = Streaming::new(&settings)
            .map_err(|error| bus::error(&settings.camera(), &error, &settings.secrets()))?;
        *lock(&self.shown) = Shown { latency: Some(settings.latency()), ..Shown::default() };
        *lock(&self.remote) = Some(streaming.remote());
        *lock(&self.streaming) = Some(Box::new(streaming));
        Ok(())
    }

    fn stop(&self) -> Result<(), gst::ErrorMessage> {
        self.hold(Remote::stop);
        let (remote, streaming) = (lock(&self.remote).take(), lock(&self.streaming).take());
        drop((remote, streaming));
        lock(&self.shown).latency = None;
        self.obj().enter(ConnectionState::Idle);
        Ok(())
    }

    fn is_seekable(&self) -> bool {
        false
    }

    /// Caps come with the first picture. The default would fixate the ones of the
    /// template to 1×1 before there is one.
    fn negotiate(&self) -> Result<(), gst::LoggableError> {
        Ok(())
    }

    fn query(&self, query: &mut gst::QueryRef) -> bool {
        if let gst::QueryViewMut::Latency(query) = query.view_mut() {
            let running = lock(&self.shown).latency;
            let set = || lock(&self.settings).latency();
            latency::answer(query, running.unwrap_or_else(set));
            return true;
        }
        BaseSrcImplExt::parent_query(self, query)
    }

    fn unlock(&self) -> Result<(), gst::ErrorMessage> {
        if *lock(&self.pausing) == Some(thread::current().id()) {
            self.hold(Remote::pause);
        } else {
            self.hold(Remote::flush);
        }
        Ok(())
    }

    fn unlock_stop(&self) -> Result<(), gst::ErrorMessage> {
        self.hold(Remote::unflush);
        Ok(())
    }
}

impl PushSrcImpl for MjpegHttpSrc {
    fn create(
        &self,
        _buffer: Option<&mut gst::BufferRef>,
    ) -> Result<CreateSuccess, gst::FlowError> {
        let Some(mut streaming) = lock(&self.streaming).take() else {
            return Err(gst::FlowError::Flushing);
        };
        let result = streaming.create(&self.obj());
        *lock(&self.streaming) = Some(streaming);
        result.map(CreateSuccess::NewBuffer)
    }
}

impl MjpegHttpSrc {
    /// Holds, lets go or ends what streams, if anything does.
    fn hold(&self, what: impl FnOnce(&Remote)) {
        let remote = lock(&self.remote).clone();
        if let Some(remote) = remote {
            what(&remote);
        }
    }
}

impl super::MjpegHttpSrc {
    /// Changes the counters.
    pub(super) fn count(&self, change: impl FnOnce(&mut Stats)) {
        change(&mut lock(&self.imp().shown).stats);
    }

    /// Counts a picture; shows what is known about the camera's clock, and how old the
    /// picture is as it leaves.
    pub(super) fn show_picture(
        &self,
        clock: Report,
        age: Option<gst::ClockTime>,
        count: impl FnOnce(&mut Stats),
    ) {
        let mut shown = lock(&self.imp().shown);
        shown.clock = clock;
        shown.frame_age = age;
        count(&mut shown.stats);
    }

    /// What was odd so far.
    pub(super) fn quirks(&self) -> Quirks {
        lock(&self.imp().shown).stats.quirks.clone()
    }

    /// Shows another connection state.
    pub(super) fn enter(&self, state: ConnectionState) {
        let before = std::mem::replace(&mut lock(&self.imp().shown).state, state);
        if before != state {
            self.notify("connection-state");
        }
    }
}

fn structure(stats: &Stats) -> gst::Structure {
    gst::Structure::builder("application/x-mjpeghttpsrc-stats")
        .field("frames", stats.frames)
        .field("bytes", stats.bytes)
        .field("frames-by-camera-clock", stats.frames_by_camera_clock)
        .field("connections", stats.connections)
        .field("retries", stats.retries)
        .field("damaged", stats.damaged)
        .field("too-large", stats.too_large)
        .field("skipped", stats.skipped)
        .field("other-parts", stats.other_parts)
        .field("unchanged", stats.unchanged)
        .field("messages-left-out", stats.messages_left_out)
        .field("quirks", gst::Array::new(stats.quirks.met().map(quirk)))
        .build()
}

fn quirk((quirk, count): (Quirk, u64)) -> glib::SendValue {
    gst::Structure::builder("quirk")
        .field("id", quirk.id())
        .field("sentence", quirk.sentence())
        .field("count", count)
        .build()
        .to_send_value()
}

/// A poisoned lock is taken all the same: the values behind it are whole.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
