//! What a 401 asks for (RFC 9110 §11.6.1).

/// Does one of these `WWW-Authenticate` values offer Basic (RFC 7617)?
pub(super) fn offers_basic<'a>(values: impl Iterator<Item = &'a [u8]>) -> bool {
    schemes(values).any(|scheme| scheme.eq_ignore_ascii_case("Basic"))
}

/// The schemes offered, as the camera spells them, for people to read.
pub(super) fn names<'a>(values: impl Iterator<Item = &'a [u8]>) -> String {
    let names: Vec<_> = schemes(values).collect();
    if names.is_empty() { "no scheme named".into() } else { names.join(", ") }
}

/// The first word of each challenge: several may stand in one value, behind commas.
fn schemes<'a>(values: impl Iterator<Item = &'a [u8]>) -> impl Iterator<Item = &'a str> {
    values
        .filter_map(|value| std::str::from_utf8(value).ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter_map(|item| {
            let word = item.split_ascii_whitespace().next()?;
            // `name=value` is a parameter of the challenge before.
            (!word.contains('=')).then_some(word)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_found_among_other_challenges() {
        for (value, expected) in [
            ("Basic realm=\"a\"", true),
            ("basic", true),
            ("Digest realm=\"a\", nonce=\"b\", Basic realm=\"c\"", true),
            ("Digest realm=\"a\", nonce=\"b\"", false),
            ("", false),
        ] {
            assert_eq!(offers_basic([value.as_bytes()].into_iter()), expected, "{value}");
        }
        assert_eq!(names([&b"Digest realm=x"[..], b"Basic"].into_iter()), "Digest, Basic");
    }
}
