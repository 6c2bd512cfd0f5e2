//! Streams with random faults: a fault costs the picture it hits, never the stream.
//!
//! Each picture is filled with a tag of its own, so that one that mixes two is found.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::time::Duration;

use crate::common::jpeg::tagged;
use crate::common::random::Random;
use gstmjpeghttp::multipart::pool::Pool;
use gstmjpeghttp::multipart::{Decoder, Event};

const STREAMS: u64 = 1000;
const FRAMES: usize = 100;

/// A stream, and where each part lies in it: from its delimiter to its last byte.
struct Stream {
    bytes: Vec<u8>,
    parts: Vec<Range<usize>>,
    pictures: Vec<Vec<u8>>,
}

/// What a fault does to the bytes from its place on.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Flip,
    Drop(usize),
    Repeat(usize),
    Length,
    Cut,
}

#[derive(Default, Debug)]
struct Score {
    faults: usize,
    untouched: usize,
    lost: usize,
    mixed: usize,
    /// More than one untouched picture lost to one fault.
    greedy: usize,
}

#[test]
fn with_lengths() {
    let score = run(true);
    println!("{score:?}");
    assert!(score.lost * 1000 <= score.untouched * 5, "{score:?}");
    assert_eq!((score.mixed, score.greedy), (0, 0), "{score:?}");
}

/// Without lengths nothing tells that bytes are missing between two pictures, so they
/// are lost only within one here.
#[test]
fn without_lengths() {
    let score = run(false);
    println!("{score:?}");
    assert!(score.lost * 1000 <= score.untouched * 5, "{score:?}");
    assert_eq!((score.mixed, score.greedy), (0, 0), "{score:?}");
}

fn run(lengths: bool) -> Score {
    let mut score = Score::default();
    for seed in 0..STREAMS {
        let mut random = Random::new(seed);
        let stream = Stream::new(&mut random, lengths);
        let (damaged, touched) = stream.damage(&mut random, lengths);
        let cut = 1 + random.below(5000);
        let frames = decode(&damaged, || 1 + random.below(cut));
        let found: HashSet<&[u8]> = frames.iter().map(Vec::as_slice).collect();
        let mut lost = 0;
        for (index, picture) in stream.pictures.iter().enumerate() {
            if !touched.contains(&index) {
                score.untouched += 1;
                lost += usize::from(!found.contains(picture.as_slice()));
            }
        }
        let faults = FAULTS.min(touched.len());
        score.faults += faults;
        score.lost += lost;
        score.greedy += lost.saturating_sub(faults);
        score.mixed += frames.iter().filter(|frame| tags(frame) > 1).count();
    }
    score
}

const FAULTS: usize = 3;

impl Stream {
    fn new(random: &mut Random, lengths: bool) -> Self {
        let behind = ["\r\n", "\r\n\r\n", "\r\n"][random.below(3)];
        let mut stream = Self { bytes: Vec::new(), parts: Vec::new(), pictures: Vec::new() };
        for tag in 0..FRAMES {
            let picture = tagged(tag, 1000 + random.below(2000));
            let start = stream.bytes.len();
            stream.bytes.extend(b"--boundary\r\nContent-Type: image/jpeg\r\n");
            if lengths {
                stream.bytes.extend(format!("Content-Length: {}\r\n", picture.len()).bytes());
            }
            stream.bytes.extend(b"\r\n");
            stream.bytes.extend(&picture);
            stream.parts.push(start..stream.bytes.len());
            stream.pictures.push(picture);
            stream.bytes.extend(behind.bytes());
        }
        stream
    }

    /// The stream with some faults, and the pictures they hit. The faults lie apart, so
    /// that each finds a decoder that trusts the stream again; the first pictures, where
    /// nothing is known of the lengths yet, are left whole.
    fn damage(&self, random: &mut Random, lengths: bool) -> (Vec<u8>, HashSet<usize>) {
        let mut bytes = self.bytes.clone();
        let mut touched = HashSet::new();
        for number in (0..FAULTS).rev() {
            let index = 4 + number * 30 + random.below(24);
            let part = self.parts[index].clone();
            let at = part.start + random.below(part.len());
            let size = 1 + random.below(if lengths { 4000 } else { part.end - at });
            let fault = match random.below(5) {
                0 => Fault::Flip,
                1 => Fault::Drop(size),
                2 => Fault::Repeat(size),
                3 if lengths => Fault::Length,
                _ => Fault::Cut,
            };
            let hit = match fault {
                Fault::Flip => {
                    bytes[at] ^= 1 << random.below(8);
                    at..at + 1
                }
                Fault::Drop(size) => {
                    bytes.drain(at..at + size);
                    at..at + size
                }
                Fault::Repeat(size) => {
                    let again = bytes[at..at + size].to_vec();
                    bytes.splice(at + size..at + size, again);
                    at..at + size + 1
                }
                Fault::Length => {
                    let digits = part.start + 54;
                    bytes[digits] = b'0' + u8::try_from(random.below(10)).unwrap();
                    part.clone()
                }
                Fault::Cut => {
                    bytes.drain(at..part.end);
                    at..part.end
                }
            };
            let hits = |part: &Range<usize>| part.start < hit.end && hit.start < part.end;
            touched.extend((0..FRAMES).filter(|&index| hits(&self.parts[index])));
        }
        (bytes, touched)
    }
}

fn decode(stream: &[u8], mut cut: impl FnMut() -> usize) -> Vec<Vec<u8>> {
    let mut decoder = Decoder::new(Some(b"boundary"), 1 << 20, Pool::default());
    let mut frames = Vec::new();
    let mut rest = stream;
    loop {
        while let Some(event) = decoder.poll() {
            if let Event::Frame(frame) = event {
                frames.push(frame.bytes.as_ref().to_vec());
            }
        }
        let space = decoder.space();
        assert!(!space.is_empty(), "no place for the next bytes");
        let count = cut().min(rest.len()).min(space.len());
        if count == 0 {
            return frames;
        }
        space[..count].copy_from_slice(&rest[..count]);
        decoder.advance(count, Duration::ZERO);
        rest = &rest[count..];
    }
}

/// How many different pictures have given bytes to this one. A tag that stands there
/// once may be a flipped bit.
fn tags(frame: &[u8]) -> usize {
    let mut counts = HashMap::new();
    for bytes in frame.windows(6).filter(|bytes| bytes[0] == b'<' && bytes[5] == b'>') {
        *counts.entry(bytes).or_insert(0) += 1;
    }
    counts.values().filter(|&&count| count > 1).count()
}
