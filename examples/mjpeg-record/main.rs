//! Records several cameras.
//!
//! `cargo run --example mjpeg-record cameras.toml`; the file is explained in
//! `examples/mjpeg-record/cameras.toml`, and `mjpeg-recorder.service` beside it has systemd
//! start the recorder.
//!
//! ```text
//! camera ─▶ pictures ─▶ segment ─▶ file
//!    │          └─────────▶ archive ─▶ index, room on the disk, on-segment
//!    └─▶ board ─▶ screen, web page, metrics, systemd
//! ```
//!
//! | file | idea |
//! |---|---|
//! | `options` | the command line |
//! | `config` | the file of cameras |
//! | `share` | which cameras of it are ours |
//! | `recorder` | all cameras, from the start over changes of the file to the end |
//! | `camera` | the pipeline of one |
//! | `pictures` | which picture goes into which segment |
//! | `segment` | a file that grows |
//! | `matroska` | how files are written and read |
//! | `names`, `time` | names of files, and moments |
//! | `archive` | what is on the disk |
//! | `index` | what is on the disk, in SQLite |
//! | `search`, `export` | `find` and `export` |
//! | `add` | a camera's lines for the file |
//! | `board`, `status` | how everything is now |
//! | `screen`, `notify` | the terminal, and systemd |
//! | `web` | the web page and the metrics |
//! | `unix`, `elsewhere` | signals and disks |

use std::cell::RefCell;
use std::error::Error;
use std::io;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::time::Duration;

mod add;
mod archive;
mod board;
mod camera;
#[path = "../common/mod.rs"]
mod common;
mod config;
mod export;
mod index;
mod matroska;
mod names;
mod notify;
mod options;
mod pictures;
mod recorder;
mod screen;
mod search;
mod segment;
mod share;
mod status;
#[cfg_attr(unix, path = "unix.rs")]
#[cfg_attr(not(unix), path = "elsewhere.rs")]
mod system;
mod time;
mod web;

use archive::{Growing, reconcile};
use common::program::{self, counted, say};
use config::Config;
use index::Index;
use options::Task;
use recorder::Recorder;
use share::Share;

/// How often the cameras and the terminal are looked at.
const TICK: Duration = Duration::from_secs(1);

fn main() -> ExitCode {
    let help = [options::HELP, "\nFor --add: ", common::camera::HELP].concat();
    program::run(env!("CARGO_BIN_NAME"), &help, options::parse(), run)
}

fn run(task: &Task) -> Result<(), Box<dyn Error>> {
    gst::init()?;
    gstmjpeghttp::plugin_register_static()?;
    match task {
        Task::Record { file, share } => record(file, *share),
        Task::Check { file } => check(file),
        Task::Reindex { file, share } => reindex(file, *share),
        Task::Add { location, options } => add::print(location, options),
        Task::Find { file, share, what } => search::find(&read(file, *share)?, what),
        Task::Export { file, share, what, out } => export::export(&read(file, *share)?, what, out),
        Task::HashPassword => hash_password(),
    }
}

/// Of the first line of the input, which nobody else sees.
fn hash_password() -> Result<(), Box<dyn Error>> {
    let mut password = String::new();
    io::stdin().read_line(&mut password)?;
    let hash = web::password::hash(password.trim_end_matches(['\r', '\n']))?;
    say(&format!("web-password = \"{hash}\""));
    Ok(())
}

fn check(file: &Path) -> Result<(), Box<dyn Error>> {
    let config = Config::read(file)?;
    let mistakes = recorder::mistakes(&config);
    if !mistakes.is_empty() {
        return Err(config::in_lines(file, &mistakes).into());
    }
    let cameras = counted(config.cameras.len(), "camera");
    say(&format!("{}: {cameras}, nothing is wrong", file.display()));
    Ok(())
}

/// The file as it is for a share of its cameras.
fn read(file: &Path, share: Option<Share>) -> Result<Config, String> {
    let mut config = Config::read(file)?;
    if let Some(share) = share {
        config.cameras.retain(|camera| share.has(&camera.name));
        config.folder.push(format!("share-{}", share.number));
    }
    Ok(config)
}

fn reindex(file: &Path, share: Option<Share>) -> Result<(), Box<dyn Error>> {
    let folder = read(file, share)?.folder;
    let _lock = archive::lock(&folder)?;
    let (index, _) = Index::open_or_renew(&folder)?;
    let pending = index.all_pending()?;
    let unread = index.together(|| {
        index.clear()?;
        let unread = reconcile::list(
            &index,
            &folder,
            &reconcile::folders(&folder),
            &Growing::default(),
            false,
        )?;
        for (camera, file) in pending {
            index.set_pending(&camera, &file)?;
        }
        Ok(unread)
    })?;
    let done = reconcile::read(&index, &folder, &unread)?;
    let read = counted(done.read, "segment");
    let empty = counted(done.empty, "empty file");
    say(&format!("the index has {read}; {empty} deleted"));
    Ok(())
}

fn record(file: &Path, share: Option<Share>) -> Result<(), Box<dyn Error>> {
    system::raise_file_limit();
    // A signal that comes before all is ready waits.
    let signals = system::Signals::watch();
    let recorder = Rc::new(RefCell::new(Recorder::start(read(file, share)?)?));
    let tick = glib::timeout_add_local(TICK, {
        let recorder = recorder.clone();
        move || {
            recorder.borrow_mut().look_after();
            glib::ControlFlow::Continue
        }
    });
    let context = glib::MainContext::default();
    while signals.ends() == 0 {
        context.iteration(true);
        if signals.take_reload() {
            recorder.borrow_mut().reload(|| read(file, share));
        }
    }
    tick.remove();
    // The tick had the other one.
    if let Ok(recorder) = Rc::try_unwrap(recorder) {
        recorder.into_inner().end(|| signals.ends() > 1);
    }
    Ok(())
}
