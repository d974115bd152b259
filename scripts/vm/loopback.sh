#!/usr/bin/env bash
# Builds the kernel module v4l2loopback for the virtual machine's kernel, from Debian's packages,
# which are unpacked and never installed. The built module alone is kept, in the cache folder.
# Why: a loopback device is a kernel camera that gives what a program writes to it. So Motion-JPEG,
# and faults in it, come from a real device; vivid has no compressed formats.
# Beside it, since all that it needs is there: awake.ko, from awake.c, with which the machine can be put to
# sleep. If that does not compile, the loopback device is had all the same.
#
# Usage: loopback.sh          prints the path of v4l2loopback.ko
# Environment:
#   CAMERA_VM_DIR         cache folder (default: target/vm in the project); setup.sh has filled it
#   CAMERA_VM_NO_INSTALL  when set, never install packages
# Exit: 0 it is there; 3 it cannot be built here; other: a step failed.
# The last line on stderr of a failed run is the reason.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
project=$(cd -- "$here/../.." && pwd -P)
cache=${CAMERA_VM_DIR:-$project/target/vm}

say() { printf 'vm loopback: %s\n' "$*" >&2; }
missing() { say "$*"; exit 3; }

[ -s "$cache/kernel/version" ] || missing 'no kernel in the cache: scripts/vm/setup.sh fetches it'
cache=$(cd -- "$cache" && pwd -P)
exec 9>"$cache/.lock"
flock 9 # the one that setup.sh takes: a kernel must not be replaced meanwhile

version=$(cat -- "$cache/kernel/version")
module=$cache/loopback/v4l2loopback.ko
stamp="kernel=$version recipe=$(cat -- "${BASH_SOURCE[0]}" "$here/awake.c" | sha256sum | cut -c 1-16)"
if [ "$(cat -- "$cache/loopback/stamp" 2>/dev/null)" = "$stamp" ] && [ -s "$module" ]; then
  say "ready: $module"
  printf '%s\n' "$module"
  exit 0
fi

for program in apt-get dpkg-deb make; do
  command -v "$program" >/dev/null || missing "v4l2loopback cannot be built without $program"
done
work=$cache/loopback.new
log=$cache/loopback.log
rm -rf -- "$work" "$cache/loopback"
mkdir -p -- "$work/deb" "$work/all" "$work/module" "$work/awake"
trap 'rm -rf -- "$work"' EXIT
case $work in *[[:space:]:]*) missing "the kernel's makefiles cannot work in a folder named $work" ;; esac

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

# --- packages -------------------------------------------------------------------------------

depends() { LC_ALL=C apt-cache depends "$1" 2>/dev/null | sed -n 's/^ *Depends: \(.*\)$/\1/p'; }

# The headers of one kernel, those they share with other flavours, and the programs that build.
packages() {
  local headers=linux-headers-$version
  printf '%s\n' v4l2loopback-dkms "$headers"
  depends "$headers" | grep -E '^linux-(headers|kbuild)-'
}

# All of them, or none: what the mirror no longer has cannot be had in parts.
download() {
  local list
  list=$(packages) || return 1
  [ "$(wc -l <<<"$list")" -ge 4 ] || return 1
  # shellcheck disable=SC2086 # package names have no spaces
  (cd -- "$work/deb" && rm -f -- ./*.deb && apt-get -q download $list) >"$log" 2>&1
}

say "building for kernel $version"
# apt drops root for downloads; without this it only warns, but the warning looks like a fault.
[ "$(id -u)" != 0 ] || chown _apt "$work/deb" 2>/dev/null || true
download || {
  if [ -z "${CAMERA_VM_NO_INSTALL-}" ]; then as_root apt-get -q update >"$log" 2>&1 || true; fi
  download || missing "no v4l2loopback: apt cannot download v4l2loopback-dkms and linux-headers-$version with what it\
 needs (setup.sh --force takes the newest kernel)"
}
for package in "$work"/deb/*.deb; do dpkg-deb -x "$package" "$work/all"; done

# --- build ----------------------------------------------------------------------------------

headers=$work/all/usr/src/linux-headers-$version
source=$(find "$work/all/usr/src" -maxdepth 1 -name 'v4l2loopback-*' -print -quit)
[ -s "$headers/Makefile" ] && [ -n "$source" ] || missing 'the packages of v4l2loopback or of the headers have another layout'
cp -r -- "$source/." "$work/module"
# The headers name each other by the places that an installation would have.
sed -i "s#/usr/src/#$work/all/usr/src/#g" "$headers/Makefile"
# The kernel's own compiler is asked for by name; another version only differs in warnings.
compiler=()
[ ! -e "$headers/.kernelvariables" ] ||
  wanted=$(sed -n 's/^CC *= *.*\(gcc-[0-9]*\)$/\1/p' "$headers/.kernelvariables")
if [ -z "${wanted-}" ] || ! command -v "$wanted" >/dev/null; then compiler=("CC=${CC:-cc}"); fi
# It came unpacked, so nobody installed the library that its programs load.
for program in "$work"/all/usr/lib/linux-kbuild-*/tools/objtool/objtool; do
  if ldd "$program" 2>/dev/null | grep -q 'libelf.*not found'; then
    [ -z "${CAMERA_VM_NO_INSTALL-}" ] || missing 'v4l2loopback cannot be built without the package libelf1'
    say 'installing packages: libelf1'
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y install --no-install-recommends libelf1 >"$log" 2>&1 </dev/null ||
      missing 'v4l2loopback cannot be built without the package libelf1, which could not be installed'
  fi
done
compile() { # compile FOLDER
  env -u MAKEFLAGS -u MAKELEVEL make -s -C "$headers" "M=$1" "${compiler[@]+"${compiler[@]}"}" modules >"$log" 2>&1
}
cp -- "$here/awake.c" "$work/awake"
printf 'obj-m := awake.o\n' >"$work/awake/Makefile"
compile "$work/awake" || { say 'awake.c does not compile:'; tail -n 15 -- "$log" >&2; }
compile "$work/module" || {
  tail -n 15 -- "$log" >&2
  missing "v4l2loopback does not compile for kernel $version; the compiler's messages are in $log"
}

mkdir -p -- "$cache/loopback"
cp -- "$work/module/v4l2loopback.ko" "$module"
[ ! -e "$work/awake/awake.ko" ] || cp -- "$work/awake/awake.ko" "$cache/loopback"
printf '%s\n' "$stamp" >"$cache/loopback/stamp"
say "ready: $module"
printf '%s\n' "$module"
