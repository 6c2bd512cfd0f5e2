//! Each property has its place in the settings.

use crate::common::element::init;
use glib::ParamFlags;
use gst::prelude::*;

/// One that is declared and has no place makes the element panic.
#[test]
fn every_property_can_be_set_and_read() {
    init();
    let source = gst::ElementFactory::make("mjpeghttpsrc").build().unwrap();
    let properties = source.list_properties();
    let own = properties.iter().filter(|property| property.owner_type() == source.type_());
    let mut count = 0;
    for property in own {
        let (name, flags) = (property.name(), property.flags());
        if flags.contains(ParamFlags::WRITABLE) {
            source.set_property_from_value(name, property.default_value());
        }
        if flags.contains(ParamFlags::READABLE) {
            assert_eq!(source.property_value(name).type_(), property.value_type(), "{name}");
        }
        count += 1;
    }
    assert!(count > 20, "only {count} properties");
}
