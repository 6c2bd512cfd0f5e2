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

/// Deletes segments of these cameras below `folder` until the rest is within the quota.
/// Those in use count and stay; files that are no segments neither count nor go.
pub(crate) fn keep(
    folder: &Path,
    cameras: &[&str],
    quota: Quota,
    in_use: &[PathBuf],
) -> io::Result<Vec<PathBuf>> {
    let mut segments = Vec::new();
    for camera in cameras {
        collect(&folder.join(camera), &mut segments)?;
    }
    segments.sort_by(|a, b| a.name.cmp(&b.name));
    let mut sum: u64 = segments.iter().map(|segment| segment.bytes).sum();
    let mut deleted = Vec::new();
    for segment in segments.into_iter().filter(|segment| !in_use.contains(&segment.file)) {
        if sum <= quota.0 {
            break;
        }
        fs::remove_file(&segment.file)?;
        sum -= segment.bytes;
        deleted.push(segment.file);
    }
    Ok(deleted)
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
            keep(folder.path(), &["door", "yard"], Quota(bytes), in_use).expect("it works")
        };
        assert_eq!(keep(400, &[]), Vec::<PathBuf>::new());
        assert_eq!(keep(399, std::slice::from_ref(&oldest)), std::slice::from_ref(&second));
        assert_eq!(keep(150, &[]), [oldest, third]);
        assert!(newest.exists() && holiday.exists() && gone.exists());
    }
}
