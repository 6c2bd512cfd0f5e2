//! What the fuzz targets share.
#![allow(clippy::missing_panics_doc, reason = "a panic is a finding")]
#![allow(clippy::must_use_candidate, reason = "nobody calls these and forgets the result")]
#![allow(clippy::should_implement_trait, reason = "of what the tests share")]

#[path = "../../tests/common"]
pub mod common {
    #![allow(dead_code, reason = "the tests use the rest")]
    #![allow(missing_docs, clippy::pedantic, reason = "checked with the tests")]
    pub mod jpeg;
    pub mod parts;
    pub mod random;
}

/// So many bytes at the end of an input say how the rest is cut. At the end, so that
/// what cameras send is an input as it is.
const CUTS: usize = 8;

/// The bytes to read, and how to cut them.
pub fn split(input: &[u8]) -> (&[u8], Cuts<'_>) {
    let (bytes, cuts) = input.split_at(input.len() - CUTS.min(input.len() / 2));
    (bytes, Cuts { cuts, next: 0 })
}

/// Sizes, again and again the same.
pub struct Cuts<'a> {
    cuts: &'a [u8],
    next: usize,
}

impl Cuts<'_> {
    /// From 0 to 255.
    pub fn byte(&mut self) -> u8 {
        let byte = self.cuts.get(self.next).copied().unwrap_or(0);
        self.next = (self.next + 1) % CUTS.min(self.cuts.len().max(1));
        byte
    }

    /// From 1 to 65,026, small ones more often.
    pub fn size(&mut self) -> usize {
        1 + usize::from(self.byte()).pow(2)
    }

    /// Where the pieces of `bytes` end, the last one with them.
    pub fn ends(mut self, bytes: &[u8]) -> impl Iterator<Item = usize> {
        let mut end = 0;
        std::iter::from_fn(move || {
            let last = end;
            end = (end + self.size()).min(bytes.len());
            (end > last).then_some(end)
        })
    }
}
