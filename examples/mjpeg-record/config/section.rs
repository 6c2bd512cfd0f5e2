//! A table of the TOML file, read key by key: what is wrong is collected, so that a user
//! sees all of it at once. No message quotes a value, which may be a password.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::PathBuf;

use toml::de::{DeTable, DeValue};

/// How near a key has to be to the one that is offered for it (Jaro–Winkler, 0 to 1).
const NEAR: f64 = 0.8;

/// What is wrong in one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mistake {
    line: usize,
    key: Option<String>,
    what: String,
}

impl Mistake {
    pub(crate) fn new(line: usize, key: Option<&str>, what: impl Into<String>) -> Self {
        Self { line, key: key.map(Into::into), what: what.into() }
    }
}

/// The line of a byte of a text.
pub(super) fn line(text: &[u8], at: usize) -> usize {
    text.iter().take(at).filter(|&&byte| byte == b'\n').count() + 1
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, key, what } = self;
        match key {
            Some(key) => write!(f, "line {line}: {key}: {what}"),
            None => write!(f, "line {line}: {what}"),
        }
    }
}

/// What is wrong in the file, and the text of it, which tells the lines.
pub(crate) struct Mistakes<'a> {
    text: &'a str,
    all: Vec<Mistake>,
}

impl<'a> Mistakes<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, all: Vec::new() }
    }

    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// The line of a byte of the text.
    pub(crate) fn line(&self, at: usize) -> usize {
        line(self.text.as_bytes(), at)
    }

    /// `at` is a byte of the text.
    pub(crate) fn add(&mut self, at: usize, key: Option<&str>, what: impl Into<String>) {
        self.all.push(Mistake::new(self.line(at), key, what));
    }

    /// In the order of the lines, each once.
    pub(crate) fn into_sorted(mut self) -> Vec<Mistake> {
        self.all.sort();
        self.all.dedup();
        self.all
    }
}

/// A value of the file as something of ours; what was expected where it is none.
pub(crate) trait FromToml: Sized {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, &'static str>;
}

/// A table whose keys are being taken.
pub(crate) struct Section<'a> {
    table: &'a DeTable<'a>,
    /// Where it begins, for keys that are missing.
    at: usize,
    known: Vec<&'static str>,
}

impl<'a> Section<'a> {
    pub(crate) fn new(table: &'a DeTable<'a>, at: usize) -> Self {
        Self { table, at, known: Vec::new() }
    }

    /// None if the key is not there, or its value is wrong.
    pub(crate) fn take<T: FromToml>(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Option<T> {
        self.known.push(key);
        let value = self.table.get(key)?;
        match T::from_toml(value.get_ref()) {
            Ok(value) => Some(value),
            Err(expected) => {
                mistakes.add(value.span().start, Some(key), format!("expected {expected}"));
                None
            }
        }
    }

    /// The same for a key that has to be there.
    pub(crate) fn require<T: FromToml>(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Option<T> {
        if !self.has(key) {
            mistakes.add(self.at, Some(key), "is missing");
        }
        self.take(key, mistakes)
    }

    /// The tables of a list, `[[key]]`, each with the byte where it begins.
    pub(crate) fn tables(
        &mut self,
        key: &'static str,
        mistakes: &mut Mistakes,
    ) -> Vec<Section<'a>> {
        self.known.push(key);
        let Some(value) = self.table.get(key) else { return Vec::new() };
        let DeValue::Array(array) = value.get_ref() else {
            mistakes.add(value.span().start, Some(key), format!("expected [[{key}]]"));
            return Vec::new();
        };
        let mut sections = Vec::new();
        for item in array {
            match item.get_ref() {
                DeValue::Table(table) => sections.push(Section::new(table, item.span().start)),
                _ => mistakes.add(item.span().start, Some(key), format!("expected [[{key}]]")),
            }
        }
        sections
    }

    /// Whether a table of a list has the key.
    pub(crate) fn has_below(&self, list: &str, key: &str) -> bool {
        let tables = self.table.get(list).and_then(|value| value.get_ref().as_array());
        let mut tables = tables.into_iter().flatten().filter_map(|item| item.get_ref().as_table());
        tables.any(|table| table.contains_key(key))
    }

    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where the value of a key begins, or the table if there is none.
    pub(crate) fn place(&self, key: &str) -> usize {
        self.table.get(key).map_or(self.at, |value| value.span().start)
    }

    /// What was not taken is unknown, or has its place elsewhere.
    pub(crate) fn end(&self, elsewhere: &[&str], place: &str, mistakes: &mut Mistakes) {
        let known: HashSet<_> = self.known.iter().copied().collect();
        for key in self.table.keys() {
            let name = key.get_ref().as_ref();
            if known.contains(name) {
                continue;
            }
            if elsewhere.contains(&name) {
                mistakes.add(key.span().start, Some(name), place);
                continue;
            }
            let near = self.known.iter().map(|known| (strsim::jaro_winkler(known, name), known));
            let nearest = near.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|near| near.0 >= NEAR);
            let what = match nearest {
                Some((_, known)) => format!("there is no such key; is it {known}?"),
                None => "there is no such key".to_owned(),
            };
            mistakes.add(key.span().start, Some(name), what);
        }
    }
}

impl FromToml for String {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, &'static str> {
        value.as_str().map(Into::into).ok_or("a text in quotation marks")
    }
}

impl FromToml for PathBuf {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, &'static str> {
        value.as_str().filter(|text| !text.is_empty()).map(Into::into).ok_or("the name of a file")
    }
}

impl FromToml for bool {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, &'static str> {
        value.as_bool().ok_or("true or false")
    }
}

impl FromToml for Vec<String> {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, &'static str> {
        const EXPECTED: &str = "a list of texts, such as [\"a\", \"b\"]";
        let array = value.as_array().ok_or(EXPECTED)?;
        array.iter().map(|item| String::from_toml(item.get_ref()).map_err(|_| EXPECTED)).collect()
    }
}

impl FromToml for BTreeMap<String, String> {
    fn from_toml(value: &DeValue<'_>) -> Result<Self, &'static str> {
        const EXPECTED: &str = "names with texts, such as { X-Key = \"abc\" }";
        let table = value.as_table().ok_or(EXPECTED)?;
        let row = |(key, value): (&toml::Spanned<_>, &toml::Spanned<DeValue<'_>>)| {
            let key: &std::borrow::Cow<'_, str> = key.get_ref();
            let value = String::from_toml(value.get_ref()).map_err(|_| EXPECTED)?;
            Ok((key.clone().into_owned(), value))
        };
        table.iter().map(row).collect()
    }
}
