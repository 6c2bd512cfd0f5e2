//! From bytes to frames.

mod decoder;
mod faults;
mod quirk_files;
