//! Header fields that the user adds (RFC 9110 §5).

use std::fmt;

use crate::error::Error;

/// Fields that would break the exchange, and what to do instead.
const REFUSED: [(&str, &str); 10] = [
    ("Accept-Encoding", "the answer is read as it is"),
    ("Connection", "the element keeps the connection"),
    ("Content-Length", "the request has no body"),
    ("Expect", "the request has no body"),
    ("Keep-Alive", "the element keeps the connection"),
    ("Proxy-Authorization", "set proxy-id and proxy-pw"),
    ("TE", "the element reads the transfer coding"),
    ("Trailer", "the request has no body"),
    ("Transfer-Encoding", "the request has no body"),
    ("Upgrade", "the element speaks HTTP/1.1 only"),
];

/// Names and values in their order. They may be secret, so `Debug` shows the names only.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Takes fields that can be sent; `property` is where they were set.
    pub fn new(
        property: &'static str,
        fields: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, Error> {
        let mut checked = Vec::new();
        for (name, value) in fields {
            check_name(property, &name)?;
            check_value(property, &name, &value)?;
            checked.push((name, value.trim().to_owned()));
        }
        Ok(Self(checked))
    }

    /// The values of all fields of this name.
    pub fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let fields = self.0.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name));
        fields.map(|(_, value)| value.as_str())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}

/// Can `value` be sent as the value of the field `name`?
pub fn check_value(property: &'static str, name: &str, value: &str) -> Result<(), Error> {
    // Anything else would end the field, and with it begin another one.
    let is_bad = |c: char| c.is_ascii_control() && c != '\t';
    if value.trim().contains(is_bad) {
        let why = format!("there is a line end or a control character in the value of {name}");
        return Err(Error::BadField { property, why });
    }
    Ok(())
}

fn check_name(property: &'static str, name: &str) -> Result<(), Error> {
    // RFC 9110 §5.6.2, token.
    let is_good = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_good) {
        let why = format!("{name:?} is no name of a header field");
        return Err(Error::BadField { property, why });
    }
    match REFUSED.iter().find(|(refused, _)| refused.eq_ignore_ascii_case(name)) {
        Some((name, why)) => Err(Error::BadField { property, why: format!("{name}: {why}") }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(name: &str, value: &str) -> Result<Fields, Error> {
        Fields::new("extra-headers", [(name.to_owned(), value.to_owned())])
    }

    #[test]
    fn what_can_be_sent_is_kept() {
        for (name, value, kept) in [
            ("X-Key", " a b\t", "a b"),
            ("authorization", "Bearer abc", "Bearer abc"),
            ("X_1.~", "", ""),
            ("Name", "J\u{fc}rgen\t2", "J\u{fc}rgen\t2"),
            // As from a file.
            ("X-Key", "abc\r\n", "abc"),
        ] {
            let fields = fields(name, value).unwrap();
            assert_eq!(fields.iter().collect::<Vec<_>>(), [(name, kept)]);
            assert!(!format!("{fields:?}").contains("abc"));
        }
    }

    #[test]
    fn what_would_break_the_request_is_refused() {
        for (name, value, words) in [
            ("", "", "is no name"),
            ("X Key", "", "\"X Key\" is no name"),
            ("X:", "", "is no name"),
            ("X\r\nY", "", "is no name"),
            ("\u{dc}", "", "is no name"),
            ("X", "a\r\nY: b", "a line end or a control character in the value of X"),
            ("X", "a\nb", "a line end"),
            ("X", "a\0b", "a control character"),
            ("content-length", "0", "Content-Length: the request has no body"),
            ("Proxy-Authorization", "x", "set proxy-id"),
        ] {
            let error = fields(name, value).unwrap_err();
            assert!(matches!(error, Error::BadField { .. }));
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
