#!/usr/bin/env bash
# Compiles the public header alone as each C and C++ standard that users may choose, with
# warnings as errors, and links programs of two units that include it. With clang too, if it is
# installed.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

out=$build/header
mkdir -p -- "$out"
cd -- "$root/c-tests"
both=(-I../include -Wall -Wextra -Wpedantic -Wundef -Wshadow -Wconversion -Werror)
passed=0
failed=0

check() { # check NAME COMMAND...
  local name=$1
  shift
  if "$@" >"$out/log" 2>&1; then
    passed=$((passed + 1))
    printf '  %-4s %s\n' ok "$name"
  else
    failed=$((failed + 1))
    printf '  %-4s %s\n' FAIL "$name"
    sed 's/^/       /' "$out/log"
  fi
}

compilers=("$CC $CXX")
have clang && have clang++ && compilers+=('clang clang++')
for pair in "${compilers[@]}"; do
  read -r c cxx <<<"$pair"
  for standard in c99 c11 c17; do
    check "$c -std=$standard" \
      "$c" "-std=$standard" "${both[@]}" -Wstrict-prototypes header_main.c header_other.c -o "$out/$standard"
  done
  have "$cxx" || continue
  for standard in c++11 c++17; do
    check "$cxx -std=$standard" \
      "$cxx" "-std=$standard" "${both[@]}" -Wold-style-cast -c header_other.cpp -o "$out/other-cxx.o"
  done
  check "$c and $cxx in one program" sh -c \
    "'$c' -std=c99 -I../include -c header_main.c -o '$out/main.o' &&
     '$cxx' '$out/main.o' '$out/other-cxx.o' -o '$out/mixed'"
done
say "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
