#!/usr/bin/env bash
# Builds the JavaScript bridge against the library in build/lib and runs its tests.
#
# Usage: test-js.sh [plain|asan] [FILTER]     FILTER: part of a test file's name
#   asan   the bridge built with AddressSanitizer and UndefinedBehaviorSanitizer, in a copy of napi/ in build/js-asan
# Environment:
#   CAMERA_TEST_AT_ONCE  test files that run at the same time (default: as many as there are CPUs)
#   CAMERA_TEST_TIMEOUT  seconds that one test may take (default 180; asan 300)
#
# Exit: 0 if nothing failed; 77 if there is no Node.js that is new enough, or no npm.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
cd -- "$root/napi"

mode=${1:-plain}
filter=${2-}
limit=180
preload=()
case $mode in
  plain) ;;
  asan)
    limit=300
    runtime=$("$CC" -print-file-name=libasan.so)
    # The runtime has to be there before Node.js, which is not built with it. Every program that a test starts
    # inherits it, so reports go into files, and all of them count.
    reports=$build/js-asan/reports
    rm -rf -- "$reports"
    mkdir -p -- "$reports"
    preload=(env "LD_PRELOAD=$runtime"
      "ASAN_OPTIONS=detect_leaks=0:abort_on_error=1:detect_stack_use_after_return=1:log_path=$reports/asan"
      "UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1:abort_on_error=1:log_path=$reports/ubsan")
    ;;
  *) die 'usage: test-js.sh [plain|asan] [FILTER]' ;;
esac
limit=${CAMERA_TEST_TIMEOUT:-$limit}

skip() {
  say "SKIP JavaScript ($mode): $1"
  exit 77
}
have node || skip 'Node.js is not installed (18.19 or newer is needed)'
have npm || skip 'npm is not installed'
node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 18 || (a == 18 && b >= 19) ? 0 : 1)' ||
  skip "Node.js $(node --version) is too old (18.19 or newer is needed)"
if [ "$mode" = asan ] && [ ! -e "$runtime" ]; then
  skip "$CC has no libasan.so"
fi
[ -e "$lib_dir/$lib_link" ] || die 'the library is not built (make lib)'

# A copy of the package as it is, with the library and the header where it looks for them in the project.
if [ "$mode" = asan ]; then
  copy=$build/js-asan
  mkdir -p -- "$copy/napi" "$copy/build"
  ln -sfn -- "$root/include" "$copy/include"
  ln -sfn -- "$root/cbindgen.toml" "$copy/cbindgen.toml"
  ln -sfn -- "$lib_dir" "$copy/build/lib"
  find "$copy/napi" -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
  tar -cf - --exclude=./build --exclude=./node_modules . | tar -xf - -C "$copy/napi"
  cd -- "$copy/napi"
fi

# Without its scripts, which would build the bridge in the plain form.
npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null ||
  skip 'npm cannot get the packages that package-lock.json names'
flags=${CXXFLAGS-}
[ "$mode" != asan ] || flags+=' -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer -O1'
CXXFLAGS=$flags CXX=$CXX node build.js || die 'the bridge does not build'

files=()
for file in test/*.test.mjs; do
  name=$(basename -- "$file" .test.mjs)
  [ -e "$file" ] && [[ $name == *"$filter"* ]] || continue
  # These are about compilers and packages, and build other copies of the bridge.
  case $mode/$name in asan/package | asan/ark | asan/arkts | asan/types | asan/page) continue ;; esac
  files+=("$file")
done
[ ${#files[@]} != 0 ] || die "no test to run${filter:+: no name contains '$filter'}"

say "JavaScript tests, $mode, Node.js $(node --version)"
log=$(mktemp)
trap 'rm -f -- "$log"' EXIT
code=0
# Files that make up a TypeScript program need more time than most; the limit is that of the runner for each test.
"${preload[@]}" node --test --test-reporter=tap --test-concurrency="${CAMERA_TEST_AT_ONCE:-$(nproc)}" \
  --test-timeout=$((limit * 1000)) "${files[@]}" >"$log" 2>&1 || code=$?

# What failed, in full; of the others nothing.
awk '/^ *not ok / { show = 1 } /^ *ok / || /^# Subtest/ { show = 0 } show { print "  " $0 }' "$log"
sed -n 's/^ *ok [0-9]* - \(.*\) # SKIP *\(.*\)$/SKIP \1: \2/p' "$log"
count() { sed -n "s/^# $1 //p" "$log" | tail -n 1; }
passed=$(count pass) failed=$(($(count fail) + $(count cancelled))) skipped=$(count skipped)
if [ "$code" != 0 ] && [ "$failed" = 0 ]; then
  tail -n 100 "$log"
  failed=1
fi
# Leaks are looked for in two programs that end by themselves. LeakSanitizer stumbles over threads that run when
# process.exit() is called, and Node.js leaves memory behind: a leak counts when the bridge is in its stack.
if [ "$mode" = asan ] && [ -z "$filter" ]; then
  for how in naturalEnd idleEnd; do
    "${preload[@]}" ASAN_OPTIONS=detect_leaks=1:exitcode=0:log_path="$reports/leaks" \
      node test/programs/teardown.mjs "$how" >/dev/null 2>&1 || true
  done
fi
if [ "$mode" = asan ]; then
  found=$(find "$reports" -type f -exec awk -v RS= \
    '/ERROR: AddressSanitizer|runtime error:/ || (/leak of / && /\/napi\/src\//) { print; print "" }' {} +)
  if [ -n "$found" ]; then
    head -n 200 <<<"$found"
    failed=$((failed + 1))
  fi
fi
say "${passed:-0} passed, $failed failed, ${skipped:-0} skipped"
[ "$failed" = 0 ]
