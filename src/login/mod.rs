//! Logging in (RFC 9110 §11, RFC 7616, RFC 7617): what to send to a camera that asks.
//!
//! | file | idea |
//! |---|---|
//! | [`dialogue`] | which offer is tried when, and when it is over |
//! | [`stale_nonce`] | a nonce that is too old |
//! | [`memory`] | what the requests before have taught, and how often a nonce was used |
//! | [`offer`] | a challenge that can be answered, or why it cannot |
//! | [`challenge`] | what the camera asks for, however it spells it |
//! | [`digest`] | the answer to Digest |
//! | [`hash`] | the hashes for it |
//! | `rows` | what the tests expect to be sent to which challenge |

pub mod challenge;
pub mod dialogue;
mod digest;
mod hash;
pub mod memory;
mod offer;
#[cfg(test)]
mod rows;
pub(crate) mod stale_nonce;

use std::fmt;

use base64::prelude::{BASE64_STANDARD, Engine};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rustls::crypto::ring;

pub(crate) use challenge::parse;
pub use dialogue::Dialogue;
pub use memory::Memory;

use crate::error::Error;

/// A user and a password. `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// User name.
    pub user: String,
    /// Password.
    pub password: String,
}

/// The request that credentials are for.
#[derive(Debug, Clone, Copy)]
pub struct RequestLine<'a> {
    /// `GET`, or `CONNECT` to a proxy.
    pub method: &'a str,
    /// The request target, letter by letter.
    pub uri: &'a str,
}

impl Login {
    /// The `Authorization` value for Basic (RFC 7617), in UTF-8.
    fn basic(&self) -> String {
        format!("Basic {}", self.user_pass())
    }

    /// RFC 7617 §2, in Base64.
    fn user_pass(&self) -> String {
        BASE64_STANDARD.encode(format!("{}:{}", self.user, self.password))
    }

    /// The password as Basic sends it, and as an address has it.
    pub(crate) fn secrets(&self) -> [String; 2] {
        let encoded = utf8_percent_encode(&self.password, NON_ALPHANUMERIC);
        [self.user_pass(), encoded.to_string()]
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login(***)")
    }
}

/// A client's nonce that cannot be guessed (RFC 7616 §3.4).
pub(crate) fn cnonce() -> Result<String, Error> {
    let mut bytes = [0; 16];
    let filled = ring::default_provider().secure_random.fill(&mut bytes);
    filled.map_err(|_| Error::Internal { why: "no random numbers".into() })?;
    Ok(hash::hex(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_as_in_rfc_7617() {
        // §2 and §2.1
        for (user, password, expected) in [
            ("Aladdin", "open sesame", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            ("test", "123\u{a3}", "Basic dGVzdDoxMjPCow=="),
        ] {
            let login = Login { user: user.into(), password: password.into() };
            assert_eq!(login.basic(), expected);
        }
    }

    #[test]
    fn nonces_of_the_client_do_not_repeat() {
        let (one, other) = (cnonce().unwrap(), cnonce().unwrap());
        assert_eq!(one.len(), 32);
        assert_ne!(one, other);
    }
}
