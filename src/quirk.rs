//! What cameras do differently from the standards, by name.

/// One way to be different. The order is that of the list of what cameras really send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "the sentences say it")]
pub enum Quirk {
    BrokenChunks,
    MissingLastChunk,
    UnusableLength,
    LengthOfStream,
    RepeatedStatusLine,
    StrayHeadLine,
    OddLineEnds,
    BlankBeforeColon,
    OddStatusLine,
    Icy,
    NoHead,
    OddConnectionField,
}

impl Quirk {
    /// Its row in the list of what cameras really send.
    pub fn id(self) -> &'static str {
        self.row().0
    }

    /// What the camera does, for people.
    pub fn sentence(self) -> &'static str {
        self.row().1
    }

    fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::BrokenChunks => ("A3", "its chunked transfer coding is broken"),
            Self::MissingLastChunk => ("A4", "it closes a chunked answer without the last chunk"),
            Self::UnusableLength => ("A5", "its Content-Length is no length"),
            Self::LengthOfStream => ("A6", "it gives an endless stream a Content-Length"),
            Self::RepeatedStatusLine => ("A8", "it sends its status line twice"),
            Self::StrayHeadLine => ("A9", "lines of its head are no header fields"),
            Self::OddLineEnds => ("A10", "the lines of its head do not end as they should"),
            Self::BlankBeforeColon => ("A11", "it puts a blank before the colon of a field"),
            Self::OddStatusLine => ("A12", "its status line is misspelt"),
            Self::Icy => ("A13", "it answers ICY instead of HTTP"),
            Self::NoHead => ("A14", "it sends pictures without a head"),
            Self::OddConnectionField => ("A15", "its Connection field is misspelt"),
        }
    }
}
