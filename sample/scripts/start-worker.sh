#!/usr/bin/env bash
# The charm's entry point: Pebble runs `./app/scripts/start-worker.sh` with the settings in the environment.
# Bash, because dash (/bin/sh of Debian and Ubuntu) would drop variables such as `key3-example`.
# It works from wherever it lies, and ends in `exec`, so that Pebble's signals reach the worker itself.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
if [ ! -f "$here/dist/worker.mjs" ]; then
  echo "error: cannot start the worker: $here/dist/worker.mjs is missing (build it: npm run build:sample)" >&2
  exit 1
fi
exec node "$here/dist/worker.mjs"
