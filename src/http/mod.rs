//! HTTP towards the camera, on top of ureq.
//!
//! | file | idea |
//! |---|---|
//! | [`location`] | the address as people type it, and as it may be shown |
//! | [`connector`] | opens a connection on a helper thread that a cancel can leave behind |
//! | [`client`] | one ureq agent, set up for cameras |
//! | [`exchange`] | request, login, status, kind of answer |
//! | [`challenge`] | what a 401 asks for |
//! | [`repair_transport`] | puts the repaired head in front of ureq's parser |
//! | [`head_repair`] | finds the head of an answer and repairs it |
//! | [`status_line`], [`head_fields`] | its lines, read with a forgiving eye |
//! | [`takeover`] | takes the connection out of ureq's hands behind the head |
//! | [`snapshot`] | an answer that is one picture |
//! | [`recording`] | a copy of the answer, for those who want to look at it |
//! | [`body`] | reads it from there, chunked or not |
//! | [`chunked`], [`chunk_size`] | the chunked transfer coding |
//! | [`failure`] | ureq's errors in our words |

mod body;
mod challenge;
mod chunk_size;
pub mod chunked;
mod client;
mod connector;
mod exchange;
mod failure;
mod head_fields;
pub mod head_repair;
mod location;
mod page;
mod recording;
mod repair_transport;
mod snapshot;
mod status_line;
mod takeover;

pub use connector::HttpConnector;
pub use exchange::{Login, Request};
pub use location::{Location, Userinfo};
pub use recording::Recording;
