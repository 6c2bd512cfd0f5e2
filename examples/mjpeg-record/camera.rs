//! One camera: a pipeline that gives each picture to [`Pictures`].
//!
//! A camera that is away is the element's business. What is left for us are errors that the
//! element does not try again: the pipeline is made anew after them.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::rc::{Rc, Weak};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime};

use bytes::Bytes;
use gst::prelude::*;

use super::board::{Entry, Picture};
use super::common::captured::captured;
use super::config;
use super::pictures::{Arrival, Pictures};
use super::screen::Screen;
use super::time::Time;

/// After an error: a wrong password is not told to the camera every second.
const AFTER_ERROR: Duration = Duration::from_secs(10);

type Failure = Box<dyn Error>;

#[derive(Clone)]
pub(crate) struct Camera(Rc<Inner>);

struct Inner {
    settings: config::Camera,
    entry: Arc<Entry>,
    pictures: Arc<Pictures>,
    screen: Arc<Screen>,
    run: RefCell<Option<Run>>,
    stopping: RefCell<Option<JoinHandle<()>>>,
    /// Nothing is started any more.
    ending: Cell<bool>,
    restarting: Cell<bool>,
    /// That pictures cannot be written was told.
    told: Cell<bool>,
}

/// A pipeline from its start to its end.
struct Run {
    pipeline: gst::Pipeline,
    source: gst::Element,
    /// What the pipelines before it have counted.
    before: Counts,
    looked: (Instant, u64),
    _watch: gst::bus::BusWatchGuard,
}

#[derive(Clone, Copy, Default)]
struct Counts {
    damaged: u64,
    retries: u64,
}

impl Camera {
    pub(crate) fn start(
        settings: &config::Camera,
        entry: Arc<Entry>,
        pictures: Pictures,
        screen: &Arc<Screen>,
    ) -> Result<Self, Failure> {
        let camera = Self(Rc::new(Inner {
            settings: settings.clone(),
            entry,
            pictures: Arc::new(pictures),
            screen: screen.clone(),
            run: RefCell::new(None),
            stopping: RefCell::new(None),
            ending: Cell::new(false),
            restarting: Cell::new(false),
            told: Cell::new(false),
        }));
        camera.run()?;
        Ok(camera)
    }

    pub(crate) fn settings(&self) -> &config::Camera {
        &self.0.settings
    }

    pub(crate) fn entry(&self) -> &Arc<Entry> {
        &self.0.entry
    }

    pub(crate) fn pictures(&self) -> &Pictures {
        &self.0.pictures
    }

    /// What has to be done every now and then.
    pub(crate) fn look_after(&self) {
        self.0.pictures.look_after();
        let unwritten = self.0.entry.status().unwritten;
        if !self.0.told.replace(unwritten.is_some())
            && let Some(cause) = unwritten
        {
            self.0.screen.note(&self.0.settings.name, &format!("not recorded: {cause}"));
        }
        let mut run = self.0.run.borrow_mut();
        let Some(run) = run.as_mut() else { return };
        let counts = run.counts();
        self.0.entry.change(|status| {
            let now = (Instant::now(), status.frames);
            let (then, frames) = std::mem::replace(&mut run.looked, now);
            #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
            let new = status.frames.saturating_sub(frames) as f64;
            status.rate = new / then.elapsed().as_secs_f64();
            (status.damaged, status.retries) = (counts.damaged, counts.retries);
        });
    }

    /// Nothing comes any more; [`is_stopped`](Self::is_stopped) when the segment is complete,
    /// as far as it is ours.
    pub(crate) fn stop(&self) {
        self.0.ending.set(true);
        self.0.pictures.stop();
        let Some(run) = self.0.run.borrow_mut().take() else { return };
        let pipeline = run.pipeline.clone();
        // It may wait for a disk, which nobody else shall.
        let spawned = thread::Builder::new().spawn(move || {
            let _ = pipeline.set_state(gst::State::Null);
        });
        if let Ok(stopping) = spawned {
            *self.0.stopping.borrow_mut() = Some(stopping);
        } else {
            run.end();
        }
    }

    pub(crate) fn is_stopped(&self) -> bool {
        let stopping = self.0.stopping.borrow();
        stopping.as_ref().is_none_or(JoinHandle::is_finished) && self.0.pictures.end()
    }

    fn run(&self) -> Result<(), Failure> {
        let before = self.0.run.borrow_mut().take().map(Run::end).unwrap_or_default();
        let run = Run::start(self, before)?;
        *self.0.run.borrow_mut() = Some(run);
        Ok(())
    }

    fn restart(&self) {
        if self.0.restarting.replace(true) {
            return;
        }
        let camera = Rc::downgrade(&self.0);
        glib::timeout_add_local_once(AFTER_ERROR, move || {
            let Some(camera) = camera.upgrade().map(Camera) else { return };
            camera.0.restarting.set(false);
            if camera.0.ending.get() {
                return;
            }
            if let Err(error) = camera.run() {
                camera.warn(&error.to_string());
                camera.restart();
            }
        });
    }

    fn take(&self, message: &gst::Message) {
        match message.view() {
            gst::MessageView::Warning(warning) => self.warn(warning.error().message()),
            // Behind the element's error comes one of its base class, which says less.
            gst::MessageView::Error(_) if self.0.restarting.get() => {}
            gst::MessageView::Error(error) => {
                self.warn(error.error().message());
                self.0.entry.change(|status| status.state = "failed".into());
                self.restart();
            }
            gst::MessageView::Eos(_) => self.restart(),
            gst::MessageView::PropertyNotify(notify) => {
                let (_, _, value) = notify.get();
                if let Some((_, state)) = value.and_then(glib::EnumValue::from_value) {
                    self.enter(state.nick());
                }
            }
            _ => {}
        }
    }

    fn enter(&self, state: &str) {
        self.0.screen.note(&self.0.settings.name, state);
        self.0.entry.change(|status| {
            state.clone_into(&mut status.state);
            if state == "streaming" {
                status.warning = None;
            } else {
                // Nothing comes that could be written.
                status.unwritten = None;
            }
        });
    }

    fn warn(&self, text: &str) {
        self.0.screen.note(&self.0.settings.name, text);
        self.0.pictures.note_cause(text);
        self.0.entry.change(|status| status.warning = Some(text.to_owned()));
    }
}

impl Run {
    fn start(camera: &Camera, before: Counts) -> Result<Self, Failure> {
        let Inner { settings, entry, pictures, .. } = &*camera.0;
        let source = gst::ElementFactory::make("mjpeghttpsrc").build()?;
        for (name, value) in settings.properties() {
            source.set_property_from_value(name, &value);
        }
        let sink = sink(entry.clone(), pictures.clone());
        let pipeline = gst::Pipeline::new();
        pipeline.add_many([&source, sink.upcast_ref()])?;
        source.link(&sink)?;

        let bus = pipeline.bus().ok_or("the pipeline has no bus")?;
        let watch = bus.add_watch_local({
            let camera: Weak<Inner> = Rc::downgrade(&camera.0);
            move |_, message| {
                if let Some(camera) = camera.upgrade() {
                    Camera(camera).take(message);
                }
                glib::ControlFlow::Continue
            }
        })?;
        source.add_property_notify_watch(Some("connection-state"), true);
        // If this fails, the reason is on the bus.
        let _ = pipeline.set_state(gst::State::Playing);
        let looked = (Instant::now(), entry.status().frames);
        Ok(Self { pipeline, source, before, looked, _watch: watch })
    }

    fn counts(&self) -> Counts {
        let stats: gst::Structure = self.source.property("stats");
        let count = |name| stats.get::<u64>(name).unwrap_or(0);
        Counts {
            damaged: self.before.damaged + count("damaged") + count("too-large"),
            retries: self.before.retries + count("retries"),
        }
    }

    fn end(self) -> Counts {
        let counts = self.counts();
        // Only fails when the pipeline is broken anyway.
        let _ = self.pipeline.set_state(gst::State::Null);
        counts
    }
}

/// Takes each picture in the thread of the source, which has a backlog of its own.
fn sink(entry: Arc<Entry>, pictures: Arc<Pictures>) -> gst_app::AppSink {
    let sink = gst_app::AppSink::builder().sync(false).max_buffers(1).build();
    let take = move |sink: &gst_app::AppSink| {
        let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
        let buffer = sample.buffer_owned().ok_or(gst::FlowError::Error)?;
        let taken = taken(sink, &buffer);
        let camera = captured(&buffer).map(Time::from);
        let size = buffer.size() as u64;
        entry.change(|status| {
            status.frames += 1;
            status.received += size;
            status.newest = Some(taken);
        });
        if let Ok(picture) = buffer.into_mapped_buffer_readable() {
            entry.show(Picture { jpeg: Bytes::from_owner(picture), captured: taken });
        }
        pictures.take(&Arrival { sample: &sample, taken, camera });
        Ok(gst::FlowSuccess::Ok)
    };
    sink.set_callbacks(gst_app::AppSinkCallbacks::builder().new_sample(take).build());
    sink
}

/// When a picture was taken, by our clock: its time in the pipeline is as long ago.
fn taken(sink: &gst_app::AppSink, buffer: &gst::BufferRef) -> Time {
    let now = sink.clock().map(|clock| clock.time()).zip(sink.base_time());
    let running = now.map(|(now, base)| now.saturating_sub(base));
    let age = running.zip(buffer.pts()).map(|(now, taken)| now.saturating_sub(taken));
    Time::from(SystemTime::now() - Duration::from(age.unwrap_or_default()))
}
