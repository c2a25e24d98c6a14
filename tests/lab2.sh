#!/bin/bash
# Grades lab 2: `tests/lab2.sh CHECK=name MACHINE=all ...`, as `make grade`.
exec make --no-print-directory -C "$(dirname "$0")/.." grade LAB=2 "$@"
