//! The element, and what must hold for every picture it delivers.

use std::collections::VecDeque;

use gst::prelude::*;

use super::fault::Fault;
use super::numbered::identify;
use crate::common::element::{Pipeline, bytes, pts};

pub(crate) struct Viewer {
    pipeline: Pipeline,
    /// What happens to the stream now.
    fault: Option<Fault>,
    /// Numbers of the last pictures, the newest last.
    recent: VecDeque<u64>,
    pts: gst::ClockTime,
    pub(crate) seen: Seen,
}

/// What was delivered. Only where bytes were sent twice may a picture come damaged or
/// twice: no receiver can tell that from what the camera meant.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) pictures: u64,
    /// With bytes of their own twice.
    pub(crate) damaged: u64,
    /// With bytes of two.
    pub(crate) mixed: u64,
    pub(crate) twice: u64,
}

impl Seen {
    pub(crate) fn plus(self, other: Self) -> Self {
        Self {
            pictures: self.pictures + other.pictures,
            damaged: self.damaged + other.damaged,
            mixed: self.mixed + other.mixed,
            twice: self.twice + other.twice,
        }
    }
}

/// More than a picture can be late by.
const RECENT: usize = 64;

impl Viewer {
    pub(crate) fn start(url: &str, properties: &str) -> Self {
        Self {
            pipeline: Pipeline::playing(url, properties),
            fault: None,
            recent: VecDeque::new(),
            pts: gst::ClockTime::ZERO,
            seen: Seen::default(),
        }
    }

    /// Says what the next pictures may show.
    pub(crate) fn expect(&mut self, fault: Fault) {
        self.fault = Some(fault);
    }

    /// Attempts that failed so far.
    pub(crate) fn retries(&self) -> u64 {
        self.pipeline.stat("retries")
    }

    /// Looks at pictures until one of this number or a later one has come.
    pub(crate) fn see(&mut self, number: u64) {
        while self.recent.back().is_none_or(|last| *last < number) {
            let sample = self.pipeline.frame().expect("retries never end");
            self.look_at(&sample);
        }
        self.read_bus();
    }

    fn look_at(&mut self, sample: &gst::Sample) {
        let fault = self.fault;
        self.seen.pictures += 1;
        assert!(pts(sample) >= self.pts, "{fault:?}: the PTS went back");
        self.pts = pts(sample);
        match identify(&bytes(sample)) {
            Ok(number) => self.take(number),
            Err(numbers) => {
                self.seen.damaged += 1;
                self.seen.mixed += u64::from(numbers.len() > 1);
                let may_be = fault == Some(Fault::DuplicateBytes);
                assert!(may_be, "{fault:?}: a picture is not whole, it has bytes of {numbers:?}");
            }
        }
    }

    fn take(&mut self, number: u64) {
        let fault = self.fault;
        if self.recent.contains(&number) {
            self.seen.twice += 1;
            assert_eq!(fault, Some(Fault::DuplicateBytes), "picture {number} came twice");
            return;
        }
        let is_late = self.recent.back().is_some_and(|last| number < *last);
        let may_be_late = fault == Some(Fault::ReorderedParts);
        assert!(!is_late || may_be_late, "{fault:?}: picture {number} came late");
        if self.recent.len() == RECENT {
            self.recent.pop_front();
        }
        self.recent.push_back(number);
    }

    /// Nothing but warnings may have come; a bus that is not read grows.
    fn read_bus(&self) {
        let bus = self.pipeline.top.bus().unwrap();
        while let Some(message) = bus.pop() {
            match message.view() {
                gst::MessageView::Error(error) => panic!("{:?}: {error:?}", self.fault),
                gst::MessageView::Warning(warning) => {
                    let text = warning.error().to_string();
                    assert!(!text.contains("panicked"), "{:?}: {text}", self.fault);
                }
                _ => {}
            }
        }
    }
}
