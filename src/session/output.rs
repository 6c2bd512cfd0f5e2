//! What comes out of a session, and what it does at the moment.

use std::time::Duration;

use crate::error::Error;
use crate::multipart::{Frame, Skip};
use crate::quirk::Quirks;

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

/// What the caller of [`Session::advance`](super::Session::advance) has to deal with.
#[derive(Debug)]
pub enum Output {
    /// A picture.
    Frame {
        /// With its bytes and its head.
        frame: Frame,
        /// The first of its connection, or behind others that gave way to it: something may
        /// be missing before it.
        discont: bool,
        /// Older pictures that gave way to it while they waited.
        skipped: u64,
    },
    /// The single picture at this address is still the one delivered last.
    Unchanged,
    /// The camera sent something that was left out.
    Skipped {
        /// What it was.
        skip: Skip,
        /// How many times in a row.
        times: u64,
    },
    /// [`Session::phase`](super::Session::phase) has changed.
    Phase {
        /// What it is now.
        phase: Phase,
        /// The address whose turn it is, as it may be shown.
        camera: String,
    },
    /// What was odd about the camera so far, where that is more than before.
    Quirks(Box<Quirks>),
    /// An attempt failed; the next one follows by itself.
    Retrying {
        /// The address that was asked, as it may be shown.
        camera: String,
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
    Failed {
        /// The address that was asked last, as it may be shown.
        camera: String,
        /// What happened.
        error: Error,
    },
    /// [`Control::stop`](super::control::Control::stop) was called.
    Stopped,
}
