//! The camera's address as people type it, and as it may be shown.

use std::borrow::Cow;
use std::fmt;

use percent_encoding::percent_decode_str;
use url::{Host, ParseError, Position, Url};

use super::redaction::MASK;
use super::zone::{self, Zone};
use super::{mistyped, redaction};
use crate::error::Error;

/// An http or https URL without its userinfo. `Display` and `Debug` leave out what is
/// secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Location(Url, Option<Zone>);

/// The `user:password@` of an address, percent-decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Userinfo {
    /// Up to the colon.
    pub user: String,
    /// Behind it, if there was one.
    pub password: Option<String>,
}

impl Location {
    /// Reads an address by the rules browsers follow (WHATWG URL); without a scheme it is
    /// http. The userinfo comes back beside it.
    pub fn parse(text: &str) -> Result<(Self, Option<Userinfo>), Error> {
        let text = text.trim();
        if let Some(why) = mistyped::look(text) {
            return Err(bad(why));
        }
        let (address, zone) = zone::take_out(text)?;
        // As players have it.
        let address = address.strip_prefix("mjpeg+").unwrap_or(&address);
        let address = with_scheme(address).ok_or_else(no_scheme)?;
        let url = Url::parse(&address).map_err(|error| explain(error, &address))?;
        if url.fragment().is_some_and(|fragment| fragment.contains('@')) {
            return Err(bad(MISPLACED_LOGIN));
        }
        // Percent-encoded, it can be a secret all the same.
        let login = [url.username(), url.password().unwrap_or_default()];
        if login.contains(&MASK) || url.query().is_some_and(redaction::is_masked) {
            let why = format!("{MASK} stands in it for a secret. Write the secret there");
            return Err(bad(&why));
        }
        let userinfo = Userinfo::of(&url);
        let url = clean(url).map_err(|why| bad(&why))?;
        Ok((Self(url, zone), userinfo))
    }

    /// An http or https address without a login.
    pub(crate) fn at(url: Url) -> Self {
        Self(url, None)
    }

    /// Where the `Location` field of an answer from here leads (RFC 9110 §10.2.2). A login
    /// in it is not the user's, and so left out.
    pub fn join(&self, field: &str) -> Result<Self, Error> {
        let refuse = |why: String| Error::Redirect { why };
        let url = self.0.join(field).map_err(|error| refuse(error.to_string()))?;
        // A camera does not know the names of our interfaces.
        let zone = self.1.clone().filter(|_| url.host() == self.0.host());
        Ok(Self(clean(url).map_err(refuse)?, zone))
    }

    /// The whole URL, secrets included: for the request.
    pub fn url(&self) -> &Url {
        &self.0
    }

    /// Path and query as the request line has them (RFC 9112 §3.2.1).
    pub fn target(&self) -> &str {
        &self.0[Position::BeforePath..Position::AfterQuery]
    }

    /// The value of the `Host` field (RFC 9110 §7.2).
    pub fn authority(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Nobody on the way can read what is sent there.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Does `next` lead to the same camera? It may ask for https instead of http, on
    /// another port as well.
    pub(crate) fn is_same_camera(&self, next: &Self) -> bool {
        let port = |location: &Self| location.0.port_or_known_default();
        let is_upgrade = !self.is_https() && next.is_https();
        let is_origin = self.is_https() == next.is_https() && port(self) == port(next);
        self.0.host() == next.0.host() && (is_upgrade || is_origin)
    }

    /// As it stands in the address: an IPv6 number in brackets.
    pub(crate) fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port_or_known_default().unwrap_or_default()
    }

    /// The address of this host, for the look-up.
    pub(crate) fn root(&self) -> String {
        format!("{}://{}/", self.0.scheme(), self.authority())
    }

    /// The target of a request to a proxy (RFC 9112 §3.2.2).
    pub(crate) fn absolute(&self) -> String {
        format!("{}://{}{}", self.0.scheme(), self.authority(), self.target())
    }

    /// The target of `CONNECT` (RFC 9112 §3.2.3).
    pub(crate) fn host_and_port(&self) -> String {
        format!("{}:{}", self.host(), self.port())
    }

    /// What its query must not show, as it stands there and decoded.
    pub fn secrets(&self) -> Vec<String> {
        redaction::secrets(self.0.query().unwrap_or_default()).collect()
    }

    /// The name or number of the network interface that leads to this host, if one is given.
    pub(crate) fn interface(&self) -> Option<&str> {
        self.1.as_ref().map(Zone::name)
    }

    /// A link-local number, which each interface may lead to, and none is given.
    pub(crate) fn lacks_interface(&self) -> bool {
        let is_local =
            matches!(self.0.host(), Some(Host::Ipv6(number)) if number.is_unicast_link_local());
        is_local && self.1.is_none()
    }

    /// The host with what only concerns this machine.
    fn shown_authority(&self) -> String {
        match &self.1 {
            Some(zone) => self.authority().replacen(']', &format!("%25{zone}]"), 1),
            None => self.authority(),
        }
    }
}

impl Userinfo {
    pub(crate) fn of(url: &Url) -> Option<Self> {
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        (!url.username().is_empty() || url.password().is_some())
            .then(|| Self { user: decode(url.username()), password: url.password().map(decode) })
    }
}

/// `host`, `host:port` and what may stand around them are http, as labels and manuals of
/// cameras show their addresses; `None` for what is none.
fn with_scheme(address: &str) -> Option<Cow<'_, str>> {
    let is_scheme =
        |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    if address.split_once("://").is_some_and(|(scheme, _)| is_scheme(scheme)) {
        return Some(address.into());
    }
    let authority = address.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let name = match host.rsplit_once(':') {
        _ if host.starts_with('[') => host,
        Some((name, port)) if !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()) => name,
        Some(_) => return None,
        None => host,
    };
    let is_host = !name.is_empty()
        && !name.starts_with('.')
        && !name.contains([' ', '\\', '\'', '"', '<'])
        && (host.starts_with('[') || !name.contains(':'));
    is_host.then(|| format!("http://{address}").into())
}

const MISPLACED_LOGIN: &str =
    "a login with / ? or # in it cannot stand in an address, but in login and password";

fn bad(why: &str) -> Error {
    Error::BadUrl { why: why.into() }
}

fn no_scheme() -> Error {
    bad("it has no scheme")
}

fn explain(error: ParseError, address: &str) -> Error {
    match error {
        ParseError::RelativeUrlWithoutBase => no_scheme(),
        ParseError::InvalidPort | ParseError::EmptyHost if address.contains('@') => {
            bad(MISPLACED_LOGIN)
        }
        other => bad(&other.to_string()),
    }
}

/// An http or https URL with nothing in it that is not for the camera, or why not.
fn clean(mut url: Url) -> Result<Url, String> {
    if !matches!(url.scheme(), "http" | "https") {
        return Err(match url.scheme() {
            "rtsp" | "rtsps" => {
                "this is an RTSP address: use rtspsrc, or the camera's address for \
                                 MJPEG over HTTP"
                    .into()
            }
            other => format!("{other}: is not supported"),
        });
    }
    if url.port() == Some(0) {
        return Err("there is no port 0".into());
    }
    let cleared = url.set_username("").and_then(|()| url.set_password(None));
    cleared.map_err(|()| "it has no host")?;
    url.set_fragment(None);
    Ok(url)
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.0.scheme(), self.shown_authority(), self.0.path())?;
        if let Some(query) = self.0.query() {
            write!(f, "?{}", redaction::shown(query))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_type_them() {
        let login = |user: &str, password: Option<&str>| {
            Some((user.to_owned(), password.map(str::to_owned)))
        };
        for (text, shown, expected) in [
            ("http://cam/stream", "http://cam/stream", None),
            (" http://cam ", "http://cam/", None),
            ("http://cam?action=stream", "http://cam/?action=stream", None),
            ("HTTP://CAM:8080/A", "http://cam:8080/A", None),
            ("http://cam:80/", "http://cam/", None),
            ("mjpeg+http://cam/a", "http://cam/a", None),
            ("http://[::1]:81/a b|c", "http://[::1]:81/a%20b|c", None),
            ("http://[fe80::1%eth0]:81/", "http://[fe80::1%25eth0]:81/", None),
            ("cam", "http://cam/", None),
            ("cam:8080/video", "http://cam:8080/video", None),
            ("192.0.2.7:3031/video", "http://192.0.2.7:3031/video", None),
            ("192.0.2.7/a?src=http://x/", "http://192.0.2.7/a?src=http://x/", None),
            ("[::1]:81/a", "http://[::1]:81/a", None),
            ("cam?action=stream", "http://cam/?action=stream", None),
            ("admin:b:c@cam:81/", "http://cam:81/", login("admin", Some("b:c"))),
            ("http://a:b:c@cam/", "http://cam/", login("a", Some("b:c"))),
            ("http://a%3Ab:c%25@cam/", "http://cam/", login("a:b", Some("c%"))),
            ("http://:b@cam/", "http://cam/", login("", Some("b"))),
            (
                "http://J\u{fc}rgen:\u{20ac} @cam/",
                "http://cam/",
                login("J\u{fc}rgen", Some("\u{20ac} ")),
            ),
            ("http://admin:secret@cam/", "http://cam/", login("admin", Some("secret"))),
            ("http://a:%2A%2A%2A@cam/", "http://cam/", login("a", Some("***"))),
            ("http://a:p%40ss@cam/", "http://cam/", login("a", Some("p@ss"))),
            ("http://a:p@ss@cam/", "http://cam/", login("a", Some("p@ss"))),
            ("http://admin@cam/", "http://cam/", login("admin", None)),
            (
                "http://cam/v.cgi?user=a&pwd=hidden&x=1",
                "http://cam/v.cgi?user=***&pwd=***&x=1",
                None,
            ),
            (
                "http://cam/?usr=a&psw=x&pw=x;Pwd=x",
                "http://cam/?usr=***&psw=***&pw=***;Pwd=***",
                None,
            ),
            ("http://cam/?a:x", "http://cam/?***", None),
            ("http://cam/?src=http://a:x@b/v&n=1", "http://cam/?src=***&n=1", None),
            ("http://cam/?src=http%3A%2F%2Fa:x%40b", "http://cam/?src=***", None),
            ("http://cam/?api_key=&action=stream", "http://cam/?api_key=&action=stream", None),
        ] {
            let (location, login) = Location::parse(text).unwrap();
            assert_eq!(location.to_string(), shown, "{text}");
            assert_eq!(format!("{location:?}"), shown, "{text}");
            assert_eq!(login.map(|login| (login.user, login.password)), expected, "{text}");
        }
    }

    #[test]
    fn the_camera_sees_what_was_meant() {
        // typed, target, Host
        for (text, target, host) in [
            ("http://cam", "/", "cam"),
            ("http://cam?", "/?", "cam"),
            ("http://cam?action=stream", "/?action=stream", "cam"),
            ("http://cam/a?b=c&d#e", "/a?b=c&d", "cam"),
            ("http://cam/a?/b?c", "/a?/b?c", "cam"),
            ("http://cam/a b?c d", "/a%20b?c%20d", "cam"),
            ("http://cam/?q=\"|[]<>^`{}\\", "/?q=%22|[]%3C%3E^`{}\\", "cam"),
            ("http://cam/\u{fc}?\u{fc}", "/%C3%BC?%C3%BC", "cam"),
            ("http://cam/100%?50%&%41", "/100%?50%&%41", "cam"),
            ("http://cam//a/./b;c=d@e:f", "//a/b;c=d@e:f", "cam"),
            ("http://cam/a\tb\n", "/ab", "cam"),
            ("HTTP://CAM:80/A", "/A", "cam"),
            ("http://cam:8080", "/", "cam:8080"),
            ("https://cam:443", "/", "cam"),
            ("https://cam:80", "/", "cam:80"),
            ("http://[::1]:81", "/", "[::1]:81"),
            ("http://[FE80::0:1%25eth0]/v", "/v", "[fe80::1]"),
            ("http://[fe80::1%eth0]:81/", "/", "[fe80::1]:81"),
            ("http://K\u{fc}che.local/", "/", "xn--kche-0ra.local"),
            ("http://my_cam/", "/", "my_cam"),
            ("http://a:b@cam/c@d", "/c@d", "cam"),
        ] {
            let (location, _) = Location::parse(text).unwrap();
            assert_eq!(
                (location.target(), location.authority().as_str()),
                (target, host),
                "{text}"
            );
            assert!(location.target().bytes().all(|byte| byte.is_ascii_graphic()), "{text}");
        }
    }

    #[test]
    fn what_is_no_camera_address_is_refused() {
        for (text, words) in [
            ("", "begins with http://"),
            ("/dev/video0", "begins with http://"),
            ("my cam", "begins with http://"),
            ("cam:video", "begins with http://"),
            ("javascript:alert(1)", "begins with http://"),
            ("C:\\video.avi", "begins with http://"),
            ("?action=stream", "begins with http://"),
            ("rtsp://cam/", "use rtspsrc"),
            ("http:/cam", "two slashes"),
            ("\"http://cam/\"", "leave out the quotes"),
            ("::1", "into brackets"),
            ("file:///a", "file: is not supported"),
            ("http://", "empty host"),
            ("http://my cam/", "domain"),
            ("http://cam:99999/", "port"),
            ("http://cam:-1/", "port"),
            ("http://cam:0/", "port 0"),
            ("http://300.1.1.1/", "IPv4"),
            ("http://[::1/", "IPv6"),
            ("http://[fe80::1%25]]/", "name of a network interface"),
            ("http://[fe80::1%25a%2Fb]/", "name of a network interface"),
            ("http://admin:hidden/x@cam/", "in login and password"),
            ("http://admin:hidden?x@cam/", "in login and password"),
            ("http://admin:hidden#x@cam/", "in login and password"),
            ("http://hidden#x@cam/", "in login and password"),
            ("http://cam/v?user=***&pwd=hidden", "*** stands in it"),
            ("http://cam/v?fps=5;***", "*** stands in it"),
            ("http://admin:***@cam/", "*** stands in it"),
            ("cam/v?pwd=***", "*** stands in it"),
        ] {
            let Err(error) = Location::parse(text) else { panic!("{text} is read") };
            assert!(matches!(error, Error::BadUrl { .. }), "{text}");
            assert!(error.to_string().contains(words), "{text}: {error}");
            assert!(!error.to_string().contains("hidden"), "{text}: {error}");
        }
    }
}
