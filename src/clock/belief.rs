//! How far arrivals are believed to have a line.
//!
//! At first as far as the [evidence](super::evidence) tells, from 0 to 1: the time of a picture is
//! the mean of line and arrival by that weight, which has the least mean square of the error. A
//! line that is sure holds. Then it is used until [`Scatter`] says that arrivals have none.
//!
//! Lines that break again and again are evidence against one. How often they did is forgotten
//! slowly. Where the evidence does not say much, a line that was used and broke has to go on for
//! longer each time before it holds again.

use super::evidence::NONE;
use super::scatter::{ROUGH, Scatter};

/// Arrivals that make a rate.
const YOUNG: i64 = 16;
/// Most pictures that it takes to believe in a line again.
const PATIENCE: i64 = 256;
/// What a break counts for. Each picture takes one away.
const BREAK: i64 = 200;
/// More than this, and the rate does not hold any more.
const TROUBLE: i64 = 450;
/// What is believed before, as a logarithm: a line that is none costs more than it gains.
const BEFORE: f64 = -2.0;
/// What a break takes from that.
const BROKEN: f64 = 3.0;
/// A line that is likelier than this holds.
const SURE: f64 = 3.0;

/// See the [module](self).
#[derive(Debug)]
pub struct Belief {
    /// Pictures since the line broke, and how many it takes to believe in it again.
    calm: i64,
    needed: i64,
    trouble: i64,
    holds: bool,
    weight: f64,
}

impl Default for Belief {
    fn default() -> Self {
        Self { calm: 0, needed: YOUNG, trouble: 0, holds: false, weight: 0.0 }
    }
}

impl Belief {
    /// An arrival counts for the line.
    pub fn add(&mut self) {
        self.calm += 1;
    }

    /// A picture has gone by.
    pub fn pass(&mut self) {
        self.trouble = (self.trouble - 1).max(0);
    }

    /// The line was not where arrivals were.
    pub fn disturb(&mut self) {
        self.trouble += BREAK;
        if !self.holds {
            let longer = (self.needed + YOUNG / 2).min(PATIENCE);
            self.needed = if self.calm > PATIENCE { YOUNG } else { longer };
        } else if self.trouble > TROUBLE {
            self.give_up();
        }
        self.calm = 0;
    }

    fn give_up(&mut self) {
        self.holds = false;
        self.needed = if self.calm > PATIENCE { YOUNG } else { (2 * self.needed).min(PATIENCE) };
        self.calm = 0;
    }

    /// Takes in what is known of the last arrivals: `evidence` is a logarithm.
    #[allow(clippy::cast_precision_loss, reason = "trouble is a small number")]
    pub fn judge(&mut self, scatter: &Scatter, interval: i64, evidence: f64) {
        let has_line = scatter.has_line(self.holds, interval);
        if self.holds && !has_line {
            self.give_up();
        }
        let log = if scatter.deviation() < ROUGH {
            evidence + BEFORE - BROKEN * self.trouble as f64 / BREAK as f64
        } else {
            NONE
        };
        let is_sure = self.holds || self.calm >= self.needed || log > SURE;
        self.holds = has_line && is_sure;
        self.weight = if self.holds { 1.0 } else { 1.0 / (1.0 + (-log).exp()) };
    }

    /// The line is used whatever the evidence is.
    pub fn holds(&self) -> bool {
        self.holds
    }

    /// From 0 to 1.
    pub fn weight(&self) -> f64 {
        self.weight
    }
}
