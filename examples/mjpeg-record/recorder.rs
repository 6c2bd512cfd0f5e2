//! All cameras side by side: from the start over changes of their file to the end.

use std::env;
use std::error::Error;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::archive::{Archive, Told};
use super::board::{Board, Entry};
use super::camera::Camera;
use super::common::program::counted;
use super::config::{self, Config, Mistake};
use super::notify;
use super::pictures::Pictures;
use super::screen::Screen;
use super::status::Status;
use super::system;
use super::time::Time;
use super::web::{self, Web};

/// How long a disk may take to complete the segments.
const PATIENCE: Duration = Duration::from_secs(10);

/// What this machine has against settings that are right by themselves.
pub(crate) fn mistakes(config: &Config) -> Vec<Mistake> {
    let folder = cannot_record(&config.folder).map(|why| {
        let folder = config.folder.display();
        config.mistake("folder", format!("nothing can be recorded to {folder}: {why}"))
    });
    let words = config.on_segment.as_deref().and_then(shlex::split).unwrap_or_default();
    let program = words.first().filter(|program| !is_there(program));
    let command = program
        .map(|program| config.mistake("on-segment", format!("there is no program {program} here")));
    folder.into_iter().chain(command).collect()
}

/// Nothing is made or changed.
fn cannot_record(folder: &Path) -> Option<String> {
    for above in folder.ancestors() {
        let above = if above.as_os_str().is_empty() { Path::new(".") } else { above };
        return match fs::metadata(above) {
            Ok(found) if !found.is_dir() => Some(format!("{} is no folder", above.display())),
            Ok(_) => system::may_write(above)
                .err()
                .map(|error| format!("{}: {error}, for who runs this", above.display())),
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                continue;
            }
            Err(error) => Some(format!("{}: {error}", above.display())),
        };
    }
    None
}

/// As the system looks for a program.
fn is_there(program: &str) -> bool {
    if cfg!(windows) || program.contains('/') {
        // Windows has endings and folders of its own.
        return cfg!(windows) || Path::new(program).is_file();
    }
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

fn web_of(config: &Config) -> Option<Web> {
    let Config { listen, web_password, peers, folder, .. } = config;
    let (password, peers, folder) = (web_password.clone(), peers.clone(), folder.clone());
    listen.map(|listen| Web { listen, password, peers, folder })
}

pub(crate) struct Recorder {
    config: Config,
    board: Arc<Board>,
    archive: Archive,
    screen: Arc<Screen>,
    cameras: Vec<Camera>,
    /// Cameras that are not in the file any more, until their segments are complete.
    leaving: Vec<Camera>,
}

impl Recorder {
    pub(crate) fn start(config: Config) -> Result<Self, Box<dyn Error>> {
        let board = Arc::new(Board::new());
        let screen = Arc::new(Screen::new());
        let archive = Archive::start(&config, &board, &screen)?;
        let mut recorder =
            Self { config, board, archive, screen, cameras: Vec::new(), leaving: Vec::new() };
        recorder.start_web()?;
        recorder.start_cameras();
        notify::ready();
        Ok(recorder)
    }

    fn start_web(&self) -> Result<(), String> {
        let Some(web) = web_of(&self.config) else { return Ok(()) };
        let address = web::start(&web, &self.board)?;
        self.screen.say(&format!("the cameras are at http://{address}/"));
        Ok(())
    }

    /// What has to be done every now and then.
    pub(crate) fn look_after(&mut self) {
        self.board.beat();
        self.leaving.retain(|camera| !camera.is_stopped());
        self.cameras.iter().for_each(Camera::look_after);
        let statuses: Vec<_> = self.cameras.iter().map(|camera| camera.entry().status()).collect();
        notify::alive(&statuses, self.board.standstill().as_deref());
        self.screen.draw(&statuses, system::size());
    }

    /// Cameras that did not change continue. A file with a mistake changes nothing.
    pub(crate) fn reload(&mut self, read: impl FnOnce() -> Result<Config, String>) {
        notify::reloading();
        match read() {
            Ok(config) => self.change_to(config),
            Err(error) => self.screen.say(&format!("{error}\nthe cameras continue as before")),
        }
        notify::ready();
    }

    fn change_to(&mut self, new: Config) {
        if !new.needs_no_restart(&self.config) {
            self.screen.say("folder, listen, web-password and peers change at the next start");
        }
        let before = std::mem::replace(&mut self.config, new);
        self.config.keep_what_needs_a_restart(&before);
        self.archive.teller().tell(Told::Settings(Box::new(self.config.clone())));
        let wanted = &self.config.cameras;
        let stays = |camera: &Camera| wanted.iter().any(|one| one.runs_as(camera.settings()));
        let (stay, leave): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.cameras).into_iter().partition(stays);
        self.cameras = stay;
        for camera in &self.cameras {
            camera.pictures().set_segment(self.config.segment);
        }
        leave.iter().for_each(Camera::stop);
        let stopped = leave.len();
        self.leaving.extend(leave);
        let started = self.start_cameras();
        let text = format!(
            "the file was read again: {} started, {} stopped",
            counted(started, "camera"),
            counted(stopped, "camera")
        );
        self.screen.say(&text);
    }

    /// Those of the file that do not run, in its order.
    fn start_cameras(&mut self) -> usize {
        let mut started = 0;
        let mut cameras = Vec::new();
        for settings in &self.config.cameras {
            let running = self.cameras.iter().find(|camera| settings.runs_as(camera.settings()));
            if let Some(camera) = running {
                cameras.push(camera.clone());
                continue;
            }
            match self.start_camera(settings) {
                Ok(camera) => {
                    started += 1;
                    cameras.push(camera);
                }
                Err(error) => self.screen.say(&format!("{}: {error}", settings.name)),
            }
        }
        self.board.set_cameras(cameras.iter().map(|camera| camera.entry().clone()).collect());
        self.cameras = cameras;
        started
    }

    fn start_camera(&self, settings: &config::Camera) -> Result<Camera, Box<dyn Error>> {
        let entry = Entry::new(&settings.name);
        // Other settings for a camera that is recorded leave no gap.
        if !self.leaving.iter().any(|one| one.settings().name == settings.name) {
            let camera = settings.name.clone();
            self.archive.teller().tell(Told::Starts { camera, now: Time::now() });
        }
        let pictures = Pictures::new(
            entry.clone(),
            self.config.folder.join(&settings.name),
            self.config.segment,
            self.board.clone(),
            self.archive.teller(),
        );
        Camera::start(settings, entry, pictures, &self.screen)
    }

    /// Has the segments completed, until `is_impatient`.
    pub(crate) fn end(mut self, is_impatient: impl Fn() -> bool) {
        notify::stopping();
        self.screen.say("ending; Ctrl-C again does not wait for the segments");
        self.leaving.extend(self.cameras.iter().cloned());
        let all = self.leaving.clone();
        self.leaving.iter().for_each(Camera::stop);
        let deadline = Instant::now() + PATIENCE;
        let mut told = false;
        let context = glib::MainContext::default();
        // The tick wakes this loop.
        let tick =
            glib::timeout_add_local(Duration::from_millis(20), || glib::ControlFlow::Continue);
        while !self.archive.is_done() && !is_impatient() && Instant::now() < deadline {
            self.leaving.retain(|camera| !camera.is_stopped());
            if self.leaving.is_empty() && !std::mem::replace(&mut told, true) {
                self.archive.teller().tell(Told::Stop);
            }
            context.iteration(true);
        }
        tick.remove();
        self.look_after();
        if !self.archive.is_done() {
            self.archive.abandon();
            self.screen.say("the disk has not taken all: the last segments are not complete");
        }
        for camera in &all {
            let Status { name, frames, recorded, lost, .. } = camera.entry().status();
            let text = format!("{frames} pictures came, {recorded} are recorded, {lost} are lost");
            self.screen.note(&name, &text);
        }
        self.screen.flush();
    }
}
