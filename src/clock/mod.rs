//! When was a picture taken? Numbers in, numbers out.
//!
//! ```text
//! header fields ─▶ header ─▶ classifier (one a field) ─▶ selector ─▶ map ──┬─▶ slew ─▶ PTS
//! arrival ─────────────────────┘                                  ├─▶ rate ─┤
//!                                                                 └─────────┘
//! ```
//!
//! | file | idea |
//! |---|---|
//! | [`number`], [`padding`], [`calendar`] | times as they are written |
//! | [`header`] | the header fields that carry them, the best first |
//! | [`mod@unit`] | in what and from where a clock counts |
//! | [`history`], [`classifier`], [`classification`] | what kind of clock it is, and whether it is still that |
//! | [`selector`] | which of a camera's clocks is used |
//! | [`mod@line`], [`envelope`] | offset and drift, from the least delayed frames |
//! | [`map`] | camera time to running time, over jumps |
//! | [`coarse`] | a clock whose steps are seen, and what is between them |
//! | [`rate`] | without a clock, the rate of the pictures as one |
//! | [`pace`], [`nominal`] | the line through arrivals, and that of a camera with a nominal rate |
//! | [`scatter`], [`change`] | how arrivals scatter around their line, and when it is another one |
//! | [`evidence`], [`belief`] | whether they have a line at all, and how far that is believed |
//! | [`margin`] | by how much PTS are earlier than the line |
//! | [`recent`] | the greatest of the last numbers |
//! | [`slew`] | PTS without steps and within bounds |
//! | [`unix`] | times since 1970 from a clock of whole seconds |
//! | [`report`] | what the statistics show |
//!
//! [`Stamper`] (in `stamper`) puts them together. Until a clock has proved to advance as ours does, and
//! for cameras that have none, the rate at which frames arrive is the clock, and where they arrive at
//! no rate, the arrival of the frame's first byte is the time.

pub mod belief;
pub mod calendar;
pub mod change;
pub mod classification;
pub mod classifier;
pub mod coarse;
pub mod envelope;
pub mod evidence;
pub mod header;
pub mod history;
pub mod line;
pub mod map;
pub mod margin;
#[cfg(test)]
mod noise;
pub mod nominal;
pub mod number;
pub mod pace;
pub mod padding;
pub mod rate;
pub mod recent;
pub mod report;
pub mod scatter;
pub mod selector;
pub mod slew;
mod stamper;
pub mod unit;
pub mod unix;

pub use report::Report;
pub use selector::SelectedClock;
pub use stamper::{Mode, Stamp, Stamper};
