//! The zone of a link-local IPv6 address: which network interface leads to it
//! (RFC 4007 §11, RFC 6874).
//!
//! The rules for URLs that browsers follow know no zones, so it is taken out before they
//! are applied. A camera never sees it: its own interfaces have other names.

use std::fmt;

use percent_encoding::percent_decode_str;

use crate::error::Error;

/// The name of an interface, or its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Zone(String);

impl Zone {
    /// Its name, or its number as a text.
    pub(crate) fn name(&self) -> &str {
        &self.0
    }

    /// The part of an address behind `%`, which RFC 6874 wants written `%25`.
    fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix("25").filter(|name| !name.is_empty()).unwrap_or(text);
        let name = percent_decode_str(text).decode_utf8().ok()?;
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        // The kernel's limit; and no name leads out of a folder.
        let is_name = (1..16).contains(&name.len()) && name.chars().all(is_word);
        (is_name && name != "." && name != "..").then(|| Self(name.into_owned()))
    }
}

impl fmt::Display for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The address without its zone, and the zone.
pub(crate) fn take_out(address: &str) -> Result<(String, Option<Zone>), Error> {
    let start = address.find("://").map_or(0, |at| at + 3);
    let rest = &address[start..];
    let authority = &rest[..rest.find(['/', '?', '#']).unwrap_or(rest.len())];
    let host = authority.rfind('@').map_or(0, |at| at + 1);
    let (open, close) = (authority[host..].find('['), authority.rfind(']'));
    let (Some(open), Some(close)) = (open.map(|at| host + at), close) else {
        return Ok((address.to_owned(), None));
    };
    let Some(percent) = authority.get(open..close).and_then(|inside| inside.find('%')) else {
        return Ok((address.to_owned(), None));
    };
    let (percent, close) = (start + open + percent, start + close);
    let zone = Zone::parse(&address[percent + 1..close]);
    let zone = zone.ok_or_else(|| Error::BadUrl {
        why: "behind the % of its host there is no name of a network interface".into(),
    })?;
    Ok((format!("{}{}", &address[..percent], &address[close..]), Some(zone)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_zone_is_found_wherever_it_stands() {
        for (address, rest, zone) in [
            ("http://[fe80::1%25eth0]/", "http://[fe80::1]/", Some("eth0")),
            ("http://[fe80::1%eth0]:81/a%20b", "http://[fe80::1]:81/a%20b", Some("eth0")),
            ("http://a:%25]@[fe80::1%3]", "http://a:%25]@[fe80::1]", Some("3")),
            ("http://[fe80::1%25]/", "http://[fe80::1]/", Some("25")),
            ("http://[fe80::1%25br%2D1.5]/", "http://[fe80::1]/", Some("br-1.5")),
            ("http://[::1]/?a=[b%25c]", "http://[::1]/?a=[b%25c]", None),
            ("http://cam/%25[a%b]", "http://cam/%25[a%b]", None),
            ("[fe80::1%lo]", "[fe80::1]", Some("lo")),
            ("http://]%[/", "http://]%[/", None),
        ] {
            let found = take_out(address).unwrap();
            assert_eq!(found, (rest.to_owned(), zone.map(|name| Zone(name.into()))), "{address}");
        }
    }

    #[test]
    fn what_is_no_interface_is_refused() {
        for zone in ["%", "%25..", "%a%2Fb", "%25a b", "%aaaaaaaaaaaaaaaaaaaaaaaaa", "%\u{fc}"] {
            let address = format!("http://[fe80::1{zone}]/");
            assert!(matches!(take_out(&address), Err(Error::BadUrl { .. })), "{address}");
        }
    }
}
