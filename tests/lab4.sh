#!/bin/bash
# Grades lab 4: `tests/lab4.sh CHECK=name MACHINE=all ...`, as `make grade`.
exec make --no-print-directory -C "$(dirname "$0")/.." grade LAB=4 "$@"
