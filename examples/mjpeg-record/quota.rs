//! Room on the disk: the oldest segments go first.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::config::Quota;
use super::names;

struct Segment {
    file: PathBuf,
    name: String,
    bytes: u64,
}

/// What became of the quota.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) deleted: Vec<PathBuf>,
    /// Why a folder is not counted, or a segment not deleted.
    pub(crate) failures: Vec<String>,
}

/// Deletes segments of these cameras below `folder` until the rest is within the quota.
/// Those in use count and stay; files that are no segments neither count nor go. What cannot be
/// read or deleted does not keep the others from being.
pub(crate) fn keep(folder: &Path, cameras: &[&str], quota: Quota, in_use: &[PathBuf]) -> Kept {
    let (mut segments, mut kept) = (Vec::new(), Kept::default());
    for camera in cameras {
        let folder = folder.join(camera);
        if let Err(error) = collect(&folder, &mut segments) {
            kept.failures.push(format!("cannot read {}: {error}", folder.display()));
        }
    }
    segments.sort_by(|a, b| a.name.cmp(&b.name));
    let mut sum: u64 = segments.iter().map(|segment| segment.bytes).sum();
    for segment in segments.into_iter().filter(|segment| !in_use.contains(&segment.file)) {
        if sum <= quota.0 {
            break;
        }
        if let Err(error) = fs::remove_file(&segment.file) {
            kept.failures.push(format!("cannot delete {}: {error}", segment.file.display()));
            continue;
        }
        sum -= segment.bytes;
        kept.deleted.push(segment.file);
    }
    kept
}

fn collect(folder: &Path, segments: &mut Vec<Segment>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if names::is_segment(&name) && entry.file_type()?.is_file() {
            segments.push(Segment { file: entry.path(), name, bytes: entry.metadata()?.len() });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_go_unless_they_are_in_use_or_not_ours() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = |camera: &str, name: &str| {
            let path = folder.path().join(camera).join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(&path, [0; 100]).expect("a file");
            path
        };
        let oldest = file("door", "2026-01-01T00-00-00Z.mkv");
        let second = file("yard", "2026-01-01T00-00-01Z.mkv");
        let third = file("door", "2026-01-01T00-00-02Z.mkv");
        let newest = file("yard", "2026-01-01T00-00-03Z.mkv");
        let holiday = file("door", "holiday.mkv");
        let gone = file("sold", "2020-01-01T00-00-00Z.mkv");
        let keep = |bytes, in_use: &[PathBuf]| {
            let kept = keep(folder.path(), &["door", "yard"], Quota(bytes), in_use);
            assert!(kept.failures.is_empty(), "{kept:?}");
            kept.deleted
        };
        assert_eq!(keep(400, &[]), Vec::<PathBuf>::new());
        assert_eq!(keep(399, std::slice::from_ref(&oldest)), std::slice::from_ref(&second));
        assert_eq!(keep(150, &[]), [oldest, third]);
        assert!(newest.exists() && holiday.exists() && gone.exists());
    }

    #[test]
    fn a_folder_that_is_gone_does_not_keep_the_others_from_their_quota() {
        let folder = tempfile::tempdir().expect("a folder");
        let yard = folder.path().join("yard");
        fs::create_dir(&yard).expect("a folder");
        let oldest = yard.join("2026-01-01T00-00-00Z.mkv");
        fs::write(&oldest, [0; 100]).expect("a file");
        let kept = keep(folder.path(), &["door", "yard"], Quota(50), &[]);
        assert_eq!(kept.deleted, [oldest]);
        assert_eq!(kept.failures.len(), 1);
        let door = folder.path().join("door").display().to_string();
        assert!(kept.failures[0].starts_with(&format!("cannot read {door}: ")), "{kept:?}");
    }
}
