#!/usr/bin/env bash
# The recorder's units as systemd reads them: nothing unknown in them, the programs are where
# they say, the name of an instance is a share, and little is left open.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh

# In tenths of systemd's points for what a service may do: below 2.0 of 10.
MOST_EXPOSED=20

folder=$(mktemp --directory)

main() {
    trap 'rm -rf --one-file-system "$folder"' EXIT
    install_packages systemd
    local name
    # systemd asks that the program exists, and has no other interest in it.
    for name in mjpeg-recorder.service mjpeg-recorder@.service; do
        sed "s#/usr/local/bin/mjpeg-record #$(command -v true) #" "examples/mjpeg-record/$name" \
            >"$folder/$name"
    done
    cp "$folder/mjpeg-recorder@.service" "$folder/mjpeg-recorder@2-5.service"
    for name in mjpeg-recorder.service mjpeg-recorder@2-5.service; do
        verify "$name"
        systemd-analyze security --offline=true --no-pager --threshold=$MOST_EXPOSED \
            "$folder/$name" | tail --lines=1
    done
    [ "$(systemd-escape --unescape 2-5)" = 2/5 ]
    grep --quiet -- '--share %I$' "$folder/mjpeg-recorder@2-5.service"
}

# A line that systemd does not know is a warning, with which it succeeds.
verify() {
    local said
    said=$(systemd-analyze verify --man=no "$folder/$1" 2>&1)
    if [ -n "$said" ]; then
        echo "$said" >&2
        return 1
    fi
}

main
