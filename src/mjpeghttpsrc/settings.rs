//! What the properties hold, and what the layers below make of it.

use std::time::Duration;

use glib::prelude::*;

use super::enums::TimestampMode;
use super::extra_headers;
use super::fallback::Fallbacks;
use super::secrets::Secrets;
use super::ssl::Ssl;
use crate::client::{InTurn, Proxy, Request};
use crate::error::Error;
use crate::http::{Cookies, Fields, Location, MASK, Userinfo, check_value};
use crate::login::Login;
use crate::session::backlog::{Backlog, Keep};
use crate::session::{self, retry};

/// Everything that can be set; for programs that ask a camera without a pipeline, too.
#[derive(Debug, Clone)]
pub struct Settings {
    location: Result<Location, Error>,
    fallbacks: Fallbacks,
    login: Given<String>,
    password: Secret<Given<String>>,
    pub(super) ssl: Ssl,
    pub(super) user_agent: String,
    extra_headers: Secret<Option<gst::Structure>>,
    cookies: Secret<Vec<String>>,
    proxy: Option<Result<Proxy, Error>>,
    proxy_id: Given<String>,
    proxy_pw: Secret<Given<String>>,
    pub(super) connect_timeout: u32,
    pub(super) timeout: u32,
    pub(super) frozen_timeout: u32,
    pub(super) retries: i32,
    pub(super) backoff_factor: f64,
    pub(super) backoff_max: f64,
    pub(super) timestamp_mode: TimestampMode,
    pub(super) latency: u32,
    pub(super) max_backlog: u32,
    pub(super) skip_backlog: bool,
    pub(super) max_frame_size: u32,
    pub(super) snapshot_interval: u32,
}

/// A value that `Debug` does not show.
#[derive(Clone, Default)]
struct Secret<T>(T);

impl<T> std::fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(MASK)
    }
}

/// A login has a property of its own, and may come within an address.
#[derive(Debug, Clone, Default)]
enum Given<T> {
    #[default]
    Not,
    ByItself(T),
    /// It leaves with the address.
    WithAddress(T),
}

impl<T> Given<T> {
    fn by_itself(value: Option<T>) -> Self {
        value.map_or(Self::Not, Self::ByItself)
    }

    fn get(&self) -> Option<&T> {
        match self {
            Self::Not => None,
            Self::ByItself(value) | Self::WithAddress(value) => Some(value),
        }
    }

    /// Another address is set, which has this in it.
    fn replace(&mut self, within: Option<T>) {
        match within {
            Some(value) => *self = Self::WithAddress(value),
            None if matches!(self, Self::WithAddress(_)) => *self = Self::Not,
            None => {}
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            location: Err(Error::NoUrl),
            fallbacks: Fallbacks::default(),
            login: Given::Not,
            password: Secret(Given::Not),
            ssl: Ssl::default(),
            user_agent: concat!("mjpeghttpsrc/", env!("CARGO_PKG_VERSION")).into(),
            extra_headers: Secret(None),
            cookies: Secret(Vec::new()),
            proxy: None,
            proxy_id: Given::Not,
            proxy_pw: Secret(Given::Not),
            connect_timeout: 5,
            timeout: 15,
            frozen_timeout: 0,
            retries: -1,
            backoff_factor: 0.5,
            backoff_max: 30.0,
            timestamp_mode: TimestampMode::default(),
            latency: 100,
            max_backlog: 16 * 1024 * 1024,
            skip_backlog: false,
            max_frame_size: 32 * 1024 * 1024,
            snapshot_interval: 1000,
        }
    }
}

impl Settings {
    /// Sets a property other than a read-only one.
    ///
    /// # Panics
    /// If there is no such property, or it has another type.
    #[expect(clippy::expect_used, reason = "GObject has checked the type against the ParamSpec")]
    pub fn set(&mut self, name: &str, value: &glib::Value) {
        const CHECKED: &str = "type checked by GObject";
        match name {
            "location" => self.set_location(value.get().expect(CHECKED)),
            "fallback-locations" => {
                self.fallbacks = Fallbacks::parse(&value.get().expect(CHECKED));
            }
            "login" | "user-id" => self.login = Given::by_itself(value.get().expect(CHECKED)),
            "password" | "user-pw" => {
                self.password.0 = Given::by_itself(value.get().expect(CHECKED));
            }
            "user-agent" => {
                let text: Option<String> = value.get().expect(CHECKED);
                self.user_agent = text.unwrap_or_else(|| Self::default().user_agent);
            }
            "extra-headers" => self.extra_headers.0 = value.get().expect(CHECKED),
            "cookies" => self.cookies.0 = value.get().expect(CHECKED),
            "proxy" => self.set_proxy(value.get().expect(CHECKED)),
            "proxy-id" => self.proxy_id = Given::by_itself(value.get().expect(CHECKED)),
            "proxy-pw" => self.proxy_pw.0 = Given::by_itself(value.get().expect(CHECKED)),
            "ssl-legacy" => self.ssl.legacy = value.get().expect(CHECKED),
            "ssl-strict" => self.ssl.strict = value.get().expect(CHECKED),
            "ssl-ca-file" => self.ssl.ca_file = value.get().expect(CHECKED),
            "ssl-fingerprint" => self.ssl.fingerprint = value.get().expect(CHECKED),
            "ssl-client-cert" => self.ssl.client_cert = value.get().expect(CHECKED),
            "ssl-client-key" => self.ssl.client_key = value.get().expect(CHECKED),
            "connect-timeout" => self.connect_timeout = value.get().expect(CHECKED),
            "timeout" => self.timeout = value.get().expect(CHECKED),
            "frozen-timeout" => self.frozen_timeout = value.get().expect(CHECKED),
            "retries" => self.retries = value.get().expect(CHECKED),
            "retry-backoff-factor" => self.backoff_factor = value.get().expect(CHECKED),
            "retry-backoff-max" => self.backoff_max = value.get().expect(CHECKED),
            "timestamp-mode" => self.timestamp_mode = value.get().expect(CHECKED),
            "latency" => self.latency = value.get().expect(CHECKED),
            "max-backlog" => self.max_backlog = value.get().expect(CHECKED),
            "skip-backlog" => self.skip_backlog = value.get().expect(CHECKED),
            "max-frame-size" => self.max_frame_size = value.get().expect(CHECKED),
            "snapshot-interval" => self.snapshot_interval = value.get().expect(CHECKED),
            "is-live" => {}
            _ => unreachable!("{name} cannot be set"),
        }
    }

    /// A property that can be set and read back; `None` for others.
    pub fn get(&self, name: &str) -> Option<glib::Value> {
        Some(match name {
            "location" => self.location.as_ref().ok().map(ToString::to_string).to_value(),
            "fallback-locations" => self.fallbacks.shown().to_value(),
            "login" | "user-id" => self.login.get().to_value(),
            "is-live" => true.to_value(),
            "user-agent" => self.user_agent.to_value(),
            "proxy" => self.shown_proxy().to_value(),
            "proxy-id" => self.proxy_id.get().to_value(),
            "ssl-legacy" => self.ssl.legacy.to_value(),
            "ssl-strict" => self.ssl.strict.to_value(),
            "ssl-ca-file" => self.ssl.ca_file.to_value(),
            "ssl-fingerprint" => self.ssl.fingerprint.to_value(),
            "ssl-client-cert" => self.ssl.client_cert.to_value(),
            "ssl-client-key" => self.ssl.client_key.to_value(),
            "connect-timeout" => self.connect_timeout.to_value(),
            "timeout" => self.timeout.to_value(),
            "frozen-timeout" => self.frozen_timeout.to_value(),
            "retries" => self.retries.to_value(),
            "retry-backoff-factor" => self.backoff_factor.to_value(),
            "retry-backoff-max" => self.backoff_max.to_value(),
            "timestamp-mode" => self.timestamp_mode.to_value(),
            "latency" => self.latency.to_value(),
            "max-backlog" => self.max_backlog.to_value(),
            "skip-backlog" => self.skip_backlog.to_value(),
            "max-frame-size" => self.max_frame_size.to_value(),
            "snapshot-interval" => self.snapshot_interval.to_value(),
            _ => return None,
        })
    }

    /// The camera's address as it may be shown.
    pub(super) fn camera(&self) -> String {
        self.location.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    /// What to ask the camera, wherever it is.
    pub(super) fn connector(&self) -> Result<InTurn, Error> {
        let first = self.request()?;
        let others = self.fallbacks.requests(&first)?;
        Ok(InTurn::new(first, others))
    }

    /// What to ask the camera; an error if the address or another property is of no use.
    pub fn request(&self) -> Result<Request, Error> {
        check_value("user-agent", "User-Agent", &self.user_agent)?;
        let extra_headers = match &self.extra_headers.0 {
            Some(structure) => extra_headers::read(structure)?,
            None => Fields::default(),
        };
        let cookies = Cookies::new("cookies", &self.cookies.0)?;
        let more_cookies = Cookies::new(extra_headers::PROPERTY, extra_headers.values("Cookie"))?;
        let proxy = self.proxy.clone().transpose()?;
        let proxy_login = login(&self.proxy_id, &self.proxy_pw);
        Ok(Request {
            location: self.location.clone()?,
            login: login(&self.login, &self.password),
            withholds_login: false,
            user_agent: self.user_agent.trim().to_owned(),
            extra_headers,
            cookies: cookies.and(more_cookies),
            proxy: proxy.map(|proxy| proxy.with_login(proxy_login)),
            tls: self.ssl.tls()?,
            connect_timeout: seconds(self.connect_timeout),
            recording: None,
        })
    }

    /// How the connection is to be kept.
    pub fn session(&self) -> session::Settings {
        session::Settings {
            silence: seconds(self.timeout),
            frozen: seconds(self.frozen_timeout),
            retry: retry::Policy {
                retries: u32::try_from(self.retries).ok(),
                factor: self.backoff_factor,
                max: self.backoff_max,
            },
            snapshot_interval: Duration::from_millis(self.snapshot_interval.into()),
            max_frame_size: self.max_frame_size(),
        }
    }

    /// What may wait for a slow consumer.
    pub(super) fn backlog(&self) -> Backlog {
        let keep = if self.skip_backlog { Keep::Newest } else { Keep::All };
        Backlog::new(usize::try_from(self.max_backlog).unwrap_or(usize::MAX), keep)
    }

    /// The jitter that may be removed: none where PTS are arrivals.
    pub(super) fn latency(&self) -> Duration {
        match self.timestamp_mode {
            TimestampMode::Arrival => Duration::ZERO,
            TimestampMode::Auto | TimestampMode::Camera => {
                Duration::from_millis(self.latency.into())
            }
        }
    }

    fn max_frame_size(&self) -> usize {
        usize::try_from(self.max_frame_size).unwrap_or(usize::MAX)
    }

    /// A login in the address takes the place of the one set before, and leaves with it.
    fn set_location(&mut self, text: Option<&str>) {
        let parsed = text.ok_or(Error::NoUrl).and_then(Location::parse);
        let (location, userinfo) = apart(parsed);
        let (user, password) = userinfo.map(|info| (info.user, info.password)).unzip();
        self.login.replace(user);
        self.password.0.replace(password.flatten());
        self.location = location;
    }

    /// The same for the proxy; an empty text is none.
    fn set_proxy(&mut self, text: Option<&str>) {
        let text = text.filter(|text| !text.trim().is_empty());
        let (proxy, userinfo) = text.map(|text| apart(Proxy::parse(text))).unzip();
        let (user, password) = userinfo.flatten().map(|info| (info.user, info.password)).unzip();
        self.proxy_id.replace(user);
        self.proxy_pw.0.replace(password.flatten());
        self.proxy = proxy;
    }

    /// What no message may show.
    pub fn secrets(&self) -> Secrets {
        let passwords = [&self.password.0, &self.proxy_pw.0].into_iter().filter_map(Given::get);
        let queries = self.location.iter().flat_map(Location::secrets);
        let fields = self.extra_headers.0.iter().flat_map(|fields| extra_headers::secrets(fields));
        let cookies = self.cookies.0.iter().filter_map(|cookie| Some(cookie.split_once('=')?.1));
        let logins = [login(&self.login, &self.password), login(&self.proxy_id, &self.proxy_pw)];
        let sent = logins.into_iter().flatten().flat_map(|login| login.secrets());
        let secrets = passwords.cloned().chain(sent).chain(queries).chain(self.fallbacks.secrets());
        Secrets::new(secrets.chain(fields).chain(cookies.map(|value| value.trim().to_owned())))
    }

    fn shown_proxy(&self) -> Option<String> {
        self.proxy.as_ref()?.as_ref().ok().map(ToString::to_string)
    }
}

fn apart<T>(parsed: Result<(T, Option<Userinfo>), Error>) -> (Result<T, Error>, Option<Userinfo>) {
    match parsed {
        Ok((address, userinfo)) => (Ok(address), userinfo),
        Err(error) => (Err(error), None),
    }
}

fn login(user: &Given<String>, password: &Secret<Given<String>>) -> Option<Login> {
    let password = password.0.get().cloned().unwrap_or_default();
    user.get().map(|user| Login { user: user.clone(), password })
}

/// 0 stands for no limit.
fn seconds(value: u32) -> Option<Duration> {
    (value > 0).then(|| Duration::from_secs(value.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_with_an_address_leaves_with_it() {
        gst::init().unwrap();
        let login = |steps: &[(&str, &str)]| {
            let mut settings = Settings::default();
            settings.set("location", &"http://a/".to_value());
            for (name, value) in steps {
                settings.set(name, &value.to_value());
            }
            let login = settings.request().unwrap().login;
            login.map(|Login { user, password }| format!("{user}:{password}"))
        };
        let within = ("location", "http://admin:secret@a/");
        for (steps, expected) in [
            (&[within][..], Some("admin:secret")),
            (&[within, ("location", "http://b/")], None),
            (&[within, ("location", "http://me@b/")], Some("me:")),
            (&[within, ("location", "no address")], None),
            (&[("login", "me"), ("password", "x"), ("location", "http://b/")], Some("me:x")),
            (&[within, ("password", "x")], Some("admin:x")),
            (
                &[within, ("login", "me"), ("password", "x"), ("location", "http://b/")],
                Some("me:x"),
            ),
            (&[("login", "me"), ("password", "x"), within], Some("admin:secret")),
        ] {
            let mut steps = steps.to_vec();
            if steps.last().is_some_and(|step| step.1 == "no address") {
                steps.push(("location", "http://a/"));
            }
            assert_eq!(login(&steps).as_deref(), expected, "{steps:?}");
        }
        let mut settings = Settings::default();
        for proxy in ["http://me:secret@proxy:1", "http://proxy:2"] {
            settings.set("proxy", &proxy.to_value());
        }
        assert!(settings.proxy_id.get().is_none() && settings.proxy_pw.0.get().is_none());
    }

    #[test]
    fn debug_shows_no_secret() {
        gst::init().unwrap();
        let mut settings = Settings::default();
        let fields = gst::Structure::builder("x").field("X-Key", "hidden").build();
        for (name, value) in [
            ("location", "http://admin:hidden@cam/?pwd=hidden".to_value()),
            ("proxy", "http://me:hidden@proxy:3128".to_value()),
            ("cookies", vec!["a=hidden".to_owned()].to_value()),
            ("extra-headers", fields.to_value()),
        ] {
            settings.set(name, &value);
        }
        let shown = format!("{settings:?} {:?}", settings.request());
        assert!(shown.contains("cam") && shown.contains("proxy"), "{shown}");
        assert!(!shown.contains("hidden"), "{shown}");
        for name in ["location", "proxy", "proxy-id"] {
            let shown = format!("{:?}", settings.get(name));
            assert!(!shown.contains("hidden"), "{name}: {shown}");
        }
        for name in ["password", "proxy-pw", "cookies", "extra-headers"] {
            assert!(settings.get(name).is_none(), "{name}");
        }
    }
}
