//! Which cameras, and where to: the TOML file.
//!
//! | file | idea |
//! |---|---|
//! | `mod` | the whole file |
//! | `camera` | one camera of it |
//! | `parser` | what the parser of TOML says, in other words |
//! | `section` | a table, read so that every mistake is told |
//! | `values` | what values may be |

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::de::DeTable;

use super::web::Web;

mod camera;
mod parser;
mod section;
mod values;

pub(crate) use camera::{Camera, Limits};
pub(crate) use section::Mistake;
use section::{Mistakes, Section};
pub(crate) use values::Bytes;
use values::{Command, Seconds};

/// What stays free for others unless the file says otherwise: 500 MB.
const RESERVE: Bytes = Bytes(500_000_000);

/// How long a segment is unless the file says otherwise.
const SEGMENT: Seconds = Seconds(Duration::from_secs(300));

/// Keys that a camera does not have. `quota` and `keep-days` are of both.
const ABOVE: [&str; 7] =
    ["folder", "segment", "reserve", "on-segment", "listen", "web-password", "peers"];

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
    /// Where the keys of [`ABOVE`] are in the file.
    lines: BTreeMap<&'static str, usize>,
}

impl Config {
    /// Relative paths in the file start where the file is. The error has a line for each
    /// mistake. GStreamer has to be initialised, and the plugin registered.
    pub(crate) fn read(file: &Path) -> Result<Self, String> {
        let text =
            fs::read(file).map_err(|error| format!("cannot read {}: {error}", file.display()))?;
        let folder = file.parent().unwrap_or(Path::new(""));
        let config = parser::text(&text).and_then(|text| Self::parse(text, folder));
        config.map_err(|mistakes| in_lines(file, &mistakes))
    }

    /// A mistake at a key above the first camera.
    pub(crate) fn mistake(&self, key: &'static str, what: impl Into<String>) -> Mistake {
        Mistake::new(self.lines.get(key).copied().unwrap_or(1), Some(key), what)
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

    fn parse(text: &str, base: &Path) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Mistakes::new(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            parser::explain(text, error, &mut mistakes);
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
        // One that is too far below is told there.
        let folder: Option<PathBuf> = if top.has_below("camera", "folder") {
            top.take("folder", mistakes)
        } else {
            top.require("folder", mistakes)
        };
        let Seconds(segment) = top.take("segment", mistakes).unwrap_or(SEGMENT);
        let limits = Limits::read(&mut top, mistakes);
        let Bytes(reserve) = top.take("reserve", mistakes).unwrap_or(RESERVE);
        let on_segment = top.take("on-segment", mistakes).map(|Command(text)| text);
        let listen = top.take("listen", mistakes);
        let password = top.take("web-password", mistakes);
        let peers = top.take("peers", mistakes).unwrap_or_default();
        let web = web(&top, listen, password, peers, mistakes);
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
        top.end(&[], "", mistakes);
        let line = |&key: &&'static str| (key, mistakes.line(top.place(key)));
        Some(Self {
            lines: ABOVE.iter().filter(|key| top.has(key)).map(line).collect(),
            folder: base.join(folder?),
            segment,
            limits,
            reserve,
            on_segment,
            listen,
            web_password: web.password,
            peers: web.peers,
            cameras,
        })
    }
}

/// The settings of the web page, with all that keeps it from its start told.
fn web(
    top: &Section<'_>,
    listen: Option<SocketAddr>,
    password: Option<String>,
    peers: Vec<String>,
    mistakes: &mut Mistakes<'_>,
) -> Web {
    for key in ["web-password", "peers"] {
        if top.has(key) && !top.has("listen") {
            mistakes.add(top.place(key), Some(key), "has no use without listen");
        }
    }
    // Without the page all but its address is looked at.
    let listen_or_here = listen.unwrap_or(([127, 0, 0, 1], 0).into());
    let web = Web { listen: listen_or_here, password, peers, folder: PathBuf::new() };
    for (key, what) in web.mistakes() {
        mistakes.add(top.place(key), Some(key), what);
    }
    web
}

/// A line for each mistake.
pub(crate) fn in_lines(file: &Path, mistakes: &[Mistake]) -> String {
    let lines = mistakes.iter().map(|mistake| format!("{}: {mistake}", file.display()));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests;
