//! Cameras that speak TLS: which are accepted, and why others are not.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

use super::camera::{assert_no_state_change_waits, assert_plays, camera, config, rustls_server};
use crate::common::element::Pipeline;
use crate::programs::certificates::{Authority, EC, GOOD, Pair, RSA, SHORT_RSA, Wish};
use crate::programs::launch::gst_launch;
use crate::programs::process::Process;
use crate::programs::server::Server;
use crate::programs::servers::{self, NO_SIGNAL};
use crate::programs::watch::{assert_video, watch};
use crate::programs::{nginx, tls, wait};
use gst::ResourceError::{OpenRead, Settings};
use gst::prelude::*;

fn ca_file(certificate: &Path) -> String {
    format!("ssl-ca-file={}", certificate.display())
}

// Certificates

#[test]
fn each_certificate_is_accepted_or_refused_with_its_reason() {
    let authority = Authority::new();
    let issued = |name, wish| (authority.issue(name, wish), ca_file(authority.certificate()));
    let own = |name, wish| {
        let pair = authority.self_signed(name, wish);
        let trusted = ca_file(&pair.certificate);
        (pair, trusted)
    };
    let with = |extensions| Wish { extensions, ..GOOD };
    let authority_too = "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:TRUE";
    let elsewhere = "subjectAltName=DNS:cam.example,IP:10.0.0.1";
    // certificate and who is trusted; "" or why it is refused
    let rows = [
        (issued("good", GOOD), ""),
        (issued("good-rsa", Wish { key: RSA, ..GOOD }), ""),
        (own("own", GOOD), ""),
        (own("own-authority", with(authority_too)), ""),
        (
            own("own-elsewhere", with("subjectAltName=IP:10.0.0.1\nbasicConstraints=CA:TRUE")),
            "it is for 10.0.0.1 and not for 127.0.0.1",
        ),
        (
            issued("elsewhere", with(elsewhere)),
            "it is for cam.example or 10.0.0.1 and not for 127.0.0.1",
        ),
        (
            issued("common-name", with("keyUsage=digitalSignature")),
            "it names no host, only a subject called \"common-name\"",
        ),
        (
            issued("expired", Wish { days: ("20200101", "20210203"), ..GOOD }),
            "it expired on 2021-02-03. To",
        ),
        (
            own("own-expired", Wish { days: ("20200101", "20210203"), ..GOOD }),
            "it expired on 2021-02-03, and it is self-signed",
        ),
        (
            issued("early", Wish { days: ("20980101", "20990101"), ..GOOD }),
            "it is not valid before 2098-01-01, and the clock of this computer says 2",
        ),
        (issued("for-clients", with("extendedKeyUsage=clientAuth")), "it is not meant for servers"),
        (own("version-1", with("")), "names no host, and it is self-signed"),
        (issued("version-1-issued", with("")), "it is an X.509v1 certificate, which names no host"),
        (
            issued("sha-1", Wish { hash: "sha1", ..GOOD }),
            "it is signed in a way that is not safe any more",
        ),
    ];
    for ((pair, trusted), why) in rows {
        let camera = camera(&pair, &["-cipher", "DEFAULT:@SECLEVEL=0"]);
        let url = camera.https("/stream");
        if why.is_empty() {
            assert_plays(&url, &trusted);
        } else {
            assert_refused(&url, &trusted, why, &pair);
        }
        // Who knows the very certificate asks for no more.
        assert_plays(&url, &format!("ssl-fingerprint=\"{}\"", pair.fingerprint()));
        assert_plays(&url, "ssl-strict=false");
    }
}

fn assert_refused(url: &str, properties: &str, why: &str, pair: &Pair) {
    let pipeline = Pipeline::playing(url, properties);
    let error = pipeline.error();
    assert!(error.matches(OpenRead), "{error:?}");
    for words in [why, &format!("ssl-fingerprint={}", pair.fingerprint()), "ssl-ca-file"] {
        assert!(error.message().contains(words), "{words}: {error}");
    }
}

#[test]
fn without_a_property_the_system_decides() {
    let authority = Authority::new();
    let (issued, own) = (authority.issue("camera", GOOD), authority.self_signed("own", GOOD));
    let rows =
        [(&issued, "its issuer \"Camera Authority\" is not trusted"), (&own, "it is self-signed")];
    for (pair, why) in rows {
        assert_refused(&camera(pair, &[]).https("/stream"), "", why, pair);
    }
    // What OpenSSL's programs take for the system's list.
    let camera = camera(&issued, &[]);
    let mut launch = gst_launch();
    launch
        .env("SSL_CERT_FILE", authority.certificate())
        .args(["mjpeghttpsrc", "retries=0", "num-buffers=1"])
        .arg(format!("location={}", camera.https("/stream")))
        .args(["!", "fakesink"]);
    let log = camera.folder().join("launch");
    let launch = Process::start(&mut launch, &log);
    assert!(launch.ends_well(wait::PATIENCE), "{}", launch.output());
}

#[test]
fn a_host_name_is_looked_for_in_the_certificate() {
    let authority = Authority::new();
    let camera = camera(&authority.issue("camera", GOOD), &[]);
    let url = camera.https("/stream").replace("127.0.0.1", "localhost");
    assert_plays(&url, &ca_file(authority.certificate()));
}

#[test]
fn only_the_certificate_of_the_fingerprint_is_accepted() {
    let authority = Authority::new();
    let (pair, other) = (authority.issue("camera", GOOD), authority.issue("other", GOOD));
    let properties =
        format!("ssl-fingerprint={} {}", other.fingerprint(), ca_file(authority.certificate()));
    let why = "it is not the one of ssl-fingerprint";
    assert_refused(&camera(&pair, &[]).https("/stream"), &properties, why, &pair);
}

#[test]
fn a_certificate_without_its_key_is_refused() {
    let authority = Authority::new();
    let trusted = ca_file(authority.certificate());
    let version_1 = |key| Wish { key, extensions: "", ..GOOD };
    for (number, wish) in
        [GOOD, Wish { key: RSA, ..GOOD }, version_1(EC), version_1(RSA)].into_iter().enumerate()
    {
        let pair = authority.issue(&format!("camera-{number}"), wish);
        let thief = authority.issue(&format!("thief-{number}"), wish);
        let pin = format!("ssl-fingerprint={}", pair.fingerprint());
        for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
            let impostor = rustls_server(vec![config(&pair.certificate, &thief.key, &[version])]);
            let why = "does not prove that it has its key";
            assert_refused(&impostor, &pin, why, &pair);
            if !wish.extensions.is_empty() {
                assert_refused(&impostor, &trusted, why, &pair);
            }
        }
    }
}

#[test]
fn a_short_rsa_key_is_enough_for_a_fingerprint() {
    let authority = Authority::new();
    let wish = Wish { key: SHORT_RSA, extensions: "", ..GOOD };
    let pair = authority.self_signed("old", wish);
    let pin = format!("ssl-fingerprint={}", pair.fingerprint());
    let weak = ["-cipher", "DEFAULT:@SECLEVEL=0"];
    let old = camera(&pair, &[&weak[..], &["-tls1_2"]].concat());
    assert_plays(&old.https("/stream"), &pin);
    // TLS 1.3 knows only PSS, which nobody checks for such a key.
    let new = camera(&pair, &[&weak[..], &["-tls1_3"]].concat());
    assert_refused(&new.https("/stream"), &pin, "an RSA key that is too short", &pair);
    assert_plays(&new.https("/stream"), "ssl-strict=false");
}

// Servers that people run

#[test]
fn nginx_shows_its_camera() {
    let authority = Authority::new();
    let camera = nginx::with_tls(servers::ustreamer(&[]), &authority.issue("camera", GOOD), "");
    assert_shows_no_signal(&camera, authority.certificate());
}

#[test]
fn caddy_shows_its_camera() {
    let camera = tls::caddy(servers::ustreamer(&[]));
    // It listens before it has issued its certificate.
    assert_shows_no_signal_within(&camera, &tls::caddy_root(camera.folder()), "40");
}

fn assert_shows_no_signal(camera: &Server, trusted: &Path) {
    assert_shows_no_signal_within(camera, trusted, "0");
}

fn assert_shows_no_signal_within(camera: &Server, trusted: &Path, retries: &str) {
    let trusted = trusted.to_str().unwrap();
    let properties =
        [("retries", retries), ("retry-backoff-max", "0.25"), ("ssl-ca-file", trusted)];
    let pictures = watch(&camera.https("/stream"), &properties, 3).unwrap();
    assert_video(&pictures, 3, NO_SIGNAL);
}

// Client certificates

#[test]
fn a_client_certificate_is_shown() {
    let authority = Authority::new();
    let pair = authority.issue("camera", GOOD);
    let trusted = ca_file(authority.certificate());
    let verify = format!(
        "ssl_verify_client on; ssl_client_certificate {};",
        authority.certificate().display()
    );
    let nginx = nginx::with_tls(servers::ustreamer(&[]), &pair, &verify);
    let refused = Pipeline::playing(&nginx.https("/stream"), &trusted).error();
    assert!(refused.message().contains("answered 400"), "{refused}");

    let clients = [
        authority.issue("client", GOOD),
        authority.issue("client-rsa", Wish { key: RSA, ..GOOD }),
        // ureq's own connector panics at this one.
        authority.issue("client-version-1", Wish { extensions: "", ..GOOD }),
    ];
    for client in clients {
        let both = client.certificate.with_extension("both");
        let text = [&client.certificate, &client.key].map(|file| std::fs::read(file).unwrap());
        std::fs::write(&both, text.concat()).unwrap();
        let (certificate, key) = (client.certificate.display(), client.key.display());
        for identity in [
            format!("ssl-client-cert={certificate} ssl-client-key={key}"),
            format!("ssl-client-cert={}", both.display()),
        ] {
            let properties = format!("{trusted} retries=0 {identity}");
            Pipeline::playing(&nginx.https("/stream"), &properties).frames(1);
        }
    }
}

#[test]
fn a_camera_that_insists_on_a_client_certificate_says_so() {
    let authority = Authority::new();
    let pair = authority.issue("camera", GOOD);
    let elsewhere = Authority::new();
    let other = elsewhere.issue("stranger", GOOD);
    let trusted = ca_file(authority.certificate());
    let ca = authority.certificate().to_str().unwrap();
    let stranger = format!(
        "ssl-client-cert={} ssl-client-key={}",
        other.certificate.display(),
        other.key.display()
    );
    for version in ["-tls1_2", "-tls1_3"] {
        let camera =
            camera(&pair, &["-Verify", "1", "-verify_return_error", "-CAfile", ca, version]);
        for identity in ["", &stranger] {
            let url = camera.https("/stream");
            let error = Pipeline::playing(&url, &format!("{trusted} {identity}")).error();
            assert!(error.matches(OpenRead), "{error:?}");
            assert!(error.message().contains("ssl-client-cert"), "{version} {identity}: {error}");
        }
    }
}

// Properties

#[test]
fn what_cannot_be_used_is_said_before_anything_is_sent() {
    let authority = Authority::new();
    let (pair, other) = (authority.issue("camera", GOOD), authority.issue("other", GOOD));
    let (certificate, key) = (pair.certificate.display(), pair.key.display());
    let rows = [
        ("ssl-fingerprint=12:34".to_owned(), "ssl-fingerprint: it has 4 hexadecimal digits"),
        ("ssl-ca-file=/no/such/file".to_owned(), "ssl-ca-file: /no/such/file: No such file"),
        (format!("ssl-ca-file={key}"), "it holds no certificate in PEM"),
        (format!("ssl-client-key={key}"), "Set ssl-client-cert too"),
        (format!("ssl-client-cert={certificate}"), "it holds no key in PEM"),
        (format!("ssl-client-cert={key}"), "it holds no certificate in PEM"),
        (
            format!("ssl-client-cert={certificate} ssl-client-key={}", other.key.display()),
            "it does not belong to the certificate of ssl-client-cert",
        ),
    ];
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    for (properties, words) in rows {
        let pipeline = Pipeline::new(&url, &properties);
        // Whether the element notices at once or with its first connection.
        let _ = pipeline.top.set_state(gst::State::Playing);
        let error = pipeline.error();
        assert!(error.matches(Settings), "{words}: {error:?}");
        assert!(error.message().contains(words), "{words}: {error}");
    }
}

// Old cameras, and those that speak something else

#[test]
fn a_camera_that_is_too_old_is_named_so() {
    let authority = Authority::new();
    let pair = authority.issue("camera", Wish { key: RSA, ..GOOD });
    let weak = "DEFAULT:@SECLEVEL=0";
    for (options, words) in [
        (["-tls1", "-cipher", weak], "only TLS 1.1 or older"),
        (["-tls1_1", "-cipher", weak], "only TLS 1.1 or older"),
        (["-tls1_2", "-cipher", "AES128-SHA:@SECLEVEL=0"], "only RSA key exchange"),
    ] {
        let camera = camera(&pair, &options);
        // Even who trusts everybody needs a language in common.
        let error = Pipeline::playing(&camera.https("/stream"), "ssl-strict=false").error();
        assert!(error.matches(OpenRead), "{error:?}");
        assert!(error.message().contains(words), "{options:?}: {error}");
    }
}

#[test]
fn a_port_without_tls_is_named_so() {
    let camera = servers::ustreamer(&[]);
    let mut urls = vec![camera.https("/stream")];
    let nginx = nginx::with_login(camera, "user", "password");
    urls.push(nginx.https("/stream"));
    for url in urls {
        let error = Pipeline::playing(&url, "").error();
        assert!(error.matches(OpenRead), "{error:?}");
        assert!(error.message().contains("does not speak TLS on this port"), "{error}");
    }
}

#[test]
fn a_camera_without_a_good_bye_ends_like_others() {
    let authority = Authority::new();
    let pair = authority.self_signed("camera", GOOD);
    let url = rustls_server(vec![config(&pair.certificate, &pair.key, rustls::ALL_VERSIONS)]);
    assert_plays(&url, "ssl-strict=false");
}

#[test]
fn another_certificate_after_a_picture_is_no_reason_to_give_up() {
    let authority = Authority::new();
    let (pair, other) = (authority.issue("camera", GOOD), authority.issue("other", GOOD));
    let configs = [&pair, &other, &pair]
        .map(|pair| config(&pair.certificate, &pair.key, rustls::ALL_VERSIONS));
    let url = rustls_server(configs.into());
    let properties = format!("ssl-fingerprint={} retry-backoff-factor=0", pair.fingerprint());
    let pipeline = Pipeline::playing(&url, &properties);
    pipeline.frames(2);
    for words in ["ended the stream", "it is not the one of ssl-fingerprint"] {
        let warning = pipeline.warning();
        assert!(warning.message().contains(words), "{warning}");
    }
}

#[test]
fn a_camera_that_hangs_up_is_tried_again() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().flatten().enumerate() {
            // An unread hello makes it a reset.
            if number % 2 == 0 {
                let mut hello = [0; 2048];
                let _ = (&stream).read(&mut hello);
            } else {
                let _ = (&stream).write(b"\x16");
            }
        }
    });
    let pipeline = Pipeline::playing(&url, "retries=2 retry-backoff-factor=0");
    for _ in 0..2 {
        let warning = pipeline.warning();
        assert!(warning.message().contains("hung up in the TLS handshake"), "{warning}");
    }
    assert!(pipeline.error().message().contains("hung up in the TLS handshake"));
}

#[test]
fn no_state_change_waits_for_the_handshake() {
    // The queue of connections is all the answer there is.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}/", listener.local_addr().unwrap());
    let pipeline = Pipeline::new(&url, "connect-timeout=60");
    for _ in 0..3 {
        assert_no_state_change_waits(&pipeline, &listener);
    }
}
