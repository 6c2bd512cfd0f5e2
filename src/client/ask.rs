//! One address, asked until nobody wants a login any more: neither the camera (RFC 9110
//! §11.6) nor the proxy in front of it (§11.7).

use std::cell::{Cell, RefCell};

use ureq::http::{HeaderName, HeaderValue, header};

use super::failure;
use super::kept;
use super::proxy::Proxy;
use super::request::Request;
use super::validators::Validators;
use crate::error::Error;
use crate::http::cookies::Cookies;
use crate::http::head_repair::HeadRepair;
use crate::http::location::Location;
use crate::http::request_head::RequestHead;
use crate::http::response_head::ResponseHead;
use crate::login::challenge::next_nonce;
use crate::login::{self, Dialogue, Login, Memory, RequestLine};
use crate::net::deadline::Deadline;
use crate::net::dial::Dialer;
use crate::net::wire::{NoHead, Wire};

/// Behind what a port for TLS may say to plain HTTP.
const WANTS_HTTPS: &str = ". Perhaps it is busy, or this port wants https://";

const ACCEPT: &str = "multipart/x-mixed-replace, image/jpeg, */*;q=0.5";

/// How those on the way want their logins, learned from the requests before.
#[derive(Debug, Default)]
pub(crate) struct Memories {
    camera: RefCell<Memory>,
    proxy: RefCell<Memory>,
}

/// One address and all that is needed to ask it.
pub(crate) struct Asker<'a> {
    pub(crate) dialer: Dialer<'a>,
    pub(crate) request: &'a Request,
    pub(crate) location: &'a Location,
    /// The camera that the user has named: credentials are for it only.
    pub(crate) is_same_origin: bool,
    pub(crate) habit: Habit<'a>,
    /// The connection over which the last single picture came, if it is still open.
    pub(crate) kept: Cell<Option<Wire>>,
    /// The connection on which the camera has asked for a login, if it stays open.
    pub(crate) asked: Cell<Option<Wire>>,
    pub(crate) memories: &'a Memories,
}

/// How this camera is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Habit<'a> {
    /// For a stream, or for the first time.
    Stream,
    /// For one picture after the other, the last of which is known.
    Snapshots {
        known: &'a Validators,
        /// The camera may leave the connection open.
        may_keep: bool,
    },
}

/// A head, and the connection on which its body follows.
#[derive(Debug)]
pub(crate) struct OpenResponse {
    pub(crate) head: ResponseHead,
    pub(crate) wire: Wire,
}

/// Who asks for a login (RFC 9110 §11.6 and §11.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Challenger {
    Origin,
    Proxy,
}

impl Challenger {
    /// The status that asks for a login.
    fn status(self) -> u16 {
        match self {
            Self::Origin => 401,
            Self::Proxy => 407,
        }
    }

    /// The field with the challenges.
    fn challenges(self) -> HeaderName {
        match self {
            Self::Origin => header::WWW_AUTHENTICATE,
            Self::Proxy => header::PROXY_AUTHENTICATE,
        }
    }

    /// The field of an answer to a request with credentials.
    fn info(self) -> &'static str {
        match self {
            Self::Origin => "authentication-info",
            Self::Proxy => "proxy-authentication-info",
        }
    }
}

/// How the request gets to the camera.
enum Route<'a> {
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
    /// client. Where a camera insists on its connection, the login goes out on that.
    pub(crate) fn ask(&self, cookies: &mut Cookies) -> Result<OpenResponse, Error> {
        let request_line = RequestLine { method: "GET", uri: self.location.target() };
        let login = self.request.login.as_ref().filter(|_| self.is_same_origin);
        let unknown = RefCell::default();
        let memory = if self.is_same_origin { &self.memories.camera } else { &unknown };
        let answer =
            self.authenticate(Challenger::Origin, login, memory, request_line, |authorization| {
                let answer = self.send(|line| self.head(line, cookies, authorization))?;
                cookies.store(&answer.head.headers);
                Ok(answer)
            });
        answer.map_err(|error| match error {
            Error::LoginNeeded { scheme } if !self.is_same_origin => {
                Error::LoginElsewhere { host: self.location.authority(), scheme }
            }
            Error::LoginNeeded { scheme } if self.request.withholds_login => {
                Error::LoginInClear { scheme }
            }
            other => other,
        })
    }

    /// The camera's answer, whatever lies in front of it. `head` makes the head for a
    /// request line's target.
    fn send(&self, head: impl Fn(&str) -> RequestHead) -> Result<OpenResponse, Error> {
        let Route::Forward(proxy) = self.route() else {
            return self.call(head(self.location.target()));
        };
        let uri = self.location.absolute();
        let request_line = RequestLine { method: "GET", uri: &uri };
        let memory = &self.memories.proxy;
        let answer = self.authenticate(
            Challenger::Proxy,
            proxy.login(),
            memory,
            request_line,
            |credentials| self.call(add_proxy_login(head(&uri), credentials)),
        );
        answer.map_err(|error| failure::at_proxy(error, proxy))
    }

    fn route(&self) -> Route<'_> {
        match &self.request.proxy {
            Some(proxy) if proxy.is_socks() => Route::Socks(proxy),
            Some(proxy) if self.location.is_https() => Route::Tunnel(proxy),
            Some(proxy) => Route::Forward(proxy),
            None => Route::Direct,
        }
    }

    /// A connection on which the next request goes out.
    fn connect(&self) -> Result<Wire, Error> {
        // Where nothing is left the answers before were slow.
        if self.dialer.deadline.is_over() {
            return Err(Error::NoAnswer { after: self.dialer.deadline.told() });
        }
        let wire = match self.route() {
            Route::Direct => self.dialer.to_camera(self.location),
            Route::Socks(proxy) => {
                let login = proxy.user_and_password();
                self.dialer.through_socks(self.location, &proxy.socks()?, login)
            }
            Route::Forward(proxy) => self.dialer.to_proxy(&proxy.location()),
            Route::Tunnel(proxy) => {
                let tunnel =
                    self.open_tunnel(proxy).map_err(|error| failure::at_proxy(error, proxy))?;
                self.dialer.to_camera_over(tunnel, self.location)
            }
        };
        wire.map_err(|error| {
            self.explain(error, Error::NoConnection { after: self.dialer.deadline.told() })
        })
    }

    /// A connection to the https camera through an http proxy (RFC 9110 §9.3.6).
    fn open_tunnel(&self, proxy: &Proxy) -> Result<Wire, Error> {
        let uri = self.location.host_and_port();
        let request_line = RequestLine { method: "CONNECT", uri: &uri };
        let deadline = self.dialer.deadline;
        let explain = |error, late| failure::explain(error, proxy.host(), late);
        let memory = &self.memories.proxy;
        let answer = self.authenticate(
            Challenger::Proxy,
            proxy.login(),
            memory,
            request_line,
            |credentials| {
                let head = RequestHead::new("CONNECT", &uri).with("Host", &uri);
                let wire = self.dialer.to_proxy(&proxy.location());
                let mut wire =
                    wire.map_err(|e| explain(e, Error::NoConnection { after: deadline.told() }))?;
                // What comes behind the answer is the camera's.
                let repair = HeadRepair::of_a_tunnel();
                let head = add_proxy_login(head, credentials);
                let head = self.exchange(&mut wire, head, repair, deadline, explain)?;
                Ok(OpenResponse { head, wire })
            },
        )?;
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
            let value = extra.values(name).next().filter(|_| self.is_same_origin).unwrap_or(value);
            if !value.is_empty() {
                head = head.with(name, value);
            }
        }
        if let Habit::Snapshots { known, .. } = self.habit {
            for (name, value) in known.fields(self.location) {
                head = head.with(name, value.as_bytes());
            }
        }
        if let Some(cookies) = cookies.field() {
            head = head.with("Cookie", cookies);
        }
        for (name, value) in extra.iter().filter(|_| self.is_same_origin) {
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
        match self.habit {
            Habit::Snapshots { may_keep: true, .. } => "keep-alive",
            Habit::Snapshots { .. } | Habit::Stream => "close",
        }
    }

    /// Sends a request and waits for the head of its answer.
    fn call(&self, head: RequestHead) -> Result<OpenResponse, Error> {
        if let Some(wire) = self.asked.take()
            && let Some(answer) = self.call_again(wire, head.clone())?
        {
            return Ok(answer);
        }
        let kept = self.kept.take().and_then(|mut wire| wire.is_open().then_some(wire));
        let mut wire = match kept {
            Some(wire) => wire,
            None => self.connect()?,
        };
        wire.record(self.request.recording.clone());
        let explain = |error, late| self.explain(error, late);
        let deadline = self.dialer.deadline;
        let head = self.exchange(&mut wire, head, HeadRepair::new(), deadline, explain)?;
        Ok(OpenResponse { head, wire })
    }

    /// The same on the connection of the answer before; `None` where it is closed after all, or
    /// the camera is deaf on it.
    fn call_again(&self, mut wire: Wire, head: RequestHead) -> Result<Option<OpenResponse>, Error> {
        let deadline = self.dialer.deadline.share();
        if !wire.is_open() {
            return Ok(None);
        }
        let explain = |error, late| self.explain(error, late);
        match self.exchange(&mut wire, head, HeadRepair::new(), deadline, explain) {
            Ok(head) => Ok(Some(OpenResponse { head, wire })),
            Err(Error::SlowAnswer { .. }) => Ok(None),
            Err(error) if kept::may_be_its_end(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn exchange(
        &self,
        wire: &mut Wire,
        head: RequestHead,
        repair: HeadRepair,
        deadline: Deadline,
        explain: impl Fn(ureq::Error, Error) -> Error,
    ) -> Result<ResponseHead, Error> {
        let silent = || Error::NoAnswer { after: deadline.told() };
        let sent = wire.send(head, deadline);
        sent.map_err(|error| explain(error, silent()))?;
        wire.receive(repair, deadline).map_err(|error| match error {
            NoHead::Failure(error) => explain(error, silent()),
            NoHead::Silent => silent(),
            NoHead::Late => Error::SlowAnswer { after: deadline.told() },
            NoHead::Closed => Error::BadAnswer { why: self.closed() },
            NoHead::Bad(why) => Error::BadAnswer { why: why.into() },
        })
    }

    /// Many ports for TLS only close where they get a request without, as busy cameras do.
    fn closed(&self) -> String {
        let may_want_tls =
            !self.location.is_https() && matches!(self.route(), Route::Direct | Route::Socks(_));
        let hint = if may_want_tls { WANTS_HTTPS } else { "" };
        format!("the camera closed the connection without one{hint}")
    }

    /// What went wrong; `late` if it is only that it took too long.
    fn explain(&self, error: ureq::Error, late: Error) -> Error {
        match self.route() {
            Route::Socks(proxy) => failure::explain_socks(error, proxy, late),
            Route::Forward(proxy) => failure::explain(error, proxy.host(), late),
            Route::Direct | Route::Tunnel(_) => failure::explain(error, self.location.host(), late),
        }
    }

    /// Sends, and sends again with credentials as long as this one asks for others.
    fn authenticate(
        &self,
        who: Challenger,
        login: Option<&Login>,
        memory: &RefCell<Memory>,
        request_line: RequestLine<'_>,
        mut send: impl FnMut(Option<&[u8]>) -> Result<OpenResponse, Error>,
    ) -> Result<OpenResponse, Error> {
        let mut memory = memory.borrow_mut();
        let mut dialogue = Dialogue::new(login, &mut memory);
        let mut credentials = match self.habit {
            Habit::Snapshots { .. } => dialogue.at_once(request_line, &login::cnonce()?),
            Habit::Stream => None,
        };
        loop {
            let answer = send(credentials.as_deref())?;
            let headers = &answer.head.headers;
            if answer.head.status == who.status() {
                let fields = headers.get_all(who.challenges());
                let challenges = login::parse(fields.iter().map(HeaderValue::as_bytes));
                credentials =
                    Some(dialogue.answer(&challenges, request_line, &login::cnonce()?)?);
                // Some cameras serve one client: this connection goes before the next comes.
                let OpenResponse { head, wire } = answer;
                if who == Challenger::Origin {
                    self.asked.set(kept::behind(&head, wire, self.dialer.deadline.share()));
                }
            } else if matches!(answer.head.status, 400 | 403) && dialogue.forget() {
                credentials = None;
            } else {
                if answer.head.status < 400 {
                    let info = headers.get(who.info()).map(HeaderValue::as_bytes);
                    dialogue.accepted(info.and_then(next_nonce));
                }
                return Ok(answer);
            }
        }
    }
}

fn add_proxy_login(head: RequestHead, credentials: Option<&[u8]>) -> RequestHead {
    match credentials {
        Some(credentials) => head.with("Proxy-Authorization", credentials),
        None => head,
    }
}
