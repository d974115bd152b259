#!/usr/bin/env bash
# Builds the C tests against the library in build/lib and runs them one after another.
#
# Usage: run-c-tests.sh [plain|asan|tsan|valgrind|vm] [FILTER]     FILTER: part of a test's name
#   asan      the tests built with AddressSanitizer and UndefinedBehaviorSanitizer
#   tsan      those that say "TSAN:" in their first lines, and the library, with ThreadSanitizer
#   valgrind  the plain programs under valgrind; invalid accesses and leaks are failures
#   vm        called inside the virtual machine by vm-job.sh: the plain programs as they were built
#             outside, and only tests that say "VM:" in their first lines
# Environment:
#   CAMERA_TEST_SCALE    divides the tests' repeat counts (default 1; asan 4, tsan 10, valgrind 20, vm 10)
#   CAMERA_TEST_AT_ONCE  tests that run at the same time (default: a few; in the virtual machine 1)
#   CAMERA_TEST_TIMEOUT  seconds that one test may take (default 60; 120, 120, 300, 180)
#
# A test passes with exit code 0 and is skipped with 77, its output then telling why. Of a test that passes
# the lines that begin with "TABLE" are shown, by plain and vm.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

mode=${1:-plain}
filter=${2-}
run=()
case $mode in
  plain) programs=plain scale=1 limit=60 ;;
  asan)
    programs=asan scale=4 limit=120
    export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
    export UBSAN_OPTIONS=print_stacktrace=1
    ;;
  tsan)
    programs=tsan scale=10 limit=120
    "$root/scripts/sanitized.sh"
    export TSAN_OPTIONS=$tsan_options
    ;;
  valgrind)
    programs=plain scale=20 limit=300
    have valgrind || { warn 'valgrind is not installed (make setup installs it)'; exit 1; }
    # fair-sched: valgrind runs one thread at a time, and without it one may starve the others.
    # shellcheck disable=SC2054 # the commas belong to the options
    run=(valgrind -q --error-exitcode=99 --fair-sched=yes --num-callers=30
      --leak-check=full --show-leak-kinds=definite,indirect,possible
      --errors-for-leak-kinds=definite,indirect,possible)
    supp=$root/c-tests/valgrind.supp
    [ ! -e "$supp" ] || run+=("--suppressions=$supp")
    ;;
  vm) programs=plain scale=10 limit=180 ;;
  *) die 'usage: run-c-tests.sh [plain|asan|tsan|valgrind|vm] [FILTER]' ;;
esac
export CAMERA_TEST_SCALE=${CAMERA_TEST_SCALE:-$scale}
limit=${CAMERA_TEST_TIMEOUT:-$limit}

[ "$mode" = tsan ] || [ -e "$lib_dir/$lib_link" ] || die 'the library is not built (make lib)'
compile=(make -s -C "$root/c-tests" "MODE=$programs" "CC=$CC")
# Everything at once, because it is quicker; what did not compile is told in its turn below.
[ "$mode" = vm ] || "${compile[@]}" -k -j"$(nproc)" >/dev/null 2>&1 || true

# They mostly wait, so several run at once; not in the virtual machine, where they share the cameras.
case $mode in
  vm) at_once=1 ;;
  plain | asan) at_once=$(($(nproc) + 1)) ;;
  *) at_once=$(nproc) ;;
esac
at_once=${CAMERA_TEST_AT_ONCE:-$at_once}

logs=$build/c-tests/logs-$mode
rm -rf -- "$logs"
mkdir -p -- "$logs"
passed=0
failed=0
skipped=0

# Runs one test; leaves its output, and how it ended and how long that took.
run_test() { # run_test NAME
  local name=$1 log=$logs/$1.log begin=$EPOCHREALTIME code=0
  [ "$mode" = vm ] || "${compile[@]}" "../build/c-tests/$programs/$name" >"$log" 2>&1 || code=compile
  # Killed outright soon after the time limit: a test that hangs may not listen.
  # The outer redirection is for bash's own remark about a program that crashed.
  [ "$code" != 0 ] || {
    timeout -k 5 "$limit" "${run[@]}" "$build/c-tests/$programs/$name" >"$log" 2>&1 </dev/null || code=$?
  } 2>/dev/null
  printf '%s %s\n' "$code" "$(seconds_since "$begin")" >"$logs/$name.end"
}

tell() { # tell NAME
  local name=$1 log=$logs/$1.log code took word
  read -r code took <"$logs/$name.end"
  case $code in
    0) passed=$((passed + 1)) word=ok ;;
    77) skipped=$((skipped + 1)) word=skip ;;
    *) failed=$((failed + 1)) word=FAIL ;;
  esac
  printf '  %-4s %-32s %6s s\n' "$word" "$name" "$took"
  case $code in
    0) case $mode in plain | vm) sed -n 's/^TABLE \{0,1\}/       /p' "$log" ;; esac ;;
    77) say "SKIP $name ($mode): $(grep . "$log" | tail -n 1 || true)" ;;
    *)
      case $code in
        compile) say '       does not compile' ;;
        124 | 137) say "       no end after $limit seconds" ;;
        *)
          if [ "$mode/$code" = valgrind/99 ]; then say '       errors found by valgrind'
          elif [ "$code" -gt 128 ]; then say "       ended by signal SIG$(kill -l $((code - 128)))"
          else say "       exit code $code"; fi
          ;;
      esac
      tail -n 200 "$log" | sed 's/^/       /'
      ;;
  esac
}

names=()
for source in "$root"/c-tests/test_*.c; do
  name=$(basename -- "$source" .c)
  [ -e "$source" ] && [[ $name == *"$filter"* ]] || continue
  [ "$mode" != vm ] || for_vm "$source" || continue
  [ "$mode" != tsan ] || for_tsan "$source" || continue
  names+=("$name")
done

say "C tests, $mode (counts divided by $CAMERA_TEST_SCALE, $at_once at once)"
started=0
pids=()
for ((i = 0; i < ${#names[@]}; i++)); do
  while ((started < ${#names[@]} && started < i + at_once)); do
    run_test "${names[started]}" &
    pids[started]=$!
    started=$((started + 1))
  done
  wait "${pids[i]}" || true
  tell "${names[i]}"
done
say "$passed passed, $failed failed, $skipped skipped"
if [ $((passed + failed + skipped)) = 0 ]; then
  die "no test to run${filter:+: no name contains '$filter'}"
fi
[ "$failed" = 0 ]
