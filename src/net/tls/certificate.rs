//! The fields of any certificate, however odd, and its SHA-256 as people write it.
//!
//! webpki reads no X.509v1, which is what many a camera makes for itself.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::error::Error;

/// What is looked at of a certificate (RFC 5280 §4.1), each in DER.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Certificate<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
    /// The `SubjectPublicKeyInfo`.
    pub(super) key: &'a [u8],
}

const INTEGER: u8 = 0x02;
const SEQUENCE: u8 = 0x30;
/// `[0] EXPLICIT`, which version 1 does without.
const VERSION: u8 = 0xA0;
/// `id-at-commonName` with its tag and length.
const COMMON_NAME: [u8; 5] = [0x06, 0x03, 0x55, 0x04, 0x03];
/// The longest common name (RFC 5280, appendix A.1, `ub-common-name`).
const NAME_LENGTH: usize = 64;

impl<'a> Certificate<'a> {
    /// `None` if it is not one.
    pub(super) fn read(der: &'a [u8]) -> Option<Self> {
        let certificate = Element::read(der, SEQUENCE)?;
        let fields = Element::read(certificate.content, SEQUENCE)?.content;
        let behind = Element::read(fields, VERSION).map_or(fields, |version| version.behind);
        let serial = Element::read(behind, INTEGER)?;
        let algorithm = Element::read(serial.behind, SEQUENCE)?;
        let issuer = Element::read(algorithm.behind, SEQUENCE)?;
        let validity = Element::read(issuer.behind, SEQUENCE)?;
        let subject = Element::read(validity.behind, SEQUENCE)?;
        let key = Element::read(subject.behind, SEQUENCE)?;
        Some(Self { issuer: issuer.whole, subject: subject.whole, key: key.whole })
    }

    /// Nobody else vouches for it.
    pub(super) fn is_self_signed(&self) -> bool {
        self.issuer == self.subject
    }

    /// What its issuer is called.
    pub(super) fn issuer(&self) -> Option<String> {
        common_name(self.issuer)
    }

    /// What it is called itself.
    pub(super) fn subject(&self) -> Option<String> {
        common_name(self.subject)
    }
}

/// The first common name of a `Name`, made fit for a message.
fn common_name(name: &[u8]) -> Option<String> {
    let at = memchr::memmem::find(name, &COMMON_NAME)?;
    let text = name.get(at + COMMON_NAME.len()..)?;
    let text = Element::read(text, *text.first()?)?.content;
    let text = String::from_utf8_lossy(text);
    let text: String = text.chars().filter(|c| !c.is_control()).take(NAME_LENGTH).collect();
    (!text.is_empty()).then_some(text)
}

/// A tag, a length and a content (X.690 §8.1).
struct Element<'a> {
    whole: &'a [u8],
    content: &'a [u8],
    behind: &'a [u8],
}

impl<'a> Element<'a> {
    /// The element with this tag at the start of `der`.
    fn read(der: &'a [u8], tag: u8) -> Option<Self> {
        let (&first, rest) = der.split_first()?;
        let (&length, rest) = rest.split_first()?;
        let (length, rest) = match length {
            0..=0x7F => (length.into(), rest),
            // No certificate is longer than three bytes can say (RFC 8446 §4.4.2).
            0x81..=0x83 => {
                let (digits, rest) = rest.split_at_checked((length & 0x7F).into())?;
                let number = digits.iter().fold(0, |sum, &digit| sum << 8 | usize::from(digit));
                (number, rest)
            }
            _ => return None,
        };
        let (content, behind) = rest.split_at_checked(length)?;
        let whole = &der[..der.len() - behind.len()];
        (first == tag).then_some(Self { whole, content, behind })
    }
}

/// Written as `openssl x509 -fingerprint -sha256` and browsers show it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// Of a certificate in DER.
    pub(super) fn of(certificate: &[u8]) -> Self {
        Self(Sha256::digest(certificate).into())
    }
}

impl FromStr for Fingerprint {
    type Err = Error;

    /// Takes 64 hexadecimal digits; colons and blanks between them are of no account.
    fn from_str(text: &str) -> Result<Self, Error> {
        let bad = |why| Error::TlsSetting { property: "ssl-fingerprint", why };
        let mut bytes = [0; 32];
        let mut count = 0;
        for letter in text.chars().filter(|letter| !matches!(letter, ':' | ' ' | '\t')) {
            let digit = letter.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            let digit = digit.ok_or_else(|| bad(format!("{letter:?} is no hexadecimal digit")))?;
            if let Some(byte) = bytes.get_mut(count / 2) {
                *byte = *byte << 4 | digit;
            }
            count += 1;
        }
        if count != 64 {
            return Err(bad(format!("it has {count} hexadecimal digits, and a SHA-256 has 64")));
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let colon = if index > 0 { ":" } else { "" };
            write!(f, "{colon}{byte:02X}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails that way")]
mod tests {
    use super::*;

    fn element(tag: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        let head = match content.len() {
            0..0x80 => vec![tag, length[1]],
            0x80..0x100 => vec![tag, 0x81, length[1]],
            _ => vec![tag, 0x82, length[0], length[1]],
        };
        [head, content.to_vec()].concat()
    }

    fn name(text: &[u8]) -> Vec<u8> {
        let attribute = [&COMMON_NAME[..], &element(0x0C, text)].concat();
        element(SEQUENCE, &element(0x31, &element(SEQUENCE, &attribute)))
    }

    fn key() -> Vec<u8> {
        element(SEQUENCE, &[0x55; 300])
    }

    fn certificate(version: &[u8], issuer: &[u8], subject: &[u8]) -> Vec<u8> {
        let empty = element(SEQUENCE, &[]);
        let serial = element(INTEGER, &[1]);
        let fields = [version, &serial, &empty, &name(issuer), &empty, &name(subject), &key()];
        let fields = element(SEQUENCE, &fields.concat());
        element(SEQUENCE, &[&fields[..], &empty, &[0x03, 0x01, 0x00]].concat())
    }

    #[test]
    fn versions_1_and_3_are_read() {
        for version in [vec![], element(VERSION, &element(INTEGER, &[2]))] {
            let der = certificate(&version, b"Cameras", b"cam\r\n7");
            let certificate = Certificate::read(&der).unwrap();
            assert_eq!(certificate.key, key());
            assert_eq!(certificate.issuer().unwrap(), "Cameras");
            assert_eq!(certificate.subject().unwrap(), "cam7");
            assert!(!certificate.is_self_signed());
        }
        assert!(Certificate::read(&certificate(b"", b"x", b"x")).unwrap().is_self_signed());
    }

    #[test]
    fn half_a_certificate_is_none() {
        let der = certificate(b"", b"Cameras", b"camera");
        for end in 0..der.len() {
            assert_eq!(Certificate::read(&der[..end]), None, "{end}");
        }
        for at in 0..der.len() {
            let mut odd = der.clone();
            odd[at] ^= 0xFF;
            // Whatever comes of it, it does not panic.
            let names =
                |certificate: Certificate<'_>| (certificate.issuer(), certificate.subject());
            let _ = Certificate::read(&odd).map(names);
        }
    }

    /// FIPS 180-2, appendix B.1: the SHA-256 of "abc".
    const ABC: &str = "BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:\
                       B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD";

    #[test]
    fn every_usual_spelling_is_taken() {
        let bare = ABC.replace(':', "");
        for text in [
            ABC.to_owned(),
            ABC.to_lowercase(),
            bare.clone(),
            bare.to_lowercase(),
            ABC.replace(':', " "),
            format!(" {} \t", ABC.replace(':', ": ")),
        ] {
            let parsed: Fingerprint = text.parse().unwrap();
            assert_eq!(parsed, Fingerprint::of(b"abc"), "{text}");
            assert_eq!(parsed.to_string(), ABC, "{text}");
        }
    }

    #[test]
    fn others_are_refused_with_a_reason() {
        let rows = [
            (String::new(), "it has 0 hexadecimal digits"),
            (ABC[3..].to_owned(), "it has 62 hexadecimal digits"),
            (format!("{ABC}:00"), "it has 66 hexadecimal digits"),
            (format!("{ABC}0"), "it has 65 hexadecimal digits"),
            // A SHA-1.
            ("A9993E364706816ABA3E25717850C26C9CD0D89D".to_owned(), "it has 40 hexadecimal digits"),
            (ABC.replace("BA", "GA"), "'G' is no hexadecimal digit"),
            (ABC.replace(':', "-"), "'-' is no hexadecimal digit"),
            (ABC.replace("BA", "\u{e9}"), "'\u{e9}' is no hexadecimal digit"),
        ];
        for (text, words) in rows {
            let error = text.parse::<Fingerprint>().unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
            assert!(error.contains("ssl-fingerprint"), "{error}");
        }
    }
}
