//! The proxy in front of the camera.
//!
//! | proxy | http camera | https camera |
//! |---|---|---|
//! | `http:`, `https:` | the whole address in the request line (RFC 9112 §3.2.2) | a tunnel (`CONNECT`, RFC 9110 §9.3.6) |
//! | `socks5:` | a tunnel (RFC 1928) | a tunnel |
//!
//! The proxy looks names up. Only the proxy that was set is asked, never the
//! environment's: a company's proxy does not reach the camera next door.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::error::Error;
use crate::http::location::{Location, Userinfo};
use crate::login::Login;

/// The port of a SOCKS proxy that names none (RFC 1928 §3).
const SOCKS_PORT: u16 = 1080;

/// A proxy and the login for it. `Display` shows its address only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    url: Url,
    login: Option<Login>,
}

impl Proxy {
    /// Reads an address; without a scheme it is http. The userinfo comes back beside it.
    pub fn parse(text: &str) -> Result<(Self, Option<Userinfo>), Error> {
        let bad = |why: &str| Error::BadProxy { why: why.into() };
        let text = text.trim();
        let whole = if text.contains("://") { text.into() } else { format!("http://{text}") };
        let mut url = Url::parse(&whole).map_err(|error| bad(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h") {
            return Err(bad(&format!("{}: is not supported", url.scheme())));
        }
        if url.host_str().is_none_or(str::is_empty) || url.port() == Some(0) {
            return Err(bad("it has no host, or no port"));
        }
        let userinfo = Userinfo::of(&url);
        let cleared = url.set_username("").and_then(|()| url.set_password(None));
        cleared.map_err(|()| bad("it has no host"))?;
        url.set_path("");
        url.set_query(None);
        url.set_fragment(None);
        Ok((Self { url, login: None }, userinfo))
    }

    /// The same with a login for it.
    #[must_use]
    pub fn with_login(self, login: Option<Login>) -> Self {
        Self { login, ..self }
    }

    pub(crate) fn login(&self) -> Option<&Login> {
        self.login.as_ref()
    }

    pub(crate) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    pub(crate) fn is_socks(&self) -> bool {
        self.url.scheme().starts_with("socks")
    }

    /// Where an http or https proxy is.
    pub(crate) fn location(&self) -> Location {
        Location::at(self.url.clone())
    }

    /// Where a SOCKS proxy is, as an address that can be looked up.
    pub(crate) fn socks(&self) -> Result<Location, Error> {
        let host = percent_decode_str(self.host()).decode_utf8_lossy();
        let address = format!("http://{host}:{}/", self.url.port().unwrap_or(SOCKS_PORT));
        let url = Url::parse(&address);
        url.map(Location::at).map_err(|error| Error::BadProxy { why: error.to_string() })
    }

    /// The user and the password for it.
    pub(crate) fn user_and_password(&self) -> Option<(&str, &str)> {
        self.login.as_ref().map(|login| (login.user.as_str(), login.password.as_str()))
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.url.scheme(), self.host())?;
        self.url.port().map_or(Ok(()), |port| write!(f, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_are_read_as_people_type_them() {
        for (text, shown, expected) in [
            ("http://proxy:3128", "http://proxy:3128", None),
            ("http://proxy/", "http://proxy", None),
            (" proxy:3128 ", "http://proxy:3128", None),
            ("192.168.1.1:3128", "http://192.168.1.1:3128", None),
            ("https://Proxy:443", "https://proxy", None),
            ("socks5://[::1]:1081/x", "socks5://[::1]:1081", None),
            ("socks5h://proxy", "socks5h://proxy", None),
            ("http://me:p%40ss@proxy:1", "http://proxy:1", Some(("me", Some("p@ss")))),
            ("me:p@ss@proxy:1", "http://proxy:1", Some(("me", Some("p@ss")))),
            ("socks5://me@proxy", "socks5://proxy", Some(("me", None))),
        ] {
            let (proxy, userinfo) = Proxy::parse(text).unwrap();
            assert_eq!(proxy.to_string(), shown, "{text}");
            let userinfo = userinfo.map(|info| (info.user, info.password));
            let expected = expected.map(|(u, p)| (u.to_owned(), p.map(str::to_owned)));
            assert_eq!(userinfo, expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused() {
        for text in
            ["", "ftp://proxy", "http://", "socks5://", "http://p:99999", "http://p:0", "a b"]
        {
            assert!(matches!(Proxy::parse(text), Err(Error::BadProxy { .. })), "{text}");
        }
    }

    #[test]
    fn the_login_is_not_shown() {
        let login = Login { user: "hidden".into(), password: "hidden".into() };
        let (proxy, _) = Proxy::parse("socks5://hidden:hidden@proxy").unwrap();
        let proxy = proxy.with_login(Some(login));
        let shown = format!("{proxy} {proxy:?}");
        assert!(!shown.contains("hidden"), "{shown}");
    }
}
