#!/bin/bash
# Grades lab 1: `tests/lab1.sh CHECK=name MACHINE=all ...`, as `make grade`.
exec make --no-print-directory -C "$(dirname "$0")/.." grade LAB=1 "$@"
