//! What an answer is that is no video, in words for people.

/// Names an answer by its type and, if it is a page, its title.
pub(super) fn describe(essence: &str, start: &[u8]) -> String {
    let text = String::from_utf8_lossy(start);
    match (essence, title(&text)) {
        (_, Some(title)) => format!("a web page titled \"{title}\""),
        ("text/html" | "application/xhtml+xml", None) => "a web page".into(),
        ("", None) => "an answer without a type".into(),
        (other, None) => format!("{other:?}").replace('"', ""),
    }
}

fn title(text: &str) -> Option<String> {
    // ASCII changes its case without changing its length.
    let lower = text.to_ascii_lowercase();
    let open = lower.find("<title")?;
    let start = open + lower[open..].find('>')? + 1;
    let end = start + lower[start..].find("</title")?;
    let words: Vec<_> = text[start..end].split_whitespace().collect();
    let title: String = words.join(" ").chars().filter(|c| !c.is_control()).take(80).collect();
    (!title.is_empty()).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_named_by_its_title() {
        for (essence, start, expected) in [
            ("text/html", "<html><TITLE>\n Cam  Login</Title>", "a web page titled \"Cam Login\""),
            ("text/html", "<html>", "a web page"),
            ("text/html", "<title>cut of", "a web page"),
            ("application/json", "{}", "application/json"),
            ("", "", "an answer without a type"),
        ] {
            assert_eq!(describe(essence, start.as_bytes()), expected);
        }
    }
}
