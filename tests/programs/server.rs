//! One running server: its port, its folder, its end.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use super::process::Process;
use super::{port, wait};

/// A server on a loopback port of its own, with its files in a folder of its
/// own. Both go when this goes.
pub(crate) struct Server {
    // Fields are dropped in this order: the process first, then its folder,
    // then the server behind it.
    _process: Process,
    folder: TempDir,
    behind: Option<Box<Server>>,
    port: u16,
}

impl Server {
    /// Starts the server that `prepare` describes, once its files are written
    /// into the folder, and returns when it listens on the port.
    pub(crate) fn start(prepare: impl Fn(&Path, u16) -> Command) -> Self {
        // Another program may take the port before the server does.
        const ATTEMPTS: usize = 3;
        let mut said = String::new();
        for _ in 0..ATTEMPTS {
            match Self::attempt(&prepare) {
                Ok(server) => return server,
                Err(output) => said = output,
            }
        }
        panic!("the server does not start; it said:\n{said}");
    }

    /// Names the server that this one passes on, which so lives as long.
    pub(crate) fn in_front_of(self, behind: Server) -> Self {
        Self { behind: Some(Box::new(behind)), ..self }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Where its files are.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    pub(crate) fn https(&self, path: &str) -> String {
        format!("https://127.0.0.1:{}{path}", self.port)
    }

    /// The server, or what it printed instead of listening.
    fn attempt(prepare: &impl Fn(&Path, u16) -> Command) -> Result<Self, String> {
        const LIMIT: Duration = Duration::from_secs(20);
        let folder = TempDir::new().expect("a temporary folder");
        let port = port::free();
        let mut command = prepare(folder.path(), port);
        let log = folder.path().join("log");
        let process = Process::start(command.current_dir(folder.path()), &log);
        let listens = wait::until(LIMIT, || {
            // In this order: who has ended listens no more.
            let ended = process.has_ended();
            let listens = port::has_listener(port);
            (ended || listens).then_some(listens && !ended)
        });
        if listens == Some(true) {
            Ok(Self { _process: process, folder, behind: None, port })
        } else {
            Err(process.output())
        }
    }
}
