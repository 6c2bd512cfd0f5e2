//! What cameras really send: one file a quirk below `tests/data`, each played by the
//! element over a socket and by the decoder at every cut.
//!
//! The files are written by this test from the rows beside it:
//!
//!     cargo test --test it write_the_files -- --ignored

mod build;
mod cuts;
mod payloads;
mod row;
mod rows;

use std::fs;
use std::path::PathBuf;

use crate::common::camera::Camera;
use crate::common::element::{Pipeline, bytes};
use row::{End, Row};
use rows::rows;

#[test]
fn the_files_are_what_the_rows_say() {
    for row in rows() {
        let file = fs::read(row.path()).unwrap_or_default();
        assert!(file == row.answer.0, "{} is not up to date", row.file);
    }
    let files = fs::read_dir(folder()).unwrap().count();
    assert_eq!(files, rows().len(), "files and rows");
}

#[test]
#[ignore = "writes the files that the others read"]
fn write_the_files() {
    fs::create_dir_all(folder()).unwrap();
    for row in rows() {
        fs::write(row.path(), &row.answer.0).unwrap();
    }
}

#[test]
fn the_element_plays_every_file() {
    let wrong: Vec<_> = rows().iter().filter_map(|row| play(row).err()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_file_depends_on_its_cuts() {
    for row in rows().iter().filter(|row| row.end == End::Clean) {
        let bytes = &row.answer.0[..];
        let expected = row.expected();
        let check = |name: &str, found: Vec<Vec<u8>>| {
            assert!(found == expected, "{}: {name}: {} pictures", row.file, found.len());
        };
        check("whole", cuts::pictures([bytes]));
        check("byte by byte", cuts::pictures(bytes.chunks(1)));
        for at in 1..bytes.len() {
            let (first, second) = bytes.split_at(at);
            check(&format!("cut at {at}"), cuts::pictures([first, second]));
        }
    }
}

/// What is wrong with this row, if anything.
fn play(row: &Row) -> Result<(), String> {
    let camera = Camera::answering(row.answer.0.clone());
    let pipeline = Pipeline::playing(&camera.url(), "retries=0");
    for (index, picture) in row.expected().iter().enumerate() {
        match pipeline.frame() {
            None => return Err(format!("{}: no frame {index}: {}", row.file, pipeline.error())),
            Some(frame) if bytes(&frame) != *picture => {
                return Err(format!("{}: other bytes in frame {index}", row.file));
            }
            Some(_) => {}
        }
    }
    match row.end {
        End::Clean if pipeline.frame().is_some() => {
            return Err(format!("{}: one too many", row.file));
        }
        End::Polled if !pipeline.reaches("unchanged", 1) => {
            return Err(format!("{}: not asked again", row.file));
        }
        End::Clean | End::Polled => {}
        End::Error(words) => {
            let error = pipeline.error();
            if !error.message().contains(words) {
                return Err(format!("{}: {error}", row.file));
            }
        }
    }
    let quirks = pipeline.quirks();
    if quirks != row.quirks {
        return Err(format!("{}: quirks {quirks:?} instead of {:?}", row.file, row.quirks));
    }
    Ok(())
}

impl Row {
    fn path(&self) -> PathBuf {
        folder().join(self.file).with_extension("http")
    }

    fn expected(&self) -> Vec<Vec<u8>> {
        self.pictures.iter().map(|&number| (self.as_sent)(number)).collect()
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data")
}
