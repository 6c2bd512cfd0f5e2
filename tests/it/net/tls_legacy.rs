//! Cameras that speak the TLS of before 2016, with `ssl-legacy` and without.

use std::io::Write;
use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use super::camera::{self, camera};
use crate::common::camera::{Camera, HEAD, Visit, part};
use crate::common::element::{Pipeline, bytes};
use crate::common::jpeg::jpeg;
use crate::programs::certificates::{Authority, GOOD, RSA, SHORT_RSA, Wish};
use crate::programs::proxies;
use crate::programs::tls;
use gst::ResourceError::{OpenRead, Settings};

const LEGACY: &str = "ssl-legacy=true retries=0";

/// Kinds of old TLS, in the words of `openssl s_server`.
const KINDS: [[&str; 3]; 5] = [
    ["-tls1", "-cipher", "DEFAULT:@SECLEVEL=0"],
    ["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0"],
    ["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"],
    ["-tls1_2", "-cipher", "AES128-GCM-SHA256:@SECLEVEL=0"],
    ["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"],
];

fn assert_plays(url: &str, properties: &str) {
    camera::assert_plays(url, &format!("{LEGACY} {properties}"));
}

fn assert_refused(url: &str, properties: &str, words: &str) {
    let error = Pipeline::playing(url, &format!("{LEGACY} {properties}")).error();
    assert!(error.matches(OpenRead), "{error:?}");
    assert!(error.message().contains(words), "{words}: {error}");
}

#[test]
fn each_kind_of_old_tls_is_spoken_where_that_is_wanted() {
    let authority = Authority::new();
    let pair = authority.issue("camera", Wish { key: RSA, ..GOOD });
    let trusted = format!("ssl-ca-file={}", authority.certificate().display());
    for options in KINDS {
        let camera = camera(&pair, &options);
        let url = camera.https("/stream");
        assert_plays(&url, &trusted);
        let error = Pipeline::playing(&url, &format!("{trusted} retries=0")).error();
        assert!(error.message().contains("ssl-legacy=true"), "{options:?}: {error}");
    }
    // And what is not old.
    for options in [&["-tls1_3"][..], &["-tls1_2"]] {
        assert_plays(&camera(&pair, options).https("/stream"), &trusted);
    }
}

#[test]
fn certificates_are_checked_as_without_it() {
    let authority = Authority::new();
    let other = Authority::new();
    let rsa = Wish { key: RSA, ..GOOD };
    let trusted = format!("ssl-ca-file={}", authority.certificate().display());
    let pair = authority.issue("camera", rsa);
    let old = camera(&pair, &KINDS[2]);
    let url = old.https("/stream");
    let pin = format!("ssl-fingerprint={}", pair.fingerprint());
    assert_plays(&url, &pin);
    assert_plays(&url, "ssl-strict=false");
    assert_refused(&url, "", "its issuer \"Camera Authority\" is not trusted");
    let untrusted = format!("ssl-ca-file={}", other.certificate().display());
    assert_refused(&url, &untrusted, "another issuer of the same name has signed it");
    let wrong = "ssl-fingerprint=".to_owned() + &"00".repeat(32);
    assert_refused(&url, &wrong, "it is not the one of ssl-fingerprint");
    assert_refused(&url, &wrong, &pair.fingerprint());

    let elsewhere =
        authority.issue("elsewhere", Wish { extensions: "subjectAltName=DNS:elsewhere", ..rsa });
    let elsewhere = camera(&elsewhere, &KINDS[2]);
    assert_refused(
        &elsewhere.https("/stream"),
        &trusted,
        "it is for elsewhere and not for 127.0.0.1",
    );
    let written =
        authority.issue("written", Wish { extensions: "subjectAltName=DNS:127.0.0.1", ..rsa });
    let written = camera(&written, &KINDS[2]);
    assert_refused(&written.https("/stream"), &trusted, "127.0.0.1 written as a name");
    let past = authority.issue("past", Wish { days: ("20200101", "20200201"), ..rsa });
    assert_refused(&camera(&past, &KINDS[2]).https("/stream"), &trusted, "it expired on");
    let own = authority.self_signed("own", Wish { key: SHORT_RSA, ..GOOD });
    let short = camera(&own, &KINDS[0]);
    assert_refused(&short.https("/stream"), "", "it is self-signed");
    assert_plays(&short.https("/stream"), &format!("ssl-fingerprint={}", own.fingerprint()));
}

/// A session that is resumed shows no certificate, and so nobody could judge it.
#[test]
fn each_connection_shows_its_certificate() {
    let authority = Authority::new();
    let pair = authority.issue("camera", Wish { key: RSA, ..GOOD });
    let behind = Camera::start(|mut visit| {
        visit.send(HEAD)?;
        visit.send(part(&jpeg(visit.number as u64, 64, 48, 100), None))
    });
    let camera = tls::old_socat(&pair, behind.address());
    let pin = format!("ssl-legacy=true ssl-fingerprint={}", pair.fingerprint());
    let pipeline = Pipeline::playing(&camera.https("/"), &format!("{pin} retry-backoff-factor=0"));
    for number in 0..10 {
        assert_eq!(bytes(&pipeline.frame().unwrap()), jpeg(number, 64, 48, 100));
    }
    assert!(pipeline.stat("retries") < 20, "{}", pipeline.stat("retries"));
}

#[test]
fn a_camera_that_asks_for_a_certificate_gets_one() {
    let authority = Authority::new();
    let pair = authority.issue("camera", Wish { key: RSA, ..GOOD });
    let client = authority.issue("client", Wish { key: RSA, ..GOOD });
    let trusted = authority.certificate().display().to_string();
    let options =
        [&KINDS[2][..], &["-Verify", "1", "-verify_return_error", "-CAfile", &trusted]].concat();
    let url = camera(&pair, &options);
    let url = url.https("/stream");
    let identity = format!(
        "ssl-client-cert={} ssl-client-key={}",
        client.certificate.display(),
        client.key.display()
    );
    assert_plays(&url, &format!("ssl-strict=false {identity}"));
    let pipeline = Pipeline::playing(&url, &format!("{LEGACY} ssl-strict=false"));
    pipeline.error();
    let error = Pipeline::playing(&url, &format!("{LEGACY} ssl-client-cert=/nowhere")).error();
    assert!(error.matches(Settings), "{error:?}");
}

#[test]
fn a_tunnel_of_an_http_proxy_and_a_socks_proxy_will_do() {
    let authority = Authority::new();
    let pair = authority.issue("camera", Wish { key: RSA, ..GOOD });
    let camera = camera(&pair, &KINDS[2]);
    let (http, socks) = (proxies::tinyproxy(""), proxies::microsocks(None));
    for proxy in [http.url(""), socks.url("").replace("http:", "socks5:")] {
        assert_plays(&camera.https("/stream"), &format!("ssl-strict=false proxy={proxy}"));
    }
}

#[test]
fn every_wait_has_its_time_and_ends_with_the_state() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let pipeline = Pipeline::new(&url, &format!("{LEGACY} connect-timeout=60"));
    camera::assert_no_state_change_waits(&pipeline, &listener);
    // Byte for byte, but never a whole message.
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        while stream.write_all(b"\x16").is_ok() {
            std::thread::sleep(Duration::from_millis(300));
        }
    });
    let begun = Instant::now();
    Pipeline::playing(&url, &format!("{LEGACY} connect-timeout=1")).error();
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());

    // A stream that falls silent, and one that is left.
    let authority = Authority::new();
    let pair = authority.issue("camera", Wish { key: RSA, ..GOOD });
    let start = [HEAD.as_bytes(), &part(&jpeg(1, 64, 48, 100), None)].concat();
    let silent = Camera::start(move |mut visit: Visit| {
        visit.send(&start)?;
        visit.hold()
    });
    let silent = tls::old_socat(&pair, silent.address());
    let properties = "ssl-legacy=true ssl-strict=false timeout=1";
    let pipeline = Pipeline::playing(&silent.https("/"), properties);
    pipeline.frame();
    assert!(pipeline.warning().message().contains("no picture for 1 s"));
    let took = pipeline.change(gst::State::Null);
    assert!(took < Duration::from_secs(1), "{took:?}");
}

#[test]
fn without_gios_tls_it_says_what_to_install() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "net::tls_legacy::a_machine_without_gios_tls",
            "--ignored",
            "--nocapture",
        ])
        .env("GIO_USE_TLS", "dummy")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
#[ignore = "without_gios_tls_it_says_what_to_install starts it"]
fn a_machine_without_gios_tls() {
    let camera = Camera::start(Visit::hold);
    let url = camera.url().replace("http:", "https:");
    let error = Pipeline::playing(&url, LEGACY).error();
    assert!(error.matches(Settings), "{error:?}");
    assert!(error.message().contains("Install glib-networking"), "{error}");
}
