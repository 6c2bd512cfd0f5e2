//! Connections that fail, end, fall silent or come back.

mod backlog;
mod camera_year;
mod failures;
mod phases;
mod reader;
mod snapshots;
mod watchdogs;
