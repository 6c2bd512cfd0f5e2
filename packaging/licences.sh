# Sourced: which crates are linked in, and the licences that go along with them.
# shellcheck shell=bash
# shellcheck disable=SC2154 # build.sh and release.sh set them

# What Cargo.toml has for tests and benches alone; the rest of its dev-dependencies is the
# programs'.
TEST_CRATES=(criterion gstreamer-check tempfile)

# "NAME VERSION|LICENCE" of each crate in the plugin or a program of any architecture, as
# packages of several architectures that are installed together have to have the same
# documents. In the folder of the source, and in a shell of its own.
linked_crates() {
    local name options=()
    for name in "${ARCHITECTURES[@]}"; do
        set_architecture "$name"
        options+=(--target "$target")
    done
    for name in "${TEST_CRATES[@]}"; do
        options+=(--prune "$name")
    done
    cargo tree --locked --edges normal,dev,no-proc-macro --prefix none --no-dedupe \
        "${options[@]}" --format '{p}|{l}' |
        sed --regexp-extended '/^gst-plugin-mjpeghttp |^$/d; s/^([^ ]+) v([^ |]+)[^|]*/\1 \2/' |
        sort --unique
}

# All their licences in one text. What is the same text word by word stands there once.
write_notices() {
    local crates name version folder found file sum order=()
    local -A heads=() files=()
    crates=$(linked_crates)
    while read -r name version; do
        version=${version%%|*}
        folder=$(crate_folder "$name-$version")
        found=$(licence_files "$folder")
        while IFS= read -r file; do
            sum=$(tr --squeeze-repeats '[:space:]' ' ' <"$file" | sha256sum)
            [ -n "${heads[$sum]-}" ] || order+=("$sum")
            heads[$sum]+="$name $version: ${file#"$folder/"}"$'\n'
            files[$sum]=$file
        done <<<"$found"
    done <<<"$crates"

    echo "The plugin and the programs hold the crates below and Rust's standard library."
    for sum in "${order[@]}"; do
        rule
        printf '%s\n' "${heads[$sum]}"
        cat "${files[$sum]}"
    done
    rule
    standard_library
}

crate_folder() {
    local folder
    for folder in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$1"; do
        [ ! -d "$folder" ] || { echo "$folder" && return; }
    done
    echo "Cargo has not unpacked $1" >&2
    return 1
}

# Each crate has some.
licence_files() {
    local found
    found=$(find "$1" -not -path '*/tests/*' -type f -regextype posix-extended \
        -iregex '.*/(un)?(licen[cs]e|copying|copyright|notice)[^/]*' | LC_ALL=C sort)
    [ -n "$found" ] || { echo "$1 has no licence" >&2; return 1; }
    echo "$found"
}

# As Rust tells it, without the marks of a web page.
standard_library() {
    sed --regexp-extended 's/<[^>]*>//g; s/&lt;/</g; s/&gt;/>/g; s/&quot;/"/g; s/&#39;/'\''/g; s/&amp;/\&/g' \
        "$(rustc --print sysroot)/share/doc/rust/COPYRIGHT-library.html" | cat --squeeze-blank
}

rule() {
    printf '\n%s\n\n' "$(printf '=%.0s' {1..80})"
}
