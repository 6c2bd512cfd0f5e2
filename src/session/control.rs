//! Pause, flush and stop, called from any thread; who takes pictures, and who reads them.
//!
//! Every pause and every flush starts a new *epoch*. What was begun in an older epoch
//! (a connection, a wait) is void: its interrupt is called, and whoever waited on it
//! looks at the epoch before believing what it got. So a socket that was shut down,
//! which looks like the end of the stream, is never taken for one.
//!
//! Nothing is read in an epoch before somebody asks for pictures ([`taking`](Control::taking)):
//! a pipeline that has ended, or that is blocked over a pause, needs no connection.

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
    inner: Mutex<ControlInner>,
    changed: Condvar,
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is set and taken back by another caller")]
struct ControlInner {
    epoch: u64,
    paused: bool,
    flushing: bool,
    flushes: u64,
    stopped: bool,
    /// Somebody has asked for pictures in this epoch.
    wanted: bool,
    interrupt: Option<Interrupt>,
}

impl ControlInner {
    fn is_held(&self) -> bool {
        !self.stopped && (self.paused || self.flushing || !self.wanted)
    }
}

impl Control {
    /// Ends every wait; nothing is read or taken until [`resume`](Self::resume).
    pub fn pause(&self) {
        self.begin_epoch(|inner| inner.paused = true);
    }

    /// Undoes [`pause`](Self::pause).
    pub fn resume(&self) {
        self.lock().paused = false;
        self.changed.notify_all();
    }

    /// Ends every wait; nothing is read and [`taking`](Self::taking) returns `None` until
    /// [`unflush`](Self::unflush).
    pub fn flush(&self) {
        self.begin_epoch(|inner| {
            inner.flushing = true;
            inner.flushes += 1;
        });
    }

    /// How many flushes there were: one may begin and end without anybody taking.
    pub fn flushes(&self) -> u64 {
        self.lock().flushes
    }

    /// Undoes [`flush`](Self::flush).
    pub fn unflush(&self) {
        self.lock().flushing = false;
        self.changed.notify_all();
    }

    /// Ends every wait, for good.
    pub fn stop(&self) {
        self.begin_epoch(|inner| inner.stopped = true);
    }

    /// For who takes pictures: the epoch they are to be from. Blocks while paused; `None`
    /// while flushing and once stopped.
    pub fn taking(&self) -> Option<Epoch> {
        let wait = |inner: &mut ControlInner| inner.paused && !inner.flushing && !inner.stopped;
        let inner = self.changed.wait_while(self.lock(), wait);
        let mut inner = inner.unwrap_or_else(PoisonError::into_inner);
        if inner.flushing || inner.stopped {
            return None;
        }
        let epoch = Epoch(inner.epoch);
        if !std::mem::replace(&mut inner.wanted, true) {
            drop(inner);
            self.changed.notify_all();
        }
        Some(epoch)
    }

    /// For who reads: the epoch in which to work. Blocks while paused, flushing, or not
    /// asked for pictures; `None` once stopped.
    pub fn running(&self) -> Option<Epoch> {
        let inner = self.changed.wait_while(self.lock(), |inner| inner.is_held());
        let inner = inner.unwrap_or_else(PoisonError::into_inner);
        (!inner.stopped).then_some(Epoch(inner.epoch))
    }

    /// Would [`running`](Self::running) block?
    pub fn is_held(&self) -> bool {
        self.lock().is_held()
    }

    /// Is this still the epoch?
    pub fn is_current(&self, epoch: Epoch) -> bool {
        self.lock().epoch == epoch.0
    }

    /// Waits for `duration`, or less if the epoch ends.
    pub fn sleep(&self, epoch: Epoch, duration: Duration) {
        let same_epoch = |inner: &mut ControlInner| inner.epoch == epoch.0;
        // Whether the time or the epoch is over does not matter.
        drop(self.changed.wait_timeout_while(self.lock(), duration, same_epoch));
    }

    /// Waits for the end of the epoch.
    pub fn rest(&self, epoch: Epoch) {
        let same_epoch = |inner: &mut ControlInner| inner.epoch == epoch.0;
        drop(self.changed.wait_while(self.lock(), same_epoch));
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

    fn begin_epoch(&self, change: impl FnOnce(&mut ControlInner)) {
        let mut inner = self.lock();
        change(&mut inner);
        inner.epoch += 1;
        inner.wanted = false;
        let interrupt = inner.interrupt.take();
        drop(inner);
        self.changed.notify_all();
        if let Some(interrupt) = interrupt {
            interrupt();
        }
    }

    fn lock(&self) -> MutexGuard<'_, ControlInner> {
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
            .field("flushes", &inner.flushes)
            .field("stopped", &inner.stopped)
            .field("wanted", &inner.wanted)
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
        let epoch = control.taking().unwrap();
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
        assert_eq!(control.taking(), None);
        control.unflush();
        assert!(control.taking().is_some_and(|new| new != epoch));
    }

    #[test]
    fn waits_end_with_the_epoch() {
        let control = Arc::new(Control::default());
        let epoch = control.taking().unwrap();
        let sleeper = control.clone();
        let sleep = thread::spawn(move || sleeper.sleep(epoch, Duration::from_secs(3600)));
        let rester = control.clone();
        let rest = thread::spawn(move || rester.rest(epoch));
        control.pause();
        sleep.join().unwrap();
        rest.join().unwrap();
        let taker = control.clone();
        let take = thread::spawn(move || taker.taking());
        control.resume();
        assert!(take.join().unwrap().is_some());
    }

    #[test]
    fn nothing_is_read_before_somebody_takes() {
        let control = Arc::new(Control::default());
        for round in 0..2 {
            assert!(control.is_held(), "{round}");
            let reader = control.clone();
            let read = thread::spawn(move || reader.running());
            let epoch = control.taking();
            assert!(epoch.is_some() && read.join().unwrap() == epoch, "{round}");
            control.flush();
            control.unflush();
        }
    }

    #[test]
    fn a_flush_and_a_stop_end_a_pause() {
        for end in [Control::flush, Control::stop] {
            let control = Arc::new(Control::default());
            control.pause();
            let taker = control.clone();
            let take = thread::spawn(move || taker.taking());
            end(&control);
            assert_eq!(take.join().unwrap(), None);
        }
    }

    #[test]
    fn a_stop_is_for_good() {
        let control = Control::default();
        control.stop();
        control.unflush();
        control.resume();
        assert_eq!((control.taking(), control.running()), (None, None));
    }
}
