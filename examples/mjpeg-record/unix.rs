//! Signals, and the width of a terminal.

use std::cell::Cell;
use std::io;
use std::rc::Rc;

use rustix::process::Signal;
use rustix::termios::tcgetwinsize;

/// Ctrl-C, and what systemd sends.
pub(crate) fn count_signals() -> Rc<Cell<u32>> {
    let signals = Rc::new(Cell::new(0));
    for signal in [Signal::INT, Signal::TERM] {
        let signals = signals.clone();
        glib_unix::unix_signal_add_local(signal.as_raw(), move || {
            signals.set(signals.get() + 1);
            glib::ControlFlow::Continue
        });
    }
    signals
}

/// 0 if the terminal does not say how many it has.
pub(crate) fn columns() -> usize {
    tcgetwinsize(io::stdout()).map_or(0, |size| size.ws_col.into())
}
