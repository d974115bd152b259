#!/usr/bin/env bash
# Builds and runs the benchmarks: bench_*.c here, those that ask for a kernel driver ("VM:" in
# their first lines) in the virtual machine, and those of the Rust tests. This is `make bench`.
#
# Usage: bench.sh [FILTER]     FILTER: part of a benchmark's name
# Each C benchmark says in its own first comment what it measures, and prints its numbers.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
filter=${1-}
cd -- "$root"

# Without GStreamer the comparison with it is left out, and its benchmark says so.
if [ -z "$filter" ] || [[ bench_outputs_vm == *"$filter"* ]]; then scripts/setup.sh bench || true; fi
scripts/link.sh
make -s -C c-tests MODE=bench "CC=$CC"

in_vm=0
for source in c-tests/bench_*.c c-tests/bare_v4l2.c; do
  name=$(basename -- "$source" .c)
  [ -e "$source" ] && [[ $name == *"$filter"* ]] || continue
  # The bare loop is what the library is compared with on a kernel driver.
  if [ "$name" = bare_v4l2 ] || for_vm "$source"; then
    in_vm=$((in_vm + 1))
    continue
  fi
  printf '\n=== %s\n\n' "$name"
  timeout -k 5 400 "build/c-tests/bench/$name" </dev/null
done

# Instructions, which are the same however busy the machine is: two runs under callgrind, and the
# difference of their totals over the difference of their counts.
collected() {
  valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>&1 >/dev/null | awk '/Collected/ { print $4 }'
}
per_unit() { # per_unit FEW MANY COMMAND...: the command is run with each count at its end
  local few=$1 many=$2
  shift 2
  echo $((($(collected "$@" "$many") - $(collected "$@" "$few")) / (many - few)))
}
if [ -z "$filter" ] && have valgrind; then
  printf '\n=== Instructions in user space\n\n'
  for call in camera_session_get_state camera_session_can_add_input camera_session_add_input+remove \
    camera_frame_get_info camera_frame_retain+release; do
    printf '  %-34s %6s for one call\n' "$call" "$(per_unit 10000 30000 build/c-tests/bench/bench_calls "$call")"
  done
  printf '  %-34s %6s for one frame, most of them drawing it\n' 'virtual camera into a surface' \
    "$(per_unit 600 3000 build/c-tests/bench/bench_frames 16)"
fi

if [ -z "$filter" ]; then
  printf '\n=== Conversions, JPEG and photos, beside libyuv and libjpeg-turbo alone\n\n'
  cargo test --locked --quiet --release --lib image::converter::tests::speed -- \
    --ignored --nocapture --test-threads=1 | sed -n '/ ms/s/^\.*//p'
fi

if [ "$in_vm" -gt 0 ]; then
  printf '\n=== With a kernel driver, in a virtual machine\n'
  code=0
  scripts/test-vm.sh bench "$filter" || code=$?
  # Exit code 77: this machine cannot run it, and the reason was printed.
  [ "$code" = 0 ] || [ "$code" = 77 ] || exit "$code"
fi
