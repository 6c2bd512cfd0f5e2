//! Errors and warnings on the bus, each in its domain.

use gst::prelude::*;

use super::messages::Message;
use super::secrets::Secrets;
use super::{CAT, MjpegHttpSrc};
use crate::error::Error;
use crate::multipart::Skip;
use crate::quirk::Quirk;

/// What a message on the bus is.
#[derive(Debug, Clone, Copy)]
enum Domain {
    Resource(gst::ResourceError),
    Stream(gst::StreamError),
    Library(gst::LibraryError),
}

/// The error that ends the stream, for `start()` and the streaming thread alike.
pub(super) fn error(camera: &str, error: &Error, secrets: &Secrets) -> gst::ErrorMessage {
    let text = secrets.hide(text(camera, error));
    let debug = secrets.hide(format!("{error:?}"));
    match domain(error) {
        Domain::Resource(code) => gst::error_msg!(code, ("{text}"), ["{debug}"]),
        Domain::Stream(code) => gst::error_msg!(code, ("{text}"), ["{debug}"]),
        Domain::Library(code) => gst::error_msg!(code, ("{text}"), ["{debug}"]),
    }
}

/// Something failed that is tried again: `next` says when.
pub(super) fn warning(
    element: &MjpegHttpSrc,
    camera: &str,
    error: &Error,
    next: &str,
    secrets: &Secrets,
) -> Message {
    let text = secrets.hide(format!("{} — {next}", text(camera, error)));
    let debug = secrets.hide(format!("{error:?}"));
    gst::warning!(CAT, obj = element, "{text}");
    let builder = match domain(error) {
        Domain::Resource(code) => gst::message::Warning::builder(code, &text),
        Domain::Stream(code) => gst::message::Warning::builder(code, &text),
        Domain::Library(code) => gst::message::Warning::builder(code, &text),
    };
    let message = builder.debug(&debug).src(element).build();
    Message { message, bytes: text.len() + debug.len() }
}

/// A quirk met for the first time, as element message `mjpeghttpsrc-quirk`.
pub(super) fn quirk(element: &MjpegHttpSrc, quirk: Quirk) {
    let structure = gst::Structure::builder("mjpeghttpsrc-quirk")
        .field("id", quirk.id())
        .field("sentence", quirk.sentence())
        .field("advice", quirk.advice())
        .build();
    post(element, structure);
}

/// A text part between the pictures, as element message `mjpeghttpsrc-part`; `None` for others.
/// It is as the camera has sent it but for secrets: messages go into logs and dumps.
pub(super) fn part(element: &MjpegHttpSrc, skip: &Skip, secrets: &Secrets) -> Option<Message> {
    let Skip::OtherPart { essence, text: Some(text) } = skip else { return None };
    let text = secrets.hide(text.clone());
    let structure = gst::Structure::builder("mjpeghttpsrc-part")
        .field("type", essence)
        .field("text", &text)
        .build();
    let message = gst::message::Element::builder(structure).src(element).build();
    Some(Message { message, bytes: text.len() })
}

fn post(element: &MjpegHttpSrc, structure: gst::Structure) {
    // Without a bus nobody listens.
    let _ = element.post_message(gst::message::Element::builder(structure).src(element).build());
}

fn text(camera: &str, error: &Error) -> String {
    if camera.is_empty() { error.to_string() } else { format!("{camera}: {error}") }
}

fn domain(error: &Error) -> Domain {
    match error {
        // GStreamer has no bus messages in its URI domain.
        Error::NoUrl
        | Error::BadUrl { .. }
        | Error::BadFallback { .. }
        | Error::BadField { .. }
        | Error::BadProxy { .. }
        | Error::TlsSetting { .. } => Domain::Resource(gst::ResourceError::Settings),
        Error::LoginNeeded { .. }
        | Error::LoginRefused { .. }
        | Error::LoginUnsupported { .. }
        | Error::LoginElsewhere { .. }
        | Error::LoginInClear { .. }
        | Error::ProxyLogin { .. }
        | Error::Status { status: 407, .. }
        | Error::Forbidden => Domain::Resource(gst::ResourceError::NotAuthorized),
        Error::NotFound { .. } => Domain::Resource(gst::ResourceError::NotFound),
        Error::Status { .. }
        | Error::Redirect { .. }
        | Error::ProxyRefused { .. }
        | Error::ProxyFailed { .. }
        | Error::ProxySilent { .. }
        | Error::ProxyTls { .. }
        | Error::NoInterface { .. }
        | Error::InterfaceNeeded { .. }
        | Error::NameNotFound { .. }
        | Error::Connect { .. }
        | Error::Tls { .. }
        | Error::Certificate { .. }
        | Error::NoConnection { .. }
        | Error::TlsSilent { .. }
        | Error::SlowTls { .. }
        | Error::NoAnswer { .. }
        | Error::SlowAnswer { .. }
        | Error::BadAnswer { .. } => Domain::Resource(gst::ResourceError::OpenRead),
        Error::NoPicture { .. }
        | Error::Silence { .. }
        | Error::Stopped { .. }
        | Error::TooSlow { .. }
        | Error::Frozen { .. }
        | Error::Offline { .. }
        | Error::Ended
        | Error::Storm { .. }
        | Error::Broken { .. } => Domain::Resource(gst::ResourceError::Read),
        Error::Empty | Error::Busy { .. } => Domain::Resource(gst::ResourceError::Busy),
        Error::NotVideo { .. } | Error::OtherVideo { .. } | Error::Compressed { .. } => {
            Domain::Stream(gst::StreamError::WrongType)
        }
        Error::Internal { .. } => Domain::Library(gst::LibraryError::Failed),
    }
}
