#!/bin/bash
# Grades lab 3: `tests/lab3.sh CHECK=name MACHINE=all ...`, as `make grade`.
exec make --no-print-directory -C "$(dirname "$0")/.." grade LAB=3 "$@"
