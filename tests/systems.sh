#!/usr/bin/env bash
# Is the plugin, with its examples, right for Windows and macOS, as far as the compiler and
# the lints can say? Nothing is linked and nothing runs; packaging/windows.sh does that for
# Windows.
#
#     tests/systems.sh            the plugin and the examples, for both
#     tests/systems.sh windows    the plugin, for Windows
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh

# Of GStreamer's libraries only the names and versions are asked for, and this machine's
# are as good as any.
export PKG_CONFIG_ALLOW_CROSS=1

main() {
    install_packages "${BUILD_PACKAGES[@]}" gcc-mingw-w64-x86-64
    case ${1-} in
    windows) check x86_64-pc-windows-gnu --lib ;;
    "")
        check x86_64-pc-windows-gnu --lib --examples
        # Apple's compiler and headers come with Apple's machines only. What needs them is the
        # C and the assembly of ring, which is not ours; nobody looks at what comes out, as
        # nothing is linked.
        SDKROOT=/ CC_aarch64_apple_darwin=true AR_aarch64_apple_darwin=true \
            check aarch64-apple-darwin --lib --examples
        ;;
    *)
        sed -n 's/^#     //p' "$0" >&2
        return 2
        ;;
    esac
}

# check TARGET WHAT…
check() {
    printf '\n== %s\n' "$1"
    rustup target add "$1"
    cargo clippy --locked --target "$1" "${@:2}" -- -D warnings
}

main "$@"
