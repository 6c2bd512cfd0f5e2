#!/usr/bin/env bash
# Fuzzes: fuzz/run.sh [SECONDS [TARGET…]], 60 s of each target if nothing is said.
# Builds with the stable toolchain, two targets run at once. What the targets have
# learned stays in Cargo's folder, below fuzz/corpus, and is where the next run begins.
# A finding is left in the current folder's fuzz/findings and ends the run with an error;
# `target/fuzz/…/TARGET fuzz/findings/FILE` plays it again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh

seconds=${1:-60}
targets=("${@:2}")
if [ ${#targets[@]} -eq 0 ]; then
    mapfile -t targets < <(basename --suffix .rs fuzz/fuzz_targets/*.rs)
fi

target=${CARGO_TARGET_DIR:-$PWD/target}/fuzz
triple=$(rustc -vV | sed -n 's/^host: //p')
export BUILT=$target/$triple/release CORPUS=$target/corpus FINDINGS=fuzz/findings
export SECONDS_EACH=$seconds

# What `cargo fuzz` sets, which needs no other toolchain then. The sanitizer is behind a
# door of the stable compiler.
build() {
    local flags=(
        --cfg fuzzing
        -Cpasses=sancov-module
        -Cllvm-args=-sanitizer-coverage-level=4
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters
        -Cllvm-args=-sanitizer-coverage-pc-table
        -Cllvm-args=-sanitizer-coverage-trace-compares
        -Zsanitizer=address
        -Ccodegen-units=1
    )
    RUSTC_BOOTSTRAP=1 RUSTFLAGS="${flags[*]}" cargo build --quiet --release \
        --manifest-path fuzz/Cargo.toml --target-dir "$target" --target "$triple" --bins
}

# What cameras send, in the pieces that each target takes.
seed() {
    local folder=$CORPUS/$1 file
    mkdir -p "$folder"
    for file in tests/data/*.http fuzz/regressions/"$1"/*; do
        [ -f "$file" ] || continue
        piece "$1" "$file" >"$folder/$(basename "$file")"
    done
    find "$folder" -empty -type f -delete
}

piece() {
    local LC_ALL=C from
    case $2 in fuzz/regressions/*) cat "$2" && return ;; esac
    case $1 in
    head_repair | conversation) cat "$2" ;;
    decoder | memory | chunked) sed '1,/^\r*$/d' "$2" ;;
    jpeg_walk)
        from=$(grep --only-matching --byte-offset --text --perl-regexp '\xff\xd8\xff' "$2" |
            head --lines 1 | cut --delimiter : --fields 1) || true
        [ -z "$from" ] || tail --bytes "+$((from + 1))" "$2"
        ;;
    content_type)
        sed --quiet 's/^content-type *: *//Ip;T;q' "$2" | tr --delete '\r\n'
        ;;
    timestamps) grep --text --ignore-case --extended-regexp '^(x-|date|camtim)' "$2" || true ;;
    esac
}

run() {
    local log=$CORPUS/$1.log status=0
    local options=(-max_total_time="$SECONDS_EACH" -print_final_stats=1 -timeout=120)
    if [ -f "fuzz/dictionaries/$1.dict" ]; then
        options+=(-dict="fuzz/dictionaries/$1.dict")
    fi
    # Longer inputs than the longest seed find nothing more, but slowly.
    "$BUILT/$1" "$CORPUS/$1" "${options[@]}" -max_len=4096 \
        -artifact_prefix="$FINDINGS/$1-" >"$log" 2>&1 || status=$?
    if [ "$status" -ne 0 ]; then
        tail --lines 40 "$log"
        echo "$1: a finding, see $log"
        return 1
    fi
    sed --quiet "s/^stat::number_of_executed_units: */$1: executions: /p" "$log"
}
export -f run

install_packages "${BUILD_PACKAGES[@]}" g++
build
for name in "${targets[@]}"; do
    seed "$name"
done
mkdir -p "$FINDINGS"
# shellcheck disable=SC2016 # the inner shell expands it
printf '%s\n' "${targets[@]}" |
    xargs --max-procs 2 --replace=NAME bash -c 'run "$1"' run NAME
