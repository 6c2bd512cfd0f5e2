//! The cookies of one camera (RFC 6265).
//!
//! They live as long as the attempt to connect, and go to where they came from only: the
//! jar is emptied where a redirect leaves the camera. So neither domain nor path is
//! looked at.

use std::fmt;

use ureq::http::{HeaderMap, header};

use super::fields;
use crate::error::Error;

/// Most cookies kept, and the longest one, in bytes (RFC 6265 §6.1 wants 50 and 4096).
const COUNT_LIMIT: usize = 50;
const SIZE_LIMIT: usize = 4096;

/// Cookies by name. `Debug` shows their number.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Cookies(Vec<(Vec<u8>, Vec<u8>)>);

impl Cookies {
    /// Reads `name=value` pairs, each alone or several with `;` between them; `property`
    /// is where they were set.
    pub fn new<T: AsRef<str>>(
        property: &'static str,
        texts: impl IntoIterator<Item = T>,
    ) -> Result<Self, Error> {
        let mut cookies = Self::default();
        for text in texts {
            fields::check_value(property, "Cookie", text.as_ref())?;
            for pair in text.as_ref().split(';').filter(|pair| !pair.trim().is_empty()) {
                let (name, value) = split(pair.as_bytes()).ok_or_else(|| {
                    let why = "a cookie has to be written name=value".into();
                    Error::BadField { property, why }
                })?;
                cookies.set(name, value);
            }
        }
        Ok(cookies)
    }

    /// These and `others`, which count where both have the same name.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        for (name, value) in others.0 {
            self.set(&name, &value);
        }
        self
    }

    /// Keeps what an answer sets (RFC 6265 §5.2).
    pub(crate) fn store(&mut self, headers: &HeaderMap) {
        for field in headers.get_all(header::SET_COOKIE) {
            let mut parts = field.as_bytes().split(|&byte| byte == b';');
            let Some((name, value)) = parts.next().and_then(split) else { continue };
            if parts.any(is_deletion) {
                self.0.retain(|(n, _)| n != name);
            } else if name.len() + value.len() <= SIZE_LIMIT {
                self.set(name, value);
            }
        }
    }

    /// The value of the `Cookie` field (RFC 6265 §5.4), if there is any.
    pub(crate) fn field(&self) -> Option<Vec<u8>> {
        let pairs = self.0.iter().map(|(name, value)| [name, &b"="[..], value].concat());
        let pairs: Vec<_> = pairs.collect();
        (!pairs.is_empty()).then(|| pairs.join(&b"; "[..]))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn set(&mut self, name: &[u8], value: &[u8]) {
        if let Some((_, old)) = self.0.iter_mut().find(|(n, _)| n == name) {
            *old = value.to_vec();
        } else if self.0.len() < COUNT_LIMIT {
            self.0.push((name.to_vec(), value.to_vec()));
        }
    }
}

impl fmt::Debug for Cookies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cookies({})", self.0.len())
    }
}

/// Name and value of `name=value`.
fn split(pair: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memchr(b'=', pair)?;
    let (name, value) = (pair[..at].trim_ascii(), pair[at + 1..].trim_ascii());
    (!name.is_empty()).then_some((name, value))
}

/// Is this the attribute that takes a cookie back? Other ends lie behind that of the
/// attempt, and a camera's idea of the date is its own.
fn is_deletion(attribute: &[u8]) -> bool {
    let Some((name, value)) = split(attribute) else { return false };
    match name.to_ascii_lowercase().as_slice() {
        b"max-age" => value == b"0" || value.starts_with(b"-"),
        b"expires" => memchr::memmem::find(value, b"1970 00:00:00").is_some(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use ureq::http::HeaderValue;

    use super::*;

    fn field(cookies: &Cookies) -> String {
        String::from_utf8(cookies.field().unwrap_or_default()).unwrap()
    }

    #[test]
    fn cookies_are_set_replaced_and_taken_back() {
        // the user's, what the camera sets, what is sent
        let rows: [(&[&str], &[&str], &str); 11] = [
            (&[], &[], ""),
            (&["a=1"], &[], "a=1"),
            (&["a=1", "b=2; c = 3 ;"], &[], "a=1; b=2; c=3"),
            (&[], &["a=1; Path=/; HttpOnly"], "a=1"),
            (&["a=1"], &["b=2", "a=3"], "a=3; b=2"),
            (&[], &["a=\"x=y\"; SameSite=Lax"], "a=\"x=y\""),
            (&["a=1"], &["a=; Max-Age=0"], ""),
            (&["a=1"], &["a=; expires=Thu, 01-Jan-1970 00:00:00 GMT"], ""),
            // A camera that does not know the date.
            (&[], &["a=1; expires=Thu, 01-Jan-1970 01:00:09 GMT; Max-Age=3600"], "a=1"),
            (&[], &["a", "=b", "", "; Path=/"], ""),
            (&["a="], &[], "a="),
        ];
        for (own, set, expected) in rows {
            let mut cookies = Cookies::new("cookies", own).unwrap();
            let mut headers = HeaderMap::new();
            for value in set {
                headers.append(header::SET_COOKIE, HeaderValue::from_static(value));
            }
            cookies.store(&headers);
            assert_eq!(field(&cookies), expected, "{own:?} {set:?}");
        }
    }

    #[test]
    fn what_is_no_cookie_is_refused() {
        for text in ["a", "a=1; b", "a=1\r\nX: y", "=1"] {
            let error = Cookies::new("cookies", [text]).unwrap_err();
            assert!(matches!(error, Error::BadField { .. }), "{text:?}");
        }
    }

    #[test]
    fn a_camera_cannot_fill_the_memory() {
        let mut cookies = Cookies::default();
        for number in 0..1000 {
            let mut headers = HeaderMap::new();
            let value = HeaderValue::from_str(&format!("c{number}=1")).unwrap();
            headers.append(header::SET_COOKIE, value);
            let long = HeaderValue::from_str(&format!("l={}", "x".repeat(SIZE_LIMIT))).unwrap();
            headers.append(header::SET_COOKIE, long);
            cookies.store(&headers);
        }
        assert_eq!(cookies.0.len(), COUNT_LIMIT);
        assert!(cookies.field().unwrap().len() < 1000);
    }
}
