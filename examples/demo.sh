#!/usr/bin/env bash
# Records ten seconds of a camera and says what is in the recording.
#
#     examples/demo.sh                          with a test camera of our own
#     examples/demo.sh http://camera/video.mjpg with yours
#
# Leaves camera.mkv and camera.png in the current folder. Installs what is
# missing on Debian and its relatives; only Rust must be there.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}/debug
# shellcheck source-path=SCRIPTDIR source=../tests/install.sh
source "$root/tests/install.sh"

main() {
    if [ $# -gt 1 ]; then
        fail "Usage: ${0##*/} [URL]"
    fi
    check_rust
    install_packages "${BUILD_PACKAGES[@]}"
    say "Building"
    cargo build --lib --example mjpeg-testcam --example mjpeg-report \
        --manifest-path "$root/Cargo.toml"

    export GST_PLUGIN_PATH="$target${GST_PLUGIN_PATH:+:$GST_PLUGIN_PATH}"
    # The user's own list of plugins is not touched. To make ours takes a while, which
    # must not be part of the ten seconds.
    export GST_REGISTRY="$target/gstreamer-registry.bin"
    gst-inspect-1.0 mjpeghttpsrc >/dev/null 2>&1 ||
        fail "GStreamer does not load the plugin in $target"

    local url=${1:-}
    if [ -z "$url" ]; then
        start_test_camera
        url=$camera_url
    fi
    record "$url"
    say "What is in camera.mkv"
    "$target/examples/mjpeg-report" camera.mkv --png camera.png
}

# The version that Cargo.toml asks for: an older cargo would stumble over
# something else first.
check_rust() {
    local needed found
    needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")
    found=$(cargo --version 2>/dev/null | cut -d' ' -f2) || true
    if [ "$(printf '%s\n' "$needed" "$found" | sort -V | head -n 1)" != "$needed" ]; then
        fail "This needs Rust $needed or newer; here is ${found:-none}. Install it from https://rustup.rs"
    fi
}

start_test_camera() {
    say "Starting the test camera"
    # Its output is a file descriptor of ours, so that the first line can be
    # waited for; exec, so that $! is the camera itself.
    exec {camera_output}< <(exec "$target/examples/mjpeg-testcam" --port 0)
    camera=$!
    trap stop_test_camera EXIT
    local line
    read -r line <&"$camera_output" || fail "The test camera did not start"
    echo "$line"
    camera_url=${line#Camera ready: }
}

stop_test_camera() {
    kill "$camera" 2>/dev/null || true
    wait "$camera" 2>/dev/null || true
}

record() {
    say "Recording ten seconds to camera.mkv"
    rm -f camera.mkv camera.png
    echo "gst-launch-1.0 -e mjpeghttpsrc location=URL ! matroskamux ! filesink location=camera.mkv"
    # --foreground: one SIGINT finishes the file, a second would cut it off.
    # Of what gst-launch says only warnings and errors are worth reading.
    LC_ALL=C timeout --foreground --preserve-status --signal=INT --kill-after=10 10 \
        gst-launch-1.0 -e mjpeghttpsrc location="$1" ! matroskamux ! filesink location=camera.mkv 2>&1 |
        sed -n '/^WARNING: /p; /^ERROR: /p' || {
        [ -s camera.mkv ] || rm -f camera.mkv
        fail "The recording failed"
    }
}

say() {
    printf '\n== %s\n' "$1"
}

fail() {
    printf '%s\n' "$1" >&2
    exit 1
}

main "$@"
