//! One address, asked until nobody wants a login any more: neither the camera (RFC 9110
//! §11.6) nor the proxy in front of it (§11.7).

use std::cell::Cell;
use std::sync::{Mutex, MutexGuard, PoisonError};

use ureq::http::{HeaderName, HeaderValue, header};

use super::cookies::Cookies;
use super::deadline::Deadline;
use super::dial::Dialer;
use super::exchange::Request;
use super::failure;
use super::head_repair::HeadRepair;
use super::location::Location;
use super::login::{self, Dialogue, Login, Memory, Target};
use super::proxy::Proxy;
use super::request_head::RequestHead;
use super::response_head::ResponseHead;
use super::snapshot::Validators;
use super::wire::{NoHead, Wire};
use crate::error::Error;

const ACCEPT: &str = "multipart/x-mixed-replace, image/jpeg, */*;q=0.5";

/// How those on the way want their logins, learned on the connections before.
#[derive(Debug, Default)]
pub(super) struct Memories {
    camera: Mutex<Memory>,
    proxy: Mutex<Memory>,
}

/// One address and all that is needed to ask it.
pub(super) struct Asker<'a> {
    pub(super) dialer: Dialer<'a>,
    pub(super) request: &'a Request,
    pub(super) location: &'a Location,
    /// The camera that the user has named: credentials are for it only.
    pub(super) is_home: bool,
    /// Of the single picture that came last from here.
    pub(super) known: Option<&'a Validators>,
    /// The connection over which it came, if it is still open.
    pub(super) kept: Cell<Option<Wire>>,
    pub(super) memories: &'a Memories,
}

/// A head, and the connection on which its body follows.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) head: ResponseHead,
    pub(super) wire: Wire,
}

/// Who asks for a login: the status, and the field with the challenges.
struct Door(u16, HeaderName);

const CAMERA: Door = Door(401, header::WWW_AUTHENTICATE);
const PROXY: Door = Door(407, header::PROXY_AUTHENTICATE);

/// How the request gets to the camera.
enum Way<'a> {
    Direct,
    /// The proxy sees a connection and no HTTP.
    Socks(&'a Proxy),
    /// The proxy passes the request on.
    Forward(&'a Proxy),
    /// The proxy lets it through and does not see it.
    Tunnel(&'a Proxy),
}

impl Asker<'_> {
    /// The first answer that asks for no login any more; cookies are kept. Each request
    /// has a connection of its own, closed before the next opens: some cameras serve one
    /// client.
    pub(super) fn ask(&self, cookies: &mut Cookies) -> Result<Answer, Error> {
        let target = Target { method: "GET", uri: self.location.target() };
        let login = self.request.login.as_ref().filter(|_| self.is_home);
        let unknown = Mutex::default();
        let memory = if self.is_home { &self.memories.camera } else { &unknown };
        let answer = converse(&CAMERA, login, memory, target, |authorization| {
            let answer = self.pass(|line| self.head(line, cookies, authorization))?;
            cookies.store(&answer.head.headers);
            Ok(answer)
        });
        answer.map_err(|error| match error {
            Error::LoginNeeded { scheme } if !self.is_home => {
                Error::LoginElsewhere { host: self.location.authority(), scheme }
            }
            other => other,
        })
    }

    /// The camera's answer, whatever lies in front of it. `head` makes the head for a
    /// request line's target.
    fn pass(&self, head: impl Fn(&str) -> RequestHead) -> Result<Answer, Error> {
        let target = self.location.target();
        match self.way() {
            Way::Direct => {
                let dial = || self.dialer.to_camera(self.location);
                let explain = |error, late| failure::explain(error, self.location.host(), late);
                self.call(dial, head(target), explain)
            }
            Way::Socks(proxy) => {
                let socks = proxy.socks()?;
                let dial = || self.dialer.through_socks(self.location, socks);
                let explain = |error, late| failure::explain_socks(error, proxy, late);
                self.call(dial, head(target), explain)
            }
            Way::Forward(proxy) => {
                let uri = self.location.absolute();
                let target = Target { method: "GET", uri: &uri };
                let memory = &self.memories.proxy;
                let answer = converse(&PROXY, proxy.login(), memory, target, |credentials| {
                    let head = add_proxy_login(head(&uri), credentials);
                    let dial = || self.dialer.to_proxy(proxy);
                    let explain = |error, late| failure::explain(error, proxy.host(), late);
                    self.call(dial, head, explain)
                });
                answer.map_err(|error| failure::at_proxy(error, proxy))
            }
            Way::Tunnel(proxy) => {
                let tunnel = self.dig(proxy).map_err(|error| failure::at_proxy(error, proxy))?;
                let dial = || self.dialer.to_camera_over(tunnel, self.location);
                let explain = |error, late| failure::explain(error, self.location.host(), late);
                self.call(dial, head(target), explain)
            }
        }
    }

    fn way(&self) -> Way<'_> {
        match &self.request.proxy {
            Some(proxy) if proxy.is_socks() => Way::Socks(proxy),
            Some(proxy) if self.location.is_https() => Way::Tunnel(proxy),
            Some(proxy) => Way::Forward(proxy),
            None => Way::Direct,
        }
    }

    /// A connection to the https camera through an http proxy (RFC 9110 §9.3.6).
    fn dig(&self, proxy: &Proxy) -> Result<Wire, Error> {
        let uri = self.location.host_and_port();
        let target = Target { method: "CONNECT", uri: &uri };
        let explain = |error, late| failure::explain(error, proxy.host(), late);
        let memory = &self.memories.proxy;
        let answer = converse(&PROXY, proxy.login(), memory, target, |credentials| {
            let head = RequestHead::new("CONNECT", &uri).with("Host", &uri);
            let mut wire = self.open(|| self.dialer.to_proxy(proxy), explain)?;
            // What comes behind the answer is the camera's.
            let head = add_proxy_login(head, credentials);
            let head = self.exchange(&mut wire, head, HeadRepair::of_a_tunnel(), explain)?;
            Ok(Answer { head, wire })
        })?;
        match answer.head.status {
            200..300 => Ok(answer.wire),
            // tinyproxy's word for a wrong login.
            401 => Err(Error::LoginRefused { scheme: "401 Unauthorized".into() }),
            status => Err(Error::ProxyRefused { proxy: proxy.to_string(), status }),
        }
    }

    /// The user's fields take the place of ours. Old cameras compare names letter by
    /// letter, hence the canonical spelling.
    fn head(&self, target: &str, cookies: &Cookies, authorization: Option<&[u8]>) -> RequestHead {
        let own = [
            ("Host", self.location.authority()),
            ("User-Agent", self.request.user_agent.clone()),
            ("Accept", ACCEPT.into()),
            ("Accept-Encoding", "identity".into()),
            ("Connection", self.connection().into()),
        ];
        let extra = &self.request.extra_headers;
        let mut head = RequestHead::new("GET", target);
        for (name, value) in &own {
            let value = extra.values(name).next().filter(|_| self.is_home).unwrap_or(value);
            if !value.is_empty() {
                head = head.with(name, value);
            }
        }
        for (name, value) in self.known.iter().flat_map(|known| known.fields(self.location)) {
            head = head.with(name, value.as_bytes());
        }
        if let Some(cookies) = cookies.field() {
            head = head.with("Cookie", cookies);
        }
        for (name, value) in extra.iter().filter(|_| self.is_home) {
            let is = |other: &str| name.eq_ignore_ascii_case(other);
            let is_answered = is("Authorization") && authorization.is_some();
            let is_placed = is("Cookie") || own.iter().any(|(own, _)| is(own));
            if !is_placed && !is_answered {
                head = head.with(name, value);
            }
        }
        match authorization {
            Some(authorization) => head.with("Authorization", authorization),
            None => head,
        }
    }

    /// Some cameras only answer when asked to close the connection afterwards.
    fn connection(&self) -> &'static str {
        let may_be_kept = self.known.is_some() && !matches!(self.way(), Way::Tunnel(..));
        if may_be_kept { "keep-alive" } else { "close" }
    }

    /// Sends a request and waits for the head of its answer. `explain` names an error,
    /// or a time that was too long.
    fn call(
        &self,
        dial: impl FnOnce() -> Result<Wire, ureq::Error>,
        head: RequestHead,
        explain: impl Fn(ureq::Error, Error) -> Error,
    ) -> Result<Answer, Error> {
        let kept = self.kept.take().and_then(|mut wire| wire.is_open().then_some(wire));
        let mut wire = match kept {
            Some(wire) => wire,
            None => self.open(dial, &explain)?,
        };
        wire.record(self.request.recording.clone());
        let head = self.exchange(&mut wire, head, HeadRepair::new(), explain)?;
        Ok(Answer { head, wire })
    }

    fn open(
        &self,
        dial: impl FnOnce() -> Result<Wire, ureq::Error>,
        explain: impl Fn(ureq::Error, Error) -> Error,
    ) -> Result<Wire, Error> {
        // Where nothing is left the answers before were slow.
        let after = self.deadline().limit();
        if self.deadline().is_over() {
            return Err(Error::NoAnswer { after });
        }
        dial().map_err(|error| explain(error, Error::NoConnection { after }))
    }

    fn exchange(
        &self,
        wire: &mut Wire,
        head: RequestHead,
        repair: HeadRepair,
        explain: impl Fn(ureq::Error, Error) -> Error,
    ) -> Result<ResponseHead, Error> {
        let after = self.deadline().limit();
        let sent = wire.send(head, self.deadline());
        sent.map_err(|error| explain(error, Error::NoAnswer { after }))?;
        wire.receive(repair, self.deadline()).map_err(|error| match error {
            NoHead::Failure(error) => explain(error, Error::NoAnswer { after }),
            NoHead::Silent => Error::NoAnswer { after },
            NoHead::Late => Error::SlowAnswer { after },
            NoHead::Bad(why) => Error::BadAnswer { why: why.into() },
        })
    }

    fn deadline(&self) -> Deadline {
        self.dialer.deadline
    }
}

/// Sends, and sends again with credentials as long as this door asks for others.
fn converse(
    door: &Door,
    login: Option<&Login>,
    memory: &Mutex<Memory>,
    target: Target<'_>,
    mut send: impl FnMut(Option<&[u8]>) -> Result<Answer, Error>,
) -> Result<Answer, Error> {
    let known = *lock(memory);
    let mut dialogue = Dialogue::new(login, known);
    let mut credentials: Option<Vec<u8>> = None;
    loop {
        let response = send(credentials.as_deref())?;
        if response.head.status != door.0 {
            if response.head.status < 400 {
                dialogue.accepted();
            }
            *lock(memory) = dialogue.memory();
            return Ok(response);
        }
        let fields = response.head.headers.get_all(&door.1);
        let challenges = login::parse(fields.iter().map(HeaderValue::as_bytes));
        // Some cameras serve one client: this connection goes before the next is opened.
        drop(response);
        let answer = dialogue.answer(&challenges, target, &login::cnonce()?);
        *lock(memory) = dialogue.memory();
        credentials = Some(answer?);
    }
}

fn add_proxy_login(head: RequestHead, credentials: Option<&[u8]>) -> RequestHead {
    match credentials {
        Some(credentials) => head.with("Proxy-Authorization", credentials),
        None => head,
    }
}

fn lock(memory: &Mutex<Memory>) -> MutexGuard<'_, Memory> {
    memory.lock().unwrap_or_else(PoisonError::into_inner)
}
