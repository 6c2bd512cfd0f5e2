//! One attempt to get the pictures: redirects, status, kind of answer.

use std::cell::Cell;
use std::fmt::Write;

use ureq::http::{HeaderMap, HeaderValue, header};

use super::ask::{Asker, Habit, Memories, OpenResponse};
use super::request::Request;
use super::response_body::{Framing, HttpBody};
use super::validators::Validators;
use crate::error::Error;
use crate::http::chunked::Chunked;
use crate::http::cookies::Cookies;
use crate::http::location::Location;
use crate::http::redirect::{self, Hop, RedirectChain};
use crate::http::response_head::{ResponseHead, list};
use crate::http::retry_after;
use crate::multipart::ContentType;
use crate::net::cancel::Cancel;
use crate::net::deadline::Deadline;
use crate::net::dial::Dialer;
use crate::net::tls::TlsConnectors;
use crate::net::wire::Wire;
use crate::quirk::Quirk;
use crate::session::connect::{self, Claim};

/// Behind a status that the address or the port may be the reason for.
const WANTS_HTTPS: &str = ". Check the address; perhaps this port wants https://";

/// IANA's registry of content codings, as far as servers know them.
const COMPRESSIONS: [&str; 7] =
    ["gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress"];

/// One request and what comes of it.
pub(crate) struct Exchange<'a> {
    pub(crate) request: &'a Request,
    pub(crate) tls: &'a TlsConnectors,
    pub(crate) cancel: &'a Cancel,
    pub(crate) deadline: Deadline,
    pub(crate) memories: &'a Memories,
    pub(crate) habit: Habit<'a>,
}

/// What comes of it.
#[derive(Debug)]
pub(crate) enum Reply {
    Stream(connect::Response<HttpBody>),
    /// One picture.
    Single(connect::Response<HttpBody>, Validators),
    /// The one before, and the connection on which that was said.
    Unchanged(Wire),
}

impl Exchange<'_> {
    /// Asks for the pictures, wherever the camera has them; over `kept` for the address that
    /// it belongs to.
    pub(crate) fn run(&self, kept: Option<Wire>) -> Result<Reply, Error> {
        let (location, answer) = self.find(kept)?;
        let OpenResponse { head, wire } = answer;
        match head.status {
            200..300 => {}
            304 if matches!(self.habit, Habit::Snapshots { .. }) => {
                return Ok(Reply::Unchanged(wire));
            }
            status => {
                // What servers say to plain HTTP on their port for TLS.
                let wants_tls = status == 400 && !location.is_https();
                let hint = if wants_tls { WANTS_HTTPS } else { "" };
                let reason = format!("{}{hint}", head.reason);
                return Err(Error::from_status(status, &reason, retry_after::of(&head.headers)));
            }
        }
        let content_type = content_type(&head.headers);
        let quirk = quirk(&content_type);
        // The chunks tell where a body ends, whatever length is told (RFC 9112 §6.3).
        let length = head.content_length().filter(|_| !head.is_chunked());
        match (claim(&head.headers, content_type), length) {
            (Claim::Jpeg, Some(length @ 1..)) => Ok(single(location, head, wire, length)),
            (claim, length) => Ok(Reply::Stream(stream(head, wire, claim, length, quirk))),
        }
    }

    /// The first answer that is no redirect, and where it came from.
    fn find(&self, mut kept: Option<Wire>) -> Result<(Location, OpenResponse), Error> {
        let request = self.request;
        let mut chain = RedirectChain::new(&request.location, request.has_secrets());
        let mut cookies = request.cookies.clone();
        loop {
            chain.check_loop(cookies.field().as_deref())?;
            let before = cookies.field();
            let belongs =
                matches!(self.habit, Habit::Snapshots { known, .. } if known.is_of(chain.here()));
            let asker = Asker {
                dialer: Dialer { tls: self.tls, cancel: self.cancel, deadline: self.deadline },
                request,
                location: chain.here(),
                is_same_origin: chain.is_same_origin(),
                habit: self.habit,
                kept: Cell::new(if belongs { kept.take() } else { None }),
                asked: Cell::default(),
                memories: self.memories,
            };
            let answer = asker.ask(&mut cookies)?;
            if !redirect::is_redirect(answer.head.status) {
                return Ok((chain.here().clone(), answer));
            }
            let field = answer.head.headers.get(header::LOCATION).map(HeaderValue::as_bytes);
            if chain.follow(field, before)? == Hop::Away {
                cookies = Cookies::default();
            }
        }
    }
}

fn single(location: Location, head: ResponseHead, wire: Wire, length: u64) -> Reply {
    let validators = Validators::of(location, &head.headers);
    let response = connect::Response {
        claim: Claim::Jpeg,
        length: Some(length),
        part_head: part_head(&head.headers),
        quirks: head.quirks,
        body: HttpBody::new(wire, Framing::Length(length)),
    };
    Reply::Single(response, validators)
}

fn stream(
    head: ResponseHead,
    wire: Wire,
    claim: Claim,
    length: Option<u64>,
    quirk: Option<Quirk>,
) -> connect::Response<HttpBody> {
    let framing = framing(&head, &claim);
    let quirks = head.quirks.into_iter().chain(quirk).collect();
    let body = HttpBody::new(wire, framing);
    connect::Response { length, quirks, ..connect::Response::new(claim, body) }
}

/// Where the body of a stream, or of what may be one, ends.
fn framing(head: &ResponseHead, claim: &Claim) -> Framing {
    let length = head.content_length().filter(|&length| length > 0);
    // Whatever the version: if it is not true, the first bytes tell.
    if head.is_chunked() {
        return Framing::Chunked(Box::new(Chunked::or_length(length)));
    }
    match (claim, length) {
        // A stream's length is made up.
        (Claim::Multipart(_), _) => Framing::Close,
        (_, Some(length)) => Framing::Length(length),
        // Some cameras send a picture behind such a status, and say so.
        (Claim::Nothing, None) if matches!(head.status, 204 | 205) => Framing::Length(0),
        (_, None) => Framing::Close,
    }
}

fn quirk(content_type: &ContentType) -> Option<Quirk> {
    match content_type.essence.as_str() {
        _ if content_type.is_unspecific() => Some(Quirk::NoType),
        "multipart/x-mixed-replace" => None,
        _ => content_type.is_multipart().then_some(Quirk::OtherMultipart),
    }
}

/// What the head says of the body.
fn claim(headers: &HeaderMap, content_type: ContentType) -> Claim {
    if let Some(coding) = compression(headers) {
        return Claim::Compressed(coding);
    }
    match content_type.essence.as_str() {
        _ if content_type.is_multipart() => Claim::Multipart(content_type.boundary),
        _ if content_type.is_jpeg() => Claim::Jpeg,
        _ if content_type.is_unspecific() => Claim::Nothing,
        "text/html" | "application/xhtml+xml" => Claim::Page,
        _ if content_type.is_text() => Claim::Text(content_type.essence),
        _ => Claim::Other(content_type.essence),
    }
}

/// Cameras send this field twice at times; the one with a boundary is the better one.
fn content_type(headers: &HeaderMap) -> ContentType {
    let values = headers.get_all(header::CONTENT_TYPE).iter();
    let mut types: Vec<_> = values.map(|value| ContentType::parse(value.as_bytes())).collect();
    types.sort_by_key(|content_type| content_type.boundary.is_none());
    types.into_iter().next().unwrap_or_default()
}

/// What the answer is compressed with.
fn compression(headers: &HeaderMap) -> Option<&'static str> {
    let mut announced =
        list(headers, &header::CONTENT_ENCODING).chain(list(headers, &header::TRANSFER_ENCODING));
    let name = |coding: &[u8]| {
        COMPRESSIONS.into_iter().find(|name| coding.eq_ignore_ascii_case(name.as_bytes()))
    };
    announced.find_map(name)
}

/// The head of the answer as that of a part, with a blank line behind it: the picture follows.
fn part_head(headers: &HeaderMap) -> Vec<u8> {
    let mut part = String::new();
    for (name, value) in headers {
        // Writing to a String cannot fail.
        let _ = write!(part, "{name}: {}\r\n", String::from_utf8_lossy(value.as_bytes()));
    }
    part.push_str("\r\n");
    part.into_bytes()
}
