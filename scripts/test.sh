#!/usr/bin/env bash
# Runs every test, stage after stage, and sums up. This is `make test`, and what CI runs.
# A stage that fails does not stop the others, so that one run shows all there is to repair;
# without a library there is nothing left to test, though.
#
# Usage: test.sh [STAGE...]     stages: see the end of this file; default: all
# Exit: 0 if nothing failed.
set -uo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
cd -- "$root" || exit 1
export CARGO_TERM_COLOR=never # the counts are read from the output

only=" $* "
logs=$build/test-logs
mkdir -p -- "$logs"
rm -f -- "$logs"/*
table=()
skips=()
passed=0
failed=0
skipped=0
blocked= # why the remaining stages cannot run
begin_all=$EPOCHREALTIME

# Adds up the closing lines of our own scripts and of cargo test: "PASSED FAILED SKIPPED LINES".
counts() {
  awk '
    /^[0-9]+ passed, [0-9]+ failed/ { p += $1; f += $3; s += $5; lines++ }
    /^test result:/ { gsub(";", ""); p += $4; f += $6; s += $8; lines++ }
    END { print p + 0, f + 0, s + 0, lines + 0 }' "$1"
}

stage() { # stage NAME TITLE COMMAND...
  local name=$1 title=$2 log=$logs/$1.log code p f s lines begin took word
  shift 2
  [ "$only" = '  ' ] || [[ $only == *" $name "* ]] || return 0
  if [ -n "$blocked" ]; then
    table+=("$(printf '%-10s %-8s %7s %7s %7s %8s' "$name" 'not run' - - - -)")
    return 0
  fi
  printf '\n=== %s\n\n' "$title"
  begin=$EPOCHREALTIME
  "$@" 2>&1 </dev/null | tee "$log"
  code=${PIPESTATUS[0]}
  took=$(seconds_since "$begin")

  read -r p f s lines <<<"$(counts "$log")"
  while IFS= read -r line; do skips+=("$line"); done < <(
    sed -n -e 's/^SKIP //p' -e 's/^test \(.*\) \.\.\. ignored,* */\1: ignored /p' "$log")
  case $code in
    0) word=ok ;;
    77)
      word=skipped
      [ "$lines" != 0 ] || s=1
      grep -q '^SKIP ' "$log" || skips+=("$name: $(grep . "$log" | tail -n 1)")
      ;;
    *)
      word=FAILED
      # A stage can fail without a failing test: a compiler's error, a test run that died.
      [ "$f" != 0 ] || f=1
      ;;
  esac
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  table+=("$(printf '%-10s %-8s %7d %7d %7d %6s s' "$name" "$word" "$p" "$f" "$s" "$took")")
  printf '\n--- %s: %s (%s s)\n' "$name" "$word" "$took"
  [ "$code" = 0 ] || [ "$code" = 77 ]
}

library() { scripts/link.sh && scripts/check-abi.sh; }
examples() {
  make -s -C examples-c "CFLAGS=-O2 -g -Werror" "CC=$CC" &&
    find build/examples -type f -executable -printf '  ok   %f compiles\n' | sort
}

# What the Rust tests record, played by FFmpeg, which setup.sh installed. One of them fills a file
# system up, for which it gets a small one of its own.
recordings() {
  local ffmpeg=recorder::tests::ffmpeg fill=fills_up
  timeout -k 10 300 cargo test --locked --lib -- "$ffmpeg" --ignored --skip cost_of --skip "$fill" || return
  if unshare -rm true 2>/dev/null; then
    # shellcheck disable=SC2016 # for the shell inside
    timeout -k 10 300 unshare -rm sh -c '
      mount -t tmpfs -o size=4m camera /mnt &&
        CAMERA_TEST_SMALL_DISK=/mnt cargo test --locked --lib -- "$1" --ignored' sh "$ffmpeg::a_disk_that_$fill"
  else
    say 'SKIP recordings on a disk that fills up: no file system can be mounted here (unshare -rm)'
  fi
}

threads() { SOAK_SECONDS=${SOAK_SECONDS:-12} scripts/soak.sh tsan && scripts/run-c-tests.sh tsan; }

stage setup 'What is needed' scripts/setup.sh test || blocked='setup failed'
stage lint 'Formatting and lints' scripts/lint.sh
# The limit makes a test that hangs a failure with a report, instead of a run that is cut off.
stage rust 'Rust tests' timeout -k 10 900 cargo test --locked
stage loom 'Models: every order of threads' scripts/test-loom.sh
stage recordings 'Recordings, played by FFmpeg' recordings
stage lib 'The library and its symbols' library || {
  # A difference in the symbols is a failure, but leaves a library to test.
  library_is_current || blocked='no library'
}
stage examples 'Examples' examples
stage header 'The header in C and C++' scripts/check-header.sh
stage c 'C tests' scripts/run-c-tests.sh plain
stage asan 'C tests with sanitizers' scripts/run-c-tests.sh asan
stage valgrind 'C tests under valgrind' scripts/run-c-tests.sh valgrind
stage soak 'A soak, for a moment' env SOAK_SECONDS="${SOAK_SECONDS:-10}" scripts/soak.sh plain
stage soak-asan 'The same with AddressSanitizer' env SOAK_SECONDS="${SOAK_SECONDS:-10}" scripts/soak.sh asan
stage tsan 'The same and C tests with ThreadSanitizer' threads
stage fuzz 'Fuzzing, for a moment' env FUZZ_SECONDS="${FUZZ_SECONDS:-8}" scripts/fuzz.sh
stage install 'Installing and using it' c-tests/install_smoke.sh
stage js 'The JavaScript bridge' scripts/test-js.sh plain
stage js-asan 'The same with AddressSanitizer' scripts/test-js.sh asan
stage vm 'Kernel drivers, in a virtual machine' scripts/test-vm.sh

if [ ${#table[@]} = 0 ]; then
  die "no such stage: $*"
fi
printf '\n=== Summary (%s s)\n\n' "$(seconds_since "$begin_all")"
printf '%-10s %-8s %7s %7s %7s %8s\n' Stage Result Passed Failed Skipped Time
printf '%s\n' "${table[@]}"
[ -z "$blocked" ] || printf '\nStages were not run because of this: %s.\n' "$blocked"
if [ ${#skips[@]} -gt 0 ]; then
  printf '\nSkipped:\n'
  printf '  %s\n' "${skips[@]}"
fi
[ "$failed" = 0 ] || printf '\nThe output of each stage is in build/test-logs/.\n'
printf '\n%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" = 0 ]
