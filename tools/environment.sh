# shellcheck shell=bash
# Sourced by toolchain.sh: makes the environment one in which the same sources give the same result, whatever the
# caller has exported for other builds. What cargo needs to reach its packages stays. `$root` is the tree.

# is_foreign NAME: whether a variable of this name is meant for other builds, and heard by what builds here.
is_foreign() {
    case $1 in
    CARGO_HOME | CARGO_HTTP_* | CARGO_NET_* | CARGO_REGISTR* | CARGO_CREDENTIAL* | CARGO_BUILD_JOBS) return 1 ;;
    RUSTUP_HOME | RUSTUP_DIST_SERVER | RUSTUP_UPDATE_ROOT | RUSTUP_AUTO_INSTALL | GIT_SSL_*) return 1 ;;
    CARGO* | RUST* | PROPTEST_* | GIT_* | QEMU_*) ;;
    # A jobserver that make does not share, and variables that are meant for make.
    MAKE* | MFLAGS | GNUMAKEFLAGS) ;;
    # What the C compiler adds to its command line.
    CPATH | C_INCLUDE_PATH | LIBRARY_PATH | COMPILER_PATH | GCC_*) ;;
    # What shells and their tools do besides, and in which language they speak.
    BASH_ENV | ENV | CDPATH | GLOBIGNORE | POSIXLY_CORRECT | GREP_* | LANG | LANGUAGE | LC_*) ;;
    *) return 1 ;;
    esac
}

for name in $(compgen -e); do
    ! is_foreign "$name" || unset -v "$name"
done
export LC_ALL=C.UTF-8

# Cargo's own bar, for who reads its words from a file: see tools/run/src/progress.rs.
[[ ! ${MOS_BAR-} ]] || export CARGO_TERM_PROGRESS_WHEN=always CARGO_TERM_PROGRESS_WIDTH=70

# Files of settings in the folders above the tree count less than the tree's own; but what is a list there would be
# added to the tree's, unless the environment says that there is none.
export CARGO_ENCODED_RUSTFLAGS='' CARGO_ENCODED_RUSTDOCFLAGS=''

# Who is started from here may work in another folder; and a folder that is not there is no reason to fail.
if [[ -d ${TMPDIR-} && -w ${TMPDIR-} ]]; then
    TMPDIR=$(cd -P -- "$TMPDIR" && pwd)
else
    unset -v TMPDIR
fi

# Packages are kept in the home folder, or else in the tree, where that one neither has any nor can be written to.
[[ ${HOME-} ]] || unset -v HOME
export HOME=${HOME-~}
packages=${CARGO_HOME:-$HOME/.cargo}
[[ $packages == /* ]] || packages=$PWD/$packages
if [[ -e $packages ]]; then
    [[ -w $packages || -r $packages/registry ]]
else
    [[ -d ${packages%/*} && -w ${packages%/*} ]]
fi || packages=$root/target/packages
export CARGO_HOME=$packages
