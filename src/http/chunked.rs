//! The chunked transfer coding (RFC 9112 §7.1), bytes to bytes.
//!
//! ```text
//!  Size ──line──▶ Data(n) ──n bytes──▶ DataEnd ──line end──▶ Size
//!    └──0──▶ Trailer ──blank line──▶ Done
//! ```

/// Longest size line or trailer field, in bytes.
const LINE_LIMIT: usize = 4096;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Size,
    Data(u64),
    DataEnd,
    Trailer,
    Done,
}

/// Takes the coding off, in pieces of any size.
#[derive(Debug)]
pub(super) struct Chunked {
    state: State,
    /// The line under way: a size or a trailer field.
    line: Vec<u8>,
}

/// The coding is broken at this line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadChunk(pub(super) String);

/// What one call has done.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) consumed: usize,
    pub(super) produced: usize,
}

impl Chunked {
    pub(super) fn new() -> Self {
        Self { state: State::Size, line: Vec::new() }
    }

    /// The last chunk and its trailer have been read.
    pub(super) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Decodes from `input` to `output` until one of them is used up.
    pub(super) fn decode(&mut self, input: &[u8], output: &mut [u8]) -> Result<Decoded, BadChunk> {
        let mut done = Decoded::default();
        while done.consumed < input.len() && done.produced < output.len() {
            let rest = &input[done.consumed..];
            match self.state {
                State::Done => break,
                State::Data(left) => {
                    let wanted = usize::try_from(left).unwrap_or(usize::MAX);
                    let count = wanted.min(rest.len()).min(output.len() - done.produced);
                    output[done.produced..][..count].copy_from_slice(&rest[..count]);
                    done.consumed += count;
                    done.produced += count;
                    let left = left - count as u64;
                    self.state = if left == 0 { State::DataEnd } else { State::Data(left) };
                }
                State::Size | State::DataEnd | State::Trailer => {
                    let end = memchr::memchr(b'\n', rest);
                    let piece = &rest[..end.map_or(rest.len(), |end| end + 1)];
                    done.consumed += piece.len();
                    self.line.extend(piece);
                    if self.line.len() > LINE_LIMIT {
                        return Err(BadChunk(self.shown_line()));
                    }
                    if end.is_some() {
                        self.line_read()?;
                    }
                }
            }
        }
        Ok(done)
    }

    fn line_read(&mut self) -> Result<(), BadChunk> {
        let line = self.line.trim_ascii();
        self.state = match self.state {
            State::DataEnd if line.is_empty() => State::Size,
            // Some servers leave the line end behind the data out.
            State::Size | State::DataEnd => match chunk_size(line) {
                Some(0) => State::Trailer,
                Some(size) => State::Data(size),
                None => return Err(BadChunk(self.shown_line())),
            },
            State::Trailer if line.is_empty() => State::Done,
            state => state,
        };
        self.line.clear();
        Ok(())
    }

    fn shown_line(&self) -> String {
        let start = &self.line[..self.line.len().min(40)];
        start.escape_ascii().to_string()
    }
}

/// The number before extensions and blanks.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let end = line.iter().position(|&b| b == b';').unwrap_or(line.len());
    let digits = std::str::from_utf8(line[..end].trim_ascii()).ok()?;
    let plain = digits.bytes().all(|b| b.is_ascii_hexdigit());
    u64::from_str_radix(digits, 16).ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text behind the coding, fed in pieces of `cut` bytes into `room` bytes.
    fn decode(input: &[u8], cut: usize, room: usize) -> Result<(String, bool), BadChunk> {
        let mut chunked = Chunked::new();
        let mut text = Vec::new();
        for piece in input.chunks(cut) {
            let mut rest = piece;
            while !rest.is_empty() && !chunked.is_done() {
                let mut output = vec![0; room];
                let done = chunked.decode(rest, &mut output)?;
                text.extend(&output[..done.produced]);
                rest = &rest[done.consumed..];
            }
        }
        Ok((String::from_utf8(text).unwrap(), chunked.is_done()))
    }

    #[test]
    fn chunks_are_joined_however_they_are_cut() {
        for (input, expected, done) in [
            ("5\r\nhello\r\n0\r\n\r\n", "hello", true),
            ("5\r\nhello\r\n6;name=value\r\n world\r\n0\r\nX: y\r\n\r\n", "hello world", true),
            ("A  \r\n0123456789\r\n", "0123456789", false),
            ("a\n0123456789\n1\nx\n0\n\n", "0123456789x", true),
            ("5\r\nhel", "hel", false),
        ] {
            for cut in 1..=input.len() {
                for room in [1, 3, 100] {
                    let found = decode(input.as_bytes(), cut, room).unwrap();
                    assert_eq!(found, (expected.into(), done), "{input:?} {cut} {room}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_size_is_an_error_that_shows_it() {
        for input in ["hello\r\n", "-5\r\n", "+5\r\n", "\r\n", "11111111111111111\r\n"] {
            let BadChunk(shown) = decode(input.as_bytes(), 1, 10).unwrap_err();
            assert_eq!(shown, input.as_bytes().escape_ascii().to_string());
        }
        assert!(decode(&[b'0'; 5000], 1000, 10).is_err(), "an endless size");
    }
}
