//! The camera's address as people type it, and as it may be shown.

use std::fmt;

use percent_encoding::percent_decode_str;
use url::{Position, Url};

use crate::error::Error;

/// A query field with one of these in its name has a secret value …
const SECRET_WORDS: [&str; 13] = [
    "pwd",
    "pass",
    "psw",
    "token",
    "auth",
    "key",
    "secret",
    "session",
    "credential",
    "signature",
    "jwt",
    "access",
    "nonce",
];
/// … and so has one with exactly such a name.
const SECRET_NAMES: [&str; 6] = ["pw", "pin", "sid", "sig", "code", "hash"];

/// An http or https URL without its userinfo. `Display` and `Debug` leave out what is
/// secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Location(Url);

/// The `user:password@` of an address, percent-decoded.
#[derive(Clone, PartialEq, Eq)]
pub struct Userinfo {
    /// Up to the colon.
    pub user: String,
    /// Behind it, if there was one.
    pub password: Option<String>,
}

impl Location {
    /// Reads an address by the rules browsers follow (WHATWG URL). The userinfo comes
    /// back beside it.
    pub fn parse(text: &str) -> Result<(Self, Option<Userinfo>), Error> {
        let bad = |why: &str| Error::BadUrl { why: why.into() };
        let mut url = Url::parse(text.trim()).map_err(|error| bad(&error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(bad(&format!("{}: is not supported", url.scheme())));
        }
        let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        let login = (!url.username().is_empty() || url.password().is_some()).then(|| Userinfo {
            user: decode(url.username()),
            password: url.password().map(decode),
        });
        let cleared = url.set_username("").and_then(|()| url.set_password(None));
        cleared.map_err(|()| bad("it has no host"))?;
        url.set_fragment(None);
        Ok((Self(url), login))
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
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.0.scheme(), self.authority(), self.0.path())?;
        if let Some(query) = self.0.query() {
            write!(f, "?{}", shown_query(query))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The query with its secrets replaced. `&` and `;` both separate fields.
fn shown_query(query: &str) -> String {
    query.split_inclusive(['&', ';']).map(shown_field).collect()
}

fn shown_field(field: &str) -> String {
    let (field, separator) = match field.strip_suffix(['&', ';']) {
        Some(bare) => (bare, &field[bare.len()..]),
        None => (field, ""),
    };
    let shown = match field.split_once('=') {
        Some((name, value)) if is_secret(name) && !value.is_empty() => format!("{name}=***"),
        // `user:password` without a name, or an address with a login in it.
        None if field.contains(':') => "***".into(),
        Some((name, value)) if has_userinfo(value) => format!("{name}=***"),
        _ => field.to_owned(),
    };
    shown + separator
}

fn is_secret(name: &str) -> bool {
    let name = percent_decode_str(name).decode_utf8_lossy().to_ascii_lowercase();
    SECRET_NAMES.contains(&name.as_str()) || SECRET_WORDS.iter().any(|secret| name.contains(secret))
}

fn has_userinfo(value: &str) -> bool {
    let value = percent_decode_str(value).decode_utf8_lossy();
    value.split_once("//").is_some_and(|(_, rest)| rest.contains('@'))
}

#[cfg(test)]
mod tests {
    use ureq::http::Uri;
    use ureq::http::uri::PathAndQuery;

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
            ("http://[::1]:81/a b|c", "http://[::1]:81/a%20b|c", None),
            ("http://admin:secret@cam/", "http://cam/", login("admin", Some("secret"))),
            ("http://a:p%40ss@cam/", "http://cam/", login("a", Some("p@ss"))),
            ("http://a:p@ss@cam/", "http://cam/", login("a", Some("p@ss"))),
            ("http://admin@cam/", "http://cam/", login("admin", None)),
            ("http://cam/v.cgi?user=a&pwd=hidden&x=1", "http://cam/v.cgi?user=a&pwd=***&x=1", None),
            (
                "http://cam/?usr=a&psw=x&pw=x;Pwd=x",
                "http://cam/?usr=a&psw=***&pw=***;Pwd=***",
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
    fn the_target_is_what_ureq_sends() {
        for text in [
            "http://cam",
            "http://cam?",
            "http://cam/a?b=c&d",
            "http://cam/a?/b?c#d",
            "http://cam/a b/../\u{fc}?q=\"\u{fc}\"|\\^`{}'",
            "http://cam//a/./b;c=d@e:f",
        ] {
            let (location, _) = Location::parse(text).unwrap();
            let sent: Uri = location.url().as_str().parse().unwrap();
            assert_eq!(
                Some(location.target()),
                sent.path_and_query().map(PathAndQuery::as_str),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_camera_address_is_refused() {
        for text in ["", "cam", "rtsp://cam/", "http://", "http://cam:99999/", "file:///a"] {
            assert!(matches!(Location::parse(text), Err(Error::BadUrl { .. })), "{text}");
        }
    }
}
