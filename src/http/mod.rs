//! HTTP towards the camera, on top of ureq.
//!
//! | file | idea |
//! |---|---|
//! | [`location`] | the address as people type it, and as it may be shown |
//! | [`connector`] | opens a connection on a helper thread that a cancel can leave behind |
//! | [`exchange`] | request, login, status, kind of answer |
//! | [`login`] | what to send when it asks for a login |
//! | [`eight_bit`] | credentials beyond ASCII, which ureq refuses |
//! | [`takeover`] | takes the connection out of ureq's hands behind the head |
//! | [`body`] | reads it from there, chunked or not |
//! | [`chunked`] | the chunked transfer coding |
//! | [`failure`] | ureq's errors in our words |

mod body;
mod chunked;
mod connector;
mod eight_bit;
mod exchange;
mod failure;
mod location;
mod login;
mod page;
mod takeover;

pub use connector::HttpConnector;
pub use exchange::Request;
pub use location::{Location, Userinfo};
pub use login::Login;
