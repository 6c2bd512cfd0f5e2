//! One request and its answer: login, status, kind of answer.

use std::io::Read;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::http::{HeaderMap, HeaderValue, Response, StatusCode, Version, header};
use ureq::{Agent, Body};

use super::body::HttpBody;
use super::location::Location;
use super::login::{self, Dialogue, Login, Memory, Target};
use super::takeover::Slot;
use super::{eight_bit, failure, page};
use crate::error::Error;
use crate::multipart::ContentType;
use crate::quirk::Quirk;
use crate::session::connect::{self, Answer, Kind};

/// How much of a page is read for its title, in bytes.
const PAGE_START: u64 = 16 * 1024;
/// Longest the rest of a page is waited for.
const PAGE_PATIENCE: Duration = Duration::from_secs(1);
const ACCEPT: &str = "multipart/x-mixed-replace, image/jpeg, */*;q=0.5";

/// Everything an attempt needs to know.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where the pictures are.
    pub location: Location,
    /// Used when the camera asks for it.
    pub login: Option<Login>,
    /// The `User-Agent` field.
    pub user_agent: String,
    /// Time for everything up to the head of the answer; `None` for ever.
    pub connect_timeout: Option<Duration>,
}

/// Asks for the pictures; logs in if the camera wants that.
pub(super) fn run(
    agent: &Agent,
    slot: &Slot,
    request: &Request,
    memory: &Mutex<Memory>,
) -> Result<Answer<HttpBody>, Error> {
    let response = ask(agent, slot, request, memory)?;
    let headers = response.headers();
    match response.status().as_u16() {
        200..300 => {}
        status => {
            let reason = response.status().canonical_reason().unwrap_or_default();
            return Err(Error::from_status(status, reason, retry_after(headers)));
        }
    }
    let content_type = content_type(headers);
    if !content_type.is_multipart() && !content_type.is_jpeg() && !content_type.is_unspecific() {
        let start = start_of_page(response);
        return Err(Error::NotVideo { what: page::describe(&content_type.essence, &start) });
    }
    let is_chunked = response.version() == Version::HTTP_11 && is_chunked(headers);
    drop(response);
    let transport = slot.take().ok_or_else(|| Error::Internal { why: "no transport".into() })?;
    let body = HttpBody::new(transport, is_chunked);
    let quirks = Vec::from_iter(quirk(&content_type));
    let kind = match content_type {
        bare if bare.is_jpeg() => Kind::Bare,
        multipart => Kind::Multipart(multipart.boundary),
    };
    Ok(Answer::Pictures(connect::Response { kind, quirks, body }))
}

fn quirk(content_type: &ContentType) -> Option<Quirk> {
    match content_type.essence.as_str() {
        _ if content_type.is_unspecific() => Some(Quirk::NoType),
        "multipart/x-mixed-replace" => None,
        _ => content_type.is_multipart().then_some(Quirk::OtherMultipart),
    }
}

/// The first answer that asks for no login any more. Each request has a connection of
/// its own, closed before the next opens: some cameras serve one client.
fn ask(
    agent: &Agent,
    slot: &Slot,
    request: &Request,
    memory: &Mutex<Memory>,
) -> Result<Response<Body>, Error> {
    let started = Instant::now();
    let target = Target { method: "GET", uri: request.location.target() };
    let memory = || memory.lock().unwrap_or_else(PoisonError::into_inner);
    let known = *memory();
    let mut dialogue = Dialogue::new(request.login.as_ref(), known);
    let mut authorization = None;
    loop {
        let response = send(agent, request, authorization.as_deref(), started)?;
        if response.status() != StatusCode::UNAUTHORIZED {
            if response.status().is_success() {
                dialogue.accepted();
            }
            *memory() = dialogue.memory();
            return Ok(response);
        }
        let fields = response.headers().get_all(header::WWW_AUTHENTICATE);
        let challenges = login::parse(fields.iter().map(HeaderValue::as_bytes));
        let answer = dialogue.answer(&challenges, target, &login::cnonce()?);
        *memory() = dialogue.memory();
        authorization = Some(eight_bit::encode(&answer?));
        drop(response);
        drop(slot.take());
    }
}

fn send(
    agent: &Agent,
    request: &Request,
    authorization: Option<&str>,
    started: Instant,
) -> Result<Response<Body>, Error> {
    let left = request.connect_timeout.map(|limit| limit.saturating_sub(started.elapsed()));
    // Old cameras compare names letter by letter, hence the canonical spelling; some
    // of them only answer when asked to close the connection afterwards.
    let mut builder = agent
        .get(request.location.url().as_str())
        .header_raw("Host", request.location.authority().as_bytes())
        .header_raw("User-Agent", request.user_agent.as_bytes())
        .header_raw("Accept", ACCEPT.as_bytes())
        .header_raw("Connection", b"close");
    if let Some(authorization) = authorization {
        builder = builder.header_raw("Authorization", authorization.as_bytes());
    }
    let host = request.location.url().host_str().unwrap_or_default();
    let configured = builder.config().timeout_global(left).build();
    configured.call().map_err(|error| failure::explain(error, host, request.connect_timeout))
}

/// Cameras send this field twice at times; the one with a boundary is the better one.
fn content_type(headers: &HeaderMap) -> ContentType {
    let values = headers.get_all(header::CONTENT_TYPE).iter();
    let mut types: Vec<_> = values.map(|value| ContentType::parse(value.as_bytes())).collect();
    types.sort_by_key(|content_type| content_type.boundary.is_none());
    types.into_iter().next().unwrap_or_default()
}

fn is_chunked(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::TRANSFER_ENCODING).iter();
    codings
        .flat_map(|value| value.as_bytes().split(|&b| b == b','))
        .any(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"chunked"))
}

/// Only the form in seconds: cameras that know a date are rare, and their clock may be
/// wrong.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?;
    value.trim().parse().ok().map(Duration::from_secs)
}

fn start_of_page(response: Response<Body>) -> Vec<u8> {
    let mut start = Vec::new();
    let mut reader = response.into_body().into_reader().take(PAGE_START);
    let until = Instant::now() + PAGE_PATIENCE;
    let mut piece = [0; 2048];
    while Instant::now() < until {
        match reader.read(&mut piece) {
            Ok(count @ 1..) => start.extend(&piece[..count]),
            // What was read so far may hold the title.
            Ok(0) | Err(_) => break,
        }
    }
    start
}
