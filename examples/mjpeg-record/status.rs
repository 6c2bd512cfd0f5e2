//! How a camera is, and what that looks like in a line.

use std::path::PathBuf;

#[derive(Default)]
pub(crate) struct Status {
    pub(crate) name: String,
    /// The element's `connection-state`.
    pub(crate) state: String,
    pub(crate) frames: u64,
    /// Frames per second, lately.
    pub(crate) rate: f64,
    /// Pictures that came cut, damaged or too large.
    pub(crate) damaged: u64,
    /// Connections that were lost or not made.
    pub(crate) retries: u64,
    pub(crate) file: Option<PathBuf>,
    pub(crate) bytes: u64,
    pub(crate) warning: Option<String>,
}

impl Status {
    pub(crate) fn line(&self) -> String {
        let Self { name, state, frames, rate, damaged, retries, bytes, .. } = self;
        let file = self.file.as_deref().and_then(|file| file.file_name());
        let file = file.map_or_else(
            || format!("{:24}           ", "no file"),
            |file| format!("{:24} {:>7} MB", file.display(), megabytes(*bytes)),
        );
        let warning = self.warning.as_deref().unwrap_or_default();
        format!(
            "{name:12} {state:10} {rate:5.1} fps {frames:8} frames {damaged:4} damaged \
             {retries:4} retries  {file}  {warning}"
        )
    }
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
    fn a_line_has_all_of_it() {
        let status = Status {
            name: "door".into(),
            state: "streaming".into(),
            frames: 250,
            rate: 24.96,
            damaged: 3,
            retries: 2,
            file: Some("rec/door/2026-11-22T13-05-00Z.mkv".into()),
            bytes: 12_345_678,
            warning: Some("it was away".into()),
        };
        assert_eq!(
            status.line(),
            "door         streaming   25.0 fps      250 frames    3 damaged    2 retries  \
             2026-11-22T13-05-00Z.mkv    12.3 MB  it was away"
        );
    }
}
