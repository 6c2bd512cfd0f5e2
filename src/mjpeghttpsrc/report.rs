//! Errors and warnings on the bus, each in its domain.

use super::MjpegHttpSrc;
use crate::error::Error;

/// What a message on the bus is.
#[derive(Debug, Clone, Copy)]
enum Domain {
    Resource(gst::ResourceError),
    Stream(gst::StreamError),
    Library(gst::LibraryError),
}

/// The error that ends the stream, for `start()` and the streaming thread alike.
pub(super) fn error(camera: &str, error: &Error) -> gst::ErrorMessage {
    let text = text(camera, error);
    match domain(error) {
        Domain::Resource(code) => gst::error_msg!(code, ("{text}")),
        Domain::Stream(code) => gst::error_msg!(code, ("{text}")),
        Domain::Library(code) => gst::error_msg!(code, ("{text}")),
    }
}

/// Something failed that is tried again: `next` says when.
pub(super) fn warning(element: &MjpegHttpSrc, camera: &str, error: &Error, next: &str) {
    let text = format!("{}. {next}", text(camera, error));
    match domain(error) {
        Domain::Resource(code) => gst::element_warning!(element, code, ("{text}")),
        Domain::Stream(code) => gst::element_warning!(element, code, ("{text}")),
        Domain::Library(code) => gst::element_warning!(element, code, ("{text}")),
    }
}

fn text(camera: &str, error: &Error) -> String {
    if camera.is_empty() { error.to_string() } else { format!("{camera}: {error}") }
}

fn domain(error: &Error) -> Domain {
    match error {
        // GStreamer has no bus messages in its URI domain.
        Error::NoUrl | Error::BadUrl { .. } => Domain::Resource(gst::ResourceError::Settings),
        Error::LoginNeeded { .. }
        | Error::LoginRefused { .. }
        | Error::LoginUnsupported { .. }
        | Error::Forbidden => Domain::Resource(gst::ResourceError::NotAuthorized),
        Error::NotFound { .. } => Domain::Resource(gst::ResourceError::NotFound),
        Error::Status { .. }
        | Error::NameNotFound { .. }
        | Error::Connect { .. }
        | Error::Tls { .. }
        | Error::NoAnswer { .. }
        | Error::BadAnswer { .. } => Domain::Resource(gst::ResourceError::OpenRead),
        Error::Silence { .. } | Error::Ended | Error::Broken { .. } => {
            Domain::Resource(gst::ResourceError::Read)
        }
        Error::NotVideo { .. } => Domain::Stream(gst::StreamError::WrongType),
        Error::Internal { .. } => Domain::Library(gst::LibraryError::Failed),
    }
}
