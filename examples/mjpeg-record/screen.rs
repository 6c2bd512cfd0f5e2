//! The terminal: one line for each camera, drawn again and again in the same place. Where
//! the output is no terminal but a log, a line for each change instead.

use std::io::{self, IsTerminal, Write};
use std::sync::Mutex;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::Duration;

use super::common::lock::lock;
use super::status::Status;

/// Columns of a terminal that does not say how many it has.
const USUAL_COLUMNS: usize = 80;

/// Rows of one that does not say how many it has.
const USUAL_ROWS: usize = 24;

/// More lines than this do not wait for a terminal that takes none; they are left out.
const MOST_WAITING: usize = 1000;

/// How long the end waits for the terminal.
const PATIENCE: Duration = Duration::from_secs(1);

/// Any thread may write to it, and none waits for it: a terminal may be stopped.
pub(crate) struct Screen {
    kind: Mutex<Kind>,
    printer: SyncSender<Print>,
}

enum Print {
    Text(String),
    /// All before it is printed.
    Done(SyncSender<()>),
}

enum Kind {
    /// So many lines are ours.
    Terminal {
        drawn: usize,
    },
    Log,
}

impl Screen {
    pub(crate) fn new() -> Self {
        let is_terminal = io::stdout().is_terminal();
        let kind = if is_terminal { Kind::Terminal { drawn: 0 } } else { Kind::Log };
        let (printer, lines) = mpsc::sync_channel(MOST_WAITING);
        // Where there is no thread, nothing is shown.
        drop(thread::Builder::new().name("screen".into()).spawn(move || print_all(&lines)));
        Self { kind: Mutex::new(kind), printer }
    }

    /// Waits until all is shown, for a while.
    pub(crate) fn flush(&self) {
        let (done, shown) = mpsc::sync_channel(1);
        if self.printer.try_send(Print::Done(done)).is_ok() {
            // A terminal that is stopped does not keep the recorder from its end.
            let _ = shown.recv_timeout(PATIENCE);
        }
    }

    fn print(&self, text: String) {
        let _ = self.printer.try_send(Print::Text(text));
    }

    /// Something that happened, above the cameras' lines.
    pub(crate) fn say(&self, text: &str) {
        let mut kind = lock(&self.kind);
        self.print(kind.said(text));
    }

    /// A change of one camera, which its line in the terminal shows anyway.
    pub(crate) fn note(&self, name: &str, text: &str) {
        if let Kind::Log = *lock(&self.kind) {
            self.print(format!("{name}: {text}\n"));
        }
    }

    /// Columns and rows are 0 for a terminal that does not say how many it has.
    pub(crate) fn draw(&self, cameras: &[Status], (columns, rows): (usize, usize)) {
        let columns = if columns == 0 { USUAL_COLUMNS } else { columns };
        let rows = if rows == 0 { USUAL_ROWS } else { rows };
        let mut kind = lock(&self.kind);
        self.print(kind.drawn(&seen(cameras, columns, rows), columns));
    }
}

/// As many as there are rows: cameras with trouble first, where not all can be seen.
fn seen(cameras: &[Status], columns: usize, rows: usize) -> Vec<String> {
    let line = |camera: &Status| camera.line(columns);
    // The last row is the cursor's.
    let room = rows.saturating_sub(1).max(2);
    if cameras.len() <= room {
        return cameras.iter().map(line).collect();
    }
    let is_well = |camera: &&Status| camera.warning.is_none() && camera.state == "streaming";
    let (well, ill): (Vec<_>, Vec<_>) = cameras.iter().partition(is_well);
    let shown = ill.iter().chain(&well).take(room - 1);
    let mut lines: Vec<_> = shown.map(|camera| line(camera)).collect();
    let all = cameras.len();
    let hidden = all - lines.len();
    lines.push(format!("and {hidden} more; {} of {all} cameras stream", well.len()));
    lines
}

impl Kind {
    fn said(&mut self, text: &str) -> String {
        format!("{}{text}\n", self.erase())
    }

    fn drawn(&mut self, lines: &[String], columns: usize) -> String {
        let mut text = self.erase();
        if let Self::Terminal { drawn } = self {
            *drawn = lines.len();
            // A line that wraps would be two. Letters that are two columns wide may still
            // go beyond the last one: then the terminal leaves them out.
            for line in lines {
                text.push_str("\x1b[?7l");
                text.extend(line.chars().take(columns));
                text.push_str("\x1b[?7h\n");
            }
        }
        text
    }

    /// Moves to the first of our lines and clears from there on.
    fn erase(&mut self) -> String {
        match self {
            Self::Terminal { drawn: 0 } | Self::Log => String::new(),
            Self::Terminal { drawn } => {
                let up = std::mem::take(drawn);
                format!("\x1b[{up}A\x1b[J")
            }
        }
    }
}

fn print_all(lines: &Receiver<Print>) {
    for line in lines {
        match line {
            Print::Text(text) => {
                // A recorder whose terminal has gone goes on recording.
                let mut out = io::stdout().lock();
                let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            }
            Print::Done(done) => drop(done.send(())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A terminal of some columns, as far as the screen uses one.
    struct Terminal {
        columns: usize,
        lines: Vec<String>,
        wraps: bool,
    }

    impl Terminal {
        fn new(columns: usize) -> Self {
            Self { columns, lines: vec![String::new()], wraps: true }
        }

        /// The cursor is always in the last line: what was below it has been cleared.
        fn take(&mut self, mut text: &str) {
            while let Some(letter) = text.chars().next() {
                if let Some(sequence) = text.strip_prefix("\x1b[") {
                    let end = sequence.find(|c: char| c.is_ascii_alphabetic()).expect("an end");
                    let (parameter, rest) = sequence.split_at(end);
                    self.obey(parameter, &rest[..1], &rest[1..]);
                    text = &rest[1..];
                    continue;
                }
                let is_full = self.line().chars().count() == self.columns;
                if letter == '\n' || (is_full && self.wraps) {
                    self.lines.push(String::new());
                } else if is_full {
                    // The last column shows the newest letter.
                    self.line().pop();
                }
                if letter != '\n' {
                    self.line().push(letter);
                }
                text = &text[letter.len_utf8()..];
            }
        }

        fn obey(&mut self, parameter: &str, function: &str, next: &str) {
            match (parameter, function) {
                ("?7", "h") => self.wraps = true,
                ("?7", "l") => self.wraps = false,
                (up, "A") => {
                    assert!(next.starts_with("\x1b[J"), "moved up and cleared nothing");
                    let up: usize = up.parse().expect("a number of lines");
                    assert!(self.line().is_empty(), "the cursor is not in the first column");
                    self.lines.truncate(self.lines.len() - up);
                    self.line().clear();
                }
                ("", "J") => {}
                other => panic!("{other:?} is not known here"),
            }
        }

        fn line(&mut self) -> &mut String {
            self.lines.last_mut().expect("there is a first line")
        }
    }

    fn lines<const COUNT: usize>(lines: [&str; COUNT]) -> [String; COUNT] {
        lines.map(str::to_owned)
    }

    #[test]
    fn lines_are_drawn_in_the_same_place_below_what_is_said() {
        let mut terminal = Terminal::new(20);
        let mut screen = Kind::Terminal { drawn: 0 };
        terminal.take(&screen.said("deleted a"));
        terminal.take(&screen.drawn(&lines(["door streaming", "yard streaming"]), 20));
        assert_eq!(terminal.lines, ["deleted a", "door streaming", "yard streaming", ""]);
        terminal.take(&screen.drawn(&lines(["door waiting", "yard streaming"]), 20));
        assert_eq!(terminal.lines, ["deleted a", "door waiting", "yard streaming", ""]);
        terminal.take(&screen.said("deleted b"));
        assert_eq!(terminal.lines, ["deleted a", "deleted b", ""]);
        terminal.take(&screen.said("deleted c"));
        terminal.take(&screen.drawn(&lines(["door idle", "yard idle"]), 20));
        let all = ["deleted a", "deleted b", "deleted c", "door idle", "yard idle", ""];
        assert_eq!(terminal.lines, all);
    }

    #[test]
    fn a_line_that_is_too_long_stays_one() {
        let mut terminal = Terminal::new(8);
        let mut screen = Kind::Terminal { drawn: 0 };
        for _ in 0..3 {
            terminal.take(&screen.drawn(&lines(["door streaming", "yard"]), 8));
            assert_eq!(terminal.lines, ["door str", "yard", ""]);
        }
        terminal.take(&screen.said("a sentence"));
        assert_eq!(terminal.lines, ["a senten", "ce", ""], "it wraps as it did before");
    }

    #[test]
    fn a_log_has_no_lines_that_change() {
        let mut screen = Kind::Log;
        assert_eq!(screen.drawn(&lines(["door streaming"]), 20), "");
        assert_eq!(screen.said("deleted a"), "deleted a\n");
        assert_eq!(screen.drawn(&lines(["door streaming"]), 20), "");
    }

    #[test]
    fn where_rows_are_few_cameras_with_trouble_are_seen() {
        let camera = |name: &str, state: &str| Status {
            name: name.into(),
            state: state.into(),
            ..Status::default()
        };
        let mut cameras = vec![camera("a", "streaming"); 20];
        cameras.push(camera("z", "waiting"));
        assert_eq!(seen(&cameras, 80, 22).len(), 21);
        let few = seen(&cameras, 80, 6);
        assert_eq!(few.len(), 5);
        assert!(few[0].starts_with("z "), "{few:#?}");
        assert_eq!(few[4], "and 17 more; 20 of 21 cameras stream");
    }
}
