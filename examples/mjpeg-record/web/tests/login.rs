//! Who may look.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::super::password;
use super::*;

fn login(user: &str, password: &str) -> String {
    let coded = BASE64_STANDARD.encode(format!("{user}:{password}"));
    format!("Authorization: Basic {coded}\r\n")
}

#[test]
fn with_a_password_only_who_knows_it_sees_anything_but_the_health() {
    let hash = password::hash("correct horse").expect("a hash");
    let site = Site::of(&["door"], Some(&hash), &[]);
    for path in ["/", "/script.js", "/api/cameras", "/live", "/metrics", "/segments/1", "/nothing"]
    {
        let answer = site.get(path);
        assert_eq!(answer.status, 401, "{path}");
        assert!(answer.field("www-authenticate").starts_with("Basic realm="), "{path}");
        assert!(!answer.text().contains("door"), "{path}");
    }
    assert_eq!(site.get("/healthz").text(), "ok\n");
    assert_eq!(site.ask("GET", "/", &login("admin", "wrong")).status, 401);
    for user in ["admin", "", "anybody"] {
        let answer = site.ask("GET", "/api/cameras", &login(user, "correct horse"));
        assert_eq!(answer.status, 200, "{user}");
        assert!(answer.text().contains("door"));
    }
    // Whoever knows the password may call us by any name.
    let fields = login("admin", "correct horse");
    let request = format!("GET / HTTP/1.0\r\nHost: recorder.example\r\n{fields}\r\n");
    assert_eq!(site.send(&request).status, 200);
}

#[test]
fn without_a_password_it_listens_on_this_machine_only() {
    let board = Arc::new(Board::new());
    let web = |listen: &str, password: Option<&str>| Web {
        listen: listen.parse().expect("an address"),
        password: password.map(str::to_owned),
        peers: Vec::new(),
        folder: "none".into(),
    };
    for listen in ["0.0.0.0:0", "[::]:0", "192.0.2.1:0", "[::ffff:192.0.2.1]:0"] {
        let error = start(&web(listen, None), &board).expect_err(listen);
        assert!(error.contains("set a password") && error.contains("127.0.0.1"), "{error}");
    }
    for listen in ["127.0.0.1:0", "127.3.2.1:0"] {
        let address = start(&web(listen, None), &board);
        assert!(address.is_ok_and(|address| address.port() > 0), "{listen}");
    }
    let hash = password::hash("secret").expect("a hash");
    assert!(start(&web("0.0.0.0:0", Some(&hash)), &board).is_ok());
    let error = start(&web("0.0.0.0:0", Some("secret")), &board).expect_err("no hash");
    assert!(!error.contains("secret"), "{error}");
}

/// Where it listens, the password, the peers, and how the mistakes begin.
type Row<'a> = (&'a str, Option<&'a str>, &'a [&'a str], &'a [&'a str]);

#[test]
fn every_mistake_is_told_before_the_start() {
    let hash = password::hash("secret").expect("a hash");
    let rows: [Row<'_>; 6] = [
        ("127.0.0.1:0", None, &["http://any:secret@other:8088"], &[]),
        ("0.0.0.0:0", Some(&hash), &[], &[]),
        ("0.0.0.0:0", None, &[], &["listen: "]),
        ("127.0.0.1:0", Some("secret"), &[], &["web-password: "]),
        (
            "127.0.0.1:0",
            None,
            &["https://any:secret@a", "http://b", "c:1"],
            &["peers: ", "peers: "],
        ),
        ("0.0.0.0:0", None, &["https://any:secret@a"], &["listen: ", "peers: "]),
    ];
    for (listen, password, peers, expected) in rows {
        let web = Web {
            listen: listen.parse().expect("an address"),
            password: password.map(str::to_owned),
            peers: peers.iter().map(|&peer| peer.to_owned()).collect(),
            folder: "none".into(),
        };
        let mistakes = web.mistakes();
        let mistakes: Vec<_> =
            mistakes.iter().map(|(key, what)| format!("{key}: {what}")).collect();
        let begin = |(mistake, start): (&String, &&str)| mistake.starts_with(start);
        assert_eq!(mistakes.len(), expected.len(), "{mistakes:?}");
        assert!(mistakes.iter().zip(expected).all(begin), "{mistakes:?}");
        assert!(!mistakes.concat().contains("secret"), "{mistakes:?}");
    }
}

#[test]
fn a_place_that_is_taken_is_named() {
    let site = Site::with(&[]);
    let (listen, folder) = (site.address, site.path().into());
    let web = Web { listen, password: None, peers: Vec::new(), folder };
    let error = start(&web, &site.board).expect_err("it is taken");
    assert!(error.starts_with(&format!("cannot listen on {listen}: ")), "{error}");
}
