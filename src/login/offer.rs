//! A challenge that can be answered, or why it cannot.

use std::fmt;

use super::challenge::Challenge;
use super::digest::{Digest, Unusable};
use super::hash::Algorithm;

/// A challenge that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Offer {
    Digest(Digest),
    Basic,
}

/// Offers of the same kind are the same login.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Digest(Algorithm),
    Basic,
}

impl Offer {
    pub(super) fn read(challenge: &Challenge) -> Option<Self> {
        if challenge.is("Basic") {
            return Some(Self::Basic);
        }
        Digest::read(challenge).ok().map(Self::Digest)
    }

    pub(super) fn kind(&self) -> Kind {
        match self {
            Self::Digest(digest) => Kind::Digest(digest.algorithm),
            Self::Basic => Kind::Basic,
        }
    }

    pub(super) fn is_stale(&self) -> bool {
        matches!(self, Self::Digest(digest) if digest.is_stale)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest(algorithm) => write!(f, "Digest {algorithm}"),
            Self::Basic => f.write_str("Basic"),
        }
    }
}

/// What is offered, in the camera's order, for people.
pub(super) fn names(challenges: &[Challenge]) -> String {
    let names = challenges.iter().map(|challenge| match Offer::read(challenge) {
        Some(offer) => offer.kind().to_string(),
        None => challenge.to_string(),
    });
    join(names, ", ")
}

/// The same where none of it can be used, each with its reason.
pub(super) fn reasons(challenges: &[Challenge]) -> String {
    let offers_digest = challenges.iter().any(|challenge| challenge.is("Digest"));
    let reasons = challenges.iter().map(|challenge| match Digest::read(challenge) {
        Err(Unusable::NoNonce) => format!("{challenge} without a nonce"),
        Err(Unusable::Algorithm) => format!("{challenge}, an unknown algorithm"),
        _ if !challenge.is("Basic") => challenge.to_string(),
        _ if offers_digest => "Basic, which is not used beside Digest".into(),
        _ => "Basic, but Digest before".into(),
    });
    join(reasons, "; ")
}

fn join(names: impl Iterator<Item = String>, separator: &str) -> String {
    let mut names: Vec<_> = names.collect();
    names.dedup();
    if names.is_empty() { "no scheme named".into() } else { names.join(separator) }
}
