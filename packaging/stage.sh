# Sourced: the files of one architecture as a user gets them, and archives of them.
# shellcheck shell=bash
# shellcheck disable=SC2154 # build.sh and release.sh set them

# stage FOLDER: and FOLDER-debug.
stage() {
    local folder=$1 name file
    stage_plugin "$folder"
    for name in "${PROGRAMS[@]}"; do
        install -D --mode=755 -t "$folder/bin" "$built/examples/$name"
    done
    for file in "$folder"/bin/*; do
        take_debug_apart "$file" "$folder-debug"
    done
    refuse_younger_symbols "$folder"/lib/gstreamer-1.0/* "$folder"/bin/*
    install --mode=644 -t "$folder" "$source"/{CHANGELOG.md,LICENSE-MIT,LICENSE-APACHE}
    install --mode=644 "$work/notices" "$folder/THIRD-PARTY-NOTICES.txt"
    install -D --mode=644 -t "$folder/examples" \
        "$source"/examples/mjpeg-record/{cameras.toml,mjpeg-recorder.service,mjpeg-recorder@.service} \
        "$source"/examples/mjpeg-record/{recorder.sbatch,kubernetes.yaml,Containerfile,alerts.yml,grafana.json}
    stage_manuals "$folder/share"
    stage_completion "$folder/share"
}

# stage_plugin FOLDER: and FOLDER-debug, with the plugin alone.
stage_plugin() {
    rm -rf --one-file-system "$1" "$1-debug"
    install -D --mode=644 -t "$1/lib/gstreamer-1.0" "$built/libgstmjpeghttp.so"
    take_debug_apart "$1/lib/gstreamer-1.0/libgstmjpeghttp.so" "$1-debug"
    install --mode=644 -t "$1" "$source/README.md"
}

# take_debug_apart FILE FOLDER: debuggers find what goes there by the number that stays in
# both.
take_debug_apart() {
    local number file
    number=$("$tools-readelf" --notes "$1" | sed --quiet 's/.*Build ID: //p')
    file=$2/usr/lib/debug/.build-id/${number:0:2}/${number:2}.debug
    mkdir -p "${file%/*}"
    "$tools-objcopy" --only-keep-debug "$1" "$file"
    chmod 644 "$file"
    "$tools-strip" --strip-unneeded --remove-section=.comment "$1"
}

stage_manuals() {
    local page
    for page in "$source"/packaging/man/*.1; do
        [ ! -f "$page" ] || install -D --mode=644 -t "$1/man/man1" "$page"
    done
}

# Each shell finds them by folder and name; _NAME is zsh's.
stage_completion() {
    local file name place
    [ -d "$source/packaging/completion" ] || return 0
    while IFS= read -r -d '' file; do
        name=${file##*/}
        case ${file#"$source/packaging/completion/"} in
        *.fish) place=fish/vendor_completions.d/$name ;;
        _* | */_* | zsh/* | *.zsh) name=${name#_} place=zsh/vendor-completions/_${name%.zsh} ;;
        *) place=bash-completion/completions/${name%.bash} ;;
        esac
        install -D --mode=644 "$file" "$1/$place"
    done < <(find -L "$source/packaging/completion" -type f -print0)
}

# pack FOLDER FILE: the same files are the same bytes, whoever packs them and when.
pack() {
    tar --create --sort=name --format=gnu --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 \
        --numeric-owner --mode=u+rw,go=rX --directory "$(dirname "$1")" "$(basename "$1")" |
        gzip -9 --no-name >"$2"
}
