#!/usr/bin/env bash
# The page of mjpeg-relay in Chromium and Firefox, and that of mjpeg-record in Chromium, from
# Debian. Leaves what they showed in Cargo's folder, below browser.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh

target=${CARGO_TARGET_DIR:-$PWD/target}

install_packages "${BUILD_PACKAGES[@]}" chromium chromium-driver firefox-esr fonts-dejavu-core \
    fonts-noto-color-emoji fonts-noto-cjk jq python3-pil
cargo build --locked --example mjpeg-testcam --example mjpeg-relay
mkdir -p "$target/browser"
rm -f "$target/browser"/*.png
/usr/bin/python3 -B tests/browser/relay.py "$target/debug/examples" "$target/browser"
tests=$(cargo test --locked --no-run --test it --message-format json |
    jq --raw-output 'select(.target.name == "it" and .executable) | .executable')
/usr/bin/python3 -B tests/browser/recorder.py "$tests" "$target/browser"
