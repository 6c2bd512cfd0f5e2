//! How near PTS are to the truth.

mod capture_time;
mod simulation;
mod start;
