#!/usr/bin/env bash
# Builds gstmjpeghttp.dll for 64-bit Windows on Debian, plays pictures with it under Wine, and
# makes a wheel for Python of it.
#
#     packaging/windows.sh OUT_FOLDER
#
# Leaves both in that folder. Needs Rust and the network, and installs the rest. GStreamer
# itself comes as its developers build it for Windows: as wheels for Python, with the compiler
# of the official installer.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source-path=SCRIPTDIR source=../tests/install.sh
source "$root/tests/install.sh"
# shellcheck source-path=SCRIPTDIR source=../tests/step.sh
source "$root/tests/step.sh"

GSTREAMER='==1.28.*'
# What the wheels of GStreamer's tools and of jpegdec need.
WHEELS=(gstreamer-cli gstreamer-libs gstreamer-plugins gstreamer-ext-runtime)
TRIPLE=x86_64-pc-windows-gnu
PICTURES=50

target=${CARGO_TARGET_DIR:-$root/target}
folder=$(mktemp --directory)
gstreamer=$folder/gstreamer
# Not with the rest, or Cargo would build all that is linked with them anew each time.
libraries=$target/$TRIPLE/libraries

main() {
    if [ $# -ne 1 ]; then
        sed -n 's/^#     //p' "$0" >&2
        return 2
    fi
    trap clean_up EXIT
    mkdir -p "$1"
    out=$(cd "$1" && pwd)
    install_packages "${BUILD_PACKAGES[@]}" gcc-mingw-w64-x86-64 mingw-w64-tools wine wine64 \
        python3 python3-hatchling python3-pip
    rustup target add "$TRIPLE"
    step "GStreamer for Windows" take_gstreamer
    step "Import libraries" make_import_libraries
    step "Build" build
    make_wine_newer
    step "Under Wine: what it is" inspect
    step "Under Wine: $PICTURES pictures" play
    step "Under Wine: a stop while nothing comes" stop
    step "Wheel" make_wheel
    printf '\n%s is right\n' "$out/gstmjpeghttp.dll"
}

# All wheels unpack into one folder, as the installer would have it. Of the plugins only
# those that are played with stay: GStreamer loads each to see what it is.
take_gstreamer() {
    local wheel plugins=$gstreamer/lib/gstreamer-1.0
    python3 -m pip download --quiet --disable-pip-version-check --no-deps \
        --platform win_amd64 --python-version 3.11 --only-binary=:all: \
        --dest "$folder/wheels" "${WHEELS[@]/%/$GSTREAMER}"
    mkdir -p "$gstreamer"
    for wheel in "$folder"/wheels/*.whl; do
        echo "${wheel##*/}"
        python3 -m zipfile --extract "$wheel" "$folder/unpacked"
    done
    cp --recursive "$folder"/unpacked/*.data/purelib/*/. "$gstreamer"
    find "$plugins" -name '*.dll' ! -name gstcoreelements.dll ! -name gstjpeg.dll -delete
}

# The wheels have no headers and no import libraries. Rust needs no headers, and the names
# that a DLL exports make its library.
make_import_libraries() {
    local version
    version=$(basename "$folder"/wheels/gstreamer_libs-*.whl | cut -d- -f2)
    mkdir -p "$libraries/pkgconfig"
    # GLib's version is the least that this GStreamer is built with.
    import_library glib-2.0 2.64
    import_library gobject-2.0 2.64
    import_library gio-2.0 2.64
    import_library gstreamer-1.0 "$version"
    import_library gstbase-1.0 "$version" gstreamer-base-1.0
}

# import_library LIBRARY VERSION [NAME-FOR-PKG-CONFIG]
import_library() {
    local library=$1 version=$2 name=${3-$1}
    gendef - "$gstreamer/bin/$library-0.dll" >"$libraries/$library.def" 2>/dev/null
    x86_64-w64-mingw32-dlltool --input-def "$libraries/$library.def" \
        --dllname "$library-0.dll" --output-lib "$libraries/lib$library.dll.a"
    cat >"$libraries/pkgconfig/$name.pc" <<END
Name: $name
Description: $library-0.dll
Version: $version
Libs: -L$libraries -l$library
END
}

build() {
    PKG_CONFIG_ALLOW_CROSS=1 PKG_CONFIG_LIBDIR=$libraries/pkgconfig \
        cargo build --locked --release --lib --target "$TRIPLE" --manifest-path "$root/Cargo.toml"
    x86_64-w64-mingw32-strip --strip-debug -o "$out/gstmjpeghttp.dll" \
        "$target/$TRIPLE/release/gstmjpeghttp.dll"
    needs_nothing_of_mingw
}

# Whoever installs the DLL has Windows and GStreamer, and no MinGW.
needs_nothing_of_mingw() {
    local name names
    names=$(x86_64-w64-mingw32-objdump --private-headers "$out/gstmjpeghttp.dll" |
        sed -n 's/^\tDLL Name: //p')
    for name in $names; do
        case ${name,,} in
        libgcc* | libwinpthread* | libstdc*)
            echo "the DLL needs $name" >&2
            return 1
            ;;
        esac
    done
}

# Every Windows since 8 has this DLL, where Rust has its random numbers from; Wine before 9
# has not. The element gets them from the same place of Wine's.
make_wine_newer() {
    under_wine wineboot --init
    [ ! -e "$folder/wine/drive_c/windows/system32/bcryptprimitives.dll" ] || return 0
    x86_64-w64-mingw32-gcc -shared -O2 -Wall -Wextra -Werror -o "$gstreamer/bin/bcryptprimitives.dll" \
        "$root/packaging/windows/bcryptprimitives.c" -ladvapi32
}

inspect() {
    under_wine "$gstreamer/bin/gst-inspect-1.0.exe" mjpeghttpsrc >"$folder/inspect.txt" ||
        show_and_fail "$folder/inspect.txt"
    grep -E '^  (Long-name|Filename|Version)' "$folder/inspect.txt"
}

play() {
    start_camera
    # fakesink tells of each buffer that reaches it.
    under_wine "$gstreamer/bin/gst-launch-1.0.exe" -v mjpeghttpsrc location="$camera" \
        num-buffers="$PICTURES" ! jpegdec ! fakesink silent=false >"$folder/play.txt" ||
        show_and_fail "$folder/play.txt"
    local count
    count=$(grep --count 'last-message = chain' "$folder/play.txt") || true
    echo "$count pictures"
    [ "$count" -eq "$PICTURES" ] || show_and_fail "$folder/play.txt"
}

# Without any limit the element reads what does not come. Three seconds later another branch
# of the pipeline fails, and gst-launch stops them all.
stop() {
    local port said
    exec {from_silence}< <(exec python3 "$root/packaging/windows/silent_camera.py")
    silence_process=$!
    read -r port <&"$from_silence"
    if under_wine "$gstreamer/bin/gst-launch-1.0.exe" \
        mjpeghttpsrc location="http://127.0.0.1:$port/" connect-timeout=0 timeout=0 ! fakesink async=false \
        fakesrc is-live=true datarate=1000 sizetype=fixed sizemax=100 ! identity error-after=30 ! \
        fakesink async=false >"$folder/stop.txt"; then
        show_and_fail "$folder/stop.txt"
    fi
    grep 'Freeing pipeline' "$folder/stop.txt" || show_and_fail "$folder/stop.txt"
    # Ends with the camera, which ends with its viewer.
    said=$(timeout 10 cat <&"$from_silence")
    silence_process=
    [ "$said" = $'asked\nleft alone' ]
}

# What the wheel needs has to be there for Windows. pip takes the conditions for those of the
# system that it runs on itself, so it is asked without them.
make_wheel() {
    local wheel needed
    "$root/packaging/wheel.sh" "$out/gstmjpeghttp.dll" win_amd64 "$out"
    wheel=$(echo "$out"/mjpeghttpsrc-*-win_amd64.whl)
    python3 -m zipfile --list "$wheel" | grep '^mjpeghttpsrc/gstmjpeghttp.dll '
    python3 -m zipfile --extract "$wheel" "$folder/wheel"
    mapfile -t needed < <(sed -n 's/^Requires-Dist: \([^;]*\).*/\1/p' "$folder"/wheel/*.dist-info/METADATA)
    printf '%s\n' "${needed[@]}" | grep '^gstreamer-python'
    python3 -m pip install --quiet --disable-pip-version-check --dry-run --ignore-installed \
        --target "$folder/site" --platform win_amd64 --python-version 3.12 --only-binary=:all: \
        --report "$folder/report.json" "${needed[@]}"
    # What the DLL asks for comes along.
    grep '"name": "gstreamer_libs"' "$folder/report.json"
}

show_and_fail() {
    tail -n 30 "$1" "$folder/wine.txt" >&2
    return 1
}

# A Windows of its own, which goes with the folder.
under_wine() {
    env --unset=DISPLAY WINEPREFIX="$folder/wine" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree,mshtml=" \
        GST_PLUGIN_PATH_1_0="Z:${out//\//\\}" \
        timeout 300 wine "$@" 2>"$folder/wine.txt"
}

start_camera() {
    local line
    cargo build --locked --quiet --example mjpeg-testcam --manifest-path "$root/Cargo.toml"
    exec {from_camera}< <(exec "$target/debug/examples/mjpeg-testcam" --port 0)
    camera_process=$!
    read -r line <&"$from_camera"
    camera=${line#Camera ready: }
}

clean_up() {
    [ -z "${camera_process-}" ] || kill "$camera_process"
    [ -z "${silence_process-}" ] || kill "$silence_process"
    [ ! -d "$folder/wine" ] || WINEPREFIX=$folder/wine wineserver --kill || true
    rm -rf --one-file-system "$folder"
}

main "$@"
