//! What the requests before have taught, and how often a nonce was used.

use std::collections::VecDeque;

use super::offer::{Kind, Offer};

/// Nonces whose uses are counted; a camera that forgets its own has fewer.
const NONCES: usize = 8;

/// Of one camera, or of one proxy, over all its connections.
#[derive(Debug, Default)]
pub struct Memory {
    pub(super) saw_digest: bool,
    /// What let us in last.
    pub(super) accepted: Option<Offer>,
    /// The newest at the end.
    nonces: VecDeque<Nonce>,
}

#[derive(Debug)]
struct Nonce {
    value: Vec<u8>,
    /// The client's own. It stays: for `-sess`, some servers compute the key with the first one
    /// and some with that of the request (RFC 7616 §3.4.2).
    cnonce: String,
    count: u32,
}

impl Memory {
    /// The client's nonce, and how many requests have carried this nonce of the server, this
    /// one included (RFC 7616 §3.4): a server that sees a number twice refuses.
    pub(super) fn count(&mut self, value: &[u8], cnonce: &str) -> (String, u32) {
        let known = self.nonces.iter().position(|nonce| nonce.value == value);
        let mut nonce = known.and_then(|at| self.nonces.remove(at)).unwrap_or_else(|| {
            let cnonce = cnonce.to_owned();
            Nonce { value: value.to_vec(), cnonce, count: 0 }
        });
        nonce.count = nonce.count.saturating_add(1);
        let counted = (nonce.cnonce.clone(), nonce.count);
        if self.nonces.len() == NONCES {
            self.nonces.pop_front();
        }
        self.nonces.push_back(nonce);
        counted
    }

    pub(super) fn worked(&self) -> Option<Kind> {
        self.accepted.as_ref().map(Offer::kind)
    }

    /// The server wants this nonce in the next request (RFC 7616 §3.5).
    pub(super) fn renew(&mut self, nonce: Vec<u8>) {
        if let Some(Offer::Digest(digest)) = &mut self.accepted
            && !nonce.is_empty()
        {
            digest.nonce = nonce;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_counted_as_long_as_it_is_remembered() {
        let mut memory = Memory::default();
        assert_eq!(memory.count(b"a", "1"), ("1".into(), 1));
        assert_eq!(memory.count(b"b", "2"), ("2".into(), 1));
        assert_eq!(memory.count(b"a", "3"), ("1".into(), 2));
        for number in 0..100 {
            memory.count(format!("n{number}").as_bytes(), "4");
        }
        assert_eq!(memory.count(b"a", "5"), ("5".into(), 1));
        assert_eq!(memory.nonces.len(), NONCES);
    }
}
