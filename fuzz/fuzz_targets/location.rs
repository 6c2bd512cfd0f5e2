//! An address is read or refused, shows nothing that is secret, and breaks no request.
#![no_main]

use gstmjpeghttp::http::Location;
use libfuzzer_sys::fuzz_target;

const SECRET: &str = "hidden";

fuzz_target!(|text: &str| {
    check(text);
    // Line ends and tabs are left out of addresses, and letters of other scripts become
    // those of ASCII: what is shown would have the word by chance.
    let text: String = text.chars().filter(|c| !matches!(c, '\t' | '\r' | '\n')).collect();
    if !text.is_ascii() || text.to_ascii_lowercase().contains(SECRET) {
        return;
    }
    for address in [
        format!("http://admin:{SECRET}@cam{text}"),
        format!("http://admin:{SECRET}{text}@cam/"),
        format!("http://cam/{text}?{text}&pwd={SECRET}&{text}"),
        format!("http://cam/?access_token={SECRET}{}", before_separator(&text)),
        format!("http://cam/?a:{SECRET}"),
    ] {
        let shown = check(&address);
        assert!(!shown.contains(SECRET), "{address:?} is shown as {shown:?}");
    }
});

/// Checks an address, and says how it or its refusal is shown.
fn check(text: &str) -> String {
    let (location, _) = match Location::parse(text) {
        Ok(read) => read,
        Err(error) => return error.to_string(),
    };
    let target = location.target();
    assert!(target.starts_with('/') && target.bytes().all(|b| b.is_ascii_graphic()), "{target:?}");
    let authority = location.authority();
    assert!(!authority.is_empty() && authority.bytes().all(|b| b.is_ascii_graphic()));
    assert!(!authority.contains(['@', '/', '%']), "{authority:?}");

    let (again, login) = Location::parse(location.url().as_str()).expect("it was read before");
    assert_eq!(again.url(), location.url(), "read once more");
    assert!(login.is_none(), "a login is left in {authority}");

    // As a redirect from elsewhere.
    let (home, _) = Location::parse("http://[fe80::1%25lo]/a/b?c").expect("an address");
    if let Ok(joined) = home.join(text) {
        assert!(joined.target().bytes().all(|b| b.is_ascii_graphic()));
        assert!(joined.url().username().is_empty() && joined.url().password().is_none());
    }
    location.to_string()
}

fn before_separator(text: &str) -> &str {
    text.split(['&', ';', '#']).next().unwrap_or_default()
}
