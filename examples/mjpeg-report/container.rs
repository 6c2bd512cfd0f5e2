//! What holds the frames of a recording, by its first bytes.

use std::fs::File;
use std::io::{Read, Result as IoResult};
use std::path::Path;

/// A kind of file that `mjpeghttpsrc` is recorded to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Container {
    /// RFC 9559.
    Matroska,
    /// ISO/IEC 14496-12, and QuickTime before it.
    Mp4,
    /// AVI, also as OpenDML.
    Avi,
}

impl Container {
    /// That of the file; an error if it is none of these.
    pub(crate) fn of(file: &Path) -> Result<Self, String> {
        let name = file.display();
        let start = first_bytes(file).map_err(|error| format!("cannot read {name}: {error}"))?;
        Self::starting(&start)
            .ok_or_else(|| format!("{name} is neither a Matroska file nor an MP4 nor an AVI"))
    }

    fn starting(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0x1a, 0x45, 0xdf, 0xa3, ..] => Some(Self::Matroska),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'A', b'V', b'I', b' ', ..] => Some(Self::Avi),
            [_, _, _, _, b'f', b't', b'y', b'p', ..]
            | [_, _, _, _, b'm', b'o', b'o', b'v', ..]
            | [_, _, _, _, b'm', b'd', b'a', b't', ..] => Some(Self::Mp4),
            _ => None,
        }
    }

    /// GStreamer's element for it.
    pub(crate) fn demuxer(self) -> &'static str {
        match self {
            Self::Matroska => "matroskademux",
            Self::Mp4 => "qtdemux",
            Self::Avi => "avidemux",
        }
    }
}

fn first_bytes(file: &Path) -> IoResult<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(file)?.take(12).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_containers_apart() {
        for (bytes, expected) in [
            (&b"\x1a\x45\xdf\xa3\x01"[..], Some(Container::Matroska)),
            (b"RIFF\0\0\0\0AVI LIST", Some(Container::Avi)),
            (b"RIFF\0\0\0\0WAVE", None),
            (b"\0\0\0\x14ftypqt  ", Some(Container::Mp4)),
            (b"\xff\xd8\xff\xe0", None),
            (b"", None),
        ] {
            assert_eq!(Container::starting(bytes), expected, "{bytes:?}");
        }
    }
}
