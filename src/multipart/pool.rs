//! Recycled memory: the buffer of a frame comes back when the last user drops it.

use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Buffers kept for later; more than a live pipeline has under way at once.
const KEPT: usize = 16;
/// What they may have together, in bytes; one is kept whatever its size.
const KEPT_BYTES: usize = 8 * 1024 * 1024;

/// Where frames' buffers come from and return to.
#[derive(Debug, Clone, Default)]
pub struct Pool(Arc<Shelf>);

type Shelf = Mutex<Vec<Vec<u8>>>;

impl Pool {
    /// An initialised buffer of at least `size` bytes with any content.
    pub fn take(&self, size: usize) -> Vec<u8> {
        let mut buffers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A buffer that has become too small is of no use to the frames that follow.
        buffers.retain(|buffer| buffer.len() >= size);
        let recycled = buffers.pop();
        drop(buffers);
        recycled.unwrap_or_else(|| vec![0; size])
    }

    /// Ties `buffer` to the pool; `range` is what its user sees.
    pub fn lend(&self, buffer: Vec<u8>, range: Range<usize>) -> Lent {
        Lent { buffer, range, pool: Arc::downgrade(&self.0) }
    }
}

/// Part of a buffer that returns to its pool, if that still exists, when dropped.
#[derive(Debug)]
pub struct Lent {
    buffer: Vec<u8>,
    range: Range<usize>,
    pool: Weak<Shelf>,
}

impl Lent {
    /// The whole buffer, also outside of what [`AsRef`] shows.
    pub fn whole(&self) -> &[u8] {
        &self.buffer
    }
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.buffer[self.range.clone()]
    }
}

impl AsMut<[u8]> for Lent {
    fn as_mut(&mut self) -> &mut [u8] {
        &mut self.buffer[self.range.clone()]
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let Some(pool) = self.pool.upgrade() else {
            return;
        };
        let mut buffers = pool.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = buffers.iter().map(Vec::len).sum::<usize>() + self.buffer.len();
        if buffers.is_empty() || buffers.len() < KEPT && kept <= KEPT_BYTES {
            buffers.push(std::mem::take(&mut self.buffer));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dropped_frame_gives_its_memory_to_the_next() {
        let pool = Pool::default();
        let frame = pool.lend(pool.take(100), 10..20);
        let address = frame.whole().as_ptr();
        assert_eq!(frame.as_ref().len(), 10);
        drop(frame);
        let next = pool.take(50);
        assert_eq!(next.as_ptr(), address);
    }

    #[test]
    fn small_buffers_are_not_kept_for_large_frames() {
        let pool = Pool::default();
        drop(pool.lend(pool.take(10), 0..10));
        assert_eq!(pool.take(11).len(), 11);
        assert_eq!(pool.take(10).len(), 10, "the small one is gone");
    }

    #[test]
    fn a_frame_outlives_its_pool() {
        let pool = Pool::default();
        let frame = pool.lend(vec![7; 3], 0..3);
        drop(pool);
        assert_eq!(frame.as_ref(), [7; 3]);
    }
}
