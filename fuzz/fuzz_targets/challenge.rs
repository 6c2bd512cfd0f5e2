//! Whatever a camera asks for, the answer is one line that a request can carry; and what
//! it asks for by the rules comes back letter by letter.
#![no_main]

use fuzz::split;
use gstmjpeghttp::login::Login;
use gstmjpeghttp::login::challenge::parse;
use gstmjpeghttp::login::{Dialogue, Memory, RequestLine};
use libfuzzer_sys::fuzz_target;

/// Most challenges that are looked at.
const CHALLENGES: usize = 16;
/// As much of a field as is read, in bytes.
const FIELD: usize = 8 * 1024;

fuzz_target!(|input: &[u8]| {
    // Other bytes do not get through the parser of the head.
    let value: Vec<u8> =
        input.iter().copied().filter(|&b| b == b'\n' || !b.is_ascii_control()).collect();
    let fields: Vec<_> = value.split(|&b| b == b'\n').collect();
    answer(&fields);
    as_written(&value);
});

/// The answer to these fields, if there is one.
fn answer(fields: &[&[u8]]) -> Option<Vec<u8>> {
    let challenges = parse(fields.iter().copied());
    assert!(challenges.len() <= CHALLENGES);
    let shown: String = challenges.iter().map(ToString::to_string).collect();
    assert!(shown.bytes().all(|b| b.is_ascii_graphic() || b == b' '), "{shown}");

    let login = Login { user: "J\u{fc}rgen".into(), password: "secret-\u{20ac}".into() };
    let mut memory = Memory::default();
    let mut dialogue = Dialogue::new(Some(&login), &mut memory);
    let request_line = RequestLine { method: "GET", uri: "/a?b=c" };
    let answer = dialogue.answer(&challenges, request_line, "cnonce");
    if let Err(error) = &answer {
        assert!(!error.to_string().contains("secret"), "{error}");
    }
    let answer = answer.ok()?;
    assert!(answer.starts_with(b"Digest ") || answer.starts_with(b"Basic "));
    assert!(!answer.iter().any(u8::is_ascii_control), "{}", answer.escape_ascii());
    // Each byte that comes back may have a backslash.
    assert!(answer.len() <= 2 * FIELD + 1024, "{}", answer.len());
    // Offers that are refused each time come to an end.
    let again = (0..CHALLENGES).map_while(|_| dialogue.answer(&challenges, request_line, "x").ok());
    assert!(again.count() < CHALLENGES, "it never gives up");
    Some(answer)
}

/// The value as realm and nonce, written by RFC 9110 §5.6.4.
fn as_written(value: &[u8]) {
    let (realm, _) = split(value);
    let nonce = &value[realm.len()..];
    let (realm, nonce) = (quoted(realm), quoted(nonce));
    let field = [&b"Digest realm="[..], &realm, b", nonce=", &nonce, b", qop=\"auth\""].concat();
    if nonce == b"\"\"" || field.len() > FIELD {
        return;
    }
    let answer = answer(&[&field]).expect("a challenge by the rules");
    let expected = [&b", realm="[..], &realm, b", nonce=", &nonce, b", uri="].concat();
    let found = memchr::memmem::find(&answer, &expected);
    assert!(found.is_some(), "{} to {}", answer.escape_ascii(), field.escape_ascii());
}

fn quoted(value: &[u8]) -> Vec<u8> {
    let mut quoted = vec![b'"'];
    for &byte in value.iter().filter(|&&b| b != b'\n') {
        if matches!(byte, b'"' | b'\\') {
            quoted.push(b'\\');
        }
        quoted.push(byte);
    }
    quoted.push(b'"');
    quoted
}
