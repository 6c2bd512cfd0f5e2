//! Who is compared.

use std::fmt;
use std::path::PathBuf;

use crate::ideal::Waiting;

/// A client of the load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    Ours,
    /// The floor.
    Ideal(Waiting),
    /// With the block size that does best under the load.
    Soup {
        block: u32,
    },
    Curl,
    Ffmpeg,
}

/// Block sizes that souphttpsrc is tried with; the first is its default.
pub const SOUP_BLOCKS: [u32; 4] = [4096, 16_384, 65_536, 524_288];

impl Peer {
    pub const SOUP: Self = Self::Soup { block: SOUP_BLOCKS[0] };
    pub const BARE: Self = Self::Ideal(Waiting::Plain);
    pub const BARE_PATIENT: Self = Self::Ideal(Waiting::ForTheRest);

    /// The pipeline up to its sink; `None` for those that need no GStreamer.
    pub fn pipeline(self, address: &str) -> Option<String> {
        let source = match self {
            Self::Ours => format!("mjpeghttpsrc location=http://{address}/stream"),
            Self::Soup { block } => format!(
                "souphttpsrc is-live=true blocksize={block} location=http://{address}/stream \
                 ! multipartdemux"
            ),
            Self::Curl => format!("curlhttpsrc location=http://{address}/stream ! multipartdemux"),
            Self::Ideal(_) | Self::Ffmpeg => return None,
        };
        Some(source)
    }

    /// Why it cannot take part.
    pub fn missing(self) -> Option<&'static str> {
        let element = |name: &str| gst::ElementFactory::find(name).is_some();
        match self {
            Self::Soup { .. } if !element("souphttpsrc") => {
                Some("souphttpsrc is missing (gstreamer1.0-plugins-good)")
            }
            Self::Soup { .. } | Self::Curl if !element("multipartdemux") => {
                Some("multipartdemux is missing (gstreamer1.0-plugins-good)")
            }
            Self::Curl if !element("curlhttpsrc") => {
                Some("curlhttpsrc is missing (gstreamer1.0-plugins-bad)")
            }
            Self::Ffmpeg if program("ffmpeg").is_none() => Some("ffmpeg is not installed"),
            _ => None,
        }
    }

    /// As a child is told.
    pub fn word(self) -> String {
        match self {
            Self::Ours => "ours".into(),
            Self::Ideal(Waiting::Plain) => "bare".into(),
            Self::Ideal(Waiting::ForTheRest) => "bare-patient".into(),
            Self::Soup { block } => format!("soup-{block}"),
            Self::Curl => "curl".into(),
            Self::Ffmpeg => "ffmpeg".into(),
        }
    }

    /// The reverse of [`word`](Self::word).
    pub fn from_word(word: &str) -> Option<Self> {
        let peers = [Self::Ours, Self::BARE, Self::BARE_PATIENT, Self::Curl, Self::Ffmpeg];
        let soups = SOUP_BLOCKS.map(|block| Self::Soup { block });
        peers.into_iter().chain(soups).find(|peer| peer.word() == word)
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ours => "mjpeghttpsrc",
            Self::Ideal(Waiting::Plain) => "bare client",
            Self::Ideal(Waiting::ForTheRest) => "bare client, SO_RCVLOWAT",
            Self::Soup { .. } => "souphttpsrc ! multipartdemux",
            Self::Curl => "curlhttpsrc ! multipartdemux",
            Self::Ffmpeg => "FFmpeg",
        })
    }
}

/// Where a program is, if it is installed.
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
