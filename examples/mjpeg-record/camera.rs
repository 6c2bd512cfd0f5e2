//! One camera: a pipeline that writes segment after segment.
//!
//! A camera that is away is the element's business. What is left for us is what ends a
//! pipeline: another picture size, which Matroska cannot have within one file, and errors
//! that the element does not try again. The pipeline is made anew after both.

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::{Rc, Weak};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use gst::prelude::*;

use super::config::{self, Config};
use super::names;
use super::screen::Screen;
use super::status::Status;

/// After an error: a wrong password is not told to the camera every second.
const AFTER_ERROR: Duration = Duration::from_secs(10);

type Failure = Box<dyn Error>;

#[derive(Clone)]
pub(crate) struct Camera(Rc<Inner>);

struct Inner {
    settings: config::Camera,
    folder: PathBuf,
    segment: Duration,
    screen: Rc<RefCell<Screen>>,
    status: RefCell<Status>,
    run: RefCell<Option<Run>>,
    /// Nothing is started any more.
    ending: Cell<bool>,
    restarting: Cell<bool>,
}

/// A pipeline from its start to its end.
struct Run {
    pipeline: gst::Pipeline,
    source: gst::Element,
    writing: Writing,
    /// What the pipelines before it have counted.
    before: Counts,
    looked: (Instant, u64),
    _watch: gst::bus::BusWatchGuard,
}

/// The file that is being written; known here before it exists.
type Writing = Arc<Mutex<Option<PathBuf>>>;

#[derive(Clone, Copy, Default)]
struct Counts {
    frames: u64,
    damaged: u64,
    retries: u64,
}

impl Camera {
    pub(crate) fn start(
        settings: &config::Camera,
        config: &Config,
        screen: &Rc<RefCell<Screen>>,
    ) -> Result<Self, Failure> {
        let folder = config.folder.join(settings.name());
        fs::create_dir_all(&folder)
            .map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
        let camera = Self(Rc::new(Inner {
            folder,
            segment: config.segment.0,
            screen: screen.clone(),
            status: RefCell::new(Status { name: settings.name().into(), ..Status::default() }),
            run: RefCell::new(None),
            ending: Cell::new(false),
            restarting: Cell::new(false),
            settings: settings.clone(),
        }));
        camera.run()?;
        Ok(camera)
    }

    /// The file that is being written.
    pub(crate) fn file(&self) -> Option<PathBuf> {
        let run = self.0.run.borrow();
        run.as_ref().and_then(|run| lock(&run.writing).clone())
    }

    /// How the camera is now.
    pub(crate) fn look(&self) -> String {
        let file = self.file();
        let mut status = self.0.status.borrow_mut();
        if let Some(run) = self.0.run.borrow_mut().as_mut() {
            let counts = run.counts();
            let (then, frames) =
                std::mem::replace(&mut run.looked, (Instant::now(), counts.frames));
            #[allow(clippy::cast_precision_loss, reason = "a rate for people")]
            let new = counts.frames.saturating_sub(frames) as f64;
            status.rate = new / then.elapsed().as_secs_f64();
            (status.frames, status.damaged) = (counts.frames, counts.damaged);
            status.retries = counts.retries;
        }
        let size = file.as_deref().and_then(|file| fs::metadata(file).ok());
        status.bytes = size.map_or(0, |size| size.len());
        status.file = file;
        status.line()
    }

    /// Has the segment finished; [`is_running`](Self::is_running) until then.
    pub(crate) fn end(&self) {
        self.0.ending.set(true);
        let is_writing = self.file().is_some();
        match self.0.run.borrow().as_ref() {
            Some(run) if is_writing => drop(run.pipeline.send_event(gst::event::Eos::new())),
            _ => {}
        }
        if !is_writing {
            self.stop();
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        self.0.run.borrow().is_some()
    }

    /// At once, whatever becomes of the segment.
    pub(crate) fn stop(&self) {
        drop(self.0.run.borrow_mut().take());
    }

    fn run(&self) -> Result<(), Failure> {
        let before = self.0.run.borrow_mut().take().map(|run| run.counts()).unwrap_or_default();
        let run = Run::start(self, before)?;
        *self.0.run.borrow_mut() = Some(run);
        Ok(())
    }

    fn restart_after(&self, delay: Duration) {
        if self.0.ending.get() {
            self.stop();
            return;
        }
        if self.0.restarting.replace(true) {
            return;
        }
        let camera = Rc::downgrade(&self.0);
        glib::timeout_add_local_once(delay, move || {
            let Some(camera) = camera.upgrade().map(Camera) else { return };
            camera.0.restarting.set(false);
            if camera.0.ending.get() {
                return;
            }
            if let Err(error) = camera.run() {
                camera.warn(&error.to_string());
                camera.restart_after(AFTER_ERROR);
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
                // The end of the stream follows and finishes the segment.
                self.restart_after(AFTER_ERROR);
            }
            gst::MessageView::Eos(_) => self.restart_after(Duration::ZERO),
            gst::MessageView::PropertyNotify(notify) => {
                let (_, _, value) = notify.get();
                if let Some((_, state)) = value.and_then(glib::EnumValue::from_value) {
                    self.note(state.nick());
                    self.0.status.borrow_mut().state = state.nick().into();
                }
            }
            gst::MessageView::Element(element) => self.take_segment(element.structure()),
            _ => {}
        }
    }

    /// What splitmuxsink tells about its files.
    fn take_segment(&self, structure: Option<&gst::StructureRef>) {
        let Some(structure) = structure else { return };
        let what = match structure.name().as_str() {
            "splitmuxsink-fragment-opened" => "writing",
            "splitmuxsink-fragment-closed" => "finished",
            _ => return,
        };
        if let Ok(file) = structure.get::<&str>("location") {
            self.note(&format!("{what} {file}"));
        }
    }

    fn warn(&self, text: &str) {
        self.note(text);
        self.0.status.borrow_mut().warning = Some(text.to_owned());
    }

    fn note(&self, text: &str) {
        self.0.screen.borrow().note(self.0.settings.name(), text);
    }
}

impl Run {
    fn start(camera: &Camera, before: Counts) -> Result<Self, Failure> {
        let Inner { settings, folder, segment, .. } = &*camera.0;
        let source = source(settings)?;
        let queue = gst::ElementFactory::make("queue").build()?;
        let writing = Writing::default();
        let files = files(folder, *segment, &writing)?;
        let pipeline = gst::Pipeline::new();
        pipeline.add_many([&source, &queue, &files])?;
        gst::Element::link_many([&source, &queue, &files])?;
        end_at_another_size(&source.static_pad("src").ok_or("a source without a pad")?);

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
        let looked = (Instant::now(), before.frames);
        Ok(Self { pipeline, source, writing, before, looked, _watch: watch })
    }

    fn counts(&self) -> Counts {
        let stats: gst::Structure = self.source.property("stats");
        let count = |name| stats.get::<u64>(name).unwrap_or(0);
        Counts {
            frames: self.before.frames + count("frames"),
            damaged: self.before.damaged + count("damaged") + count("too-large"),
            retries: self.before.retries + count("retries"),
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        // Only fails when the pipeline is broken anyway.
        let _ = self.pipeline.set_state(gst::State::Null);
        // The file of a camera that has refused the login, or shown nothing else.
        if let Some(file) = lock(&self.writing).take()
            && fs::metadata(&file).is_ok_and(|file| file.len() == 0)
        {
            let _ = fs::remove_file(&file);
        }
    }
}

fn source(settings: &config::Camera) -> Result<gst::Element, Failure> {
    let source = gst::ElementFactory::make("mjpeghttpsrc").build()?;
    for (name, value) in settings.properties() {
        source.set_property_from_value(name, &value);
    }
    Ok(source)
}

fn files(folder: &Path, segment: Duration, writing: &Writing) -> Result<gst::Element, Failure> {
    // Each segment begins at 0, as players expect.
    let muxer =
        gst::ElementFactory::make("matroskamux").property("offset-to-zero", true).build()?;
    let files = gst::ElementFactory::make("splitmuxsink")
        .property("muxer", &muxer)
        .property("max-size-time", gst::ClockTime::try_from(segment)?)
        .build()?;
    let (folder, writing) = (folder.to_owned(), writing.clone());
    files.connect("format-location-full", false, move |values| {
        let sample = values.get(2).and_then(|value| value.get::<gst::Sample>().ok());
        let file = names::new_file(&folder, names::capture_time(sample.as_ref()));
        let location = file.to_string_lossy().to_value();
        *lock(&writing) = Some(file);
        Some(location)
    });
    Ok(files)
}

/// The end of the stream in place of caps that differ from the first ones.
fn end_at_another_size(pad: &gst::Pad) {
    let first = Mutex::new(None);
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, move |_, info| {
        if let Some(gst::EventView::Caps(caps)) = info.event().map(|event| event.view()) {
            let caps = caps.caps_owned();
            let is_first = *lock(&first).get_or_insert_with(|| caps.clone()) == caps;
            if !is_first {
                info.data = Some(gst::PadProbeData::Event(gst::event::Eos::new()));
            }
        }
        gst::PadProbeReturn::Ok
    });
}

/// A poisoned lock is taken all the same: the values behind it are whole.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
