//! What is read from the file, and what is wrong in it.

// Of the test program, where the plugin is registered once for all.
use crate::common::element::init;

use super::super::web;
use super::*;

const CAMERA: &str = "[[camera]]\nname = \"door\"\nlocation = \"http://camera/\"\n";

fn mistakes(text: &str) -> Vec<String> {
    init();
    let mistakes = Config::parse(text, Path::new("")).err();
    let mistakes = mistakes.unwrap_or_else(|| panic!("nothing is wrong in\n{text}"));
    mistakes.iter().map(ToString::to_string).collect()
}

#[test]
fn the_file_that_explains_them_holds_all_settings() {
    init();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cameras.toml");
    let text = include_str!("../cameras.toml").replace("\n# ", "\n");
    let hash = web::password::hash("secret").expect("a hash");
    let text = text.replace("$argon2id$…", &hash).replace("5A:1B:…", &"5A".repeat(32));
    fs::write(&file, text).expect("a file");
    for name in ["yard.password", "cameras.pem", "recorder.pem", "recorder.key"] {
        fs::write(folder.path().join(name), "secret\n").expect("a file");
    }
    let config = Config::read(&file).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.folder, folder.path().join("recordings"));
    assert_eq!(config.segment, Duration::from_secs(300));
    assert_eq!(config.limits.quota, Some(20_000_000_000));
    assert_eq!(config.limits.keep, Some(Duration::from_secs(30 * 24 * 60 * 60)));
    assert_eq!(config.reserve, 1_000_000_000);
    assert!(config.listen.is_some() && config.on_segment.is_some());
    let names: Vec<_> = config.cameras.iter().map(|camera| camera.name.as_str()).collect();
    assert_eq!(names, ["door", "yard"]);
    let yard = &config.cameras[1];
    let set: Vec<_> = yard.properties().into_iter().map(|(name, _)| name).collect();
    let value = |name| {
        let properties = yard.properties();
        let (_, value) = properties.into_iter().find(|row| row.0 == name).expect(name);
        value.transform::<String>().ok().and_then(|text| text.get::<String>().ok())
    };
    assert_eq!(set.len(), 17, "all that there are: {set:?}");
    assert_eq!(value("login").as_deref(), Some("recorder"));
    assert_eq!(value("password").as_deref(), Some("secret"), "without the line's end");
    assert_eq!(value("timeout").as_deref(), Some("15"));
    assert_eq!(value("retry-backoff-max").as_deref(), Some("30.000000"));
    let file = folder.path().join("cameras.pem");
    assert_eq!(value("ssl-ca-file").as_deref(), file.to_str());
}

#[test]
fn every_mistake_is_told_with_line_key_and_what_is_allowed() {
    let head = "folder = \"f\"\n";
    let rows: [(String, &[&str]); 12] = [
        (
            format!("{head}segment = 0\nquota = \"20 bananas\"\ncolour = 1\n{CAMERA}"),
            &[
                "line 2: segment: expected 1 to 3600 seconds",
                "line 3: quota: expected a whole number with kB, MB, GB or TB",
                "line 4: colour: there is no such key",
            ],
        ),
        (
            format!("{head}{CAMERA}passwort = \"x\"\n{CAMERA}"),
            &[
                "line 5: passwort: there is no such key; is it password?",
                "line 7: name: there \
               are two cameras door",
            ],
        ),
        (
            format!(
                "{head}{CAMERA}login = \"a\"\npassword-file = \"none\"\nssl-ca-file = \"none\"\n"
            ),
            &["line 6: password-file: cannot read none", "line 7: ssl-ca-file: cannot read"],
        ),
        (
            format!(
                "{head}{CAMERA}login = \"a\"\npassword = \"a\"\npassword-file = \"/dev/null\"\n"
            ),
            &["line 7: password-file: password is set as well"],
        ),
        (
            format!("{head}{}", CAMERA.replace("http://camera/", "rtsp://camera/")),
            &["line 4: location: "],
        ),
        (format!("{head}[[camera]]\nname = \"a\"\n"), &["line 2: location: is missing"]),
        ("[[camera]]\nname = \"\"\n".into(), &["line 1: folder", "line 1: location", "line 2"]),
        (
            format!("{head}{}", CAMERA.replace("door", "../door")),
            &["line 3: name: expected a name of letters"],
        ),
        (
            format!("{head}{CAMERA}{}", CAMERA.replace("door", "DOOR")),
            &["line 6: name: there are two cameras DOOR"],
        ),
        (
            format!(
                "{head}{CAMERA}login = \"a\"\npassword = 12345678\nheaders = {{ \"X Y\" = \"1\" }}\n"
            ),
            &["line 6: password: expected a text", "line 7: headers: expected names of"],
        ),
        (
            format!("{head}{CAMERA}password = se\"cret\n"),
            &["line 5: password: what is no number, true or false has to be in quotation marks"],
        ),
        (format!("{head}{CAMERA}password = 'secret\n"), &["line 5: this is not TOML: "]),
    ];
    for (text, expected) in rows {
        let mistakes = mistakes(&text);
        assert_eq!(mistakes.len(), expected.len(), "{mistakes:#?}");
        for (mistake, start) in mistakes.iter().zip(expected) {
            assert!(mistake.starts_with(start), "{mistake} is not {start}");
            assert!(!mistake.contains("12345678") && !mistake.contains("cret"), "{mistake}");
        }
    }
}

#[test]
fn a_name_is_that_of_a_folder_on_each_system() {
    init();
    let with = |name: &str| format!("folder = \"x\"\n{}", CAMERA.replace("door", name));
    for good in ["a", "1.2", "Tür 3", "index", &"n".repeat(200)] {
        assert!(Config::parse(&with(good), Path::new("")).is_ok(), "{good}");
    }
    let long = "n".repeat(300);
    for bad in [
        "a/b",
        "..",
        "a\\\\b",
        "a\\u0007",
        "a\\n",
        "-a",
        "a:b",
        "door.",
        "door ",
        "index.sqlite",
        "Index.Sqlite",
        "RECORDER.LOCK",
        &long,
    ] {
        let mistake = &mistakes(&with(bad))[0];
        assert!(mistake.starts_with("line 3: name: expected a"), "{bad}: {mistake}");
    }
}

#[test]
fn a_camera_runs_on_while_nothing_of_its_own_changes() {
    init();
    let camera = |text: &str| match Config::parse(text, Path::new("")) {
        Ok(config) => config.cameras.into_iter().next().expect("a camera"),
        Err(mistakes) => panic!("{mistakes:?}"),
    };
    let one = camera(&format!("folder = \"f\"\n{CAMERA}"));
    for (text, runs) in [
        (format!("folder = \"g\"\nquota = \"1 GB\"\n{CAMERA}"), true),
        (format!("folder = \"f\"\n{CAMERA}keep-days = 3\n"), true),
        (format!("folder = \"f\"\n{CAMERA}timeout = 3\n"), false),
    ] {
        assert_eq!(camera(&text).runs_as(&one), runs, "{text}");
    }
}

/// A file of one camera with this at its end, and the mistakes that it has.
fn are_told(rows: &[(&str, &[&str])]) {
    for (lines, expected) in rows {
        let text = lines.replace("CAMERA", CAMERA);
        let mistakes = mistakes(&text);
        assert_eq!(mistakes.len(), expected.len(), "{text}{mistakes:#?}");
        for (mistake, start) in mistakes.iter().zip(*expected) {
            assert!(mistake.starts_with(start), "{mistake} is not {start}");
            assert!(!mistake.contains("secret"), "{mistake}");
        }
    }
}

#[test]
fn what_the_element_refuses_is_a_mistake_of_its_key() {
    are_told(&[
        ("folder = 'f'\nCAMERAssl-fingerprint = 'xyz'\n", &["line 5: ssl-fingerprint: "]),
        ("folder = 'f'\nCAMERAproxy = 'socks9://a:secret@x'\n", &["line 5: proxy: "]),
        ("folder = 'f'\nCAMERAuser-agent = \"a\\nb\"\n", &["line 5: user-agent: "]),
        ("folder = 'f'\nCAMERAcookies = [\"a=secret\\nb\"]\n", &["line 5: cookies: "]),
        ("folder = 'f'\nCAMERAheaders = { X-Key = \"secret\\nb\" }\n", &["line 5: headers: "]),
        (
            "folder = 'f'\nCAMERAproxy = 'socks9://x'\nssl-fingerprint = 'xyz'\n",
            &["line 5: proxy: ", "line 6: ssl-fingerprint: "],
        ),
        ("folder = 'f'\nCAMERAssl-client-key = '/dev/null'\n", &["line 5: ssl-client-key: "]),
    ]);
}

#[test]
fn what_has_no_use_is_a_mistake() {
    are_told(&[
        (
            "folder = 'f'\nCAMERApassword = 'secret'\n",
            &["line 5: password: has no use without login"],
        ),
        (
            "folder = 'f'\nCAMERApassword-file = '/dev/null'\n",
            &["line 5: password-file: has no use without login"],
        ),
        (
            "folder = 'f'\non-segment = 'move {fil} there'\nCAMERA",
            &["line 2: on-segment: expected a command with no other words in braces than {file}"],
        ),
        (
            "folder = 'f'\nweb-password = 'secret'\npeers = ['http://a']\nCAMERA",
            &[
                "line 2: web-password: has no use without listen",
                "line 2: web-password: the password is not a hash",
                "line 3: peers: has no use without listen",
            ],
        ),
        (
            "folder = 'f'\nlisten = '0.0.0.0:1'\npeers = ['http://a', 'http//a:secret@b', 'c']\n",
            &[
                "line 2: listen: whoever reaches",
                "line 3: peers: c: the",
                "line 3: peers: …@b: the",
            ],
        ),
    ]);
    init();
    for text in [
        "folder = 'f'\n[[camera]]\nname = 'a'\nlocation = 'http://me@h/'\npassword = 'secret'\n",
        "folder = 'f'\n[[camera]]\nname = 'a'\nlocation = 'h'\nlogin = 'a'\npassword = 'b'\n",
        "folder = 'f'\n[[camera]]\nname = 'a'\nlocation = 'h'\nproxy = 'proxy:3128'\n",
    ] {
        assert!(Config::parse(text, Path::new("")).is_ok(), "{text}");
    }
}

#[test]
fn a_mistake_is_told_once_and_says_what_to_write() {
    const QUOTED: &str = "what is no number, true or false has to be in quotation marks";
    are_told(&[
        (
            "segment = 7\nCAMERAlisten = '127.0.0.1:1'\nfolder = 'f'\n",
            &[
                "line 5: listen: belongs above the first [[camera]]",
                "line 6: folder: belongs above the first [[camera]]",
            ],
        ),
        (
            "folder = 'f'\n[[camera]]\nname = 'index.sqlite'\nlocation = 'http://h/'\n",
            &["line 3: name: expected another name: those that begin with index. or recorder.lock"],
        ),
        (
            "folder = 'f'\n[[camera]]\nname = '-a'\nlocation = 'http://h/'\n",
            &["line 3: name: expected a name that begins with none of"],
        ),
        ("folder = f\nCAMERA", &[&format!("line 1: folder: {QUOTED}")]),
        (
            "folder = /srv/f\nquota = 20 GB\n",
            &[&format!("line 1: folder: {QUOTED}"), &format!("line 2: quota: {QUOTED}")],
        ),
        ("folder = 'f'\nCAMERApassword = a secret\n", &[&format!("line 5: password: {QUOTED}")]),
        ("folder = 'f'\nsegment = 7\nfolder = 'g'\n", &["line 3: folder: is there twice"]),
        ("folder = \"C:\\Users\\x\"\nCAMERA", &["line 1: folder: \\ is special between double"]),
        ("folder = \"C:\\Videos\"\nCAMERA", &["line 1: folder: \\ is special between double"]),
    ]);
}

#[test]
fn a_file_in_another_encoding_has_a_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cameras.toml");
    fs::write(&file, b"folder = 'f'\n\n[[camera]]\nname = 'T\xFCr'\n").expect("a file");
    let error = Config::read(&file).err().expect("a mistake");
    assert!(
        error.ends_with("cameras.toml: line 4: this is not UTF-8: save the file in this encoding"),
        "{error}"
    );
}
