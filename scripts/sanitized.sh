#!/usr/bin/env bash
# Builds the library for ThreadSanitizer: build/tsan/libcamera_session.a, and beside it the sanitizer's
# runtime, which comes with Rust's compiler. Rust's own standard library is as it always is: its sources,
# which it would have to be compiled from, do not come with the compiler. Locks are parking_lot's, and
# what of the standard library is generic is compiled with the crate, so that this is enough; see
# c-tests/tsan_arc.c for what is not.
#
# Exit: 0 built; 77 this compiler has no such runtime; 1 it does not build.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
cd -- "$root"

host=$(rustc -vV | sed -n 's/^host: //p')
runtime=$(compgen -G "$(rustc --print target-libdir)/librustc-*_rt.tsan.a" | head -n 1 || true)
if [ -z "$runtime" ]; then
  say 'SKIP ThreadSanitizer: its runtime does not come with this Rust compiler'
  exit 77
fi
# An unstable flag of the compiler; the code is for the stable one. The other flag allows the standard
# library as it is.
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS='-Zsanitizer=thread -Cunsafe-allow-abi-mismatch=sanitizer'
say 'Building camera-session for ThreadSanitizer'
cargo build --quiet --locked --lib --profile sanitized --target "$host" --target-dir target/tsan ||
  die 'the library does not build for ThreadSanitizer'
mkdir -p "$build/tsan"
ln -sfn "$runtime" "$build/tsan/runtime.a"
ln -sfn "$root/target/tsan/$host/sanitized/libcamera_session.a" "$build/tsan/libcamera_session.a"
