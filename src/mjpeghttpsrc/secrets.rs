//! What a camera may say that nobody is to read.
//!
//! Errors quote cameras: their pages, reasons and texts. One that says what it was sent would
//! put the password into a log that way, so that secrets are taken out of each quotation.

use crate::http::MASK;

/// Shorter ones stand in ordinary words, in bytes.
const SHORTEST: usize = 3;

/// Stands where a quotation is cut off.
const CUT: char = '…';

/// The secrets among the settings. `Debug` shows their number.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

impl Secrets {
    pub(super) fn new(secrets: impl Iterator<Item = String>) -> Self {
        let secrets = secrets.filter(|secret| secret.len() >= SHORTEST);
        let mut secrets: Vec<_> = secrets.flat_map(|secret| [escaped(&secret), secret]).collect();
        // One may be the start of another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self(secrets)
    }

    /// `text` with the mask in their places.
    pub fn hide(&self, text: String) -> String {
        let text = self.0.iter().fold(text, |text, secret| text.replace(secret, MASK));
        let mut quotations = text.split(CUT);
        let last = quotations.next_back().unwrap_or_default().to_owned();
        let cut = quotations.map(|text| format!("{}{CUT}", self.hide_start(text)));
        cut.chain([last]).collect()
    }

    /// `text` is cut off: the start of a secret may be its end.
    fn hide_start(&self, text: &str) -> String {
        let starts = self.0.iter().flat_map(|secret| {
            let ends = secret.char_indices().map(|(at, _)| at).filter(|&at| at >= SHORTEST);
            ends.map(|at| &secret[..at]).filter(|start| text.ends_with(start))
        });
        match starts.max_by_key(|start| start.len()) {
            Some(start) => format!("{}{MASK}", &text[..text.len() - start.len()]),
            None => text.to_owned(),
        }
    }

    /// Writes `*` over each byte of them, so that lengths stay as they are.
    pub fn cover(&self, bytes: &mut [u8]) {
        for secret in &self.0 {
            let (secret, mut begin) = (secret.as_bytes(), 0);
            let place = |bytes: &[u8]| bytes.windows(secret.len()).position(|part| part == secret);
            while let Some(at) = place(&bytes[begin..]) {
                begin += at + secret.len();
                bytes[begin - secret.len()..begin].fill(b'*');
            }
        }
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}

/// As it stands in a text that is shown by `Debug`.
fn escaped(secret: &str) -> String {
    let quoted = format!("{secret:?}");
    quoted[1..quoted.len() - 1].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_taken_out() {
        let secrets = ["pass", "password", "", "ab", "x1y"].map(str::to_owned);
        let secrets = Secrets::new(secrets.into_iter());
        let text = "password, pass, ab: x1y".to_owned();
        assert_eq!(secrets.hide(text), "***, ***, ab: ***");
        assert!(!format!("{secrets:?}").contains("pass"));
        let mut bytes = *b"password pass x1y.";
        secrets.cover(&mut bytes);
        assert_eq!(&bytes, b"******** **** ***.");
    }

    #[test]
    fn a_secret_is_taken_out_where_it_is_escaped() {
        let secret = "a\"b\\c'\u{301}\u{fc}";
        let secrets = Secrets::new([secret.to_owned()].into_iter());
        let text = format!("pwd={secret}");
        assert_eq!(secrets.hide(format!("{text:?}")), "\"pwd=***\"");
        assert_eq!(secrets.hide(text), "pwd=***");
    }

    #[test]
    fn the_start_of_a_secret_is_taken_out_where_a_quotation_is_cut() {
        let secrets = Secrets::new(["h\u{fc}dden-word", "hint"].map(str::to_owned).into_iter());
        for (text, expected) in [
            ("\"try h\u{fc}dden-wor…\", retry", "\"try ***…\", retry"),
            ("try h\u{fc}…", "try ***…"),
            ("try h…", "try h…"),
            ("a hin… and a h\u{fc}d… hin", "a ***… and a ***… hin"),
            ("nothing… of it", "nothing… of it"),
        ] {
            assert_eq!(secrets.hide(text.to_owned()), expected);
        }
    }
}
