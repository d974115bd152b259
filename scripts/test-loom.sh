#!/usr/bin/env bash
# Runs the models: rooms with locks and threads in every order in which their threads can meet
# (loom). They are built by themselves, because every lock is another one then.
#
# Usage: test-loom.sh [FILTER]     LOOM_MAX_PREEMPTIONS=N looks further (or less far)
# Exit: 0 if every model keeps its promise.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
cd -- "$root"

# The models' own names begin with the room that they are of.
filter=${1-}
export RUSTFLAGS="--cfg loom"
export CARGO_TARGET_DIR=$root/target/loom
exec timeout -k 10 900 cargo test --locked --profile models --lib -- \
  models:: ${filter:+"$filter"}
