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
# shellcheck source=tests/programs.sh
source tests/programs.sh

FPS=10
# Pictures of the last second, and of one more in which the disk was told to keep them.
MOST_LOST=$((2 * FPS))

folder=$(mktemp --directory)

main() {
    trap clean_up EXIT
    install_packages "${BUILD_PACKAGES[@]}" e2fsprogs ffmpeg
    need_programs mjpeg-record mjpeg-testcam
    truncate --size 100M "$folder/disk"
    mkfs.ext4 -q "$folder/disk"
    mkdir "$folder/mounted" "$folder/after"
    mount -o loop "$folder/disk" "$folder/mounted"
    start_testcam --fps $FPS --size 320x240
    cat >"$folder/cameras.toml" <<END
folder = "mounted"
segment = 60
reserve = "1 MB"
[[camera]]
name = "door"
location = "$testcam_url"
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

# Of all segments in a folder.
pictures() {
    local file sum=0
    for file in "$1"/door/*.mkv; do
        sum=$((sum + $(pictures_in "$file")))
    done
    echo "$sum"
}

clean_up() {
    local name
    [ -z "${recorder-}" ] || { kill "$recorder" && wait "$recorder"; } || true
    stop_testcam
    for name in after mounted; do
        ! mountpoint --quiet "$folder/$name" || umount "$folder/$name"
    done
    rm -rf --one-file-system "$folder"
}

main "$@"
