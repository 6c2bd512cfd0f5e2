//! Which layer may know which. The picture is in the crate's documentation.

mod arrows;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// A layer, the other layers it may name, and the crates it may use.
const LAYERS: [(&str, &[&str], &[&str]); 13] = [
    ("error", &[], &["thiserror"]),
    ("quirk", &[], &[]),
    ("stats", &["quirk"], &[]),
    ("jpeg", &[], &["memchr"]),
    ("multipart", &["jpeg", "quirk"], &["memchr"]),
    ("clock", &[], &[]),
    ("session", &["multipart", "jpeg", "error", "quirk", "stats"], &[]),
    (
        "http",
        &["multipart", "error", "quirk"],
        // ureq for its types of fields.
        &["ureq", "url", "percent_encoding", "memchr"],
    ),
    ("login", &["error"], &["base64", "md5", "sha2", "percent_encoding", "rustls", "ring"]),
    (
        "net",
        &["http", "error"],
        &[
            "ureq",
            "memchr",
            "rustls",
            "rustls_native_certs",
            "webpki",
            "ring",
            "rustix",
            "libc",
            "once_cell",
            "sha2",
            "gio",
            "glib",
        ],
    ),
    (
        "client",
        &["net", "http", "login", "session", "multipart", "error", "quirk"],
        &["ureq", "url", "percent_encoding"],
    ),
    (
        "mjpeghttpsrc",
        &[
            "client",
            "net",
            "http",
            "login",
            "session",
            "multipart",
            "jpeg",
            "clock",
            "error",
            "quirk",
            "stats",
        ],
        &["gst", "gst_base", "glib", "once_cell"],
    ),
    ("plugin", &["mjpeghttpsrc"], &["gst", "glib"]),
];

/// No layer has more of all lines than this.
const LARGEST_SHARE: usize = 4;

/// The files with blocks that the compiler cannot check.
const UNSAFE_FILES: [&str; 1] = ["net/lowat.rs"];

#[test]
fn layers_know_only_those_they_may() {
    let mut wrong = Vec::new();
    for (layer, layers, crates) in LAYERS {
        for file in files_of(layer) {
            let code = code_of(&file);
            for (other, ..) in LAYERS {
                let named = names(&code, "crate", other);
                if named && other != layer && !layers.contains(&other) {
                    wrong.push(format!("{} names {other}", file.display()));
                }
            }
            for name in dependencies() {
                if names_crate(&code, &name) && !crates.contains(&name.as_str()) {
                    wrong.push(format!("{} uses {name}", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_file_leads_back_to_itself() {
    let code = rust_files(&source()).into_iter().map(|file| (module_of(&file), code_of(&file)));
    let circles = arrows::circles(&arrows::of(&code.collect::<BTreeMap<_, _>>()));
    assert!(circles.is_empty(), "{circles:#?}");
}

fn module_of(file: &Path) -> arrows::Module {
    let path = file.strip_prefix(source()).unwrap().with_extension("");
    let words = path.iter().map(|word| word.to_string_lossy().into_owned());
    words.filter(|word| word != "mod" && word != "lib").collect()
}

#[test]
fn no_layer_is_larger_than_a_quarter() {
    let lines = |files: Vec<PathBuf>| {
        let texts = files.iter().map(|file| fs::read_to_string(file).unwrap());
        texts.map(|text| text.lines().count()).sum::<usize>()
    };
    let all = lines(rust_files(&source()));
    for (layer, ..) in LAYERS {
        let lines = lines(files_of(layer));
        assert!(LARGEST_SHARE * lines <= all, "{layer} has {lines} of {all} lines");
    }
}

#[test]
fn every_source_file_belongs_to_a_layer() {
    let mut known: Vec<_> = LAYERS.iter().flat_map(|(layer, ..)| files_of(layer)).collect();
    known.push(source().join("lib.rs"));
    for file in rust_files(&source()) {
        assert!(known.contains(&file), "{} is in no layer", file.display());
    }
}

/// Pure code takes the time as an argument and gives events as values.
#[test]
fn pure_layers_do_no_io_and_ask_no_time() {
    for layer in ["jpeg", "multipart", "clock", "error", "quirk", "stats", "http", "login"] {
        for file in files_of(layer) {
            let code = code_of(&file);
            for word in ["Instant", "SystemTime", "println!"] {
                assert!(!code.contains(word), "{} uses {word}", file.display());
            }
            for module in ["io", "net", "thread", "fs"] {
                assert!(!names(&code, "std", module), "{} uses {module}", file.display());
            }
        }
    }
}

#[test]
fn no_file_is_longer_than_400_lines() {
    for folder in ["src", "tests", "examples", "benches"] {
        for file in rust_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)) {
            let lines = fs::read_to_string(&file).unwrap().lines().count();
            assert!(lines <= 400, "{} has {lines} lines", file.display());
        }
    }
}

/// What the compiler does not check stands in few places, each with its proof.
#[test]
fn unsafe_code_stands_where_it_may_and_has_its_proof() {
    for file in rust_files(&source()) {
        let name = file.strip_prefix(source()).unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&file).unwrap();
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        let places = (0..lines.len()).filter(|&line| is_unsafe(lines[line]));
        let places: Vec<_> = places.collect();
        assert_eq!(!places.is_empty(), UNSAFE_FILES.contains(&name.as_str()), "{name}");
        for line in places {
            let comment = lines[..line].iter().rev().take_while(|line| line.starts_with("//"));
            let has_proof = comment.into_iter().any(|line| line.starts_with("// SAFETY: "));
            assert!(has_proof, "{name}:{} has no proof", line + 1);
        }
    }
}

fn is_unsafe(line: &str) -> bool {
    let mut words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
    !line.starts_with("//") && words.any(|word| word == "unsafe")
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files_of(layer: &str) -> Vec<PathBuf> {
    let folder = source().join(layer);
    if folder.is_dir() { rust_files(&folder) } else { vec![folder.with_extension("rs")] }
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files
}

/// The file without comments and without its tests.
fn code_of(file: &Path) -> String {
    without_tests(&fs::read_to_string(file).unwrap())
}

/// A module of tests goes up to the brace that closes it, at the start of a line; of one that is
/// in a file of its own, the line goes.
fn without_tests(text: &str) -> String {
    let mut code = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            let item = lines.next().unwrap_or_default();
            let indent = &item[..item.len() - item.trim_start().len()];
            let end = format!("{indent}}}");
            if item.ends_with('{') {
                lines.by_ref().take_while(|line| *line != end).for_each(drop);
            }
        } else if !line.trim_start().starts_with("//") {
            code.extend([line, "\n"]);
        }
    }
    code
}

#[test]
fn what_stands_behind_a_test_is_read_too() {
    let text = "use a::b;\n#[cfg(test)]\nmod rows;\nuse c::d;\n#[cfg(test)]\nmod tests {\n    use e::f;\n\n    fn g() {\n    }\n}\nuse h::i; // j\n// k::l\n";
    assert_eq!(without_tests(text), "use a::b;\nuse c::d;\nuse h::i; // j\n");
}

/// `name::` as a path's start, not as the end of another word.
fn names_crate(code: &str, name: &str) -> bool {
    let path = format!("{name}::");
    code.match_indices(&path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':')
    })
}

/// `crate::other`, alone or in braces.
fn names(code: &str, root: &str, other: &str) -> bool {
    code.split(&format!("{root}::")).skip(1).any(|path| {
        let words = match path.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap_or_default(),
            None => {
                path.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
            }
        };
        words.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == other)
    })
}

/// The names under which `Cargo.toml` brings crates in, on whatever system.
fn dependencies() -> Vec<String> {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let text = fs::read_to_string(manifest).unwrap();
    let sections = text.split("\n[").filter_map(|section| section.split_once("]\n"));
    let ours = sections.filter(|(name, _)| {
        *name == "dependencies" || name.starts_with("target.") && name.ends_with(".dependencies")
    });
    let lines = ours.flat_map(|(_, rest)| rest.lines()).filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| Some(line.split_once('=')?.0.trim().replace('-', "_"))).collect()
}

#[test]
fn crates_of_single_systems_are_known_too() {
    let dependencies = dependencies();
    for name in ["gst", "webpki", "rustix", "libc"] {
        assert!(dependencies.iter().any(|known| known == name), "{name} in {dependencies:?}");
    }
    assert!(!dependencies.iter().any(|name| name == "tempfile"));
}
