#!/usr/bin/env bash
# The checks that take too long for every change. Installs what each needs: Debian's
# packages with apt, the rest with rustup and cargo.
#
#     tests/long.sh [PART…]    these parts, without a name all of them
#     tests/long.sh --list     their names
#
# A part that fails does not keep the others from running; at the end they are named.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh

PARTS=(plain_reads faults states soak fuzz benches peers miri memcheck i386 systems windows browser packages release wheel trixie
    units slurm kubernetes rclone power_cut shares fifty licences advisories)

main() {
    case ${1-} in
    --list) printf '%s\n' "${PARTS[@]}" && return ;;
    "") set -- "${PARTS[@]}" ;;
    esac
    local part failed=()
    for part in "$@"; do
        if [[ " ${PARTS[*]} " != *" $part "* ]]; then
            echo "There is no part $part; these there are: ${PARTS[*]}" >&2
            return 2
        fi
    done
    install_packages "${BUILD_PACKAGES[@]}"
    for part in "$@"; do
        local begun=$SECONDS
        printf '\n== %s\n' "$part"
        # A shell of its own, as `set -e` does not hold within a condition.
        (bash -euo pipefail -c "source tests/install.sh; $(declare -f "$part"); $part") ||
            failed+=("$part")
        printf '== %s: %d s\n' "$part" $((SECONDS - begun))
    done
    if [ ${#failed[@]} -gt 0 ]; then
        echo "Failed: ${failed[*]}" >&2
        return 1
    fi
}

# As on systems without the socket option that saves wake-ups.
plain_reads() {
    MJPEGHTTPSRC_PLAIN_READS=1 cargo test
}

faults() {
    cargo test --release --test alone relay_faults -- --ignored --nocapture
}

# On a machine with nothing else to do.
states() {
    cargo test --release --test alone prompt_states -- --ignored --nocapture
}

soak() {
    SOAK_SECONDS=${SOAK_SECONDS:-3600} cargo test --release --test soak -- --ignored --nocapture
}

fuzz() {
    fuzz/run.sh "${FUZZ_SECONDS:-600}"
}

benches() {
    cargo bench --bench pure -- --test
}

peers() {
    cargo bench --bench compare
}

# The layers that do no I/O and call nothing that is not Rust. Without the tests that play
# every cut, every day or hours of frames: they would take days here.
miri() {
    rustup toolchain install nightly --profile minimal --component miri,rust-src
    cargo +nightly miri test --lib -- multipart:: jpeg:: quirk:: \
        clock::calendar clock::number clock::padding clock::header clock::unit \
        http::head_fields http::status_line http::chunk_size --skip every_day_of_800
    cargo +nightly miri test --test it multipart::decoder::a_text_part
}

memcheck() {
    tests/memcheck.sh
}

# As a 32-bit program.
i386() {
    tests/i386.sh
}

# Windows and macOS, as far as the compiler can say.
systems() {
    tests/systems.sh
}

# The plugin for Windows, built and played with under Wine.
windows() {
    local folder
    folder=$(mktemp --directory)
    packaging/windows.sh "$folder"
    rm -r "$folder"
}

# The pages of the relay and the recorder, in Chromium and Firefox.
browser() {
    tests/browser.sh
}

packages() {
    tests/packages.sh archive static deb
}

# What is released, on each Debian and processor that it is for.
release() {
    tests/release.sh
}

# In the Python of this Debian and of the next, the latter as root.
wheel() {
    if [ "$(id -u)" -eq 0 ]; then tests/wheel.sh trixie; else tests/wheel.sh; fi
}

# Also `cargo cinstall`, for which Debian 12's cargo-c is too old.
trixie() {
    tests/run.sh --gstreamer=trixie
}

# What starts the recorder on many machines: systemd, Slurm and Kubernetes, the first and the
# last as far as their files say.
units() {
    tests/units.sh
}

slurm() {
    tests/slurm.sh
}

kubernetes() {
    tests/kubernetes.sh
}

# What takes finished segments away.
rclone() {
    tests/rclone.sh
}

power_cut() {
    tests/power_cut.sh
}

# Fifty cameras and five recorders, of which one is killed.
shares() {
    tests/shares.sh
}

# Half an hour of mjpeg-record, and some minutes of others.
fifty() {
    tests/fifty.sh
}

licences() {
    install_cargo_tool cargo-deny
    cargo deny check licenses bans sources
    # The server of the recorder's web page stays out of the plugin.
    if cargo tree --locked --edges normal --target all --prefix none | grep '^hyper'; then
        echo "the plugin holds hyper" >&2
        return 1
    fi
}

# What is known to be wrong with the crates in use stands in a database on GitHub.
advisories() {
    install_cargo_tool cargo-deny
    cargo deny fetch db
    cargo deny check advisories
}

main "$@"
