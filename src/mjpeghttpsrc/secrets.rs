//! What a camera may say that nobody is to read.
//!
//! Errors quote cameras: their pages, reasons and texts. One that says what it was sent would
//! put the password into a log that way, so that secrets are taken out of each quotation.

use crate::http::MASK;

/// Shorter ones stand in ordinary words, in bytes.
const SHORTEST: usize = 3;

/// The secrets among the settings. `Debug` shows their number.
#[derive(Clone, Default)]
pub struct Secrets(Vec<String>);

impl Secrets {
    pub(super) fn new(secrets: impl Iterator<Item = String>) -> Self {
        let mut secrets: Vec<_> = secrets.filter(|secret| secret.len() >= SHORTEST).collect();
        // One may be the start of another.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        secrets.dedup();
        Self(secrets)
    }

    /// `text` with the mask in their places.
    pub fn hide(&self, text: String) -> String {
        self.0.iter().fold(text, |text, secret| text.replace(secret, MASK))
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
}
