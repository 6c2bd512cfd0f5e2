#!/usr/bin/env bash
# `on-segment` with rclone, to a remote that is away for a while: each segment gets there whole
# and leaves this machine, and none is lost.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh
# shellcheck source=tests/programs.sh
source tests/programs.sh

CAMERAS=3
PATIENCE=120

folder=$(mktemp --directory)

main() {
    trap clean_up EXIT
    install_packages "${BUILD_PACKAGES[@]}" rclone ffmpeg procps python3
    need_programs mjpeg-record mjpeg-testcam
    start_testcam --fps 5
    port=$(free_port)
    printf '[remote]\ntype = webdav\nurl = http://127.0.0.1:%d\nvendor = other\n' "$port" >"$folder/rclone.conf"
    write_cameras
    start_remote
    start_recorder

    until_so "segments are there" arrived 6
    stop_remote
    until_so "the recorder says that the remote is away" says "on-segment: "
    until_so "segments wait" waiting 6
    echo "the remote is away: $(here) segments are here"
    local before
    before=$(there)
    start_remote
    until_so "those that waited are there" arrived $((before + 6))

    stop_recorder
    # At its end it waits for no command; what is left goes with the next start, as soon as it
    # begins to record.
    cp "$folder/log" "$folder/log.first"
    start_recorder
    until_so "the last segments of before are there" arrived_from_before
    stop_recorder
    everything_is_there
}

write_cameras() {
    local number
    printf 'folder = "recordings"\nsegment = 2\non-segment = "rclone --config %s move {file} remote:cameras/{camera}/"\n' \
        "$folder/rclone.conf" >"$folder/cameras.toml"
    for ((number = 1; number <= CAMERAS; number++)); do
        printf '[[camera]]\nname = "camera-%d"\nlocation = "%s"\n' "$number" "$testcam_url"
    done >>"$folder/cameras.toml"
}

start_recorder() {
    "$programs/mjpeg-record" "$folder/cameras.toml" >"$folder/log" 2>&1 &
    recorder=$!
}

# Also until the rclone ends that it leaves behind.
stop_recorder() {
    kill -INT "$recorder"
    wait "$recorder"
    recorder=
    until_so "rclone has ended" no_rclone
}

no_rclone() { ! pgrep --full -- "--config $folder/rclone.conf" >/dev/null; }

start_remote() {
    mkdir -p "$folder/remote"
    rclone serve webdav "$folder/remote" --addr "127.0.0.1:$port" >>"$folder/remote.log" 2>&1 &
    remote=$!
}

stop_remote() {
    kill "$remote"
    wait "$remote" || true
    remote=
}

there() { find "$folder/remote" -name '*.mkv' | wc --lines; }
here() { find "$folder/recordings" -name '*.mkv' | wc --lines; }
arrived() { [ "$(there)" -ge "$1" ]; }
waiting() { [ "$(here)" -ge $((CAMERAS + $1)) ]; }
says() { grep --quiet --fixed-strings "$1" "$folder/log"; }

# Those that the first recorder had written to its end.
arrived_from_before() {
    local name
    for name in $(written_by "$folder/log.first"); do
        find "$folder/remote" -name "$name" | grep --quiet . || return
    done
}

written_by() {
    sed --quiet 's/^camera-[0-9]*: finished \(.*\.mkv\)$/\1/p' "$1"
}

# Each picture that was recorded is there, or still here in a segment that waits for its turn;
# none is at both places or at neither.
everything_is_there() {
    local number camera recorded file counted sum=0 remote=0
    for ((number = 1; number <= CAMERAS; number++)); do
        camera=camera-$number
        recorded=$(sed --quiet "s/^$camera: .* came, \([0-9]*\) are recorded, .*/\1/p" "$folder"/log{.first,} |
            paste --serial --delimiters=+)
        counted=0
        for file in "$folder/remote/cameras/$camera"/*.mkv "$folder/recordings/$camera"/*.mkv; do
            [ -e "$file" ] || continue
            counted=$((counted + $(pictures_in "$file")))
        done
        for file in "$folder/recordings/$camera"/*.mkv; do
            if [ -e "$file" ] && [ -e "$folder/remote/cameras/$camera/${file##*/}" ]; then
                echo "$file is at both places" >&2
                return 1
            fi
        done
        if [ "$counted" -ne $((recorded)) ]; then
            echo "$camera: $counted pictures in the files, $((recorded)) were recorded" >&2
            return 1
        fi
        sum=$((sum + counted))
    done
    remote=$(there)
    echo "$remote segments are at the remote, $(here) of the end are here; no picture of $sum is missing"
}

clean_up() {
    [ -z "${recorder-}" ] || kill "$recorder" || true
    [ -z "${remote-}" ] || kill "$remote" || true
    stop_testcam
    rm -rf --one-file-system "$folder"
}

main
