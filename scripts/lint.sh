#!/usr/bin/env bash
# Looks at the sources without running them: Rust's formatting and clippy's warnings, and the
# shell scripts' syntax (with shellcheck where it is installed).
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
cd -- "$root"
passed=0
failed=0
skipped=0

check() { # check NAME COMMAND...
  local name=$1
  shift
  if "$@"; then
    passed=$((passed + 1))
    printf '  %-4s %s\n' ok "$name"
  else
    failed=$((failed + 1))
    printf '  %-4s %s\n' FAIL "$name"
  fi
}
skip() {
  skipped=$((skipped + 1))
  say "SKIP $1: $2"
}
syntax() {
  local script
  for script in .ci/run scripts/*.sh scripts/vm/*.sh c-tests/*.sh; do
    [ ! -e "$script" ] || bash -n "$script" || return 1
  done
}

if cargo fmt --version >/dev/null 2>&1; then
  check 'formatting (make fmt repairs it)' cargo fmt --check
else
  skip formatting 'rustfmt is not installed (rustup component add rustfmt)'
fi
if cargo clippy --version >/dev/null 2>&1; then
  check 'clippy, no warnings' cargo clippy --quiet --locked --all-targets -- -D warnings
else
  skip clippy 'clippy is not installed (rustup component add clippy)'
fi
check 'shell syntax' syntax
if have shellcheck; then
  check 'shellcheck' shellcheck -x -P scripts -S warning .ci/run scripts/*.sh c-tests/*.sh
fi
say "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
