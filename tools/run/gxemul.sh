#!/bin/bash -p
# Starts GXemul with these arguments, its own words and the guest's console apart: standard input and output are
# the console, and whatever GXemul says goes to standard error.
#
# With `-x` GXemul opens a window for the console, for which it starts the program $XTERM: this script again. With
# `-K` it asks for commands where it would otherwise end as if all were well, at an instruction that it does not know.
set -euo pipefail

if [[ ${1-} != -geometry ]]; then
    XTERM=$(realpath "$0")
    export XTERM
    if [[ -z ${MOS_WALL-} ]]; then
        exec gxemul -K -x "$@" 3>&1 >&2
    fi
    # Behind a wall all others end with the first: this, which waits until nobody has the pipe any more who has
    # something of the console to pass on.
    exec 4> >(cat >/dev/null)
    status=0
    gxemul -K -x "$@" 3>&1 >&2 || status=$?
    exec 4>&-
    wait $!
    exit $status
fi

# The last argument is -WW@SOUTPUT,INPUT: two pipes, by the numbers of their ends here. The one for the input must stay
# open as long as GXemul runs, which at its end would read for ever: the second `cat` has it too.
pipes=${!#}
pipes=${pipes#-WW@S}
exec 2>/dev/null
cat <&0 >"/proc/self/fd/${pipes#*,}" 3>&- 4>&- &
exec cat "/proc/self/fd/${pipes%,*}" >&3
