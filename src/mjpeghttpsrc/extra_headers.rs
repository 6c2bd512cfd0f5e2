//! Header fields as GStreamer's structures hold them.

use crate::error::Error;
use crate::http::Fields;

pub(super) const PROPERTY: &str = "extra-headers";

/// The fields of `structure`, as souphttpsrc reads them: texts and numbers, and lists of
/// these, which become a field for each value.
pub(super) fn read(structure: &gst::StructureRef) -> Result<Fields, Error> {
    let mut fields = Vec::new();
    for (name, value) in structure {
        let texts = texts(value).ok_or_else(|| Error::BadField {
            property: PROPERTY,
            why: format!("the value of {name} is no text, number or list of these"),
        })?;
        fields.extend(texts.into_iter().map(|text| (name.to_string(), text)));
    }
    Fields::new(PROPERTY, fields)
}

/// These say nothing that is for the camera alone.
const HARMLESS: [&str; 10] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "cache-control",
    "connection",
    "host",
    "origin",
    "pragma",
    "referer",
    "user-agent",
];

/// The values, and the words in them, that no message may show.
pub(super) fn secrets(structure: &gst::StructureRef) -> impl Iterator<Item = String> {
    let values = structure
        .iter()
        .filter(|(name, _)| !HARMLESS.contains(&name.as_str().to_ascii_lowercase().as_str()));
    values.filter_map(|(_, value)| texts(value)).flatten().flat_map(|text| {
        // The first word may be `Basic` or its like, which is no secret.
        let words: Vec<_> = text.split_whitespace().skip(1).map(str::to_owned).collect();
        std::iter::once(text).chain(words)
    })
}

fn texts(value: &glib::SendValue) -> Option<Vec<String>> {
    let all = |values: &[glib::SendValue]| {
        let texts: Option<Vec<_>> = values.iter().map(texts).collect();
        Some(texts?.concat())
    };
    if let Ok(array) = value.get::<gst::ArrayRef<'_>>() {
        return all(array.as_slice());
    }
    if let Ok(list) = value.get::<gst::List>() {
        return all(list.as_slice());
    }
    let text = value.transform::<String>().ok()?.get::<Option<String>>().ok()?;
    Some(vec![text?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn structures_are_read_as_souphttpsrc_reads_them() {
        gst::init().unwrap();
        for (text, expected) in [
            ("x", Ok("[]")),
            ("x, X-Key=abc, N=5, f=1.5", Ok("[\"X-Key\", \"N\", \"f\"]")),
            ("x, A=<a, (int)2>, B={b, c}", Ok("[\"A\", \"A\", \"B\", \"B\"]")),
            ("x, A=(string)\"a b\"", Ok("[\"A\"]")),
            ("x, A=<>", Ok("[]")),
            ("x, A=<<a, b>, c>", Ok("[\"A\", \"A\", \"A\"]")),
            ("x, A=(string)NULL", Err("the value of A is no text")),
            ("x, Content-Length=5", Err("Content-Length: the request has no body")),
        ] {
            let structure: gst::Structure = text.parse().unwrap();
            match (read(&structure), expected) {
                (Ok(fields), Ok(names)) => assert_eq!(format!("{fields:?}"), names, "{text}"),
                (Err(error), Err(words)) => assert!(error.to_string().contains(words), "{error}"),
                (found, _) => panic!("{text}: {found:?}"),
            }
        }
    }
}
