//! What people type in the place of an address, and what is wrong with it.

use url::Host;

const QUOTED: &str = "leave out the quotes or < > around it";
const ONE_SLASH: &str = "write two slashes behind http: or https:";
const NO_BRACKETS: &str = "put an IPv6 address into brackets, as in http://[2001:db8::7]/";
/// Around an address in a mail, or where a shell has left them. An address may end in one.
const AROUND: [char; 6] = ['<', '"', '\'', '`', '\u{201c}', '\u{2018}'];

/// What is wrong, if it is something that is often typed.
pub(super) fn look(text: &str) -> Option<&'static str> {
    if text.starts_with(AROUND) {
        return Some(QUOTED);
    }
    let text = strip(text, "mjpeg+").unwrap_or(text);
    let scheme = ["http:", "https:"].into_iter().find_map(|scheme| strip(text, scheme));
    let rest = match scheme {
        Some(rest) if rest.starts_with("//") => &rest[2..],
        // A host may be called http.
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => return None,
        Some(_) => return Some(ONE_SLASH),
        None => text,
    };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let number = host.split('%').next().unwrap_or_default();
    Host::parse(&format!("[{number}]")).is_ok().then_some(NO_BRACKETS)
}

fn strip<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let is_start = text.get(..start.len())?.eq_ignore_ascii_case(start);
    is_start.then(|| &text[start.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_often_typed_is_told() {
        for (text, expected) in [
            ("<http://cam/v>", Some(QUOTED)),
            ("'http://cam/v'", Some(QUOTED)),
            ("\"cam/v\"", Some(QUOTED)),
            ("\u{201c}http://cam/v\u{201d}", Some(QUOTED)),
            ("http://cam/?pwd=a\"", None),
            ("http:/cam/v", Some(ONE_SLASH)),
            ("HTTPS:cam/v", Some(ONE_SLASH)),
            ("mjpeg+http:cam", Some(ONE_SLASH)),
            ("http:8080/v", None),
            ("http://fe80::1/v", Some(NO_BRACKETS)),
            ("http://fe80::1%25eth0/v", Some(NO_BRACKETS)),
            ("http://a:b@fd00::1:8080/", Some(NO_BRACKETS)),
            ("::1", Some(NO_BRACKETS)),
            ("http://[fe80::1]/v", None),
            ("http://cam:8080/?src=http:/x", None),
            ("http://10.0.0.7/it's", None),
            ("", None),
        ] {
            assert_eq!(look(text), expected, "{text}");
        }
    }
}
