//! Camera time to running time.
//!
//! A frame arrives its network delay after it was taken: `arrival = taken + offset +
//! delay`, with a delay that is never negative. The smallest `arrival − camera` of the
//! frames of the last seconds is therefore the offset plus the least delay, and
//! `camera + that` is the time of a frame with the rest of its jitter removed (as
//! rtpjitterbuffer's skew estimation follows the least-delayed packets). Only the last
//! seconds count, so that a clock that runs at another speed is followed.

use std::time::Duration;

/// Frames of this many nanoseconds are looked back on, twice at most.
const SPAN: i128 = 10_000_000_000;
/// The clock is watched for this long before it is believed.
const PROBATION: i128 = 300_000_000;
/// How far the two clocks may disagree over a stretch: so much, in nanoseconds …
const TOLERANCE: i128 = 500_000_000;
/// … and this part of the stretch.
const TOLERANCE_PART: i128 = 10;

/// See the [module](self). All numbers are nanoseconds.
#[derive(Debug)]
pub struct Map {
    hasty: bool,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// No frame with a time yet.
    Empty,
    /// Watched since the first frame.
    Watched { first: Pair, last: Pair, least: i128 },
    /// Believed.
    Used { last: Pair, least: Least },
}

#[derive(Debug, Clone, Copy)]
struct Pair {
    arrival: i128,
    camera: i128,
}

/// The smallest offset of the current span and of the one before.
#[derive(Debug, Clone, Copy)]
struct Least {
    begun: i128,
    current: i128,
    before: i128,
}

impl Map {
    /// A `hasty` map believes the clock from the second frame on.
    pub fn new(hasty: bool) -> Self {
        Self { hasty, state: State::Empty }
    }

    /// Forgets everything.
    pub fn restart(&mut self) {
        self.state = State::Empty;
    }

    /// Takes a frame in; the running time at which it was taken, if the clock is used.
    pub fn observe(&mut self, arrival: Duration, camera: Option<Duration>) -> Option<Duration> {
        let nanoseconds = |time: Duration| i128::try_from(time.as_nanos()).unwrap_or(i128::MAX);
        let arrival = nanoseconds(arrival);
        let pair = Pair { arrival, camera: nanoseconds(camera?) };
        self.state = self.state.next(pair, self.hasty);
        match self.state {
            State::Used { least, .. } => {
                let taken = pair.camera + least.current.min(least.before);
                Some(Duration::from_nanos(u64::try_from(taken).unwrap_or(0)))
            }
            _ => None,
        }
    }
}

impl State {
    fn next(self, pair: Pair, hasty: bool) -> Self {
        let fresh = Self::Watched { first: pair, last: pair, least: pair.offset() };
        match self {
            Self::Empty => fresh,
            Self::Watched { first, last, least } => {
                if !pair.follows(last) || !pair.agrees(first) {
                    return fresh;
                }
                let least = least.min(pair.offset());
                if hasty || pair.arrival - first.arrival >= PROBATION {
                    let least = Least { begun: pair.arrival, current: least, before: least };
                    return Self::Used { last: pair, least };
                }
                Self::Watched { first, last: pair, least }
            }
            Self::Used { last, mut least } => {
                if !pair.follows(last) || !pair.agrees(last) {
                    return fresh;
                }
                if pair.arrival - least.begun > SPAN {
                    least = Least {
                        begun: pair.arrival,
                        current: pair.offset(),
                        before: least.current,
                    };
                }
                least.current = least.current.min(pair.offset());
                Self::Used { last: pair, least }
            }
        }
    }
}

impl Pair {
    fn offset(self) -> i128 {
        self.arrival - self.camera
    }

    fn follows(self, last: Self) -> bool {
        self.camera > last.camera
    }

    /// Have both clocks gone on alike since `earlier`?
    fn agrees(self, earlier: Self) -> bool {
        let ours = self.arrival - earlier.arrival;
        let difference = ours - (self.camera - earlier.camera);
        difference.abs() <= TOLERANCE + ours / TOLERANCE_PART
    }
}
