# Sourced by scripts that run the programs: where they are, and a test camera.
# shellcheck shell=bash
# shellcheck disable=SC2154 # the scripts set $folder

# need_programs NAME…: $programs is the folder with all of them; built if there is none.
need_programs() {
    local profile name target=${CARGO_TARGET_DIR:-$PWD/target}
    for profile in release debug; do
        programs=$target/$profile/examples
        for name in "$@"; do
            [ -x "$programs/$name" ] || continue 2
        done
        return
    done
    cargo build "${@/#/--example=}"
}

# start_testcam OPTION…: its stream is $testcam_url.
start_testcam() {
    local line
    exec {from_testcam}< <(exec "$programs/mjpeg-testcam" --port 0 "$@")
    testcam=$!
    read -r line <&"$from_testcam"
    # shellcheck disable=SC2034 # the scripts use it
    testcam_url=${line#Camera ready: }
}

stop_testcam() {
    [ -z "${testcam-}" ] || kill "$testcam"
}

# until_so WHAT COMMAND…: waits for a condition, for $PATIENCE seconds at most.
until_so() {
    local what=$1 deadline=$((SECONDS + PATIENCE))
    shift
    until "$@"; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            echo "Not so after $PATIENCE s: $what" >&2
            return 1
        fi
        sleep 0.2
    done
}

pictures_in() {
    ffprobe -loglevel error -count_packets -select_streams v -show_entries stream=nb_read_packets \
        -of csv=print_section=0 "$1"
}

# free_port: one that nobody listens on now.
free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
