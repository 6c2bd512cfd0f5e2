//! The terminal: one line for each camera, drawn again and again in the same place. Where
//! the output is no terminal but a log, a line for each change instead.

use std::io::{self, IsTerminal, Write};

pub(crate) enum Screen {
    /// So many lines are ours.
    Terminal {
        drawn: usize,
    },
    Log,
}

impl Screen {
    pub(crate) fn new() -> Self {
        if io::stdout().is_terminal() { Self::Terminal { drawn: 0 } } else { Self::Log }
    }

    /// Something that happened, above the cameras' lines.
    pub(crate) fn say(&mut self, text: &str) {
        let erase = self.erase();
        print(&format!("{erase}{text}\n"));
    }

    /// A change of one camera, which its line in the terminal shows anyway.
    pub(crate) fn note(&self, name: &str, text: &str) {
        if let Self::Log = self {
            print(&format!("{name}: {text}\n"));
        }
    }

    pub(crate) fn draw(&mut self, lines: &[String]) {
        let erase = self.erase();
        if let Self::Terminal { drawn } = self {
            *drawn = lines.len();
            // What does not fit is cut off: a line that wraps would be two.
            let mut text = erase;
            for line in lines {
                text.extend(["\x1b[?7l", line, "\x1b[?7h\n"]);
            }
            print(&text);
        }
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

fn print(text: &str) {
    // A recorder whose terminal has gone goes on recording.
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
