//! What each program does at its start and at its end.
//!
//! | exit status | meaning |
//! |---|---|
//! | 0 | done |
//! | 1 | something failed; the reason is on stderr |
//! | 2 | the command line is wrong |

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

/// What the command line asks for.
pub(crate) enum Command<T> {
    Help,
    Version,
    Run(T),
}

/// Writes a line, for whoever reads it: a pipe that is closed is no reason to stop.
pub(crate) fn say(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}

/// `1 camera`, `2 cameras`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Does what the command line of the program `name` asks for; `help` is the text of `--help`.
pub(crate) fn run<T>(
    name: &str,
    help: &str,
    command: Result<Command<T>, lexopt::Error>,
    work: impl FnOnce(&T) -> Result<(), Box<dyn Error>>,
) -> ExitCode {
    match command {
        Ok(Command::Help) => say(help.trim_end()),
        Ok(Command::Version) => say(&format!("{name} {}", env!("CARGO_PKG_VERSION"))),
        Ok(Command::Run(options)) => {
            if let Err(error) = work(&options) {
                eprintln!("{name}: {error}");
                return ExitCode::from(1);
            }
        }
        Err(error) => {
            eprintln!("{name}: {error}\nTry {name} --help");
            return ExitCode::from(2);
        }
    }
    ExitCode::SUCCESS
}
