//! The SHA-256 of a certificate, as people write it.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use crate::error::Error;

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
