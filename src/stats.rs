//! What was counted since the element started.

use crate::quirk::Quirks;

/// Counters; they only grow.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stats {
    /// Pictures handed on.
    pub frames: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of these, pictures stamped by the camera's clock.
    pub frames_by_camera_clock: u64,
    /// Connections that got as far as an answer with pictures.
    pub connections: u64,
    /// Attempts that failed and were followed by another.
    pub retries: u64,
    /// Pictures dropped because they were cut or damaged, but for those that the end of a
    /// connection cut.
    pub damaged: u64,
    /// Pictures dropped because they were larger than allowed.
    pub too_large: u64,
    /// Pictures dropped because a newer one was waiting already.
    pub skipped: u64,
    /// Parts of other types that were skipped.
    pub other_parts: u64,
    /// Single pictures not handed on because they had not changed.
    pub unchanged: u64,
    /// Messages for which there was no room on the bus that nobody reads.
    pub messages_left_out: u64,
    /// What was odd about the camera.
    pub quirks: Quirks,
}
