#!/usr/bin/env bash
# Is the plugin, with its examples, right for Windows and macOS, as far as the compiler and
# the lints can say? Nothing is linked and nothing runs; packaging/windows.sh does that for
# Windows.
#
#     tests/systems.sh            both, with the lints
#     tests/systems.sh --quick    the plugin alone, for Windows alone, without the lints
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh

# Of GStreamer's libraries only the names and versions are asked for, and this machine's
# are as good as any.
export PKG_CONFIG_ALLOW_CROSS=1

# Only the C and the assembly of ring need these systems' compilers and headers. They are not
# ours, and nobody looks at what comes out, as nothing is linked.
export SDKROOT=/
export CC_aarch64_apple_darwin=true AR_aarch64_apple_darwin=true
export CC_x86_64_pc_windows_gnu=true AR_x86_64_pc_windows_gnu=true

main() {
    install_packages "${BUILD_PACKAGES[@]}"
    if [ "${1-}" = --quick ]; then
        if ! command -v rustup >/dev/null; then
            echo "Not checked: Rust's library for Windows comes with rustup"
            return
        fi
        rustup target add x86_64-pc-windows-gnu
        cargo check --locked --target x86_64-pc-windows-gnu --lib
        return
    fi
    rustup target add x86_64-pc-windows-gnu aarch64-apple-darwin
    check x86_64-pc-windows-gnu
    check aarch64-apple-darwin
}

check() {
    printf '\n== %s\n' "$1"
    cargo clippy --locked --target "$1" --lib --examples -- -D warnings
}

main "$@"
