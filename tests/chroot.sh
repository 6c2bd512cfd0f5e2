#!/usr/bin/env bash
# Runs the tests with the GStreamer of another Debian release:
#     tests/chroot.sh SUITE PACKAGE...
# where the packages are what a test run takes. tests/run.sh names them.
#
# The release is put into a folder of the user's cache once. The project and Rust are
# seen from within at their own paths, and so are the crates: nothing is downloaded
# there. All of it is mounted in a namespace of its own, so whatever way this script
# ends, no mount stays behind.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh

main() {
    suite=$1
    shift
    root=${XDG_CACHE_HOME:-$HOME/.cache}/gst-plugin-mjpeghttp/$suite
    cargo_home=${CARGO_HOME:-$HOME/.cargo}
    rustup_home=${RUSTUP_HOME:-$HOME/.rustup}
    outside=${CARGO_TARGET_DIR:-$PWD/target}
    # Libraries of one release are of no use to the linker of another.
    inside=$PWD/target/$suite

    if [ -z "${MJPEGHTTP_NAMESPACE-}" ]; then
        refuse_without_root
        install_packages debootstrap
        cargo fetch --locked --quiet
        # The plugin of this machine, which has to work in there as it is.
        cargo build --locked
        MJPEGHTTP_NAMESPACE=$suite exec unshare --mount "${BASH_SOURCE[0]}" "$suite" "$@"
    fi
    [ -d "$root" ] || bootstrap
    mount_all
    # That of Debian 12 cannot read Cargo.toml.
    within "Packages" install_packages "$@" cargo-c
    within "GStreamer" gst-inspect-1.0 --version
    within "Tests" env G_DEBUG=fatal_warnings cargo test --locked --offline --no-fail-fast
    within "The plugin as built outside" play_with "$outside/debug/libgstmjpeghttp.so" \
        "$inside/debug/examples/mjpeg-testcam"
    within "Installing" env CARGO_NET_OFFLINE=true tests/packages.sh cinstall
}

refuse_without_root() {
    [ "$(id -u)" -eq 0 ] && return
    echo "Only root can put another Debian into a folder and mount into it:" >&2
    echo "    sudo --preserve-env=HOME,PATH tests/run.sh --gstreamer=$suite" >&2
    exit 1
}

# A folder of this name is complete: it gets the name last.
bootstrap() {
    rm -rf --one-file-system "$root.new"
    mkdir -p "$root.new"
    printf '\n== Debian %s in %s\n' "$suite" "$root"
    debootstrap --variant=minbase "$suite" "$root.new" "$(mirror)" >"$root.log" ||
        { tail "$root.log" >&2; return 1; }
    mv "$root.new" "$root"
}

mount_all() {
    local path
    # Who mounts something within needs a root folder that is a mount itself.
    mount --rbind "$root" "$root"
    for path in /proc /sys /dev /etc/resolv.conf "$PWD" "$cargo_home" "$rustup_home" "$outside"; do
        if [ -d "$path" ]; then mkdir -p "$root$path"; else touch "$root$path"; fi
        mount --rbind "$path" "$root$path"
    done
    mkdir -p "$inside"
}

# play_with PLUGIN CAMERA: both are files.
play_with() {
    local folder camera line url
    folder=$(mktemp --directory)
    # GStreamer opens every library it finds.
    cp "$1" "$folder"
    export GST_PLUGIN_PATH=$folder GST_REGISTRY=$folder/registry.bin
    gst-inspect-1.0 mjpeghttpsrc | grep --extended-regexp 'Filename|Version'
    exec {camera}< <(exec "$2" --port 0)
    # shellcheck disable=SC2064 # $! is now this one
    trap "kill $!" EXIT
    read -r line <&"$camera"
    url=${line#Camera ready: }
    timeout 60 gst-launch-1.0 mjpeghttpsrc location="$url" num-buffers=50 ! jpegdec ! fakesink
}

# within NAME COMMAND ARGUMENT...: in the project's folder. The functions above are
# commands there too.
within() {
    local name=$1
    shift
    printf '\n== %s (%s)\n' "$name" "$suite"
    chroot "$root" env --ignore-environment HOME="$HOME" LANG=C.UTF-8 \
        PATH="$cargo_home/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin" \
        CARGO_HOME="$cargo_home" RUSTUP_HOME="$rustup_home" CARGO_TARGET_DIR="$inside" \
        GST_REGISTRY="$inside/gstreamer-registry.bin" \
        bash -euo pipefail -c "$(declare -f); cd \"\$0\"; \"\$@\"" "$PWD" "$@"
}

main "$@"
