//! The life of one camera's connection.
//!
//! ```text
//!  Connecting ──▶ Streaming ──frame──▶ Streaming        (a frame resets the back-off)
//!      ▲   │          │ end, silence, damage
//!      │   └─failed─▶ Waiting ──▶ Connecting
//!      └── permanent failure, or retries used up ──▶ Failed
//! ```
//!
//! | file | idea |
//! |---|---|
//! | [`connect`] | the only way to the network |
//! | [`control`] | pause, flush and cancel from other threads |
//! | [`retry`] | whether and when to try again |
//! | [`stream`] | one connection: bytes in, events out, silence noticed |
//!
//! [`Session::advance`] blocks on the caller's thread; everything a camera can do comes
//! out of it as one [`Output`].

pub mod connect;
pub mod control;
pub mod retry;
mod stream;

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::error::Error;
use crate::multipart::pool::Pool;
use crate::multipart::{Frame, Skip};
use connect::{Connect, ConnectError};
use control::Control;
use retry::{Decision, Retry};
use stream::{Stream, StreamEvent};

/// What a session does at the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nothing: not started, paused, ended or failed.
    Idle,
    /// Opening a connection.
    Connecting,
    /// Receiving.
    Streaming,
    /// Waiting before the next attempt.
    Waiting,
}

/// What the caller of [`Session::advance`] has to deal with.
#[derive(Debug)]
pub enum Output {
    /// A picture.
    Frame {
        /// With its bytes and its head.
        frame: Frame,
        /// The first of its connection: something may be missing before it.
        discont: bool,
    },
    /// The camera sent something that was left out.
    Skipped(Skip),
    /// [`Session::phase`] has changed.
    Phase(Phase),
    /// An attempt failed; the next one follows by itself.
    Retrying {
        /// What happened.
        error: Error,
        /// Number of the coming attempt since the last picture, from 1.
        attempt: u32,
        /// How long until then.
        delay: Duration,
    },
    /// The camera ended the stream and no retry is wanted.
    Ended,
    /// No further attempt will be made.
    Failed(Error),
    /// [`Control::flush`] was called.
    Flushing,
}

/// The settings of a session.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Longest time without a whole picture; `None` for ever.
    pub silence: Option<Duration>,
    /// When to try again.
    pub retry: retry::Policy,
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
    state: State<C::Body>,
    /// What the caller was told last.
    told: Phase,
    origin: Instant,
}

#[derive(Debug)]
enum State<B> {
    Idle,
    Connecting,
    Streaming(Box<Stream<B>>),
    Waiting(Duration),
}

impl<C: Connect> Session<C> {
    /// A session that has not begun. Times it reports count from now.
    pub fn new(connector: C, control: Arc<Control>, settings: Settings) -> Self {
        Self {
            connector,
            control,
            retry: Retry::new(settings.retry.clone()),
            settings,
            pool: Pool::default(),
            state: State::Idle,
            told: Phase::Idle,
            origin: Instant::now(),
        }
    }

    /// What it does now.
    pub fn phase(&self) -> Phase {
        match self.state {
            State::Idle => Phase::Idle,
            State::Connecting => Phase::Connecting,
            State::Streaming(_) => Phase::Streaming,
            State::Waiting(_) => Phase::Waiting,
        }
    }

    /// The time on the clock of [`Frame::arrival`].
    pub fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    /// Goes on until something happens. Blocks; [`Control`] ends the wait.
    pub fn advance(&mut self) -> Output {
        loop {
            let Some(epoch) = self.control.running() else {
                self.state = State::Idle;
                self.told = Phase::Idle;
                return Output::Flushing;
            };
            let phase = self.phase();
            if phase != self.told {
                self.told = phase;
                return Output::Phase(phase);
            }
            match &mut self.state {
                State::Idle => self.state = State::Connecting,
                State::Connecting => {
                    if let Some(output) = self.connect(epoch) {
                        return output;
                    }
                }
                // Paused since: what the old connection still holds is stale.
                State::Streaming(stream) if stream.epoch != epoch => self.state = State::Connecting,
                State::Streaming(stream) => {
                    let event = stream.next(|| self.origin.elapsed());
                    if self.control.is_current(epoch) {
                        return self.deliver(event);
                    }
                    self.state = State::Connecting;
                }
                State::Waiting(delay) => {
                    self.control.sleep(epoch, *delay);
                    self.state = State::Connecting;
                }
            }
        }
    }

    fn connect(&mut self, epoch: control::Epoch) -> Option<Output> {
        match self.connector.connect(&self.control, epoch) {
            Ok(response) => {
                let now = self.now();
                let stream = Stream::new(response, epoch, &self.settings, self.pool.clone(), now);
                self.state = State::Streaming(Box::new(stream));
                None
            }
            Err(ConnectError::Cancelled) => None,
            Err(ConnectError::Failed(error)) => Some(self.fail(error)),
        }
    }

    fn deliver(&mut self, event: StreamEvent) -> Output {
        match event {
            StreamEvent::Frame { frame, discont } => {
                self.retry.succeeded();
                Output::Frame { frame, discont }
            }
            StreamEvent::Skipped(skip) => Output::Skipped(skip),
            StreamEvent::Over(error) => self.fail(error),
        }
    }

    /// The old connection is closed before anything else is tried.
    fn fail(&mut self, error: Error) -> Output {
        self.state = State::Idle;
        match self.retry.failed(&error, chance()) {
            Decision::Retry { attempt, delay } => {
                self.state = State::Waiting(delay);
                Output::Retrying { error, attempt, delay }
            }
            Decision::End => Output::Ended,
            Decision::Fail => Output::Failed(error),
        }
    }
}

/// A random number from 0 to 1, from what std seeds its hash maps with.
fn chance() -> f64 {
    let random = RandomState::new().build_hasher().finish();
    f64::from(u32::try_from(random >> 32).unwrap_or(0)) / f64::from(u32::MAX)
}
