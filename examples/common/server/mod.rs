//! A camera's pictures for any number of viewers, as network cameras serve them.
//!
//! | file | idea |
//! |---|---|
//! | `newest` | the newest frame, which is all there is |
//! | `service` | who asks for what, and what is answered |
//! | `http` | requests and answers |

mod http;
mod newest;
mod service;

pub(crate) use newest::{Frame, Newest};
pub(crate) use service::{Answers, Service, Timestamps, listen, serve};
