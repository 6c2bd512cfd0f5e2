//! The lines of a head, written as they should have been sent.

use std::collections::BTreeSet;

use super::head_fields::HeadFields;
use super::status_line::StatusLine;
use crate::quirk::Quirk;

/// A head as it should have been sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// Bytes of the answer that it stands for; the body follows.
    pub consumed: usize,
    /// Status line, fields and blank line.
    pub head: Vec<u8>,
    /// What was repaired.
    pub quirks: BTreeSet<Quirk>,
}

/// What its head says about an answer.
pub(super) struct Summary {
    pub(super) status: u16,
    /// A status line and nothing else.
    pub(super) is_bare: bool,
}

/// `lines` as they should be, standing for the first `consumed` bytes.
pub(super) fn repair(lines: &[u8], consumed: usize) -> (Repaired, Summary) {
    let mut quirks = BTreeSet::new();
    let ends_blank = lines.ends_with(b"\n\r\n") || lines.ends_with(b"\n\n");
    let is_regular = |line: &[u8]| line.ends_with(b"\r\n") && !line.ends_with(b"\r\r\n");
    if !ends_blank || !lines.split_inclusive(|&b| b == b'\n').all(is_regular) {
        quirks.insert(Quirk::HeadLineEnds);
    }
    let mut lines = lines.split(|&b| b == b'\n').map(without_cr);
    let first = lines.next().and_then(StatusLine::parse);
    let (status, mut head) = match first {
        Some(StatusLine { status, written, quirk }) => {
            quirks.extend(quirk);
            (status, written)
        }
        // Checked when the line was read.
        None => (0, Vec::new()),
    };
    head.extend(b"\r\n");
    let lines = lines.filter(|line| !line.is_empty());
    let mut fields = HeadFields::parse(lines, &mut quirks);
    fields.settle_length(status, &mut quirks);
    fields.write(&mut head);
    head.extend(b"\r\n");
    let summary = Summary { status, is_bare: fields.is_empty() };
    (Repaired { consumed, head, quirks }, summary)
}

pub(super) fn without_lf(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\n").unwrap_or(line)
}

/// Some servers write more than one.
pub(super) fn without_cr(mut line: &[u8]) -> &[u8] {
    while let [rest @ .., b'\r'] = line {
        line = rest;
    }
    line
}
