#!/bin/sh
# `tools/bound.sh SIGNAL PARENT COMMAND...` becomes COMMAND, to which Linux sends SIGNAL when whoever started it has
# ended, in whichever way. PARENT is the id of that process: who has lost it before this was arranged does not begin.
signal=$1
shift
exec setpriv --pdeathsig "$signal" -- sh -c '[ "$PPID" = "$0" ] && exec "$@"' "$@"
