//! Pictures that say which they are and whether they are whole.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher};

use crate::common::jpeg::{jpeg, with_segment};

/// The comment segment (T.81 §B.2.4.5).
const COM: u8 = 0xFE;
/// Behind SOI, the marker and the length.
const COMMENT: usize = 6;
/// `00000007 0123456789abcdef`: the number and the digest of what follows.
const COMMENT_SIZE: usize = 25;

/// Picture `number`: its size follows from the number, its scan repeats it.
pub(crate) fn picture(number: u64) -> Vec<u8> {
    let mut bytes = jpeg(0, 64, 48, 0);
    let filling = word(number).repeat(30 + usize::try_from(number * 7919 % 400).unwrap());
    let end = bytes.len() - 2;
    bytes.splice(end..end, filling.bytes());
    let comment = format!("{number:08} {:016x}", digest(&bytes[2..]));
    with_segment(&bytes, COM, comment.as_bytes())
}

/// The number of a picture that is as the camera made it; else the numbers of all the
/// pictures that have given bytes to it.
pub(crate) fn identify(bytes: &[u8]) -> Result<u64, BTreeSet<u64>> {
    whole(bytes).ok_or_else(|| {
        let words = bytes.windows(10).filter(|word| word[0] == b'<' && word[9] == b'>');
        words.filter_map(|word| number_of(&word[1..9])).collect()
    })
}

/// The number in letters, none of which is a digit of the size of a chunk.
fn word(number: u64) -> String {
    let digits = format!("{number:08}");
    format!("<{}>", digits.bytes().map(|digit| char::from(digit + LETTERS)).collect::<String>())
}

fn number_of(letters: &[u8]) -> Option<u64> {
    let digits: Option<Vec<u8>> =
        letters.iter().map(|letter| letter.checked_sub(LETTERS)).collect();
    decimal(&digits?)
}

/// From `0` to `p`.
const LETTERS: u8 = b'p' - b'0';

fn whole(bytes: &[u8]) -> Option<u64> {
    let comment = bytes.get(COMMENT..COMMENT + COMMENT_SIZE)?;
    let number = decimal(&comment[..8])?;
    let rest = digest(&bytes[COMMENT + COMMENT_SIZE..]);
    (comment[9..] == *format!("{rest:016x}").as_bytes()).then_some(number)
}

fn decimal(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}
