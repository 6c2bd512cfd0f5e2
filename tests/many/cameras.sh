# Sourced by scripts that record many cameras.
# shellcheck shell=bash
# shellcheck disable=SC2154 # the scripts set $folder

# start_cameras COUNT FPS FAULTY PICTURE…: they are at $cameras_at/NUMBER.
start_cameras() {
    local port
    exec {from_cameras}< <(exec python3 tests/many/cameras.py "$@")
    cameras=$!
    read -r port <&"$from_cameras"
    # shellcheck disable=SC2034 # the scripts use it
    cameras_at=127.0.0.1:$port
}

# What they counted is in $folder/sent then.
stop_cameras() {
    [ -n "${cameras-}" ] || return 0
    kill "$cameras"
    cat <&"$from_cameras" >"$folder/sent"
    cameras=
}
