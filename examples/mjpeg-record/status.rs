//! How a camera is, and what that looks like in a line.

use std::fmt::Write;
use std::path::PathBuf;

use super::time::Time;

#[derive(Clone, Default)]
pub(crate) struct Status {
    pub(crate) name: String,
    /// The element's `connection-state`.
    pub(crate) state: String,
    /// Pictures that came whole: each is recorded, lost, or in the segment that grows.
    pub(crate) frames: u64,
    /// Those that are in complete segments.
    pub(crate) recorded: u64,
    /// Pictures per second, lately.
    pub(crate) rate: f64,
    /// Pictures that came cut, damaged or too large.
    pub(crate) damaged: u64,
    /// Pictures that came whole and are in no file.
    pub(crate) lost: u64,
    /// Connections that were lost or not made.
    pub(crate) retries: u64,
    /// The segment that grows, and its bytes.
    pub(crate) file: Option<PathBuf>,
    pub(crate) bytes: u64,
    /// Bytes of pictures since the start.
    pub(crate) received: u64,
    /// When the newest picture was taken.
    pub(crate) newest: Option<Time>,
    /// Why its pictures cannot be written, while that is so.
    pub(crate) unwritten: Option<String>,
    /// The last thing that went wrong, until pictures come again.
    pub(crate) warning: Option<String>,
}

impl Status {
    /// What fits into so many columns, what matters most first: what is wrong, else the file.
    pub(crate) fn line(&self, columns: usize) -> String {
        let Self { name, state, rate, damaged, lost, retries, .. } = self;
        let mut line = format!("{name:12} {state:10} ");
        let file = self.file.as_deref().and_then(|file| file.file_name());
        // Into a String nothing fails.
        let _ = match (&self.warning, file) {
            (Some(warning), _) => write!(line, "{}", without_address(warning)),
            (None, Some(file)) => {
                let megabytes = megabytes(self.bytes);
                write!(line, "{rate:5.1} fps {megabytes:>6} MB  {}", file.display())
            }
            (None, None) => write!(line, "{rate:5.1} fps  no file"),
        };
        for (count, what) in [(*lost, "lost"), (*damaged, "damaged"), (*retries, "retries")] {
            if count > 0 {
                let _ = write!(line, "  {count} {what}");
            }
        }
        shortened(line, columns)
    }
}

/// The camera is named in front of it.
fn without_address(warning: &str) -> &str {
    let Some((address, rest)) = warning.split_once(": ") else { return warning };
    if address.starts_with("http") { rest } else { warning }
}

/// With an ellipsis where something is left out.
fn shortened(mut line: String, columns: usize) -> String {
    if let Some((end, _)) = line.char_indices().nth(columns)
        && let Some((last, _)) = line.char_indices().nth(columns.saturating_sub(1))
    {
        debug_assert!(last < end);
        line.truncate(last);
        line.push('…');
    }
    line
}

fn megabytes(bytes: u64) -> String {
    // One digit behind the point is enough for people.
    let tenths = bytes / 100_000;
    format!("{}.{}", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_what_matters() {
        let mut status = Status {
            name: "door".into(),
            state: "streaming".into(),
            frames: 250,
            rate: 24.96,
            file: Some("rec/door/2026-11-22T13-05-00.000Z.mkv".into()),
            bytes: 12_345_678,
            ..Status::default()
        };
        let well = "door         streaming   25.0 fps   12.3 MB  2026-11-22T13-05-00.000Z.mkv";
        assert_eq!(status.line(80), well);
        (status.retries, status.damaged, status.lost) = (2, 3, 1);
        assert_eq!(status.line(120), format!("{well}  1 lost  3 damaged  2 retries"));
        status.warning = Some("http://camera/: cannot connect: refused".into());
        (status.retries, status.state) = (0, "waiting".into());
        let ill = "door         waiting    cannot connect: refused  1 lost  3 damaged";
        assert_eq!(status.line(80), ill);
        assert_eq!(status.line(30), "door         waiting    canno…");
    }
}
