//! Which cameras, and where to: the TOML file.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Each camera has a folder of its own in it.
    pub(crate) folder: PathBuf,
    pub(crate) segment: Seconds,
    pub(crate) quota: Quota,
    #[serde(rename = "camera")]
    pub(crate) cameras: Vec<Camera>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Camera {
    name: Spanned<Name>,
    pub(crate) location: String,
    pub(crate) login: Option<String>,
    password: Option<String>,
    password_file: Option<Spanned<PathBuf>>,
    /// Longest time without a picture.
    pub(crate) timeout: Option<Seconds>,
    /// Longest wait from one attempt to the next.
    pub(crate) retry_max: Option<Seconds>,
}

impl Config {
    /// Relative paths in the file start where the file is.
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder).map_err(|error| format!("{}: {error}", file.display()))
    }

    fn parse(text: &str, base: &Path) -> Result<Self, String> {
        let mut config: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        config.folder = base.join(&config.folder);
        let mut names = HashSet::new();
        for camera in &mut config.cameras {
            if !names.insert(camera.name().to_owned()) {
                let line = line(text, camera.name.span().start);
                return Err(format!("line {line}: name: there are two cameras {}", camera.name()));
            }
            camera.read_password(base).map_err(|(at, error)| {
                format!("line {}: password-file: {error}", line(text, at))
            })?;
        }
        Ok(config)
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.cameras.iter().map(Camera::name).collect()
    }
}

impl Camera {
    pub(crate) fn name(&self) -> &str {
        &self.name.as_ref().0
    }

    pub(crate) fn password(&self) -> Option<&str> {
        self.password.as_deref()
    }

    fn read_password(&mut self, base: &Path) -> Result<(), (usize, String)> {
        let Some(file) = &self.password_file else {
            return Ok(());
        };
        let path = base.join(file.as_ref());
        let text = fs::read_to_string(&path)
            .map_err(|error| (file.span().start, format!("{}: {error}", path.display())))?;
        // Editors end the last line, too.
        self.password = Some(text.trim_end_matches(['\r', '\n']).to_owned());
        Ok(())
    }
}

fn line(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

/// What segments and time limits may be.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "u32")]
pub(crate) struct Seconds(pub(crate) Duration);

impl TryFrom<u32> for Seconds {
    type Error = &'static str;

    fn try_from(seconds: u32) -> Result<Self, Self::Error> {
        match seconds {
            1..=3600 => Ok(Self(Duration::from_secs(seconds.into()))),
            _ => Err("expected 1 to 3600 seconds"),
        }
    }
}

/// In bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Quota(pub(crate) u64);

impl TryFrom<String> for Quota {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const EXPECTED: &str = "expected a number with kB, MB, GB or TB, such as \"20 GB\"";
        let start = text.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(text.len());
        let (number, unit) = text.split_at(start);
        let factor = match unit.trim() {
            "kB" => 1_000,
            "MB" => 1_000_000,
            "GB" => 1_000_000_000,
            "TB" => 1_000_000_000_000,
            _ => return Err(EXPECTED),
        };
        let number: u64 = number.parse().map_err(|_| EXPECTED)?;
        number.checked_mul(factor).filter(|&bytes| bytes > 0).map(Self).ok_or(EXPECTED)
    }
}

/// The name of a camera is that of its folder, too.
#[derive(Clone, Deserialize)]
#[serde(try_from = "String")]
struct Name(String);

impl TryFrom<String> for Name {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let is_plain = |letter: char| letter.is_alphanumeric() || "-_. ".contains(letter);
        if text.is_empty() || text.starts_with(['.', ' ']) || !text.chars().all(is_plain) {
            return Err("a name is made of letters, digits, '-', '_', '.' and blanks");
        }
        Ok(Self(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAMERA: &str = "[[camera]]\nname = \"door\"\nlocation = \"http://camera/\"\n";

    fn error(text: &str) -> String {
        Config::parse(text, Path::new("")).err().expect("an error")
    }

    #[test]
    fn the_file_that_explains_them_holds_all_settings() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("cameras.toml");
        fs::write(&file, include_str!("cameras.toml").replace("\n# ", "\n")).expect("a file");
        fs::write(folder.path().join("yard.password"), "secret\n").expect("a file");
        let config = Config::read(&file).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(config.folder, folder.path().join("recordings"));
        assert_eq!(config.segment.0, Duration::from_secs(300));
        assert_eq!(config.quota, Quota(20_000_000_000));
        assert_eq!(config.names(), ["door", "yard"]);
        let yard = &config.cameras[1];
        assert_eq!(yard.login.as_deref(), Some("recorder"));
        assert_eq!(yard.password(), Some("secret"), "from its file, without the line's end");
        let limits = [yard.timeout, yard.retry_max].map(|limit| limit.map(|limit| limit.0));
        assert_eq!(limits, [15, 30].map(|seconds| Some(Duration::from_secs(seconds))));
    }

    #[test]
    fn quotas_are_read_in_their_units() {
        for (text, bytes) in
            [("20 GB", 20_000_000_000), ("1TB", 1_000_000_000_000), ("300 kB", 300_000)]
        {
            assert_eq!(Quota::try_from(text.to_owned()), Ok(Quota(bytes)), "{text}");
        }
        for text in ["", "20", "GB", "-1 GB", "1.5 GB", "0 GB", "1 GiB", "99999999999 TB"] {
            assert!(Quota::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn errors_name_line_and_key() {
        let head = "folder = \"f\"\nsegment = 300\n";
        let rows = [
            (format!("{head}quota = \"20 bananas\"\n{CAMERA}"), "line 3", "quota"),
            (format!("{head}quota = \"1 GB\"\ncolour = 1\n{CAMERA}"), "line 4", "colour"),
            (format!("{head}quota = \"1 GB\"\n{CAMERA}{CAMERA}"), "line 8", "name"),
            (
                format!("{head}quota = \"1 GB\"\n{CAMERA}password-file = \"none\"\n"),
                "line 7",
                "password-file",
            ),
            ("folder = \"f\"\nsegment = 0\n".into(), "line 2", "segment"),
        ];
        for (text, line, key) in rows {
            let error = error(&text);
            assert!(error.contains(line) && error.contains(key), "{line}, {key}: {error}");
        }
        let up = error(&format!("{head}quota = \"1 GB\"\n{}", CAMERA.replace("door", "../door")));
        assert!(up.contains("line 5"), "a name is no path: {up}");
    }
}
