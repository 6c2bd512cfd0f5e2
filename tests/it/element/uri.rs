//! `mjpeg+http://…` and `mjpeg+https://…`: for players, which know URIs only.

use std::fs;
use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::{Pipeline, init};
use crate::common::jpeg::jpeg;
use crate::programs::launch::plugin_folder;
use crate::programs::process::{Process, command};
use crate::programs::wait;
use gst::prelude::*;
use tempfile::TempDir;

/// More than what waits in a pipeline before its first picture is shown.
const FRAMES: usize = 12;

// The URI

#[test]
fn the_uri_is_the_location_behind_a_prefix() {
    for (uri, shown) in [
        ("mjpeg+http://cam/video.mjpg", "mjpeg+http://cam/video.mjpg"),
        ("mjpeg+https://cam:8443/a?cam=c", "mjpeg+https://cam:8443/a?cam=c"),
        ("MJPEG+HTTP://cam/", "mjpeg+http://cam/"),
        ("mjpeg+http://[fe80::1%25eth0]/", "mjpeg+http://[fe80::1%25eth0]/"),
        ("mjpeg+http://cam/?fps=5&pwd=hidden", "mjpeg+http://cam/?fps=5&pwd=***"),
    ] {
        let (source, handler) = source();
        assert_eq!(handler.uri(), None, "none before one is set");
        handler.set_uri(uri).unwrap();
        assert_eq!(handler.uri().as_deref(), Some(shown), "{uri}");
        let location = source.property::<String>("location");
        assert_eq!(format!("mjpeg+{location}"), shown, "{uri}");
        assert_eq!(source.property::<Option<String>>("login"), None, "{uri}");
    }
}

#[test]
fn the_location_is_a_uri_too() {
    let (source, handler) = source();
    source.set_property("location", "https://cam/video");
    assert_eq!(handler.uri().as_deref(), Some("mjpeg+https://cam/video"));
}

#[test]
fn a_login_in_the_uri_is_moved() {
    let (source, handler) = source();
    handler.set_uri("mjpeg+http://admin:hid%20den@cam/video").unwrap();
    assert_eq!(handler.uri().as_deref(), Some("mjpeg+http://cam/video"));
    assert_eq!(source.property::<String>("login"), "admin");
}

#[test]
fn a_refused_uri_changes_nothing() {
    for uri in [
        "mjpeg+http:cam",
        "mjpeg+http://",
        "mjpeg+http://cam:0/",
        "mjpeg+http://cam:port/",
        "mjpeg+https://admin:hidden/word@cam/",
        "mjpeg+http://[fe80::1%25]%/",
    ] {
        let (source, handler) = source();
        handler.set_uri("mjpeg+http://admin@cam/video").unwrap();
        let error = handler.set_uri(uri).unwrap_err();
        assert_eq!(error.kind(), Some(gst::URIError::BadUri), "{uri}: {error}");
        assert!(!error.message().contains("hidden"), "{uri}: {error}");
        assert_eq!(handler.uri().as_deref(), Some("mjpeg+http://cam/video"), "{uri}");
        assert_eq!(source.property::<String>("login"), "admin", "{uri}");
    }
}

#[test]
fn the_uri_of_a_running_element_stays() {
    let camera = camera();
    let pipeline = Pipeline::playing(&camera.url(), "");
    pipeline.frame();
    let handler = pipeline.source.dynamic_cast_ref::<gst::URIHandler>().unwrap();
    let error = handler.set_uri("mjpeg+http://other/").unwrap_err();
    assert_eq!(error.kind(), Some(gst::URIError::BadState), "{error}");
    assert_eq!(handler.uri().as_deref(), Some(uri(&camera).as_str()));
    pipeline.change(gst::State::Ready);
    handler.set_uri("mjpeg+http://other/").unwrap();
}

#[test]
fn the_scheme_leads_to_the_element_and_http_does_not() {
    init();
    for uri in ["mjpeg+http://cam/", "mjpeg+https://cam/"] {
        let found = gst::Element::make_from_uri(gst::URIType::Src, uri, None).unwrap();
        assert_eq!(factory(&found), "mjpeghttpsrc", "{uri}");
    }
    for uri in ["http://cam/", "https://cam/"] {
        let found = gst::Element::make_from_uri(gst::URIType::Src, uri, None);
        assert_ne!(found.ok().map(|found| factory(&found)).as_deref(), Some("mjpeghttpsrc"));
    }
}

/// Which takes the first source of videos that has a rank.
#[test]
fn autovideosrc_does_not_take_it_for_a_webcam() {
    init();
    let webcam = gst::ElementFactory::make("autovideosrc").build().unwrap();
    // Whether there is a webcam does not matter.
    let _ = webcam.set_state(gst::State::Ready);
    let taken = factories(webcam.downcast_ref().unwrap());
    webcam.set_state(gst::State::Null).unwrap();
    assert!(!taken.is_empty() && !taken.contains(&"mjpeghttpsrc".to_owned()), "{taken:?}");
}

fn source() -> (gst::Element, gst::URIHandler) {
    init();
    let source = gst::ElementFactory::make("mjpeghttpsrc").build().unwrap();
    let handler = source.clone().dynamic_cast().unwrap();
    (source, handler)
}

// Pipelines that find the element and the decoder

#[test]
fn uridecodebin_shows_pictures() {
    shows_pictures(|uri| format!("uridecodebin uri={uri} ! appsink name=sink"));
}

#[test]
fn uridecodebin3_shows_pictures() {
    shows_pictures(|uri| format!("uridecodebin3 uri={uri} ! appsink name=sink"));
}

#[test]
fn urisourcebin_and_decodebin3_show_pictures() {
    shows_pictures(|uri| format!("urisourcebin uri={uri} ! decodebin3 ! appsink name=sink"));
}

#[test]
fn decodebin3_shows_pictures() {
    shows_pictures(|uri| {
        let location = uri.trim_start_matches("mjpeg+");
        format!("mjpeghttpsrc location={location} ! decodebin3 ! appsink name=sink")
    });
}

/// The pipeline ends in an appsink named `sink`.
fn shows_pictures(line: impl Fn(&str) -> String) {
    init();
    let camera = camera();
    let pipeline = gst::parse::launch(&line(&uri(&camera))).unwrap();
    let pipeline = pipeline.downcast::<gst::Pipeline>().unwrap();
    let sink = pipeline.by_name("sink").unwrap().downcast().unwrap();
    assert_shows_pictures(&pipeline, &sink);
}

/// Decoded ones, without a parser in between.
fn assert_shows_pictures(pipeline: &gst::Pipeline, sink: &gst_app::AppSink) {
    // A player starts its sink late, and one that is not started has no samples to pull.
    let (sender, samples) = mpsc::channel();
    let take = move |sink: &gst_app::AppSink| {
        let sample = sink.pull_sample().map_err(|_| gst::FlowError::Eos)?;
        // The test may have seen enough.
        let _ = sender.send(sample);
        Ok(gst::FlowSuccess::Ok)
    };
    sink.set_callbacks(gst_app::AppSinkCallbacks::builder().new_sample(take).build());
    pipeline.set_state(gst::State::Playing).unwrap();
    for number in 0..FRAMES {
        let sample = samples.recv_timeout(wait::PATIENCE);
        let sample = sample.unwrap_or_else(|_| panic!("picture {number}: {}", said(pipeline)));
        let caps = sample.caps().unwrap().structure(0).unwrap();
        assert_eq!(caps.name(), "video/x-raw");
        assert_eq!((caps.get("width"), caps.get("height")), (Ok(64), Ok(48)));
    }
    let elements = factories(pipeline.upcast_ref());
    pipeline.set_state(gst::State::Null).unwrap();
    assert!(elements.iter().any(|name| name.contains("dec")), "{elements:?}");
    if !plugs_parsers() {
        assert!(!elements.contains(&"jpegparse".to_owned()), "{elements:?}");
    }
}

/// Players since GStreamer 1.24 put a parser, which has a rank there, before every decoder.
fn plugs_parsers() -> bool {
    let parser = gst::ElementFactory::find("jpegparse");
    parser.expect("Debian's gstreamer1.0-plugins-bad").rank() > gst::Rank::NONE
}

// Players

#[test]
fn playbin_shows_pictures() {
    player_shows_pictures("playbin");
}

#[test]
fn playbin3_shows_pictures() {
    player_shows_pictures("playbin3");
}

fn player_shows_pictures(name: &str) {
    let camera = camera();
    let (player, sink) = player(name, &camera);
    assert_shows_pictures(&player, &sink);
}

#[test]
fn source_setup_can_set_properties() {
    let camera = camera();
    let (player, sink) = player("playbin3", &camera);
    player.connect("source-setup", false, |values| {
        let source: gst::Element = values[1].get().unwrap();
        source.set_property("user-agent", "set up");
        None
    });
    assert_shows_pictures(&player, &sink);
    assert!(camera.requests()[0].contains("\r\nUser-Agent: set up\r\n"), "{:?}", camera.requests());
}

fn player(name: &str, camera: &Camera) -> (gst::Pipeline, gst_app::AppSink) {
    init();
    let sink = gst_app::AppSink::builder().build();
    let player = gst::ElementFactory::make(name)
        .property("uri", uri(camera))
        .property("video-sink", &sink)
        .build()
        .unwrap();
    (player.downcast().unwrap(), sink)
}

// gst-play-1.0

#[test]
fn gst_play_shows_pictures() {
    assert_gst_play_shows_pictures(&[]);
}

#[test]
fn gst_play_with_playbin3_shows_pictures() {
    assert_gst_play_shows_pictures(&["--use-playbin3"]);
}

fn assert_gst_play_shows_pictures(options: &[&str]) {
    init();
    let camera = camera();
    let folder = TempDir::new().unwrap();
    let pictures = folder.path().join("pictures");
    fs::create_dir(&pictures).unwrap();
    let sink = format!("jpegenc ! multifilesink sync=true location={}/%d", pictures.display());
    let player = Process::start(
        command("gst-play-1.0", "gstreamer1.0-plugins-base-apps")
            .env("GST_PLUGIN_PATH", plugin_folder())
            .args(["--no-interactive", "--videosink", &sink])
            .args(options)
            .arg(uri(&camera)),
        &folder.path().join("log"),
    );
    let shown = || fs::read_dir(&pictures).unwrap().count();
    wait::until(wait::PATIENCE, || (shown() >= FRAMES || player.has_ended()).then_some(()));
    assert!(shown() >= FRAMES, "{} pictures; it says:\n{}", shown(), player.output());
}

// What the tests share

/// Shows 25 pictures a second, for ever.
fn camera() -> Camera {
    let picture = jpeg(1, 64, 48, 100);
    Camera::start(move |visit| show(visit, &picture))
}

fn show(mut visit: Visit, picture: &[u8]) -> io::Result<()> {
    visit.send(HEAD)?;
    loop {
        visit.send(part(picture, None))?;
        thread::sleep(Duration::from_millis(40));
    }
}

fn uri(camera: &Camera) -> String {
    format!("mjpeg+{}", camera.url())
}

/// The kinds of all elements inside.
fn factories(bin: &gst::Bin) -> Vec<String> {
    bin.iterate_recurse().into_iter().flatten().map(|element| factory(&element)).collect()
}

fn factory(element: &gst::Element) -> String {
    element.factory().map(|factory| factory.name().to_string()).unwrap_or_default()
}

fn said(pipeline: &gst::Pipeline) -> String {
    let messages = pipeline.bus().unwrap();
    let said = messages.iter().map(|message| format!("{:?}", message.view()));
    said.collect::<Vec<_>>().join("\n")
}
