//! Entropy-coded data, a block at a time.
//!
//! One byte in 256 of it is 0xFF, and nearly each of these is followed by the zero that
//! says that it is no marker. To stop at each would cost more than to read the socket. So
//! blocks of bytes are looked at as a whole, which compilers turn into vector instructions.

/// Bytes looked at together.
const BLOCK: usize = 64;

/// How many bytes from the start hold no marker that means something: stuffing (B.1.1.5)
/// and RSTm only. A multiple of a block; behind it, someone has to look closely.
pub(super) fn pass(data: &[u8]) -> usize {
    let next = data.get(1..).unwrap_or_default();
    let blocks = data.as_chunks::<BLOCK>().0.iter().zip(next.as_chunks::<BLOCK>().0);
    blocks.take_while(|(bytes, next)| !has_marker(bytes, next)).count() * BLOCK
}

/// `next` is each byte's successor.
fn has_marker(bytes: &[u8; BLOCK], next: &[u8; BLOCK]) -> bool {
    let mut found = 0;
    for (byte, next) in bytes.iter().zip(next) {
        let means_something = u8::from(*next != 0) & u8::from(next & 0xF8 != 0xD0);
        found |= u8::from(*byte == 0xFF) & means_something;
    }
    found != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same without blocks.
    fn is_plain(data: &[u8]) -> bool {
        data.windows(2).all(|pair| pair[0] != 0xFF || matches!(pair[1], 0 | 0xD0..=0xD7))
    }

    #[test]
    fn stops_before_the_block_with_a_marker_wherever_it_is() {
        for at in 0..3 * BLOCK {
            for next in 0..=255 {
                let mut data = vec![0x55; 4 * BLOCK];
                data[at] = 0xFF;
                data[at + 1] = next;
                let passed = pass(&data);
                let expected = if is_plain(&data) { 3 } else { at / BLOCK };
                assert_eq!(passed, expected * BLOCK, "FF {next:02X} at {at}");
            }
        }
        assert_eq!(
            (pass(&[]), pass(&[0xFF]), pass(&[0; BLOCK]), pass(&[0; BLOCK + 1])),
            (0, 0, 0, BLOCK)
        );
    }
}
