#!/usr/bin/env bash
# Makes every package of the plugin, installs it where it can do no harm, and takes
# pictures with it from a camera. Installs the tools that it takes.
#     tests/packages.sh [archive] [static] [cinstall] [deb]
# Without a name all of them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh
# shellcheck source=packaging/sysroot.sh
source packaging/sysroot.sh
# shellcheck source=packaging/build.sh
source packaging/build.sh
# shellcheck source=packaging/licences.sh
source packaging/licences.sh
# shellcheck source=packaging/symbols.sh
source packaging/symbols.sh
# shellcheck source=packaging/stage.sh
source packaging/stage.sh
# shellcheck source=packaging/deb.sh
source packaging/deb.sh

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
multiarch=$(gcc -dumpmachine)
export CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-$PWD/target}
folder=$(mktemp --directory)
export GST_REGISTRY=$folder/registry.bin

main() {
    trap clean_up EXIT
    cargo build --locked --quiet --example mjpeg-testcam
    start_camera
    local package
    [ $# -gt 0 ] || set -- archive static cinstall deb
    for package in "$@"; do
        printf '\n== %s\n' "$package"
        "$package"
    done
}

# What the package registry would get, built from nothing but itself.
archive() {
    cargo package --locked --allow-dirty --no-verify --quiet
    tar --extract --file "$CARGO_TARGET_DIR/package/gst-plugin-mjpeghttp-$version.crate" \
        --directory "$folder"
    local source=$folder/gst-plugin-mjpeghttp-$version
    ls "$source"/LICENSE-{MIT,APACHE} "$source"/{README,CHANGELOG}.md
    (cd "$source" && cargo build --locked)
    mkdir "$folder/archive"
    cp "$CARGO_TARGET_DIR/debug/libgstmjpeghttp.so" "$folder/archive"
    GST_PLUGIN_PATH=$folder/archive is_released
    GST_PLUGIN_PATH=$folder/archive takes_pictures
}

# A library for programs that bring their plugins along.
static() {
    cargo rustc --locked --lib --features static --crate-type staticlib
    # shellcheck disable=SC2046 # it prints several words
    cc -o "$folder/static" tests/packages/static.c "$CARGO_TARGET_DIR/debug/libgstmjpeghttp.a" \
        $(pkg-config --cflags --libs gstreamer-base-1.0 gio-2.0) -lm
    # The element cannot come from anywhere else.
    if gst-inspect-1.0 --exists mjpeghttpsrc; then
        echo "this machine has the plugin installed" >&2
        return 1
    fi
    "$folder/static" "mjpeghttpsrc location=$camera num-buffers=10 ! jpegdec ! fakesink"
}

# As distributions install plugins in Rust.
cinstall() {
    command -v cargo-cinstall >/dev/null || cargo install --locked --quiet cargo-c
    local library=$folder/cinstall/usr/lib/$multiarch
    cargo cinstall --locked --prefix=/usr --libdir="lib/$multiarch" --destdir="$folder/cinstall"
    ls "$library"/gstreamer-1.0/libgstmjpeghttp.so "$library"/pkgconfig/gstmjpeghttp.pc
    PKG_CONFIG_PATH=$library/pkgconfig pkg-config --exists --print-errors gstmjpeghttp
    GST_PLUGIN_PATH=$library/gstreamer-1.0 gst-inspect-1.0 mjpeghttp | grep "Filename .*$library/"
    GST_PLUGIN_PATH=$library/gstreamer-1.0 takes_pictures
}

# From the package to a picture on a Debian that has nothing else.
deb() {
    # Both write a line for each crate that is linked into the plugin or the programs.
    diff <(crates_with_licence) <(crates_with_copyright)
    install_packages binutils lintian debootstrap
    make_deb
    lintian --allow-root --fail-on error,warning "$dist"/*.deb
    if [ "$(id -u)" -ne 0 ]; then
        echo "Not installed: only root can put a Debian into a folder"
        return
    fi
    local codename root=$folder/root
    codename=$(sed -n 's/^VERSION_CODENAME=//p' /etc/os-release)
    debootstrap --variant=minbase "$codename" "$root" >"$folder/debootstrap.log" ||
        { tail "$folder/debootstrap.log" >&2; return 1; }
    cp "$dist"/*.deb "$root/plugin.deb"
    # Starts no services.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    within "$root" apt-get install -qq -y --no-install-recommends /plugin.deb \
        gstreamer1.0-tools gstreamer1.0-plugins-good >"$folder/apt.log"
    takes_pictures within "$root"
    within "$root" dpkg --purge gstreamer1.0-mjpeghttp
    if within "$root" gst-inspect-1.0 --exists mjpeghttpsrc; then
        echo "the plugin is there without its package" >&2
        return 1
    fi
}

# As a release makes it, but of this machine's libraries. The library alone needs nothing of
# what the programs bring along.
make_deb() {
    set_architecture "$(dpkg --print-architecture)"
    source=$PWD work=$folder dist=$folder/dist built=$CARGO_TARGET_DIR/release
    cargo build --locked --release --lib
    mkdir "$dist"
    (write_notices) >"$work/notices"
    stage_plugin "$work/stage"
    make_plugin_deb "$work/stage"
}

# Each with its licence, in the words of the format for Debian's copyright files. Of a
# choice of licences, it is MIT and Apache-2.0 where both are in it, else MIT.
crates_with_licence() {
    linked_crates | sed --regexp-extended '
            s/ [^|]*//
            s#MIT/Apache-2.0$#MIT OR Apache-2.0#
            s/\|(.* )?Apache-2.0 OR (ISC OR )?MIT$/|MIT or Apache-2.0/
            s/MIT OR Apache-2.0$/MIT or Apache-2.0/
            s/\|Apache-2.0 OR BSL-1.0$/|Apache-2.0/
            s/Unlicense OR MIT$/MIT/
            s/ AND / and /' | sort --unique
}

crates_with_copyright() {
    awk -v RS= '$1 == "Files:" {
        licence = substr($0, index($0, "License: ") + 9)
        for (i = 2; i <= NF; i++)
            if (split($i, path, "/") == 3 && path[1] == "vendor")
                print path[2] "|" licence
    }' packaging/copyright | sort --unique
}

within() {
    local root=$1
    shift
    chroot "$root" env --ignore-environment DEBIAN_FRONTEND=noninteractive LANG=C.UTF-8 \
        HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# takes_pictures [within ROOT]
takes_pictures() {
    "$@" timeout 60 gst-launch-1.0 -q mjpeghttpsrc location="$camera" num-buffers=10 ! jpegdec ! fakesink
}

# Without git around it the plugin says what Cargo.toml says.
is_released() {
    local about date
    about=$(gst-inspect-1.0 mjpeghttp)
    date=$(sed -n 's/^release_date = "\(.*\)"/\1/p' Cargo.toml)
    grep "Version .*$version-RELEASE" <<<"$about"
    grep "Source release date .*$date" <<<"$about"
}

start_camera() {
    local line
    exec {from_camera}< <(exec "$CARGO_TARGET_DIR/debug/examples/mjpeg-testcam" --port 0)
    camera_process=$!
    read -r line <&"$from_camera"
    camera=${line#Camera ready: }
}

clean_up() {
    [ -z "${camera_process-}" ] || kill "$camera_process"
    rm -rf --one-file-system "$folder"
}

main "$@"
