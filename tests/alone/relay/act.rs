//! What the relay does, connection by connection.

use super::place::Place;

/// One thing that the relay does to one connection, and is done with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// Closes the connection that is open.
    Leave,
    /// Closes a new connection before anything is read.
    HangUp,
    /// Lets a new connection wait for its answer until the client leaves.
    Ignore,
    /// Sends the answer a byte at a time until the client leaves.
    Drip,
    /// Has the request answered but keeps the answer, and resets the connection.
    KeepAnswer,
    /// Sends the answer that was kept instead of the one to this request.
    SendKept,
    /// Waits for a byte of the answer and does something there.
    At(Spot, Damage),
}

/// The byte that comes after `skip` others of its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    /// `None` for any.
    pub(crate) place: Option<Place>,
    pub(crate) skip: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Damage {
    Reset,
    HalfClose,
    Close,
    /// Sends no more until the client leaves.
    Stall,
    /// Sends up to so many of the last bytes again.
    Repeat(usize),
    /// Sends the next part but one before the next.
    SwapParts,
}

impl Act {
    /// Is it for a connection nothing has been read from?
    pub(super) fn is_for_new(self) -> bool {
        !matches!(self, Self::Leave | Self::At(..))
    }
}

impl Spot {
    pub(crate) fn at(place: Place, skip: usize) -> Self {
        Self { place: Some(place), skip }
    }

    pub(crate) fn anywhere(skip: usize) -> Self {
        Self { place: None, skip }
    }

    /// Is this byte, which stands at `place`, the one? Counts it if not.
    pub(super) fn is_here(&mut self, place: Option<Place>) -> bool {
        if self.place.is_some() && self.place != place {
            return false;
        }
        let is_here = self.skip == 0;
        self.skip = self.skip.saturating_sub(1);
        is_here
    }
}
