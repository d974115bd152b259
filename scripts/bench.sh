#!/usr/bin/env bash
# Builds and runs the benchmarks: bench_*.c here, those that ask for a kernel driver ("VM:" in
# their first lines) in the virtual machine, and Rust's where there are any. This is `make bench`.
#
# Usage: bench.sh [FILTER]     FILTER: part of a benchmark's name
# Each C benchmark says in its own first comment what it measures, and prints its numbers.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
filter=${1-}
cd -- "$root"

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
  timeout -k 5 300 "build/c-tests/bench/$name" </dev/null
done

if [ -z "$filter" ] && [ -d benches ]; then
  printf '\n=== Rust\n\n'
  cargo bench --locked --quiet
fi

if [ "$in_vm" -gt 0 ]; then
  printf '\n=== With a kernel driver, in a virtual machine\n'
  code=0
  scripts/test-vm.sh bench "$filter" || code=$?
  # Exit code 77: this machine cannot run it, and the reason was printed.
  [ "$code" = 0 ] || [ "$code" = 77 ] || exit "$code"
fi
