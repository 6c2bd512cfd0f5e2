#!/usr/bin/env bash
# Tests a wheel in the Python of another Debian release, as root:
#     tests/wheel_chroot.sh SUITE WHEEL TESTCAM
# tests/wheel.sh makes the wheel. The release is put into a folder of the user's cache
# once, with no more than what the wheel's README names, and seen in a namespace of its own:
# whatever way this script ends, no mount stays behind.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh

suite=$1
root=${XDG_CACHE_HOME:-$HOME/.cache}/gst-plugin-mjpeghttp/$suite-python

if [ "$(id -u)" -ne 0 ]; then
    echo "Only root can put another Debian into a folder and mount into it" >&2
    exit 1
fi
if [ -z "${MJPEGHTTP_NAMESPACE-}" ]; then
    install_packages debootstrap
    MJPEGHTTP_NAMESPACE=$suite exec unshare --mount "${BASH_SOURCE[0]}" "$@"
fi

# A folder of this name is complete: it gets the name last.
if [ ! -d "$root" ]; then
    rm -rf --one-file-system "$root.new"
    mkdir -p "$root.new"
    # shellcheck disable=SC2016 # apt replaces it
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Label: Debian')
    debootstrap --variant=minbase "$suite" "$root.new" "${mirror%%$'\n'*}" >"$root.log" ||
        { tail "$root.log" >&2 && exit 1; }
    mv "$root.new" "$root"
fi

for path in /proc /sys /dev /etc/resolv.conf; do
    [ -e "$root$path" ] || touch "$root$path"
    mount --rbind "$path" "$root$path"
done
mount -t tmpfs tmpfs "$root/mnt"
cp -r packaging/python/tests "$2" "$3" "$root/mnt"
chroot "$root" env --ignore-environment HOME=/mnt LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
    PATH=/usr/sbin:/usr/bin:/sbin:/bin TESTCAM="/mnt/${3##*/}" bash -euc '
        # The last one has the clock that the camera draws, the others are of the README.
        apt-get install -qq -y --no-install-recommends python3-gi python3-numpy python3-venv \
            gir1.2-gstreamer-1.0 gstreamer1.0-plugins-good gstreamer1.0-x >/dev/null
        cd /mnt
        python3 --version
        python3 -m venv --system-site-packages venv
        venv/bin/pip install --quiet --no-index ./*.whl
        venv/bin/python -B tests/run.py'
