//! What all programs have in common.

use std::process::Output;

use crate::programs::example::example;

pub(crate) const PROGRAMS: [&str; 7] = [
    "mjpeg-probe",
    "mjpeg-record",
    "mjpeg-relay",
    "mjpeg-report",
    "mjpeg-snapshot",
    "mjpeg-testcam",
    "mjpeg-wall",
];

fn run(name: &str, arguments: &[&str]) -> Output {
    example(name).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn each_says_its_version_and_how_it_is_used() {
    for name in PROGRAMS {
        for option in ["--version", "-V"] {
            let output = run(name, &[option]);
            assert_eq!(text(&output.stdout), format!("{name} {}\n", env!("CARGO_PKG_VERSION")));
            assert_eq!(output.status.code(), Some(0), "{name}");
        }
        for option in ["--help", "-h"] {
            let output = run(name, &[option]);
            let help = text(&output.stdout);
            assert_eq!(output.status.code(), Some(0), "{name}");
            for words in [&format!("Usage: {name} "), "--help", "--version", "Exit status: 0 if "] {
                assert!(help.contains(words), "{words} is missing in\n{help}");
            }
            let longest = help.lines().map(|line| line.chars().count()).max();
            assert!(longest <= Some(90), "{name}: a line of {longest:?} characters");
        }
    }
}

#[test]
fn a_wrong_command_line_ends_with_2() {
    for name in PROGRAMS {
        let output = run(name, &["--no-such-option"]);
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{name}: {said}");
        assert!(said.contains("--no-such-option"), "{said}");
        assert!(said.ends_with(&format!("\nTry {name} --help\n")), "{said}");
    }
}

#[test]
fn an_option_that_would_do_nothing_is_refused() {
    for line in [
        "mjpeg-snapshot --wait 5 URL|--wait does nothing without --once",
        "mjpeg-relay --size 320x240 URL|--size does nothing without --hls",
        "mjpeg-relay --fps 10 URL|--fps does nothing without --hls",
        "mjpeg-relay --kbps 500 URL|--kbps does nothing without --hls",
        "mjpeg-wall --seconds 5 URL|--seconds does nothing without --png",
        "mjpeg-probe --password-file /dev/null URL|--password-file does nothing without --login",
        "mjpeg-relay --password-file /dev/null URL|--password-file does nothing without --login",
        "mjpeg-snapshot --password-file /dev/null URL|--password-file does nothing without --login",
        "mjpeg-wall --password-file /dev/null URL|--password-file does nothing without --login",
    ] {
        let (command, expected) = line.split_once('|').unwrap();
        let command = command.replace("URL", "http://127.0.0.1:1/");
        let (name, arguments) = command.split_once(' ').unwrap();
        let output = run(name, &arguments.split(' ').collect::<Vec<_>>());
        let said = text(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{line}: {said}");
        assert!(said.starts_with(&format!("{name}: {expected}\n")), "{line}: {said}");
    }
}

/// Each error of the element says what to set; each program that asks a camera can set it.
#[test]
fn the_options_for_the_camera_are_the_same_everywhere() {
    for name in ["mjpeg-probe", "mjpeg-relay", "mjpeg-snapshot", "mjpeg-wall"] {
        let help = text(&run(name, &["--help"]).stdout);
        for option in ["--login", "--ssl-fingerprint", "--ssl-ca-file", "--proxy", "--header"] {
            assert!(help.contains(&format!("\n    {option} ")), "{name}: {option}\n{help}");
        }
    }
}
