# Sourced: the plugin and the programs for one architecture, out of what is committed, so
# that the same commit and the same compilers give the same bytes in every folder.
# shellcheck shell=bash
# shellcheck disable=SC2154 # sysroot.sh sets them

ARCHITECTURES=(amd64 arm64 armhf)
PROGRAMS=(mjpeg-probe mjpeg-record mjpeg-relay mjpeg-report mjpeg-snapshot mjpeg-testcam mjpeg-wall)

# Everything is made in here; what Cargo has built is kept for the next time.
work=$(realpath --canonicalize-missing "${CARGO_TARGET_DIR:-target}")/dist
source=$work/source

# Cargo's name, the folder of Debian's libraries, and what gcc and binutils call it.
set_architecture() {
    arch=$1
    case $arch in
    amd64) target=x86_64-unknown-linux-gnu multiarch=x86_64-linux-gnu ;;
    arm64) target=aarch64-unknown-linux-gnu multiarch=aarch64-linux-gnu ;;
    armhf) target=armv7-unknown-linux-gnueabihf multiarch=arm-linux-gnueabihf ;;
    i386) target=i686-unknown-linux-gnu multiarch=i386-linux-gnu ;;
    *)
        echo "There is no architecture $arch; these there are: ${ARCHITECTURES[*]}" >&2
        return 2
        ;;
    esac
    tools=${multiarch/#i386/i686}
    sysroot=$cache/$SUITE-$arch
}

compiler_package() {
    if [ "$arch" = "$(dpkg --print-architecture)" ]; then
        echo gcc
    else
        echo "gcc-${tools//_/-}"
    fi
}

# Unless it is there. Cargo believes a file's date, and those of a commit are old: with new
# ones it builds what may have changed.
export_source() {
    local tree
    tree=$(git rev-parse 'HEAD^{tree}')
    [ "$(cat "$work/tree" 2>/dev/null)" = "$tree" ] && return
    rm -rf --one-file-system "$work/tree" "$source"
    mkdir -p "$source"
    git archive HEAD | tar --extract --touch --directory "$source"
    echo "$tree" >"$work/tree"
}

# Leaves them in $built.
build() {
    local name programs=()
    # shellcheck disable=SC2034 # stage.sh takes them
    built=$work/target/$target/release
    for name in "${PROGRAMS[@]}"; do
        programs+=(--example "$name")
    done
    against_sysroot cargo build --locked --release --target "$target" --lib "${programs[@]}"
}

# against_sysroot COMMAND ARGUMENT...: in the folder of the source.
against_sysroot() {
    local variable=${target//-/_} of_gcc of_rust linkers
    of_gcc=$(compiler_flags | paste --serial --delimiters=' ')
    # With this separator a path may have blanks.
    of_rust=$(rust_flags | tr '\n' '\037')
    mapfile -t linkers < <(linkers)
    # The plugin says which release it is, not which commit: the length of a commit's
    # short name depends on the clone. So Git must not find the project's folder.
    (cd "$source" && env \
        "CC_$variable=$tools-gcc" "AR_$variable=$tools-ar" "CFLAGS_$variable=$of_gcc" \
        "${linkers[@]}" \
        CARGO_ENCODED_RUSTFLAGS="${of_rust%$'\x1f'}" \
        CARGO_TARGET_DIR="$work/target" \
        GIT_CEILING_DIRECTORIES="$(dirname "$work")" \
        PKG_CONFIG_ALLOW_CROSS=1 \
        PKG_CONFIG_SYSROOT_DIR="$sysroot" \
        PKG_CONFIG_LIBDIR="$sysroot/usr/lib/$multiarch/pkgconfig:$sysroot/usr/share/pkgconfig" \
        "$@")
}

# Of all architectures each time: with another linker for what runs on this machine, Cargo
# would build all of that again for the next architecture, and what needs it too.
linkers() {
    local name variable
    for name in "${ARCHITECTURES[@]}" i386; do
        set_architecture "$name"
        variable=${target//-/_}
        echo "CARGO_TARGET_${variable^^}_LINKER=$tools-gcc"
    done
}

compiler_flags() {
    local from
    echo "--sysroot=$sysroot"
    while IFS= read -r from; do
        echo "-ffile-prefix-map=$from"
    done < <(renamed_folders)
    echo "-ffile-prefix-map=$sysroot=/sysroot"
}

rust_flags() {
    local libraries from
    printf '%s\n' -C "link-arg=--sysroot=$sysroot" -C "link-arg=-Wl,--build-id=sha1"
    # Before gcc's own, which may be younger, and for what libraries need in turn.
    for libraries in lib usr/lib; do
        printf '%s\n' -C "link-arg=-L$sysroot/$libraries/$multiarch" \
            -C "link-arg=-Wl,-rpath-link=$sysroot/$libraries/$multiarch"
    done
    while IFS= read -r from; do
        echo "--remap-path-prefix=$from"
    done < <(renamed_folders)
}

# FOLDER=NAME: no folder of this machine is named in what is built. Of several that fit
# rustc takes the last, and gcc too.
renamed_folders() {
    local registry commit
    echo "$work=/build"
    for registry in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
        echo "$registry=/crates"
    done
    commit=$(rustc --version --verbose | sed --quiet 's/^commit-hash: //p')
    echo "$(rustc --print sysroot)/lib/rustlib/src/rust=/rustc/$commit"
}
