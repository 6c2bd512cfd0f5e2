//! One camera on the wall, and what stands there while it is away.
//!
//! Two layers: below, a dark picture with the camera's name and state, which always comes;
//! above, the camera's picture, seen while the camera sends. So nobody waits for a camera.

use std::cell::Cell;
use std::error::Error;
use std::time::Duration;

use gst::prelude::*;

use super::common::camera::CameraOptions;
use super::grid::Place;
use super::options::Named;

/// After an error that the element does not try again, such as a wrong password.
const AFTER_ERROR: Duration = Duration::from_secs(10);

pub(crate) struct Tile {
    name: String,
    source: gst::Element,
    /// The name on the camera's picture, and on the one below.
    texts: [gst::Element; 2],
    /// The camera's picture in the compositor.
    picture: gst::Pad,
    state: Cell<State>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// For the first time.
    Connecting,
    Streaming,
    Away,
    /// By an error that the element does not try again.
    Failed,
}

impl Tile {
    pub(crate) fn add(
        pipeline: &gst::Pipeline,
        compositor: &gst::Element,
        camera: &Named,
        options: &CameraOptions,
        place: Place,
    ) -> Result<Self, Box<dyn Error>> {
        let Place { width, height, .. } = place;
        let size =
            format!("video/x-raw,format=I420,width={width},height={height},pixel-aspect-ratio=1/1");
        let text = "textoverlay name=text halignment=left valignment=bottom \
                    shaded-background=true font-desc=\"Sans 20\"";
        let below = gst::parse::bin_from_description(
            &format!(
                "videotestsrc is-live=true pattern=solid-color foreground-color=0xff26323c \
                 ! {size},framerate=5/1 ! {text}"
            ),
            false,
        )?;
        // A queue that keeps the newest picture: a wall that is slow shows no old ones.
        let above = gst::parse::bin_from_description(
            &format!(
                "mjpeghttpsrc name=source skip-backlog=true timeout=5 retry-backoff-max=5 \
                 ! queue max-size-buffers=1 leaky=downstream ! jpegdec ! videoconvert \
                 ! videoscale add-borders=true ! {size} ! {text}"
            ),
            false,
        )?;
        let source = part(&above, "source")?;
        options.apply_to(&source);
        // Last: a login in it is the camera's own.
        source.set_property("location", &camera.url);
        let texts = [part(&above, "text")?, part(&below, "text")?];
        place_on(compositor, pipeline, &below, place, 0)?;
        let picture = place_on(compositor, pipeline, &above, place, 1)?;
        hide_end(&source.static_pad("src").ok_or("a source without a pad")?);
        source.add_property_notify_watch(Some("connection-state"), true);

        let tile = Self {
            name: camera.name.clone(),
            source,
            texts,
            picture,
            state: Cell::new(State::Connecting),
        };
        tile.show("connecting");
        Ok(tile)
    }

    /// Is the message from this camera?
    pub(crate) fn is_source_of(&self, message: &gst::Message) -> bool {
        message.src() == Some(self.source.upcast_ref())
    }

    /// The camera has shown a picture, or is known to be away.
    pub(crate) fn is_settled(&self) -> bool {
        match self.state.get() {
            State::Connecting => false,
            State::Streaming => self.picture.current_caps().is_some(),
            State::Away | State::Failed => true,
        }
    }

    pub(crate) fn take(&self, message: &gst::Message) {
        match message.view() {
            gst::MessageView::Warning(warning) => self.tell(warning.error().message()),
            // After the element's error comes one of its base class, which says less.
            gst::MessageView::Error(_) if self.state.get() == State::Failed => {}
            gst::MessageView::Error(error) => {
                self.tell(error.error().message());
                self.show(&format!("error: {}", error.error().message()));
                self.enter(State::Failed);
                self.restart_later();
            }
            gst::MessageView::PropertyNotify(notify) => {
                let (_, _, value) = notify.get();
                if let Some((_, state)) = value.and_then(glib::EnumValue::from_value) {
                    self.entered(state.nick());
                }
            }
            _ => {}
        }
    }

    /// In the words of `connection-state`.
    fn entered(&self, state: &str) {
        match state {
            "streaming" => self.enter(State::Streaming),
            "waiting" => self.enter(State::Away),
            "connecting" if self.state.get() == State::Failed => self.enter(State::Away),
            // After an error, whose text stays.
            "idle" => return,
            _ => {}
        }
        self.show(state);
    }

    /// The last picture of a camera that is away is not its picture any more.
    fn enter(&self, state: State) {
        self.state.set(state);
        let is_away = matches!(state, State::Away | State::Failed);
        self.picture.set_property("alpha", if is_away { 0.0 } else { 1.0 });
    }

    fn show(&self, state: &str) {
        for text in &self.texts {
            text.set_property("text", format!("{} — {state}", self.name));
        }
    }

    fn tell(&self, text: &str) {
        eprintln!("{}: {text}", self.name);
    }

    fn restart_later(&self) {
        let source = self.source.clone();
        glib::timeout_add_once(AFTER_ERROR, move || {
            // If this fails, the reason is on the bus, and the next attempt follows.
            let _ = source.set_state(gst::State::Null);
            let _ = source.sync_state_with_parent();
        });
    }
}

fn part(bin: &gst::Bin, name: &str) -> Result<gst::Element, String> {
    bin.by_name(name).ok_or_else(|| format!("there is no {name}"))
}

fn place_on(
    compositor: &gst::Element,
    pipeline: &gst::Pipeline,
    branch: &gst::Bin,
    place: Place,
    layer: u32,
) -> Result<gst::Pad, Box<dyn Error>> {
    // By hand: the overlay's pad for texts must not look like one that is linked.
    let end = part(branch, "text")?.static_pad("src").ok_or("an overlay without a pad")?;
    let end = gst::GhostPad::with_target(&end)?;
    branch.add_pad(&end)?;
    pipeline.add(branch)?;
    let pad = compositor.request_pad_simple("sink_%u").ok_or("the compositor has no pad")?;
    pad.set_property("xpos", place.x);
    pad.set_property("ypos", place.y);
    pad.set_property("zorder", layer);
    end.link(&pad)?;
    Ok(pad)
}

/// The compositor must not take a camera's end, after an error, for one for ever.
fn hide_end(pad: &gst::Pad) {
    pad.add_probe(gst::PadProbeType::EVENT_DOWNSTREAM, |_, info| {
        match info.event().map(|event| event.type_()) {
            // Not `Drop`: GStreamer would free again what the binding has taken.
            Some(gst::EventType::Eos) => gst::PadProbeReturn::Handled,
            _ => gst::PadProbeReturn::Ok,
        }
    });
}
