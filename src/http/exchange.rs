//! One request and its answer: login, status, kind of answer.

use std::io::{self, Cursor};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use ureq::Body;
use ureq::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

use super::body::{HttpBody, LiveBody};
use super::client::Client;
use super::location::Location;
use super::login::{self, Dialogue, Login, Memory, Target};
use super::recording::Recording;
use super::snapshot::{self, Validators};
use super::tls::TlsSettings;
use super::{eight_bit, failure, page};
use crate::error::Error;
use crate::multipart::ContentType;
use crate::quirk::Quirk;
use crate::session::connect::{self, Body as _, Kind};

/// How much of a page is read for its title, in bytes.
const PAGE_START: usize = 16 * 1024;
/// Longest the rest of a page is waited for.
const PAGE_PATIENCE: Duration = Duration::from_secs(1);
/// No camera is left alone for longer, whatever it asks.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);
const ACCEPT: &str = "multipart/x-mixed-replace, image/jpeg, */*;q=0.5";

/// Everything an attempt needs to know.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where the pictures are.
    pub location: Location,
    /// Used when the camera asks for it.
    pub login: Option<Login>,
    /// How https is spoken.
    pub tls: TlsSettings,
    /// The `User-Agent` field.
    pub user_agent: String,
    /// Time for everything up to the head of the answer; `None` for ever.
    pub connect_timeout: Option<Duration>,
    /// Longest silence while a single picture is read; `None` for ever.
    pub silence: Option<Duration>,
    /// Largest single picture in bytes.
    pub max_frame_size: usize,
    /// Can the body be read without waiting? See [`connect::Body::read`].
    pub look_ahead: bool,
    /// Where a copy of the answer is wanted.
    pub recording: Option<Recording>,
}

impl Request {
    /// A request with the defaults of a careful client.
    pub fn to(location: Location) -> Self {
        Self {
            location,
            login: None,
            tls: TlsSettings::default(),
            user_agent: concat!("mjpeghttpsrc/", env!("CARGO_PKG_VERSION")).to_owned(),
            connect_timeout: Some(Duration::from_secs(5)),
            silence: Some(Duration::from_secs(15)),
            max_frame_size: 32 * 1024 * 1024,
            look_ahead: false,
            recording: None,
        }
    }
}

/// One request and what comes of it.
pub(super) struct Exchange<'a> {
    pub(super) client: &'a Client,
    pub(super) request: &'a Request,
    /// Of the single picture that came last over this client.
    pub(super) known: Option<&'a Validators>,
    /// How the camera wants its login.
    pub(super) memory: &'a Mutex<Memory>,
}

/// What comes of it.
#[derive(Debug)]
pub(super) enum Reply {
    Stream(connect::Response<HttpBody>),
    /// The client may be used again.
    Single(connect::Response<HttpBody>, Validators),
    Unchanged,
}

impl Exchange<'_> {
    /// Asks for the pictures; logs in if the camera wants that. `head_is_here` is called
    /// when all that is left to do is to read.
    pub(super) fn run(&self, head_is_here: impl Fn()) -> Result<Reply, Error> {
        let response = self.ask()?;
        let headers = response.headers();
        match response.status().as_u16() {
            200..300 => {}
            304 if self.known.is_some() => return Ok(Reply::Unchanged),
            status => {
                let reason = response.status().canonical_reason().unwrap_or_default();
                return Err(Error::from_status(status, reason, retry_after(headers)));
            }
        }
        head_is_here();
        let content_type = content_type(headers);
        if content_type.is_jpeg() && snapshot::is_one(headers) {
            let quirks = self.client.notes.read();
            let (part, validators) = snapshot::read(response, self.request.max_frame_size)?;
            let body = HttpBody::Whole(Cursor::new(part));
            let response = connect::Response { kind: Kind::Bare, quirks, body };
            return Ok(Reply::Single(response, validators));
        }
        self.stream(response, content_type)
    }

    /// The first answer that asks for no login any more. Each request has a connection of
    /// its own, closed before the next opens: some cameras serve one client.
    fn ask(&self) -> Result<Response<Body>, Error> {
        let target = Target { method: "GET", uri: self.request.location.target() };
        let memory = || self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        let known = *memory();
        let mut dialogue = Dialogue::new(self.request.login.as_ref(), known);
        let mut authorization = None;
        loop {
            let response = self.send(authorization.as_deref())?;
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
        }
    }

    fn stream(&self, response: Response<Body>, content_type: ContentType) -> Result<Reply, Error> {
        if !content_type.is_multipart() && !content_type.is_jpeg() && !content_type.is_unspecific()
        {
            let start = start_of_page(self.take_over(response)?);
            return Err(Error::NotVideo { what: page::describe(&content_type.essence, &start) });
        }
        let body = HttpBody::Live(self.take_over(response)?);
        let mut quirks = self.client.notes.read();
        quirks.extend(quirk(&content_type));
        let kind = match content_type {
            bare if !bare.is_multipart() => Kind::Bare,
            multipart => Kind::Multipart(multipart.boundary),
        };
        Ok(Reply::Stream(connect::Response { kind, quirks, body }))
    }

    fn take_over(&self, response: Response<Body>) -> Result<LiveBody, Error> {
        // Whatever the version: if it is not true, the first bytes tell.
        let is_chunked = is_chunked(response.headers());
        let transport = self.client.slot.claim(response);
        let transport = transport.ok_or_else(|| Error::Internal { why: "no transport".into() })?;
        Ok(LiveBody::new(transport, is_chunked))
    }

    fn send(&self, authorization: Option<&str>) -> Result<Response<Body>, Error> {
        let request = self.request;
        // Old cameras compare names letter by letter, hence the canonical spelling; some
        // of them only answer when asked to close the connection afterwards.
        let connection = if self.known.is_some() { "keep-alive" } else { "close" };
        let mut builder = self
            .client
            .agent
            .get(request.location.url().as_str())
            .header_raw("Host", request.location.authority().as_bytes())
            .header_raw("User-Agent", request.user_agent.as_bytes())
            .header_raw("Accept", ACCEPT.as_bytes())
            .header_raw("Connection", connection.as_bytes());
        for (name, value) in self.known.iter().flat_map(|known| known.fields()) {
            builder = builder.header_raw(name, value.as_bytes());
        }
        if let Some(authorization) = authorization {
            builder = builder.header_raw("Authorization", authorization.as_bytes());
        }
        let host = request.location.url().host_str().unwrap_or_default();
        builder.call().map_err(|error| failure::explain(error, host, request.connect_timeout))
    }
}

fn quirk(content_type: &ContentType) -> Option<Quirk> {
    match content_type.essence.as_str() {
        _ if content_type.is_unspecific() => Some(Quirk::NoType),
        "multipart/x-mixed-replace" => None,
        _ => content_type.is_multipart().then_some(Quirk::OtherMultipart),
    }
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
    value.trim().parse().ok().map(Duration::from_secs).map(|time| time.min(LONGEST_RETRY_AFTER))
}

fn start_of_page(mut body: LiveBody) -> Vec<u8> {
    let mut start = vec![0; PAGE_START];
    let mut filled = 0;
    let until = Instant::now() + PAGE_PATIENCE;
    while memchr::memmem::find(&start[..filled], b"</title").is_none() {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() || filled == PAGE_START {
            break;
        }
        match body.read(&mut start[filled..], Some(left)) {
            Ok(count @ 1..) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
            // What was read so far may hold the title.
            Ok(0) | Err(_) => break,
        }
    }
    start.truncate(filled);
    start
}
