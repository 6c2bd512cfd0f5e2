//! One camera, asked for its pictures.
//!
//! | file | idea |
//! |---|---|
//! | [`request`] | what the user has said about one address |
//! | [`connector`] | asks it, one request after the other |
//! | [`in_turn`] | one camera at several addresses |
//! | [`exchange`] | one attempt: redirects, status, what the answer says of itself |
//! | [`ask`] | one address, asked until nobody wants a login any more |
//! | [`kept`] | connections that take another request |
//! | [`proxy`] | what lies in front of the camera |
//! | [`validators`] | a picture that is asked for again |
//! | [`response_body`] | reads the answer, chunked or not |
//! | [`failure`] | ureq's errors in our words |

pub(crate) mod ask;
pub(crate) mod connector;
pub(crate) mod exchange;
mod failure;
mod in_turn;
mod kept;
pub(crate) mod proxy;
mod request;
mod response_body;
pub(crate) mod validators;

pub use connector::HttpConnector;
pub use in_turn::InTurn;
pub use proxy::Proxy;
pub use request::Request;
