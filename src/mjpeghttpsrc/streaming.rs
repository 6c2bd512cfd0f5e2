//! What the streaming thread owns: session, clock, caps. From frame to buffer.

use std::sync::Arc;
use std::time::Duration;

use gst::prelude::*;
use gst_base::prelude::*;

use super::gap::Gap;
use super::imp::CAT;
use super::settings::Settings;
use super::{ConnectionState, MjpegHttpSrc, caps, report, time};
use crate::clock::{Decision, Stamper};
use crate::error::Error;
use crate::http::InTurn;
use crate::jpeg::Picture;
use crate::multipart::{Frame, Skip};
use crate::session::control::Control;
use crate::session::{Output, Phase, Session};
use crate::stats::Stats;

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Streaming {
    session: Session<InTurn>,
    stamper: Stamper,
    decision: Decision,
    latency: Duration,
    gap: Gap,
    picture: Option<Picture>,
    frames: u64,
    quirks_told: u64,
}

impl Streaming {
    pub(super) fn new(settings: &Settings, control: Arc<Control>) -> Result<Self, Error> {
        let connector = settings.connector()?;
        let latency = Duration::from_millis(settings.latency.into());
        Ok(Self {
            session: Session::new(connector, control, settings.session()),
            stamper: Stamper::new(settings.timestamp_mode.into(), latency),
            decision: Decision::default(),
            latency,
            gap: Gap::default(),
            picture: None,
            frames: 0,
            quirks_told: 0,
        })
    }

    /// Blocks until there is a buffer, or a reason why there will be none.
    pub(super) fn create(&mut self, element: &MjpegHttpSrc) -> Result<gst::Buffer, gst::FlowError> {
        loop {
            let output = self.session.advance();
            self.tell_quirks(element);
            match output {
                Output::Frame { frame, discont, skipped } => {
                    if skipped > 0 {
                        gst::debug!(CAT, obj = element, "{skipped} skipped: a newer one is here");
                        element.count(|stats| stats.skipped += skipped);
                    }
                    return self.buffer(element, frame, discont);
                }
                Output::Quiet => self.tell_gap(element),
                Output::Unchanged => element.count(|stats| stats.unchanged += 1),
                Output::Skipped(skip) => {
                    gst::debug!(CAT, obj = element, "left out: {skip:?}");
                    element.count(|stats| count_skip(stats, &skip));
                    report::part(element, &skip);
                }
                Output::Phase(phase) => self.entered(element, phase),
                Output::Retrying { error, attempt, delay } => {
                    element.count(|stats| stats.retries += 1);
                    let next = format!("Attempt {attempt} follows {}", when(delay));
                    report::warning(element, &self.camera(), &error, &next);
                }
                Output::Ended => {
                    element.enter(ConnectionState::Idle);
                    return Err(gst::FlowError::Eos);
                }
                Output::Failed(error) => {
                    element.enter(ConnectionState::Idle);
                    element.post_error_message(report::error(&self.camera(), &error));
                    return Err(gst::FlowError::Error);
                }
                Output::Flushing => {
                    element.enter(ConnectionState::Idle);
                    // Running time may start anew.
                    self.stamper.forget();
                    self.gap.forget();
                    return Err(gst::FlowError::Flushing);
                }
            }
        }
    }

    fn entered(&mut self, element: &MjpegHttpSrc, phase: Phase) {
        gst::info!(CAT, obj = element, "{phase:?}: {}", self.camera());
        if phase == Phase::Streaming {
            self.stamper.restart();
            element.count(|stats| stats.connections += 1);
        }
        element.enter(phase.into());
    }

    fn camera(&self) -> String {
        self.session.connector().camera()
    }

    /// No picture, and none that will be stamped earlier than the latency allows.
    fn tell_gap(&mut self, element: &MjpegHttpSrc) {
        let Some(now) = element.current_running_time() else {
            return;
        };
        let end = Duration::from(now).saturating_sub(self.latency);
        if self.gap.nothing_until(element, end) {
            self.stamper.nothing_before(end);
        }
    }

    /// Shows what is odd about the camera; each quirk is a message the first time.
    fn tell_quirks(&mut self, element: &MjpegHttpSrc) {
        let total = self.session.quirks_total();
        if total == self.quirks_told {
            return;
        }
        self.quirks_told = total;
        let quirks = self.session.quirks();
        let known: Vec<_> = element.quirks().met().map(|(quirk, _)| quirk).collect();
        for (quirk, _) in quirks.met().filter(|(quirk, _)| !known.contains(quirk)) {
            gst::info!(CAT, obj = element, "{}: {}", quirk.id(), quirk.sentence());
            report::quirk(element, quirk);
        }
        element.count(|stats| stats.quirks = quirks);
    }

    fn buffer(
        &mut self,
        element: &MjpegHttpSrc,
        frame: Frame,
        discont: bool,
    ) -> Result<gst::Buffer, gst::FlowError> {
        if self.picture != Some(frame.picture) {
            let framerate = caps::wanted_framerate(element.src_pad());
            let caps = caps::of(frame.picture, framerate.unwrap_or(gst::Fraction::new(0, 1)));
            gst::info!(CAT, obj = element, "new caps {caps}");
            element.set_caps(&caps).map_err(|_| gst::FlowError::NotNegotiated)?;
            self.picture = Some(frame.picture);
        }
        let age = self.session.now().saturating_sub(frame.arrival);
        let arrival =
            element.current_running_time().map(|now| Duration::from(now).saturating_sub(age));
        let stamp = arrival.map(|arrival| self.stamper.stamp(arrival, frame.head().fields()));
        gst::trace!(CAT, obj = element, "frame {} {stamp:?}", self.frames);
        let report = self.stamper.report();
        time::tell(element, &mut self.decision, report.decision);

        self.gap.picture_until(stamp.map(|stamp| stamp.pts + stamp.duration));
        let size = frame.bytes.as_ref().len() as u64;
        let mut buffer = gst::Buffer::from_mut_slice(frame.bytes);
        if let Some(buffer) = buffer.get_mut() {
            buffer.set_pts(stamp.and_then(|stamp| clock_time(stamp.pts)));
            buffer.set_duration(stamp.and_then(|stamp| clock_time(stamp.duration)));
            buffer.set_offset(self.frames);
            buffer.set_offset_end(self.frames + 1);
            if let Some(unix) = stamp.and_then(|stamp| stamp.unix) {
                time::add_unix(buffer, unix);
            }
            if discont || stamp.is_some_and(|stamp| stamp.discont) {
                buffer.set_flags(gst::BufferFlags::DISCONT);
            }
        }
        self.frames += 1;
        let age = stamp.and_then(|stamp| time::age(element, stamp.pts));
        element.show_picture(report, age, |stats| {
            stats.frames += 1;
            stats.bytes += size;
            stats.frames_by_camera_clock += u64::from(stamp.is_some_and(|stamp| stamp.from_camera));
        });
        Ok(buffer)
    }
}

fn count_skip(stats: &mut Stats, skip: &Skip) {
    match skip {
        Skip::Damaged => stats.damaged += 1,
        Skip::TooLarge => stats.too_large += 1,
        Skip::OtherPart { .. } | Skip::StatusLine { .. } => stats.other_parts += 1,
    }
}

fn when(delay: Duration) -> String {
    if delay.is_zero() { "at once".into() } else { format!("in {:.1} s", delay.as_secs_f64()) }
}

fn clock_time(time: Duration) -> Option<gst::ClockTime> {
    gst::ClockTime::try_from(time).ok()
}
