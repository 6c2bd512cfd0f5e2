//! ureq's errors in our words.

use std::io;
use std::time::Duration;

use super::tls;
use crate::error::Error;

/// What went wrong with a request to `host` that had `limit` for it.
pub(super) fn explain(error: ureq::Error, host: &str, limit: Option<Duration>) -> Error {
    match error {
        ureq::Error::HostNotFound => Error::NameNotFound { host: host.to_owned() },
        ureq::Error::Timeout(_) => Error::NoAnswer { after: limit.unwrap_or_default() },
        ureq::Error::Io(error) => explain_io(&error),
        ureq::Error::BadUri(why) => Error::BadUrl { why },
        ureq::Error::Protocol(error) => Error::BadAnswer { why: error.to_string() },
        ureq::Error::LargeResponseHeader(..) => {
            Error::BadAnswer { why: "its head is longer than 64 KiB".into() }
        }
        ureq::Error::ConnectionFailed => Error::Connect { why: "no connection".into() },
        // What our own connectors say.
        ureq::Error::Other(inner) => match inner.downcast::<Error>() {
            Ok(ours) => *ours,
            Err(other) => Error::BadAnswer { why: other.to_string() },
        },
        other => Error::BadAnswer { why: other.to_string() },
    }
}

fn explain_io(error: &io::Error) -> Error {
    // rustls hands its errors on inside of I/O errors.
    if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref()) {
        return tls::explain(error);
    }
    match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            Error::BadAnswer { why: "the camera closed the connection without one".into() }
        }
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => {
            Error::Broken { why: error.to_string() }
        }
        _ => Error::Connect { why: error.to_string() },
    }
}
