//! The element's own properties, without those of its parents.

use gst::prelude::*;

use crate::programs::watch::init;

fn own() -> Vec<glib::ParamSpec> {
    init();
    let element = gst::ElementFactory::make("mjpeghttpsrc").build().unwrap();
    let all = element.list_properties();
    all.iter().filter(|spec| spec.owner_type() == element.type_()).cloned().collect()
}

/// Name and default of each.
pub fn all() -> Vec<(String, String)> {
    own().iter().map(|spec| (spec.name().to_owned(), default(spec))).collect()
}

/// Name, short name and explanation of each.
pub fn texts() -> Vec<(String, String, String)> {
    let text = |spec: &glib::ParamSpec| {
        let blurb = spec.blurb().unwrap_or_default();
        (spec.name().to_owned(), spec.nick().to_owned(), blurb.to_owned())
    };
    own().iter().map(text).collect()
}

/// As people write it. Without one, and where nothing can be read back, it is empty.
fn default(spec: &glib::ParamSpec) -> String {
    if !spec.flags().contains(glib::ParamFlags::READABLE) {
        return String::new();
    }
    if !spec.flags().contains(glib::ParamFlags::WRITABLE) {
        return "read-only".into();
    }
    let value = spec.default_value();
    if let Ok(text) = value.get::<Option<String>>() {
        return text.unwrap_or_default();
    }
    if let Ok(number) = value.get::<u32>() {
        return with_unit(f64::from(number), spec);
    }
    if let Ok(number) = value.get::<i32>() {
        return with_unit(f64::from(number), spec);
    }
    if let Ok(number) = value.get::<f64>() {
        return with_unit(number, spec);
    }
    if let Ok(yes) = value.get::<bool>() {
        return yes.to_string();
    }
    if let Some((_, value)) = glib::EnumValue::from_value(value) {
        return value.nick().to_owned();
    }
    assert!(spec.value_type() == gst::Array::static_type(), "what is {spec:?}?");
    String::new()
}

/// The unit is the one that the explanation names, as nothing else tells it to the user.
fn with_unit(number: f64, spec: &glib::ParamSpec) -> String {
    const MIB: f64 = 1_048_576.0;
    let blurb = spec.blurb().unwrap_or_default().to_lowercase();
    if blurb.contains("milliseconds") {
        format!("{number} ms")
    } else if blurb.contains("seconds") {
        format!("{number} s")
    } else if blurb.contains("in bytes") {
        format!("{} MiB", number / MIB)
    } else {
        number.to_string()
    }
}
