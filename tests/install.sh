# Sourced by examples/demo.sh, packaging/release.sh and the scripts of tests, so that a
# fresh machine is prepared in one way only.
# shellcheck shell=bash

# What building the plugin and running its examples takes.
# gstreamer1.0-x holds the text overlays: the test camera's clock.
# shellcheck disable=SC2034 # used by the scripts that source this file
BUILD_PACKAGES=(
    gcc
    pkg-config
    libgstreamer1.0-dev
    libgstreamer-plugins-base1.0-dev
    gstreamer1.0-tools
    gstreamer1.0-plugins-base
    gstreamer1.0-plugins-good
    gstreamer1.0-x
)

# Install those of the named Debian packages that are missing. Asks nothing;
# touches neither apt nor sudo when everything is there.
install_packages() {
    if ! command -v apt-get >/dev/null; then
        refuse_without_apt "$@"
        return
    fi
    local package
    local missing=()
    for package in "$@"; do
        is_installed "$package" || missing+=("$package")
    done
    if [ ${#missing[@]} -eq 0 ]; then
        return
    fi
    echo "Installing ${missing[*]}"
    as_root apt-get update -qq &&
        as_root env DEBIAN_FRONTEND=noninteractive \
            apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
}

# Without apt nobody knows what this system calls its packages. What counts is
# whether the build and the pipelines find their parts.
refuse_without_apt() {
    if has_build_parts; then
        return
    fi
    cat >&2 <<END
This script installs packages with apt-get, which this system does not have.
Please install what these Debian packages hold, then start it again:
    $*
END
    return 1
}

has_build_parts() {
    local tool element
    for tool in cc pkg-config gst-launch-1.0 gst-inspect-1.0; do
        command -v "$tool" >/dev/null || return 1
    done
    pkg-config --exists gstreamer-base-1.0 gstreamer-app-1.0 gstreamer-check-1.0 || return 1
    for element in videotestsrc clockoverlay jpegenc jpegdec matroskamux pngenc; do
        gst-inspect-1.0 --exists "$element" || return 1
    done
}

is_installed() {
    [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        echo "Not root and no sudo here. Please run as root: $*" >&2
        return 1
    fi
}

# Install a tool of Cargo's, unless it is there.
install_cargo_tool() {
    command -v "$1" >/dev/null || cargo install --locked --quiet "$1"
}

# Where this machine has its own Debian from.
mirror() {
    local uri
    uri=$(mirrors)
    # The lists of packages may have been removed, as they are from images.
    [ -n "$uri" ] || { apt-get update -qq && uri=$(mirrors); }
    [ -n "$uri" ] || { echo "apt names no Debian mirror" >&2; return 1; }
    echo "${uri%%$'\n'*}"
}

mirrors() {
    # shellcheck disable=SC2016 # apt replaces it
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian'
}
