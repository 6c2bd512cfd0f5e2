//! The line that shows the camera: what was said to the probe, as properties of the element.

use gstmjpeghttp::mjpeghttpsrc::Settings;

use super::common::camera::CameraOptions;

/// Who reads it knows the secret that belongs in its place.
const SECRET: &str = "…";

/// For `gst-launch-1.0`, with the address as it may be shown.
pub(crate) fn of(settings: &Settings, options: &CameraOptions) -> String {
    let mut words = vec!["gst-launch-1.0 mjpeghttpsrc".to_owned()];
    let text = |name| settings.get(name)?.get::<Option<String>>().ok()?;
    words.extend(text("location").map(|location| format!("location={}", quoted(&location))));
    if let Some(user) = text("login") {
        words.push(format!("login={} password={SECRET}", quoted(&user)));
    }
    // The settings have its login apart.
    words.extend(text("proxy").map(|proxy| format!("proxy={}", quoted(&proxy))));
    if let Some(user) = text("proxy-id") {
        words.push(format!("proxy-id={} proxy-pw={SECRET}", quoted(&user)));
    }
    let mut fields = Vec::new();
    for (name, value) in options.properties() {
        match name {
            "login" | "password" | "proxy" => {}
            "extra-headers" => fields.extend(field_names(&value)),
            // gst-launch-1.0 has no spelling for a list of texts.
            "cookies" => fields.push("Cookie".to_owned()),
            _ => words.push(format!("{name}={}", quoted(&value_text(&value)))),
        }
    }
    if !fields.is_empty() {
        let fields: Vec<_> = fields.iter().map(|name| format!("{name}={SECRET}")).collect();
        words.push(format!("extra-headers='headers,{}'", fields.join(",")));
    }
    words.push("! jpegdec ! autovideosink".into());
    words.join(" ")
}

fn field_names(value: &glib::Value) -> Vec<String> {
    let fields = value.get::<gst::Structure>().ok();
    fields.iter().flat_map(|fields| fields.fields()).map(ToString::to_string).collect()
}

fn value_text(value: &glib::Value) -> String {
    let text = value.transform::<String>().ok();
    text.and_then(|text| text.get::<Option<String>>().ok()?).unwrap_or_default()
}

/// As a shell takes it: `&` and its like would end the command.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:%@,+".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        text.to_owned()
    } else {
        format!("'{}'", text.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_takes_it_for_one_word() {
        for (text, expected) in [
            ("http://cam/a.mjpg", "http://cam/a.mjpg"),
            ("http://cam/?a=b&c=d", "'http://cam/?a=b&c=d'"),
            ("it's", "'it'\\''s'"),
            ("", "''"),
        ] {
            assert_eq!(quoted(text), expected);
        }
    }
}
