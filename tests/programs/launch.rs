//! The real `gst-launch-1.0` with the plugin as Cargo built it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::process::command;

/// `gst-launch-1.0` which finds the plugin.
pub(crate) fn gst_launch() -> Command {
    with_plugin(command("gst-launch-1.0", "gstreamer1.0-tools"))
}

/// A program which finds the plugin.
pub(crate) fn with_plugin(mut command: Command) -> Command {
    command.env("GST_PLUGIN_PATH", plugin_folder());
    command
}

/// A folder that holds the built plugin and nothing else: GStreamer would open
/// every library it finds below `target`.
pub(crate) fn plugin_folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("plugin");
        fs::create_dir_all(&folder).expect("the folder is Cargo's for tests");
        let link = folder.join(FILE);
        let plugin = built_plugin();
        if fs::read_link(&link).ok().as_ref() != Some(&plugin) {
            let _ = fs::remove_file(&link);
            symlink(&plugin, &link).expect("a link in our folder");
        }
        folder
    })
}

/// The plugin lies beside the test program: Cargo built both in one go. (The
/// one in the folder above is made by `cargo build` only, and may be old.)
fn built_plugin() -> PathBuf {
    let program = std::env::current_exe().expect("the test program has a path");
    let plugin = program.with_file_name(FILE);
    assert!(plugin.is_file(), "no plugin at {}", plugin.display());
    plugin
}

const FILE: &str = "libgstmjpeghttp.so";
