//! What the parser of TOML says, in words for people who do not know it.

use toml::de::Error;

use super::section::{Mistake, Mistakes, line};

/// The text of a file.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Vec<Mistake>> {
    str::from_utf8(bytes).map_err(|error| {
        let line = line(bytes, error.valid_up_to());
        vec![Mistake::new(line, None, "this is not UTF-8: save the file in this encoding")]
    })
}

/// The line itself stays out of it: it may hold a password.
pub(super) fn explain(text: &str, error: &Error, mistakes: &mut Mistakes<'_>) {
    let span = error.span().unwrap_or(0..0);
    let said = error.message();
    let (key, what) = if said.starts_with("duplicate key") {
        let key = text.get(span.clone()).filter(|key| is_key(key));
        (key, "is there twice".to_owned())
    } else if said.contains("escaped value") || said.contains("unicode value") {
        let what = "\\ is special between double quotation marks; between single ones, '…', it is \
                    not";
        (key_before(text, span.start), what.to_owned())
    } else if said.starts_with("string values must be quoted")
        || said.starts_with("invalid boolean")
    {
        let what =
            "what is no number, true or false has to be in quotation marks, such as \"text\"";
        (key_before(text, span.start), what.to_owned())
    } else {
        (None, format!("this is not TOML: {said}"))
    };
    mistakes.add(span.start, key, what);
}

/// The key of the line that has this byte.
fn key_before(text: &str, at: usize) -> Option<&str> {
    let start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let (key, _) = text[start..].lines().next()?.split_once('=')?;
    Some(key.trim()).filter(|key| is_key(key))
}

fn is_key(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !text.is_empty() && text.bytes().all(is_plain)
}
