#!/bin/bash -p
# GitHub Classroom: `tools/classroom.sh REPOSITORY` grades this tree, as it was given, with the student's own files of the
# newest lab from the last commit of REPOSITORY, and tells the score where Classroom looks for it.
set -euo pipefail
handed_in=$(cd -- "$1" && pwd)
cd "$(dirname -- "$0")/.."
lab=$(ls tests/checks | sed -n 's/^lab\([0-9]*\)\.toml$/\1/p' | sort -n | tail -n 1)

# What git has under a name is bytes, whatever links there are in a folder.
take() {
    git -c safe.directory='*' -C "$handed_in" cat-file blob "HEAD:$1"
}
for name in $(sed -n 's/^files = \[\(.*\)\]$/\1/p' "tests/labs/lab$lab.toml" | tr -d '",'); do
    if take "$name" >taken 2>/dev/null; then
        cat taken >"$name"
    else
        echo "$name is not there: it is graded as it was given"
    fi
done
rm -f taken

# What is printed meanwhile is nothing that the service should do.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
echo "::stop-commands::$token"
rm -rf grade
make grade LAB="$lab" OUT=grade | tee grade.txt || true
echo "::$token::"
# Whatever language the report is in. No score is not 0 points: what does not build has those.
score=$(sed -n 's/^  "score": \([0-9]*\),$/\1/p' "grade/lab$lab/results.json" 2>/dev/null || true)
if [[ ! $score ]]; then
    echo '::error title=Autograding::It could not be graded, which is nobody'"'"'s fault but the grader'"'"'s.'
    exit 1
fi
sed 's/^/    /' grade.txt >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
echo "::notice title=Autograding complete::Points $score/100"
echo "::notice title=Autograding report::{\"totalPoints\":$score,\"maxPoints\":100}"
((score >= 100))
