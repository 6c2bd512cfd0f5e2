//! H.264 in short files behind a playlist (HTTP Live Streaming, RFC 8216), which any web
//! server can serve.

use std::error::Error;
use std::fs;
use std::path::Path;

use gst::prelude::*;

use super::options::Shape;

/// The compositor makes pictures of one size at a steady rate, black ones while the camera is
/// away, so that the playlist goes on. It starts with the camera's first one: its own ones from
/// before would have later times.
pub(crate) const BRANCH: &str = "
    tee. ! queue max-size-buffers=2 leaky=downstream ! jpegdec
    ! compositor name=screen background=black start-time-selection=first
    ! capsfilter name=shape ! openh264enc name=encoder ! h264parse
    ! hlssink2 name=files target-duration=2 playlist-length=5 max-files=8";

const PAGE: &str = include_str!("index.html");

/// Sets up the branch in the pipeline; the folder is made if it is missing.
pub(crate) fn set_up(
    pipeline: &gst::Pipeline,
    folder: &Path,
    shape: Shape,
) -> Result<(), Box<dyn Error>> {
    let name = folder.display();
    fs::create_dir_all(folder)
        .map_err(|error| format!("cannot make the folder {name}: {error}"))?;
    let page = folder.join("index.html");
    fs::write(&page, PAGE).map_err(|error| format!("cannot write {}: {error}", page.display()))?;

    let element = |name| pipeline.by_name(name).ok_or("an element of the pipeline is missing");
    let Shape { width, height, fps, kbps } = shape;
    let (width, height) = (i32::try_from(width)?, i32::try_from(height)?);
    let input = element("screen")?.static_pad("sink_0").ok_or("the screen has no input")?;
    input.set_properties(&[("width", &width), ("height", &height)]);
    input.set_property_from_str("sizing-policy", "keep-aspect-ratio");
    let caps = gst::Caps::builder("video/x-raw")
        .field("format", "I420")
        .field("width", width)
        .field("height", height)
        .field("framerate", gst::Fraction::new(fps, 1))
        .build();
    element("shape")?.set_property("caps", caps);
    element("encoder")?.set_property("bitrate", kbps * 1000);
    let files = element("files")?;
    files.set_property("location", text(&folder.join("%05d.ts"))?);
    files.set_property("playlist-location", text(&folder.join("playlist.m3u8"))?);
    Ok(())
}

fn text(path: &Path) -> Result<&str, String> {
    path.to_str().ok_or_else(|| format!("GStreamer takes no such name: {}", path.display()))
}
