#!/usr/bin/env bash
# Runs the models: rooms with locks and threads in every order in which their threads can meet
# (loom). They are built by themselves, because every lock is another one then.
#
# Usage: test-loom.sh [ROOM]     as queue or surface; LOOM_MAX_PREEMPTIONS=N looks further (or less far)
# Exit: 0 if every model keeps its promise.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
cd -- "$root"

room=${1-}
export RUSTFLAGS="--cfg loom"
export CARGO_TARGET_DIR=$root/target/loom
models() { timeout -k 10 900 cargo test --locked --profile models --lib -- "${room:+$room::}models::" "$@"; }
if [ -n "$room" ]; then
  # Read to its end: who lists to nobody fails.
  [ "$(models --list | grep -c ': test$')" -gt 0 ] || die "there are no models of $room"
fi
models
