//! What a picture says, as caps in jpegparse's words.

use gst::prelude::*;

use crate::jpeg::{Color, Picture, Sampling};

/// Caps for `picture`. `framerate` is 0/1 unless downstream insists on another.
pub(super) fn of(picture: Picture, framerate: gst::Fraction) -> gst::Caps {
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

/// The frame rate a filter downstream asks for, as in `image/jpeg,framerate=25/1`.
pub(super) fn wanted_framerate(pad: &gst::Pad) -> Option<gst::Fraction> {
    let wanted = pad.peer_query_caps(None);
    wanted.iter().find_map(|structure| structure.get::<gst::Fraction>("framerate").ok())
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
