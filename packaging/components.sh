# Sourced: the list of components in the format of CycloneDX. Cargo's own tools for it know
# nothing of the programs, whose crates are dev-dependencies.
# shellcheck shell=bash
# shellcheck disable=SC2154 # build.sh and release.sh set them

# list_components: in the folder of the source.
list_components() {
    local crates checksums
    crates=$(linked_crates)
    checksums=$(crate_checksums)
    # Each of both has a key first: NAME VERSION.
    join -t '|' <(echo "$crates" | LC_ALL=C sort) <(echo "$checksums" | LC_ALL=C sort) |
        jq --raw-input --null-input --arg version "$(manifest version)" \
            --arg licence "$(manifest license)" --arg homepage "$(manifest repository)" \
            --arg time "$(date --utc --date="@$SOURCE_DATE_EPOCH" +%FT%TZ)" \
            --arg rust "$(rustc --version | cut --delimiter=' ' --fields=2)" '
            def library($name; $version; $licence):
                {
                    type: "library", name: $name, version: $version,
                    licenses: [{ expression: ($licence | gsub("/"; " OR ")) }]
                };
            [inputs / "|" | (.[0] / " ") as [$name, $version]
                | library($name; $version; .[1])
                + { purl: "pkg:cargo/\($name)@\($version | gsub("\\+"; "%2B"))" }
                + { "bom-ref": "\($name)@\($version)" }
                + { hashes: [{ alg: "SHA-256", content: .[2] }] }
            ] as $crates
            | {
                bomFormat: "CycloneDX", specVersion: "1.5", version: 1,
                metadata: {
                    timestamp: $time,
                    component: (library("gst-plugin-mjpeghttp"; $version; $licence) + {
                        "bom-ref": "gst-plugin-mjpeghttp",
                        externalReferences: [{ type: "website", url: $homepage }]
                    })
                },
                components: ($crates + [
                    library("rust-std"; $rust; "MIT OR Apache-2.0") + { "bom-ref": "rust-std" }
                ])
            }'
}

# "NAME VERSION|SHA-256" of what Cargo.lock has.
crate_checksums() {
    awk -F '"' '
        /^name = / { name = $2 }
        /^version = / { version = $2 }
        /^checksum = / { print name " " version "|" $2 }' Cargo.lock
}
