//! Which part of an answer a byte belongs to.

/// A class of positions in an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    StatusLine,
    Header,
    /// The size and the line ends around a chunk.
    ChunkSize,
    PartHeader,
    Body,
    /// From the end of a picture to the end of the delimiter line.
    BetweenParts,
}

/// Follows an answer of our own camera, byte by byte.
#[derive(Default)]
pub(crate) struct Scanner {
    coding: Coding,
    part: Part,
    /// The line of the head, or of a chunk's size, so far.
    line: Vec<u8>,
    /// The line of a part's head so far.
    field: Vec<u8>,
    is_chunked: bool,
    length: usize,
}

#[derive(Default)]
enum Coding {
    #[default]
    StatusLine,
    Header,
    Plain,
    Size,
    Chunk(usize),
    /// The line end behind a chunk.
    ChunkEnd,
}

#[derive(Default)]
enum Part {
    #[default]
    Delimiter,
    Header,
    Body(usize),
}

impl Scanner {
    /// Where this byte, the next of the answer, stands.
    pub(crate) fn place(&mut self, byte: u8) -> Place {
        match self.coding {
            Coding::StatusLine => {
                if byte == b'\n' {
                    self.coding = Coding::Header;
                }
                Place::StatusLine
            }
            Coding::Header => {
                if let Some(line) = finished(&mut self.line, byte) {
                    self.is_chunked |= line == "transfer-encoding: chunked";
                    match (line.is_empty(), self.is_chunked) {
                        (true, true) => self.coding = Coding::Size,
                        (true, false) => self.coding = Coding::Plain,
                        (false, _) => {}
                    }
                }
                Place::Header
            }
            Coding::Plain => self.within_part(byte),
            Coding::Size => {
                if let Some(size) = finished(&mut self.line, byte) {
                    self.coding = Coding::Chunk(usize::from_str_radix(&size, 16).unwrap());
                }
                Place::ChunkSize
            }
            Coding::Chunk(left) => {
                self.coding = if left == 1 { Coding::ChunkEnd } else { Coding::Chunk(left - 1) };
                self.within_part(byte)
            }
            Coding::ChunkEnd => {
                if byte == b'\n' {
                    self.coding = Coding::Size;
                }
                Place::ChunkSize
            }
        }
    }

    fn within_part(&mut self, byte: u8) -> Place {
        match self.part {
            Part::Delimiter => {
                if finished(&mut self.field, byte).is_some_and(|line| line.starts_with("--")) {
                    self.part = Part::Header;
                }
                Place::BetweenParts
            }
            Part::Header => {
                if let Some(line) = finished(&mut self.field, byte) {
                    if let Some(length) = line.strip_prefix("content-length: ") {
                        self.length = length.parse().unwrap();
                    }
                    if line.is_empty() {
                        self.part = Part::Body(self.length);
                    }
                }
                Place::PartHeader
            }
            Part::Body(left) => {
                self.part = if left == 1 { Part::Delimiter } else { Part::Body(left - 1) };
                Place::Body
            }
        }
    }
}

/// Adds the byte; the line in lower case, without its end, when that was the last.
fn finished(line: &mut Vec<u8>, byte: u8) -> Option<String> {
    line.push(byte);
    let line = (byte == b'\n').then(|| std::mem::take(line))?;
    Some(String::from_utf8(line).unwrap().trim_end().to_ascii_lowercase())
}
