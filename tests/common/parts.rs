//! Parts as cameras write them, what the decoder finds, and an oracle that knows what was
//! written.

use std::time::Duration;

use gstmjpeghttp::multipart::pool::Pool;
use gstmjpeghttp::multipart::{Decoder, Event};

/// How a camera writes its parts.
#[derive(Clone, Copy)]
pub struct Writer {
    pub name: &'static str,
    pub hint: Option<&'static str>,
    pub preamble: &'static str,
    /// Before the head of each part.
    pub delimiter: &'static str,
    pub length: bool,
    /// Behind each picture.
    pub trailer: &'static str,
    pub end: &'static str,
}

pub const PLAIN: Writer = Writer {
    name: "line end behind the picture",
    hint: Some("b"),
    preamble: "",
    delimiter: "--b\r\n",
    length: true,
    trailer: "\r\n",
    end: "",
};

pub const WRITERS: [Writer; 10] = [
    PLAIN,
    Writer { name: "no length", length: false, ..PLAIN },
    Writer {
        name: "next delimiter behind the picture, as mjpg-streamer",
        hint: Some("boundarydonotcross"),
        preamble: "--boundarydonotcross\r\n",
        delimiter: "",
        trailer: "\r\n--boundarydonotcross\r\n",
        ..PLAIN
    },
    Writer {
        name: "next delimiter behind the picture, no length",
        preamble: "--b\r\n",
        delimiter: "",
        length: false,
        trailer: "\r\n--b\r\n",
        ..PLAIN
    },
    Writer { name: "nothing behind the picture", delimiter: "\r\n--b\r\n", trailer: "", ..PLAIN },
    Writer {
        name: "nothing behind the picture, no length",
        delimiter: "\r\n--b\r\n",
        trailer: "",
        length: false,
        ..PLAIN
    },
    Writer { name: "closed in the end", end: "--b--\r\n", ..PLAIN },
    Writer { name: "boundary not announced", hint: None, ..PLAIN },
    Writer { name: "dashes announced too", hint: Some("--b"), ..PLAIN },
    Writer {
        name: "preamble and line feeds alone",
        preamble: "This is a multipart message.\n",
        delimiter: "--b\n",
        trailer: "\n",
        ..PLAIN
    },
];

impl Writer {
    pub fn write(&self, pictures: &[Vec<u8>]) -> Vec<u8> {
        let mut stream = self.preamble.as_bytes().to_vec();
        let end = if self.delimiter.ends_with("\r\n") || self.trailer.ends_with("\r\n") {
            "\r\n"
        } else {
            "\n"
        };
        for (index, picture) in pictures.iter().enumerate() {
            stream.extend(self.delimiter.as_bytes());
            stream.extend(format!("Content-Type: image/jpeg{end}").as_bytes());
            if self.length {
                stream.extend(format!("Content-Length: {}{end}", picture.len()).as_bytes());
            }
            stream.extend(format!("X-Timestamp: {index}.000000{end}{end}").as_bytes());
            stream.extend(picture);
            stream.extend(self.trailer.as_bytes());
        }
        stream.extend(self.end.as_bytes());
        stream
    }
}

/// Everything found, in words. `max` bounds a picture, in bytes; `cut` says how many bytes
/// come next.
pub fn decode_up_to(
    stream: &[u8],
    hint: Option<&str>,
    max: usize,
    mut cut: impl FnMut() -> usize,
) -> Vec<String> {
    let mut decoder = Decoder::new(hint.map(str::as_bytes), max, Pool::default());
    let mut found = Vec::new();
    let mut rest = stream;
    loop {
        while let Some(event) = decoder.poll() {
            found.push(describe(&event));
        }
        let space = decoder.space();
        assert!(!space.is_empty(), "no place for the next bytes");
        let count = cut().min(rest.len()).min(space.len());
        if count == 0 {
            break;
        }
        space[..count].copy_from_slice(&rest[..count]);
        let is_too_few = decoder.is_within_picture() && count < decoder.wanted();
        decoder.advance(count, Duration::ZERO);
        rest = &rest[count..];
        if is_too_few {
            assert!(decoder.poll().is_none(), "less was enough than was wanted");
        }
    }
    found
}

fn describe(event: &Event) -> String {
    match event {
        Event::Frame(frame) => {
            let time =
                frame.head().get("X-Timestamp").map(String::from_utf8_lossy).unwrap_or_default();
            let bytes = frame.bytes.as_ref();
            format!("{}x{} {} {time}", frame.picture.width, frame.picture.height, digest(bytes))
        }
        Event::Skipped(skip) => format!("{skip:?}"),
    }
}

fn digest(bytes: &[u8]) -> String {
    let sum = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, &b| {
        (sum ^ u64::from(b)).wrapping_mul(0x100_0000_01b3)
    });
    format!("{}:{sum:x}", bytes.len())
}

/// The oracle: it knows what was written, and nothing of multipart. The pictures are
/// 64 by 48.
pub fn written(pictures: &[Vec<u8>]) -> Vec<String> {
    let describe =
        |(index, picture): (usize, &Vec<u8>)| format!("64x48 {} {index}.000000", digest(picture));
    pictures.iter().enumerate().map(describe).collect()
}
