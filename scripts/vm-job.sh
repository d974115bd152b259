#!/usr/bin/env bash
# What the virtual machine of test-vm.sh runs: the C tests that ask for it ("VM:" in their first
# lines) and the examples, or the benchmarks that ask for it. It builds nothing: the machine is
# emulated and slow, and sees the files of the host.
#
# Usage, inside the machine: vm-job.sh tests|bench [FILTER]
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

filter=${2-}

# The device is a camera only while a program writes to it, so it is in nobody's way before.
if [ -n "${CAMERA_VM_LOOPBACK-}" ]; then
  if modprobe videodev && insmod "$CAMERA_VM_LOOPBACK" video_nr=10 exclusive_caps=1 card_label=loopback; then
    export CAMERA_TEST_LOOPBACK=/dev/video10
  else
    export CAMERA_TEST_NO_LOOPBACK='the module v4l2loopback was built, and the kernel does not load it'
  fi
fi

if [ "${1-}" = bench ]; then
  for source in "$root"/c-tests/bench_*.c "$root"/c-tests/bare_v4l2.c; do
    name=$(basename -- "$source" .c)
    # The bare loop is the yardstick for the others and is always run.
    [ "$name" = bare_v4l2 ] || { [ -e "$source" ] && for_vm "$source"; } || continue
    [[ $name == *"$filter"* ]] || continue
    printf '\n%s, in the virtual machine\n' "$name"
    timeout -k 5 300 "$build/c-tests/bench/$name" </dev/null
  done
  exit 0
fi

result=0
"$root/scripts/run-c-tests.sh" vm "$filter" || result=1

# --- Rust tests of the V4L2 backend, which cargo ignores outside ----------------------------------

if [ -n "${CAMERA_VM_RUST_TESTS-}" ] && [ -z "$filter" ]; then
  say 'Rust tests of the V4L2 backend'
  timeout -k 5 400 "$CAMERA_VM_RUST_TESTS" --ignored --test-threads=1 vivid_tests || result=1
fi

# --- examples ----------------------------------------------------------------------------------

temp=$(mktemp -d)
cd -- "$temp"
passed=0
failed=0

check() { # check NAME COMMAND...
  local name=$1 begin=$EPOCHREALTIME word=ok
  shift
  if "$@" >log 2>&1 </dev/null; then passed=$((passed + 1)); else
    failed=$((failed + 1))
    word=FAIL
  fi
  printf '  %-4s %-32s %6s s\n' "$word" "$name" "$(seconds_since "$begin")"
  [ "$word" = ok ] || tail -n 100 log | sed 's/^/       /'
}
example() { # example NAME [ARGUMENT...]
  local program=$build/examples/$1
  shift
  timeout -k 5 120 "$program" "$@"
}

# The driver must be what is listed, not the virtual camera that stands in for missing ones.
lists_both_cameras() {
  example list_cameras >listing && cat listing && [ "$(grep -c -i vivid listing)" -ge 2 ]
}
takes_a_photo() {
  example snapshot photo.jpg &&
    [ "$(head -c 2 photo.jpg | od -An -tx1 | tr -d ' ')" = ffd8 ] &&
    [ "$(tail -c 2 photo.jpg | od -An -tx1 | tr -d ' ')" = ffd9 ]
}
sets_the_brightness() {
  example controls brightness=140 >listing && cat listing && grep -q '^Brightness  *140 ' listing &&
    [ "$(grep -c . listing)" -gt 20 ] && example controls brightness=128 >/dev/null
}
say 'Examples, on the kernel driver'
check list_cameras lists_both_cameras
check 'preview 2' example preview 2
check 'snapshot photo.jpg' takes_a_photo
check 'event_loop 2' example event_loop 2
check "three_outputs 2" example three_outputs 2
check "record 2" example record 2 video.mkv
check 'controls brightness=140' sets_the_brightness
say "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ] || result=1
exit "$result"
