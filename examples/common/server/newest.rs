//! The newest frame, for any number of viewers.
//!
//! There is one frame at a time, and the next one takes its place. A slow viewer
//! misses frames: nothing is kept for it, and nothing waits for it.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub(crate) struct Frame {
    pub(crate) jpeg: Vec<u8>,
    /// When the picture was taken, since 1970, if that is known.
    pub(crate) captured: Option<Duration>,
}

#[derive(Default)]
pub(crate) struct Newest {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    frame: Option<Arc<Frame>>,
    /// Counts the frames; the first has number 1.
    number: u64,
    ended: bool,
    viewers: usize,
}

impl Newest {
    pub(crate) fn publish(&self, frame: Frame) {
        let frame = Arc::new(frame);
        let mut state = self.lock();
        state.frame = Some(frame);
        state.number += 1;
        self.changed.notify_all();
    }

    /// No more frames will come.
    pub(crate) fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    pub(crate) fn viewer(self: &Arc<Self>) -> Viewer {
        self.lock().viewers += 1;
        Viewer { newest: Arc::clone(self), seen: 0 }
    }

    /// Block until the last viewer has left.
    pub(crate) fn wait_for_viewers(&self) {
        let _alone = self.wait_while(|state| state.viewers > 0);
    }

    // Every change of the state is a single assignment, so it is whole even
    // after a panic.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_while(&self, condition: impl Fn(&State) -> bool) -> MutexGuard<'_, State> {
        self.changed
            .wait_while(self.lock(), |state| condition(state))
            .unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) struct Viewer {
    newest: Arc<Newest>,
    seen: u64,
}

/// What a viewer has waited for.
pub(crate) enum Next {
    Frame(Arc<Frame>),
    /// Nothing new, for the time it was to wait.
    Nothing,
    /// No more frames will come.
    End,
}

impl Viewer {
    /// The newest frame as soon as there is one this viewer has not seen.
    pub(crate) fn next(&mut self, patience: Duration) -> Next {
        let is_old = |state: &mut State| state.number == self.seen && !state.ended;
        let waited = self.newest.changed.wait_timeout_while(self.newest.lock(), patience, is_old);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if state.number == self.seen {
            return if state.ended { Next::End } else { Next::Nothing };
        }
        self.seen = state.number;
        state.frame.clone().map_or(Next::Nothing, Next::Frame)
    }

    /// The same, without a limit; none after the end.
    pub(crate) fn next_frame(&mut self) -> Option<Arc<Frame>> {
        loop {
            match self.next(Duration::from_secs(3600)) {
                Next::Frame(frame) => return Some(frame),
                Next::Nothing => {}
                Next::End => return None,
            }
        }
    }
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.newest.lock().viewers -= 1;
        self.newest.changed.notify_all();
    }
}
