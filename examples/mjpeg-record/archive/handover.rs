//! The command for finished segments, such as one that copies them to another machine: for
//! one after the other, until it succeeds.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::super::index::Segment;
use super::{Keeper, Teller, Told};

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
    running: bool,
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
            running: false,
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
        let (teller, id) = (self.teller.clone(), segment.id);
        let spawned = thread::Builder::new().name("on-segment".into()).spawn(move || {
            teller.tell(Told::HandedOver { id, succeeded: run(&words) });
        });
        self.running = spawned.is_ok();
        self.behind = id;
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
        if !handover.is_wanted() || handover.running || Instant::now() < handover.next {
            return;
        }
        while let Ok(Some(segment)) = self.index.pending(self.handover.behind) {
            if !self.is_gone(&segment) {
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
        self.handover.running = false;
        match succeeded {
            Ok(()) => {
                self.handover.wait = SHORTEST_WAIT;
                let noted = self.index.hand_over(id);
                self.indexed(noted);
                if let Ok(Some(segment)) = self.index.segment(id)
                    && self.is_gone(&segment)
                {
                    // It was moved away.
                    self.forget(&segment);
                }
            }
            Err(why) => self.screen.say(&format!("on-segment: {why}; it is tried again")),
        }
        self.hand_over();
    }

    /// A file that cannot be looked at is there.
    fn is_gone(&self, segment: &Segment) -> bool {
        segment.path(&self.folder).try_exists().is_ok_and(|exists| !exists)
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

fn run(words: &[String]) -> Result<(), String> {
    let [program, arguments @ ..] = words else { return Ok(()) };
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{program}: {error}"))?;
    let (sender, said) = mpsc::channel();
    if let Some(stderr) = child.stderr.take() {
        thread::spawn(move || sender.send(end_of(stderr)));
    }
    let deadline = Instant::now() + LIMIT;
    let status = loop {
        match child.try_wait().map_err(|error| format!("{program}: {error}"))? {
            Some(status) => break status,
            None if Instant::now() > deadline => {
                // It may have ended by itself just now.
                let _ = child.kill();
                let _ = child.wait();
                return Err(format!("{program}: it took longer than an hour"));
            }
            None => thread::sleep(STEP),
        }
    };
    if status.success() {
        return Ok(());
    }
    // What it has started may hold stderr for longer.
    let said = said.recv_timeout(LAST_WORDS).unwrap_or_default();
    let last = said.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default();
    Err(format!("{program}: {status}: {last}"))
}

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
        assert_eq!(run(&words("true")), Ok(()));
        let failed = run(&words("sh -c 'echo no room >&2; exit 3'")).expect_err("a failure");
        assert!(failed.contains("exit status: 3") && failed.ends_with("no room"), "{failed}");
        assert!(run(&words("/no/such/program")).is_err());
        let holds_stderr = "sh -c 'sleep 60 & exit 3'";
        assert!(run(&words(holds_stderr)).is_err_and(|failed| failed.contains("exit status: 3")));
    }
}
