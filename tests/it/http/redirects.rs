//! Redirects on the way to the pictures, and what goes along.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::Pipeline;
use crate::common::jpeg::jpeg;
use crate::programs::certificates::{Authority, GOOD};
use crate::programs::{nginx, servers, tls};
use gst::prelude::*;

const LOGIN: &str = "login=admin password=secret";
/// base64 of admin:secret
const BASIC: &str = "Authorization: Basic YWRtaW46c2VjcmV0\r\n";
const UNAUTHORIZED: &str = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"cam\"\r\nContent-Length: 0\r\n\r\n";
const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n";

fn play(mut visit: Visit) -> io::Result<()> {
    visit.send(HEAD)?;
    visit.send(part(&jpeg(1, 64, 48, 100), None))?;
    visit.hold()
}

fn redirect(status: &str, fields: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{fields}Content-Length: 0\r\n\r\n")
}

/// Answers `/stream` with these fields, anything else with pictures.
fn camera_that_redirects(status: &'static str, fields: impl Into<String>) -> Camera {
    let fields = fields.into();
    Camera::start(move |mut visit| match target(&visit.request) {
        "/stream" => visit.send(redirect(status, &fields)),
        _ => play(visit),
    })
}

fn target(request: &str) -> &str {
    request.split(' ').nth(1).unwrap()
}

/// The targets of all requests.
fn targets(camera: &Camera) -> Vec<String> {
    camera.requests().iter().map(|request| target(request).to_owned()).collect()
}

#[test]
fn redirects_are_followed_whatever_their_kind() {
    for status in
        ["301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent"]
    {
        let camera = camera_that_redirects(status, "Location: /video\r\n");
        Pipeline::playing(&camera.url(), "").frames(1);
        assert_eq!(targets(&camera), ["/stream", "/video"], "{status}");
        assert!(camera.requests().iter().all(|request| request.starts_with("GET ")), "{status}");
    }
}

#[test]
fn addresses_of_redirects_may_be_written_badly() {
    // Location, what is asked for then
    for (field, expected) in [
        ("video?a=b", "/video?a=b"),
        ("?a=b", "/stream?a=b"),
        ("./x/../my video", "/my%20video"),
        ("/a?b=\"c d\"|<e>", "/a?b=%22c%20d%22|%3Ce%3E"),
        ("/\u{fc}#frag", "/%C3%BC"),
        ("\t /video ", "/video"),
    ] {
        let camera = camera_that_redirects("302 Found", format!("Location: {field}\r\n"));
        Pipeline::playing(&camera.url(), "").frames(1);
        assert_eq!(targets(&camera), ["/stream", expected], "{field}");
    }
}

#[test]
fn what_cannot_be_followed_is_one_clear_error() {
    // status, fields, words of the error
    for (status, fields, words) in [
        ("302 Found", "", "names no address"),
        ("302 Found", "Location:\r\n", "names no address"),
        ("302 Found", "Location: /stream\r\n", "leads back to http://"),
        ("302 Found", "Location: rtsp://cam/\r\n", "use rtspsrc"),
        ("302 Found", "Location: http://\r\n", "empty host"),
        ("300 Multiple Choices", "Location: /a\r\n", "answered 300"),
        ("304 Not Modified", "Location: /a\r\n", "answered 304"),
        ("305 Use Proxy", "Location: /a\r\n", "answered 305"),
    ] {
        let camera = camera_that_redirects(status, fields);
        let error = Pipeline::playing(&camera.url(), "").error();
        assert!(error.matches(gst::ResourceError::OpenRead), "{error:?}");
        assert!(error.message().contains(words), "{words}: {error}");
        assert_eq!(camera.requests().len(), 1, "{words}");
    }
    let endless = Camera::start(|mut visit| {
        let fields = format!("Location: /{}\r\n", visit.number);
        visit.send(redirect("302 Found", &fields))
    });
    let error = Pipeline::playing(&endless.url(), "").error();
    assert!(error.message().contains("more than 10 in a row"), "{error}");
    assert_eq!(endless.requests().len(), 11);
}

#[test]
fn each_attempt_begins_at_the_address_that_was_set() {
    let camera = Camera::start(|mut visit| {
        if target(&visit.request) == "/stream" {
            return visit.send(redirect("302 Found", "Location: /video\r\n"));
        }
        visit.send(HEAD)?;
        visit.send(part(&jpeg(1, 64, 48, 100), None))
    });
    Pipeline::playing(&camera.url(), "retry-backoff-factor=0").frames(2);
    assert_eq!(targets(&camera)[..4], ["/stream", "/video", "/stream", "/video"]);
}

#[test]
fn the_login_goes_along_within_the_camera() {
    let camera = Camera::start(|mut visit| match target(&visit.request) {
        "/stream" => visit.send(redirect("302 Found", "Location: /video\r\n")),
        _ if visit.request.contains(BASIC) => play(visit),
        _ => visit.send(UNAUTHORIZED),
    });
    let pipeline = Pipeline::new(&camera.url(), &format!("{LOGIN} extra-headers=\"x,X-Key=abc\""));
    pipeline.source.set_property("cookies", vec!["a=1".to_owned()]);
    pipeline.play();
    pipeline.frames(1);
    assert_eq!(targets(&camera), ["/stream", "/video", "/video"]);
    for request in camera.requests() {
        assert!(request.contains("\r\nCookie: a=1\r\n"), "{request}");
        assert!(request.contains("\r\nX-Key: abc\r\n"), "{request}");
    }
}

#[test]
fn nothing_crosses_to_another_port() {
    // What the other one answers, and how that ends.
    for (asks, words) in [(false, ""), (true, "redirects to 127.0.0.1:")] {
        let other = Camera::start(
            move |mut visit| {
                if asks { visit.send(UNAUTHORIZED) } else { play(visit) }
            },
        );
        let location = other.url().replace("http://", "http://admin:secret@");
        let camera = Camera::start(move |mut visit| {
            let fields = format!("Set-Cookie: session=secret\r\nLocation: {location}\r\n");
            let is_known = visit.request.contains(BASIC);
            let answer = redirect("302 Found", &fields);
            visit.send(if is_known { &answer } else { UNAUTHORIZED })
        });
        let fields = "X-Key=secret,Host=secret.example,Accept=secret,Cookie=\\\"c=secret\\\"";
        let properties = format!("{LOGIN} extra-headers=\"x,{fields}\"");
        let pipeline = Pipeline::new(&camera.url(), &properties);
        pipeline.source.set_property("cookies", vec!["a=secret".to_owned()]);
        pipeline.play();
        if asks {
            let error = pipeline.error();
            assert!(error.matches(gst::ResourceError::NotAuthorized), "{error:?}");
            assert!(error.message().contains(words), "{error}");
        } else {
            pipeline.frames(1);
        }
        let request = &camera.requests()[1];
        assert!(
            request.starts_with("GET /stream HTTP/1.1\r\nHost: secret.example\r\n"),
            "{request}"
        );
        assert!(request.contains("\r\nCookie: a=secret; c=secret\r\n"), "{request}");
        assert!(request.contains("\r\nAccept: secret\r\n"), "{request}");
        assert_eq!(other.requests().len(), 1);
        let request = &other.requests()[0];
        let host = format!("GET /stream HTTP/1.1\r\nHost: {}\r\n", other.address());
        assert!(request.starts_with(&host), "{request}");
        for word in ["secret", "Cookie", "Authorization", "X-Key", "YWRtaW46"] {
            assert!(!request.contains(word), "{word}: {request}");
        }
    }
}

#[test]
fn who_leads_away_and_back_gets_no_login_either() {
    // The stranger reads in the query where to lead back to.
    let stranger = Camera::start(|mut visit| {
        let home = target(&visit.request).split("home=").nth(1).unwrap().to_owned();
        visit.send(redirect("302 Found", &format!("Location: {home}/reboot.cgi\r\n")))
    });
    let away = stranger.url();
    let camera = Camera::start(move |mut visit| match target(&visit.request) {
        "/stream" => {
            let host = visit.request.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap();
            let fields = format!("Location: {away}?home=http://{host}\r\n");
            visit.send(redirect("302 Found", &fields))
        }
        _ => visit.send(UNAUTHORIZED),
    });
    let error = Pipeline::playing(&camera.url(), LOGIN).error();
    let words = format!("redirects to {}, which asks for a login (Basic)", camera.address());
    assert!(error.message().contains(&words), "{error}");
    assert_eq!(targets(&camera), ["/stream", "/reboot.cgi"]);
    assert!(!camera.requests().iter().any(|request| request.contains("Authorization")));
}

#[test]
fn the_login_goes_along_to_https_on_the_same_host() {
    let authority = Authority::new();
    let pair = authority.issue("camera", GOOD);
    let inner = nginx::with_login(servers::ustreamer(&[]), "admin", "secret");
    let secure = nginx::with_tls(inner, &pair, "");
    let fields = format!("Location: {}\r\n", secure.https("/stream?x=1"));
    let camera = camera_that_redirects("301 Moved Permanently", fields);
    let trusted = authority.certificate().display();
    Pipeline::playing(&camera.url(), &format!("{LOGIN} ssl-ca-file={trusted}")).frames(1);
}

#[test]
fn the_login_is_not_led_from_https_to_http() {
    let authority = Authority::new();
    let open = Camera::start(play);
    let answer = redirect("302 Found", &format!("Location: {}\r\n", open.url()));
    let pair = authority.issue("camera", GOOD);
    let camera = tls::openssl(&pair, &[], answer.as_bytes());
    let trusted = format!("ssl-ca-file={}", authority.certificate().display());
    let secrets = [
        LOGIN,
        "extra-headers=\"x,Authorization=secret\"",
        "extra-headers=\"x,Cookie=\\\"a=b\\\"\"",
    ];
    for secret in secrets {
        let properties = format!("{trusted} {secret}");
        let error = Pipeline::playing(&camera.https("/stream"), &properties).error();
        assert!(error.message().contains("from https to http"), "{error}");
    }
    assert_eq!(open.requests().len(), 0);
    // Where nothing is secret, there is nothing to keep.
    Pipeline::playing(&camera.https("/stream"), &trusted).frames(1);
}

#[test]
fn the_client_certificate_stays_with_the_camera() {
    let authority = Authority::new();
    let pair = authority.issue("camera", GOOD);
    let trusted = authority.certificate().display();
    let verify = format!("ssl_verify_client on; ssl_client_certificate {trusted};");
    let other = nginx::with_tls(servers::ustreamer(&[]), &pair, &verify);
    let answer = redirect("302 Found", &format!("Location: {}\r\n", other.https("/stream")));
    let camera = tls::openssl(&pair, &[], answer.as_bytes());
    let client = authority.issue("client", GOOD);
    let (certificate, key) = (client.certificate.display(), client.key.display());
    let properties = format!(
        "ssl-ca-file={trusted} ssl-client-cert={certificate} ssl-client-key={key} retries=0"
    );
    let error = Pipeline::playing(&camera.https("/stream"), &properties).error();
    assert!(error.message().contains("answered 400"), "{error}");
    // Whom the user names gets it.
    Pipeline::playing(&other.https("/stream"), &properties).frames(1);
}

#[test]
fn cookies_of_the_camera_come_back_to_it() {
    // A login page of the old kind: a cookie, and the same address again.
    let camera = Camera::start(|mut visit| {
        if visit.request.contains("\r\nCookie: lang=en; id=\"7\"; seen=1\r\n") {
            return play(visit);
        }
        if visit.request.contains("id=") {
            return visit
                .send(redirect("302 Found", "Set-Cookie: seen=1\r\nLocation: /stream\r\n"));
        }
        let fields = "Set-Cookie: id=\"7\"; Path=/; HttpOnly\r\nSet-Cookie: lang=en; path=/\r\n\
                      Location: /stream\r\n";
        visit.send(redirect("302 Found", fields))
    });
    let pipeline = Pipeline::new(&camera.url(), "");
    pipeline.source.set_property("cookies", vec!["lang=de".to_owned()]);
    pipeline.play();
    pipeline.frames(1);
    assert_eq!(camera.requests().len(), 3);
}

#[test]
fn cookies_set_while_logging_in_are_kept() {
    let camera = Camera::start(|mut visit| {
        if !visit.request.contains(BASIC) {
            let answer = UNAUTHORIZED.replace("WWW", "Set-Cookie: id=7\r\nWWW");
            return visit.send(answer);
        }
        if visit.request.contains("\r\nCookie: id=7\r\n") { play(visit) } else { visit.send(OK) }
    });
    Pipeline::playing(&camera.url(), LOGIN).frames(1);
}

#[test]
fn single_pictures_are_asked_for_where_they_are() {
    let number = AtomicU64::new(0);
    let camera = Camera::start(move |mut visit: Visit| {
        loop {
            if target(&visit.request) == "/stream" {
                visit.send(redirect("302 Found", "Location: /picture\r\n"))?;
            } else {
                let picture = jpeg(number.fetch_add(1, Ordering::SeqCst), 64, 48, 100);
                let fields = "Content-Type: image/jpeg\r\nETag: \"e\"";
                visit.send(format!("HTTP/1.1 200 OK\r\n{fields}\r\n"))?;
                visit.send(format!("Content-Length: {}\r\n\r\n", picture.len()))?;
                visit.send(picture)?;
            }
            visit.next_request()?;
        }
    });
    Pipeline::playing(&camera.url(), "snapshot-interval=1").frames(2);
    let requests = camera.requests();
    assert!(!requests.iter().any(|r| target(r) == "/stream" && r.contains("If-None-Match")));
}

/// Whoever can break the https would get the password of all cameras there.
#[test]
fn the_login_does_not_go_from_https_to_a_fallback_that_is_http() {
    let refused = tls::openssl(&Authority::new().issue("camera", GOOD), &[], b"");
    let asks = Camera::start(|mut visit| visit.send(UNAUTHORIZED));
    let secrets = format!("{LOGIN} extra-headers=\"x,Cookie=\\\"a=b\\\"\"");
    let fallback = format!("fallback-locations=<\"{}\"> {secrets}", asks.url());
    let pipeline = Pipeline::playing(&refused.https("/stream"), &fallback);
    let error = pipeline.error();
    assert!(error.message().contains("is not sent to an http address"), "{error}");
    for request in asks.requests() {
        assert!(!request.contains("Authorization") && !request.contains("Cookie"), "{request}");
    }
    let own = asks.url().replace("http://", "http://own:word@");
    let pipeline =
        Pipeline::playing(&refused.https("/"), &format!("fallback-locations=<\"{own}\"> {LOGIN}"));
    let error = pipeline.error();
    assert!(error.message().contains("refused this login"), "{error}");
    let authorization = base64::Engine::encode(&base64::prelude::BASE64_STANDARD, "own:word");
    assert!(asks.requests().last().unwrap().contains(&authorization));
}
