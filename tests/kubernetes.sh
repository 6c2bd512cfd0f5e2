#!/usr/bin/env bash
# examples/mjpeg-record/kubernetes.yaml against the schemas of Kubernetes and of the Prometheus
# operator, its parts against each other, and its cameras.toml by the recorder. No cluster runs
# it here.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=tests/install.sh
source tests/install.sh
# shellcheck source=tests/programs.sh
source tests/programs.sh

MANIFEST=examples/mjpeg-record/kubernetes.yaml
# The oldest one that it says it needs, and the newest one that there are schemas for.
VERSIONS=(1.28 "")

folder=$(mktemp --directory)

main() {
    trap 'rm -rf --one-file-system "$folder"' EXIT
    install_packages "${BUILD_PACKAGES[@]}" python3-venv
    command -v npm >/dev/null || install_packages nodejs npm
    need_programs mjpeg-record
    python3 -m venv "$folder/venv"
    "$folder/venv/bin/pip" install --quiet kubernetes-validate pyyaml
    (cd "$folder" && npm install --silent --no-save --prefix . @kubernetes-models/prometheus-operator >/dev/null)

    local version
    for version in "${VERSIONS[@]}"; do
        has_right_schema "$MANIFEST" "$version"
    done
    monitor_is_right "$MANIFEST"
    manifest "$MANIFEST" check
    cameras_are_right
    mistakes_are_found
    echo "$MANIFEST: the schemas find nothing wrong"
}

manifest() {
    "$folder/venv/bin/python3" tests/kubernetes/manifest.py "$@"
}

# has_right_schema FILE VERSION: only the ServiceMonitor is none of Kubernetes' own.
has_right_schema() {
    "$folder/venv/bin/kubernetes-validate" --strict ${2:+--kubernetes-version "$2"} "$1" >"$folder/said" 2>&1 ||
        { cat "$folder/said" >&2 && return 1; }
    if grep --invert-match -e ' passed for resource ' -e 'schema for kind ServiceMonitor' "$folder/said" >&2; then
        return 1
    fi
    [ "$(grep --count ' passed for resource ' "$folder/said")" -eq 4 ]
}

monitor_is_right() {
    cp tests/kubernetes/monitor.mjs "$folder"
    manifest "$1" monitor | node "$folder/monitor.mjs"
}

# With a folder and a password that are there.
cameras_are_right() {
    echo secret >"$folder/yard.password"
    manifest "$MANIFEST" cameras |
        sed "s#/run/secrets/mjpeg-recorder#$folder#; s#\"/recordings\"#\"$folder\"#" >"$folder/cameras.toml"
    "$programs/mjpeg-record" --check "$folder/cameras.toml"
}

# A check that finds nothing has to be able to.
mistakes_are_found() {
    sed 's/  replicas: 5/  replicas: five/' "$MANIFEST" >"$folder/wrong.yaml"
    if has_right_schema "$folder/wrong.yaml" "" 2>/dev/null; then return 1; fi
    sed 's/allowPrivilegeEscalation/allowEscalation/' "$MANIFEST" >"$folder/wrong.yaml"
    if has_right_schema "$folder/wrong.yaml" "" 2>/dev/null; then return 1; fi
    sed 's/interval: 30s/interval: [30]/' "$MANIFEST" >"$folder/wrong.yaml"
    if monitor_is_right "$folder/wrong.yaml" 2>/dev/null; then return 1; fi
    sed 's/  replicas: 5/  replicas: 6/' "$MANIFEST" >"$folder/wrong.yaml"
    if manifest "$folder/wrong.yaml" check 2>/dev/null; then return 1; fi
}

main
