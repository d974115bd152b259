#!/usr/bin/env bash
# Runs the tests that need a real V4L2 driver: starts one virtual machine with the kernel's
# camera simulator (vivid) and runs vm-job.sh in it, with the programs as they were built here.
#
# Usage: test-vm.sh [tests|bench] [FILTER]     FILTER: part of a program's name
# Exit: 0 passed; 1 failed; 77 this machine cannot run it (the last line says why).
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

job=${1:-tests}
case $job in
  tests)
    programs=plain
    make -s -C "$root/examples-c" "CC=$CC"
    # The Rust tests of the V4L2 backend, as one program: the guest has no cargo.
    rust_tests=$(cd -- "$root" && cargo test --locked --lib --no-run --message-format=json 2>/dev/null |
      sed -n 's/.*"executable":"\([^"]*\)".*/\1/p' | tail -n 1)
    [ -n "$rust_tests" ] || die 'the Rust tests did not compile'
    ;;
  bench) programs=bench ;;
  *) die 'usage: test-vm.sh [tests|bench] [FILTER]' ;;
esac
[ -e "$lib_dir/$lib_link" ] || die 'the library is not built (make lib)'
make -s -k -C "$root/c-tests" "MODE=$programs" "CC=$CC" ||
  warn 'a program did not compile; if it is for the virtual machine, its test fails there'

# The machine sees the folder that run.sh is called in, wherever that is.
cd -- "$root"
code=0
mkdir -p -- "$build"
"$root/scripts/vm/setup.sh" 2>&1 | tee "$build/vm-setup.log" || code=$?
case $code in
  0) ;;
  3)
    # Something is missing that cannot be installed here; the last line says what.
    say "SKIP vm: $(tail -n 1 "$build/vm-setup.log" | sed 's/^vm setup: //')"
    exit 77
    ;;
  *) die 'the virtual machine could not be prepared' ;;
esac

# A loopback camera gives Motion-JPEG. Without it the rest is still worth running; the reason goes along.
loopback=$("$root/scripts/vm/loopback.sh" 2>"$build/vm-loopback.log") || {
  loopback=
  no_loopback=$(tail -n 1 "$build/vm-loopback.log" | sed 's/^vm loopback: //')
}

# Built with it: without it test_time does not suspend the machine.
awake=${loopback:+${loopback%/*}/awake.ko}
[ -e "$awake" ] || awake=

# Two cameras: /dev/video0 with one buffer plane for each frame, /dev/video1 with several.
"$root/scripts/vm/run.sh" \
  --vivid 'n_devs=2 node_types=0x1,0x1 multiplanar=1,2' \
  --timeout "${CAMERA_VM_TIMEOUT:-900}" \
  --env CAMERA_TEST_SCALE \
  --env CAMERA_TEST_TIMEOUT \
  --env CAMERA_TEST_VM=1 \
  --env CAMERA_VM_RUST_TESTS="${rust_tests-}" \
  --env CAMERA_TEST_DEVICE=/dev/video0 \
  --env CAMERA_VM_LOOPBACK="$loopback" \
  --env CAMERA_TEST_AWAKE="$awake" \
  --env CAMERA_TEST_NO_LOOPBACK="${no_loopback-}" \
  --env CAMERA_TEST_DEVICE_MPLANE=/dev/video1 \
  -- bash "$root/scripts/vm-job.sh" "$job" "${2-}"
