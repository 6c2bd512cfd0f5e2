//! The unit tests of the examples. Cargo would run them without this program too
//! (`test = true`), but then it would not build the examples that the other tests start.
#![allow(dead_code, reason = "the examples' main programs use the rest")]

#[path = "../../examples/common/mod.rs"]
mod common;

#[path = "../../examples/mjpeg-probe"]
mod probe {
    use super::common;

    mod intervals;
    mod launch_line;
}

#[path = "../../examples/mjpeg-record"]
mod recorder {
    use super::common;

    mod add;
    mod archive;
    mod board;
    mod config;
    mod export;
    mod index;
    mod matroska;
    mod names;
    mod notify;
    mod options;
    mod pictures;
    mod screen;
    mod search;
    mod segment;
    mod share;
    mod status;
    #[cfg_attr(unix, path = "unix.rs")]
    #[cfg_attr(not(unix), path = "elsewhere.rs")]
    mod system;
    mod time;
    mod web;
}

#[path = "../../examples/mjpeg-report"]
mod report {
    mod container;
    mod intervals;
    mod text;
}

#[path = "../../examples/mjpeg-wall"]
mod wall {
    use super::common;

    mod grid;
    mod options;
}
