# shellcheck shell=bash
# Sourced by toolchain.sh: files of settings outside the tree count less than the tree's own, and say where packages come
# from. What else they say that would change what is built is taken back, or refused where nothing can do that.

# settle: does that.
settle() {
    local host key='' line folder=$root files=("$CARGO_HOME"/config{,.toml})
    while [[ $folder ]]; do
        folder=${folder%/*}
        files+=("$folder"/.cargo/config{,.toml})
    done
    # Few have a word of these.
    grep -qswE 'alias|build|env|include|paths|patch|profile|target|unstable' -- "${files[@]}" || return 0
    host=$("$RUSTC" -vV | sed -n 's/^host: //p')
    # Of lists that several files have, cargo names one or all, as it happens: taken back is what any of them might say.
    if grep -qswE 'include|target' -- "${files[@]}"; then
        local variable=${host//-/_}
        variable=CARGO_TARGET_${variable^^}
        export "${variable}_LINKER=cc" "${variable}_RUNNER=setpriv --pdeathsig KILL --"
        export CARGO_TARGET_MIPSEL_MOS_LINKER=ld.lld
    fi
    # A line for each setting that counts and each part of a list, with the file that it comes from.
    while IFS= read -r line; do
        [[ $line == ' '* ]] || key=${line%% = *}
        case $line in
        '#'* | *' = [' | *" # $root/Cargo.toml" | *" # $root/.cargo/config.toml") ;;
        *) judge "$key" "${line#"${line%%[! ]*}"}" ;;
        esac
    done < <(cd -- "$root" && "$CARGO" --config Cargo.toml config get -Zunstable-options --show-origin 2>/dev/null)
}

# judge KEY LINE: takes this setting back where that can be done, and ends with a word where it cannot.
judge() {
    local name=${1#env.}
    case $1 in
    # Faster or slower, but for optimizers that see a whole program at once.
    build.incremental) export CARGO_INCREMENTAL=0 ;;
    # Not where nobody has one: with none in so many words, cargo asks the compiler eight times each time what it can do.
    build.rustc-workspace-wrapper) export RUSTC_WORKSPACE_WRAPPER='' ;;
    # See environment.sh, and above.
    target.*.rustflags | target.*.rustdocflags) ;;
    "target.$host.linker" | "target.$host.runner" | target.mipsel-mos.linker | 'target."cfg('*.linker | 'target."cfg('*.runner) ;;
    env.*) ! is_foreign "${name%%.*}" || refuse "$1" "$2" ;;
    build.target | paths | patch.* | unstable.* | "target.$host."* | target.mipsel-mos.* | alias.fmt | alias.clippy | \
        profile.dev.* | profile.test.* | profile.release.* | profile.debug-kernel.*) refuse "$1" "$2" ;;
    esac
}

# refuse KEY LINE: says which setting of which file cannot be.
refuse() {
    [[ $2 == "$1 = "* ]] || set -- "$1" "$1 = [${2%%, # *}] # ${2#*, # }" # a part of a list
    echo "mos: a setting of cargo's that is none of the tree's would change what is built: $2" >&2
    exit 2
}
