//! What cameras do beside the book, in words.
//!
//! Each quirk has an id that stays, a sentence for the user, and an advice where the
//! owner of the camera can do something about it.

/// One way of being odd. The letter of its id says where: A the head of the answer and
/// the transport, B the framing of the parts, C their heads and lengths, D the pictures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the sentences of the table say it")]
pub enum Quirk {
    ChunksBroken,
    ChunkedCut,
    HeadLengthImpossible,
    HeadLengthMadeUp,
    StatusLineTwice,
    HeadLineWithoutName,
    HeadLineEnds,
    HeadBlankBeforeColon,
    StatusLineOdd,
    Icy,
    NoHead,
    ConnectionOdd,
    StatusInBody,
    TypeWrong,
    BoundaryWithDashes,
    NoBoundary,
    NoType,
    OtherMultipart,
    OtherBoundary,
    FirstDelimiterMissing,
    DelimiterTwice,
    DelimiterGluedToField,
    DelimiterGluedToPicture,
    LineFeedsAlone,
    ManyBlankLines,
    KeepAliveLines,
    DelimiterLooksClosing,
    PartsBehindTheEnd,
    Preamble,
    NoBlankLineBehindHead,
    HeadSentEarly,
    BoundaryChanged,
    WebcamXpBlocks,
    SercomBlocks,
    NoMultipart,
    NoLength,
    LengthTooSmall,
    LengthTooLarge,
    LengthZero,
    EmptyPart,
    LengthImpossible,
    PartTypeOdd,
    NoPartType,
    PartLineWithoutColon,
    TextPart,
    OtherPart,
    DataLen,
    Snapshot,
    JunkBehindPicture,
    JunkBeforePicture,
    PictureDamaged,
    NoHuffmanTables,
    SizeChanged,
    OtherPictureType,
    PictureTooLarge,
}

impl Quirk {
    /// Every one, in the order of the ids.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|&(quirk, ..)| quirk)
    }

    /// Stays the same in all versions.
    pub fn id(self) -> &'static str {
        self.row().1
    }

    /// What the camera does.
    pub fn sentence(self) -> &'static str {
        self.row().2
    }

    /// What its owner can do about it; empty if nothing, or if it does no harm.
    pub fn advice(self) -> &'static str {
        self.row().3
    }

    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }
}

/// How often each quirk was met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quirks {
    counts: [u64; TABLE.len()],
    total: u64,
}

impl Default for Quirks {
    fn default() -> Self {
        Self { counts: [0; TABLE.len()], total: 0 }
    }
}

impl Quirks {
    /// Met once more.
    pub fn note(&mut self, quirk: Quirk) {
        self.counts[quirk as usize] += 1;
        self.total += 1;
    }

    /// Adds what was met elsewhere.
    pub fn add(&mut self, others: &Self) {
        for (count, other) in self.counts.iter_mut().zip(others.counts) {
            *count += other;
        }
        self.total += others.total;
    }

    /// All of them together; grows with each.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Those that were met, with their number.
    pub fn met(&self) -> impl Iterator<Item = (Quirk, u64)> {
        Quirk::all().zip(self.counts).filter(|(_, count)| *count > 0)
    }
}

impl Extend<Quirk> for Quirks {
    fn extend<T: IntoIterator<Item = Quirk>>(&mut self, quirks: T) {
        quirks.into_iter().for_each(|quirk| self.note(quirk));
    }
}

impl FromIterator<Quirk> for Quirks {
    fn from_iter<T: IntoIterator<Item = Quirk>>(quirks: T) -> Self {
        let mut all = Self::default();
        all.extend(quirks);
        all
    }
}

type Row = (Quirk, &'static str, &'static str, &'static str);

const FIRMWARE: &str = "Look for newer firmware.";

/// In the order of the enum.
const TABLE: [Row; 55] = [
    (
        Quirk::ChunksBroken,
        "A3",
        "The chunked coding is broken, or announced and not used.",
        FIRMWARE,
    ),
    (Quirk::ChunkedCut, "A4", "The chunked answer stops without its last chunk.", ""),
    (Quirk::HeadLengthImpossible, "A5", "The Content-Length of the answer is no number.", ""),
    (
        Quirk::HeadLengthMadeUp,
        "A6",
        "The Content-Length of the answer is made up: a stream has none.",
        "",
    ),
    (Quirk::StatusLineTwice, "A8", "The status line is sent twice.", FIRMWARE),
    (
        Quirk::HeadLineWithoutName,
        "A9",
        "The head of the answer has lines that are no header fields.",
        FIRMWARE,
    ),
    (
        Quirk::HeadLineEnds,
        "A10",
        "The lines of the head end in a line feed alone, or in a mixture.",
        "",
    ),
    (
        Quirk::HeadBlankBeforeColon,
        "A11",
        "Names in the head have blanks before the colon or inside.",
        "",
    ),
    (Quirk::StatusLineOdd, "A12", "The status line is not as HTTP wants it.", ""),
    (Quirk::Icy, "A13", "The status line says ICY instead of HTTP.", ""),
    (Quirk::NoHead, "A14", "There is no HTTP head: the pictures start at once.", ""),
    (Quirk::ConnectionOdd, "A15", "The Connection field is misspelt.", ""),
    (
        Quirk::StatusInBody,
        "A22",
        "Another status line stands in the body.",
        "Check the path of the address.",
    ),
    (Quirk::TypeWrong, "A26", "The answer is called something else than what it is.", ""),
    (
        Quirk::BoundaryWithDashes,
        "B1",
        "The boundary is announced with the dashes of the delimiter.",
        "",
    ),
    (Quirk::NoBoundary, "B6", "No boundary is announced.", ""),
    (Quirk::NoType, "B7", "The answer does not say that it is multipart.", ""),
    (
        Quirk::OtherMultipart,
        "B8",
        "The type is not multipart/x-mixed-replace but another multipart.",
        "",
    ),
    (Quirk::OtherBoundary, "B9", "Another boundary is announced than the body uses.", ""),
    (Quirk::FirstDelimiterMissing, "B10", "The delimiter before the first part is missing.", ""),
    (Quirk::DelimiterTwice, "B11", "Delimiters are sent twice.", ""),
    (
        Quirk::DelimiterGluedToField,
        "B13",
        "The line end between delimiter and head is missing.",
        "",
    ),
    (
        Quirk::DelimiterGluedToPicture,
        "B14",
        "The line end between picture and delimiter is missing.",
        "",
    ),
    (Quirk::LineFeedsAlone, "B15", "The lines of the parts end in a line feed alone.", ""),
    (Quirk::ManyBlankLines, "B16", "There are more line ends between the parts than one.", ""),
    (Quirk::KeepAliveLines, "B17", "Empty lines are sent while there is no picture.", ""),
    (Quirk::DelimiterLooksClosing, "B18", "The delimiter looks like a closing one.", ""),
    (Quirk::PartsBehindTheEnd, "B19", "More parts follow behind the closing delimiter.", ""),
    (Quirk::Preamble, "B20", "Text stands before the first delimiter.", ""),
    (
        Quirk::NoBlankLineBehindHead,
        "B21",
        "The blank line between a part's head and its picture is missing.",
        "",
    ),
    (
        Quirk::HeadSentEarly,
        "B24",
        "The next part's head is sent with the picture before: its times belong to that one.",
        "Do not ask for advance_headers.",
    ),
    (Quirk::BoundaryChanged, "B26", "The boundary changed in mid-stream.", ""),
    (
        Quirk::WebcamXpBlocks,
        "B27",
        "The pictures come in webcamXP blocks instead of multipart.",
        "",
    ),
    (
        Quirk::SercomBlocks,
        "B28",
        "The pictures come in MJPG blocks instead of multipart.",
        "Do not set a user-agent with MSIE in it.",
    ),
    (Quirk::NoMultipart, "B29", "Pictures come without a head of their own.", ""),
    (Quirk::NoLength, "C1", "The parts do not say how long they are.", ""),
    (Quirk::LengthTooSmall, "C2", "The length of a part is too small.", FIRMWARE),
    (Quirk::LengthTooLarge, "C3", "The length of a part is too large.", FIRMWARE),
    (Quirk::LengthZero, "C5", "The length of a part is 0 and a picture follows.", FIRMWARE),
    (Quirk::EmptyPart, "C6", "There are parts with nothing in them.", ""),
    (
        Quirk::LengthImpossible,
        "C7",
        "The length of a part is no number, or larger than max-frame-size.",
        FIRMWARE,
    ),
    (Quirk::PartTypeOdd, "C11", "Pictures are called something else than image/jpeg.", ""),
    (Quirk::NoPartType, "C14", "The parts do not say what they are.", ""),
    (Quirk::PartLineWithoutColon, "C17", "The parts have header lines without a colon.", ""),
    (Quirk::TextPart, "C20", "There are text parts between the pictures.", ""),
    (
        Quirk::OtherPart,
        "C21",
        "There are parts that are neither pictures nor text.",
        "Switch audio off in the address if it can be.",
    ),
    (Quirk::DataLen, "C22", "The length of a part is called DataLen.", ""),
    (
        Quirk::Snapshot,
        "D1",
        "The address answers with single pictures.",
        "Look for the address of the stream: it costs less and is smoother.",
    ),
    (Quirk::JunkBehindPicture, "D2", "Bytes without meaning stand behind a picture.", ""),
    (Quirk::JunkBeforePicture, "D3", "Bytes without meaning stand before a picture.", ""),
    (
        Quirk::PictureDamaged,
        "D4",
        "Pictures are cut short or damaged.",
        "Check the network, or lower the camera's frame rate or quality.",
    ),
    (
        Quirk::NoHuffmanTables,
        "D7",
        "The pictures lack their Huffman tables; the standard ones are put in.",
        "",
    ),
    (
        Quirk::SizeChanged,
        "D8",
        "The size of the pictures changed in mid-stream.",
        "Most file formats need one size for all of a file.",
    ),
    (Quirk::OtherPictureType, "D11", "The pictures are no JPEG.", "Set the camera to MJPEG."),
    (
        Quirk::PictureTooLarge,
        "D12",
        "Pictures are larger than max-frame-size.",
        "Set max-frame-size to more.",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (index, (quirk, ..)) in TABLE.iter().enumerate() {
            assert_eq!(*quirk as usize, index, "{quirk:?}");
        }
    }

    #[test]
    fn ids_are_unique_and_sentences_end() {
        let ids: HashSet<_> = Quirk::all().map(Quirk::id).collect();
        assert_eq!(ids.len(), TABLE.len());
        assert!(Quirk::all().all(|quirk| quirk.sentence().ends_with('.')));
    }

    #[test]
    fn quirks_are_counted() {
        let mut quirks = Quirks::default();
        quirks.note(Quirk::NoLength);
        quirks.note(Quirk::NoLength);
        let mut sum = Quirks::default();
        sum.note(Quirk::Icy);
        sum.add(&quirks);
        assert_eq!(sum.met().collect::<Vec<_>>(), [(Quirk::Icy, 1), (Quirk::NoLength, 2)]);
        assert_eq!(sum.total(), 3);
    }
}
