# Sourced: what the binaries ask of the system they are loaded by.
# shellcheck shell=bash
# shellcheck disable=SC2154 # build.sh and release.sh set them

# The oldest that have to load them: those of Ubuntu 20.04, which is also that of NVIDIA's
# JetPack 5. Debian 11 has younger ones.
OLDEST_GLIBC=2.31
OLDEST_GLIB=2.64
OLDEST_GSTREAMER=1.16

# refuse_younger_symbols FILE...
refuse_younger_symbols() {
    local file younger well=true
    for file in "$@"; do
        younger=$(
            younger_than "$OLDEST_GLIBC" < <(glibc_versions "$file")
            younger_than "$OLDEST_GLIB" < <(introduced "$file" GLib-2.0 GObject-2.0 Gio-2.0)
            younger_than "$OLDEST_GSTREAMER" \
                < <(introduced "$file" Gst-1.0 GstBase-1.0 GstApp-1.0 GstVideo-1.0)
        )
        [ -z "$younger" ] && continue
        printf '%s asks for what is too young:\n%s\n' "${file##*/}" "$younger" >&2
        well=false
    done
    $well
}

# "SYMBOL VERSION" of what FILE wants of the C library.
glibc_versions() {
    "$tools-objdump" --dynamic-syms "$1" | sed --quiet --regexp-extended \
        's/.*\*UND\*.*\(?GLIBC_([0-9.]+)\)? +([^ ]+)$/\2 \1/p'
}

# introduced FILE NAMESPACE...: "SYMBOL VERSION" of the functions FILE wants, if these
# namespaces have them and say since when.
introduced() {
    local file=$1 name descriptions=()
    shift
    for name in "$@"; do
        descriptions+=("$sysroot/usr/share/gir-1.0/$name.gir")
    done
    join <("$tools-nm" --dynamic --undefined-only "$file" | awk '{ print $NF }' | LC_ALL=C sort --unique) \
        <(since "${descriptions[@]}" | LC_ALL=C sort --unique)
}

# "FUNCTION VERSION" out of GObject's descriptions of libraries: of a function as such, and
# of the one that gives a type.
since() {
    awk -v RS='>' '
        function attribute(name) {
            if (!match($0, "[ \n]" name "=\"[^\"]*\"")) return ""
            return substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
        }
        {
            version = attribute("version")
            if (version == "") next
            if ((function_name = attribute("c:identifier")) != "") print function_name, version
            if ((function_name = attribute("glib:get-type")) != "") print function_name, version
        }' "$@"
}

younger_than() {
    local symbol version
    while read -r symbol version; do
        dpkg --compare-versions "$version" le "$1" || echo "    $symbol ($version)"
    done
}

# The libraries FILE... need, as Debian's packages have them.
dependencies() {
    "$tools-objdump" --private-headers "$@" | awk '$1 == "NEEDED" { print $2 }' | sort --unique |
        while read -r library; do
            case $library in
            libc.so.* | libm.so.* | libdl.so.* | libpthread.so.* | librt.so.* | ld-linux*)
                echo "libc6 (>= $OLDEST_GLIBC)"
                ;;
            libgcc_s.so.1) echo "libgcc-s1" ;;
            # Debian 13 has it by another name; on 32 bits that name alone.
            libglib-2.0.so.0 | libgobject-2.0.so.0 | libgio-2.0.so.0)
                echo "libglib2.0-0 (>= $OLDEST_GLIB) | libglib2.0-0t64"
                ;;
            libgstreamer-1.0.so.0 | libgstbase-1.0.so.0)
                echo "libgstreamer1.0-0 (>= $OLDEST_GSTREAMER)"
                ;;
            libgstapp-1.0.so.0 | libgstvideo-1.0.so.0)
                echo "libgstreamer-plugins-base1.0-0 (>= $OLDEST_GSTREAMER)"
                ;;
            *)
                echo "In which package is $library?" >&2
                return 1
                ;;
            esac
        done | sort --unique
}
