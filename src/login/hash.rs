//! The hashes Digest may use (RFC 7616 §6.1).

use std::fmt;

use md5::Md5;
use sha2::digest::Digest;
use sha2::{Sha256, Sha512_256};

/// The later, the stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Hash {
    Md5,
    Sha256,
    Sha512_256,
}

/// The value of `algorithm`: a hash, and whether the password is hashed with the nonces
/// (`-sess`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Algorithm {
    pub(super) hash: Hash,
    pub(super) is_session: bool,
}

impl Algorithm {
    /// Reads a name in any case, with or without its dashes; without a name it is MD5.
    pub(super) fn parse(name: &[u8]) -> Option<Self> {
        let letters = name.iter().filter(|byte| byte.is_ascii_alphanumeric());
        let name: Vec<_> = letters.map(u8::to_ascii_lowercase).collect();
        let (hash, is_session) = match name.strip_suffix(b"sess") {
            Some(hash) => (hash, true),
            None => (&name[..], false),
        };
        let hash = match hash {
            b"" | b"md5" => Hash::Md5,
            b"sha256" => Hash::Sha256,
            b"sha512256" => Hash::Sha512_256,
            _ => return None,
        };
        Some(Self { hash, is_session })
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.hash {
            Hash::Md5 => "MD5",
            Hash::Sha256 => "SHA-256",
            Hash::Sha512_256 => "SHA-512-256",
        })?;
        f.write_str(if self.is_session { "-sess" } else { "" })
    }
}

impl Hash {
    /// `H(a:b:c)` of RFC 7616, in hexadecimal digits.
    pub(super) fn of(self, parts: &[&[u8]]) -> String {
        let text = parts.join(&b':');
        match self {
            Self::Md5 => hex(&Md5::digest(text)),
            Self::Sha256 => hex(&Sha256::digest(text)),
            Self::Sha512_256 => hex(&Sha512_256::digest(text)),
        }
    }
}

/// In lower case, as RFC 7616 §3.4 has it.
pub(super) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn algorithms_are_known_by_any_spelling() {
        for (name, expected) in [
            ("MD5", Some((Hash::Md5, false))),
            ("md5-sess", Some((Hash::Md5, true))),
            ("", Some((Hash::Md5, false))),
            ("SHA-256", Some((Hash::Sha256, false))),
            ("sha256", Some((Hash::Sha256, false))),
            ("SHA-256-SESS", Some((Hash::Sha256, true))),
            ("SHA-512-256", Some((Hash::Sha512_256, false))),
            ("SHA-512/256", Some((Hash::Sha512_256, false))),
            ("SHA-512-256-sess", Some((Hash::Sha512_256, true))),
            ("SHA-512", None),
            ("SHA", None),
            ("AKAv1-MD5", None),
        ] {
            let found = Algorithm::parse(name.as_bytes());
            assert_eq!(found.map(|found| (found.hash, found.is_session)), expected, "{name}");
        }
    }

    #[test]
    fn hashes_are_those_of_their_standards() {
        // RFC 1321 §A.5, FIPS 180-4's examples.
        for (hash, expected) in [
            (Hash::Md5, "900150983cd24fb0d6963f7d28e17f72"),
            (Hash::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (Hash::Sha512_256, "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"),
        ] {
            assert_eq!(hash.of(&[b"abc"]), expected);
        }
    }
}
