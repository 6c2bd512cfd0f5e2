//! JPEG files as T.81 lays them out, with noise for a picture: right in every
//! marker and length, quick to make, different for each seed.

use super::random::Random;

/// A baseline picture whose entropy-coded data takes about `scan` bytes.
pub fn jpeg(seed: u64, width: u16, height: u16, scan: usize) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8];
    segment(&mut bytes, 0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0");
    segment(&mut bytes, 0xDB, &[&[0][..], &[1; 64]].concat());
    bytes.extend(frame_header(width, height));
    segment(&mut bytes, 0xC4, &[&[0, 0, 1][..], &[0; 14], &[5]].concat());
    bytes.extend(scan_of(seed, scan));
    bytes.extend([0xFF, 0xD9]);
    bytes
}

/// A picture of about `size` bytes filled with `<0007>`, if 7 is its tag.
pub fn tagged(tag: usize, size: usize) -> Vec<u8> {
    let mut bytes = jpeg(0, 64, 48, 0);
    let filling = format!("<{tag:04}>").repeat(size / 6);
    let end = bytes.len() - 2;
    bytes.splice(end..end, filling.bytes());
    bytes
}

/// The tag of a picture made by [`tagged`].
pub fn tag_of(bytes: &[u8]) -> usize {
    let is_tag = |word: &&[u8]| word[0] == b'<' && word[5] == b'>';
    let word = bytes.windows(6).find(is_tag).expect("a tag");
    std::str::from_utf8(&word[1..5]).unwrap().parse().unwrap()
}

/// The same with a segment behind SOI.
pub fn with_segment(picture: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = picture[..2].to_vec();
    segment(&mut bytes, marker, content);
    bytes.extend(&picture[2..]);
    bytes
}

fn frame_header(width: u16, height: u16) -> Vec<u8> {
    let mut content = vec![8];
    content.extend(height.to_be_bytes());
    content.extend(width.to_be_bytes());
    content.extend([3, 1, 0x22, 0, 2, 0x11, 0, 3, 0x11, 0]);
    let mut bytes = Vec::new();
    segment(&mut bytes, 0xC0, &content);
    bytes
}

fn scan_of(seed: u64, size: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    segment(&mut bytes, 0xDA, &[3, 1, 0, 2, 0, 3, 0, 0, 63, 0]);
    let mut random = Random::new(seed + 1);
    let end = bytes.len() + size;
    let mut restart = 0;
    while bytes.len() < end {
        match random.byte() {
            0xFF if random.below(8) == 0 => {
                bytes.extend([0xFF, 0xD0 + restart % 8]);
                restart += 1;
            }
            0xFF => bytes.extend([0xFF, 0]),
            byte => bytes.push(byte),
        }
    }
    // No 0xFF, which would eat EOI as its stuffing, and never the file's own end.
    bytes.push(0x55);
    bytes
}

fn segment(bytes: &mut Vec<u8>, marker: u8, content: &[u8]) {
    bytes.extend([0xFF, marker]);
    bytes.extend(u16::try_from(content.len() + 2).unwrap().to_be_bytes());
    bytes.extend(content);
}
