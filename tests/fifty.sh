#!/usr/bin/env bash
# Records fifty cameras, ten of them with faults, and says what that costs and what is lost:
# with mjpeg-record, and shorter with FFmpeg and motion. 10 pictures a second of 30 KB each.
#
#     tests/fifty.sh [SECONDS]    1800 for mjpeg-record, a tenth of it for each of the others
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh
# shellcheck source=tests/many/cameras.sh
source tests/many/cameras.sh

CAMERAS=50
FPS=10
# Every fifth has faults.
FAULTY=5

seconds=${1:-1800}
target=${CARGO_TARGET_DIR:-$PWD/target}
folder=$(mktemp --directory)

main() {
    trap clean_up EXIT
    install_packages "${BUILD_PACKAGES[@]}" ffmpeg motion python3
    cargo build --release --example mjpeg-record
    make_pictures
    printf '%-13s %8s %8s %9s %10s\n' "" seconds "CPU %" "RSS MB" "written/s"
    measured mjpeg-record "$seconds" start_recorder
    account
    measured ffmpeg $((seconds / 10)) start_ffmpeg
    measured motion $((seconds / 10)) start_motion
}

# Noise, so that they are of the size that is wanted: 30 KB within a few percent.
make_pictures() {
    ffmpeg -loglevel error -f lavfi -i "testsrc2=size=640x480:rate=10,noise=alls=12:allf=t" \
        -frames:v 50 -q:v 7 "$folder/%02d.jpg"
}

# measured NAME SECONDS START: with cameras of its own.
measured() {
    local name=$1 time=$2 before after
    mkdir -p "$folder/$name"
    start_cameras $CAMERAS $FPS $FAULTY "$folder"/*.jpg
    "$3" "$folder/$name"
    # All are connected then, and nothing of the start is measured.
    sleep 10
    before=$(used)
    sleep "$time"
    after=$(used)
    printf '%-13s %8d %s\n' "$name" "$time" "$(awk -v t="$time" -v hz="$(getconf CLK_TCK)" '
        NR == 1 { cpu = $1; written = $2 }
        NR == 2 { printf "%8.1f %9.0f %7.1f MB", ($1 - cpu) / hz / t * 100, $3 / 1024, ($2 - written) / t / 1e6 }
        ' <<<"$before"$'\n'"$after")"
    echo "$(running) of ${#recorders[@]} processes run still"
    kill -INT "${recorders[@]}" 2>/dev/null || true
    wait "${recorders[@]}" 2>/dev/null || true
    recorders=()
    stop_cameras
}

running() {
    local process count=0
    for process in "${recorders[@]}"; do
        [ ! -d "/proc/$process" ] || count=$((count + 1))
    done
    echo "$count"
}

# Of all processes that record: ticks of processor time, bytes written, KiB in memory.
used() {
    local process
    for process in "${recorders[@]}"; do
        # Some end with a fault.
        [ -d "/proc/$process" ] || continue
        awk '{ sub(/.*\) /, ""); print $12 + $13 }' "/proc/$process/stat"
        awk '/^wchar/ { print $2 }' "/proc/$process/io"
        awk '/^VmRSS/ { print $2 }' "/proc/$process/status"
    done | paste - - - | awk '{ cpu += $1; written += $2; memory += $3 } END { print cpu, written, memory }'
}

start_recorder() {
    local number
    {
        printf 'folder = "recordings"\nsegment = 60\nquota = "3 GB"\n'
        for ((number = 0; number < CAMERAS; number++)); do
            printf '[[camera]]\nname = "%d"\nlocation = "http://%s/%d"\ntimeout = 2\n' \
                "$number" "$cameras_at" "$number"
        done
    } >"$1/cameras.toml"
    "$target/release/examples/mjpeg-record" "$1/cameras.toml" >"$1/log" 2>&1 &
    recorders=($!)
}

start_ffmpeg() {
    local number
    recorders=()
    for ((number = 0; number < CAMERAS; number++)); do
        mkdir -p "$1/$number"
        # Without -reconnect it ends with the first fault.
        ffmpeg -nostdin -loglevel error -reconnect 1 -reconnect_streamed 1 -reconnect_delay_max 2 \
            -f mpjpeg -i "http://$cameras_at/$number" -c copy -f segment -segment_time 60 \
            -segment_atclocktime 1 "$1/$number/%05d.mkv" >"$1/$number.log" 2>&1 &
        recorders+=($!)
    done
}

# It decodes each picture and encodes its films anew.
start_motion() {
    local number
    {
        printf 'daemon off\nlog_level 3\nmovie_output on\npicture_output off\nwebcontrol_port 0\n'
        for ((number = 0; number < CAMERAS; number++)); do
            printf 'camera %s/%d.conf\n' "$1" "$number"
            printf 'camera_id %d\nnetcam_url mjpeg://%s/%d\ntarget_dir %s/%d\nframerate %d\nwidth 640\nheight 480\nemulate_motion on\n' \
                $((number + 1)) "$cameras_at" "$number" "$1" "$number" "$FPS" >"$1/$number.conf"
        done
    } >"$1/motion.conf"
    motion -c "$1/motion.conf" >"$1/log" 2>&1 &
    recorders=($!)
}

# Each picture that a camera sent whole is recorded, or lost with a cause. Those on their way
# at the end did not come any more.
account() {
    local log=$folder/mjpeg-record/log number sent came recorded lost wrong=0
    while read -r number sent _; do
        read -r came recorded lost < <(sed --quiet \
            "s/^$number: \([0-9]*\) pictures came, \([0-9]*\) are recorded, \([0-9]*\) are lost\$/\1 \2 \3/p" "$log")
        if [ "$came" -ne $((recorded + lost)) ] || [ $((sent - came)) -gt 5 ]; then
            echo "camera $number sent $sent; came $came, recorded $recorded, lost $lost" >&2
            wrong=1
        fi
    done <"$folder/sent"
    awk '/ pictures came, / { came += $2; recorded += $5; lost += $8 }
        END { printf "%d pictures came, %d are recorded, %d are lost\n", came, recorded, lost }' "$log"
    awk '{ sent += $2 } END { printf "%d were sent whole\n", sent }' "$folder/sent"
    return "$wrong"
}

clean_up() {
    [ -z "${recorders[*]-}" ] || kill -KILL "${recorders[@]}" 2>/dev/null || true
    stop_cameras
    rm -rf --one-file-system "$folder"
}

recorders=()
main "$@"
