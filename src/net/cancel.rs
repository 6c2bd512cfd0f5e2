//! Ends everything that waits on the network, from another thread.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use ureq::Error;
use ureq::unversioned::transport::ShutdownHandle;

use super::lookup::Lookups;

/// The sockets and the name look-ups of one epoch. After a cancel nothing can be opened with
/// it any more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cancel {
    sockets: Arc<Mutex<Sockets>>,
    pub(crate) lookups: Lookups,
}

#[derive(Default)]
enum Sockets {
    #[default]
    None,
    Open(Vec<Weak<dyn ShutdownHandle>>),
    Cancelled,
}

impl Cancel {
    /// A cancel shuts this socket down, too.
    pub(crate) fn register(&self, socket: Weak<dyn ShutdownHandle>) -> Result<(), Error> {
        let mut sockets = self.lock();
        match &mut *sockets {
            Sockets::None => *sockets = Sockets::Open(vec![socket]),
            Sockets::Open(open) => {
                open.retain(|socket| socket.strong_count() > 0);
                open.push(socket);
            }
            Sockets::Cancelled => return Err(Error::ConnectionFailed),
        }
        Ok(())
    }

    /// Ends every connection, and every wait for one.
    pub(crate) fn cancel(&self) {
        self.lookups.cancel();
        let before = std::mem::replace(&mut *self.lock(), Sockets::Cancelled);
        if let Sockets::Open(open) = before {
            open.iter().filter_map(Weak::upgrade).for_each(|socket| socket.shutdown());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Sockets> {
        self.sockets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Sockets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Open(_) => "Open",
            Self::Cancelled => "Cancelled",
        })
    }
}
