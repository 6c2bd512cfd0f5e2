//! One address, asked until nobody wants a login any more: neither the camera (RFC 9110
//! §11.6) nor the proxy in front of it (§11.7).

use std::sync::{Mutex, MutexGuard, PoisonError};

use ureq::Body;
use ureq::http::{HeaderName, HeaderValue, Response, StatusCode, header};

use super::client::Client;
use super::cookies::Cookies;
use super::exchange::Request;
use super::failure;
use super::location::Location;
use super::login::{self, Dialogue, Login, Memory, Target};
use super::proxy::Proxy;
use super::request_head::RequestHead;
use super::snapshot::Validators;
use super::tunnel::Tunnel;
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
    pub(super) client: &'a Client,
    pub(super) request: &'a Request,
    pub(super) location: &'a Location,
    /// The camera that the user has named: credentials are for it only.
    pub(super) is_home: bool,
    /// Of the single picture that came last over this client.
    pub(super) known: Option<&'a Validators>,
    pub(super) memories: &'a Memories,
}

/// Who asks for a login: the status, and the field with the challenges.
struct Door(StatusCode, HeaderName);

const CAMERA: Door = Door(StatusCode::UNAUTHORIZED, header::WWW_AUTHENTICATE);
const PROXY: Door = Door(StatusCode::PROXY_AUTHENTICATION_REQUIRED, header::PROXY_AUTHENTICATE);

/// How the request gets to the camera.
enum Way<'a> {
    /// Straight, or as if it were so.
    Direct,
    /// The proxy passes it on.
    Forward(&'a Proxy),
    /// The proxy lets it through and does not see it.
    Tunnel(&'a Proxy, &'a Tunnel),
}

impl Asker<'_> {
    /// The first answer that asks for no login any more; cookies are kept. Each request
    /// has a connection of its own, closed before the next opens: some cameras serve one
    /// client.
    pub(super) fn ask(&self, cookies: &mut Cookies) -> Result<Response<Body>, Error> {
        let target = Target { method: "GET", uri: self.location.target() };
        let login = self.request.login.as_ref().filter(|_| self.is_home);
        let unknown = Mutex::default();
        let memory = if self.is_home { &self.memories.camera } else { &unknown };
        let answer = converse(&CAMERA, login, memory, target, |authorization| {
            let response = self.pass(|line| self.head(line, cookies, authorization))?;
            cookies.store(response.headers());
            Ok(response)
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
    fn pass(&self, head: impl Fn(&str) -> RequestHead) -> Result<Response<Body>, Error> {
        match self.way() {
            Way::Direct => self.call(&self.location.root(), head(self.location.target())),
            Way::Forward(proxy) => {
                let uri = self.location.absolute();
                let target = Target { method: "GET", uri: &uri };
                let answer =
                    converse(&PROXY, proxy.login(), &self.memories.proxy, target, |credentials| {
                        let head = add_proxy_login(head(&uri), credentials);
                        self.call(&proxy.root(), head)
                    });
                answer.map_err(|error| failure::at_proxy(error, proxy))
            }
            Way::Tunnel(proxy, tunnel) => {
                self.dig(proxy, tunnel).map_err(|error| failure::at_proxy(error, proxy))?;
                self.call(&self.location.root(), head(self.location.target()))
            }
        }
    }

    fn way(&self) -> Way<'_> {
        match (&self.request.proxy, &self.client.tunnel) {
            (Some(proxy), Some(tunnel)) if self.location.is_https() => Way::Tunnel(proxy, tunnel),
            (Some(proxy), _) if !proxy.is_socks() => Way::Forward(proxy),
            _ => Way::Direct,
        }
    }

    fn dig(&self, proxy: &Proxy, tunnel: &Tunnel) -> Result<(), Error> {
        let uri = self.location.host_and_port();
        let target = Target { method: "CONNECT", uri: &uri };
        let response =
            converse(&PROXY, proxy.login(), &self.memories.proxy, target, |credentials| {
                tunnel.fill_in();
                let head = RequestHead::new("CONNECT", &uri).with("Host", &uri);
                tunnel
                    .dig(&proxy.root(), add_proxy_login(head, credentials))
                    .map_err(|error| failure::explain(error, proxy.host(), self.late()))
            })?;
        let status = response.status();
        drop(response);
        if status.is_success() {
            return Ok(());
        }
        tunnel.fill_in();
        if status == StatusCode::UNAUTHORIZED {
            // tinyproxy's word for a wrong login.
            return Err(Error::LoginRefused { scheme: status.to_string() });
        }
        Err(Error::ProxyRefused { proxy: proxy.to_string(), status: status.as_u16() })
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

    /// What a time-out means now.
    fn late(&self) -> Error {
        self.client.progress.late(self.request.connect_timeout.unwrap_or_default())
    }

    fn call(&self, root: &str, head: RequestHead) -> Result<Response<Body>, Error> {
        self.client.progress.begin();
        self.client.outgoing.put(head);
        // ureq has to know as well what becomes of the connection.
        let call = self.client.agent.get(root).header("Connection", self.connection()).call();
        call.map_err(|error| match &self.request.proxy {
            Some(proxy) if proxy.is_socks() => failure::explain_socks(error, proxy, self.late()),
            Some(proxy) if !self.location.is_https() => {
                failure::explain(error, proxy.host(), self.late())
            }
            _ => {
                let host = self.location.url().host_str().unwrap_or_default();
                failure::explain(error, host, self.late())
            }
        })
    }
}

/// Sends, and sends again with credentials as long as this door asks for others.
fn converse(
    door: &Door,
    login: Option<&Login>,
    memory: &Mutex<Memory>,
    target: Target<'_>,
    mut send: impl FnMut(Option<&[u8]>) -> Result<Response<Body>, Error>,
) -> Result<Response<Body>, Error> {
    let known = *lock(memory);
    let mut dialogue = Dialogue::new(login, known);
    let mut credentials: Option<Vec<u8>> = None;
    loop {
        let response = send(credentials.as_deref())?;
        if response.status() != door.0 {
            if response.status().as_u16() < 400 {
                dialogue.accepted();
            }
            *lock(memory) = dialogue.memory();
            return Ok(response);
        }
        let fields = response.headers().get_all(&door.1);
        let challenges = login::parse(fields.iter().map(HeaderValue::as_bytes));
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
