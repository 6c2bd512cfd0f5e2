//! Logging in to servers that people really run: one test a server and kind of login.

use std::fs;

use crate::common::element::Pipeline;
use crate::programs::doors::{Visitor, apache, apache_with, lighttpd};
use crate::programs::server::Server;
use crate::programs::servers::{self, NO_SIGNAL, TEST_PICTURE};
use crate::programs::wait;
use crate::programs::watch::{assert_video, watch};
use gst::prelude::*;

/// A realm with what separates parameters inside.
const VISITOR: Visitor =
    Visitor { user: "user", password: "pass word: 100%", realm: b"cameras, second floor" };

const MOTION_LOGIN: &str = "stream_authentication user:password";

fn camera() -> Server {
    servers::ustreamer(&[])
}

// Apache

#[test]
fn apache_with_digest() {
    assert_lets_in(&apache(camera(), "Digest", &VISITOR), &VISITOR);
}

#[test]
fn apache_with_digest_checks_the_query_too() {
    let server = apache(camera(), "Digest", &VISITOR);
    assert_shows(&server, "/stream?extra_headers=1&key=a/b", &VISITOR);
}

#[test]
fn apache_with_basic() {
    assert_lets_in(&apache(camera(), "Basic", &VISITOR), &VISITOR);
}

#[test]
fn apache_with_a_user_and_a_realm_beyond_ascii() {
    // The realm in Latin-1, the user in UTF-8.
    let visitor = Visitor { user: "J\u{fc}rgen", password: "\u{20ac}", realm: b"K\xFCche" };
    assert_lets_in(&apache(camera(), "Digest", &visitor), &visitor);
}

// lighttpd

const SHA_256: &str = r#""method" => "digest", "algorithm" => "SHA-256""#;
const BOTH: &str = r#""method" => "digest", "algorithm" => "MD5|SHA-256""#;

#[test]
fn lighttpd_with_sha_256() {
    assert_lets_in(&lighttpd(camera(), SHA_256, &VISITOR), &VISITOR);
}

#[test]
fn lighttpd_with_sha_256_and_md5() {
    assert_lets_in(&lighttpd(camera(), BOTH, &VISITOR), &VISITOR);
}

#[test]
fn lighttpd_with_md5() {
    let md5 = r#""method" => "digest", "algorithm" => "MD5""#;
    assert_lets_in(&lighttpd(camera(), md5, &VISITOR), &VISITOR);
}

#[test]
fn lighttpd_with_basic() {
    assert_lets_in(&lighttpd(camera(), r#""method" => "basic""#, &VISITOR), &VISITOR);
}

#[test]
fn lighttpd_which_wants_the_user_hashed() {
    let require = format!("{SHA_256}, \"userhash\" => \"enable\"");
    assert_lets_in(&lighttpd(camera(), &require, &VISITOR), &VISITOR);
}

/// It says `charset="UTF-8"`, so that the user goes out as `username*`.
#[test]
fn lighttpd_with_a_user_and_a_realm_beyond_ascii() {
    let visitor = Visitor { user: "J\u{fc}rgen", password: "\u{20ac}", realm: "\u{dc}".as_bytes() };
    assert_lets_in(&lighttpd(camera(), SHA_256, &visitor), &visitor);
}

// motion

#[test]
fn motion_with_digest() {
    assert_motion_lets_in("stream_auth_method 2");
}

#[test]
fn motion_with_basic() {
    assert_motion_lets_in("stream_auth_method 1");
}

fn assert_motion_lets_in(method: &str) {
    let camera = servers::motion(&format!("{method}\n{MOTION_LOGIN}"));
    let login = [("login", "user"), ("password", "password")];
    let pictures = watch(&camera.url("/1/stream"), &login, 5).unwrap();
    assert_video(&pictures, 5, TEST_PICTURE);
}

// Single pictures, each with the login at once

#[test]
fn single_pictures_from_apache_cost_one_request_each() {
    assert_one_request_a_picture(&apache(camera(), "Digest", &VISITOR), 1);
    assert_one_request_a_picture(&apache(camera(), "Basic", &VISITOR), 1);
}

/// A nonce is good for a second: it is replaced, and no picture is lost over it.
#[test]
fn single_pictures_from_apache_outlive_its_nonces() {
    let lifetime = "AuthDigestNonceLifetime 1";
    assert_one_request_a_picture(&apache_with(camera(), "Digest", &VISITOR, lifetime), 12);
}

#[test]
fn single_pictures_from_lighttpd_cost_one_request_each() {
    assert_one_request_a_picture(&lighttpd(camera(), SHA_256, &VISITOR), 1);
}

/// Asks for 40 pictures within some three seconds; at most so many requests are refused.
fn assert_one_request_a_picture(server: &Server, refused: usize) {
    let properties = "snapshot-interval=80 retries=0";
    let pipeline = Pipeline::new(&server.url("/snapshot"), properties);
    pipeline.source.set_property("login", VISITOR.user);
    pipeline.source.set_property("password", VISITOR.password);
    pipeline.play();
    pipeline.frames(1);
    // ustreamer's picture without a camera is always the same.
    assert!(pipeline.reaches("unchanged", 40), "{} pictures", pipeline.stat("unchanged"));
    drop(pipeline);
    // lighttpd writes its log when it has the time.
    let log = wait::until(wait::PATIENCE, || {
        let log = fs::read_to_string(server.folder().join("access.log")).unwrap();
        (log.lines().count() > 40).then_some(log)
    });
    let log = log.unwrap();
    let statuses: Vec<&str> = log.lines().collect();
    let count = |status| statuses.iter().filter(|line| **line == status).count();
    assert!(count("401") <= refused, "{statuses:?}");
    assert_eq!(count("200") + count("304") + count("401"), statuses.len(), "{statuses:?}");
}

// Wrong passwords

#[test]
fn each_server_refuses_a_wrong_password() {
    for (server, words) in [
        (apache(camera(), "Digest", &VISITOR), "(Digest MD5)"),
        (apache(camera(), "Basic", &VISITOR), "(Basic)"),
        (lighttpd(camera(), SHA_256, &VISITOR), "(Digest SHA-256)"),
        (lighttpd(camera(), BOTH, &VISITOR), "(Digest SHA-256, Digest MD5)"),
    ] {
        let login = [("login", VISITOR.user), ("password", "wrong")];
        let error = watch(&server.url("/stream"), &login, 1).unwrap_err();
        assert_eq!(error.kind(), Some(gst::ResourceError::NotAuthorized), "{error}");
        assert!(error.message().contains(&format!("refused this login {words}")), "{error}");
    }
}

fn assert_lets_in(server: &Server, visitor: &Visitor) {
    assert_shows(server, "/stream", visitor);
}

fn assert_shows(server: &Server, path: &str, visitor: &Visitor) {
    let login = [("login", visitor.user), ("password", visitor.password), ("retries", "0")];
    let pictures = watch(&server.url(path), &login, 2).unwrap();
    assert_video(&pictures, 2, NO_SIGNAL);
}
