//! Which cameras, and where to: the TOML file.
//!
//! | file | idea |
//! |---|---|
//! | `mod` | the whole file |
//! | `camera` | one camera of it |
//! | `section` | a table, read so that every mistake is told |
//! | `values` | what values may be |

use std::collections::HashSet;
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::{DeTable, Error};

mod camera;
mod section;
mod values;

pub(crate) use camera::{Camera, Limits};
use section::{Mistakes, Section};
pub(crate) use values::Bytes;
use values::{Command, Seconds};

/// What stays free for others unless the file says otherwise: 500 MB.
const RESERVE: Bytes = Bytes(500_000_000);

/// How long a segment is unless the file says otherwise.
const SEGMENT: Seconds = Seconds(Duration::from_secs(300));

#[derive(Clone, PartialEq)]
pub(crate) struct Config {
    /// Each camera has a folder of its own in it.
    pub(crate) folder: PathBuf,
    pub(crate) segment: Duration,
    /// Of all cameras together.
    pub(crate) limits: Limits,
    /// Bytes of the disk that stay free.
    pub(crate) reserve: u64,
    /// A command for each finished segment.
    pub(crate) on_segment: Option<String>,
    /// Where the web page is.
    pub(crate) listen: Option<SocketAddr>,
    /// What the web page asks for, as argon2 keeps it.
    pub(crate) web_password: Option<String>,
    /// Other recorders, for the web page.
    pub(crate) peers: Vec<String>,
    pub(crate) cameras: Vec<Camera>,
}

impl Config {
    /// Relative paths in the file start where the file is. The error has a line for each
    /// mistake. GStreamer has to be initialised, and the plugin registered.
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let text = fs::read_to_string(file)
            .map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        Self::parse(&text, folder).map_err(|mistakes| {
            let lines = mistakes.iter().map(|mistake| format!("{}: {mistake}", file.display()));
            lines.collect::<Vec<_>>().join("\n")
        })
    }

    /// Whether nothing is different that a running recorder cannot change.
    pub(crate) fn needs_no_restart(&self, other: &Self) -> bool {
        let of = |config: &Self| {
            let Self { folder, listen, web_password, peers, .. } = config;
            (folder.clone(), *listen, web_password.clone(), peers.clone())
        };
        of(self) == of(other)
    }

    pub(crate) fn keep_what_needs_a_restart(&mut self, running: &Self) {
        self.folder.clone_from(&running.folder);
        self.listen = running.listen;
        self.web_password.clone_from(&running.web_password);
        self.peers.clone_from(&running.peers);
    }

    fn parse(text: &str, base: &Path) -> Result<Self, Vec<section::Mistake>> {
        let mut mistakes = Mistakes::new(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            mistakes.add(error.span().map_or(0, |span| span.start), None, explain(error));
        }
        // Half a file has other mistakes than the whole one.
        if !errors.is_empty() {
            return Err(mistakes.into_sorted());
        }
        let config = Self::of(Section::new(table.get_ref(), 0), base, &mut mistakes);
        let mistakes = mistakes.into_sorted();
        config.filter(|_| mistakes.is_empty()).ok_or(mistakes)
    }

    fn of(mut top: Section<'_>, base: &Path, mistakes: &mut Mistakes<'_>) -> Option<Self> {
        let folder: Option<PathBuf> = top.require("folder", mistakes);
        let Seconds(segment) = top.take("segment", mistakes).unwrap_or(SEGMENT);
        let limits = Limits::read(&mut top, mistakes);
        let Bytes(reserve) = top.take("reserve", mistakes).unwrap_or(RESERVE);
        let on_segment = top.take("on-segment", mistakes).map(|Command(text)| text);
        let listen = top.take("listen", mistakes);
        let web_password = top.take("web-password", mistakes);
        let peers = top.take("peers", mistakes).unwrap_or_default();
        let mut cameras: Vec<Camera> = Vec::new();
        let mut names = HashSet::new();
        for section in top.tables("camera", mistakes) {
            let at = section.place("name");
            let Some(camera) = Camera::read(section, base, mistakes) else { continue };
            // Some systems have one folder for both.
            if !names.insert(camera.name.to_lowercase()) {
                let what = format!("there are two cameras {}", camera.name);
                mistakes.add(at, Some("name"), what);
            }
            cameras.push(camera);
        }
        top.end(mistakes);
        Some(Self {
            folder: base.join(folder?),
            segment,
            limits,
            reserve,
            on_segment,
            listen,
            web_password,
            peers,
            cameras,
        })
    }
}

/// What the parser says, but for the line itself, which may hold a password.
fn explain(error: &Error) -> String {
    format!("this is not TOML: {}", error.message())
}

#[cfg(test)]
mod tests {
    // Of the test program, where the plugin is registered once for all.
    use crate::common::element::init;

    use super::*;

    const CAMERA: &str = "[[camera]]\nname = \"door\"\nlocation = \"http://camera/\"\n";

    fn mistakes(text: &str) -> Vec<String> {
        init();
        let mistakes = Config::parse(text, Path::new("")).err().expect("a mistake");
        mistakes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_file_that_explains_them_holds_all_settings() {
        init();
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("cameras.toml");
        fs::write(&file, include_str!("../cameras.toml").replace("\n# ", "\n")).expect("a file");
        for name in ["yard.password", "cameras.pem", "recorder.pem", "recorder.key"] {
            fs::write(folder.path().join(name), "secret\n").expect("a file");
        }
        let config = Config::read(&file).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(config.folder, folder.path().join("recordings"));
        assert_eq!(config.segment, Duration::from_secs(300));
        assert_eq!(config.limits.quota, Some(20_000_000_000));
        assert_eq!(config.limits.keep, Some(Duration::from_secs(30 * 24 * 60 * 60)));
        assert_eq!(config.reserve, 1_000_000_000);
        assert!(config.listen.is_some() && config.on_segment.is_some());
        let names: Vec<_> = config.cameras.iter().map(|camera| camera.name.as_str()).collect();
        assert_eq!(names, ["door", "yard"]);
        let yard = &config.cameras[1];
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
    fn every_mistake_is_told_with_line_key_and_what_is_allowed() {
        let head = "folder = \"f\"\n";
        let rows: [(String, &[&str]); 11] = [
            (
                format!("{head}segment = 0\nquota = \"20 bananas\"\ncolour = 1\n{CAMERA}"),
                &[
                    "line 2: segment: expected 1 to 3600 seconds",
                    "line 3: quota: expected a whole number with kB, MB, GB or TB",
                    "line 4: colour: there is no such key",
                ],
            ),
            (
                format!("{head}{CAMERA}passwort = \"x\"\n{CAMERA}"),
                &[
                    "line 5: passwort: there is no such key; is it password?",
                    "line 7: name: there \
                   are two cameras door",
                ],
            ),
            (
                format!("{head}{CAMERA}password-file = \"none\"\nssl-ca-file = \"none\"\n"),
                &["line 5: password-file: cannot read none", "line 6: ssl-ca-file: cannot read"],
            ),
            (
                format!("{head}{CAMERA}password = \"a\"\npassword-file = \"/dev/null\"\n"),
                &["line 6: password-file: password is set as well"],
            ),
            (
                format!("{head}{}", CAMERA.replace("http://camera/", "rtsp://camera/")),
                &["line 4: location: "],
            ),
            (format!("{head}[[camera]]\nname = \"a\"\n"), &["line 2: location: is missing"]),
            ("[[camera]]\nname = \"\"\n".into(), &["line 1: folder", "line 1: location", "line 2"]),
            (
                format!("{head}{}", CAMERA.replace("door", "../door")),
                &["line 3: name: expected a name of letters"],
            ),
            (
                format!("{head}{CAMERA}{}", CAMERA.replace("door", "DOOR")),
                &["line 6: name: there are two cameras DOOR"],
            ),
            (
                format!("{head}{CAMERA}password = 12345678\nheaders = {{ \"X Y\" = \"1\" }}\n"),
                &["line 5: password: expected a text", "line 6: headers: expected names of"],
            ),
            (format!("{head}{CAMERA}password = se\"cret\n"), &["line 5: this is not TOML: "]),
        ];
        for (text, expected) in rows {
            let mistakes = mistakes(&text);
            assert_eq!(mistakes.len(), expected.len(), "{mistakes:#?}");
            for (mistake, start) in mistakes.iter().zip(expected) {
                assert!(mistake.starts_with(start), "{mistake} is not {start}");
                assert!(!mistake.contains("12345678") && !mistake.contains("cret"), "{mistake}");
            }
        }
    }

    #[test]
    fn a_name_is_that_of_a_folder_on_each_system() {
        let head = "folder = \"x\"\n";
        let with = |name: &str| format!("{head}{}", CAMERA.replace("door", name));
        init();
        for good in ["a", "1.2", "Tür 3", "index", &"n".repeat(200)] {
            assert!(Config::parse(&with(good), Path::new("")).is_ok(), "{good}");
        }
        let long = "n".repeat(300);
        for bad in [
            "a/b",
            "..",
            "a\\\\b",
            "a\\u0007",
            "a\\n",
            "-a",
            "a:b",
            "door.",
            "door ",
            "index.sqlite",
            "Index.Sqlite",
            "RECORDER.LOCK",
            &long,
        ] {
            assert!(
                mistakes(&with(bad))[0].starts_with("line 3: name: expected a name of letters"),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_camera_runs_on_while_nothing_of_its_own_changes() {
        init();
        let camera = |text: &str| match Config::parse(text, Path::new("")) {
            Ok(config) => config.cameras.into_iter().next().expect("a camera"),
            Err(mistakes) => panic!("{mistakes:?}"),
        };
        let one = camera(&format!("folder = \"f\"\n{CAMERA}"));
        for (text, runs) in [
            (format!("folder = \"g\"\nquota = \"1 GB\"\n{CAMERA}"), true),
            (format!("folder = \"f\"\n{CAMERA}keep-days = 3\n"), true),
            (format!("folder = \"f\"\n{CAMERA}timeout = 3\n"), false),
        ] {
            assert_eq!(camera(&text).runs_as(&one), runs, "{text}");
        }
    }
}
