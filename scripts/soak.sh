#!/usr/bin/env bash
# The soak: random operations from four threads on random virtual cameras with random faults, checked
# against a model of the contract. This is `make soak`; c-tests/soak.c tells what is tried.
#
# Usage: soak.sh [plain|asan|tsan]
# Environment: SOAK_SECONDS=600; SOAK_SEED and SOAK_ROUND try a failure again (it says which)
# Exit: 0 nothing is broken; 77 this machine has no such sanitizer; 1 something is broken.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

mode=${1:-plain}
case $mode in
  plain) ;;
  asan)
    export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
    export UBSAN_OPTIONS=print_stacktrace=1
    ;;
  tsan)
    "$root/scripts/sanitized.sh"
    export TSAN_OPTIONS=$tsan_options
    ;;
  *) die 'usage: soak.sh [plain|asan|tsan]' ;;
esac
[ "$mode" = tsan ] || [ -e "$lib_dir/$lib_link" ] || die 'the library is not built (make lib)'
make -s -C "$root/c-tests" "MODE=$mode" "CC=$CC" -j"$(nproc)" soak

export SOAK_SECONDS=${SOAK_SECONDS:-600}
[[ $SOAK_SECONDS =~ ^[1-9][0-9]{0,6}$ ]] || die "SOAK_SECONDS is '$SOAK_SECONDS', no number of seconds from 1 on"
# Longer than a round may take to come to its end, and shorter than for ever.
if timeout -k 10 $((SOAK_SECONDS + 300)) "$build/c-tests/$mode/soak"; then
  say '1 passed, 0 failed, 0 skipped'
else
  say '0 passed, 1 failed, 0 skipped'
  exit 1
fi
