//! What of a query may be shown.
//!
//! Cameras take logins in fields of any name: `pwd`, `loginpas`, `p`. No list of bad names finds
//! them all, so only the values of names that are known to be harmless are shown.

use percent_encoding::percent_decode_str;

/// What cameras call pictures and how to make them.
const HARMLESS: [&str; 60] = [
    "action",
    "audio",
    "brightness",
    "cam",
    "camera",
    "cameraid",
    "camid",
    "camno",
    "ch",
    "chan",
    "channel",
    "channelid",
    "chn",
    "clock",
    "cmd",
    "codec",
    "codectype",
    "color",
    "compression",
    "contrast",
    "date",
    "delay",
    "duration",
    "fmt",
    "format",
    "fps",
    "framerate",
    "frames",
    "height",
    "image",
    "imagesize",
    "input",
    "interval",
    "mirror",
    "mode",
    "monitor",
    "msubmenu",
    "nbframes",
    "profile",
    "quality",
    "rate",
    "req_fps",
    "res",
    "resolution",
    "rotate",
    "rotation",
    "size",
    "snapshot",
    "source",
    "speed",
    "src",
    "stream",
    "streamid",
    "subtype",
    "track",
    "type",
    "video",
    "videocodec",
    "view",
    "width",
];
/// These are shown where they are numbers.
const HARMLESS_NUMBERS: [&str; 26] = [
    "_",
    "c",
    "count",
    "f",
    "h",
    "id",
    "index",
    "n",
    "no",
    "nocache",
    "number",
    "q",
    "r",
    "rand",
    "random",
    "s",
    "t",
    "time",
    "timestamp",
    "ts",
    "v",
    "w",
    "x",
    "y",
    "z",
    "zoom",
];
/// What is shown in the place of a secret.
pub(crate) const MASK: &str = "***";
/// A longer number may be a key, in digits.
const LONGEST_NUMBER: usize = 13;

/// The query with the [`MASK`] for every value that may be a secret. `&` and `;` both separate fields.
pub(crate) fn shown(query: &str) -> String {
    query.split_inclusive(['&', ';']).map(shown_field).collect()
}

/// The values that are not shown, as they stand there and decoded.
pub(crate) fn secrets(query: &str) -> impl Iterator<Item = String> {
    let decoded = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    let values = query.split(['&', ';']).filter_map(secret);
    values.flat_map(move |value| [value.to_owned(), decoded(value)])
}

/// Is one of the values the [`MASK`], as in what [`shown`] has made?
pub(crate) fn is_masked(query: &str) -> bool {
    let value = |field: &'_ str| field.split_once('=').map_or(field, |(_, value)| value) == MASK;
    query.split(['&', ';']).any(value)
}

fn shown_field(field: &str) -> String {
    let (bare, separator) = field.split_at(field.trim_end_matches(['&', ';']).len());
    match (secret(bare), bare.split_once('=')) {
        (None, _) => field.to_owned(),
        (Some(_), Some((name, _))) => format!("{name}={MASK}{separator}"),
        (Some(_), None) => format!("{MASK}{separator}"),
    }
}

/// What is not to be shown of a field: its value, or all of it where it is a word alone, which
/// may be a token.
fn secret(field: &str) -> Option<&str> {
    let Some((name, value)) = field.split_once('=') else {
        return (!is_harmless(field) && !is_number(field)).then_some(field);
    };
    let is_count = HARMLESS_NUMBERS.contains(&name.to_ascii_lowercase().as_str());
    let is_known = is_harmless(name) || is_count && is_number(value);
    (!value.is_empty() && (!is_known || has_userinfo(value))).then_some(value)
}

fn is_harmless(name: &str) -> bool {
    HARMLESS.contains(&name.to_ascii_lowercase().as_str())
}

/// Digits, with what stands between those of a size or a time.
fn is_number(text: &str) -> bool {
    text.len() <= LONGEST_NUMBER
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'x' | b'.'))
}

fn has_userinfo(value: &str) -> bool {
    let value = percent_decode_str(value).decode_utf8_lossy();
    value.split_once("//").is_some_and(|(_, rest)| rest.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_harmless_is_shown() {
        for (query, expected) in [
            ("action=stream", "action=stream"),
            ("Camera=1&FPS=5;quality=x", "Camera=1&FPS=5;quality=x"),
            ("loginuse=admin&loginpas=hidden", "loginuse=***&loginpas=***"),
            ("p=hidden&id=7&id=hidden", "p=***&id=7&id=***"),
            ("user=a&pwd=hidden&size=640", "user=***&pwd=***&size=640"),
            ("pwd=&x=1", "pwd=&x=1"),
            ("640x480", "640x480"),
            ("hidden", "***"),
            ("a:hidden&stream", "***&stream"),
            ("src=http://a:hidden@b/v&n=1", "src=***&n=1"),
            ("src=http%3A%2F%2Fa:hidden%40b", "src=***"),
            ("t=12345678901234567890", "t=***"),
            ("", ""),
            ("&&=;", "&&=;"),
        ] {
            assert_eq!(shown(query), expected);
        }
    }

    #[test]
    fn the_values_that_are_hidden_are_known() {
        let found: Vec<_> = secrets("fps=5&p=a%20b&token").collect();
        assert_eq!(found, ["a%20b", "a b", "token", "token"]);
    }

    #[test]
    fn what_was_shown_is_known_again() {
        for (query, expected) in [
            ("p=hidden", true),
            ("fps=5;token", true),
            ("src=http://a:hidden@b/v&n=1", true),
            ("fps=5&p=", false),
            ("", false),
        ] {
            assert_eq!(is_masked(&shown(query)), expected, "{query}");
            assert!(!is_masked(query), "{query}");
        }
        assert!(!is_masked("p=****&q=%2A%2A%2A"));
    }
}
