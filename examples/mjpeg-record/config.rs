//! Which cameras, and where to: the TOML file.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gst::prelude::*;
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
    /// Longest time with the same picture.
    frozen_timeout: Option<Seconds>,
    fallback_locations: Option<Vec<String>>,
    ssl_fingerprint: Option<String>,
    ssl_ca_file: Option<PathBuf>,
    ssl_client_cert: Option<PathBuf>,
    ssl_client_key: Option<PathBuf>,
    ssl_legacy: Option<bool>,
    ssl_strict: Option<bool>,
    proxy: Option<String>,
    user_agent: Option<String>,
    headers: Option<BTreeMap<String, String>>,
    cookies: Option<Vec<String>>,
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
        let mut config: Self = toml::from_str(text).map_err(|error| explain(&error, text))?;
        config.folder = base.join(&config.folder);
        let mut names = HashSet::new();
        for camera in &mut config.cameras {
            if !names.insert(camera.name().to_owned()) {
                let line = line(text, camera.name.span().start);
                return Err(format!("line {line}: name: there are two cameras {}", camera.name()));
            }
            camera.resolve(base);
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

    /// The properties of the element and their values. GStreamer has to be initialised.
    pub(crate) fn properties(&self) -> Vec<(&'static str, glib::Value)> {
        let seconds = |value: Option<Seconds>| {
            value.map(|Seconds(time)| u32::try_from(time.as_secs()).unwrap_or(u32::MAX))
        };
        let mut all = vec![("location", Some(self.location.to_value()))];
        let mut add = |name, value: Option<glib::Value>| all.push((name, value));
        let text = |value: &Option<String>| value.as_ref().map(ToValue::to_value);
        let file =
            |value: &Option<PathBuf>| value.as_ref().map(|file| file.to_string_lossy().to_value());
        add("login", text(&self.login));
        add("password", text(&self.password));
        add("timeout", seconds(self.timeout).map(|time| time.to_value()));
        add("frozen-timeout", seconds(self.frozen_timeout).map(|time| time.to_value()));
        let retry_max = self.retry_max.map(|Seconds(time)| time.as_secs_f64().to_value());
        add("retry-backoff-max", retry_max);
        let fallbacks = self.fallback_locations.as_ref();
        add("fallback-locations", fallbacks.map(|all| gst::Array::new(all).to_value()));
        add("ssl-fingerprint", text(&self.ssl_fingerprint));
        add("ssl-ca-file", file(&self.ssl_ca_file));
        add("ssl-client-cert", file(&self.ssl_client_cert));
        add("ssl-client-key", file(&self.ssl_client_key));
        add("ssl-legacy", self.ssl_legacy.map(|value| value.to_value()));
        add("ssl-strict", self.ssl_strict.map(|value| value.to_value()));
        add("proxy", text(&self.proxy));
        add("user-agent", text(&self.user_agent));
        add("cookies", self.cookies.as_ref().map(ToValue::to_value));
        let headers = self.headers.as_ref().map(|headers| {
            let mut fields = gst::Structure::new_empty("headers");
            for (name, value) in headers {
                fields.set(name.as_str(), value);
            }
            fields.to_value()
        });
        add("extra-headers", headers);
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    /// Paths that are not absolute start where the file of settings is.
    fn resolve(&mut self, base: &Path) {
        let files = [&mut self.ssl_ca_file, &mut self.ssl_client_cert, &mut self.ssl_client_key];
        for file in files.into_iter().flatten() {
            *file = base.join(&*file);
        }
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

/// Line, key and what is wrong: not the line itself, which may hold a password.
fn explain(error: &toml::de::Error, text: &str) -> String {
    let number = error.span().map_or(1, |span| line(text, span.start));
    let key = text.lines().nth(number - 1).and_then(|line| Some(line.split_once('=')?.0.trim()));
    let key = key.map(|key| format!("{key}: ")).unwrap_or_default();
    match error.message().split_once(", expected") {
        // What was found instead is the value.
        Some((_, expected)) if error.message().starts_with("invalid type") => {
            format!("line {number}: {key}expected{expected}")
        }
        _ => format!("line {number}: {key}{}", error.message()),
    }
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
        gst::init().expect("GStreamer");
        let set: Vec<_> = yard.properties().into_iter().map(|(name, _)| name).collect();
        let value = |name| {
            let properties = yard.properties();
            let (_, value) = properties.into_iter().find(|row| row.0 == name).expect(name);
            value.transform::<String>().ok().and_then(|text| text.get::<String>().ok())
        };
        assert_eq!(set.len(), 17, "all that there are: {set:?}");
        assert_eq!(value("login").as_deref(), Some("recorder"));
        assert_eq!(value("password").as_deref(), Some("secret"), "without the line's end");
        assert_eq!(value("timeout").as_deref(), Some("15"));
        assert_eq!(value("retry-backoff-max").as_deref(), Some("30.000000"));
        let file = folder.path().join("cameras.pem");
        assert_eq!(value("ssl-ca-file").as_deref(), file.to_str());
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
        let password = error(&format!("{head}quota = \"1 GB\"\n{CAMERA}password = 12345678\n"));
        assert!(password.contains("line 7: password: expected a string"), "{password}");
        assert!(!password.contains("12345678"), "{password}");
        let up = error(&format!("{head}quota = \"1 GB\"\n{}", CAMERA.replace("door", "../door")));
        assert!(up.contains("line 5"), "a name is no path: {up}");
    }
}
