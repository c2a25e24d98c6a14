#!/bin/bash
# Grades lab 5: `tests/lab5.sh CHECK=name MACHINE=all ...`, as `make grade`.
exec make --no-print-directory -C "$(dirname "$0")/.." grade LAB=5 "$@"
