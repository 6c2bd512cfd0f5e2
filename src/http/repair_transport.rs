//! Puts the repaired head of each answer in front of ureq's strict parser.
//!
//! A wrapper around the transport ([`Repairing`]) hides what arrives until the head is
//! complete, hands the repaired head out instead, and is out of the way from then on.
//! The body stays where it was read to.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use ureq::Error;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};

use super::head_repair::{HEAD_LIMIT, HeadRepair, Repair, Repaired};
use super::progress::Progress;
use crate::quirk::Quirk;

/// What was repaired on one attempt, its login included.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes(Arc<Mutex<BTreeSet<Quirk>>>);

impl Notes {
    /// The notes so far, each once.
    pub(super) fn read(&self) -> Vec<Quirk> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().copied().collect()
    }

    fn add(&self, quirks: BTreeSet<Quirk>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(quirks);
    }
}

/// The connector behind TLS and proxies.
#[derive(Debug)]
pub(super) struct RepairHead(pub(super) Notes, pub(super) Progress);

impl<In: Transport> Connector<In> for RepairHead {
    type Out = Repairing<In>;

    fn connect(
        &self,
        _: &ConnectionDetails<'_>,
        chained: Option<In>,
    ) -> Result<Option<Repairing<In>>, Error> {
        let Self(notes, progress) = self;
        let (notes, progress) = (notes.clone(), progress.clone());
        Ok(chained.map(|inner| Repairing { inner, notes, progress, phase: Phase::Through }))
    }
}

/// See the [module](self).
#[derive(Debug)]
pub(super) struct Repairing<T> {
    inner: T,
    notes: Notes,
    progress: Progress,
    phase: Phase,
}

#[derive(Debug)]
enum Phase {
    /// The head arrives; all of it waits in the buffer of `inner`.
    Reading(HeadRepair),
    /// The part of the repaired head that is still to be read.
    Handing { head: Vec<u8>, progress: bool },
    /// The rest is read from `inner`.
    Through,
}

impl<T: Transport> Repairing<T> {
    /// True once the head is known.
    fn look(&mut self) -> Result<bool, Error> {
        let Phase::Reading(repair) = &mut self.phase else {
            return Ok(true);
        };
        let answer = self.inner.buffers().input();
        match repair.feed(answer) {
            Repair::More => return Ok(false),
            Repair::Done(repaired) => self.hand_out(repaired),
            Repair::Foreign => self.phase = Phase::Through,
            Repair::TooLong => return Err(Error::LargeResponseHeader(answer.len(), HEAD_LIMIT)),
        }
        Ok(true)
    }

    /// Nothing more will come. True if there is a head all the same.
    fn settle(&mut self) -> bool {
        let Phase::Reading(repair) = &mut self.phase else {
            return false;
        };
        let repaired = repair.end(self.inner.buffers().input());
        repaired.map(|repaired| self.hand_out(repaired)).is_some()
    }

    fn hand_out(&mut self, repaired: Repaired) {
        self.inner.buffers().input_consume(repaired.consumed);
        self.notes.add(repaired.quirks);
        self.phase = Phase::Handing { head: repaired.head, progress: true };
    }
}

impl<T: Transport> Transport for Repairing<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        match self.phase {
            Phase::Through => self.inner.buffers(),
            Phase::Reading(_) | Phase::Handing { .. } => self,
        }
    }

    /// Each request has an answer with a head of its own.
    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.phase = Phase::Reading(HeadRepair::new());
        self.inner.transmit_output(amount, timeout)?;
        self.progress.asked();
        Ok(())
    }

    /// One wait of `inner` at most, as only the caller knows how much time is left.
    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        if !matches!(self.phase, Phase::Reading(_)) {
            return self.inner.await_input(timeout);
        }
        if self.look()? {
            return Ok(true);
        }
        let timeout = self.progress.limit(timeout)?;
        let has_more = self.inner.await_input(timeout)?;
        self.progress.answering();
        if has_more { self.look().map(|_| true) } else { Ok(self.settle()) }
    }

    fn is_open(&mut self) -> bool {
        self.inner.is_open()
    }

    fn is_tls(&self) -> bool {
        self.inner.is_tls()
    }
}

/// The buffers as long as the head is not read: output is that of `inner`, input only
/// the repaired head.
impl<T: Transport> Buffers for Repairing<T> {
    fn output(&mut self) -> &mut [u8] {
        self.inner.buffers().output()
    }

    fn input(&self) -> &[u8] {
        match &self.phase {
            Phase::Handing { head, .. } => head,
            Phase::Reading(_) | Phase::Through => &[],
        }
    }

    fn input_append_buf(&mut self) -> &mut [u8] {
        self.inner.buffers().input_append_buf()
    }

    fn input_appended(&mut self, amount: usize) {
        self.inner.buffers().input_appended(amount);
    }

    fn input_consume(&mut self, amount: usize) {
        if let Phase::Handing { head, progress } = &mut self.phase {
            *progress = amount > 0;
            head.drain(..amount.min(head.len()));
            if head.is_empty() {
                self.phase = Phase::Through;
            }
        }
    }

    fn tmp_and_output(&mut self) -> (&mut [u8], &mut [u8]) {
        self.inner.buffers().tmp_and_output()
    }

    fn can_use_input(&self) -> bool {
        matches!(self.phase, Phase::Handing { progress: true, .. })
    }
}
