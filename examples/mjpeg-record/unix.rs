//! Signals, the size of a terminal, and the disk.

use std::cell::Cell;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;

use rustix::fs::{Access, statvfs};
use rustix::process::{Pid, Resource, Signal, kill_process_group, test_kill_process_group};
use rustix::termios::tcgetwinsize;

/// The most open files that macOS gives to a program, whatever it says.
const OPEN_MAX: u64 = 10_240;

/// Those that came.
#[derive(Clone, Default)]
pub(crate) struct Signals {
    ends: Rc<Cell<u32>>,
    reload: Rc<Cell<bool>>,
}

impl Signals {
    /// In the main loop: Ctrl-C, and what systemd sends.
    pub(crate) fn watch() -> Self {
        let signals = Self::default();
        for signal in [Signal::INT, Signal::TERM] {
            let ends = signals.ends.clone();
            glib_unix::unix_signal_add_local(signal.as_raw(), move || {
                ends.set(ends.get() + 1);
                glib::ControlFlow::Continue
            });
        }
        let reload = signals.reload.clone();
        glib_unix::unix_signal_add_local(Signal::HUP.as_raw(), move || {
            reload.set(true);
            glib::ControlFlow::Continue
        });
        signals
    }

    /// How often somebody asked for the end.
    pub(crate) fn ends(&self) -> u32 {
        self.ends.get()
    }

    /// Has the file of settings changed?
    pub(crate) fn take_reload(&self) -> bool {
        self.reload.take()
    }
}

/// Columns and rows of the terminal; 0 if it does not say how many it has.
pub(crate) fn size() -> (usize, usize) {
    tcgetwinsize(io::stdout()).map_or((0, 0), |size| (size.ws_col.into(), size.ws_row.into()))
}

/// As many open files as the system allows: a camera has some six, and many systems give a
/// program a thousand unless it asks.
pub(crate) fn raise_file_limit() {
    let mut limit = rustix::process::getrlimit(Resource::Nofile);
    for current in file_limits(limit.current, limit.maximum) {
        limit.current = current;
        // What it may not have it does without.
        if rustix::process::setrlimit(Resource::Nofile, limit).is_ok() {
            return;
        }
    }
}

/// What to ask for, one after the other; `None` is without a limit. macOS tells a program that
/// there is none, and refuses what is above a limit of its own.
fn file_limits(current: Option<u64>, most: Option<u64>) -> Vec<Option<u64>> {
    let fewer = most.map_or(OPEN_MAX, |most| most.min(OPEN_MAX));
    let is_more = current.is_some_and(|current| current < fewer) && most != Some(fewer);
    let fewer = is_more.then_some(Some(fewer));
    std::iter::once(most).chain(fewer).collect()
}

/// What tells one file from another, whatever its name is.
pub(crate) type FileId = (u64, u64);

pub(crate) fn file_id(file: &fs::Metadata) -> FileId {
    (file.dev(), file.ino())
}

/// Bytes that are free for us on the disk of a folder.
pub(crate) fn free(folder: &Path) -> Option<u64> {
    let disk = statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// Whether files can be made in a folder by who runs this.
pub(crate) fn may_write(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK)?)
}

/// Makes the command the leader of a group of its own, for all that it starts.
pub(crate) fn lead_group(command: &mut Command) {
    command.process_group(0);
}

/// Asks a group of processes to end.
pub(crate) fn end_group(leader: u32) {
    signal_group(leader, Signal::TERM);
}

/// Ends a group of processes at once.
pub(crate) fn kill_group(leader: u32) {
    signal_group(leader, Signal::KILL);
}

/// Whether there is one of the group left.
pub(crate) fn has_group(leader: u32) -> bool {
    group(leader).is_some_and(|group| test_kill_process_group(group).is_ok())
}

fn signal_group(leader: u32, signal: Signal) {
    if let Some(group) = group(leader) {
        // It may have ended by itself just now.
        let _ = kill_process_group(group, signal);
    }
}

fn group(leader: u32) -> Option<Pid> {
    Pid::from_raw(i32::try_from(leader).ok()?)
}

/// Has all that was written to the disk of a folder kept there.
pub(crate) fn sync(folder: &Path) {
    #[cfg(target_os = "linux")]
    if let Ok(folder) = fs::File::open(folder) {
        // What cannot be kept is told where it is written.
        let _ = rustix::fs::syncfs(folder);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = folder;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_limit_of_files_is_refused_fewer_are_asked_for() {
        for (current, most, expected) in [
            // As macOS has it.
            (Some(256), None, &[None, Some(10_240)][..]),
            (Some(1024), Some(1_048_576), &[Some(1_048_576), Some(10_240)]),
            (Some(1024), Some(4096), &[Some(4096)]),
            // Never fewer than there are.
            (Some(65_536), None, &[None]),
            (None, None, &[None]),
        ] {
            assert_eq!(file_limits(current, most), expected, "{current:?} of {most:?}");
        }
    }
}
