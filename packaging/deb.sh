# Sourced: Debian's packages out of what stage.sh has laid out.
# shellcheck shell=bash
# shellcheck disable=SC2154 # build.sh and the script that sources this set them

PLUGIN_PACKAGE=gstreamer1.0-mjpeghttp
PROGRAMS_PACKAGE=mjpeghttp-tools

# For cameras with https, and for the pipelines that the README shows.
PLUGIN_ELEMENTS="glib-networking, gstreamer1.0-plugins-good, gstreamer1.0-tools"

# What the programs build their pipelines of. gstreamer1.0-x has the texts in pictures;
# mjpeg-relay alone encodes, with what is suggested.
PROGRAM_ELEMENTS="gstreamer1.0-plugins-base, gstreamer1.0-plugins-good, gstreamer1.0-x"
ENCODING_ELEMENTS="gstreamer1.0-plugins-bad, gstreamer1.0-plugins-ugly"

# make_plugin_deb STAGE
make_plugin_deb() {
    local stage=$1 libraries
    libraries=$(dependencies "$stage"/lib/gstreamer-1.0/*.so)
    begin_deb "$PLUGIN_PACKAGE"
    install -D --mode=644 -t "$root/usr/lib/$multiarch/gstreamer-1.0" "$stage"/lib/gstreamer-1.0/*.so
    install -D --mode=644 -t "$documents" "$stage/README.md"
    end_deb <<END_OF_FIELDS
Section: libs
Multi-Arch: same
Depends: ${libraries//$'\n'/, }
Recommends: $PLUGIN_ELEMENTS
Description: $(manifest description)
$(folded packaging/description)
END_OF_FIELDS
}

# make_programs_deb STAGE
make_programs_deb() {
    local stage=$1 libraries
    libraries=$(dependencies "$stage"/bin/*)
    begin_deb "$PROGRAMS_PACKAGE"
    mkdir "$root/usr"
    cp --recursive "$stage/bin" "$root/usr"
    [ ! -d "$stage/share" ] || cp --recursive --no-target-directory "$stage/share" "$root/usr/share"
    find "$root" -path '*/man/*' -type f -exec gzip -9 --no-name {} +
    install -D --mode=644 -t "$documents/examples" "$stage"/examples/*
    # There those that start the recorder find the package's.
    sed --in-place 's#/usr/local/bin#/usr/bin#' "$documents"/examples/*
    end_deb <<END_OF_FIELDS
Section: video
Depends: ${libraries//$'\n'/, }, $PROGRAM_ELEMENTS
Recommends: ca-certificates, glib-networking
Suggests: $PLUGIN_PACKAGE, $ENCODING_ELEMENTS
Description: Programs for network cameras that send MJPEG over HTTP
$(folded packaging/description-tools)
END_OF_FIELDS
}

# begin_deb PACKAGE: an empty $root for it, and the name of the folder for its $documents.
begin_deb() {
    package=$1
    root=$work/deb
    documents=$root/usr/share/doc/$package
    rm -rf --one-file-system "$root"
    mkdir -p "$root"
}

# The fields of the package that are its own come in.
end_deb() {
    local overrides=$source/packaging/lintian/$package
    mkdir -p "$documents"
    install --mode=644 "$source/packaging/copyright" "$documents/copyright"
    compressed "$source/packaging/changelog" "$documents/changelog.Debian.gz"
    compressed "$source/CHANGELOG.md" "$documents/changelog.gz"
    compressed "$work/notices" "$documents/THIRD-PARTY-NOTICES.gz"
    [ ! -f "$overrides" ] ||
        install -D --mode=644 "$overrides" "$root/usr/share/lintian/overrides/$package"

    mkdir "$root/DEBIAN"
    (cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | LC_ALL=C sort --zero-terminated |
        xargs --null md5sum >DEBIAN/md5sums)
    cat - >"$root/DEBIAN/fields"
    {
        printf '%s\n' "Package: $package" "Version: $(deb_version)" "Architecture: $arch" \
            "Maintainer: $(maintainer)" "Installed-Size: $(installed_size)" \
            "Priority: optional" "Homepage: $(manifest repository)"
        cat "$root/DEBIAN/fields"
    } >"$root/DEBIAN/control"
    rm "$root/DEBIAN/fields"
    chmod --recursive u+rwX,go=rX "$root"
    # With several threads xz makes other blocks than with one.
    DPKG_DEB_THREADS_MAX=1 dpkg-deb --root-owner-group -Zxz --build "$root" \
        "$dist/${package}_$(deb_version)_$arch.deb"
}

compressed() {
    gzip -9 --no-name <"$1" >"$2"
}

# What Cargo.toml has under a name; all names that are asked for stand there once.
manifest() {
    sed --quiet "s/^$1 = \"\(.*\)\"\$/\1/p" "$source/Cargo.toml"
}

maintainer() {
    sed --quiet 's/^ -- \(.*>\)  .*/\1/p' "$source/packaging/changelog" | head --lines 1
}

deb_version() {
    sed --quiet '1s/.*(\(.*\)).*/\1/p' "$source/packaging/changelog"
}

# In KiB, each file by itself, as Debian's policy counts.
installed_size() {
    find "$root" -path "$root/DEBIAN" -prune -o -type f -printf '%s\n' |
        awk '{ sum += int(($1 + 1023) / 1024) } END { print sum }'
}

# As a field of a package: further lines begin with a blank, empty ones with a dot.
folded() {
    sed 's/^$/./; s/^/ /' "$source/$1"
}
