//! The command for finished segments, such as one that copies them to another machine: for
//! one after the other, until it succeeds.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::super::index::Segment;
use super::super::system;
use super::{Keeper, Teller, Told, is_gone};

/// From one attempt for a segment to the next; twice as long each time.
const SHORTEST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// A command that takes longer is ended.
const LIMIT: Duration = Duration::from_secs(60 * 60);

/// What of a command's words is kept, for its last line.
const MOST_SAID: usize = 4096;

pub(super) struct Handover {
    command: Option<Vec<String>>,
    teller: Teller,
    running: Arc<Running>,
    /// What waits for the command.
    thread: Option<JoinHandle<()>>,
    /// The segment that it runs for, in this index.
    current: Option<i64>,
    /// Those up to here have had their turn.
    behind: i64,
    wait: Duration,
    next: Instant,
}

impl Handover {
    pub(super) fn new(command: Option<&str>, teller: Teller) -> Self {
        let mut handover = Self {
            command: None,
            teller,
            running: Arc::default(),
            thread: None,
            current: None,
            behind: 0,
            wait: SHORTEST_WAIT,
            next: Instant::now(),
        };
        handover.set(command);
        handover
    }

    /// The file was checked when it was read.
    pub(super) fn set(&mut self, command: Option<&str>) {
        self.command = command.and_then(shlex::split).filter(|words| !words.is_empty());
    }

    pub(super) fn is_wanted(&self) -> bool {
        self.command.is_some()
    }

    fn start(&mut self, segment: &Segment, folder: &Path) {
        let Some(command) = &self.command else { return };
        let words = filled_in(command, folder, segment);
        let (teller, id, running) = (self.teller.clone(), segment.id, self.running.clone());
        let spawned = thread::Builder::new().name("on-segment".into()).spawn(move || {
            teller.tell(Told::HandedOver { id, succeeded: run(&words, &running) });
        });
        self.thread = spawned.ok();
        (self.current, self.behind) = (Some(id), id);
    }

    /// The index is another one, with other numbers.
    pub(super) fn forget_place(&mut self) {
        (self.current, self.behind) = (None, 0);
    }

    pub(super) fn running(&self) -> &Arc<Running> {
        &self.running
    }

    /// Waits until the command has ended, which [`Running::stop`] has told it to.
    pub(super) fn wait(&mut self) {
        if let Some(thread) = self.thread.take() {
            // It has told how it went.
            let _ = thread.join();
        }
    }

    fn end_round(&mut self) {
        self.behind = 0;
        self.next = Instant::now() + self.wait;
        self.wait = (self.wait * 2).min(LONGEST_WAIT);
    }
}

impl Keeper {
    /// Runs the command for the next segment that waits for it, unless it runs already. One
    /// that failed has its next turn after all the others.
    pub(super) fn hand_over(&mut self) {
        let handover = &mut self.handover;
        let is_busy = handover.thread.is_some() || handover.running.is_stopped();
        if !handover.is_wanted() || is_busy || Instant::now() < handover.next {
            return;
        }
        while let Ok(Some(segment)) = self.index.pending(self.handover.behind) {
            if !is_gone(&segment.path(&self.folder)) {
                self.handover.start(&segment, &self.folder);
                return;
            }
            self.handover.behind = segment.id;
            self.forget(&segment);
        }
        if self.handover.behind > 0 {
            self.handover.end_round();
        }
    }

    pub(super) fn handed_over(&mut self, id: i64, succeeded: Result<(), String>) {
        self.handover.thread = None;
        if self.handover.current.take() != Some(id) {
            // It is one of the next that the command runs for, and runs again.
            return self.hand_over();
        }
        match succeeded {
            Ok(()) => {
                self.handover.wait = SHORTEST_WAIT;
                let noted = self.index.hand_over(id);
                self.indexed(noted);
                if let Ok(Some(segment)) = self.index.segment(id)
                    && is_gone(&segment.path(&self.folder))
                {
                    // It was moved away.
                    self.forget(&segment);
                }
            }
            Err(why) => {
                let segment = self.index.segment(id).ok().flatten();
                let file = segment.map(|one| format!("{}/{}: ", one.camera, one.file));
                let file = file.unwrap_or_default();
                let is_ending = self.handover.running.is_stopped();
                let when = if is_ending { " at the next start" } else { "" };
                self.screen.say(&format!("on-segment: {file}{why}; it is tried again{when}"));
            }
        }
        self.hand_over();
    }
}

/// No shell reads the words: a name is a name.
fn filled_in(command: &[String], folder: &Path, segment: &Segment) -> Vec<String> {
    let file = segment.path(folder);
    let file = file.to_string_lossy();
    let complete = |word: &String| {
        let word = word.replace("{file}", &file).replace("{camera}", &segment.camera);
        word.replace("{began}", &segment.began.to_string())
            .replace("{ended}", &segment.ended.to_string())
    };
    command.iter().map(complete).collect()
}

fn run(words: &[String], running: &Running) -> Result<(), String> {
    let [program, arguments @ ..] = words else { return Ok(()) };
    let failed = |error: io::Error| format!("{program}: {error}");
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    // What it starts is ended with it.
    system::lead_group(&mut command);
    let mut child = running.start(&mut command).map_err(failed)?;
    let (sender, said) = mpsc::channel();
    if let Some(stderr) = child.stderr.take() {
        thread::spawn(move || sender.send(end_of(stderr)));
    }
    let deadline = Instant::now() + LIMIT;
    let status = loop {
        if let Some(status) = running.look(&mut child).map_err(failed)? {
            break status;
        }
        if running.is_stopped() || Instant::now() > deadline {
            break running.end(&mut child).map_err(failed)?;
        }
        thread::sleep(STEP);
    };
    if status.success() {
        return Ok(());
    }
    if running.is_stopped() {
        return Err(format!("{program}: the recorder ended before it"));
    }
    if Instant::now() > deadline {
        return Err(format!("{program}: it took longer than an hour"));
    }
    // What it has started may hold stderr for longer.
    let said = said.recv_timeout(LAST_WORDS).unwrap_or_default();
    Err(match said.lines().rfind(|line| !line.trim().is_empty()) {
        Some(last) => format!("{program}: {status}: {last}"),
        None => format!("{program}: {status}"),
    })
}

/// The command that runs, for whoever ends it.
#[derive(Default)]
pub(super) struct Running {
    stopped: AtomicBool,
    /// The id of its process and of its group, until it has ended.
    id: Mutex<Option<u32>>,
}

impl Running {
    /// No command starts any more; the one that runs is ended.
    pub(super) fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// Without time to end by itself.
    pub(super) fn kill(&self) {
        self.stop();
        if let Some(id) = *self.id() {
            system::kill_group(id);
        }
    }

    fn start(&self, command: &mut Command) -> io::Result<Child> {
        let mut id = self.id();
        if self.is_stopped() {
            return Err(io::Error::other("the recorder ends"));
        }
        let child = command.spawn()?;
        *id = Some(child.id());
        Ok(child)
    }

    fn look(&self, child: &mut Child) -> io::Result<Option<ExitStatus>> {
        let mut id = self.id();
        let status = child.try_wait()?;
        if status.is_some() {
            // From now on it may be another process.
            *id = None;
        }
        Ok(status)
    }

    /// With all that it has started.
    fn end(&self, child: &mut Child) -> io::Result<ExitStatus> {
        let group = child.id();
        let deadline = Instant::now() + GRACE;
        system::end_group(group);
        let mut status = None;
        while Instant::now() < deadline {
            status = status.or(self.look(child)?);
            if let Some(status) = status
                && !system::has_group(group)
            {
                return Ok(status);
            }
            thread::sleep(STEP);
        }
        system::kill_group(group);
        if let Some(status) = status {
            return Ok(status);
        }
        // It may have ended by itself just now.
        let _ = child.kill();
        let status = child.wait()?;
        *self.id() = None;
        Ok(status)
    }

    fn id(&self) -> MutexGuard<'_, Option<u32>> {
        self.id.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a command that is ended may take for it.
const GRACE: Duration = Duration::from_secs(5);

/// How long the end of what it says is waited for.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How often it is looked whether the command has ended.
const STEP: Duration = Duration::from_millis(50);

/// The last words.
fn end_of(mut stderr: impl Read) -> String {
    let (mut said, mut space) = (Vec::new(), [0; 1024]);
    while let Ok(size @ 1..) = stderr.read(&mut space) {
        said.extend_from_slice(&space[..size]);
        let surplus = said.len().saturating_sub(MOST_SAID);
        said.drain(..surplus);
    }
    String::from_utf8_lossy(&said).into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::super::time::Time;
    use super::*;

    #[test]
    fn names_are_filled_in_word_by_word() {
        let segment = Segment {
            id: 1,
            camera: "front door".into(),
            file: "a.mkv".into(),
            began: Time(0),
            ended: Time(1000),
            camera_began: None,
            pictures: 1,
            bytes: 1,
            growing: false,
        };
        let command = shlex::split("copy '{file}' remote:{camera}/ {began}").expect("words");
        let words = filled_in(&command, Path::new("/rec"), &segment);
        let expected =
            ["copy", "/rec/front door/a.mkv", "remote:front door/", "1970-01-01T00:00:00.000Z"];
        assert_eq!(words, expected);
    }

    #[test]
    fn a_command_that_fails_says_why() {
        let words = |text: &str| shlex::split(text).expect("words");
        let run = |words: &[String]| run(words, &Running::default());
        assert_eq!(run(&words("true")), Ok(()));
        let failed = run(&words("sh -c 'echo no room >&2; exit 3'")).expect_err("a failure");
        assert!(failed.contains("exit status: 3") && failed.ends_with("no room"), "{failed}");
        let silent = run(&words("false")).expect_err("a failure");
        assert!(silent.ends_with("exit status: 1"), "{silent}");
        assert!(run(&words("/no/such/program")).is_err());
        let holds_stderr = "sh -c 'sleep 60 & exit 3'";
        assert!(run(&words(holds_stderr)).is_err_and(|failed| failed.contains("exit status: 3")));
    }
    /// One that ends when it is asked to, and one that does not: with what it has started.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_command_ends_with_the_recorder() {
        for trap in ["", "trap '' TERM; "] {
            let folder = tempfile::tempdir().expect("a folder");
            let pid = folder.path().join("pid");
            let script = format!("{trap}sleep 600 & echo $! > {}; wait; wait", pid.display());
            let words = ["sh", "-c", &script].map(str::to_owned);
            let running = Arc::new(Running::default());
            let (sender, ended) = mpsc::channel();
            thread::spawn({
                let running = running.clone();
                move || sender.send(run(&words, &running))
            });
            let started = || std::fs::read_to_string(&pid).is_ok_and(|text| text.ends_with('\n'));
            let patience = Instant::now() + Duration::from_secs(60);
            while !started() {
                assert!(Instant::now() < patience, "it does not start");
                thread::sleep(STEP);
            }
            let group = running.id().expect("it runs");
            assert!(system::has_group(group));
            running.stop();
            let result = ended.recv_timeout(Duration::from_secs(60)).expect("an end");
            assert!(result.is_err_and(|why| why.contains("the recorder ended")));
            let stat =
                format!("/proc/{}/stat", std::fs::read_to_string(&pid).expect("a pid").trim());
            // Nobody may have asked yet how it ended.
            let is_alive =
                || std::fs::read_to_string(&stat).is_ok_and(|stat| !stat.contains(") Z"));
            while is_alive() {
                assert!(Instant::now() < patience, "a process is left");
                thread::sleep(STEP);
            }
        }
    }
}
