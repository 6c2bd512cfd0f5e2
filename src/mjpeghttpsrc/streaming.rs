//! What the streaming thread owns: reader, clock, caps. From frame to buffer.

use std::time::{Duration, Instant};

use gst::prelude::*;
use gst_base::prelude::*;

use super::gap::Gap;
use super::messages::Messages;
use super::secrets::Secrets;
use super::settings::Settings;
use super::{CAT, ConnectionState, MjpegHttpSrc, bus, caps, time};
use crate::clock::{SelectedClock, Stamper};
use crate::error::Error;
use crate::jpeg::Picture;
use crate::multipart::{Frame, Skip};
use crate::quirk::Quirks;
use crate::session::backlog::Taken;
use crate::session::reader::{Reader, Remote};
use crate::session::{Output, Phase};
use crate::stats::Stats;

/// So often downstream hears that there is no picture.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Streaming {
    reader: Reader,
    stamper: Stamper,
    selected: SelectedClock,
    latency: Duration,
    secrets: Secrets,
    parts: Messages,
    warnings: Messages,
    gap: Gap,
    /// So many flushes are dealt with.
    flushes: u64,
    picture: Option<Picture>,
    frames: u64,
}

impl Streaming {
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let reader = Reader::start(settings.connector()?, settings.session(), settings.backlog())
            .map_err(|error| Error::Internal { why: format!("no thread: {error}") })?;
        Ok(Self {
            reader,
            stamper: Stamper::new(settings.timestamp_mode.into(), settings.latency()),
            selected: SelectedClock::default(),
            latency: settings.latency(),
            secrets: settings.secrets(),
            parts: Messages::default(),
            warnings: Messages::default(),
            gap: Gap::default(),
            flushes: 0,
            picture: None,
            frames: 0,
        })
    }

    /// What holds and ends it from other threads.
    pub(super) fn remote(&self) -> Remote {
        self.reader.remote()
    }

    /// Blocks until there is a buffer, or a reason why there will be none.
    pub(super) fn create(&mut self, element: &MjpegHttpSrc) -> Result<gst::Buffer, gst::FlowError> {
        self.look_for_flush();
        let mut beat = Instant::now() + HEARTBEAT;
        loop {
            self.parts.catch_up(element);
            self.warnings.catch_up(element);
            let output = match self.reader.take(beat.saturating_duration_since(Instant::now())) {
                Taken::Output(output) => output,
                Taken::Nothing => {
                    self.tell_gap(element);
                    beat = Instant::now() + HEARTBEAT;
                    continue;
                }
                Taken::Flushing => {
                    element.enter(ConnectionState::Idle);
                    return Err(gst::FlowError::Flushing);
                }
            };
            match output {
                Output::Frame { frame, discont, skipped } => {
                    if skipped > 0 {
                        gst::debug!(CAT, obj = element, "{skipped} skipped: a newer one is here");
                        element.count(|stats| stats.skipped += skipped);
                    }
                    return self.buffer(element, frame, discont);
                }
                Output::Unchanged => element.count(|stats| stats.unchanged += 1),
                Output::Skipped { skip, times } => {
                    let what = self.secrets.hide(format!("{skip:?}"));
                    gst::debug!(CAT, obj = element, "left out, {times} times: {what}");
                    element.count(|stats| count_skip(stats, &skip, times));
                    if let Some(message) = bus::part(element, &skip, &self.secrets) {
                        let left_out = self.parts.post(element, message) + times - 1;
                        element.count(|stats| stats.messages_left_out += left_out);
                    }
                }
                Output::Quirks(quirks) => show_quirks(element, *quirks),
                Output::Phase { phase, camera } => self.entered(element, phase, &camera),
                Output::Retrying { camera, error, attempt, delay } => {
                    element.count(|stats| stats.retries += 1);
                    let next = when(attempt, delay);
                    let secrets = &self.secrets;
                    let message = bus::warning(element, &camera, &error, &next, secrets);
                    let left_out = self.warnings.post(element, message);
                    element.count(|stats| stats.messages_left_out += left_out);
                }
                Output::Ended | Output::Stopped => {
                    element.enter(ConnectionState::Idle);
                    return Err(gst::FlowError::Eos);
                }
                Output::Failed { camera, error } => {
                    element.enter(ConnectionState::Idle);
                    element.post_error_message(bus::error(&camera, &error, &self.secrets));
                    return Err(gst::FlowError::Error);
                }
            }
        }
    }

    /// Behind a flush there is another segment, and running time may start anew. It may have
    /// come and gone while the thread was downstream.
    fn look_for_flush(&mut self) {
        let flushes = self.reader.flushes();
        if std::mem::replace(&mut self.flushes, flushes) != flushes {
            self.stamper.forget();
            self.gap.forget();
        }
    }

    fn entered(&mut self, element: &MjpegHttpSrc, phase: Phase, camera: &str) {
        gst::info!(CAT, obj = element, "{phase:?}: {camera}");
        if phase == Phase::Streaming {
            self.stamper.restart();
            element.count(|stats| stats.connections += 1);
        }
        element.enter(phase.into());
    }

    /// No picture, and none that will be stamped earlier than the latency allows.
    fn tell_gap(&mut self, element: &MjpegHttpSrc) {
        let Some(now) = element.current_running_time() else {
            return;
        };
        let age = self.reader.arriving_since().map(|since| self.reader.now().saturating_sub(since));
        let end = Duration::from(now).saturating_sub(age.unwrap_or_default() + self.latency);
        if self.gap.nothing_until(element, end) {
            self.stamper.nothing_before(end);
        }
    }

    fn buffer(
        &mut self,
        element: &MjpegHttpSrc,
        frame: Frame,
        discont: bool,
    ) -> Result<gst::Buffer, gst::FlowError> {
        if self.picture != Some(frame.picture) {
            let caps = caps::for_peer(element.src_pad(), frame.picture);
            gst::info!(CAT, obj = element, "new caps {caps}");
            element.set_caps(&caps).map_err(|_| gst::FlowError::NotNegotiated)?;
            self.picture = Some(frame.picture);
        }
        let age = self.reader.now().saturating_sub(frame.arrival);
        let arrival =
            element.current_running_time().map(|now| Duration::from(now).saturating_sub(age));
        let stamp = arrival.map(|arrival| self.stamper.stamp(arrival, frame.head().fields()));
        gst::trace!(CAT, obj = element, "frame {} {stamp:?}", self.frames);
        let report = self.stamper.report();
        time::tell(element, &mut self.selected, report.selected);

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

/// Shows what is odd about the camera; each quirk is a message the first time.
fn show_quirks(element: &MjpegHttpSrc, quirks: Quirks) {
    let known: Vec<_> = element.quirks().met().map(|(quirk, _)| quirk).collect();
    for (quirk, _) in quirks.met().filter(|(quirk, _)| !known.contains(quirk)) {
        gst::info!(CAT, obj = element, "{}: {}", quirk.id(), quirk.sentence());
        bus::quirk(element, quirk);
    }
    element.count(|stats| stats.quirks = quirks);
}

fn count_skip(stats: &mut Stats, skip: &Skip, times: u64) {
    match skip {
        Skip::Damaged => stats.damaged += times,
        Skip::TooLarge => stats.too_large += times,
        Skip::OtherPart { .. } | Skip::StatusLine { .. } => stats.other_parts += times,
    }
}

fn when(attempt: u32, delay: Duration) -> String {
    match delay {
        Duration::ZERO => format!("retry {attempt}, now"),
        delay => format!("retry {attempt} in {:.1} s", delay.as_secs_f64()),
    }
}

fn clock_time(time: Duration) -> Option<gst::ClockTime> {
    gst::ClockTime::try_from(time).ok()
}
