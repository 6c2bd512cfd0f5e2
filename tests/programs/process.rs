//! Programs that the tests start, and that end with them.

use std::env;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{
    Pid, Signal, WaitId, WaitIdOptions, WaitIdStatus, kill_process, kill_process_group, waitid,
};

use super::wait;

/// A running program. It and its children are killed when this goes away.
pub(crate) struct Process {
    child: Child,
    log: PathBuf,
}

impl Process {
    /// Starts the program; what it prints goes to the file `log`.
    pub(crate) fn start(command: &mut Command, log: &Path) -> Self {
        let output = File::create(log).expect("the log file can be made");
        let child = command
            .stdin(Stdio::null())
            .stdout(output.try_clone().expect("one more handle"))
            .stderr(output)
            // A group of its own, so that its children can be killed too.
            .process_group(0)
            .spawn()
            .unwrap_or_else(|error| panic!("{command:?} does not start: {error}"));
        Self { child, log: log.to_owned() }
    }

    pub(crate) fn has_ended(&self) -> bool {
        self.exit().is_some()
    }

    /// Whether the program has ended by itself within `limit`, all well.
    pub(crate) fn ends_well(&self, limit: Duration) -> bool {
        let exit = wait::until(limit, || self.exit());
        exit.and_then(|exit| exit.exit_status()) == Some(0)
    }

    /// How the program has ended. Leaves it to be waited for, so that nobody
    /// else gets its number and is killed in its place.
    fn exit(&self) -> Option<WaitIdStatus> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
        waitid(WaitId::Pid(self.id()), options).expect("it is our child")
    }

    /// What Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// As a power cut would: nothing is tidied up.
    pub(crate) fn kill(&self) {
        self.signal(Signal::KILL);
        wait::until(wait::PATIENCE, || self.exit());
    }

    /// Has a program read its file of settings again.
    pub(crate) fn hang_up(&self) {
        self.signal(Signal::HUP);
    }

    /// Asks the program to end and gives it the time to tidy up.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
        wait::until(wait::PATIENCE, || self.exit());
    }

    fn signal(&self, signal: Signal) {
        kill_process(self.id(), signal).expect("it is our child");
    }

    /// What the program has printed by now.
    pub(crate) fn output(&self) -> String {
        let bytes = fs::read(&self.log).expect("the log file is there");
        String::from_utf8_lossy(&bytes).into_owned()
    }

    fn id(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // An error says that all of the group have ended already.
        let _ = kill_process_group(self.id(), Signal::KILL);
        let _ = self.child.wait();
    }
}

/// A command for a program of a Debian package, which dies with the test that
/// starts it, even when that one is killed. Fails the test when the program is
/// not installed.
pub(crate) fn command(program: &str, package: &str) -> Command {
    let program = find(program, package);
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]).arg(program);
    command
}

/// As [`command`], for a program that refuses to run as root: as nobody then.
pub(crate) fn unprivileged(program: &str, package: &str) -> Command {
    if !is_root() {
        return command(program, package);
    }
    let program = find(program, package);
    let mut command = Command::new("setpriv");
    command
        .args(["--pdeathsig", "KILL", "--clear-groups"])
        .arg(format!("--reuid={NOBODY}"))
        .arg(format!("--regid={NOBODY}"))
        .arg(program);
    command
}

/// Makes the folder the one of the user whom [`unprivileged`] runs as.
pub(crate) fn give_to_unprivileged(folder: &Path) {
    if is_root() {
        std::os::unix::fs::chown(folder, Some(NOBODY), Some(NOBODY)).expect("root may");
    }
}

/// Debian's user and group without any rights.
const NOBODY: u32 = 65_534;

pub(crate) fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

fn find(program: &str, package: &str) -> PathBuf {
    let path = env::var_os("PATH").unwrap_or_default();
    // Debian keeps servers where only root's path looks.
    env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/sbin".into()])
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
        .unwrap_or_else(|| panic!("`{program}` is missing: install Debian's package {package}"))
}
