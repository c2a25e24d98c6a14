#!/bin/bash -p
# Removes everything that was built, once nobody builds here: who does has locked a file among it.
set -euo pipefail
cd -P -- "$(dirname -- "$0")/.."
shopt -s nullglob

for folder in . build target; do
    [[ ! -e $folder || -w $folder ]] || {
        printf 'mos: %q may not be written to: it cannot be cleaned\n' "$PWD/${folder#.}" >&2
        exit 1
    }
done
busy=75
# attempt: does it if nobody builds. Otherwise it holds no lock that others may be about to wait for.
attempt() (
    for lock in build/lock target/.tree target/{,*/}*/.cargo-*lock; do
        [[ -e $lock ]] || continue
        exec {held}<"$lock" || exit 1
        flock -n "$held" || exit $busy
    done
    rm -rf build target
)
told=
until attempt; do
    (($? == busy)) || exit 1
    [[ $told ]] || echo 'mos: waiting until nobody builds here' >&2
    told=1
    sleep 0.2
done
