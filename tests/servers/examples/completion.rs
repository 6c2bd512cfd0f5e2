//! What the shells offer for the command lines of the programs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::programs::PROGRAMS;
use crate::programs::example::program;
use crate::programs::process::command;

/// As bash calls it for `PROGRAM --` and the tabulator.
const BASH: &str = r#"
source "$1"
COMP_WORDS=("$2" --) COMP_CWORD=1
_mjpeg "$2"
printf '%s\n' "${COMPREPLY[@]}"
"#;

#[test]
fn bash_offers_the_options_of_the_help() {
    offers_the_options_of_the_help(|name| {
        let mut shell = command("bash", "bash");
        shell.args(["-c", BASH, "bash"]);
        shell.arg(packaged(name)).arg(program(name));
        shell
    });
}

#[test]
fn fish_offers_the_options_of_the_help() {
    offers_the_options_of_the_help(|name| {
        let mut shell = command("fish", "fish");
        let line = format!("source $argv[1]; complete --do-complete '{name} --'");
        shell.args(["--no-config", "-c", &line]).arg(packaged(&format!("{name}.fish")));
        shell.env("PATH", format!("{}:/usr/bin:/bin", folder(&program(name)).display()));
        shell
    });
}

/// zsh has a function of its own for that; it has to know all of the programs.
#[test]
fn zsh_knows_the_programs() {
    let text = fs::read_to_string(packaged("_mjpeg")).unwrap();
    let first = text.lines().next().unwrap();
    assert_eq!(first, format!("#compdef {}", PROGRAMS.join(" ")));
    assert!(text.ends_with("\n_gnu_generic\n"), "{text}");
}

fn offers_the_options_of_the_help(shell: impl Fn(&str) -> Command) {
    for name in PROGRAMS {
        let help = Command::new(program(name)).arg("--help").output().unwrap();
        let mut expected = first_words(&help.stdout);
        expected.retain(|word| word.starts_with("--"));
        let output = shell(name).output().unwrap();
        let mut offered = first_words(&output.stdout);
        expected.sort();
        offered.sort();
        assert!(expected.contains(&"--help".into()), "{name}: {expected:?}");
        assert_eq!(offered, expected, "{name}: {output:?}");
    }
}

/// Of each line; fish says what an option is for in the same line.
fn first_words(lines: &[u8]) -> Vec<String> {
    let lines = String::from_utf8_lossy(lines).into_owned();
    lines.lines().filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

fn packaged(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/completion").join(name)
}

fn folder(file: &Path) -> &Path {
    file.parent().expect("a file is in a folder")
}
