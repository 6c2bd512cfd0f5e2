//! One attempt to get the pictures: redirects, status, kind of answer.

use std::io::{self, Cursor};
use std::time::{Duration, Instant};

use ureq::Body;
use ureq::http::{HeaderMap, HeaderValue, Response, header};

use super::ask::{Asker, Memories};
use super::body::{HttpBody, LiveBody};
use super::client::Client;
use super::cookies::Cookies;
use super::direct;
use super::fields::Fields;
use super::location::Location;
use super::login::Login;
use super::page;
use super::proxy::Proxy;
use super::recording::Recording;
use super::redirect::{self, Step, Trail};
use super::snapshot::{self, Validators};
use super::tls::TlsSettings;
use crate::error::Error;
use crate::multipart::ContentType;
use crate::quirk::Quirk;
use crate::session::connect::{self, Body as _, Kind};

/// How much of a page is read for its title, in bytes.
const PAGE_START: usize = 16 * 1024;
/// Longest the rest of a page is waited for.
const PAGE_PATIENCE: Duration = Duration::from_secs(1);
/// IANA's registry of content codings, as far as servers know them.
const COMPRESSIONS: [&str; 7] =
    ["gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress"];
/// No camera is left alone for longer, whatever it asks.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(3600);

/// Everything an attempt needs to know.
#[derive(Debug, Clone)]
pub struct Request {
    /// Where the pictures are.
    pub location: Location,
    /// Used when the camera asks for it.
    pub login: Option<Login>,
    /// How https is spoken with the camera.
    pub tls: TlsSettings,
    /// The `User-Agent` field; none if empty.
    pub user_agent: String,
    /// Further fields, for this camera only.
    pub extra_headers: Fields,
    /// Cookies to begin with, for this camera only.
    pub cookies: Cookies,
    /// What lies between here and the camera.
    pub proxy: Option<Proxy>,
    /// Time for everything up to the head of the answer; `None` for ever.
    pub connect_timeout: Option<Duration>,
    /// Longest silence while a single picture is read; `None` for ever.
    pub silence: Option<Duration>,
    /// Largest single picture in bytes.
    pub max_frame_size: usize,
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
            extra_headers: Fields::default(),
            cookies: Cookies::default(),
            proxy: None,
            connect_timeout: Some(Duration::from_secs(5)),
            silence: Some(Duration::from_secs(15)),
            max_frame_size: 32 * 1024 * 1024,
            recording: None,
        }
    }

    /// Is there something that only this camera may see?
    fn has_secrets(&self) -> bool {
        self.login.is_some() || !self.extra_headers.is_empty() || !self.cookies.is_empty()
    }
}

/// One request and what comes of it.
pub(super) struct Exchange<'a> {
    pub(super) client: &'a Client,
    pub(super) request: &'a Request,
    /// Of the single picture that came last over this client.
    pub(super) known: Option<&'a Validators>,
    pub(super) memories: &'a Memories,
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
    /// Asks for the pictures, wherever the camera has them.
    pub(super) fn run(&self) -> Result<Reply, Error> {
        let (location, response) = self.find()?;
        let headers = response.headers();
        match response.status().as_u16() {
            200..300 => {}
            304 if self.known.is_some() => return Ok(Reply::Unchanged),
            status => {
                let reason = response.status().canonical_reason().unwrap_or_default();
                return Err(Error::from_status(status, reason, retry_after(headers)));
            }
        }
        self.client.progress.head_is_here();
        let content_type = content_type(headers);
        if let Some(coding) = compression(headers) {
            let what = page::describe(&content_type.essence, &[]);
            return Err(Error::NotVideo { what: format!("{what} compressed with {coding}") });
        }
        if content_type.is_jpeg() && snapshot::is_one(headers) {
            let quirks = self.client.notes.read();
            let (part, validators) =
                snapshot::read(location, response, self.request.max_frame_size)?;
            let body = HttpBody::Whole(Cursor::new(part));
            let response = connect::Response { kind: Kind::Bare, quirks, body };
            return Ok(Reply::Single(response, validators));
        }
        self.stream(response, content_type)
    }

    /// The first answer that is no redirect, and where it came from.
    fn find(&self) -> Result<(Location, Response<Body>), Error> {
        let request = self.request;
        let mut trail = Trail::new(&request.location, request.has_secrets());
        let mut cookies = request.cookies.clone();
        loop {
            trail.check_loop(cookies.field().as_deref())?;
            let before = cookies.field();
            let asker = Asker {
                client: self.client,
                request,
                location: trail.here(),
                is_home: trail.is_home(),
                known: self.known,
                memories: self.memories,
            };
            let response = asker.ask(&mut cookies)?;
            if !redirect::is_redirect(response.status().as_u16()) {
                return Ok((trail.here().clone(), response));
            }
            let field = response.headers().get(header::LOCATION).map(HeaderValue::as_bytes);
            if trail.follow(field, before)? == Step::Away {
                cookies = Cookies::default();
            }
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
        // What is read past the transport is not recorded either.
        let may_go_past =
            *direct::WANTED && !transport.is_tls() && self.request.recording.is_none();
        let socket = may_go_past.then(|| self.client.socket.get()).flatten();
        Ok(LiveBody::new(transport, socket, is_chunked))
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
    codings(headers, &header::TRANSFER_ENCODING)
        .any(|coding| coding.eq_ignore_ascii_case(b"chunked"))
}

/// What the answer is compressed with. Nothing of that kind is asked for (RFC 9110
/// §12.5.3), and so nothing is inflated that may have no end.
fn compression(headers: &HeaderMap) -> Option<&'static str> {
    let mut announced = codings(headers, &header::CONTENT_ENCODING)
        .chain(codings(headers, &header::TRANSFER_ENCODING));
    let name = |coding: &[u8]| {
        COMPRESSIONS.into_iter().find(|name| coding.eq_ignore_ascii_case(name.as_bytes()))
    };
    announced.find_map(name)
}

/// All that a field lists, line by line.
fn codings<'a>(
    headers: &'a HeaderMap,
    field: &header::HeaderName,
) -> impl Iterator<Item = &'a [u8]> {
    let lines = headers.get_all(field).iter();
    lines.flat_map(|value| value.as_bytes().split(|&b| b == b',')).map(<[u8]>::trim_ascii)
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
        match body.read(&mut start[filled..], 1, Some(left)) {
            Ok(count @ 1..) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {}
            // What was read so far may hold the title.
            Ok(0) | Err(_) => break,
        }
    }
    start.truncate(filled);
    start
}
