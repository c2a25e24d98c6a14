#!/bin/bash -p
# Chooses the Rust toolchain, the only place that does: `tools/toolchain.sh COMMAND...` runs COMMAND with
# `cargo`, `rustc` and their friends meaning that toolchain, and with nothing else that the caller's environment
# may say to them; without a command it only says whether there is one: its exit status is 1 where there is none, and 2
# where the one that is there must not be used.
#
# The kernel's target has no prebuilt `core`, so the toolchain must bring the library's source. A rustc in
# PATH that does is used as it is; otherwise Debian's packages are (tools/setup.sh installs them).
set -euo pipefail

oldest=96 # of Rust 1.x: what the workspace's crates and build-std need

here=$(dirname -- "$0")
root=$(cd -P -- "$here/.." && pwd)
# shellcheck source=tools/environment.sh
source "$here/environment.sh"
# shellcheck source=tools/settings.sh
source "$here/settings.sh"

# usable DIR: whether the cargo and rustc of DIR can build, lint and format everything here.
usable() {
    local tool version sysroot
    for tool in cargo rustc cargo-clippy cargo-fmt rustfmt; do
        [[ -x $1/$tool ]] || return 1
    done
    version=$("$1/rustc" --version 2>/dev/null) || return 1
    [[ $version =~ ^rustc\ 1\.([0-9]+)\. ]] && ((BASH_REMATCH[1] >= oldest)) || return 1
    sysroot=$("$1/rustc" --print sysroot 2>/dev/null) || return 1
    [[ -d $sysroot/lib/rustlib/src/rust/library ]]
}

dir=$(dirname -- "$(command -v rustc || echo /usr/bin/rustc)")
# Behind a wall is only what who built that has found usable: asking rustc takes as long as compiling something small.
[[ ${MOS_WALL-} ]] || usable "$dir" || dir=/usr/bin
[[ ${MOS_WALL-} ]] || usable "$dir" || {
    (($#)) && echo "no Rust >= 1.$oldest with its library source, clippy and rustfmt: run tools/setup.sh" >&2
    exit 1
}
export PATH="$dir:$PATH"
export CARGO="$dir/cargo" RUSTC="$dir/rustc" RUSTDOC="$dir/rustdoc" RUSTFMT="$dir/rustfmt"
# build-std and JSON targets are unstable options, which this allows on a stable compiler too.
export RUSTC_BOOTSTRAP=1
settle
(($#)) || exit 0
"$here/place.sh" target
exec "$@"
