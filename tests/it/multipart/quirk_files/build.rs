//! Pieces that the answers are put together from.

use gstmjpeghttp::jpeg::huffman::standard_tables;

use crate::common::jpeg::{jpeg, with_segment};

/// The pictures of all files, by number.
pub fn picture(number: usize) -> Vec<u8> {
    let size = if number == 9 { 32 } else { 16 };
    jpeg(number as u64, size, 16, 60 + 10 * number)
}

/// A picture as a UVC camera sends it: without Huffman tables.
pub fn without_tables(number: usize) -> Vec<u8> {
    let picture = picture(number);
    let table = memchr::memmem::find(&picture, &[0xFF, 0xC4]).unwrap();
    let length = usize::from(u16::from_be_bytes([picture[table + 2], picture[table + 3]]));
    [&picture[..table], &picture[table + 2 + length..]].concat()
}

/// What becomes of it.
pub fn with_standard_tables(number: usize) -> Vec<u8> {
    let picture = without_tables(number);
    let scan = memchr::memmem::find(&picture, &[0xFF, 0xDA]).unwrap();
    [&picture[..scan], &standard_tables(), &picture[scan..]].concat()
}

/// A picture with another one inside, and with a comment that looks like a delimiter.
pub fn with_thumbnail(number: usize) -> Vec<u8> {
    let commented = with_segment(&picture(number), 0xFE, b"\r\n--b\r\nContent-Length: 3\r\n\r\n");
    with_segment(&commented, 0xE1, &[b"Exif\0\0", &picture(0)[..]].concat())
}

/// An answer under construction.
#[derive(Clone)]
pub struct Answer(pub Vec<u8>);

pub fn answer(head: &str) -> Answer {
    Answer(format!("{head}\r\n\r\n").into_bytes())
}

/// mjpg-streamer's head.
pub fn multipart() -> Answer {
    answer("HTTP/1.0 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b")
}

/// A head with other fields than the type.
pub fn with_fields(fields: &str) -> Answer {
    answer(&format!(
        "HTTP/1.1 200 OK\r\nContent-Type: multipart/x-mixed-replace;boundary=b\r\n{fields}"
    ))
}

/// A head with another type.
pub fn of_type(content_type: &str) -> Answer {
    answer(&format!("HTTP/1.0 200 OK\r\nContent-Type: {content_type}"))
}

impl Answer {
    pub fn then(mut self, bytes: impl AsRef<[u8]>) -> Self {
        self.0.extend(bytes.as_ref());
        self
    }

    /// A part as it should be.
    pub fn part(self, number: usize) -> Self {
        let picture = picture(number);
        let length = format!("Content-Length: {}\r\n", picture.len());
        self.framed("--b\r\n", &length, &picture, "\r\n")
    }

    /// Such parts, one for each number.
    pub fn parts(self, numbers: impl IntoIterator<Item = usize>) -> Self {
        numbers.into_iter().fold(self, Self::part)
    }

    /// A part with these fields beside its type.
    pub fn part_with(self, fields: &str, picture: &[u8]) -> Self {
        self.framed("--b\r\n", fields, picture, "\r\n")
    }

    /// A part with this delimiter line, or what stands for it.
    pub fn part_behind(self, delimiter: &str, number: usize) -> Self {
        let picture = picture(number);
        let length = format!("Content-Length: {}\r\n", picture.len());
        self.framed(delimiter, &length, &picture, "\r\n")
    }

    fn framed(self, delimiter: &str, fields: &str, picture: &[u8], behind: &str) -> Self {
        let head = format!("{delimiter}Content-Type: image/jpeg\r\n{fields}\r\n");
        self.then(head).then(picture).then(behind)
    }

    /// Everything behind the head in chunks of this size.
    pub fn chunked(self, size: usize) -> Self {
        let head_end = memchr::memmem::find(&self.0, b"\r\n\r\n").unwrap() + 4;
        let (head, body) = self.0.split_at(head_end);
        let mut bytes = head.to_vec();
        for chunk in body.chunks(size) {
            bytes.extend(format!("{:x}\r\n", chunk.len()).bytes());
            bytes.extend(chunk);
            bytes.extend(b"\r\n");
        }
        Self(bytes)
    }
}

/// `Content-Length` of that picture, `more` bytes off.
pub fn length(number: usize, more: isize) -> String {
    let length = picture(number).len().checked_add_signed(more).unwrap();
    format!("Content-Length: {length}\r\n")
}
