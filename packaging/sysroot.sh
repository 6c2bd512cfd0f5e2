# Sourced: Debian's libraries of one architecture in a folder, to link against and to be
# loaded by QEMU. Nothing in the folder is ever run by this machine itself.
# shellcheck shell=bash
# shellcheck disable=SC2034 # the scripts that source this file use them

cache=${XDG_CACHE_HOME:-$HOME/.cache}/gst-plugin-mjpeghttp

# The oldest Debian that the binaries run on. What is linked against its libraries runs
# on younger ones and on their relatives too.
SUITE=bullseye

# What the plugin and the programs are built against. libgirepository1.0-dev says since
# when GLib has which function; GStreamer's own packages say it of theirs.
SYSROOT_PACKAGES=(
    libgirepository1.0-dev
    libgstreamer-plugins-base1.0-dev
    libgstreamer1.0-dev
)

# make_sysroot FOLDER ARCH PACKAGE...: a folder of this name is complete, as it gets the
# name last.
make_sysroot() {
    local folder=$1 arch=$2 package
    shift 2
    [ -d "$folder" ] && return
    printf '\n== Debian %s for %s in %s\n' "$SUITE" "$arch" "$folder"
    rm -rf --one-file-system "$folder.new"
    mkdir -p "$folder.new"
    debootstrap --arch="$arch" --download-only --variant=minbase \
        --include="$(IFS=,; echo "$*")" "$SUITE" "$folder.new" "$(mirror)" \
        >"$folder.log" || { tail "$folder.log" >&2; return 1; }
    # Unpacked and not installed, which would run programs of that architecture.
    for package in "$folder.new"/var/cache/apt/archives/*.deb; do
        dpkg-deb --extract "$package" "$folder.new"
        rm "$package"
    done
    make_links_relative "$folder.new"
    mv "$folder.new" "$folder"
}

# The linker would follow an absolute link out of the folder, find nothing there and take
# the static library.
make_links_relative() {
    local root=$1 link
    while IFS= read -r -d '' link; do
        ln --symbolic --force --no-dereference --relative "$root$(readlink "$link")" "$link"
    done < <(find "$root"/lib* "$root/usr/lib" -type l -lname '/*' -print0)
}
