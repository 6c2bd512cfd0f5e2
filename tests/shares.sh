#!/usr/bin/env bash
# Fifty cameras in five shares on one machine: each is recorded once and no more, while a
# recorder is killed and starts again, and while the five become six. The page of one shows
# the cameras of all.
#
#     tests/shares.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh
# shellcheck source=tests/programs.sh
source tests/programs.sh
# shellcheck source=tests/many/cameras.sh
source tests/many/cameras.sh

CAMERAS=50
FPS=10
KILLED=3
# Seconds for each thing that is waited for.
PATIENCE=60

folder=$(mktemp --directory)
recorders=()

main() {
    trap clean_up EXIT
    install_packages "${BUILD_PACKAGES[@]}" curl ffmpeg jq python3
    need_programs mjpeg-record
    ffmpeg -loglevel error -f lavfi -i testsrc2=size=320x240:rate=10 -frames:v 50 "$folder/%02d.jpg"
    start_cameras $CAMERAS $FPS 0 "$folder"/*.jpg
    write_lists 6

    start_shares 5
    until_so "all cameras stream" all_stream 5
    until_so "the page of share 1 shows the cameras of all" page_shows_all
    record_for_a_while

    kill -KILL "${recorders[$KILLED]}"
    wait "${recorders[$KILLED]}" 2>/dev/null || true
    start_share $KILLED 5
    until_so "all cameras stream" all_stream 5
    record_for_a_while
    stop_shares

    start_shares 6
    until_so "all cameras stream" all_stream 6
    record_for_a_while
    stop_shares
    stop_cameras
    account
}

# A file of cameras for each share, as each listens on a port of its own.
write_lists() {
    local share number ports=(0) peers=
    for ((share = 1; share <= $1; share++)); do
        ports[share]=$(free_port)
    done
    page=http://127.0.0.1:${ports[1]}
    for ((share = 2; share <= $1; share++)); do
        peers+="${peers:+, }\"http://127.0.0.1:${ports[share]}\""
    done
    for ((share = 1; share <= $1; share++)); do
        printf 'folder = "recordings"\nsegment = 10\nreserve = "1 MB"\nlisten = "127.0.0.1:%d"\n' "${ports[share]}"
        [ "$share" -ne 1 ] || echo "peers = [$peers]"
        for ((number = 0; number < CAMERAS; number++)); do
            printf '[[camera]]\nname = "%d"\nlocation = "http://%s/%d"\n' "$number" "$cameras_at" "$number"
        done
    done | awk -v folder="$folder" '/^folder/ { share++ } { print > (folder "/" share ".toml") }'
}

# start_share NUMBER OF: its log is of this run alone.
start_share() {
    "$programs/mjpeg-record" "$folder/$1.toml" --share "$1/$2" >"$folder/$1-of-$2.log" 2>&1 &
    recorders[$1]=$!
}

start_shares() {
    local share
    for ((share = 1; share <= $1; share++)); do
        start_share "$share" "$1"
    done
}

stop_shares() {
    kill -INT "${recorders[@]}"
    wait "${recorders[@]}"
    recorders=()
}

# streams OF: number and share of each camera that streams, in logs of this many shares.
streams() {
    local share
    for ((share = 1; share <= $1; share++)); do
        sed --quiet "s/^\([0-9]*\): streaming.*/\1 $share/p" "$folder/$share-of-$1.log"
    done | sort --numeric-sort
}

all_stream() {
    diff <(seq 0 $((CAMERAS - 1))) <(streams "$1" | cut --delimiter=' ' --fields=1) >/dev/null
}

page_shows_all() {
    [ "$(curl --silent "$page/api/cameras" | jq '[.. | .cameras? // empty | .[]] | length')" -eq $CAMERAS ]
}

record_for_a_while() {
    sleep 10
}

# What the cameras counted, beside what is in the files.
account() {
    local number sent connections most files of_killed=0 lost_at_kill=0 rest=0 wrong=0 moved others
    streams 5 >"$folder/of-5"
    streams 6 >"$folder/of-6"
    while read -r number sent connections most; do
        files=$(recorded "$number")
        if grep --quiet "^$number $KILLED$" "$folder/of-5"; then
            of_killed=$((of_killed + 1))
            lost_at_kill=$((lost_at_kill + sent - files))
            # All but the last second before the kill, and a picture on its way at each stop.
            limits="3 $((FPS + 2))"
        else
            rest=$((rest + sent - files))
            limits="2 2"
        fi
        if [ "$most" -ne 1 ] || [ "$connections" -ne "${limits% *}" ] ||
            [ "$files" -gt "$sent" ] || [ $((sent - files)) -gt "${limits#* }" ]; then
            echo "camera $number sent $sent, files have $files; $connections connections, $most at once" >&2
            wrong=1
        fi
    done <"$folder/sent"
    # Both have all cameras in their order.
    read -r moved others < <(paste "$folder/of-5" "$folder/of-6" |
        awk '$2 != $4 { moved++; others += $4 != 6 } END { print moved + 0, others + 0 }')
    awk -v killed="$of_killed" -v lost="$lost_at_kill" -v rest="$rest" '
        { sent += $2 }
        END {
            printf "%d cameras sent %d pictures, each to one recorder at a time\n", NR, sent
            printf "of %d cameras whose recorder was killed %d pictures are missing, of the others %d\n", killed, lost, rest
        }' "$folder/sent"
    echo "with six shares $moved cameras moved, $others of them not to the sixth"
    [ "$moved" -gt 0 ] && [ "$others" -eq 0 ] && [ "$wrong" -eq 0 ]
}

# The pictures of a camera, in the files of all shares.
recorded() {
    local file sum=0
    for file in "$folder"/recordings/share-*/"$1"/*.mkv; do
        sum=$((sum + $(pictures_in "$file")))
    done
    echo "$sum"
}

clean_up() {
    [ -z "${recorders[*]-}" ] || kill -KILL "${recorders[@]}" 2>/dev/null || true
    stop_cameras
    rm -rf --one-file-system "$folder"
}

main
