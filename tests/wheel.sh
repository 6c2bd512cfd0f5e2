#!/usr/bin/env bash
# Builds the Python wheel, and tests it in a fresh environment:
#     tests/wheel.sh [SUITE…]
# and then in the Python of these Debian releases too, as root: trixie, for one.
#
# PLUGIN and TESTCAM name a plugin and a mjpeg-testcam that are there already; without
# them they are built. What is built here runs in this release of Debian and in newer ones:
# for bullseye both have to come from packaging/release.sh.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh
# shellcheck source=tests/step.sh
source tests/step.sh

target=${CARGO_TARGET_DIR:-$PWD/target}
folder=$(mktemp --directory)
platform=linux_$(uname -m)

main() {
    trap 'rm -rf "$folder"' EXIT
    # python3-gst-1.0 is not needed, but seen to do no harm.
    install_packages "${BUILD_PACKAGES[@]}" binutils gir1.2-gstreamer-1.0 python3-gi \
        python3-gst-1.0 python3-hatchling python3-numpy python3-venv
    build_plugin
    step "Wheel" build_twice
    step "Environment" prepare
    step "Tests" run_tests
    step "Tests without gst-python" run_tests --without-gst-python
    step "Types" check_types
    local suite
    for suite in "$@"; do
        step "Debian $suite" tests/wheel_chroot.sh "$suite" "$wheel" "$TESTCAM"
    done
}

build_plugin() {
    if [ -z "${PLUGIN-}" ] || [ -z "${TESTCAM-}" ]; then
        cargo build --locked --lib --example mjpeg-testcam
    fi
    if [ -z "${PLUGIN-}" ]; then
        # The lines of the source are most of it.
        PLUGIN=$folder/libgstmjpeghttp.so
        strip --strip-debug -o "$PLUGIN" "$target/debug/libgstmjpeghttp.so"
    fi
    TESTCAM=$(realpath "${TESTCAM:-$target/debug/examples/mjpeg-testcam}")
    export TESTCAM
}

# The same bytes, whatever the time, and however the user wants new files to be.
build_twice() {
    packaging/wheel.sh "$PLUGIN" "$platform" "$folder/one"
    (umask 077 && packaging/wheel.sh "$PLUGIN" "$platform" "$folder/two" >/dev/null)
    wheel=$(echo "$folder"/one/mjpeghttpsrc-*-py3-none-"$platform".whl)
    cmp "$wheel" "$folder/two/${wheel##*/}"
    sha256sum "$wheel"
}

# GStreamer and numpy come from the system. Nothing is fetched.
prepare() {
    /usr/bin/python3 -m venv --system-site-packages "$folder/venv"
    "$folder/venv/bin/pip" install --quiet --no-index "$wheel"
}

run_tests() {
    "$folder/venv/bin/python" -B packaging/python/tests/run.py "$@"
}

# Debian's mypy is too old for the newest numpy.
check_types() {
    /usr/bin/python3 -m venv "$folder/checker"
    "$folder/checker/bin/pip" install --quiet mypy
    local mypy=("$folder/checker/bin/mypy" --python-executable "$folder/venv/bin/python"
        --config-file "$PWD/packaging/python/pyproject.toml" --cache-dir "$folder/cache")
    (cd "$folder" && "${mypy[@]}" --package mjpeghttpsrc)
    (cd packaging/python/tests && "${mypy[@]}" ./*.py)
}

main "$@"
