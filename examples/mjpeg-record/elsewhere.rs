//! Where there are no signals: Ctrl-C, and a terminal that is as wide as they usually are.

use std::cell::Cell;
use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;

/// How long Ctrl-C may wait to be seen.
const TICK: Duration = Duration::from_millis(100);

/// Those that came.
#[derive(Clone, Default)]
pub(crate) struct Signals {
    ends: Rc<Cell<u32>>,
}

impl Signals {
    /// Ctrl-C, which comes on a thread of its own.
    pub(crate) fn watch() -> Self {
        let signals = Self::default();
        let (sender, receiver) = mpsc::channel();
        let heard = ctrlc::set_handler(move || {
            // The recorder ends already.
            let _ = sender.send(());
        });
        if let Err(error) = heard {
            eprintln!("Ctrl-C ends at once: {error}");
            return signals;
        }
        let ends = signals.ends.clone();
        glib::timeout_add_local(TICK, move || {
            ends.set(ends.get() + u32::from(receiver.try_recv().is_ok()));
            glib::ControlFlow::Continue
        });
        signals
    }

    /// How often somebody asked for the end.
    pub(crate) fn ends(&self) -> u32 {
        self.ends.get()
    }

    /// Nobody can say that the file of settings has changed.
    #[expect(clippy::unused_self, reason = "as where there are signals")]
    pub(crate) fn take_reload(&self) -> bool {
        false
    }
}

/// 0, as nobody has asked the terminal how many columns and rows it has.
pub(crate) fn size() -> (usize, usize) {
    (0, 0)
}

/// There is no such limit.
pub(crate) fn raise_file_limit() {}

/// A file that is open keeps its name.
pub(crate) type FileId = u64;

pub(crate) fn file_id(_file: &fs::Metadata) -> FileId {
    0
}

/// None, as no safe crate of the project asks for it.
pub(crate) fn free(_folder: &Path) -> Option<u64> {
    None
}

/// What a command starts is its own, here.
pub(crate) fn lead_group(_command: &mut Command) {}

/// Nobody can be asked.
pub(crate) fn end_group(_leader: u32) {}

/// Only a process that is ours can be ended.
pub(crate) fn kill_group(_leader: u32) {}

/// Nobody can say.
pub(crate) fn has_group(_leader: u32) -> bool {
    false
}

/// Whether the folder can be looked at; the rest is told by whoever writes.
pub(crate) fn may_write(folder: &Path) -> io::Result<()> {
    fs::metadata(folder).map(|_| ())
}

/// The system writes when it likes to.
pub(crate) fn sync(_folder: &Path) {}
