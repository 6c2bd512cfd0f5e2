//! What the programs have in common.
//!
//! | file | idea |
//! |---|---|
//! | `program` | help, version, exit status |
//! | `camera` | the options by which each program reaches its camera |
//! | `captured` | when a picture was taken |
//! | `lock` | a mutex, whatever became of the thread that had it |
//! | `server` | a camera's pictures for any number of viewers |
//! | `values` | what options may be |

#![allow(dead_code, unused_imports, reason = "each program uses its part of it")]

pub(crate) mod camera;
pub(crate) mod captured;
pub(crate) mod lock;
pub(crate) mod program;
pub(crate) mod server;
pub(crate) mod values;
