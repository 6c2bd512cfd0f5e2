#!/usr/bin/env bash
# examples/mjpeg-record/recorder.sbatch, run by a Slurm of its own with two nodes, both on this
# machine: all cameras are recorded once, a node that fails takes none along, and what is
# cancelled leaves complete segments.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh
# shellcheck source=tests/programs.sh
source tests/programs.sh
# shellcheck source=tests/slurm/cluster.sh
source tests/slurm/cluster.sh

CAMERAS=10
SHARES=5
# Seconds for each thing that is waited for.
PATIENCE=120

folder=$(mktemp --directory)

main() {
    trap clean_up EXIT
    install_packages "${BUILD_PACKAGES[@]}" slurm-wlm munge ffmpeg procps
    need_programs mjpeg-record mjpeg-testcam
    start_testcam --fps 5
    write_cameras
    start_cluster one two

    cd "$folder"
    PATH=$programs:$PATH sbatch --array=1-5 --output="$folder/share-%a.log" \
        "$OLDPWD/examples/mjpeg-record/recorder.sbatch" cameras.toml
    until_so "all shares run" all_run
    until_so "all cameras are recorded" all_grow
    [ -n "$(tasks_on one)" ] && [ -n "$(tasks_on two)" ]
    each_camera_has_one_share
    echo "$CAMERAS cameras are recorded once: node one has the shares $(tasks_on one), two has $(tasks_on two)"

    local moved failed
    moved=$(tasks_on one)
    lose_node one
    scontrol update nodename=one state=down reason="nobody hears of it"
    until_so "the shares of node one are on node two" all_run
    [ -z "$(tasks_on one)" ]
    # shellcheck disable=SC2086 # numbers
    until_so "they wait for the recorders that are left on node one" wait_for_lock $moved
    [ "$(recorders)" -eq $SHARES ]
    failed=$(date --utc +%FT%T)
    kill_all_on one
    # shellcheck disable=SC2086 # numbers
    until_so "they record in the folders that they had" began_after "$failed" $moved
    each_camera_has_one_share
    echo "node one was lost, and failed: its shares $moved record on node two, none was recorded twice"

    scancel --batch --signal=HUP --name=mjpeg-recorder
    until_so "the file is read again" logs_have $SHARES "the file was read again"
    # As Slurm does before a limit of time.
    scancel --batch --signal=USR1 "$(squeue --noheader --format=%F | head --lines=1)_1"
    until_so "share 1 has ended" logs_have 1 "ending; "
    failed=$(date --utc +%FT%T)
    until_so "it records again" began_after "$failed" 1
    until_so "all shares run" all_run
    echo "a share at its limit of time ended well, and records again"

    scancel --name=mjpeg-recorder
    until_so "no share is left" no_job
    all_is_complete
}

write_cameras() {
    local number
    printf 'folder = "recordings"\nsegment = 5\n' >"$folder/cameras.toml"
    for ((number = 1; number <= CAMERAS; number++)); do
        printf '[[camera]]\nname = "camera-%d"\nlocation = "%s"\n' "$number" "$testcam_url"
    done >>"$folder/cameras.toml"
}

# The numbers of the shares that run on a node.
tasks_on() {
    squeue --noheader --array --states=RUNNING --nodelist="$1" --format=%K | sort -n | paste --serial --delimiters=' '
}

all_run() {
    [ "$(squeue --noheader --array --states=RUNNING --format=%K | wc --lines)" -eq $SHARES ]
}

# Each share that is named has one that records and one that waits.
wait_for_lock() {
    [ "$(pgrep --count --full "^flock [0-9]+$")" -eq $# ]
}

recorders() {
    pgrep --count --full "^mjpeg-record cameras.toml --share [1-$SHARES]/$SHARES$"
}

no_job() {
    [ -z "$(squeue --noheader --array)" ]
}

# found SHARE CAMERA: what the share has of it, a line for each segment; "to now" is said of
# one that grows.
found() {
    sed "s#^folder = .*#folder = \"recordings/share-$1\"#" "$folder/cameras.toml" >"$folder/share-$1.toml"
    "$programs/mjpeg-record" find "$2" "2000-01-01 00:00" now --cameras "$folder/share-$1.toml" 2>/dev/null |
        grep ' pictures  ' || true
}

# cameras_of SHARE: their numbers.
cameras_of() {
    find "$folder/recordings/share-$1" -mindepth 1 -maxdepth 1 -type d -name 'camera-*' -printf '%f\n' | sed 's/camera-//' | sort -n
}

each_camera_has_one_share() {
    local share
    diff <(seq $CAMERAS) <(for ((share = 1; share <= SHARES; share++)); do cameras_of "$share"; done | sort -n)
}

# In each share that is named, each camera has a segment that grows.
grow() {
    local share camera some=
    for share in "$@"; do
        for camera in $(cameras_of "$share" 2>/dev/null); do
            [[ "$(found "$share" "camera-$camera")" == *" to now "* ]] || return
            some=yes
        done
    done
    [ -n "$some" ]
}

all_grow() {
    each_camera_has_one_share >/dev/null 2>&1 && grow $(seq $SHARES)
}

# In each share that is named, each camera has a segment that began later than this.
began_after() {
    local time=$1 share camera newest
    shift
    for share in "$@"; do
        for camera in $(cameras_of "$share"); do
            newest=$(found "$share" "camera-$camera" | tail --lines=1)
            [[ "${newest%% *}" > "$time" ]] || return
        done
    done
}

# logs_have COUNT WORDS: they stand in the logs of so many shares.
logs_have() {
    [ "$(grep --files-with-matches --fixed-strings "$2" "$folder"/share-*.log | wc --lines)" -eq "$1" ]
}

# The index knows of none that grows, FFmpeg reads each, and no file is there that the index
# does not have.
all_is_complete() {
    local share camera line file pictures segments=0 all=0
    for ((share = 1; share <= SHARES; share++)); do
        for camera in $(cameras_of "$share"); do
            while read -r line; do
                [[ "$line" != *" to now "* ]] || { echo "it grows: $line" >&2 && return 1; }
                file=${line##* pictures  }
                pictures=${line%% pictures *} pictures=${pictures##* }
                [ "$(pictures_in "$file")" -eq "$pictures" ] || { echo "not so many: $line" >&2 && return 1; }
                segments=$((segments + 1)) all=$((all + pictures))
            done < <(found "$share" "camera-$camera")
        done
    done
    [ "$segments" -eq "$(find "$folder/recordings" -name '*.mkv' | wc --lines)" ]
    echo "$segments segments are complete, with $all pictures"
}

clean_up() {
    stop_cluster
    stop_testcam
    rm -rf --one-file-system "$folder"
}

main
