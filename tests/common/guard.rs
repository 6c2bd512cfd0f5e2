//! A camera's side of the login, written by the RFCs alone: it checks every response.

use std::collections::BTreeMap;

use base64::Engine;
use md5::Md5;
use sha2::digest::Digest;
use sha2::{Sha256, Sha512_256};

/// Who may come in.
pub struct Guard {
    pub user: &'static str,
    pub password: &'static str,
    /// As it stands in the challenges, in the character set of the camera.
    pub realm: &'static [u8],
}

/// One `Authorization` field: what it is, and whether it lets in.
pub struct Verdict {
    /// `Basic`, or `Digest` with the algorithm.
    pub kind: String,
    pub is_right: bool,
}

impl Guard {
    /// Judges a request whose bytes are characters; `None` if it carries no credentials.
    pub fn judge(&self, request: &str, nonce: &str) -> Option<Verdict> {
        let line = request.lines().find_map(|line| line.strip_prefix("Authorization: "))?;
        let (scheme, rest) = line.split_once(' ').unwrap();
        if scheme == "Basic" {
            let pair = format!("{}:{}", self.user, self.password);
            let is_right = rest == base64::prelude::BASE64_STANDARD.encode(pair);
            return Some(Verdict { kind: scheme.into(), is_right });
        }
        assert_eq!(scheme, "Digest");
        let fields = fields(rest);
        let algorithm = fields.get("algorithm").map_or("MD5", String::as_str);
        let mut words = request.split(' ');
        let (method, target) = (words.next().unwrap(), words.next().unwrap());
        assert_eq!(fields["uri"], target, "the uri is the request target");
        let is_right = self.is_user(&fields, algorithm)
            && octets(&fields["realm"]) == self.realm
            && fields["nonce"] == nonce
            && fields["response"] == self.response(&fields, algorithm, method, target);
        Some(Verdict { kind: format!("Digest {algorithm}"), is_right })
    }

    fn is_user(&self, fields: &BTreeMap<String, String>, algorithm: &str) -> bool {
        if fields.contains_key("userhash") {
            let hashed = hash(algorithm, &[self.user.as_bytes(), self.realm]);
            return fields["userhash"] == "true" && fields["username"] == hashed;
        }
        match fields.get("username*") {
            Some(encoded) => {
                let text = encoded.strip_prefix("UTF-8''").unwrap();
                percent_encoding::percent_decode_str(text).eq(self.user.bytes())
            }
            None => octets(&fields["username"]) == self.user.as_bytes(),
        }
    }

    /// RFC 7616 §3.4.1 to §3.4.3; without qop RFC 2069 §2.1.2.
    fn response(
        &self,
        fields: &BTreeMap<String, String>,
        algorithm: &str,
        method: &str,
        target: &str,
    ) -> String {
        let text = |name: &str| fields[name].as_bytes();
        let login = [self.user.as_bytes(), self.realm, self.password.as_bytes()];
        let mut ha1 = hash(algorithm, &login);
        if algorithm.ends_with("-sess") {
            ha1 = hash(algorithm, &[ha1.as_bytes(), text("nonce"), text("cnonce")]);
        }
        let ha2 = match fields.get("qop").map(String::as_str) {
            Some("auth-int") => {
                let body = hash(algorithm, &[b""]);
                hash(algorithm, &[method.as_bytes(), target.as_bytes(), body.as_bytes()])
            }
            _ => hash(algorithm, &[method.as_bytes(), target.as_bytes()]),
        };
        let (ha1, ha2) = (ha1.as_bytes(), ha2.as_bytes());
        if fields.contains_key("qop") {
            let once = [ha1, text("nonce"), text("nc"), text("cnonce"), text("qop"), ha2];
            hash(algorithm, &once)
        } else {
            hash(algorithm, &[ha1, text("nonce"), ha2])
        }
    }
}

/// The parameters, quoted where RFC 7616 §3.4 wants that and nowhere else.
fn fields(text: &str) -> BTreeMap<String, String> {
    let mut fields = BTreeMap::new();
    let mut rest = text;
    while let Some((name, value)) = rest.split_once('=') {
        let is_bare = ["algorithm", "qop", "nc", "userhash", "username*"].contains(&name);
        assert_eq!(value.starts_with('"'), !is_bare, "quotes of {name}: {text}");
        let (value, behind) = if is_bare { bare(value) } else { quoted(&value[1..]) };
        assert!(fields.insert(name.to_owned(), value).is_none(), "{name} twice: {text}");
        rest = behind.strip_prefix(", ").unwrap_or_default();
    }
    fields
}

fn bare(text: &str) -> (String, &str) {
    let end = text.find(',').unwrap_or(text.len());
    (text[..end].to_owned(), &text[end..])
}

fn quoted(text: &str) -> (String, &str) {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return (value, &text[at + 1..]),
            '\\' => value.push(letters.next().unwrap().1),
            _ => value.push(letter),
        }
    }
    panic!("no closing quote: {text}");
}

/// The bytes that the characters were.
fn octets(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(letter).unwrap()).collect()
}

fn hash(algorithm: &str, parts: &[&[u8]]) -> String {
    let text = parts.join(&b':');
    let bytes = match algorithm.to_ascii_uppercase().trim_end_matches("-SESS") {
        "MD5" => Md5::digest(text).to_vec(),
        "SHA-256" => Sha256::digest(text).to_vec(),
        "SHA-512-256" => Sha512_256::digest(text).to_vec(),
        other => panic!("{other} was not offered"),
    };
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
