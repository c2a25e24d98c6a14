#!/bin/bash -p
# Cargo's rustc wrapper (see .cargo/config.toml). LLVM tells at every crate that its MIPS-I support is
# experimental, on stderr and past every lint level: that one line goes, everything else stays as it is.
# A compiler ends with the cargo that started it.
bound=(setpriv --pdeathsig KILL --)
# Nor does it compute a constant for ever: so many seconds of CPU time are more than anything here takes.
seconds=240
case " $* " in
*mipsel-mos*)
    # Paths as they are from here, where cargo has us work: ld.lld takes a % in its output's for a digit to draw.
    cd -P .
    ulimit -St $seconds 2>/dev/null || : # who started us may have said less
    set -- "${@/#"$PWD/"/}"
    # `exec` keeps rustc's exit status; cargo reads stderr to its end, so no line can come too late.
    exec "${bound[@]}" "$@" 2> >(grep --line-buffered -vxF 'warning: MIPS-I support is experimental' >&2)
    ;;
*) exec "${bound[@]}" "$@" ;;
esac
