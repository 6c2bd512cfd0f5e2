//! The first of several things, without a look at what lies far behind it.
//!
//! A search for each of them through all that was read costs, where one stands every few
//! bytes and another nowhere, as much as all that was read: for every few bytes again.

/// How far is looked at first, in bytes.
const FIRST: usize = 256;

/// What `find` finds in the shortest start of `bytes` that holds something: of twice the
/// length each time, so that it costs no more than the way to what was found.
pub(super) fn nearest<T>(bytes: &[u8], find: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
    let mut length = FIRST;
    while length < bytes.len() {
        let found = find(&bytes[..length]);
        if found.is_some() {
            return found;
        }
        length *= 2;
    }
    find(bytes)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn what_lies_behind_is_not_looked_at() {
        for place in [0, 1, 255, 256, 257, 511, 512, 5000, 99_999] {
            let mut bytes = vec![0; 100_000];
            bytes[place] = 1;
            let seen = Cell::new(0);
            let found = nearest(&bytes, |near| {
                seen.set(seen.get() + near.len());
                memchr::memchr(1, near)
            });
            assert_eq!(found, Some(place));
            assert!(seen.get() <= 4 * place.max(FIRST), "{} bytes for {place}", seen.get());
        }
        assert_eq!(nearest(&vec![0; 100_000], |near| memchr::memchr(1, near)), None);
        assert_eq!(nearest(&[], |near| memchr::memchr(1, near)), None);
    }
}
