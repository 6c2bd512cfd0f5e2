#!/usr/bin/env bash
# Builds the Python wheel around a plugin that is there already:
#     packaging/wheel.sh PLUGIN PLATFORM_TAG OUT_FOLDER
# as in
#     packaging/wheel.sh target/release/libgstmjpeghttp.so manylinux_2_31_x86_64 dist
#
# The same commit and plugin give the same bytes. Takes Debian's python3-hatchling, or
# hatchling in the Python that PYTHON names, and no network.
set -euo pipefail

if [ $# -ne 3 ]; then
    sed -n '2,5s/^# \?//p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
plugin=$(realpath "$1")
platform=$2
mkdir -p "$3"
out=$(realpath "$3")
cd "$(dirname "${BASH_SOURCE[0]}")/.."

python=${PYTHON:-/usr/bin/python3}
if ! "$python" -c 'import hatchling' 2>/dev/null; then
    echo "$python has no hatchling; in Debian: sudo apt install python3-hatchling" >&2
    exit 1
fi
# The file's name is how GStreamer knows it, and how the package finds it.
case $(basename "$plugin") in
libgstmjpeghttp.so | libgstmjpeghttp.dylib | gstmjpeghttp.dll) ;;
*) echo "$plugin is not named as GStreamer names plugins, libgstmjpeghttp.so" >&2 && exit 1 ;;
esac

# Nothing but what belongs into the wheel, however the source folder looks.
stage=$(mktemp --directory)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/mjpeghttpsrc/licenses"
cp packaging/python/{pyproject.toml,hatch_build.py,README.md} "$stage"
cp packaging/python/mjpeghttpsrc/{*.py,py.typed} "$stage/mjpeghttpsrc"
# Its mode would be seen in the wheel.
install --mode=644 "$plugin" "$stage/mjpeghttpsrc"
cp LICENSE-MIT LICENSE-APACHE packaging/copyright "$stage/mjpeghttpsrc/licenses"
# For the version.
cp Cargo.toml "$stage"

SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH WHEEL_PLATFORM=$platform
cd "$stage"
"$python" -B -m hatchling build --target wheel --directory "$out"
# Whoever downloads it shall be able to read it.
chmod 644 "$out"/mjpeghttpsrc-*-"$platform".whl
