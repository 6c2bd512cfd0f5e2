# Sourced by tests/release.sh: the packages for processors that this machine has not got.
# shellcheck shell=bash
# shellcheck disable=SC2154 # tests/release.sh and the scripts of packaging set them

# What of the code neither opens sockets nor needs GStreamer's elements.
PURE=(multipart:: jpeg:: clock:: http:: login::)

foreign() {
    local name
    install_packages debootstrap qemu-user-static
    # The camera is of this machine: QEMU is there for the plugin.
    start_camera "$released/bin/mjpeg-testcam"
    for name in arm64 armhf i386; do
        [ -f "$(echo dist/*-linux-"$name.tar.gz")" ] || continue
        printf '\n== %s\n' "$name"
        set_architecture "$name"
        case $name in
        arm64) emulator=qemu-aarch64-static ;;
        armhf) emulator=qemu-arm-static ;;
        i386) emulator=qemu-i386-static ;;
        esac
        records_all
        passes_pure_tests
    done
    stop_camera
}

records_all() {
    local libraries=$cache/$SUITE-$arch-players unpacked=$folder/$arch
    make_sysroot "$libraries" "$arch" gstreamer1.0-plugins-good gstreamer1.0-tools
    dpkg-deb --extract dist/gstreamer1.0-mjpeghttp_*_"$arch".deb "$unpacked"
    dpkg-deb --extract dist/mjpeghttp-tools_*_"$arch".deb "$unpacked"
    # Asked for its plugins by another program, it would have to be run without QEMU.
    local emulated=(env GST_REGISTRY_FORK=no GST_REGISTRY="$folder/registry-$arch.bin"
        GST_PLUGIN_SYSTEM_PATH="$libraries/usr/lib/$multiarch/gstreamer-1.0"
        GST_PLUGIN_PATH="$unpacked/usr/lib/$multiarch/gstreamer-1.0"
        timeout 120 "$emulator" -L "$libraries")
    "${emulated[@]}" "$libraries/usr/bin/gst-launch-1.0" -q mjpeghttpsrc location="$camera" \
        num-buffers=250 ! matroskamux ! filesink location="$folder/$arch.mkv"
    "$released/bin/mjpeg-report" "$folder/$arch.mkv" | grep --line-regexp '  pictures    250'
    "${emulated[@]}" "$unpacked/usr/bin/mjpeg-probe" --seconds 2 "$camera"
}

# Against the very libraries that the release is linked with.
passes_pure_tests() {
    local variable=CARGO_TARGET_${target//-/_}_RUNNER
    against_sysroot "${variable^^}=$emulator -L $sysroot" \
        cargo test --locked --release --lib --target "$target" -- "${PURE[@]}"
}
