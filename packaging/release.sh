#!/usr/bin/env bash
# Makes what is released of the commit that is checked out, in the folder dist:
#
#     packaging/release.sh [ARCH…]    of amd64, arm64, armhf and i386; without one, of the first three
#
# For each architecture an archive, two Debian packages and a Python wheel (but for armhf), which run on Debian 11 and
# whatever is younger, and the debug files; a list of components, and SHA256SUMS of all.
# The same commit, Rust and gcc give the same bytes. Needs a Debian with Rust and git,
# installs the rest, and is root's.
set -euo pipefail
umask 022
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source-path=SCRIPTDIR source=../tests/install.sh
source tests/install.sh
# shellcheck source-path=SCRIPTDIR source=../tests/step.sh
source tests/step.sh
# shellcheck source-path=SCRIPTDIR source=sysroot.sh
source packaging/sysroot.sh
# shellcheck source-path=SCRIPTDIR source=build.sh
source packaging/build.sh
# shellcheck source-path=SCRIPTDIR source=symbols.sh
source packaging/symbols.sh
# shellcheck source-path=SCRIPTDIR source=licences.sh
source packaging/licences.sh
# shellcheck source-path=SCRIPTDIR source=stage.sh
source packaging/stage.sh
# shellcheck source-path=SCRIPTDIR source=deb.sh
source packaging/deb.sh
# shellcheck source-path=SCRIPTDIR source=components.sh
source packaging/components.sh

main() {
    local name
    if [ "$(id -u)" -ne 0 ]; then
        echo "Only root can make a folder with another Debian's libraries" >&2
        return 1
    fi
    [ $# -gt 0 ] || set -- "${ARCHITECTURES[@]}"
    dist=$PWD/dist.new
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
    export SOURCE_DATE_EPOCH LC_ALL=C.UTF-8
    rm -rf --one-file-system "$dist"
    mkdir -p "$dist" "$cache"

    for name in "$@"; do
        prepare "$name"
    done
    export_source
    (cd "$source" && cargo fetch --locked)
    (cd "$source" && write_notices) >"$work/notices"
    (cd "$source" && list_components) >"$dist/gst-plugin-mjpeghttp-$(manifest version).cdx.json"
    for name in "$@"; do
        step "$name" release "$name"
    done
    (cd "$dist" && sha256sum -- * >SHA256SUMS)
    rm -rf --one-file-system dist
    mv "$dist" dist
    printf '\n'
    cat dist/SHA256SUMS
}

# Tools and libraries; before any building, so that nothing stops that later.
prepare() {
    set_architecture "$1"
    install_packages debootstrap gcc libc6-dev "$(compiler_package)" git jq pkg-config python3-hatchling \
        xz-utils
    ! command -v rustup >/dev/null || rustup target add "$target"
    make_sysroot "$sysroot" "$arch" "${SYSROOT_PACKAGES[@]}"
}

release() {
    local folder
    set_architecture "$1"
    folder=$work/gst-plugin-mjpeghttp-$(manifest version)-linux-$arch
    build
    stage "$folder"
    pack "$folder" "$dist/${folder##*/}.tar.gz"
    pack "$folder-debug" "$dist/${folder##*/}-debug.tar.gz"
    make_plugin_deb "$folder"
    make_programs_deb "$folder"
    make_wheel "$folder/lib/gstreamer-1.0/libgstmjpeghttp.so"
}

# For the processors that Python's index has a name for.
make_wheel() {
    case $arch in
    amd64) "$source/packaging/wheel.sh" "$1" manylinux_2_31_x86_64 "$dist" ;;
    arm64) "$source/packaging/wheel.sh" "$1" manylinux_2_31_aarch64 "$dist" ;;
    esac
}

main "$@"
