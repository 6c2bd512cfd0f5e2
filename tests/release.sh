#!/usr/bin/env bash
# Proves of a release that it runs where it says so:
#
#     tests/release.sh [PART…]    of contents, debian, foreign and twice; without one all
#
# contents: that nothing of this machine is in it, and that the packages keep Debian's rules;
# debian: that the packages can be installed and work on each Debian that has them;
# foreign: that the plugin records and the pure parts' tests pass on the other processors,
# for which QEMU stands in; twice: that another folder gives the same bytes.
# Makes the release first, installs what it needs, and is root's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh
# shellcheck source=packaging/sysroot.sh
source packaging/sysroot.sh
# shellcheck source=packaging/build.sh
source packaging/build.sh
# shellcheck source=packaging/symbols.sh
source packaging/symbols.sh
# shellcheck source=tests/release/debian.sh
source tests/release/debian.sh
# shellcheck source=tests/release/foreign.sh
source tests/release/foreign.sh

main() {
    local part
    [ $# -gt 0 ] || set -- contents debian foreign twice
    folder=$(mktemp --directory)
    trap clean_up EXIT
    install_packages "${BUILD_PACKAGES[@]}"
    mkdir -p "$cache"
    packaging/release.sh
    (cd dist && sha256sum --check --quiet SHA256SUMS)
    tar --extract --file dist/*-linux-amd64.tar.gz --directory "$folder"
    released=$(echo "$folder"/gst-plugin-mjpeghttp-*)
    for part in "$@"; do
        printf '\n== %s\n' "$part"
        "$part"
    done
}

contents() {
    local file options=(--fail-on "error,warning")
    mkdir "$folder/contents"
    for file in dist/*.deb; do
        dpkg-deb --extract "$file" "$folder/contents/${file##*/}"
    done
    for file in dist/*.tar.gz; do
        mkdir "$folder/contents/${file##*/}"
        tar --extract --file "$file" --directory "$folder/contents/${file##*/}"
    done
    if grep --recursive --fixed-strings --files-with-matches \
        --regexp="$PWD" --regexp="${CARGO_HOME:-$HOME/.cargo}" --regexp="$cache" "$folder/contents"; then
        echo "These name folders of this machine" >&2
        return 1
    fi
    install_packages lintian
    # Until there are manual pages.
    [ -d packaging/man ] || options+=(--suppress-tags no-manual-page)
    lintian --allow-root "${options[@]}" dist/*.deb
    refuses_what_is_young
}

# The release refuses symbols that are too young; here some are.
refuses_what_is_young() {
    local plugin=$released/lib/gstreamer-1.0/libgstmjpeghttp.so
    set_architecture amd64
    if (OLDEST_GLIBC=2.17 refuse_younger_symbols "$plugin") ||
        (OLDEST_GLIB=2.30 refuse_younger_symbols "$plugin") ||
        (OLDEST_GSTREAMER=1.0 refuse_younger_symbols "$plugin"); then
        echo "what is too young was not found" >&2
        return 1
    fi
}

# Only what comes out of both is compared, as a second build of all takes long.
twice() {
    local elsewhere=$folder/elsewhere/gst-plugin-mjpeghttp
    git clone --quiet . "$elsewhere"
    (cd "$elsewhere" && env --unset=CARGO_TARGET_DIR packaging/release.sh amd64)
    diff <(grep --file=<(cut --delimiter=' ' --fields=3 "$elsewhere/dist/SHA256SUMS") dist/SHA256SUMS) \
        "$elsewhere/dist/SHA256SUMS"
}

# start_camera COMMAND ARGUMENT…: of a test camera, whose address is $camera then.
start_camera() {
    local line
    exec {from_camera}< <(exec "$@" --port 0)
    camera_process=$!
    read -r line <&"$from_camera"
    camera=${line#Camera ready: }
}

stop_camera() {
    kill "$camera_process"
    camera_process=
}

clean_up() {
    [ -z "${camera_process-}" ] || kill "$camera_process"
    rm -rf --one-file-system "$folder"
}

main "$@"
