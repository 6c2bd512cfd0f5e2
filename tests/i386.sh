#!/usr/bin/env bash
# Runs the tests of the pure parts as a 32-bit program: sizes and times that only fit into
# 64 bits are found that way. Debian's i386 libraries are put into a folder of the user's
# cache once and only linked against and loaded; a processor or a kernel without 32 bits
# will do, as QEMU runs the tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh

suite=bookworm
root=${XDG_CACHE_HOME:-$HOME/.cache}/gst-plugin-mjpeghttp/i386
target=i686-unknown-linux-gnu
libraries=usr/lib/i386-linux-gnu

# A folder of this name is complete: it gets the name last.
prepare() {
    local package packages=libgstreamer1.0-dev,libgstreamer-plugins-base1.0-dev
    rm -rf "$root.new"
    mkdir -p "$root.new"
    # Without the second stage, which would run programs of that architecture.
    debootstrap --arch=i386 --foreign --variant=minbase --include="$packages" \
        "$suite" "$root.new" >"$root.log" || { tail "$root.log" >&2; return 1; }
    for package in "$root.new"/var/cache/apt/archives/*.deb; do
        dpkg-deb --extract "$package" "$root.new"
    done
    mv "$root.new" "$root"
}

install_packages debootstrap gcc-i686-linux-gnu libc6-dev-i386-cross pkg-config qemu-user
rustup target add "$target"
[ -d "$root" ] || prepare

export CC_i686_unknown_linux_gnu=i686-linux-gnu-gcc
export CARGO_TARGET_I686_UNKNOWN_LINUX_GNU_LINKER=i686-linux-gnu-gcc
export CARGO_TARGET_I686_UNKNOWN_LINUX_GNU_RUNNER="qemu-i386 -L $root"
export RUSTFLAGS="-C link-arg=--sysroot=$root -L native=$root/$libraries -C link-arg=-Wl,-rpath-link=$root/$libraries \
    -C link-arg=-Wl,-rpath-link=$root/lib/i386-linux-gnu"
# QEMU makes up for what the tests' profile saves.
export CARGO_PROFILE_DEV_OPT_LEVEL=2
export PKG_CONFIG_ALLOW_CROSS=1 PKG_CONFIG_SYSROOT_DIR=$root
export PKG_CONFIG_LIBDIR=$root/$libraries/pkgconfig:$root/usr/share/pkgconfig

# What needs GStreamer's registry or a socket is tested on this machine's own architecture.
cargo test --target "$target" --lib -- \
    multipart:: jpeg:: clock:: quirk:: session:: http:: login:: client:: net::resolver error::
cargo test --target "$target" --test it -- \
    multipart:: http::repair clock::simulation session::phases --skip the_element
