# shellcheck shell=bash disable=SC2034 # the names are for the scripts that source this
# Shared by the scripts of this folder; sourced, never run.
# Holds where things are and how the scripts speak, so that each fact has one home.

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
build=$root/build
lib_dir=$build/lib

# rustup puts cargo in a folder that a new shell, or a shell started by sudo, may not search.
command -v cargo >/dev/null || PATH=$PATH:${CARGO_HOME:-${HOME:-/root}/.cargo}/bin

# Another compiler may be asked for (CC=clang); the tools below all go through these two names.
CC=${CC:-cc}
CXX=${CXX:-c++}

say() { printf '%s\n' "$*"; }
warn() { printf '%s: %s\n' "$(basename -- "$0")" "$*" >&2; }
die() { warn "$*"; exit 1; }
have() { command -v "$1" >/dev/null; }

# A value from Cargo.toml, where each number is kept once: cargo_value SECTION KEY
cargo_value() {
  awk -v section="[$1]" -v key="$2" '
    /^\[/ { inside = ($0 == section) }
    inside && $1 == key && $2 == "=" { gsub(/["]/, "", $3); print $3; exit }' "$root/Cargo.toml"
}

version=$(cargo_value package version)
abi=$(cargo_value package.metadata.camera-session abi)
[ -n "$version" ] && [ -n "$abi" ] || die "no version or abi number found in $root/Cargo.toml"

lib_link=libcamera_session.so         # what the linker looks for
lib_soname=$lib_link.$abi             # what programs ask for when they start
# The file's own name begins with its soname, whatever the version's numbers are.
case $version in
  "$abi".*) lib_file=$lib_link.$version ;;
  *) lib_file=$lib_link.$abi.$version ;;
esac

# What Rust's standard library and the crate call in C, for the shared and the static library.
native_libs=(-lturbojpeg -lyuv)
rust_libs=(-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc)

# Seconds with one digit since $1, a value of $EPOCHREALTIME.
seconds_since() {
  local LC_ALL=C now=$EPOCHREALTIME
  local tenths=$(((${now/[.,]/} - ${1/[.,]/}) / 100000))
  printf '%d.%d' $((tenths / 10)) $((tenths % 10))
}

# True if the library in build/ is newer than everything it is made of.
library_is_current() {
  local stamp=$build/.lib-stamp
  [ -e "$stamp" ] && [ -e "$lib_dir/$lib_file" ] && [ -e "$lib_dir/libcamera_session.a" ] || return 1
  [ -z "$(find "$root/src" "$root/Cargo.toml" "$root/Cargo.lock" "$root/build.rs" \
    "$root/abi/camera_session.map" "$root/scripts/link.sh" "$root/scripts/common.sh" \
    -newer "$stamp" -print -quit 2>/dev/null)" ]
}

# True for a C program whose first lines say that it is for a machine with a real V4L2 driver.
for_vm() { head -n 20 -- "$1" | grep -q 'VM:'; }

# True for a C program whose first lines say that ThreadSanitizer is to look at it.
for_tsan() { head -n 20 -- "$1" | grep -q 'TSAN:'; }

# A race ends the program: what comes after it may be its consequence. The history is what the other
# stack of a report is taken from.
tsan_options=halt_on_error=1:second_deadlock_stack=1:history_size=4:suppressions=$root/c-tests/tsan.supp
