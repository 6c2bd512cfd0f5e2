//! The examples, run as a user would.

mod c;
mod probe;
mod python;
mod recorder;
mod relay;
mod wall;
