#!/usr/bin/env bash
# Measures what reading preview frames costs in JavaScript, beside the same program in C. This is
# `make bench-js`.
#
# Usage: bench-js.sh [ROUNDS [FRAMES]]     defaults: 5 rounds of 300 frames for each case
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
cd -- "$root"

have node && have npm || die 'node and npm are needed: nodejs and npm in Debian'
scripts/link.sh
(cd napi && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error && node build.js)
mkdir -p -- "$build/bench"
"$CC" -O2 -Iinclude napi/bench/preview.c -L"$lib_dir" -lcamera_session -Wl,-rpath,"$lib_dir" -lpthread \
  -o "$build/bench/preview"
# Webcams give Motion-JPEG at this size: a file with it is played as a camera.
if have ffmpeg; then
  ffmpeg -loglevel error -y -f lavfi -i testsrc2=size=1280x720:rate=60 -t 4 -c:v mjpeg -q:v 4 "$build/bench/720p.mkv"
  export CAMERA_BENCH_JPEG=$build/bench/720p.mkv
fi
exec node napi/bench/compare.mjs "$build/bench/preview" "$@"
