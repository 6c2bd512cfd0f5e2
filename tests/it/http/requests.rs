//! What a camera sees of a request, letter by letter.

use std::io;
use std::net::TcpListener;
use std::thread;

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::Pipeline;
use crate::common::jpeg::jpeg;
use gst::prelude::*;

fn play(mut visit: Visit) -> io::Result<()> {
    visit.send(HEAD)?;
    visit.send(part(&jpeg(1, 64, 48, 100), None))?;
    visit.hold()
}

/// The first request of a player with these properties.
fn request(properties: &str) -> String {
    let camera = Camera::start(play);
    Pipeline::playing(&camera.url(), properties).frames(1);
    camera.requests().remove(0).replace(&camera.address().to_string(), "HOST")
}

const ACCEPT: &str = "multipart/x-mixed-replace, image/jpeg, */*;q=0.5";

#[test]
fn a_request_is_written_as_old_cameras_want_it() {
    let agent = concat!("mjpeghttpsrc/", env!("CARGO_PKG_VERSION"));
    let own = |agent: &str| {
        format!(
            "GET /stream HTTP/1.1\r\nHost: HOST\r\n{agent}Accept: {ACCEPT}\r\n\
             Accept-Encoding: identity\r\nConnection: close\r\n"
        )
    };
    let usual = own(&format!("User-Agent: {agent}\r\n"));
    // properties, the request
    for (properties, expected) in [
        ("", format!("{usual}\r\n")),
        ("user-agent=\" Player/1.0 (x) \"", own("User-Agent: Player/1.0 (x)\r\n") + "\r\n"),
        ("user-agent=\"\"", own("") + "\r\n"),
        (
            "extra-headers=\"x,X-One=a,x-two=(int)2,X-Three=<b,(string)\\\"c d\\\">\"",
            format!("{usual}X-One: a\r\nx-two: 2\r\nX-Three: b\r\nX-Three: c d\r\n\r\n"),
        ),
        (
            "extra-headers=\"x,user-agent=Other,HOST=cam.example,accept=x\"",
            usual.replace("HOST", "cam.example").replace(agent, "Other").replace(ACCEPT, "x")
                + "\r\n",
        ),
        (
            "extra-headers=\"x,Cookie=\\\"a=1; b=2\\\",Authorization=\\\"Bearer abc\\\"\"",
            format!("{usual}Cookie: a=1; b=2\r\nAuthorization: Bearer abc\r\n\r\n"),
        ),
    ] {
        assert_eq!(request(properties), expected, "{properties}");
    }
}

#[test]
fn letters_beyond_ascii_go_out_in_utf_8() {
    let camera = Camera::start(play);
    let pipeline = Pipeline::new(&camera.url(), "");
    let fields = gst::Structure::builder("x").field("X-Name", "J\u{fc}rgen").build();
    pipeline.source.set_property("extra-headers", fields);
    pipeline.play();
    pipeline.frames(1);
    let request = camera.requests().remove(0);
    // The camera keeps each byte as a letter.
    assert!(request.contains("\r\nX-Name: J\u{c3}\u{bc}rgen\r\n"), "{request}");
}

#[test]
fn what_cannot_be_sent_is_said_at_the_start() {
    crate::common::element::init();
    let structure = |name: &str, value: &str| {
        gst::Structure::builder("x").field(name, value).build().to_value()
    };
    let cookies = |text: &str| vec![text.to_owned()].to_value();
    for (property, value, words) in [
        ("extra-headers", structure("X", "a\r\nY: hidden"), "in the value of X"),
        ("extra-headers", structure("X Y", "hidden"), "no name of a header field"),
        ("extra-headers", structure("Content-Length", "hidden"), "the request has no body"),
        ("extra-headers", structure("Cookie", "hidden"), "name=value"),
        ("cookies", cookies("a=1\r\nX: hidden"), "a line end"),
        ("cookies", cookies("hidden"), "name=value"),
        ("user-agent", "a\r\nX: hidden".to_value(), "in the value of User-Agent"),
    ] {
        let source = gst::ElementFactory::make("mjpeghttpsrc").build().unwrap();
        source.set_property("location", "http://127.0.0.1:1/");
        source.set_property_from_value(property, &value);
        let bus = gst::Bus::new();
        source.set_bus(Some(&bus));
        assert!(source.set_state(gst::State::Playing).is_err(), "{words}");
        let message = bus.pop_filtered(&[gst::MessageType::Error]).unwrap();
        let gst::MessageView::Error(error) = message.view() else { unreachable!() };
        let error = error.error();
        assert!(error.matches(gst::ResourceError::Settings), "{error:?}");
        assert!(error.message().contains(property), "{error}");
        assert!(error.message().contains(words), "{words}: {error}");
        assert!(!error.message().contains("hidden"), "{error}");
        source.set_state(gst::State::Null).unwrap();
    }
}

#[test]
fn nothing_is_a_value_too() {
    crate::common::element::init();
    let source = gst::ElementFactory::make("mjpeghttpsrc").build().unwrap();
    for property in ["location", "proxy", "proxy-id", "user-agent", "login", "password"] {
        source.set_property(property, None::<&str>);
    }
    source.set_property("cookies", Vec::<String>::new());
    source.set_property("extra-headers", None::<gst::Structure>);
    assert_eq!(source.property::<Option<String>>("proxy"), None);
}

#[test]
fn addresses_reach_the_camera_as_they_were_meant() {
    // behind the host, the request line
    for (typed, target) in [
        ("", "/"),
        ("?action=stream", "/?action=stream"),
        ("/a b?c d#e", "/a%20b?c%20d"),
        ("/?q=|[]^{}`<>", "/?q=|[]^{}`%3C%3E"),
        ("/\u{fc}/%C3%BC?\u{20ac}", "/%C3%BC/%C3%BC?%E2%82%AC"),
        ("/cgi?user=a&pwd=b@c:d/e", "/cgi?user=a&pwd=b@c:d/e"),
        ("//a/../b;c", "//b;c"),
    ] {
        let camera = Camera::start(play);
        let pipeline = Pipeline::new("http://x/", "");
        pipeline.source.set_property("location", format!("http://{}{typed}", camera.address()));
        pipeline.play();
        pipeline.frames(1);
        let start = format!("GET {target} HTTP/1.1\r\nHost: {}\r\n", camera.address());
        assert!(camera.requests()[0].starts_with(&start), "{typed}: {:?}", camera.requests());
    }
}

#[test]
fn an_interface_in_the_address_stays_here() {
    let listener = TcpListener::bind("[::1]:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let camera = thread::spawn(move || -> io::Result<Vec<String>> {
        let mut requests = Vec::new();
        for _ in 0..2 {
            let (mut stream, _) = listener.accept()?;
            let mut request = String::new();
            io::BufRead::read_line(&mut io::BufReader::new(&stream), &mut request)?;
            let mut rest = [0; 4096];
            // The whole request comes in one piece, and `BufReader` has taken it.
            stream.set_nonblocking(true)?;
            let _ = io::Read::read(&mut stream, &mut rest);
            stream.set_nonblocking(false)?;
            io::Write::write_all(&mut stream, HEAD.as_bytes())?;
            io::Write::write_all(&mut stream, &part(&jpeg(1, 64, 48, 100), None))?;
            requests.push(request);
        }
        Ok(requests)
    });
    for host in ["[::1%25lo]", "[::1%1]"] {
        let url = format!("http://{host}:{port}/a");
        // Another attempt would be taken for that of the next address.
        let pipeline = Pipeline::playing(&url, "retries=0");
        pipeline.frames(1);
        let shown = pipeline.source.property::<Option<String>>("location").unwrap();
        assert_eq!(shown, url.replace("%1]", "%251]"));
    }
    assert_eq!(camera.join().unwrap().unwrap(), ["GET /a HTTP/1.1\r\n"; 2]);

    let error = Pipeline::playing("http://[fe80::1%25none-such]/", "retries=0").error();
    assert!(error.message().contains("no network interface none-such"), "{error}");
}
