//! Connections that take another request.
//!
//! Some cameras make a nonce for each connection, and say in their 401 that they keep it,
//! whatever they were asked: on another one no answer to it is right.

use crate::error::Error;
use crate::http::response_head::ResponseHead;
use crate::net::deadline::Deadline;
use crate::net::wire::Wire;

/// No refusal has a longer text worth reading past, in bytes.
const LONGEST_BODY: u64 = 64 * 1024;

/// The connection on which `refusal` came, if the camera says that it takes another request.
pub(super) fn behind(refusal: &ResponseHead, mut wire: Wire, deadline: Deadline) -> Option<Wire> {
    let may_go_on = refusal.insists_on_connection() && !refusal.is_chunked();
    let length = refusal.content_length().filter(|&length| may_go_on && length <= LONGEST_BODY)?;
    wire.skip(usize::try_from(length).ok()?, deadline).then_some(wire)
}

/// Can it be that only the connection was not open any more? Cameras close one when they like.
pub(super) fn may_be_its_end(error: &Error) -> bool {
    matches!(
        error,
        Error::BadAnswer { .. }
            | Error::Broken { .. }
            | Error::Connect { .. }
            | Error::NoAnswer { .. }
            | Error::ProxyFailed { .. }
            | Error::ProxySilent { .. }
    )
}
