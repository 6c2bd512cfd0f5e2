//! What `WWW-Authenticate` or `Proxy-Authenticate` asks for (RFC 9110 §11.6.1).
//!
//! Commas stand between challenges as well as between the parameters of one, and cameras
//! leave them out or write `;`. So a word is judged by itself and by what follows it:
//!
//! ```text
//!  word =                               a parameter of the challenge before
//!  word, first in its field             a scheme
//!  word, registered as a scheme         a scheme
//!  any other word                       a token68, or astray: skipped
//! ```
//!
//! Values stay bytes: a realm may be in any character set, and is sent back as it came.

use std::fmt;

/// As much of one field as is read, in bytes. Kerberos tickets are longer; nobody here
/// needs them.
const FIELD_LIMIT: usize = 8 * 1024;
/// Most challenges in one answer.
const CHALLENGE_LIMIT: usize = 16;
/// Most parameters of one challenge; RFC 7616 knows 9.
const PARAMETER_LIMIT: usize = 32;

/// IANA's registry of authentication schemes, and two of Microsoft's.
const SCHEMES: [&str; 16] = [
    "Basic",
    "Bearer",
    "Concealed",
    "Digest",
    "DPoP",
    "GNAP",
    "HOBA",
    "Kerberos",
    "Mutual",
    "Negotiate",
    "NTLM",
    "OAuth",
    "PrivateToken",
    "SCRAM-SHA-1",
    "SCRAM-SHA-256",
    "vapid",
];

/// One way to log in. `Display` is for people: the scheme, with the algorithm for Digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    scheme: Vec<u8>,
    parameters: Vec<(Vec<u8>, Vec<u8>)>,
}

/// All challenges of these fields, in their order.
pub fn parse<'a>(fields: impl Iterator<Item = &'a [u8]>) -> Vec<Challenge> {
    let mut challenges = Vec::new();
    for field in fields {
        let rest = &field[..field.len().min(FIELD_LIMIT)];
        challenges.extend(FieldScanner { rest }.challenges());
    }
    challenges.truncate(CHALLENGE_LIMIT);
    challenges
}

/// The nonce that `Authentication-Info` or `Proxy-Authentication-Info` gives for the next
/// request (RFC 7616 §3.5).
pub(crate) fn next_nonce(field: &[u8]) -> Option<Vec<u8>> {
    let challenge = [b"Digest ", &field[..field.len().min(FIELD_LIMIT)]].concat();
    let parsed = parse([&challenge[..]].into_iter());
    parsed.first()?.parameter("nextnonce").map(<[u8]>::to_vec)
}

impl Challenge {
    pub(super) fn is(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme.as_bytes())
    }

    /// The value of a parameter, its quotes taken off. The first counts, should there be
    /// more.
    pub(super) fn parameter(&self, name: &str) -> Option<&[u8]> {
        let mut parameters = self.parameters.iter();
        let (_, value) = parameters.find(|(n, _)| n.eq_ignore_ascii_case(name.as_bytes()))?;
        Some(value)
    }

    fn add(&mut self, name: &[u8], value: Vec<u8>) {
        if self.parameters.len() < PARAMETER_LIMIT {
            self.parameters.push((name.to_vec(), value));
        }
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: usize = 32;
        let show = |text: &[u8]| text[..text.len().min(SHOWN)].escape_ascii().to_string();
        f.write_str(&show(&self.scheme))?;
        if self.is("Digest") {
            let algorithm = self.parameter("algorithm").filter(|name| !name.is_empty());
            write!(f, " {}", show(algorithm.unwrap_or(b"MD5")).to_ascii_uppercase())?;
        }
        Ok(())
    }
}

/// Reads one field.
struct FieldScanner<'a> {
    rest: &'a [u8],
}

impl<'a> FieldScanner<'a> {
    fn challenges(mut self) -> Vec<Challenge> {
        let mut challenges: Vec<Challenge> = Vec::new();
        loop {
            self.skip(|byte| is_blank(byte) || is_separator(byte));
            let is_scheme = challenges.is_empty() || starts_scheme(self.rest);
            let word = self.take_word();
            if self.take_equals() {
                let value = self.take_value();
                if let Some(challenge) = challenges.last_mut() {
                    challenge.add(word, value);
                }
            } else if word.is_empty() {
                // The end, or a quote astray.
                let Some((_, rest)) = self.rest.split_first() else { return challenges };
                self.rest = rest;
            } else if is_scheme {
                challenges.push(Challenge { scheme: word.to_vec(), parameters: Vec::new() });
            }
        }
    }

    fn skip(&mut self, skipped: fn(u8) -> bool) {
        self.rest = &self.rest[count(self.rest, skipped)..];
    }

    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        taken
    }

    fn take_word(&mut self) -> &'a [u8] {
        self.take(count(self.rest, is_word))
    }

    /// Takes `=` with the blanks around it, if it comes next.
    fn take_equals(&mut self) -> bool {
        let blanks = count(self.rest, is_blank);
        let is_next = self.rest.get(blanks) == Some(&b'=');
        if is_next {
            self.take(blanks + 1);
            self.skip(is_blank);
        }
        is_next
    }

    fn take_value(&mut self) -> Vec<u8> {
        match self.rest.split_first() {
            Some((b'"', rest)) => {
                self.rest = rest;
                self.take_quoted()
            }
            _ => self.take_unquoted().to_vec(),
        }
    }

    /// The rest of a quoted string (RFC 9110 §5.6.4). Where its closing quote is missing,
    /// so that the opening one of a later parameter closes it, it ends before the next
    /// parameter.
    fn take_quoted(&mut self) -> Vec<u8> {
        let length = quoted_length(self.rest);
        let behind = self.rest.get(length + 1..);
        let ends_there = behind.is_some_and(|behind| {
            behind.first().is_none_or(|&byte| is_blank(byte) || is_separator(byte))
        });
        let inside = &self.rest[..length];
        let forgotten = (!ends_there).then(|| before_next_parameter(inside)).flatten();
        let length = forgotten.unwrap_or(length);
        let value = unescape(self.take(length));
        if forgotten.is_none() {
            // The closing quote, where there is one.
            self.take(self.rest.len().min(1));
        }
        value
    }

    /// A value without quotes, which may have blanks inside: `realm=IP Camera`.
    fn take_unquoted(&mut self) -> &'a [u8] {
        let mut length = 0;
        loop {
            length += count(&self.rest[length..], |byte| !is_blank(byte) && !is_separator(byte));
            let blanks = count(&self.rest[length..], is_blank);
            let next = &self.rest[length + blanks..];
            let goes_on = next.first().is_some_and(|&byte| !is_separator(byte))
                && !starts_parameter(next)
                && !starts_scheme(next);
            if !goes_on {
                return self.take(length);
            }
            length += blanks;
        }
    }
}

/// Does a registered scheme stand here, with a parameter or nothing behind it?
fn starts_scheme(text: &[u8]) -> bool {
    let (word, rest) = text.split_at(count(text, is_word));
    let behind = &rest[count(rest, is_blank)..];
    let is_known = SCHEMES.iter().any(|scheme| word.eq_ignore_ascii_case(scheme.as_bytes()));
    let is_alone = behind.first().is_none_or(|&byte| is_separator(byte));
    is_known && (is_alone || behind.len() < rest.len() && starts_parameter(behind))
}

fn starts_parameter(text: &[u8]) -> bool {
    let (word, rest) = text.split_at(count(text, is_word));
    !word.is_empty() && rest.get(count(rest, is_blank)) == Some(&b'=')
}

/// The place of the separator behind which the next parameter starts.
fn before_next_parameter(text: &[u8]) -> Option<usize> {
    let mut separators = (0..text.len()).filter(|&at| is_separator(text[at]));
    separators.find(|&at| {
        let behind = &text[at + 1..];
        starts_parameter(&behind[count(behind, is_blank)..])
    })
}

/// Up to the quote that no backslash stands before.
fn quoted_length(text: &[u8]) -> usize {
    let mut at = 0;
    while at < text.len() && text[at] != b'"' {
        at += if text[at] == b'\\' { 2 } else { 1 };
    }
    at.min(text.len())
}

fn unescape(text: &[u8]) -> Vec<u8> {
    let mut bytes = text.iter();
    let mut value = Vec::new();
    while let Some(byte) = bytes.next() {
        value.extend(if *byte == b'\\' { bytes.next() } else { Some(byte) });
    }
    value
}

fn count(text: &[u8], counted: fn(u8) -> bool) -> usize {
    text.iter().position(|&byte| !counted(byte)).unwrap_or(text.len())
}

fn is_word(byte: u8) -> bool {
    !is_blank(byte) && !is_separator(byte) && !matches!(byte, b'=' | b'"')
}

fn is_separator(byte: u8) -> bool {
    matches!(byte, b',' | b';')
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `scheme name=[value] …|scheme …`, to compare with.
    fn shown(fields: &[&str]) -> String {
        let show = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let challenges = parse(fields.iter().map(|field| field.as_bytes()));
        let texts = challenges.iter().map(|challenge| {
            let parameters = challenge.parameters.iter();
            let parameters =
                parameters.map(|(name, value)| format!(" {}=[{}]", show(name), show(value)));
            show(&challenge.scheme) + &parameters.collect::<String>()
        });
        texts.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn challenges_are_told_apart_however_they_are_joined() {
        // fields, challenges
        let rows: [(&[&str], &str); 22] = [
            (&[r#"Basic realm="a b""#], "Basic realm=[a b]"),
            (&["Basic"], "Basic"),
            (&["Basic, Digest"], "Basic|Digest"),
            (&["Basic realm=a", "Digest nonce=b"], "Basic realm=[a]|Digest nonce=[b]"),
            (&[r#"Digest a="1", b=2, Basic c="3""#], "Digest a=[1] b=[2]|Basic c=[3]"),
            (&[r#"Digest a="1" b=2 Basic c="3""#], "Digest a=[1] b=[2]|Basic c=[3]"),
            (&[r#"Digest a="1"b="2";c=3;;"#], "Digest a=[1] b=[2] c=[3]"),
            (&["  ,, Digest,a=1 , ,b=2,"], "Digest a=[1] b=[2]"),
            (&["Digest a = \"1\" ,\tb= 2"], "Digest a=[1] b=[2]"),
            (&["Digest a=, b=\"\", c"], "Digest a=[] b=[]"),
            (&["Negotiate, NTLM, Basic realm=\"a\""], "Negotiate|NTLM|Basic realm=[a]"),
            (&["Negotiate YIIJ/+a==, Basic"], "Negotiate YIIJ/+a=[=]|Basic"),
            (&["NTLM TlRMTVNTUAAC, Digest a=1"], "NTLM|Digest a=[1]"),
            (&["X-Own a=1, b=2"], "X-Own a=[1] b=[2]"),
            (&["Digest a=1, stray, b=2, end"], "Digest a=[1] b=[2]"),
            (&[r#"Digest a="x"y"z", b=2"#], "Digest a=[x] b=[2]"),
            (&[r#"Digest a="x \"y\" \\", b=2"#], r#"Digest a=[x "y" \] b=[2]"#),
            (
                &["Digest realm=IP Camera 2, b=Basic Set"],
                "Digest realm=[IP Camera 2] b=[Basic Set]",
            ),
            (&[r#"Digest a="1, 2", b="Digest c=3""#], "Digest a=[1, 2] b=[Digest c=3]"),
            (&[r#"Digest a="x, b="y", c=z"#], "Digest a=[x] b=[y] c=[z]"),
            (&[r#"Digest a="x, b=y, c="z"#], "Digest a=[x] b=[y] c=[z]"),
            (&["a=1, b=2", "", "=", "\"", "\\", "Basic \"", ", ;"], "\\|Basic"),
        ];
        for (fields, expected) in rows {
            assert_eq!(shown(fields), expected, "{fields:?}");
        }
    }

    #[test]
    fn nothing_a_camera_sends_takes_more_than_it_may() {
        let many = "Basic, ".repeat(1000);
        assert_eq!(parse([many.as_bytes()].into_iter()).len(), CHALLENGE_LIMIT);
        let long = format!("Digest nonce=\"{}\", realm=x", "a".repeat(100_000));
        let challenge = parse([long.as_bytes()].into_iter()).remove(0);
        assert!(challenge.parameter("nonce").unwrap().len() < FIELD_LIMIT);
        let wide = format!("Digest {}", "a=1,".repeat(1000));
        assert_eq!(parse([wide.as_bytes()].into_iter())[0].parameters.len(), PARAMETER_LIMIT);
    }

    #[test]
    fn a_field_may_be_cut_anywhere() {
        let field = r#"Digest realm="a \" b, c" , nonce = d==; qop="auth" Basic realm=e f,"#;
        for end in 0..=field.len() {
            for start in 0..=end {
                parse([&field.as_bytes()[start..end]].into_iter());
            }
        }
    }

    #[test]
    fn the_next_nonce_is_found() {
        for (field, expected) in [
            (&b"nextnonce=\"a\", qop=auth"[..], Some(&b"a"[..])),
            (b"rspauth=\"x\", cnonce=\"c\", nc=00000001, nextnonce=b", Some(b"b")),
            (b"qop=auth", None),
            (b"", None),
        ] {
            assert_eq!(next_nonce(field).as_deref(), expected);
        }
    }

    #[test]
    fn challenges_are_named_for_people() {
        for (field, expected) in [
            ("Basic realm=\"a\"", "Basic"),
            ("Digest realm=a", "Digest MD5"),
            ("digest algorithm=\"sha-256\"", "digest SHA-256"),
            ("Digest algorithm=", "Digest MD5"),
            ("N\u{e9}gotiate", "N\\xc3\\xa9gotiate"),
        ] {
            assert_eq!(parse([field.as_bytes()].into_iter())[0].to_string(), expected);
        }
    }
}
