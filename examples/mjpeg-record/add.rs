//! The lines of a camera for the file: after a look at it, so that they are right.

use std::error::Error;

use gst::prelude::*;

use super::common::camera::CameraOptions;
use super::common::program::say;

/// Longest time for the first picture.
const PATIENCE: gst::ClockTime = gst::ClockTime::from_seconds(20);

pub(crate) fn print(location: &str, options: &CameraOptions) -> Result<(), Box<dyn Error>> {
    let source = gst::ElementFactory::make("mjpeghttpsrc")
        .property("location", location)
        .property("retries", 0)
        .build()?;
    options.apply_to(&source);
    let sink = gst_app::AppSink::builder().sync(false).max_buffers(1).build();
    let pipeline = gst::Pipeline::new();
    pipeline.add_many([&source, sink.upcast_ref()])?;
    source.link(&sink)?;
    let first = first_picture(&pipeline, &sink);
    pipeline.set_state(gst::State::Null)?;
    let size = first?;
    let address = without_login(location);
    // The element has moved it out of the address.
    let login: Option<String> = source.property("login");
    say(&lines(&address, login.as_deref(), &size, options));
    Ok(())
}

/// Its size in words.
fn first_picture(
    pipeline: &gst::Pipeline,
    sink: &gst_app::AppSink,
) -> Result<String, Box<dyn Error>> {
    // If this fails, the reason is on the bus.
    let _ = pipeline.set_state(gst::State::Playing);
    let Some(sample) = sink.try_pull_sample(PATIENCE) else {
        let bus = pipeline.bus().ok_or("the pipeline has no bus")?;
        return match bus.pop_filtered(&[gst::MessageType::Error]).as_ref().map(|one| one.view()) {
            Some(gst::MessageView::Error(error)) => Err(error.error().message().into()),
            _ => Err("the camera sent no picture in 20 s".into()),
        };
    };
    let caps = sample.caps().and_then(|caps| caps.structure(0));
    let side = |name| caps.and_then(|caps| caps.get::<i32>(name).ok()).unwrap_or(0);
    Ok(format!("{} × {}", side("width"), side("height")))
}

fn lines(address: &str, login: Option<&str>, size: &str, options: &CameraOptions) -> String {
    let mut lines = vec![
        format!("[[camera]]   # {size}"),
        format!("name = {}", quoted(&name(address))),
        format!("location = {}", quoted(address)),
    ];
    if let Some(login) = login {
        lines.push(format!("login = {}", quoted(login)));
        lines.push("# The password goes into this file:".into());
        lines.push("password-file = \"password\"".into());
    }
    lines.extend(options.properties().iter().filter_map(|(name, value)| line(name, value)));
    lines.join("\n")
}

/// The key of the file for a property other than the login.
fn line(name: &str, value: &glib::Value) -> Option<String> {
    let text = || value.get::<String>().ok().map(|text| quoted(&text));
    Some(match name {
        "ssl-legacy" | "ssl-strict" => format!("{name} = {}", value.get::<bool>().ok()?),
        "timeout" => format!("{name} = {}", value.get::<u32>().ok()?.max(1)),
        "ssl-fingerprint" | "ssl-ca-file" | "ssl-client-cert" | "ssl-client-key" | "user-agent" => {
            format!("{name} = {}", text()?)
        }
        "proxy" => {
            let proxy = quoted(&without_login(&value.get::<String>().ok()?));
            format!("# With its login, if it asks for one:\n{name} = {proxy}")
        }
        // They may be secrets.
        "extra-headers" => "# headers = { X-Key = \"…\" }   # as you gave them".into(),
        "cookies" => "# cookies = [\"…\"]   # as you gave them".into(),
        _ => return None,
    })
}

/// As it was typed otherwise: the file needs what may be secret in the rest.
fn without_login(address: &str) -> String {
    let authority = address.find("://").map_or(0, |at| at + "://".len());
    let end = address[authority..].find(['/', '?', '#']).map_or(address.len(), |at| authority + at);
    match address[authority..end].rfind('@') {
        Some(at) => [&address[..authority], &address[authority + at + 1..]].concat(),
        None => address.to_owned(),
    }
}

/// The host, as far as a name may have its letters.
fn name(address: &str) -> String {
    let url = url::Url::parse(address).ok();
    let host = url.as_ref().and_then(url::Url::host_str).unwrap_or("camera");
    let plain = |c: char| if c.is_alphanumeric() || "-.".contains(c) { c } else { '-' };
    host.trim_matches(['[', ']']).chars().map(plain).collect()
}

/// As TOML writes texts.
fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_from_hosts_and_texts_are_quoted() {
        assert_eq!(name("http://192.0.2.7:8080/video"), "192.0.2.7");
        assert_eq!(name("http://[2001:db8::1]/"), "2001-db8--1");
        assert_eq!(quoted("a\"b\\"), toml::Value::from("a\"b\\").to_string());
        for (address, bare) in [
            ("http://a:b@proxy:3128", "http://proxy:3128"),
            ("http://a:p@ss@camera/v?key=a@b", "http://camera/v?key=a@b"),
            ("camera/v", "camera/v"),
        ] {
            assert_eq!(without_login(address), bare);
        }
    }
}
