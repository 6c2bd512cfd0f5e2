//! Redirects (RFC 9110 §15.4): where they lead, and what may go along.
//!
//! Login, cookies and the user's header fields stay with the camera: its scheme, host and
//! port, or https on the same host. A chain of redirects that has left the camera gets none
//! of them when it comes back: another host has chosen what the camera is asked. A redirect
//! from https to http is refused while there is one of them, which everybody on the way
//! could read.

use super::location::Location;
use crate::error::Error;

/// Most redirects in a row.
const LIMIT: usize = 10;

/// The way from an address to where its redirects lead.
#[derive(Debug)]
pub(crate) struct RedirectChain {
    /// Every stop with what was known of its cookies; the last is where we are.
    stops: Vec<(Location, Option<Vec<u8>>)>,
    here: Location,
    is_same_origin: bool,
    /// There is something to keep from others.
    has_secrets: bool,
}

/// Where a redirect leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Hop {
    /// To the same camera.
    Within,
    /// To another host, port or scheme.
    Away,
}

impl RedirectChain {
    pub(crate) fn new(start: &Location, has_secrets: bool) -> Self {
        Self { stops: Vec::new(), here: start.clone(), is_same_origin: true, has_secrets }
    }

    pub(crate) fn here(&self) -> &Location {
        &self.here
    }

    /// Is this still the camera that the user has named?
    pub(crate) fn is_same_origin(&self) -> bool {
        self.is_same_origin
    }

    /// Follows the `Location` field of an answer to a request with these cookies.
    pub(crate) fn follow(
        &mut self,
        field: Option<&[u8]>,
        cookies: Option<Vec<u8>>,
    ) -> Result<Hop, Error> {
        let refuse = |why: &str| Error::Redirect { why: why.into() };
        let text = String::from_utf8_lossy(field.unwrap_or_default());
        let text = text.trim();
        if text.is_empty() {
            return Err(refuse("it names no address"));
        }
        let next = self.here.join(text)?;
        self.stops.push((self.here.clone(), cookies));
        if self.stops.len() > LIMIT {
            return Err(refuse(&format!("there are more than {LIMIT} in a row")));
        }
        let hop = if self.here.is_same_camera(&next) { Hop::Within } else { Hop::Away };
        if self.has_secrets && self.is_same_origin && self.here.is_https() && !next.is_https() {
            return Err(refuse(
                "it leads from https to http, where everybody could read the login",
            ));
        }
        self.is_same_origin &= hop == Hop::Within;
        self.here = next;
        Ok(hop)
    }

    /// Was the same asked before? Then the same would be answered.
    pub(crate) fn check_loop(&self, cookies: Option<&[u8]>) -> Result<(), Error> {
        let is_known = |(stop, known): &(Location, Option<Vec<u8>>)| {
            *stop == self.here && known.as_deref() == cookies
        };
        if self.stops.iter().any(is_known) {
            return Err(Error::Redirect { why: format!("it leads back to {}", self.here) });
        }
        Ok(())
    }
}

/// Is this status followed? 300 and 304 to 306 name no other place for what was asked.
pub(crate) fn is_redirect(status: u16) -> bool {
    matches!(status, 301 | 302 | 303 | 307 | 308)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Location {
        Location::parse(text).unwrap().0
    }

    fn hop(from: &str, field: &str) -> Result<(String, Hop), Error> {
        let mut chain = RedirectChain::new(&at(from), true);
        let hop = chain.follow(Some(field.as_bytes()), None)?;
        Ok((chain.here().url().to_string(), hop))
    }

    #[test]
    fn a_redirect_leads_where_browsers_go() {
        for (from, field, to, expected) in [
            ("http://cam/a/b?c", "/d", "http://cam/d", Hop::Within),
            ("http://cam/a/b?c", "d?e", "http://cam/a/d?e", Hop::Within),
            ("http://cam/a/b?c", "../d", "http://cam/d", Hop::Within),
            ("http://cam/a/b?c", "?d", "http://cam/a/b?d", Hop::Within),
            ("http://cam/a", "//cam/d", "http://cam/d", Hop::Within),
            ("http://cam/a", " /my video ", "http://cam/my%20video", Hop::Within),
            ("http://cam/a", "/\u{fc}|[b]\"", "http://cam/%C3%BC|[b]%22", Hop::Within),
            ("http://cam/a", "http://CAM:80/b#c", "http://cam/b", Hop::Within),
            ("http://cam/a", "https://cam/b", "https://cam/b", Hop::Within),
            ("http://cam:8080/a", "https://cam:8443/b", "https://cam:8443/b", Hop::Within),
            ("https://cam/a", "https://cam:8443/b", "https://cam:8443/b", Hop::Away),
            ("http://cam/a", "http://cam:81/b", "http://cam:81/b", Hop::Away),
            ("http://cam/a", "http://other/b", "http://other/b", Hop::Away),
            ("http://cam/a", "http://cam.evil/b", "http://cam.evil/b", Hop::Away),
            ("http://cam/a", "http://cam@evil/b", "http://evil/b", Hop::Away),
            ("http://cam/a", "http://u:p@cam/b", "http://cam/b", Hop::Within),
            ("http://cam/a", "\\\\evil\\b", "http://evil/b", Hop::Away),
            ("http://[fe80::1%eth0]/a", "/b", "http://[fe80::1]/b", Hop::Within),
        ] {
            assert_eq!(hop(from, field), Ok((to.into(), expected)), "{from} {field}");
        }
        let mut chain = RedirectChain::new(&at("http://[fe80::1%eth0]/a"), false);
        chain.follow(Some(b"http://[fe80::1]/b"), None).unwrap();
        assert_eq!(chain.here().to_string(), "http://[fe80::1%25eth0]/b");
    }

    #[test]
    fn what_cannot_be_followed_is_an_error() {
        for (from, field, words) in [
            ("http://cam/", "", "names no address"),
            ("http://cam/", " ", "names no address"),
            ("http://cam/", "rtsp://cam/", "use rtspsrc"),
            ("http://cam/", "http://", "empty host"),
            ("http://cam/", "http://cam:99999/", "invalid port"),
            ("http://cam/", "javascript:top()", "javascript: is not supported"),
            ("https://cam/", "http://cam/", "from https to http"),
            ("https://cam/", "http://other/", "from https to http"),
        ] {
            let error = hop(from, field).unwrap_err();
            assert!(matches!(error, Error::Redirect { .. }), "{error:?}");
            assert!(error.to_string().contains(words), "{error}");
        }
        let mut chain = RedirectChain::new(&at("http://cam/"), true);
        assert!(chain.follow(None, None).is_err());
        let mut open = RedirectChain::new(&at("https://cam/"), false);
        assert_eq!(open.follow(Some(b"http://cam/"), None), Ok(Hop::Away));
    }

    #[test]
    fn who_has_left_does_not_come_home() {
        let mut chain = RedirectChain::new(&at("http://cam/"), true);
        assert_eq!(chain.follow(Some(b"/a"), None), Ok(Hop::Within));
        assert!(chain.is_same_origin());
        assert_eq!(chain.follow(Some(b"https://other/"), None), Ok(Hop::Away));
        assert_eq!(chain.follow(Some(b"http://cam/reboot"), None), Ok(Hop::Away));
        assert!(!chain.is_same_origin());
    }

    #[test]
    fn circles_and_long_ways_end() {
        let mut chain = RedirectChain::new(&at("http://cam/a?token=x"), true);
        chain.check_loop(None).unwrap();
        chain.follow(Some(b"/a?token=x"), None).unwrap();
        // With a cookie it may be let in.
        chain.check_loop(Some(b"c=1")).unwrap();
        let error = chain.check_loop(None).unwrap_err();
        assert!(error.to_string().contains("leads back to http://cam/a?token=***"), "{error}");

        let mut chain = RedirectChain::new(&at("http://cam/"), true);
        for number in 0..LIMIT {
            chain.follow(Some(format!("/{number}").as_bytes()), None).unwrap();
        }
        let error = chain.follow(Some(b"/last"), None).unwrap_err();
        assert!(error.to_string().contains("more than 10"), "{error}");
    }
}
