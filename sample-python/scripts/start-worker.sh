#!/bin/sh
# The charm's entry point: Pebble runs `./app/scripts/start-worker.sh` with the settings in the environment.
# It works from wherever it lies, and ends in `exec`, so that Pebble's signals reach the worker itself.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
# Packages that were installed beside the worker: pip install --target lib -r requirements.txt
export PYTHONPATH="$here/lib${PYTHONPATH:+:$PYTHONPATH}"
exec python3 "$here/worker.py"
