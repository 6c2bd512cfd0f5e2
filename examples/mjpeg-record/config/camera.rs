//! The settings of one camera.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use gst::prelude::*;

use super::super::common::camera::{has_user, is_header_name};
use super::section::{FromToml, Mistakes, Section};
use super::values::{Bytes, Days, Name, Seconds};

#[derive(Clone, PartialEq)]
pub(crate) struct Camera {
    pub(crate) name: String,
    pub(crate) location: String,
    /// What its segments may have of the disk.
    pub(crate) limits: Limits,
    text: Vec<(&'static str, String)>,
    switches: Vec<(&'static str, bool)>,
    /// Longest time without a picture.
    timeout: Option<Duration>,
    /// Longest time with the same picture.
    frozen_timeout: Option<Duration>,
    /// Longest wait from one attempt to the next.
    retry_max: Option<Duration>,
    fallback_locations: Option<Vec<String>>,
    headers: Option<BTreeMap<String, String>>,
    cookies: Option<Vec<String>>,
}

/// What may be on the disk, of one camera or of all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Limits {
    /// In bytes.
    pub(crate) quota: Option<u64>,
    /// How long.
    pub(crate) keep: Option<Duration>,
}

impl Limits {
    pub(super) fn read(section: &mut Section<'_>, mistakes: &mut Mistakes<'_>) -> Self {
        let quota = section.take("quota", mistakes).map(|Bytes(count)| count);
        let keep = section.take("keep-days", mistakes).map(|Days(time)| time);
        Self { quota, keep }
    }
}

/// Files of the camera's settings, as the properties of these names.
const FILES: [&str; 3] = ["ssl-ca-file", "ssl-client-cert", "ssl-client-key"];
const TEXTS: [&str; 5] = ["login", "password", "ssl-fingerprint", "proxy", "user-agent"];
const SWITCHES: [&str; 2] = ["ssl-legacy", "ssl-strict"];

impl Camera {
    /// Paths that are not absolute start at `base`. None if something is missing.
    pub(super) fn read(
        mut section: Section<'_>,
        base: &Path,
        mistakes: &mut Mistakes<'_>,
    ) -> Option<Self> {
        let before = mistakes.count();
        let name = section.require("name", mistakes).map(|Name(name)| name);
        let location: Option<String> = section.require("location", mistakes);
        let limits = Limits::read(&mut section, mistakes);
        let mut text = Vec::new();
        for key in TEXTS {
            text.extend(section.take(key, mistakes).map(|value: String| (key, value)));
        }
        text.extend(password(&mut section, base, mistakes).map(|value| ("password", value)));
        for key in FILES {
            text.extend(file(&mut section, key, base, mistakes).map(|value| (key, value)));
        }
        let mut switches = Vec::new();
        for key in SWITCHES {
            switches.extend(section.take(key, mistakes).map(|value| (key, value)));
        }
        let fallback_locations: Option<Vec<String>> = section.take("fallback-locations", mistakes);
        for (key, all) in [
            ("location", location.as_slice()),
            ("fallback-locations", fallback_locations.as_deref().unwrap_or_default()),
        ] {
            for error in all.iter().filter_map(|location| why_not(location)) {
                mistakes.add(section.place(key), Some(key), error);
            }
        }
        let mut seconds = |key| section.take(key, mistakes).map(|Seconds(time)| time);
        let timeout = seconds("timeout");
        let frozen_timeout = seconds("frozen-timeout");
        let retry_max = seconds("retry-max");
        let headers = section.take("headers", mistakes).map(|Headers(headers)| headers);
        let cookies = section.take("cookies", mistakes);
        let has_login = section.has("login") || location.as_deref().is_some_and(has_user);
        for key in ["password", "password-file"] {
            if section.has(key) && !has_login {
                mistakes.add(section.place(key), Some(key), "has no use without login");
            }
        }
        section.end(&super::ABOVE, "belongs above the first [[camera]]", mistakes);
        let camera = Self {
            name: name?,
            location: location?,
            limits,
            text,
            switches,
            timeout,
            frozen_timeout,
            retry_max,
            fallback_locations,
            headers,
            cookies,
        };
        // The element tells them again.
        if mistakes.count() == before {
            for (key, error) in camera.refusals() {
                mistakes.add(section.place(key), Some(key), error);
            }
        }
        Some(camera)
    }

    /// What the element has against the settings, without a connection: keys and reasons.
    fn refusals(&self) -> Vec<(&'static str, String)> {
        let all = self.properties();
        let Some(first) = refusal(&all) else { return Vec::new() };
        let location = ("location", self.location.to_value());
        let mut found = Vec::new();
        for property in all.iter().filter(|(name, _)| *name != "location") {
            let Some(error) = refusal(&[location.clone(), property.clone()]) else { continue };
            // The certificate may be beside it.
            if property.0 != "ssl-client-key" || error == first {
                found.push((key_of(property.0), error));
            }
        }
        if found.is_empty() {
            found.push(("location", first));
        }
        found
    }

    /// Whether a camera that runs with the other settings need not be started again.
    pub(crate) fn runs_as(&self, other: &Self) -> bool {
        let limits = other.limits;
        Self { limits, ..self.clone() } == *other
    }

    /// The properties of the element and their values.
    pub(crate) fn properties(&self) -> Vec<(&'static str, glib::Value)> {
        let seconds = |time: Option<Duration>| {
            time.map(|time| u32::try_from(time.as_secs()).unwrap_or(u32::MAX).to_value())
        };
        let mut all = vec![("location", self.location.to_value())];
        all.extend(self.text.iter().map(|(name, value)| (*name, value.to_value())));
        all.extend(self.switches.iter().map(|(name, value)| (*name, value.to_value())));
        all.extend(seconds(self.timeout).map(|time| ("timeout", time)));
        all.extend(seconds(self.frozen_timeout).map(|time| ("frozen-timeout", time)));
        let retry_max = self.retry_max.map(|time| time.as_secs_f64().to_value());
        all.extend(retry_max.map(|time| ("retry-backoff-max", time)));
        let fallbacks = self.fallback_locations.as_ref();
        let fallbacks = fallbacks.map(|all| gst::Array::new(all).to_value());
        all.extend(fallbacks.map(|value| ("fallback-locations", value)));
        all.extend(self.cookies.as_ref().map(|all| ("cookies", all.to_value())));
        if let Some(headers) = &self.headers {
            let mut fields = gst::Structure::new_empty("headers");
            for (name, value) in headers {
                fields.set(name.as_str(), value);
            }
            all.push(("extra-headers", fields.to_value()));
        }
        all
    }
}

/// The key of the file that a property is set by.
fn key_of(property: &'static str) -> &'static str {
    match property {
        "extra-headers" => "headers",
        "retry-backoff-max" => "retry-max",
        same => same,
    }
}

/// Why the element does not start. It connects later, when it plays.
fn refusal(properties: &[(&'static str, glib::Value)]) -> Option<String> {
    let source = gst::ElementFactory::make("mjpeghttpsrc").build().ok()?;
    for (name, value) in properties {
        source.set_property_from_value(name, value);
    }
    let bus = gst::Bus::new();
    source.set_bus(Some(&bus));
    let started = source.set_state(gst::State::Paused);
    // What has not started has nothing to stop.
    let _ = source.set_state(gst::State::Null);
    if started.is_ok() {
        return None;
    }
    let message = bus.pop_filtered(&[gst::MessageType::Error])?;
    let gst::MessageView::Error(error) = message.view() else { return None };
    let said = error.error();
    // The line has the address, as far as that matters.
    let address: Option<String> = source.property("location");
    let reason = said.message().strip_prefix(&*address.unwrap_or_default());
    Some(reason.and_then(|rest| rest.strip_prefix(": ")).unwrap_or(said.message()).to_owned())
}

/// Header fields for the camera.
struct Headers(BTreeMap<String, String>);

impl FromToml for Headers {
    fn from_toml(value: &toml::de::DeValue<'_>) -> Result<Self, &'static str> {
        let headers = BTreeMap::from_toml(value)?;
        if !headers.keys().all(|name| is_header_name(name)) {
            return Err("names of header fields, made of letters, digits and '-'");
        }
        Ok(Self(headers))
    }
}

fn password(section: &mut Section<'_>, base: &Path, mistakes: &mut Mistakes<'_>) -> Option<String> {
    const KEY: &str = "password-file";
    let file: PathBuf = section.take(KEY, mistakes)?;
    let at = section.place(KEY);
    if section.has("password") {
        mistakes.add(at, Some(KEY), "password is set as well; set only one of the two");
    }
    match fs::read_to_string(base.join(&file)) {
        // Editors end the last line, too.
        Ok(text) => Some(text.trim_end_matches(['\r', '\n']).to_owned()),
        Err(error) => {
            let file = base.join(file);
            mistakes.add(at, Some(KEY), format!("cannot read {}: {error}", file.display()));
            None
        }
    }
}

fn file(
    section: &mut Section<'_>,
    key: &'static str,
    base: &Path,
    mistakes: &mut Mistakes<'_>,
) -> Option<String> {
    let file = base.join(section.take::<PathBuf>(key, mistakes)?);
    if let Err(error) = fs::File::open(&file) {
        let what = format!("cannot read {}: {error}", file.display());
        mistakes.add(section.place(key), Some(key), what);
    }
    Some(file.to_string_lossy().into_owned())
}

/// What the element has against an address.
fn why_not(location: &str) -> Option<String> {
    let scheme = location.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase());
    let address = match scheme.as_deref() {
        Some("http" | "https") => format!("mjpeg+{location}"),
        Some("mjpeg+http" | "mjpeg+https") => location.to_owned(),
        Some(_) => return Some("expected an address that begins with http:// or https://".into()),
        // As the element takes it.
        None => format!("mjpeg+http://{location}"),
    };
    let source = gst::ElementFactory::make("mjpeghttpsrc").build().ok()?;
    let handler = source.dynamic_cast_ref::<gst::URIHandler>()?;
    handler.set_uri(&address).err().map(|error| error.message().to_owned())
}
