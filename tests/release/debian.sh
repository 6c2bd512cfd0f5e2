# Sourced by tests/release.sh: the packages on Debian 11, 12 and 13 without Rust.
# shellcheck shell=bash
# shellcheck disable=SC2154 # tests/release.sh and packaging/sysroot.sh set them

debian() {
    local suite architecture
    install_packages debootstrap
    architecture=$(dpkg --print-architecture)
    for suite in bullseye bookworm trixie; do
        printf '\n== Debian %s\n' "$suite"
        fresh_root "$suite"
        cp dist/*_"$architecture".deb "$root"
        install_in_root
        works_in_root
        rm -rf --one-file-system "$root"
    done
}

# A minimal Debian in $root, from the copy in the user's cache, and $in_root to run there.
fresh_root() {
    local kept=$cache/$1-minimal
    root=$folder/root
    # Without a variable that says where the plugin is.
    in_root=(chroot "$root" env --ignore-environment DEBIAN_FRONTEND=noninteractive
        LANG=C.UTF-8 HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin)
    if [ ! -d "$kept" ]; then
        rm -rf --one-file-system "$kept.new"
        debootstrap --variant=minbase "$1" "$kept.new" "$(mirror)" >"$kept.log" ||
            { tail "$kept.log" >&2; return 1; }
        mv "$kept.new" "$kept"
    fi
    cp --archive "$kept" "$root"
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    # Starts no services.
    printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
}

install_in_root() {
    local packages=("$root"/*.deb)
    "${in_root[@]}" apt-get update -qq
    "${in_root[@]}" apt-get install -qq -y --no-install-recommends gstreamer1.0-tools \
        gstreamer1.0-plugins-good "${packages[@]#"$root"}" >"$folder/apt.log" 2>&1 ||
        { tail "$folder/apt.log" >&2; return 1; }
}

works_in_root() {
    "${in_root[@]}" gst-inspect-1.0 mjpeghttp | grep --extended-regexp 'Filename|Version'

    start_camera "${in_root[@]}" mjpeg-testcam
    echo "Plays"
    play location="$camera" num-buffers=50 ! jpegdec ! fakesink
    echo "Records"
    play location="$camera" num-buffers=50 ! matroskamux ! filesink location=/camera.mkv
    "${in_root[@]}" mjpeg-report /camera.mkv | grep --line-regexp '  pictures    50'
    echo "The programs work by themselves"
    "${in_root[@]}" dpkg --purge gstreamer1.0-mjpeghttp
    "${in_root[@]}" timeout 60 mjpeg-probe --seconds 2 "$camera"
    "${in_root[@]}" timeout 60 mjpeg-snapshot --once "$camera" /picture.jpg
    "${in_root[@]}" sh -c "dpkg --install /gstreamer1.0-mjpeghttp_*.deb"
    stop_camera

    echo "Logs in"
    start_camera "${in_root[@]}" mjpeg-testcam --login me:secret
    play location="$camera" user-id=me user-pw=secret num-buffers=10 ! jpegdec ! fakesink
    if play location="$camera" num-buffers=1 ! fakesink >"$folder/refused" 2>&1; then
        echo "the camera let in who has no login" >&2
        return 1
    fi
    grep "asks for a login" "$folder/refused"
    stop_camera
}

# play PROPERTY… ! ELEMENT…
play() {
    "${in_root[@]}" timeout 60 gst-launch-1.0 -q mjpeghttpsrc "$@"
}
