#!/usr/bin/env bash
# Everything that has to pass before a change is good. Needs Rust and git, and
# installs the rest on Debian.
#
#     tests/run.sh                      with this machine's GStreamer
#     tests/run.sh --gstreamer=trixie   the tests alone, with that of Debian trixie
#
# The latter has to be root's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh
# shellcheck source=tests/step.sh
source tests/step.sh

# Beside what the build takes: the cameras, players and screens of the tests.
# gstreamer1.0-gl is what autovideosink shows a picture with where the screen
# has no video overlay, gstreamer1.0-plugins-bad has jpegparse. Without
# ca-certificates GIO's TLS warns, which ends a test.
TEST_PACKAGES=(
    apache2-bin
    ca-certificates
    caddy
    ffmpeg
    fish
    gir1.2-gst-rtsp-server-1.0
    gir1.2-gstreamer-1.0
    glib-networking
    gstreamer1.0-gl
    gstreamer1.0-plugins-bad
    gstreamer1.0-plugins-base-apps
    gstreamer1.0-plugins-ugly
    help2man
    imagemagick
    iproute2
    lighttpd
    microsocks
    motion
    nftables
    nginx
    openssl
    prometheus
    python3-gi
    python3-gst-1.0
    python3-numpy
    python3-opencv
    shellcheck
    socat
    squid
    tinyproxy
    ustreamer
    vlc-bin
    vlc-plugin-base
    xvfb
)

case $* in
"") ;;
--gstreamer=*) exec tests/chroot.sh "${1#*=}" "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}" ;;
*)
    sed -n 's/^#     //p' "$0" >&2
    exit 2
    ;;
esac

lint_scripts() {
    local scripts
    mapfile -t scripts < <(git ls-files '*.sh' .ci/run)
    shellcheck --external-sources "${scripts[@]}"
}

# What GStreamer knows of this machine's plugins stays in Cargo's folder, so
# that the user's own list of plugins is not touched.
target=${CARGO_TARGET_DIR:-$PWD/target}
mkdir -p "$target"
export GST_REGISTRY=$target/gstreamer-registry.bin

step "Packages" install_packages "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
step "Format" cargo fmt --check
step "Shell scripts" lint_scripts
step "Lints" cargo clippy --all-targets -- -D warnings
# With the examples Cargo selects the features that the lints have compiled already.
step "Documentation" env RUSTDOCFLAGS="-D warnings" \
    cargo doc --no-deps --document-private-items --lib --examples
# Most tests wait most of the time.
export RUST_TEST_THREADS=$(($(nproc) + 2))
step "Tests" env G_DEBUG=fatal_warnings cargo test
step "Manual pages" packaging/man.sh --check "$target/debug/examples"
