//! `README.md` and `docs` say what is so: the table of properties is the element's, and each
//! command line works. `cargo test` builds the examples that it runs; where this test is
//! run alone, `cargo build --examples` has to come first.
//!
//! | file | idea |
//! |---|---|
//! | [`page`] | commands, links and tables of a page |
//! | [`properties`] | the element's properties, as the table writes them |
//! | [`commands`] | how each command is run, or who runs it |
//! | [`stage`] | the cameras and the proxy that its addresses stand for |

mod commands;
mod page;
mod properties;
mod stage;

use std::fs;
use std::path::Path;

use crate::programs::screen::Screen;
use commands::{How, TABLE};
use stage::Stage;

fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// In the order in which a user meets them.
fn pages() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<_> =
        names.map(|name| format!("docs/{}", name.to_str().expect("a plain name"))).collect();
    names.sort();
    names.insert(0, "README.md".into());
    names
}

fn commands_of_all_pages() -> Vec<String> {
    pages().iter().flat_map(|name| page::commands(&file(name))).collect()
}

#[test]
fn links_lead_to_files() {
    for name in pages() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(&name);
        let folder = folder.parent().unwrap();
        for link in page::links(&file(&name)) {
            assert!(folder.join(&link).exists(), "{name} links to {link}");
        }
    }
}

#[test]
fn the_table_of_properties_is_the_elements() {
    let mut written = page::properties(&file("docs/properties.md"));
    let mut real = properties::all();
    written.sort();
    real.sort();
    let missing: Vec<_> = real.iter().filter(|row| !written.contains(row)).collect();
    let wrong: Vec<_> = written.iter().filter(|row| !real.contains(row)).collect();
    assert!(missing.is_empty() && wrong.is_empty(), "missing: {missing:?}\nwrong: {wrong:?}");
    assert_eq!(written.len(), real.len(), "a property stands there twice");
}

/// What `gst-inspect-1.0` shows.
#[test]
fn every_property_has_a_name_and_an_explanation() {
    for (name, nick, blurb) in properties::texts() {
        assert!(nick.starts_with(char::is_uppercase), "{name}: {nick}");
        assert!(
            blurb.len() > 20 && !blurb.contains("  ") && !blurb.ends_with('.'),
            "{name}: {blurb}"
        );
    }
}

#[test]
fn every_command_has_one_row_and_every_row_a_command() {
    let commands = commands_of_all_pages();
    for command in &commands {
        let rows = TABLE.iter().filter(|row| command.starts_with(row.begin)).count();
        assert_eq!(rows, 1, "rows for `{command}`");
    }
    for row in TABLE {
        let begins = commands.iter().any(|command| command.starts_with(row.begin));
        assert!(begins, "no command begins with `{}`", row.begin);
    }
}

#[test]
fn what_runs_elsewhere_does() {
    for row in TABLE {
        if let How::Elsewhere { place, words } = row.how {
            assert!(file(place).contains(words), "{place} does not run `{words}`");
        }
    }
}

/// In the order of the pages and in one folder: what one command leaves, a later one takes.
#[test]
fn every_command_works() {
    let screen = Screen::start();
    let stage = Stage::new();
    for command in commands_of_all_pages() {
        let row = TABLE.iter().find(|row| command.starts_with(row.begin)).expect("a row");
        commands::run(&command, row.how, &stage, screen.display());
    }
    stage.assert_used();
}
