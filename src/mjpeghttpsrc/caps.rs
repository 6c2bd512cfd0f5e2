//! What a picture says, as caps in jpegparse's words.

use gst::prelude::*;

use crate::jpeg::{Color, Picture, Sampling};

/// The frame rate of what has none, or one that is not known.
const UNKNOWN: gst::Fraction = gst::Fraction::new_raw(0, 1);
/// Where several others will do, the one nearest to this is said.
const USUAL: gst::Fraction = gst::Fraction::new_raw(25, 1);

fn of(picture: Picture, framerate: gst::Fraction) -> gst::Caps {
    let mut caps = gst::Caps::builder("image/jpeg")
        .field("parsed", true)
        .field("width", i32::from(picture.width))
        .field("height", i32::from(picture.height))
        .field("framerate", framerate)
        .field("sof-marker", i32::from(picture.sof));
    if let Some((colorspace, sampling)) = color(picture.color) {
        caps = caps.field("colorspace", colorspace).field("sampling", sampling);
    }
    caps.build()
}

/// What the element can produce.
pub(super) fn template() -> gst::Caps {
    gst::Caps::builder("image/jpeg").field("parsed", true).build()
}

/// Caps for `picture`, with the frame rate that downstream asks for, as in
/// `image/jpeg,framerate=25/1`. A camera's is not known: none is said wherever that will do.
pub(super) fn for_peer(pad: &gst::Pad, picture: Picture) -> gst::Caps {
    let mut open = of(picture, UNKNOWN);
    if let Some(structure) = open.make_mut().structure_mut(0) {
        structure.remove_field("framerate");
    }
    let wanted = pad.peer_query_caps(Some(&open));
    of(picture, framerate(&wanted).unwrap_or(UNKNOWN))
}

/// The one to choose of those that are wanted; `None` if any will do.
fn framerate(wanted: &gst::CapsRef) -> Option<gst::Fraction> {
    let wanted = wanted.iter().find(|structure| structure.name() == "image/jpeg")?;
    if !wanted.has_field("framerate") {
        return None;
    }
    let nearest = |target: gst::Fraction| {
        let mut structure = wanted.to_owned();
        structure.fixate_field_nearest_fraction("framerate", target);
        structure.get::<gst::Fraction>("framerate").ok()
    };
    if nearest(UNKNOWN)? == UNKNOWN { Some(UNKNOWN) } else { nearest(USUAL) }
}

fn color(color: Color) -> Option<(&'static str, &'static str)> {
    Some(match color {
        Color::Gray => ("GRAY", "GRAYSCALE"),
        Color::Rgb => ("sRGB", "RGB"),
        Color::Cmyk => ("CMYK", "CMYK"),
        Color::Ycck => ("YCCK", "YCCK"),
        Color::Ycbcr(sampling) => (
            "sYUV",
            match sampling {
                Sampling::S444 => "YCbCr-4:4:4",
                Sampling::S422 => "YCbCr-4:2:2",
                Sampling::S420 => "YCbCr-4:2:0",
                Sampling::S440 => "YCbCr-4:4:0",
                Sampling::S411 => "YCbCr-4:1:1",
                Sampling::S410 => "YCbCr-4:1:0",
            },
        ),
        Color::Unknown => return None,
    })
}
