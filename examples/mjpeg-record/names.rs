//! Segments are named by the time when their first picture was taken, in UTC:
//! `2026-11-22T13-05-00.040Z.mkv`. Sorted by name they are sorted by time.

use std::path::Path;

use super::time::Time;

const SUFFIX: &str = ".mkv";

/// The name of a file in `folder` that is not there yet.
pub(crate) fn new_file(folder: &Path, time: Time) -> String {
    let stem = stem(time);
    // The clock was set back.
    let others = (2..).map(|number| format!("{stem}-{number}{SUFFIX}"));
    let mut names = std::iter::once(format!("{stem}{SUFFIX}")).chain(others);
    names.find(|name| !folder.join(name).exists()).unwrap_or_default()
}

fn stem(time: Time) -> String {
    format!("{}.{:03}Z", time.format("%Y-%m-%dT%H-%M-%S"), time.milliseconds())
}

/// When the first picture of a segment was taken; none if it is not the name of a segment.
/// Names of 0.1.0 are without milliseconds.
pub(crate) fn time_of(name: &str) -> Option<Time> {
    let (time, rest) = name.strip_suffix(SUFFIX)?.split_once('Z')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !rest.is_empty() && !rest.strip_prefix('-').is_some_and(is_number) {
        return None;
    }
    let (date, clock) = time.split_once('T')?;
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "000"));
    let is = |text: &str, pattern: &str| {
        let fits = |(letter, place): (u8, u8)| match place {
            b'0' => letter.is_ascii_digit(),
            _ => letter == place,
        };
        text.len() == pattern.len() && text.bytes().zip(pattern.bytes()).all(fits)
    };
    if !is(date, "0000-00-00") || !is(clock, "00-00-00") || !is(fraction, "000") {
        return None;
    }
    Time::parse(&format!("{date}T{}.{fraction}Z", clock.replace('-', ":"))).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_times_and_never_taken() {
        let folder = tempfile::tempdir().expect("a folder");
        let time = Time(1_000_000_000_999);
        for name in ["2001-09-09T01-46-40.999Z.mkv", "2001-09-09T01-46-40.999Z-2.mkv"] {
            assert_eq!(new_file(folder.path(), time), name);
            assert_eq!(time_of(name), Some(time));
            std::fs::write(folder.path().join(name), "").expect("a file");
        }
        assert_eq!(time_of("2001-09-09T01-46-40Z.mkv"), Some(Time(1_000_000_000_000)));
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
            "2001-19-09T01-46-40Z.mkv",
        ] {
            assert_eq!(time_of(name), None, "{name}");
        }
    }
}
