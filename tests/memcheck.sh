#!/usr/bin/env bash
# The element under Valgrind: no byte is read or written that is not ours, none is used
# before it was set, and nothing is lost.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh

install_packages "${BUILD_PACKAGES[@]}" valgrind

target=${CARGO_TARGET_DIR:-$PWD/target}
triple=$(rustc -vV | sed -n 's/^host: //p')
runner=CARGO_TARGET_$(tr 'a-z-' 'A-Z_' <<<"$triple")_RUNNER
valgrind=(
    valgrind --quiet --error-exitcode=99
    --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite
    --num-callers=30 --fair-sched=try --suppressions="$PWD/tests/valgrind.supp"
)

# GLib's own allocator hides what happens behind it. GStreamer's helper process would be
# watched too.
export G_SLICE=always-malloc GST_REGISTRY_FORK=no
export GST_REGISTRY=$target/gstreamer-registry.bin
# To look at all of this machine's plugins would be watched, too.
mkdir -p "$target"
gst-inspect-1.0 >/dev/null
# Without the tests that watch the clock: everything takes thirty times as long here.
env "$runner=${valgrind[*]}" cargo test --no-fail-fast --test it -- \
    element::events element::streaming multipart::quirk_files --test-threads 1 --skip x_timestamp --skip no_file_depends
