#!/bin/bash
# Gradescope, when it builds the autograder's image (choose Debian 12 as its base): installs what grading needs,
# and builds once, so that grading finds everything built.
set -euo pipefail
apt-get update
apt-get install -y git make
cd /autograder/source
# Grading lays out its clean tree from what git knows.
git rev-parse -q --verify HEAD >/dev/null || {
    git init -q
    git add --all
    git -c user.name=MOS -c user.email=mos@course.invalid commit -q -m 'The tree to grade with'
}
make grade || true
