//! Digest (RFC 7616; without `qop` RFC 2069): one challenge and the answer to it.
//!
//! ```text
//! response = H( HA1 : nonce : nc : cnonce : qop : HA2 )        with qop
//!            H( HA1 : nonce : HA2 )                            without
//! HA1      = H( user : realm : password )
//!            H( H( user : realm : password ) : nonce : cnonce )    for -sess
//! HA2      = H( method : uri )
//!            H( method : uri : H( body ) )                     for auth-int
//! ```
//!
//! What the camera sent goes back as it came, whatever its character set. User and
//! password are UTF-8; a user beyond ASCII is sent as `username*` to a camera that says
//! `charset=UTF-8`, and plainly, as browsers do, to one that does not: those know no
//! `username*`.

use percent_encoding::{NON_ALPHANUMERIC, percent_encode};

use super::challenge::Challenge;
use super::hash::{Algorithm, Hash};
use super::{Login, RequestLine};

/// One Digest challenge that can be answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Digest {
    pub(super) algorithm: Algorithm,
    pub(super) nonce: Vec<u8>,
    /// The nonce of the request before was too old, its password right.
    pub(super) is_stale: bool,
    realm: Vec<u8>,
    opaque: Option<Vec<u8>>,
    /// As the camera spells it, if it does.
    algorithm_name: Option<Vec<u8>>,
    protection: Option<Protection>,
    hashes_user: bool,
    is_utf8: bool,
}

/// Why a challenge cannot be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unusable {
    /// It is not Digest.
    Scheme,
    Algorithm,
    NoNonce,
}

/// What `qop` may be, if it is anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protection {
    Auth,
    AuthInt,
}

/// What makes a request unlike those before it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Once<'a> {
    /// How many requests have carried this nonce, this one included.
    pub(super) count: u32,
    /// The client's own nonce.
    pub(super) cnonce: &'a str,
}

impl Digest {
    pub(super) fn read(challenge: &Challenge) -> Result<Self, Unusable> {
        if !challenge.is("Digest") {
            return Err(Unusable::Scheme);
        }
        let bytes = |name| challenge.parameter(name).filter(|value| !value.is_empty());
        let says =
            |name, word: &str| bytes(name).is_some_and(|v| v.eq_ignore_ascii_case(word.as_bytes()));
        let algorithm_name = bytes("algorithm").map(<[u8]>::to_vec);
        let algorithm = Algorithm::parse(algorithm_name.as_deref().unwrap_or_default());
        Ok(Self {
            algorithm: algorithm.ok_or(Unusable::Algorithm)?,
            nonce: bytes("nonce").ok_or(Unusable::NoNonce)?.to_vec(),
            is_stale: says("stale", "true"),
            realm: bytes("realm").unwrap_or_default().to_vec(),
            opaque: challenge.parameter("opaque").map(<[u8]>::to_vec),
            algorithm_name,
            protection: bytes("qop").and_then(Protection::choose),
            hashes_user: says("userhash", "true"),
            is_utf8: says("charset", "UTF-8"),
        })
    }

    /// The later, the better. SHA without `qop` stands in no RFC, and the firmware that
    /// offers it gets it wrong, so that it comes behind MD5.
    pub(super) fn rank(&self) -> (bool, Hash) {
        let hash = self.algorithm.hash;
        (self.protection.is_some() || hash == Hash::Md5, hash)
    }

    /// The value of `Authorization` for a request without a body. Its fields stand in the
    /// order of browsers, which firmware is tested with.
    pub(super) fn answer(
        &self,
        login: &Login,
        request_line: RequestLine<'_>,
        once: Once<'_>,
    ) -> Vec<u8> {
        let hash = self.algorithm.hash;
        let user = login.user.as_bytes();
        let mut fields = ParameterList(b"Digest".to_vec());
        if self.hashes_user {
            fields.quoted("username", hash.of(&[user, &self.realm]).as_bytes());
        } else if login.user.chars().any(char::is_control) || self.is_utf8 && !user.is_ascii() {
            let encoded = percent_encode(user, NON_ALPHANUMERIC);
            fields.plain("username*", format!("UTF-8''{encoded}").as_bytes());
        } else {
            fields.quoted("username", user);
        }
        fields.quoted("realm", &self.realm);
        fields.quoted("nonce", &self.nonce);
        fields.quoted("uri", request_line.uri.as_bytes());
        if let Some(name) = &self.algorithm_name {
            fields.plain("algorithm", name);
        }
        let response = self.response(login, request_line, once);
        fields.quoted("response", response.as_bytes());
        if let Some(opaque) = &self.opaque {
            fields.quoted("opaque", opaque);
        }
        if let Some(protection) = self.protection {
            fields.plain("qop", protection.name());
            fields.plain("nc", once.count().as_bytes());
        }
        if self.protection.is_some() || self.algorithm.is_session {
            fields.quoted("cnonce", once.cnonce.as_bytes());
        }
        if self.hashes_user {
            fields.plain("userhash", b"true");
        }
        fields.0
    }

    fn response(&self, login: &Login, request_line: RequestLine<'_>, once: Once<'_>) -> String {
        let hash = self.algorithm.hash;
        let cnonce = once.cnonce.as_bytes();
        let mut ha1 = hash.of(&[login.user.as_bytes(), &self.realm, login.password.as_bytes()]);
        if self.algorithm.is_session {
            ha1 = hash.of(&[ha1.as_bytes(), &self.nonce, cnonce]);
        }
        let request = [request_line.method.as_bytes(), request_line.uri.as_bytes()];
        let ha2 = match self.protection {
            Some(Protection::AuthInt) => {
                hash.of(&[request[0], request[1], hash.of(&[]).as_bytes()])
            }
            Some(Protection::Auth) | None => hash.of(&request),
        };
        match self.protection {
            Some(protection) => hash.of(&[
                ha1.as_bytes(),
                &self.nonce,
                once.count().as_bytes(),
                cnonce,
                protection.name(),
                ha2.as_bytes(),
            ]),
            None => hash.of(&[ha1.as_bytes(), &self.nonce, ha2.as_bytes()]),
        }
    }
}

impl Protection {
    /// Takes `auth` where it is offered: the hash of a body adds nothing to a GET. Other
    /// words are ignored (RFC 7616 §3.3).
    fn choose(offered: &[u8]) -> Option<Self> {
        let words = || offered.split(|byte| !byte.is_ascii_alphabetic() && *byte != b'-');
        let offers = |word: &[u8]| words().any(|offered| offered.eq_ignore_ascii_case(word));
        [Self::Auth, Self::AuthInt].into_iter().find(|protection| offers(protection.name()))
    }

    fn name(self) -> &'static [u8] {
        match self {
            Self::Auth => b"auth",
            Self::AuthInt => b"auth-int",
        }
    }
}

impl Once<'_> {
    /// `nc`: eight hexadecimal digits.
    fn count(self) -> String {
        format!("{:08x}", self.count)
    }
}

/// A list of parameters under way.
struct ParameterList(Vec<u8>);

impl ParameterList {
    fn plain(&mut self, name: &str, value: &[u8]) {
        let separator = if self.0.contains(&b'=') { ", " } else { " " };
        self.0.extend([separator.as_bytes(), name.as_bytes(), b"=", value].concat());
    }

    fn quoted(&mut self, name: &str, value: &[u8]) {
        let mut quoted = vec![b'"'];
        for &byte in value {
            if matches!(byte, b'"' | b'\\') {
                quoted.push(b'\\');
            }
            quoted.push(byte);
        }
        quoted.push(b'"');
        self.plain(name, &quoted);
    }
}

#[cfg(test)]
mod tests {
    use super::super::challenge;
    use super::*;

    fn answer(
        field: &str,
        login: &Login,
        request_line: RequestLine<'_>,
        count: u32,
        cnonce: &str,
    ) -> String {
        let challenge = challenge::parse([field.as_bytes()].into_iter()).remove(0);
        let digest = Digest::read(&challenge).unwrap();
        String::from_utf8(digest.answer(login, request_line, Once { count, cnonce })).unwrap()
    }

    /// For the page of the RFCs' examples, with a count of 1.
    fn first(field: &str, user: &str, password: &str, cnonce: &str) -> String {
        let login = Login { user: user.into(), password: password.into() };
        answer(field, &login, RequestLine { method: "GET", uri: "/dir/index.html" }, 1, cnonce)
    }

    #[test]
    fn the_example_of_rfc_2069_is_met() {
        // §2.4, with the response as its erratum 749 corrects it.
        assert_eq!(
            first(
                r#"Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",
                   opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
                "Mufasa",
                "CircleOfLife",
                "unused"
            ),
            "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", \
             nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", \
             response=\"1949323746fe6a43ef61f9606e7febea\", \
             opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""
        );
    }

    #[test]
    fn the_example_of_rfc_2617_is_met() {
        // §3.5
        let found = first(
            r#"Digest realm="testrealm@host.com", qop="auth,auth-int",
               nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",
               opaque="5ccc069c403ebaf9f0171e9517f40e41""#,
            "Mufasa",
            "Circle Of Life",
            "0a4f113b",
        );
        assert!(found.contains(r#"response="6629fae49393a05397450978507c4ef1""#), "{found}");
        assert!(found.ends_with(r#"qop=auth, nc=00000001, cnonce="0a4f113b""#), "{found}");
        assert!(!found.contains("algorithm"), "it was not offered: {found}");
    }

    #[test]
    fn the_examples_of_rfc_7616_are_met() {
        // §3.9.1
        for (algorithm, response) in [
            ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
            ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
        ] {
            let field = format!(
                r#"Digest realm="http-auth@example.org", qop="auth, auth-int",
                   algorithm={algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
                   opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#
            );
            let cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ";
            assert_eq!(
                first(&field, "Mufasa", "Circle of Life", cnonce),
                format!(
                    "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", \
                     nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", \
                     uri=\"/dir/index.html\", algorithm={algorithm}, response=\"{response}\", \
                     opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", qop=auth, \
                     nc=00000001, cnonce=\"{cnonce}\""
                )
            );
        }
    }

    /// §3.9.2, with the hashes as its erratum 4897 corrects them.
    #[test]
    fn users_are_hashed_when_the_camera_wants_that() {
        let field = r#"Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256,
            nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
            opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true"#;
        let login =
            Login { user: "J\u{e4}s\u{f8}n Doe".into(), password: "Secret, or not?".into() };
        let request_line = RequestLine { method: "GET", uri: "/doe.json" };
        let cnonce = "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v";
        let found = answer(field, &login, request_line, 1, cnonce);
        for part in [
            r#"username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b""#,
            r#"response="3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5""#,
            "userhash=true",
        ] {
            assert!(found.contains(part), "{part} in {found}");
        }
    }

    #[test]
    fn users_are_sent_as_the_camera_can_read_them() {
        for (offer, user, expected) in [
            ("", "a \"b\" \\", r#"username="a \"b\" \\""#),
            ("", "J\u{fc}rgen", "username=\"J\u{fc}rgen\""),
            (", charset=utf-8", "Jurgen", "username=\"Jurgen\""),
            (", charset=UTF-8", "J\u{fc}r gen", "username*=UTF-8''J%C3%BCr%20gen"),
            ("", "a\nb", "username*=UTF-8''a%0Ab"),
        ] {
            let found = first(&format!("Digest nonce=n{offer}"), user, "", "");
            assert!(found.starts_with(&format!("Digest {expected}, realm=\"\"")), "{found}");
        }
    }

    #[test]
    fn what_was_not_offered_is_not_sent() {
        for (offer, sent, not_sent) in [
            ("", "", "algorithm opaque qop nc= cnonce userhash"),
            (", opaque=\"\"", "opaque=\"\"", "algorithm qop"),
            (", algorithm=\"md5\"", "algorithm=md5,", "opaque"),
            (", algorithm=", "", "algorithm"),
            (", qop=\"\"", "", "qop nc= cnonce"),
            (", qop=\"auth-int\"", "qop=auth-int,", "qop=auth,"),
            (", qop=\"auth-int AUTH\"", "qop=auth,", "qop=auth-int"),
            (", qop=future", "", "qop nc= cnonce"),
            (", algorithm=MD5-sess", "cnonce=", "qop nc="),
        ] {
            let found = first(&format!("Digest realm=r, nonce=n{offer}"), "u", "p", "c");
            assert!(found.contains(sent), "{offer}: {found}");
            for word in not_sent.split(' ') {
                assert!(!found.contains(word), "{offer}: {word} in {found}");
            }
        }
    }

    #[test]
    fn the_count_has_eight_hexadecimal_digits() {
        let login = Login { user: "u".into(), password: "p".into() };
        let request_line = RequestLine { method: "GET", uri: "/" };
        let found = answer("Digest nonce=n, qop=auth", &login, request_line, 31, "c");
        assert!(found.contains("nc=0000001f,"), "{found}");
    }
}
