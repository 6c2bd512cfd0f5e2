//! A copy of what the camera sends, for those who want to look at it.

use std::sync::{Arc, Mutex, PoisonError};

/// The start of the last answer, head and all, as it came from the connection (behind
/// TLS, before any repair).
#[derive(Debug, Clone)]
pub struct Recording {
    limit: usize,
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl Recording {
    /// Records up to `limit` bytes.
    pub fn new(limit: usize) -> Self {
        Self { limit, bytes: Arc::default() }
    }

    /// What there is so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn add(&self, more: &[u8]) {
        let mut bytes = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let room = self.limit.saturating_sub(bytes.len());
        bytes.extend(&more[..more.len().min(room)]);
    }

    /// A request: what follows is another answer.
    pub(crate) fn restart(&self) {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
