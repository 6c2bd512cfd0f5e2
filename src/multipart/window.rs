//! The bytes under the decoder's eyes and the place for the next ones.
//!
//! ```text
//! 0 ─────────── filled ─────────── len
//! │ bytes read  │ space for more   │
//! ```
//!
//! A part's head and body lie in one window, so a picture is never moved: the whole
//! window becomes the frame's memory, and only what was read beyond the picture goes
//! over to the next window. Memory for that is taken when the next bytes are to be read:
//! until then, downstream may have given back what it had.

use super::pool::Pool;

/// Size of the first window, in bytes.
const FIRST: usize = 16 * 1024;
/// Room for delimiter and head beside a picture of the size last seen, in bytes.
const HEAD_ROOM: usize = 4 * 1024;
/// Room behind a picture of known length, in bytes.
const BEYOND: usize = 2 * 1024;
/// The least room offered to a read, in bytes.
const LEAST_SPACE: usize = 2 * 1024;

/// See the [module](self).
#[derive(Debug)]
pub struct Window {
    pool: Pool,
    buffer: Vec<u8>,
    filled: usize,
    limit: usize,
    /// Size of a window for pictures like the last ones, in bytes.
    usual: usize,
    /// Bytes of the stream before the first one here.
    gone: u64,
}

impl Window {
    /// A window that never grows beyond `limit` bytes.
    pub fn new(pool: Pool, limit: usize) -> Self {
        Self { pool, buffer: Vec::new(), filled: 0, limit, usual: FIRST.min(limit), gone: 0 }
    }

    /// The bytes read so far.
    pub fn bytes(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }

    /// Bytes read so far.
    pub fn filled(&self) -> usize {
        self.filled
    }

    /// Where in the stream a position of the window is.
    pub fn offset_of(&self, position: usize) -> u64 {
        self.gone + position as u64
    }

    /// Free memory for the next bytes; empty only at the limit.
    pub fn space(&mut self) -> &mut [u8] {
        if self.buffer.len() - self.filled < LEAST_SPACE {
            let is_small = self.buffer.len() < self.usual;
            self.reserve(if is_small { self.usual } else { 2 * self.buffer.len() });
        }
        &mut self.buffer[self.filled..]
    }

    /// Free memory up to position `end` of the window, which is beyond `filled`, and a
    /// little more: a line end, delimiter and head that come with it save a read.
    pub fn space_beyond(&mut self, end: usize) -> &mut [u8] {
        self.reserve(end + BEYOND);
        let end = (end + BEYOND).min(self.buffer.len());
        &mut self.buffer[self.filled..end]
    }

    /// `count` bytes were written to the start of the space.
    pub fn advance(&mut self, count: usize) {
        self.filled = (self.filled + count).min(self.buffer.len());
    }

    /// Forgets the first `count` bytes; the others move to the front.
    pub fn discard(&mut self, count: usize) {
        self.buffer.copy_within(count..self.filled, 0);
        self.filled -= count;
        self.gone += count as u64;
    }

    /// Gives the bytes up to `end` away as they lie, and goes on with the others in
    /// another window. The picture among them had `size` bytes.
    pub fn take(&mut self, end: usize, size: usize) -> Vec<u8> {
        // Pictures differ: the memory of the largest of late serves them all.
        let wanted = (size + size / 8 + HEAD_ROOM).next_multiple_of(HEAD_ROOM);
        self.usual = wanted.max(self.usual - self.usual / 64).min(self.limit);
        let rest = self.buffer[end..self.filled].to_vec();
        self.filled = rest.len();
        self.gone += end as u64;
        std::mem::replace(&mut self.buffer, rest)
    }

    /// Makes the window at least `size` bytes large, as far as it may be.
    fn reserve(&mut self, size: usize) {
        let size = size.min(self.limit);
        if size <= self.buffer.len() {
            return;
        }
        if size <= self.usual {
            let mut larger = self.pool.take(self.usual);
            larger[..self.filled].copy_from_slice(&self.buffer[..self.filled]);
            self.buffer = larger;
        } else {
            // In place where the allocator can, and never more than asked for.
            self.buffer.reserve_exact(size - self.buffer.len());
            self.buffer.resize(size, 0);
        }
    }
}
