# Sourced by the scripts that run checks one after the other.
# shellcheck shell=bash

# step NAME COMMAND…: says which check runs, and how long it took.
step() {
    local begun=$SECONDS
    printf '\n== %s\n' "$1"
    "${@:2}"
    printf '== %s: %d s\n' "$1" $((SECONDS - begun))
}
