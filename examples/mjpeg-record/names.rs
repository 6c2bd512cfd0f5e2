//! Segments are named by the time when their first picture was taken, in UTC:
//! `2026-11-22T13-05-00Z.mkv`. Sorted by name they are sorted by time.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const FORMAT: &str = "%Y-%m-%dT%H-%M-%SZ";
const SUFFIX: &str = ".mkv";

/// When the picture was taken, since 1970: by the camera's clock, else by ours.
pub(crate) fn capture_time(sample: Option<&gst::Sample>) -> Duration {
    let camera = sample.and_then(|sample| sample.buffer()).and_then(|buffer| {
        let unix = gst::Caps::new_empty_simple("timestamp/x-unix");
        let mut metas = buffer.iter_meta::<gst::ReferenceTimestampMeta>();
        let meta = metas.find(|meta| meta.reference().can_intersect(&unix))?;
        Some(meta.timestamp().into())
    });
    camera.or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).ok()).unwrap_or_default()
}

/// A file in `folder` that is not there yet.
pub(crate) fn new_file(folder: &Path, time: Duration) -> PathBuf {
    let stem = stem(time);
    // A camera that is recorded anew within a second.
    let others = (2..).map(|number| format!("{stem}-{number}{SUFFIX}"));
    let mut names = std::iter::once(format!("{stem}{SUFFIX}")).chain(others);
    let free = names.find(|name| !folder.join(name).exists());
    folder.join(free.unwrap_or_default())
}

fn stem(time: Duration) -> String {
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let text = glib::DateTime::from_unix_utc(seconds).and_then(|date| date.format(FORMAT));
    // GLib's calendar ends with the year 9999.
    text.map_or_else(|_| "9999-12-31T23-59-59Z".into(), Into::into)
}

/// Is this the name of a segment?
pub(crate) fn is_segment(name: &str) -> bool {
    let Some(stem) = name.strip_suffix(SUFFIX) else {
        return false;
    };
    let Some((time, rest)) = stem.split_once('Z') else {
        return false;
    };
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    is_time(time) && (rest.is_empty() || rest.strip_prefix('-').is_some_and(is_number))
}

fn is_time(text: &str) -> bool {
    const PATTERN: &[u8] = b"0000-00-00T00-00-00";
    text.len() == PATTERN.len()
        && text.bytes().zip(PATTERN).all(|(letter, &place)| match place {
            b'0' => letter.is_ascii_digit(),
            _ => letter == place,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_times_and_never_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let time = Duration::from_millis(1_000_000_000_999);
        for name in ["2001-09-09T01-46-40Z.mkv", "2001-09-09T01-46-40Z-2.mkv"] {
            let file = new_file(folder.path(), time);
            assert_eq!(file, folder.path().join(name));
            assert!(is_segment(name));
            std::fs::write(file, "").expect("a file");
        }
    }

    #[test]
    fn the_files_of_others_are_no_segments() {
        for name in [
            "holiday.mkv",
            "2001-09-09T01-46-40Z.mp4",
            "2001-09-09T01-46-40.mkv",
            "2001-09-09T01-46-40Z-.mkv",
            "2001-09-09T01-46-40Z copy.mkv",
            "2001-09-09 01-46-40Z.mkv",
        ] {
            assert!(!is_segment(name), "{name}");
        }
    }
}
