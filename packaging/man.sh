#!/usr/bin/env bash
# The manual pages of the programs, from what their --help says.
#
#     packaging/man.sh PROGRAMS           writes them into packaging/man
#     packaging/man.sh --check PROGRAMS   fails if they are not as they would be written
#
# PROGRAMS is the folder with the programs as Cargo built them.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh

main() {
    local programs=$1 folder=packaging/man
    if [ "$1" = --check ]; then
        programs=$2
        folder=$(mktemp --directory)
        # shellcheck disable=SC2064 # the folder is this one
        trap "rm -r '$folder'" EXIT
    fi
    install_packages help2man
    mkdir -p "$folder"
    # The day of the release, and not the one of the build.
    SOURCE_DATE_EPOCH=$(date --utc --date="$(released)" +%s)
    export SOURCE_DATE_EPOCH
    local name what
    while IFS='|' read -r name what; do
        LC_ALL=C.UTF-8 help2man --no-info --no-discard-stderr --source=mjpeghttpsrc \
            --name="$what" --output="$folder/$name.1" "$programs/$name"
    done <<END
mjpeg-probe|say what an MJPEG camera is like
mjpeg-record|record several MJPEG cameras, day and night
mjpeg-relay|pass an MJPEG camera on to any number of viewers
mjpeg-report|say what is in a recording of a camera
mjpeg-snapshot|keep the newest picture of a camera in a file
mjpeg-testcam|be an MJPEG camera for tests
mjpeg-wall|show several MJPEG cameras on one screen
END
    [ "$folder" = packaging/man ] || diff --recursive --unified packaging/man "$folder" || {
        echo "The manual pages are old: packaging/man.sh $programs" >&2
        return 1
    }
}

released() {
    sed -n 's/^release_date = "\(.*\)"/\1/p' Cargo.toml
}

main "$@"
