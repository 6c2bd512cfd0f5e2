//! A resumable walk over the segments of one JPEG picture (ITU-T T.81, Annex B).
//!
//! The walk finds the *true* end of the picture: it hops over marker segments by
//! their length, so that an EOI inside an Exif thumbnail or a comment is not taken
//! for the end, and it reads entropy-coded data marker by marker (B.1.1.5: there a
//! 0xFF is followed by 0x00, by a restart marker, or by the end of the scan).
//!
//! ```text
//! Start ──SOI──▶ Segments ──SOS──▶ Scan ──EOI──▶ end
//!                   ▲                │
//!                   └──DHT, SOS, …───┘      (progressive pictures, several scans)
//! ```
//!
//! It keeps positions, never bytes: the caller hands it the same picture again,
//! longer each time, and pays for each byte once. `marker` has the codes, `scan` the search for them,
//! [`huffman`] the tables for pictures that bring none.

pub mod huffman;
mod marker;
mod scan;

use memchr::memchr;

use marker::{is_frame_header, may_follow_scan};

/// Start of image (T.81 table B.1).
pub const SOI: [u8; 2] = [0xFF, 0xD8];
/// End of image (T.81 table B.1).
pub const EOI: [u8; 2] = [0xFF, 0xD9];

/// What the frame header (SOFn, T.81 B.2.2) and the Adobe segment say of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Picture {
    /// Samples per line, 1 to 65,535.
    pub width: u16,
    /// Lines, 1 to 65,535.
    pub height: u16,
    /// The `n` of SOFn: 0 baseline, 1 extended, 2 progressive, …
    pub sof: u8,
    /// How the components are to be understood.
    pub color: Color,
    /// The picture brings Huffman tables of its own. Without (as in AVI's MJPG)
    /// a decoder has to know the ones of T.81 Annex K.
    pub has_huffman_tables: bool,
}

impl Picture {
    /// The picture has no Huffman tables, and the standard ones are what it means: it
    /// is sequential and not coded otherwise.
    pub fn needs_standard_tables(self) -> bool {
        !self.has_huffman_tables && self.sof <= 1
    }
}

/// Colour model and, where it matters, chroma sampling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Color {
    /// One component.
    Gray,
    /// Luma and two chroma components.
    Ycbcr(Sampling),
    /// Red, green and blue as they are.
    Rgb,
    /// Four inks.
    Cmyk,
    /// Four inks, three of them as luma and chroma.
    Ycck,
    /// A number or sampling of components that has no usual name.
    Unknown,
}

/// Chroma sampling in the `J:a:b` notation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are the notation")]
pub enum Sampling {
    S444,
    S422,
    S420,
    S440,
    S411,
    S410,
}

/// How far a [`Walk`] has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walked {
    /// The end is not among these bytes.
    More,
    /// The picture ends before this position: EOI stands right in front of it.
    End(usize),
    /// No decoder can go on at this position: it is no JPEG, cut, or damaged.
    Broken(usize),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WalkState {
    Start,
    Segments,
    Scan,
}

/// See the [module](self).
#[derive(Debug, Clone)]
pub struct Walk {
    state: WalkState,
    /// Where to go on. Beyond the bytes at hand while a segment is incomplete.
    position: usize,
    frame_header: Option<FrameHeader>,
    adobe_transform: Option<u8>,
    huffman_tables: bool,
    first_scan: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct FrameHeader {
    sof: u8,
    width: u16,
    height: u16,
    components: [Component; 4],
    count: u8,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Component {
    id: u8,
    horizontal: u8,
    vertical: u8,
}

impl Default for Walk {
    fn default() -> Self {
        Self {
            state: WalkState::Start,
            position: 0,
            frame_header: None,
            adobe_transform: None,
            huffman_tables: false,
            first_scan: None,
        }
    }
}

impl Walk {
    /// Goes on to the end of the picture. `data` starts at SOI and holds at least
    /// the bytes of the call before.
    pub fn advance(&mut self, data: &[u8]) -> Walked {
        loop {
            let step = match self.state {
                WalkState::Start => self.start(data),
                WalkState::Segments => self.segment(data),
                WalkState::Scan => self.scan(data),
            };
            if let Some(progress) = step {
                return progress;
            }
        }
    }

    /// Goes on to the first scan only: the part of the walk that costs nothing,
    /// for pictures whose end is known from elsewhere. `More` means that the
    /// entropy-coded data was reached, or that the bytes ran out before it.
    pub fn advance_to_scan(&mut self, data: &[u8]) -> Walked {
        while self.state != WalkState::Scan {
            let step = match self.state {
                WalkState::Start => self.start(data),
                WalkState::Segments => self.segment(data),
                WalkState::Scan => break,
            };
            if let Some(progress) = step {
                return progress;
            }
        }
        Walked::More
    }

    /// What is known of the picture; `None` until frame header and scan were met.
    pub fn picture(&self) -> Option<Picture> {
        let header = self.frame_header.filter(|_| self.first_scan.is_some())?;
        Some(Picture {
            width: header.width,
            height: header.height,
            sof: header.sof,
            color: header.color(self.adobe_transform),
            has_huffman_tables: self.huffman_tables,
        })
    }

    /// Where the first scan starts, from SOI; `None` until it was met.
    pub fn first_scan(&self) -> Option<usize> {
        self.first_scan
    }

    fn start(&mut self, data: &[u8]) -> Option<Walked> {
        let Some(head) = data.get(..2) else {
            let possible = SOI.starts_with(data);
            return Some(if possible { Walked::More } else { Walked::Broken(0) });
        };
        if head != SOI {
            return Some(Walked::Broken(0));
        }
        self.position = 2;
        self.state = WalkState::Segments;
        None
    }

    /// One marker segment, or one marker without parameters (B.1.1.3, B.1.1.4).
    fn segment(&mut self, data: &[u8]) -> Option<Walked> {
        let Some(rest) = data.get(self.position..) else {
            return Some(Walked::More);
        };
        match rest {
            [] | [0xFF] => Some(Walked::More),
            // Any marker may be preceded by fill bytes (B.1.1.2).
            [0xFF, 0xFF, ..] => {
                self.position += 1;
                None
            }
            [0xFF, marker, ..] => self.marker(*marker, &rest[2..]),
            _ => Some(Walked::Broken(self.position)),
        }
    }

    fn marker(&mut self, marker: u8, parameters: &[u8]) -> Option<Walked> {
        match marker {
            marker::EOI if self.first_scan.is_some() => {
                return Some(Walked::End(self.position + 2));
            }
            marker::RST0..=marker::RST7 | marker::TEM => {
                self.position += 2;
                return None;
            }
            0x00 | marker::SOI | marker::EOI => return Some(Walked::Broken(self.position)),
            _ => {}
        }
        let [high, low, ..] = *parameters else {
            return Some(Walked::More);
        };
        let length = usize::from(u16::from_be_bytes([high, low]));
        let read_whole = matches!(marker, marker::SOS | marker::APP14) || is_frame_header(marker);
        match parameters.get(2..length) {
            _ if length < 2 => return Some(Walked::Broken(self.position)),
            Some(content) if read_whole => {
                if !self.read_segment(marker, content) {
                    return Some(Walked::Broken(self.position));
                }
            }
            None if read_whole => return Some(Walked::More),
            _ => self.huffman_tables |= marker == marker::DHT,
        }
        if marker == marker::SOS {
            self.first_scan.get_or_insert(self.position);
            self.state = WalkState::Scan;
        }
        self.position += 2 + length;
        None
    }

    /// Takes what matters from a segment; false if it contradicts itself.
    fn read_segment(&mut self, marker: u8, content: &[u8]) -> bool {
        match marker {
            marker::SOS => match content {
                // B.2.3: a count, two bytes a component, three bytes of parameters.
                [count @ 1..=4, ..] => {
                    self.frame_header.is_some() && content.len() == 4 + 2 * usize::from(*count)
                }
                _ => false,
            },
            marker::APP14 => {
                if let [b'A', b'd', b'o', b'b', b'e', _, _, _, _, _, _, transform, ..] = content {
                    self.adobe_transform = Some(*transform);
                }
                true
            }
            _ => match FrameHeader::parse(marker - marker::SOF0, content) {
                Some(header) => self.frame_header.replace(header).is_none(),
                None => false,
            },
        }
    }

    /// Entropy-coded data up to the next marker that means something (B.1.1.5).
    fn scan(&mut self, data: &[u8]) -> Option<Walked> {
        loop {
            let rest = data.get(self.position..).unwrap_or_default();
            self.position += scan::pass(rest);
            let Some(found) = data.get(self.position..).and_then(|rest| memchr(0xFF, rest)) else {
                self.position = self.position.max(data.len());
                return Some(Walked::More);
            };
            let at = self.position + found;
            self.position = at;
            match data.get(at + 1) {
                None => return Some(Walked::More),
                Some(0x00 | marker::RST0..=marker::RST7) => self.position += 2,
                Some(0xFF) => self.position += 1,
                Some(&marker::EOI) => return Some(Walked::End(at + 2)),
                Some(&marker) if may_follow_scan(marker) => {
                    self.state = WalkState::Segments;
                    return None;
                }
                Some(_) => return Some(Walked::Broken(at)),
            }
        }
    }
}

impl FrameHeader {
    /// T.81 B.2.2. `None` for pictures nobody can show: no lines, no samples, no
    /// components, or a length that does not fit.
    fn parse(sof: u8, content: &[u8]) -> Option<Self> {
        let [_precision, h1, h0, w1, w0, count, specifications @ ..] = content else {
            return None;
        };
        if specifications.len() != 3 * usize::from(*count) {
            return None;
        }
        let mut components = [Component::default(); 4];
        for (component, bytes) in components.iter_mut().zip(specifications.chunks_exact(3)) {
            *component =
                Component { id: bytes[0], horizontal: bytes[1] >> 4, vertical: bytes[1] & 0x0F };
        }
        let header = Self {
            sof,
            width: u16::from_be_bytes([*w1, *w0]),
            height: u16::from_be_bytes([*h1, *h0]),
            components,
            count: *count,
        };
        (header.width > 0 && header.height > 0 && (1..=4).contains(count)).then_some(header)
    }

    fn color(&self, adobe_transform: Option<u8>) -> Color {
        let ids = self.components.map(|component| component.id);
        match (self.count, adobe_transform) {
            (1, _) => Color::Gray,
            (3, Some(0)) => Color::Rgb,
            (3, None) if ids[..3] == *b"RGB" => Color::Rgb,
            (3, _) => self.sampling().map_or(Color::Unknown, Color::Ycbcr),
            (4, Some(2)) => Color::Ycck,
            (4, _) => Color::Cmyk,
            _ => Color::Unknown,
        }
    }

    fn sampling(&self) -> Option<Sampling> {
        let [luma, blue, red, _] = self.components;
        let chroma = (blue.horizontal, blue.vertical);
        if chroma != (red.horizontal, red.vertical) || chroma.0 == 0 || chroma.1 == 0 {
            return None;
        }
        match (luma.horizontal / chroma.0, luma.vertical / chroma.1) {
            (1, 1) => Some(Sampling::S444),
            (2, 1) => Some(Sampling::S422),
            (2, 2) => Some(Sampling::S420),
            (1, 2) => Some(Sampling::S440),
            (4, 1) => Some(Sampling::S411),
            (4, 2) => Some(Sampling::S410),
            _ => None,
        }
    }
}
