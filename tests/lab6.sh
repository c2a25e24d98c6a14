#!/bin/bash
# Grades lab 6: `tests/lab6.sh CHECK=name MACHINE=all ...`, as `make grade`.
exec make --no-print-directory -C "$(dirname "$0")/.." grade LAB=6 "$@"
