#!/usr/bin/env bash
# Installs the library into temporary folders and uses it as a stranger would: the README's first
# C program, built with nothing but what pkg-config says. Then links it statically, and checks
# that uninstalling leaves nothing behind.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/../scripts/common.sh"

temp=$(mktemp -d)
trap 'rm -rf -- "$temp"' EXIT
passed=0
failed=0

check() { # check NAME COMMAND...
  local name=$1
  shift
  if "$@" >"$temp/log" 2>&1; then
    passed=$((passed + 1))
    printf '  %-4s %s\n' ok "$name"
  else
    failed=$((failed + 1))
    printf '  %-4s %s\n' FAIL "$name"
    sed 's/^/       /' "$temp/log"
  fi
}

make_install() { make -s -C "$root" MAKEFLAGS= MAKELEVEL= "$@"; }
files_under() { (cd -- "$1" && find . ! -type d | LC_ALL=C sort); }

# --- a prefix of one's own ---------------------------------------------------------------------

prefix=$temp/prefix
use=(env "PKG_CONFIG_PATH=$prefix/lib/pkgconfig")
mkdir -- "$temp/run"

readme_program() {
  awk '/^```c *$/ { inside = 1; next } inside && /^```/ { exit } inside' "$root/README.md" >"$temp/prog.c"
  grep -q main "$temp/prog.c" || { echo 'README.md has no C program'; return 1; }
  [ "$(wc -l <"$temp/prog.c")" -le 40 ] || { echo 'the program in README.md has over 40 lines'; return 1; }
}
soname_is_right() {
  readelf -d "$prefix/lib/$lib_file" >"$temp/dynamic"
  cat "$temp/dynamic"
  grep -q "soname: \[$lib_soname\]" "$temp/dynamic" && grep -q NODELETE "$temp/dynamic"
}
no_build_folder() {
  # A path of the build machine inside an installed file would be a promise nobody keeps.
  ! readelf -d "$prefix/lib/$lib_file" | grep -E 'RPATH|RUNPATH' &&
    ! grep -F "$root" "$prefix/lib/pkgconfig/camera-session.pc"
}
build_shared() {
  local flags
  read -ra flags <<<"$("${use[@]}" pkg-config --cflags --libs camera-session)"
  "$CC" "$temp/prog.c" "${flags[@]}" -o "$temp/run/shared"
}
build_static() {
  local flags
  read -ra flags <<<"$("${use[@]}" pkg-config --static --cflags --libs camera-session)"
  "$CC" "$temp/prog.c" "${flags[@]/#-lcamera_session/-l:libcamera_session.a}" -o "$temp/run/static" &&
    ! readelf -d "$temp/run/static" | grep -F libcamera_session
}
run_in_temp() { # whatever the program writes lands there
  cd -- "$temp/run" && timeout -k 5 60 env "LD_LIBRARY_PATH=${2-}" "./$1" </dev/null
}
version_is_right() { [ "$("${use[@]}" pkg-config --modversion camera-session)" = "$version" ]; }

check 'make install PREFIX=' make_install install "PREFIX=$prefix" DESTDIR= LIBDIR=
check "the library's soname is $lib_soname" soname_is_right
check 'no path of the build folder is installed' no_build_folder
check "pkg-config says version $version" version_is_right
check "the README's C program can be taken out" readme_program
check "it compiles with pkg-config's flags alone" build_shared
check 'it runs' run_in_temp shared "$prefix/lib"
check 'it links statically' build_static
check 'it runs without the shared library' run_in_temp static

# --- a packager's DESTDIR, with a library folder of the distribution's kind --------------------

dest=$temp/dest
packager=("PREFIX=/usr" "LIBDIR=/usr/lib/somewhere" "DESTDIR=$dest")
staged_files() {
  cat >"$temp/wanted" <<LIST
./usr/include/camera_session.h
./usr/lib/somewhere/libcamera_session.a
./usr/lib/somewhere/$lib_link
./usr/lib/somewhere/$lib_soname
./usr/lib/somewhere/$lib_file
./usr/lib/somewhere/pkgconfig/camera-session.pc
LIST
  diff <(LC_ALL=C sort "$temp/wanted") <(files_under "$dest")
}
build_staged() {
  local flags
  read -ra flags <<<"$(env "PKG_CONFIG_SYSROOT_DIR=$dest" "PKG_CONFIG_PATH=$dest/usr/lib/somewhere/pkgconfig" \
    pkg-config --cflags --libs camera-session)"
  "$CC" "$temp/prog.c" "${flags[@]}" -o "$temp/run/staged"
}
check 'make install DESTDIR= LIBDIR=' make_install install "${packager[@]}"
check 'exactly the promised files are there' staged_files
check 'the program compiles against them' build_staged

# --- and away with it --------------------------------------------------------------------------

nothing_left() { [ -z "$(files_under "$1")" ] || { files_under "$1"; return 1; }; }
check 'make uninstall PREFIX=' make_install uninstall "PREFIX=$prefix" DESTDIR= LIBDIR=
check 'nothing is left of it' nothing_left "$prefix"
check 'make uninstall DESTDIR= LIBDIR=' make_install uninstall "${packager[@]}"
check 'nothing is left of it' nothing_left "$dest"

say "$passed passed, $failed failed, 0 skipped"
[ "$failed" = 0 ]
