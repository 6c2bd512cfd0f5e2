//! Pause, flush and cancel, called from any thread.
//!
//! Every pause and every flush starts a new *epoch*. What was begun in an older epoch
//! (a connection, a wait) is void: its interrupt is called, and whoever waited on it
//! looks at the epoch before believing what it got. So a socket that was shut down,
//! which looks like the end of the stream, is never taken for one.

use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Wakes whatever blocks on the network.
pub type Interrupt = Box<dyn FnOnce() + Send>;

/// The time between two pauses or flushes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch(u64);

/// `control` has moved on to another epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled;

/// See the [module](self). Its one lock is never held across I/O or a callback.
#[derive(Default)]
pub struct Control {
    inner: Mutex<Inner>,
    changed: Condvar,
}

#[derive(Default)]
struct Inner {
    epoch: u64,
    paused: bool,
    flushing: bool,
    interrupt: Option<Interrupt>,
}

impl Control {
    /// Ends every wait; [`running`](Self::running) blocks until [`resume`](Self::resume).
    pub fn pause(&self) {
        self.begin_epoch(|inner| inner.paused = true);
    }

    /// Undoes [`pause`](Self::pause).
    pub fn resume(&self) {
        self.lock().paused = false;
        self.changed.notify_all();
    }

    /// Ends every wait; [`running`](Self::running) returns `None` until
    /// [`unflush`](Self::unflush).
    pub fn flush(&self) {
        self.begin_epoch(|inner| inner.flushing = true);
    }

    /// Undoes [`flush`](Self::flush).
    pub fn unflush(&self) {
        self.lock().flushing = false;
        self.changed.notify_all();
    }

    /// The epoch in which to work. Blocks while paused; `None` while flushing.
    pub fn running(&self) -> Option<Epoch> {
        let wait = |inner: &mut Inner| inner.paused && !inner.flushing;
        let inner = self.changed.wait_while(self.lock(), wait);
        let inner = inner.unwrap_or_else(PoisonError::into_inner);
        (!inner.flushing).then_some(Epoch(inner.epoch))
    }

    /// Would [`running`](Self::running) block?
    pub fn is_paused(&self) -> bool {
        let inner = self.lock();
        inner.paused && !inner.flushing
    }

    /// Is this still the epoch?
    pub fn is_current(&self, epoch: Epoch) -> bool {
        self.lock().epoch == epoch.0
    }

    /// Waits for `duration`, or less if the epoch ends.
    pub fn sleep(&self, epoch: Epoch, duration: Duration) {
        let same_epoch = |inner: &mut Inner| inner.epoch == epoch.0;
        // Whether the time or the epoch is over does not matter.
        drop(self.changed.wait_timeout_while(self.lock(), duration, same_epoch));
    }

    /// Has `interrupt` called when the epoch ends; it takes the place of the one before.
    pub fn arm(&self, epoch: Epoch, interrupt: Interrupt) -> Result<(), Cancelled> {
        let mut inner = self.lock();
        if inner.epoch != epoch.0 {
            return Err(Cancelled);
        }
        let previous = inner.interrupt.replace(interrupt);
        drop(inner);
        drop(previous);
        Ok(())
    }

    fn begin_epoch(&self, change: impl FnOnce(&mut Inner)) {
        let mut inner = self.lock();
        change(&mut inner);
        inner.epoch += 1;
        let interrupt = inner.interrupt.take();
        drop(inner);
        self.changed.notify_all();
        if let Some(interrupt) = interrupt {
            interrupt();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Control {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.lock();
        f.debug_struct("Control")
            .field("epoch", &inner.epoch)
            .field("paused", &inner.paused)
            .field("flushing", &inner.flushing)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::thread;

    use super::*;

    #[test]
    fn a_new_epoch_calls_the_interrupt_once() {
        let control = Control::default();
        let epoch = control.running().unwrap();
        let calls = Arc::new(AtomicU32::new(0));
        let counter = calls.clone();
        let interrupt = move || {
            counter.fetch_add(1, Ordering::SeqCst);
        };
        control.arm(epoch, Box::new(interrupt)).unwrap();
        control.flush();
        control.flush();
        assert_eq!(calls.load(Ordering::SeqCst), 1);
        assert_eq!(control.arm(epoch, Box::new(|| {})), Err(Cancelled), "too late");
        assert_eq!(control.running(), None);
        control.unflush();
        assert!(control.running().is_some_and(|new| new != epoch));
    }

    #[test]
    fn waits_end_with_the_epoch() {
        let control = Arc::new(Control::default());
        let epoch = control.running().unwrap();
        let sleeper = control.clone();
        let sleep = thread::spawn(move || sleeper.sleep(epoch, Duration::from_secs(3600)));
        control.pause();
        sleep.join().unwrap();
        let waiter = control.clone();
        let wait = thread::spawn(move || waiter.running());
        control.resume();
        assert!(wait.join().unwrap().is_some());
    }

    #[test]
    fn a_flush_ends_a_pause() {
        let control = Arc::new(Control::default());
        control.pause();
        let waiter = control.clone();
        let wait = thread::spawn(move || waiter.running());
        control.flush();
        assert_eq!(wait.join().unwrap(), None);
    }
}
