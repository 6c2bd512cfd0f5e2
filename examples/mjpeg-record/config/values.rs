//! What the values of the file may be.

use std::net::SocketAddr;
use std::time::Duration;

use toml::de::DeValue;

use super::section::FromToml;

/// What segments and time limits may be: whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Seconds(pub(crate) Duration);

impl FromToml for Seconds {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, &'static str> {
        let seconds = whole(value).filter(|seconds| (1..=3600).contains(seconds));
        seconds.map(|seconds| Self(Duration::from_secs(seconds))).ok_or("1 to 3600 seconds")
    }
}

/// How long recordings are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Days(pub(crate) Duration);

impl FromToml for Days {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, &'static str> {
        let days = whole(value).filter(|days| (1..=36500).contains(days));
        days.map(|days| Self(Duration::from_secs(days * 24 * 60 * 60))).ok_or("1 to 36500 days")
    }
}

fn whole(value: &DeValue<'_>) -> Option<u64> {
    let number = value.as_integer()?;
    u64::from_str_radix(number.as_str(), number.radix()).ok()
}

/// Room on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) u64);

impl FromToml for Bytes {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, &'static str> {
        const EXPECTED: &str = "a whole number with kB, MB, GB or TB, such as \"20 GB\"";
        value.as_str().and_then(bytes).map(Self).ok_or(EXPECTED)
    }
}

fn bytes(text: &str) -> Option<u64> {
    let start = text.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = text.split_at(start);
    let factor: u64 = match unit.trim() {
        "kB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        "TB" => 1_000_000_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor).filter(|&bytes| bytes > 0)
}

/// The name of a camera is that of its folder, too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name(pub(crate) String);

impl FromToml for Name {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, &'static str> {
        let is_plain = |letter: char| letter.is_alphanumeric() || "-_. ".contains(letter);
        let name = value.as_str().filter(|text| !text.is_empty() && text.chars().all(is_plain));
        let name = name.ok_or("a name of letters, digits, '-', '_', '.' and blanks")?;
        if name.starts_with(['.', ' ', '-']) {
            // These are hidden, or options of a command.
            return Err("a name that begins with none of '.', '-' and a blank");
        }
        if name.ends_with(['.', ' ']) {
            // Windows leaves these out, and would have one folder for two names.
            return Err("a name that ends with neither '.' nor a blank");
        }
        let small = name.to_lowercase();
        if small.starts_with("index.") || small.starts_with("recorder.lock") {
            return Err("another name: those that begin with index. or recorder.lock are \
                        reserved for files of the recorder");
        }
        if name.len() > 200 {
            return Err("a name of at most 200 bytes, as a folder has it, too");
        }
        Ok(Self(name.into()))
    }
}

/// A program and its arguments, in words as a shell reads them.
pub(crate) struct Command(pub(crate) String);

impl FromToml for Command {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, &'static str> {
        let is_command = |text: &&str| shlex::split(text).is_some_and(|words| !words.is_empty());
        let text = value.as_str().filter(is_command);
        let text = text.ok_or("a command, such as \"rclone move {file} remote:\"")?;
        if !has_known_words(text) {
            return Err("a command with no other words in braces than {file}, {camera}, {began} \
                        and {ended}");
        }
        Ok(Self(text.into()))
    }
}

/// Whether all words in braces are filled in. What a shell or awk has in braces looks
/// otherwise: `${HOME}`, `{}`, `{ print }`.
fn has_known_words(text: &str) -> bool {
    let pieces = text.split('{');
    pieces.clone().zip(pieces.skip(1)).all(|(before, behind)| {
        let Some((word, _)) = behind.split_once('}') else { return true };
        let is_word = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
        before.ends_with('$') || !is_word || WORDS.contains(&word)
    })
}

/// What is filled in.
const WORDS: [&str; 4] = ["file", "camera", "began", "ended"];

impl FromToml for SocketAddr {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, &'static str> {
        let address = value.as_str().and_then(|text| text.parse().ok());
        address.ok_or("an address and a port, such as \"127.0.0.1:8088\"")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_that_are_filled_in_stand_in_braces() {
        for (text, is_right) in [
            ("move {file} to/{camera}/{began}-{ended}", true),
            ("sh -c 'f={file}; find ${HOME} ${home} -exec ls {} +; awk \"{ print }\"'", true),
            ("move {file", true),
            ("move {fil} there", false),
            ("move {file} {fil}", false),
            ("move {{fil}}", false),
        ] {
            assert_eq!(has_known_words(text), is_right, "{text}");
        }
    }

    #[test]
    fn room_is_read_in_its_units() {
        for (text, count) in
            [("20 GB", 20_000_000_000), ("1TB", 1_000_000_000_000), ("300 kB", 300_000)]
        {
            assert_eq!(bytes(text), Some(count), "{text}");
        }
        for text in ["", "20", "GB", "-1 GB", "1.5 GB", "0 GB", "1 GiB", "99999999999 TB"] {
            assert_eq!(bytes(text), None, "{text}");
        }
    }
}
