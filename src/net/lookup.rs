//! Name look-ups, which nothing can interrupt: each has a thread of its own.
//!
//! A cancel leaves that thread behind. It owns nothing but the name and its end of a
//! channel, and ends when the name server answers or the system gives up.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use ureq::Error;
use ureq::unversioned::resolver::ResolvedSocketAddrs;
use ureq::unversioned::transport::NextTimeout;

type Found = Result<ResolvedSocketAddrs, Error>;

/// The look-ups of one client, one at a time.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lookups(Arc<Mutex<LookupState>>);

#[derive(Debug, Default)]
enum LookupState {
    #[default]
    Idle,
    Waiting(Sender<Found>),
    Cancelled,
}

impl Lookups {
    /// What `look_up` finds within `timeout`, and before a cancel.
    pub(crate) fn run(
        &self,
        look_up: impl FnOnce() -> Found + Send + 'static,
        timeout: NextTimeout,
    ) -> Found {
        let (sender, found) = mpsc::channel();
        {
            let mut state = self.lock();
            if matches!(*state, LookupState::Cancelled) {
                return Err(Error::ConnectionFailed);
            }
            *state = LookupState::Waiting(sender.clone());
        }
        // Nobody listens any more after a cancel.
        let run = move || drop(sender.send(look_up()));
        thread::Builder::new().name("mjpeghttp-name".into()).spawn(run)?;
        let found = if timeout.after.is_not_happening() {
            found.recv().map_err(|_| RecvTimeoutError::Disconnected)
        } else {
            found.recv_timeout(*timeout.after)
        };
        {
            let mut state = self.lock();
            if matches!(*state, LookupState::Waiting(_)) {
                *state = LookupState::Idle;
            }
        }
        match found {
            Ok(found) => found,
            Err(RecvTimeoutError::Timeout) => Err(Error::Timeout(timeout.reason)),
            Err(RecvTimeoutError::Disconnected) => Err(Error::ConnectionFailed),
        }
    }

    /// Ends the wait, and every one to come.
    pub(crate) fn cancel(&self) {
        let before = std::mem::replace(&mut *self.lock(), LookupState::Cancelled);
        if let LookupState::Waiting(sender) = before {
            // It has been found meanwhile.
            let _ = sender.send(Err(Error::ConnectionFailed));
        }
    }

    fn lock(&self) -> MutexGuard<'_, LookupState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use ureq::Timeout;
    use ureq::unversioned::transport::time;

    use super::*;

    fn within(after: time::Duration) -> NextTimeout {
        NextTimeout { after, reason: Timeout::Resolve, per_read: None, per_write: None }
    }

    #[test]
    fn a_cancel_leaves_a_silent_name_server_behind() {
        let (server, answer) = mpsc::channel::<()>();
        let lookups = Lookups::default();
        let ours = lookups.clone();
        let silent = move || {
            ours.cancel();
            let _ = answer.recv();
            Err(Error::HostNotFound)
        };
        let found = lookups.run(silent, within(time::Duration::NotHappening));
        assert!(matches!(found, Err(Error::ConnectionFailed)), "{found:?}");
        let again = lookups.run(|| unreachable!("cancelled"), within(time::Duration::NotHappening));
        assert!(matches!(again, Err(Error::ConnectionFailed)), "{again:?}");
        drop(server);
    }

    #[test]
    fn a_look_up_has_a_time() {
        let (server, answer) = mpsc::channel::<()>();
        let silent = move || {
            let _ = answer.recv();
            Err(Error::HostNotFound)
        };
        let short = time::Duration::Exact(Duration::from_millis(1));
        let found = Lookups::default().run(silent, within(short));
        assert!(matches!(found, Err(Error::Timeout(Timeout::Resolve))), "{found:?}");
        drop(server);
    }
}
