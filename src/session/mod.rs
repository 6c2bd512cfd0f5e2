//! The life of one camera's connection.
//!
//! ```text
//!  Connecting ──▶ Streaming ──frame──▶ Streaming        (a frame resets the back-off)
//!      ▲   │          │ end, silence    └──end after a single picture──▶ Resting ──▶ Connecting
//!      │   └─failed─▶ Waiting ──▶ Connecting
//!      └── permanent failure, or retries used up ──▶ Failed
//! ```
//!
//! | file | idea |
//! |---|---|
//! | [`connect`] | the only way to the network |
//! | [`control`] | pause, flush and stop from other threads |
//! | [`reader`] | the thread that reads, and who may hold and end it |
//! | [`backlog`] | what was read and is not taken yet |
//! | [`arriving`] | since when a picture has been arriving |
//! | [`retry`] | whether and when to try again |
//! | [`stream`] | one connection: bytes in, events out, silence noticed |
//! | [`opening`] | the start of an answer: is it what its head says? |
//! | [`progress`] | whether a picture comes, and how fast |
//! | [`output`] | what comes out of it, and what it does at the moment |
//! | [`frozen`] | a camera that sends, but shows nothing new |
//! | [`snapshot_polling`] | an address that answers with single pictures is asked again and again |
//!
//! [`Session::advance`] blocks on the caller's thread; everything a camera can do comes
//! out of it as one [`Output`].

pub mod arriving;
pub mod backlog;
pub mod connect;
pub mod control;
pub(crate) mod frozen;
pub(crate) mod opening;
mod output;
pub(crate) mod progress;
pub mod reader;
pub mod retry;
pub(crate) mod snapshot_polling;
pub(crate) mod stream;

use std::hash::{BuildHasher, DefaultHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::multipart::Event;
use crate::multipart::pool::Pool;
use crate::quirk::{Quirk, Quirks};
use arriving::Arriving;
use connect::{Answer, Connect, ConnectError};
use control::{Control, Epoch};
use frozen::Frozen;
use retry::{Decision, Retry};
use snapshot_polling::SnapshotPolling;
use stream::Stream;

pub use output::{Output, Phase};

/// The settings of a session.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Longest time without a byte of a picture; `None` for ever. A picture may take four
    /// times that.
    pub silence: Option<Duration>,
    /// Longest time with the same picture, or with a camera that calls itself offline;
    /// `None` for ever.
    pub frozen: Option<Duration>,
    /// When to try again.
    pub retry: retry::Policy,
    /// From one request to the next where the camera answers with single pictures.
    pub snapshot_interval: Duration,
    /// Largest picture in bytes.
    pub max_frame_size: usize,
}

/// See the [module](self).
#[derive(Debug)]
pub struct Session<C: Connect> {
    connector: C,
    control: Arc<Control>,
    settings: Settings,
    pool: Pool,
    retry: Retry,
    state: SessionState<C::Body>,
    polling: SnapshotPolling,
    /// When the camera was asked last.
    asked: Duration,
    /// The next picture is the first behind a gap.
    discont: bool,
    /// The connection has brought a picture, or those before it in the same polling.
    had_picture: bool,
    frozen: Frozen,
    quirks: Quirks,
    quirks_told: u64,
    kinds_told: usize,
    arriving: Arriving,
    /// What the caller was told last.
    told: Phase,
    /// In which it was told.
    epoch: Option<Epoch>,
    origin: Instant,
}

#[derive(Debug)]
enum SessionState<B> {
    Idle,
    Connecting,
    Streaming(Box<Stream<B>>),
    /// Until the next request for a single picture.
    Resting(Duration),
    /// Before the next attempt.
    Waiting {
        until: Duration,
        /// It goes to the camera's next address.
        elsewhere: bool,
    },
}

impl<C: Connect> Session<C> {
    /// A session that has not begun. Times it reports count from now.
    pub fn new(connector: C, control: Arc<Control>, settings: Settings) -> Self {
        Self {
            retry: Retry::new(settings.retry.clone(), connector.addresses()),
            frozen: Frozen::new(settings.frozen),
            polling: SnapshotPolling::new(settings.snapshot_interval),
            connector,
            control,
            settings,
            pool: Pool::default(),
            state: SessionState::Idle,
            asked: Duration::ZERO,
            discont: true,
            had_picture: false,
            quirks: Quirks::default(),
            quirks_told: 0,
            kinds_told: 0,
            arriving: Arriving::default(),
            told: Phase::Idle,
            epoch: None,
            origin: Instant::now(),
        }
    }

    /// What it does now.
    pub fn phase(&self) -> Phase {
        match self.state {
            SessionState::Idle => Phase::Idle,
            SessionState::Connecting if !self.polling.is_active() => Phase::Connecting,
            SessionState::Connecting | SessionState::Streaming(_) | SessionState::Resting(_) => {
                Phase::Streaming
            }
            SessionState::Waiting { .. } => Phase::Waiting,
        }
    }

    /// Where the clock of [`Frame::arrival`](crate::multipart::Frame::arrival) begins.
    pub fn origin(&self) -> Instant {
        self.origin
    }

    /// Since when a picture has been arriving, for other threads.
    pub fn arriving(&self) -> Arriving {
        self.arriving.clone()
    }

    /// In which the last output was made; `None` before the first.
    pub fn epoch(&self) -> Option<Epoch> {
        self.epoch
    }

    fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    /// What was odd so far.
    pub fn quirks(&self) -> Quirks {
        let mut quirks = self.quirks.clone();
        if let SessionState::Streaming(stream) = &self.state {
            quirks.add(&stream.quirks());
        }
        quirks
    }

    /// The same, if more was met since the last call.
    pub fn take_quirks(&mut self) -> Option<Box<Quirks>> {
        let total = match &self.state {
            SessionState::Streaming(stream) => self.quirks.total() + stream.quirks_total(),
            _ => self.quirks.total(),
        };
        let before = std::mem::replace(&mut self.quirks_told, total);
        let quirks = (before != total).then(|| Box::new(self.quirks()))?;
        self.kinds_told = quirks.met().count();
        Some(quirks)
    }

    /// The same, if one was met for the first time since the last call of either.
    pub fn take_new_quirks(&mut self) -> Option<Box<Quirks>> {
        let kinds = self.quirks().met().count();
        if kinds == self.kinds_told { None } else { self.take_quirks() }
    }

    /// Goes on until something happens. Blocks; [`Control`] ends the wait.
    pub fn advance(&mut self) -> Output {
        loop {
            if self.control.is_held() {
                self.drop_connection();
                if self.told != Phase::Idle {
                    self.told = Phase::Idle;
                    return Output::Phase { phase: Phase::Idle, camera: self.connector.camera() };
                }
            }
            let Some(epoch) = self.control.running() else {
                self.drop_connection();
                return Output::Stopped;
            };
            if self.epoch.replace(epoch) != Some(epoch) {
                // However short the pause or flush was.
                self.drop_connection();
                self.told = Phase::Idle;
            }
            let phase = self.phase();
            if phase != self.told {
                self.told = phase;
                return Output::Phase { phase, camera: self.connector.camera() };
            }
            match &mut self.state {
                SessionState::Idle => self.begin(),
                SessionState::Connecting => {
                    if let Some(output) = self.connect(epoch) {
                        return output;
                    }
                }
                SessionState::Streaming(stream) => {
                    let event = stream.next(&self.arriving, || self.origin.elapsed());
                    if !self.control.is_current(epoch) {
                        self.drop_connection();
                    } else if let Some(output) = self.deliver(event) {
                        return output;
                    }
                }
                &mut (SessionState::Resting(until) | SessionState::Waiting { until, .. }) => {
                    self.control.sleep(epoch, until.saturating_sub(self.now()));
                    self.begin();
                }
            }
        }
    }

    fn begin(&mut self) {
        if let SessionState::Waiting { elsewhere: true, .. } = self.state {
            self.connector.turn();
        }
        self.state = SessionState::Connecting;
        self.asked = self.now();
        // One request of thousands may fail.
        self.had_picture &= self.polling.is_active();
    }

    fn connect(&mut self, epoch: Epoch) -> Option<Output> {
        match self.connector.connect(&self.control, epoch) {
            Ok(Answer::Pictures(response)) => {
                let now = self.now();
                let stream = Stream::new(response, &self.settings, self.pool.clone(), now);
                self.state = SessionState::Streaming(Box::new(stream));
                None
            }
            Ok(Answer::Unchanged) => Some(self.rest()),
            Err(ConnectError::Cancelled) => None,
            Err(ConnectError::Failed(error)) => Some(self.fail(error)),
        }
    }

    fn deliver(&mut self, event: Result<Event, Error>) -> Option<Output> {
        let SessionState::Streaming(stream) = &mut self.state else {
            return None;
        };
        match event {
            Ok(Event::Frame(frame)) => {
                self.retry.succeeded();
                self.had_picture = true;
                if let Err(error) = self.frozen.look(&frame, self.origin.elapsed()) {
                    return Some(self.fail(error));
                }
                if stream.was_single() && self.polling.is_unchanged(frame.bytes.as_ref()) {
                    return Some(Output::Unchanged);
                }
                let discont = std::mem::take(&mut self.discont);
                Some(Output::Frame { frame, discont, skipped: 0 })
            }
            Ok(Event::Skipped(skip)) => Some(Output::Skipped { skip, times: 1 }),
            Err(Error::Ended | Error::Broken { .. }) if stream.was_single() => {
                if self.polling.begin() {
                    self.quirks.note(Quirk::Snapshot);
                }
                if let Some(body) = self.close() {
                    self.connector.keep(body);
                }
                self.state = SessionState::Resting(self.polling.next_request(self.asked));
                None
            }
            Err(error) => Some(self.fail(error)),
        }
    }

    fn rest(&mut self) -> Output {
        self.retry.succeeded();
        self.had_picture = true;
        if let Err(error) = self.frozen.unchanged(self.now()) {
            return self.fail(error);
        }
        self.state = SessionState::Resting(self.polling.next_request(self.asked));
        Output::Unchanged
    }

    /// Paused or flushed: what the connection still holds is stale.
    fn drop_connection(&mut self) {
        drop(self.close());
        self.frozen.restart();
        self.polling.end();
        self.discont = true;
    }

    /// The old connection is closed before anything else is tried.
    fn fail(&mut self, error: Error) -> Output {
        drop(self.close());
        self.discont = true;
        self.polling.end();
        self.frozen.restart();
        // An address that shows pictures is the best there is.
        let is_stuck = matches!(error, Error::Frozen { .. } | Error::Offline { .. });
        let elsewhere = !self.had_picture || is_stuck;
        let lasted = self.now().saturating_sub(self.asked);
        let camera = self.connector.camera();
        match self.retry.failed(&error, lasted, chance()) {
            Decision::Retry { attempt, delay } => {
                self.state = SessionState::Waiting { until: self.now() + delay, elsewhere };
                Output::Retrying { camera, error, attempt, delay }
            }
            Decision::End => self.stop(Output::Ended),
            Decision::Fail => self.stop(Output::Failed { camera, error }),
        }
    }

    fn stop(&mut self, output: Output) -> Output {
        self.told = Phase::Idle;
        output
    }

    /// Leaves the connection, keeping what was learned from it.
    fn close(&mut self) -> Option<C::Body> {
        self.arriving.set(None);
        let SessionState::Streaming(stream) =
            std::mem::replace(&mut self.state, SessionState::Idle)
        else {
            return None;
        };
        self.quirks.add(&stream.quirks());
        Some(stream.into_body())
    }
}

/// Whether two pictures are the same, byte for byte.
fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

/// A random number from 0 to 1, from what std seeds its hash maps with.
fn chance() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}
