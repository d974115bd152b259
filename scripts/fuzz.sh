#!/usr/bin/env bash
# Feeds the rooms that take bytes from outside with bytes that nobody thought of, with
# AddressSanitizer in the library. What is found is kept in build/fuzz/TARGET-*, and what leads into
# new code in target/fuzz/corpus/, for the next time.
#
# Usage: fuzz.sh [TARGET]          FUZZ_SECONDS=60 for each target; FUZZ_JOBS=2 targets at a time
# Exit: 0 nothing found; 77 there is no fuzzer here; 1 something was found, or it does not build.
set -uo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
cd -- "$root" || exit 1

seconds=${FUZZ_SECONDS:-60}
jobs=${FUZZ_JOBS:-$(nproc)}
found=$build/fuzz
corpus=$root/target/fuzz/corpus
host=$(rustc -vV | sed -n 's/^host: //p')
# What the package lists is what there is.
targets=$(sed -n 's/^name = "\([a-z_]*\)"$/\1/p' fuzz/Cargo.toml)
if [ -n "${1-}" ]; then
  grep -qx -- "$1" <<<"$targets" || die "no target $1; there are: $(xargs <<<"$targets")"
  targets=$1
fi

if ! have cargo-fuzz; then
  say 'Installing cargo-fuzz (cargo install cargo-fuzz --locked).'
  if ! cargo install cargo-fuzz --locked --quiet; then
    say 'SKIP fuzzing: cargo-fuzz is not installed, and cargo install cannot get it'
    exit 77
  fi
fi

# The sanitizer and the coverage are unstable flags of the compiler; the code is for the stable one.
export RUSTC_BOOTSTRAP=1
cargo fuzz build --target-dir target/fuzz || die 'the fuzz targets do not build'
mkdir -p -- "$found"

run_target() { # run_target NAME
  local name=$1 log=$found/$1.log
  local inputs=("$corpus/$name" "fuzz/seeds/$name")
  mkdir -p -- "$corpus/$name"
  [ ! -d "fuzz/regressions/$name" ] || inputs+=("fuzz/regressions/$name")
  # One run takes milliseconds. Where libFuzzer stops, because of a crash, a leak, memory or
  # time, it writes the bytes to the artifact.
  if timeout -k 10 $((seconds + 120)) "target/fuzz/$host/release/$name" \
    -max_total_time="$seconds" -max_len=1024 -len_control=0 -timeout=25 -rss_limit_mb=4096 -print_final_stats=1 \
    -artifact_prefix="$found/$name-" "${inputs[@]}" >"$log" 2>&1; then
    printf '  ok   %-12s %s runs\n' "$name" "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
    return 0
  fi
  printf '  FAIL %s\n' "$name"
  grep -E -A4 'panicked at|ERROR: |SUMMARY: |Test unit written' "$log" | head -n 60 | sed 's/^/       /'
  return 1
}

passed=0 failed=0 running=()
finish() {
  local pid
  for pid in "${running[@]}"; do
    if wait "$pid"; then passed=$((passed + 1)); else failed=$((failed + 1)); fi
  done
  running=()
}
for name in $targets; do
  run_target "$name" &
  running+=($!)
  [ ${#running[@]} -lt "$jobs" ] || finish
done
finish
[ "$failed" = 0 ] || say "The bytes are in build/fuzz/; CONTRIBUTING.md says what to do with them."
say "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
