//! The thread that reads, and the way from it to the one that takes.
//!
//! ```text
//!  camera ──▶ Session ──▶ Backlog ──▶ Reader::take
//!             └ reading thread ┘      └ streaming thread
//!                     ▲                      ▲
//!                     └── Remote: pause, flush, stop, from any thread
//! ```
//!
//! The thread lives as long as its [`Reader`]. It reads only while somebody takes, and never
//! waits for who takes as long as the backlog has room: the time of a read is the picture's
//! arrival. A stop waits for the thread, as everything that blocks it can be interrupted.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::arriving::Arriving;
use super::backlog::{Backlog, Taken, can_wait};
use super::connect::Connect;
use super::control::Control;
use super::{Output, Session, Settings};
use crate::error::Error;

/// See the [module](self).
#[derive(Debug)]
pub struct Reader {
    remote: Remote,
    arriving: Arriving,
    origin: Instant,
    thread: Option<JoinHandle<()>>,
}

/// Holds and ends a [`Reader`] from any thread.
#[derive(Debug, Clone)]
pub struct Remote {
    control: Arc<Control>,
    backlog: Arc<Backlog>,
}

impl Reader {
    /// Starts the thread; it connects at a call of [`take`](Self::take).
    pub fn start<C>(connector: C, settings: Settings, backlog: Backlog) -> io::Result<Self>
    where
        C: Connect + Send + 'static,
        C::Body: Send,
    {
        let remote = Remote { control: Arc::default(), backlog: Arc::new(backlog) };
        let session = Session::new(connector, remote.control.clone(), settings);
        let (arriving, origin) = (session.arriving(), session.origin());
        let name = "mjpeghttp-read".to_owned();
        let theirs = remote.clone();
        let thread = thread::Builder::new().name(name).spawn(move || theirs.read(session))?;
        Ok(Self { remote, arriving, origin, thread: Some(thread) })
    }

    /// What holds and ends it.
    pub fn remote(&self) -> Remote {
        self.remote.clone()
    }

    /// The next output, in order. Blocks for `patience` at most, and while paused.
    pub fn take(&self, patience: Duration) -> Taken {
        self.remote.backlog.take(&self.remote.control, patience)
    }

    /// How many flushes there were.
    pub fn flushes(&self) -> u64 {
        self.remote.control.flushes()
    }

    /// The time on the clock of [`Frame::arrival`](crate::multipart::Frame::arrival).
    pub fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    /// When the first byte of the picture came of which the last is still to come.
    pub fn arriving_since(&self) -> Option<Duration> {
        self.arriving.since()
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.remote.stop();
        if let Some(thread) = self.thread.take() {
            // It has told of its panic already.
            let _ = thread.join();
        }
    }
}

impl Remote {
    /// Closes the connection; who takes waits until [`resume`](Self::resume).
    pub fn pause(&self) {
        self.control.pause();
        self.backlog.clear();
    }

    /// Undoes [`pause`](Self::pause).
    pub fn resume(&self) {
        self.control.resume();
    }

    /// Closes the connection; who takes gets [`Taken::Flushing`] until
    /// [`unflush`](Self::unflush).
    pub fn flush(&self) {
        self.control.flush();
        self.backlog.clear();
    }

    /// Undoes [`flush`](Self::flush).
    pub fn unflush(&self) {
        self.control.unflush();
    }

    /// Closes the connection for good, and ends the thread.
    pub fn stop(&self) {
        self.control.stop();
        self.backlog.clear();
    }

    /// What the thread does.
    fn read<C: Connect>(&self, mut session: Session<C>) {
        let all = AssertUnwindSafe(|| while self.read_one(&mut session) {});
        if panic::catch_unwind(all).is_err()
            && let Some(epoch) = self.control.running()
        {
            let error = Error::Internal { why: "the reading thread panicked".into() };
            let output = Output::Failed { camera: String::new(), error };
            self.backlog.put(&self.control, epoch, output);
        }
    }

    /// False once stopped.
    fn read_one<C: Connect>(&self, session: &mut Session<C>) -> bool {
        let output = session.advance();
        let Some(epoch) = session.epoch() else {
            return !matches!(output, Output::Stopped);
        };
        let is_over = matches!(output, Output::Ended | Output::Failed { .. });
        // What is only counted may come by the thousand, and is told of once; what comes next
        // tells the numbers.
        let quirks =
            if can_wait(&output) { session.take_new_quirks() } else { session.take_quirks() };
        if let Some(quirks) = quirks {
            self.backlog.put(&self.control, epoch, Output::Quirks(quirks));
        }
        match output {
            Output::Stopped => return false,
            output => self.backlog.put(&self.control, epoch, output),
        }
        if is_over {
            self.control.rest(epoch);
        }
        true
    }
}
