//! Everything that can happen to a connection, by kind.

use std::fmt;
use std::time::{Duration, Instant};

use super::act::{Act, Damage, Spot};
use super::place::Place;
use super::port::Relay;
use crate::common::random::Random;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fault {
    /// Nobody listens.
    Refused,
    /// The queue of connections is full.
    FullQueue,
    /// The connection is accepted, and that is all.
    BlackHole,
    ResetIn(Place),
    ResetInTlsHandshake,
    /// The camera sends no more, and says so, but goes on to listen.
    HalfClose,
    Close,
    /// The camera sends no more and does not say so.
    Stall,
    /// The answer comes, but too slowly.
    Drip,
    /// Some bytes come twice.
    DuplicateBytes,
    /// The next request gets the answer to the one before.
    ReorderedResponses,
    /// A picture comes before the one that was taken earlier.
    ReorderedParts,
}

/// What every kind of connection can suffer.
const EVERYWHERE: [Fault; 7] = [
    Fault::Refused,
    Fault::FullQueue,
    Fault::BlackHole,
    Fault::HalfClose,
    Fault::Close,
    Fault::Stall,
    Fault::DuplicateBytes,
];
const IN_CLEAR: [Fault; 7] = [
    Fault::ResetIn(Place::StatusLine),
    Fault::ResetIn(Place::Header),
    Fault::ResetIn(Place::PartHeader),
    Fault::ResetIn(Place::Body),
    Fault::ResetIn(Place::BetweenParts),
    Fault::Drip,
    Fault::ReorderedResponses,
];
pub(crate) const PLAIN: &[&[Fault]] = &[&EVERYWHERE, &IN_CLEAR, &[Fault::ReorderedParts]];
/// Bytes of chunks cannot change places without the chunks.
pub(crate) const CHUNKED: &[&[Fault]] =
    &[&EVERYWHERE, &IN_CLEAR, &[Fault::ResetIn(Place::ChunkSize)]];
pub(crate) const TLS: &[&[Fault]] = &[&EVERYWHERE, &[Fault::ResetInTlsHandshake]];

impl Fault {
    /// Does the client find out by a time-out only? The tests use one second for all.
    pub(crate) fn is_silent(self) -> bool {
        matches!(self, Self::FullQueue | Self::BlackHole | Self::Stall | Self::Drip)
    }

    /// Can the client not notice that the camera is back before its attempt times out?
    pub(crate) fn is_blind(self) -> bool {
        self == Self::FullQueue
    }

    /// Has the relay do it; the time when the camera can be reached again.
    pub(crate) fn befall(self, relay: &Relay, random: &mut Random) -> Instant {
        use Damage::{Close, HalfClose, Repeat, Reset, Stall, SwapParts};
        let anywhere = Spot::anywhere(random.below(3000));
        let damage = |damage| vec![Act::At(anywhere, damage)];
        let again = |act: Act, times| [vec![Act::Leave], vec![act; times]].concat();
        let times = 1 + random.below(3);
        let acts = match self {
            Self::Refused => return relay.refuse(Duration::from_millis(milliseconds(random, 60))),
            Self::FullQueue => {
                return relay.fill_queue(Duration::from_millis(milliseconds(random, 200)));
            }
            Self::BlackHole => again(Act::Ignore, 1),
            Self::Drip => again(Act::Drip, 1),
            Self::ResetIn(place @ (Place::StatusLine | Place::Header)) => {
                again(Act::At(Spot::at(place, random.below(15)), Reset), times)
            }
            Self::ResetIn(Place::Body) => {
                vec![Act::At(Spot::at(Place::Body, random.below(3000)), Reset)]
            }
            Self::ResetIn(place) => vec![Act::At(Spot::at(place, random.below(100)), Reset)],
            // The server's part of the handshake is longer.
            Self::ResetInTlsHandshake => {
                again(Act::At(Spot::anywhere(random.below(600)), Reset), times)
            }
            Self::HalfClose => damage(HalfClose),
            Self::Close => damage(Close),
            Self::Stall => damage(Stall),
            Self::DuplicateBytes => damage(Repeat(1 + random.below(300))),
            Self::ReorderedResponses => vec![Act::Leave, Act::KeepAnswer, Act::SendKept],
            Self::ReorderedParts => {
                vec![Act::At(Spot::at(Place::BetweenParts, random.below(20)), SwapParts)]
            }
        };
        relay.perform(acts)
    }
}

fn milliseconds(random: &mut Random, end: usize) -> u64 {
    random.below(end).try_into().unwrap()
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ResetIn(place) => f.pad(&format!("reset in {place:?}")),
            other => f.pad(&format!("{other:?}")),
        }
    }
}

/// Faults in a random order, each kind as often as the next but for the silent ones, which
/// take a second each.
pub(crate) struct Deck {
    kinds: Vec<Fault>,
    cards: Vec<Fault>,
}

impl Deck {
    pub(crate) fn new(kinds: &[&[Fault]]) -> Self {
        let often = |&kind: &Fault| std::iter::repeat_n(kind, if kind.is_silent() { 1 } else { 6 });
        let kinds = kinds.iter().copied().flatten().flat_map(often).collect();
        Self { kinds, cards: Vec::new() }
    }

    pub(crate) fn draw(&mut self, random: &mut Random) -> Fault {
        if self.cards.is_empty() {
            self.cards.clone_from(&self.kinds);
        }
        let at = random.below(self.cards.len());
        self.cards.swap_remove(at)
    }
}
