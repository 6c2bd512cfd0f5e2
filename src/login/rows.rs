//! Challenges as books and cameras have them, and what is sent to each.
//!
//! The responses were computed from the formulas of RFC 7616 in another language. A
//! source F is a number in the list of camera quirks; greenbytes is Julian Reschke's test
//! set for browsers.

use super::{Dialogue, Login, Memory, RequestLine, parse};

/// Source, fields, what is sent.
type Row = (&'static str, &'static [&'static str], &'static str);

const BASIC: &str = "Basic YWRtaW46c2VjcmV0";
const NOTHING: &str = "-";

const ROWS: [Row; 86] = [
    (
        "RFC 9110 §11.6.1",
        &[r#"Basic realm="simple", Newauth realm="apps", type=1, title="Login to \"apps\"""#],
        BASIC,
    ),
    (
        "RFC 7235 §4.1",
        &[r#"Newauth realm="apps", type=1, title="Login to \"apps\"", Basic realm="simple""#],
        BASIC,
    ),
    ("RFC 7617 §2", &[r#"Basic realm="WallyWorld""#], BASIC),
    ("RFC 7617 §2.1", &[r#"Basic realm="foo", charset="UTF-8""#], BASIC),
    ("greenbytes simplebasicucase", &[r#"BASIC REALM="foo""#], BASIC),
    ("greenbytes simplebasictok", &["Basic realm=foo"], BASIC),
    ("greenbytes simplebasiccomma", &[r#"Basic , realm="foo""#], BASIC),
    ("greenbytes simplebasicnorealm", &["Basic"], BASIC),
    ("greenbytes simplebasicwsrealm", &[r#"Basic realm = "foo""#], BASIC),
    ("greenbytes simplebasic2realms", &[r#"Basic realm="foo", realm="bar""#], BASIC),
    ("greenbytes multibasicunknown", &[r#"Basic realm="basic", Newauth realm="newauth""#], BASIC),
    ("greenbytes multibasicempty", &[r#",Basic realm="basic""#], BASIC),
    (
        "the name of a scheme inside of quotes",
        &[r#"Newauth realm="apps", type=1, title="Login, \"Basic\"", Basic realm="simple""#],
        BASIC,
    ),
    ("greenbytes disguisedrealm", &[r#"Basic foo="realm=nottherealm", realm="basic""#], BASIC),
    ("greenbytes missingquote", &[r#"Basic realm="basic"#], BASIC),
    ("F1, cheap firmware", &["basic realm=IP Camera"], BASIC),
    ("F14, Hikvision of 2014", &[r#"Basic realm="DS-2CD2132-I""#], BASIC),
    ("ustreamer 4.9", &[r#"Basic realm="Restricted area""#], BASIC),
    ("lighttpd 1.4.69", &[r#"Basic realm="cam", charset="UTF-8""#], BASIC),
    ("IIS", &["Negotiate", "NTLM", r#"Basic realm="cam""#], BASIC),
    ("a proxy before the camera", &[r#"Negotiate, NTLM, Basic realm="cam""#], BASIC),
    ("RFC 4559 §4.1", &["Negotiate"], NOTHING),
    ("RFC 4559 §4.2", &["Negotiate a87421000492aa874209af8bc028=="], NOTHING),
    ("RFC 6750 §3", &[r#"Bearer realm="example", error="invalid_token""#], NOTHING),
    ("RFC 7616 §3.3, nonce is a must", &[r#"Digest realm="cam", qop="auth""#], NOTHING),
    ("RFC 3310 §3.1", &[r#"Digest realm="r", nonce="n", algorithm=AKAv1-MD5"#], NOTHING),
    (
        "RFC 7616 §3.3, unknown algorithm beside Basic",
        &[r#"Digest realm="r", nonce="n", algorithm=SHA3"#, r#"Basic realm="r""#],
        NOTHING,
    ),
    ("firmware without a field", &["", " ,"], NOTHING),
    (
        "RFC 2069, F4, old Axis and Hikvision",
        &[r#"Digest realm="AXIS_00408C", nonce="00b5""#],
        "Digest MD5 3dace1dd2f23402ae1e979ee9bfde0a7",
    ),
    (
        "RFC 2617 §3.2.1",
        &[r#"Digest realm="r", nonce="n", qop="auth""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "F5, RFC servers",
        &[r#"Digest realm="r", nonce="n", qop="auth,auth-int""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "RFC 7616 §3.9.1",
        &[r#"Digest realm="r", nonce="n", qop="auth, auth-int", algorithm=SHA-256"#],
        "Digest SHA-256 c2f0610a5536534d0daf2665d6a380af09b4c3d193781ef47d13ffd4fc582e25",
    ),
    (
        "RFC 7616 §3.9.2",
        &[r#"Digest realm="r", qop="auth", algorithm=SHA-512-256, nonce="n", charset=UTF-8"#],
        "Digest SHA-512-256 7b468cb7c8663de273c9c22c883a5b527cd86de81d178c05de4ecd64dc45f9b0",
    ),
    (
        "qop backwards",
        &[r#"Digest realm="r", nonce="n", qop="auth-int,auth""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "qop auth-int alone",
        &[r#"Digest realm="r", nonce="n", qop="auth-int""#],
        "Digest MD5 a76e3cc00d1a66a64343d771dac72440",
    ),
    (
        "qop empty",
        &[r#"Digest realm="r", nonce="n", qop="""#],
        "Digest MD5 7489ecbac0e0a16ab7772d1bd753ea17",
    ),
    (
        "qop without a value",
        &[r#"Digest realm="r", nonce="n", qop=, opaque="o""#],
        "Digest MD5 7489ecbac0e0a16ab7772d1bd753ea17",
    ),
    (
        "qop unknown, RFC 7616 §3.3: ignored",
        &[r#"Digest realm="r", nonce="n", qop="auth,foo""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "qop without quotes",
        &[r#"Digest realm="r", nonce="n", qop=auth"#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "qop in capitals",
        &[r#"Digest realm="r", nonce="n", QOP="AUTH""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "F6, odd blanks",
        &[r#"Digest   realm = "x" ,nonce= "n" ,  qop ="auth""#],
        "Digest MD5 9c3538a6853f9e0c889b3315fd23b1c3",
    ),
    (
        "F6, quoted algorithm",
        &[r#"Digest realm="x", nonce="n", qop="auth", algorithm="MD5""#],
        "Digest MD5 9c3538a6853f9e0c889b3315fd23b1c3",
    ),
    (
        "motion 4.5.1",
        &[r#"Digest realm="Motion",qop="auth",nonce="53138c44",opaque="01c2",algorithm=md5"#],
        "Digest MD5 a6636ab734421325d7bb2af0826645ac",
    ),
    (
        "F7",
        &[r#"Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess"#],
        "Digest MD5-sess 3140fcfbfcefa9e1817f73b91a7bf612",
    ),
    (
        "RFC 7616 §3.4.2",
        &[r#"Digest realm="r", nonce="n", qop="auth", algorithm=SHA-256-sess"#],
        "Digest SHA-256-sess ed2b7b2934115722aebcaa497bcf8502564b162bad1a3d3063b77ec874cc6690",
    ),
    (
        "-sess without qop",
        &[r#"Digest realm="r", nonce="n", algorithm=MD5-sess"#],
        "Digest MD5-sess ed200a7ae33bb49983443a0a750e2cf7",
    ),
    (
        "F8, algorithm without its dash",
        &[r#"Digest realm="r", nonce="n", qop="auth", algorithm=SHA256"#],
        "Digest SHA-256 c2f0610a5536534d0daf2665d6a380af09b4c3d193781ef47d13ffd4fc582e25",
    ),
    (
        "lighttpd 1.4.69",
        &[
            r#"Digest realm="cam", charset="UTF-8", algorithm=SHA-256, nonce="6b02:1f7e", qop="auth""#,
        ],
        "Digest SHA-256 924c6b8771ca3a2c446b3d2ec7b3c78e69449780ddb5843bc537f95b6522aff7",
    ),
    (
        "Apache 2.4, a comma in its realm",
        &[r#"Digest realm="a, b", nonce="Mt3rm9tgBgA=db51", algorithm=MD5, qop="auth""#],
        "Digest MD5 50deba6199f13792e7a5ef11272dc432",
    ),
    (
        "F10, Dahua",
        &[r#"Digest realm="Login to 3M0", qop="auth", nonce="123", opaque="ab""#],
        "Digest MD5 5f6a1544da1f0741ffa0fdc9fb332f37",
    ),
    (
        "F11, Hikvision",
        &[r#"Digest qop="auth", realm="IP Camera(7)", nonce="NGU3:M2I=", stale="FALSE""#],
        "Digest MD5 9f0a6bc23c17bb6947b918ceaaa24b86",
    ),
    (
        "F19, Dahua OEM",
        &[r#"Digest realm="r", nonce="n", qop="auth", opaque="", stale="false","#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "F19, stray data",
        &[r#"Digest realm="r", nonce="n", qop="auth" xyz"#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "lower case",
        &[r#"digest REALM="r", Nonce="n""#],
        "Digest MD5 7489ecbac0e0a16ab7772d1bd753ea17",
    ),
    (
        "commas missing",
        &[r#"Digest realm="r" nonce="n" qop="auth""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "commas and blanks missing",
        &[r#"Digest realm="r"nonce="n"qop="auth""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "semicolons",
        &[r#"Digest realm="r"; nonce="n"; qop="auth";"#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    ("tabs", &["Digest\trealm=\"r\",\tnonce=\"n\""], "Digest MD5 7489ecbac0e0a16ab7772d1bd753ea17"),
    (
        "no quotes at all",
        &["Digest realm=IP Camera, nonce=abc==, qop=auth"],
        "Digest MD5 b404af7d167e70358a847e9d1b55520d",
    ),
    (
        "no quotes and no commas",
        &["Digest realm=IP Camera nonce=abc== qop=auth"],
        "Digest MD5 b404af7d167e70358a847e9d1b55520d",
    ),
    (
        "no realm",
        &[r#"Digest nonce="n", qop="auth""#],
        "Digest MD5 33fb3bd131e1c331313dce8059112a85",
    ),
    (
        "empty realm",
        &[r#"Digest realm="", nonce="n", qop="auth""#],
        "Digest MD5 33fb3bd131e1c331313dce8059112a85",
    ),
    (
        "quote never closed",
        &[r#"Digest realm="r", qop="auth", nonce="n"#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "quote not closed before the next parameter",
        &[r#"Digest realm="r, nonce="n", qop="auth""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "quotes inside of quotes",
        &[r#"Digest realm="r" one"", nonce="n", qop="auth""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "escapes, RFC 9110 §5.6.4",
        &[r#"Digest realm="a \"b\" \\ \c", nonce="n", qop="auth""#],
        "Digest MD5 59b99c934350b1b44a815c38e3b81d5d",
    ),
    (
        "single quotes are letters",
        &[r#"Digest realm='r', nonce="n", qop="auth""#],
        "Digest MD5 88934bd0261271ba6894356203f389dd",
    ),
    (
        "UTF-8",
        &[r#"Digest realm="Überwachung €€", nonce="n", qop="auth""#],
        "Digest MD5 3ef27997f298448e6d544dec25ed76de",
    ),
    (
        "realm that looks like a parameter",
        &[r#"Digest realm="qop=auth-int, nonce=x", nonce="n""#],
        "Digest MD5 06afd03ea236848077b50527b688e706",
    ),
    (
        "unknown parameters",
        &[r#"Digest realm="r", x-a="1", nonce="n", domain="/", x-b=2, qop="auth""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "a word astray",
        &[r#"Digest realm="r", nonce="n", stray, qop="auth""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "parameters twice, the first counts",
        &[r#"Digest realm="r", nonce="n", realm="x", nonce="y""#],
        "Digest MD5 7489ecbac0e0a16ab7772d1bd753ea17",
    ),
    (
        "stale in the first answer means nothing",
        &[r#"Digest realm="r", nonce="n", stale=true, qop="auth""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "F3, two fields",
        &[r#"Digest realm="r", nonce="n", qop="auth""#, r#"Basic realm="r""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "F3, Basic first",
        &[r#"Basic realm="r""#, r#"Digest realm="r", nonce="n", qop="auth""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "F3, one field (httpx#1234)",
        &[r#"Digest realm="r", nonce="n", qop="auth", Basic realm="x""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "F3, one field without a comma",
        &[r#"Digest realm="r", nonce="n", qop=auth Basic realm="x""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "F3, one field, Basic first",
        &[r#"Basic realm="x", Digest realm="r", nonce="n", qop="auth""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "RFC 4559 beside Digest",
        &[r#"Negotiate, NTLM, Digest realm="r", nonce="n", qop="auth""#],
        "Digest MD5 7196a7e9d4d41ddf7a17a1273f604dd8",
    ),
    (
        "F8, SHA-256 before MD5 (lighttpd 1.4.69)",
        &[
            r#"Digest realm="cam", algorithm=SHA-256, nonce="a", qop="auth""#,
            r#"Digest realm="cam", algorithm=MD5, nonce="b", qop="auth""#,
        ],
        "Digest SHA-256 e99cb06490476a62207b1bd1bb7c3da12826e2defeb1f77824ce222f05e16c83",
    ),
    (
        "F8, MD5 before SHA-256",
        &[
            r#"Digest realm="r", nonce="b", qop="auth""#,
            r#"Digest realm="r", algorithm=SHA-256, nonce="a", qop="auth""#,
        ],
        "Digest SHA-256 abf7caa97d680053c68e8c5da09cebcecbf93659d51b7f0f2cdba2eef22ee5df",
    ),
    (
        "F8, both in one field",
        &[
            r#"Digest realm="r", nonce="b", qop="auth", Digest realm="s", algorithm="SHA-256", nonce="a", qop="auth""#,
        ],
        "Digest SHA-256 7919f1754455dece84267f205f772fa2301e9228d4582268622a0aef7ce31ab4",
    ),
    (
        "F9, SHA-256 without qop before MD5",
        &[r#"Digest realm="r", algorithm="SHA-256", nonce="a""#, r#"Digest realm="r", nonce="b""#],
        "Digest MD5 cf0a68bc49e276ca9e308129ba2361d8",
    ),
    (
        "F9, nothing else offered",
        &[r#"Digest realm="r", algorithm=SHA-256, nonce="a""#],
        "Digest SHA-256 965a3ac94f0e03742f2c0942e77cb5695e71bfc2c43d75b12d3538739033a699",
    ),
    (
        "RFC 7616 §3.7, the strongest of three",
        &[
            r#"Digest realm="r", nonce="a", algorithm=MD5, qop="auth""#,
            r#"Digest realm="r", nonce="b", algorithm=SHA-256, qop="auth""#,
            r#"Digest realm="r", nonce="c", algorithm=SHA-512-256, qop="auth""#,
        ],
        "Digest SHA-512-256 8288388b3769596effff5128c2285bb2ea8e94ec32b67434a3037cde21eb700e",
    ),
    (
        "an unknown algorithm beside MD5",
        &[
            r#"Digest realm="r", nonce="a", algorithm=SHA3-256, qop="auth""#,
            r#"Digest realm="r", nonce="b", qop="auth""#,
        ],
        "Digest MD5 7bd4bc0f26fd3a538ceb62f43abdd64d",
    ),
];

#[test]
fn each_challenge_gets_its_answer() {
    let login = Login { user: "admin".into(), password: "secret".into() };
    let request_line = RequestLine { method: "GET", uri: "/stream?x=1" };
    for (source, fields, expected) in ROWS {
        let challenges = parse(fields.iter().map(|field| field.as_bytes()));
        let answer = Dialogue::new(Some(&login), &mut Memory::default()).answer(
            &challenges,
            request_line,
            "0a4f113b",
        );
        let found = answer.map_or_else(|_| NOTHING.into(), |answer| short(&answer));
        assert_eq!(found, expected, "{source}: {fields:?}");
    }
}

/// Basic as it is; of Digest the algorithm and the response.
fn short(authorization: &[u8]) -> String {
    let text = String::from_utf8(authorization.to_vec()).unwrap();
    let value = |name: &str| {
        let (_, rest) = text.split_once(&format!("{name}="))?;
        rest.trim_start_matches('"').split(['"', ',']).next()
    };
    let Some(response) = value(" response") else { return text };
    let algorithm = value(" algorithm").unwrap_or("MD5");
    format!("Digest {} {response}", canonical(algorithm))
}

/// It goes back as the camera spells it.
fn canonical(algorithm: &str) -> &str {
    match algorithm {
        "md5" => "MD5",
        "SHA256" => "SHA-256",
        other => other,
    }
}
