//! The examples, run as a user would.

mod c;
mod completion;
mod probe;
mod programs;
mod python;
mod recorder;
mod relay;
mod report;
mod snapshot;
mod wall;
