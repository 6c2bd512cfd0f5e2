//! Pictures that say who they are.

use std::hash::{DefaultHasher, Hasher};

use crate::common::jpeg::{jpeg, with_segment};
use crate::common::random::Random;

/// Opens a picture's comment.
const MARK: &[u8; 8] = b"soak-id:";
/// The comment: the mark, three numbers, and the size of the whole file.
const COMMENT: usize = MARK.len() + 4 * 4;
/// SOI, marker and length of the comment stand before it.
const BEFORE: usize = 6;
const COM: u8 = 0xFE;

/// Which picture of which connection of which camera.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Id {
    pub camera: u32,
    pub connection: u32,
    pub frame: u32,
}

/// A picture of this size in pixels, with `scan` bytes of noise.
pub fn picture(id: Id, (width, height): (u16, u16), scan: usize, random: &mut Random) -> Vec<u8> {
    let plain = jpeg(random.next() >> 1, width, height, scan);
    let size = u32::try_from(plain.len() + BEFORE - 2 + COMMENT).unwrap();
    let numbers = [id.camera, id.connection, id.frame, size].map(u32::to_be_bytes).concat();
    with_segment(&plain, COM, &[&MARK[..], &numbers].concat())
}

/// Who a picture says it is.
pub fn id_of(bytes: &[u8]) -> Option<Id> {
    let comment = bytes.get(BEFORE..BEFORE + COMMENT)?.strip_prefix(MARK)?;
    let number = |index: usize| {
        Some(u32::from_be_bytes(comment.get(4 * index..4 * index + 4)?.try_into().ok()?))
    };
    Some(Id { camera: number(0)?, connection: number(1)?, frame: number(2)? })
}

/// The pictures within a file, in their order; what a muxer has put between is passed over.
pub fn pictures_in(file: &[u8]) -> Vec<&[u8]> {
    let mut pictures = Vec::new();
    let mut position = 0;
    while let Some(mark) = memchr::memmem::find(&file[position..], MARK) {
        let start = position + mark - BEFORE;
        let size = &file[start + BEFORE + COMMENT - 4..][..4];
        let end = start + usize::try_from(u32::from_be_bytes(size.try_into().unwrap())).unwrap();
        let end = end.min(file.len());
        pictures.push(&file[start..end]);
        position = end;
    }
    pictures
}

pub fn digest(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}
