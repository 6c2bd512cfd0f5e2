#!/usr/bin/env bash
# What is on the disk after a power cut: records to a file system of its own, takes what the
# disk has at one moment, and looks what of the recording is in it. Is root's, and needs loop
# devices.
#
#     tests/power_cut.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh

FPS=10
# Pictures of the last second, and of one more in which the disk was told to keep them.
MOST_LOST=$((2 * FPS))

target=${CARGO_TARGET_DIR:-$PWD/target}
programs=$target/debug/examples
folder=$(mktemp --directory)

main() {
    trap clean_up EXIT
    install_packages "${BUILD_PACKAGES[@]}" e2fsprogs
    cargo build --profile test --example mjpeg-record --example mjpeg-report --example mjpeg-testcam
    truncate --size 100M "$folder/disk"
    mkfs.ext4 -q "$folder/disk"
    mkdir "$folder/mounted" "$folder/after"
    mount -o loop "$folder/disk" "$folder/mounted"
    start_camera
    cat >"$folder/cameras.toml" <<END
folder = "mounted"
segment = 60
reserve = "1 MB"
[[camera]]
name = "door"
location = "$camera"
END
    "$programs/mjpeg-record" "$folder/cameras.toml" >"$folder/log" 2>&1 &
    recorder=$!
    # Ends well before the time when Linux would write by itself: thirty seconds.
    sleep 12
    cp "$folder/disk" "$folder/cut" &
    before=$(pictures "$folder/mounted")
    wait $!
    mount -o loop "$folder/cut" "$folder/after"
    after=$(pictures "$folder/after")
    echo "$before pictures were there, $after are after the cut"
    [ "$before" -gt $((5 * FPS)) ]
    [ "$after" -ge $((before - MOST_LOST)) ]
    # And the recorder goes on with it.
    sed --in-place 's/"mounted"/"after"/' "$folder/cameras.toml"
    "$programs/mjpeg-record" --reindex "$folder/cameras.toml"
    "$programs/mjpeg-record" find door 2026-01-01 now --cameras "$folder/cameras.toml"
}

pictures() {
    local file sum=0 count
    for file in "$1"/door/*.mkv; do
        count=$("$programs/mjpeg-report" "$file" | sed --quiet --regexp-extended 's/^  (frames|pictures) +([0-9]+)$/\2/p')
        sum=$((sum + count))
    done
    echo "$sum"
}

start_camera() {
    local line
    exec {from_camera}< <(exec "$programs/mjpeg-testcam" --port 0 --fps $FPS --size 320x240)
    camera_process=$!
    read -r line <&"$from_camera"
    camera=${line#Camera ready: }
}

clean_up() {
    local name
    [ -z "${recorder-}" ] || { kill "$recorder" && wait "$recorder"; } || true
    [ -z "${camera_process-}" ] || kill "$camera_process"
    for name in after mounted; do
        ! mountpoint --quiet "$folder/$name" || umount "$folder/$name"
    done
    rm -rf --one-file-system "$folder"
}

main "$@"
