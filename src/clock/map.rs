//! Camera time to running time: the [`Envelope`] while the camera's clock goes on, moved
//! as a whole when it jumps.
//!
//! A clock that was set and a camera that restarted behave alike: from one frame to the
//! next `arrival − camera` changes by a step, the way through the network stays as it
//! is. The frame behind the step was taken about one interval after the one before, so
//! the envelope moves by as much as puts it there. If that was a little wrong, the next
//! blocks put it right.

use super::envelope::Envelope;

const MS: i64 = 1_000_000;
/// So far ahead of the map, a frame was stamped by another clock than the one before.
const AHEAD: i64 = 250 * MS;

/// See the [module](self). All numbers are nanoseconds.
#[derive(Debug, Default)]
pub struct Map {
    envelope: Option<Envelope>,
    last: i64,
}

/// What the map says about a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placed {
    /// What to add to the camera's time.
    pub offset: i64,
    /// The camera's clock has jumped.
    pub jumped: bool,
}

impl Map {
    /// Takes a frame in. If the camera's clock has jumped, the frame was taken at
    /// `expected` in running time.
    pub fn observe(&mut self, arrival: i64, camera: i64, expected: i64) -> Placed {
        let offset = arrival.saturating_sub(camera);
        let last = std::mem::replace(&mut self.last, camera);
        let envelope = self.envelope.get_or_insert_with(|| Envelope::new(offset));
        let known = envelope.offset(arrival);
        let jumped = camera < last || offset < known.saturating_sub(AHEAD);
        if jumped {
            envelope.shift(expected.saturating_sub(camera).saturating_sub(known));
        }
        envelope.observe(arrival, offset);
        Placed { offset: envelope.offset(arrival), jumped }
    }

    /// How much faster than ours the camera's clock is, in parts per billion.
    pub fn drift(&self) -> i32 {
        self.envelope.as_ref().map_or(0, Envelope::drift)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_jump_moves_the_map_and_nothing_else() {
        for jump in [3_600_000, -3_600_000, 86_400_000, -300, 400] {
            let mut map = Map::default();
            let mut jumps = 0;
            for frame in 0..2000 {
                let now = 40 * frame;
                let camera = 10_000_000 + now + if frame < 1000 { 0 } else { jump };
                let delay = frame * 7 % 23;
                let placed = map.observe((now + delay) * MS, camera * MS, now * MS);
                let taken = camera * MS + placed.offset;
                jumps += i32::from(placed.jumped);
                assert!(frame < 100 || (taken - now * MS).abs() < MS, "{jump}: {frame} {taken}");
            }
            assert_eq!(jumps, 1, "{jump}");
        }
    }
}
