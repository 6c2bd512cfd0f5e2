//! The chunked coding is taken off alike however the bytes come and however much room
//! there is for them; and what was coded comes out.
#![no_main]

use fuzz::{Cuts, split};
use gstmjpeghttp::http::chunked::Chunked;
use gstmjpeghttp::quirk::Quirk;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let (bytes, mut cuts) = split(input);
    let whole = decode(bytes, || usize::MAX, 1 << 16);
    assert_eq!(pass_on(bytes), whole, "passed on");
    assert!(whole.0.len() <= bytes.len(), "more comes out than went in");
    assert_eq!(decode(bytes, || 1, 1), whole, "byte by byte");
    let room = cuts.size();
    assert_eq!(decode(bytes, || cuts.size(), room), whole, "cut");

    let coded = code(bytes, &mut cuts);
    let expected = (bytes.to_vec(), true, Vec::new());
    assert_eq!(decode(&coded, || cuts.size(), room), expected, "as coded");
});

/// The oracle's side (RFC 9112 §7.1).
fn code(mut bytes: &[u8], cuts: &mut Cuts) -> Vec<u8> {
    let mut coded = Vec::new();
    while !bytes.is_empty() {
        let (chunk, rest) = bytes.split_at(cuts.size().min(bytes.len()));
        coded.extend(format!("{:x}\r\n", chunk.len()).bytes());
        coded.extend(chunk);
        coded.extend(b"\r\n");
        bytes = rest;
    }
    coded.extend(b"0\r\nX: y\r\n\r\n");
    coded
}

/// The data, whether the last chunk was seen, and what was odd.
fn decode(
    bytes: &[u8],
    mut cut: impl FnMut() -> usize,
    room: usize,
) -> (Vec<u8>, bool, Vec<Quirk>) {
    let mut chunked = Chunked::new();
    let mut data = Vec::new();
    let mut output = vec![0; room];
    let mut rest = bytes;
    while !rest.is_empty() {
        let (mut piece, behind) = rest.split_at(cut().min(rest.len()));
        rest = behind;
        drain(&mut chunked, &mut piece, &mut output, &mut data);
    }
    chunked.end();
    drain(&mut chunked, &mut &[][..], &mut output, &mut data);
    (data, chunked.is_done(), chunked.take_quirks())
}

/// The same, where the data is taken from beside the coding.
fn pass_on(mut bytes: &[u8]) -> (Vec<u8>, bool, Vec<Quirk>) {
    let mut chunked = Chunked::new();
    let mut data = Vec::new();
    let mut output = [0; 64];
    while !chunked.is_done() && (!bytes.is_empty() || chunked.has_output()) {
        let (ahead, rest) = bytes.split_at(chunked.data_ahead().min(bytes.len()));
        if !ahead.is_empty() {
            data.extend(ahead);
            chunked.passed(ahead.len());
            bytes = rest;
            continue;
        }
        let done = chunked.decode(&bytes[..bytes.len().min(1)], &mut output);
        data.extend(&output[..done.produced]);
        bytes = &bytes[done.consumed..];
    }
    chunked.end();
    drain(&mut chunked, &mut &[][..], &mut output, &mut data);
    (data, chunked.is_done(), chunked.take_quirks())
}

fn drain(chunked: &mut Chunked, piece: &mut &[u8], output: &mut [u8], data: &mut Vec<u8>) {
    while !chunked.is_done() && (!piece.is_empty() || chunked.has_output()) {
        let done = chunked.decode(piece, output);
        assert!(done.consumed + done.produced > 0, "no progress");
        data.extend(&output[..done.produced]);
        *piece = &piece[done.consumed..];
    }
}
