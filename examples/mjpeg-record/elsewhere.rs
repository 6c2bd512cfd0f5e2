//! Where there are no signals: Ctrl-C, and a terminal that is as wide as they usually are.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::mpsc;
use std::time::Duration;

/// How long Ctrl-C may wait to be seen.
const TICK: Duration = Duration::from_millis(100);

/// Ctrl-C, which comes on a thread of its own.
pub(crate) fn count_signals() -> Rc<Cell<u32>> {
    let signals = Rc::new(Cell::new(0));
    let (sender, receiver) = mpsc::channel();
    let heard = ctrlc::set_handler(move || {
        // The recorder ends already.
        let _ = sender.send(());
    });
    if let Err(error) = heard {
        eprintln!("Ctrl-C ends at once: {error}");
        return signals;
    }
    let counted = signals.clone();
    glib::timeout_add_local(TICK, move || {
        counted.set(counted.get() + u32::from(receiver.try_recv().is_ok()));
        glib::ControlFlow::Continue
    });
    signals
}

/// 0, as nobody has asked the terminal how many it has.
pub(crate) fn columns() -> usize {
    0
}
