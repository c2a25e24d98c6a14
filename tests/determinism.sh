#!/bin/bash
# Shows that verdicts and guest times on malta do not depend on how busy the host is: grades LAB (or all labs)
# RUNS times (10) with the host idle and as often with all cores loaded, and compares the reports byte by byte.
set -euo pipefail
cd "$(dirname "$0")/.."

runs=${RUNS:-10}
out=$(mktemp -d)
load=()
cleanup() {
    ((${#load[@]})) && kill "${load[@]}"
    rm -rf "$out"
}
trap cleanup EXIT

# grades KIND: writes the reports KIND-1, KIND-2, ...
grades() {
    for ((n = 1; n <= runs; n++)); do
        make --no-print-directory grade ${LAB:+LAB="$LAB"} >"$out/$1-$n" || true
        cmp "$out/idle-1" "$out/$1-$n" || {
            diff "$out/idle-1" "$out/$1-$n"
            exit 1
        }
    done
    echo "$runs reports with the host $1: all the same"
}

grades idle
for ((n = 0; n < 2 * $(nproc); n++)); do
    while :; do :; done &
    load+=($!)
done
grades loaded
tail -n 1 "$out/idle-1"
