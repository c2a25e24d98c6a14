#!/bin/bash -p
# Whether the tree can be built where it is, and whether what is in target/ was built here. Where it was not,
# what is ours in it is forgotten, so that cargo builds it anew: cargo itself goes by time stamps, which a copy
# or another tree's target/ may have of any kind. `tools/place.sh FOLDER...`: these are what will be written to.
set -euo pipefail
export LC_ALL=C.UTF-8

# A dot, since $() takes line feeds away.
root=$(cd -P -- "$(dirname -- "$0")/.." && printf '%s.' "$PWD")
root=${root%.}
refuse() {
    printf 'mos: this tree cannot be built in %q: %s; %s\n' "$root" "$1" "${2-move it elsewhere}" >&2
    exit 1
}
case $root in
*:*) refuse 'cargo cannot have a colon in the path' ;;
*$'\n'*) refuse 'cargo cannot have a line feed in the path' ;;
esac
[[ $root =~ ^.*$ ]] || refuse 'cargo cannot have a path that is not UTF-8'

shopt -s nullglob
# may_write PATH...: whether what is there of these can be written to.
may_write() {
    local path
    for path in "$@"; do
        [[ ! -e $path || -w $path ]] || refuse "${path#"$root"/} may not be written to" 'is it yours? A copy would be'
    done
}
for folder in "$@"; do
    [[ -d $root/$folder ]] || may_write "$root"
    may_write "$root/$folder" "$root/$folder"/{.tree,lock,*/,*/*/}
done

stamp=$root/target/.tree
if [[ ! -d $root/target ]]; then
    mkdir -p -- "$root/target"
    # Backups leave out what has this file, which cargo only writes to a folder of its own making.
    echo 'Signature: 8a477f597d28d172789f06886806bc55' >"$root/target/CACHEDIR.TAG"
fi
exec 9>>"$stamp"
flock 9
[[ $stamp -ef /dev/fd/9 ]] || exec "$0" "$@" # `make clean` came first
# Another tree may have been here before: each has a name, which no target/ of another one brings along.
name=$root/build/.name
if [[ ! -s $name ]]; then
    mkdir -p -- "$root/build"
    od -An -N16 -tx8 /dev/urandom >"$name"
fi
now=$root,$(<"$name")
was=$(<"$stamp")
[[ $was != "$now" ]] || exit 0
# Every crate of ours is called so; others' depend on nothing here.
ours=("$root"/target/{,*/}*/.fingerprint/{mos-,libos-}*)
if ((${#ours[@]})); then
    echo "mos: target/ was built elsewhere${was:+ (${was%,*})}: building anew what is ours in it" >&2
    rm -rf -- "${ours[@]}"
fi
printf '%s\n' "$now" >"$stamp"
