//! The way of an answer's bytes without a socket: head repaired, chunks joined, decoded.

use std::time::Duration;

use gstmjpeghttp::http::chunked::Chunked;
use gstmjpeghttp::http::head_repair::{HeadRepair, Repair};
use gstmjpeghttp::multipart::pool::Pool;
use gstmjpeghttp::multipart::{ContentType, Decoder, Event};

/// The pictures in an answer that arrives in these pieces.
pub fn pictures<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Vec<u8>> {
    let mut repair = HeadRepair::new();
    let mut start = Vec::new();
    let mut body: Option<Body> = None;
    for piece in pieces {
        if let Some(body) = &mut body {
            body.read(piece);
            continue;
        }
        start.extend(piece);
        if let Repair::Done(repaired) = repair.feed(&start) {
            let mut behind = Body::new(&repaired.head);
            behind.read(&start[repaired.consumed..]);
            body = Some(behind);
        }
    }
    body.map(|body| body.pictures).unwrap_or_default()
}

struct Body {
    chunked: Option<Chunked>,
    decoder: Decoder,
    pictures: Vec<Vec<u8>>,
}

impl Body {
    fn new(head: &[u8]) -> Self {
        let text = String::from_utf8_lossy(head).to_lowercase();
        let chunked = text.contains("transfer-encoding: chunked").then(Chunked::new);
        let value = String::from_utf8_lossy(head);
        let line = value.lines().find(|line| line.to_lowercase().starts_with("content-type:"));
        let content_type =
            line.map(|line| ContentType::parse(line["content-type:".len()..].trim().as_bytes()));
        let content_type = content_type.unwrap_or_default();
        let decoder = if content_type.is_multipart() {
            Decoder::new(content_type.boundary.as_deref(), 1 << 20, Pool::default())
        } else {
            Decoder::bare(1 << 20, Pool::default())
        };
        Self { chunked, decoder, pictures: Vec::new() }
    }

    fn read(&mut self, mut piece: &[u8]) {
        loop {
            while let Some(event) = self.decoder.poll() {
                if let Event::Frame(frame) = event {
                    self.pictures.push(frame.bytes.as_ref().to_vec());
                }
            }
            let space = self.decoder.space();
            let (consumed, produced) = if let Some(chunked) = &mut self.chunked {
                let done = chunked.decode(piece, space);
                (done.consumed, done.produced)
            } else {
                let count = piece.len().min(space.len());
                space[..count].copy_from_slice(&piece[..count]);
                (count, count)
            };
            if consumed == 0 && produced == 0 {
                return;
            }
            self.decoder.advance(produced, Duration::ZERO);
            piece = &piece[consumed..];
        }
    }
}
