#!/bin/bash -p
# Installs what is missing to build and run MOS, from Debian 12's packages. Says nothing and takes no time
# when nothing is missing. `tools/setup.sh test` and the like add what those make targets need.
set -euo pipefail

here=$(dirname -- "$0")
"$here/place.sh" target build
missing=()

# need COMMAND PACKAGE...: PACKAGEs bring COMMAND.
need() {
    command -v "$1" >/dev/null || missing+=("${@:2}")
}

"$here/toolchain.sh" || case $? in
    1) missing+=(rustc-web cargo-web rust-web-src rust-web-clippy rustfmt-web) ;;
    *) exit 1 ;;
esac
need ld.lld lld
need cc gcc libc6-dev # links the host's own tools
need qemu-system-mipsel qemu-system-mips
need gxemul gxemul
# QEMU does not start a malta board without the ROMs of its cards, which Debian only recommends.
[[ -e /usr/share/qemu/efi-pcnet.rom || -e /usr/lib/ipxe/qemu/efi-pcnet.rom ]] || missing+=(ipxe-qemu)
[[ -e /usr/share/qemu/vgabios-cirrus.bin || -e /usr/share/seabios/vgabios-cirrus.bin ]] || missing+=(seabios)
for goal in "$@"; do
    case $goal in
    test)
        need mipsel-linux-gnu-gcc gcc-mipsel-linux-gnu # for programs in C
        need gdb-multiarch gdb-multiarch
        need bwrap bubblewrap
        ;;
    grade-submission) need bwrap bubblewrap ;; # what was handed in is kept behind a wall
    debug) need gdb-multiarch gdb-multiarch ;;
    *)
        echo "usage: $0 [test] [debug] [grade-submission]" >&2
        exit 2
        ;;
    esac
done
((${#missing[@]})) || exit 0

echo "Installing what is missing: ${missing[*]}" >&2
as_root=()
if ((EUID)); then
    command -v sudo >/dev/null || {
        echo "This needs root or sudo. Install them as root: apt-get install ${missing[*]}" >&2
        exit 1
    }
    as_root=(sudo)
fi
log=$(mktemp -p /tmp)
trap 'rm -f "$log"' EXIT
# show: a sign of life, on a terminal: the newest of apt's lines, in one place. Nobody else needs them.
show() {
    if [[ ! -t 2 ]]; then
        cat >/dev/null
        return
    fi
    while IFS= read -r line; do
        printf '\r\033[K%.78s' "$line" >&2
    done
    printf '\r\033[K' >&2
}
# apt STEP ARGUMENT...: says which step this is, and takes it.
apt() {
    echo "$1" >&2
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y "${@:2}" 2>&1 | tee "$log" | show || {
        cat "$log" >&2
        echo "Could not install: ${missing[*]}" >&2
        exit 1
    }
}
apt 'Reading which packages there are' update
apt 'Fetching and unpacking them, which may take minutes' install --no-install-recommends "${missing[@]}"
