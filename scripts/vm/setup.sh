#!/usr/bin/env bash
# Prepares the virtual machine of run.sh: installs the Debian packages it needs, fetches Debian's
# kernel (unpacked, never installed) and builds a small init ramdisk, all into one cache folder.
# Why: vivid, the kernel's own camera simulator, is the only complete V4L2 driver that needs no
# hardware, and few machines' running kernels carry it.
#
# Usage: setup.sh [--force]
#   --force   fetch the kernel again (for example after a Debian point release)
# Environment:
#   CAMERA_VM_DIR         cache folder (default: target/vm in the project)
#   CAMERA_VM_NO_INSTALL  when set, never install packages; say what is missing instead
# Exit: 0 ready; 3 something is missing that cannot be installed here; other: a step failed.
# The last line on stderr of a failed run is the reason.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
project=$(cd -- "$here/../.." && pwd -P)
cache=${CAMERA_VM_DIR:-$project/target/vm}

# What runs in the guest before the host's files are there; everything else comes from the host.
modules=(virtio_pci 9pnet_virtio 9p overlay vivid)
# "program package" pairs: asking for the program is quicker than asking dpkg, and also accepts
# one that was installed by other means. v4l-utils is for the tests, not for the machine itself.
needs=(
  'qemu-system-x86_64 qemu-system-x86'
  'busybox busybox-static'
  'cpio cpio'
  'modprobe kmod'
  'v4l2-ctl v4l-utils'
)

say() { printf 'vm setup: %s\n' "$*" >&2; }
missing() { say "$*"; exit 3; }
fail() { say "$*"; exit 1; }

force=
case ${1-} in
  '') ;;
  --force) force=1 ;;
  *) say "unknown argument: $1 (usage: setup.sh [--force])"; exit 2 ;;
esac

# modprobe and depmod live in sbin, which an ordinary user's PATH may lack.
PATH=$PATH:/usr/sbin:/sbin

mkdir -p -- "$cache"
cache=$(cd -- "$cache" && pwd -P)
exec 9>"$cache/.lock"
flock 9 # two test runs may start at the same time on a fresh machine

# --- packages -------------------------------------------------------------------------------

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_be_root() {
  [ -z "${CAMERA_VM_NO_INSTALL-}" ] || return 1
  [ "$(id -u)" = 0 ] && return 0
  command -v sudo >/dev/null || return 1
  # Without a terminal a password question would hang a test run for ever.
  sudo -n true 2>/dev/null || [ -t 0 ]
}

update_lists() {
  say 'refreshing the package lists (apt-get update)'
  as_root apt-get -q update >"$cache/apt.log" 2>&1 || { tail -n 5 "$cache/apt.log" >&2; return 1; }
}

install_packages() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 \
    install --no-install-recommends "$@" >"$cache/apt.log" 2>&1 </dev/null
}

ensure_packages() {
  local pair program package wanted=()
  for pair in "${needs[@]}"; do
    read -r program package <<<"$pair"
    command -v "$program" >/dev/null || wanted+=("$package")
  done
  # The plain busybox package has the same program, but linked against a C library that the
  # ramdisk does not have.
  if command -v busybox >/dev/null && ! is_static "$(command -v busybox)"; then
    wanted+=(busybox-static)
  fi
  [ ${#wanted[@]} -gt 0 ] || return 0

  command -v apt-get >/dev/null || missing "not a Debian system; needed: ${wanted[*]}"
  can_be_root || missing "missing packages: ${wanted[*]} (install them, or run this as root)"
  say "installing packages: ${wanted[*]}"
  install_packages "${wanted[@]}" && return 0
  # No lists at all, or lists that name versions the mirror has replaced: refresh, once.
  update_lists || fail 'apt-get update failed'
  install_packages "${wanted[@]}" || {
    tail -n 15 "$cache/apt.log" >&2
    missing "could not install: ${wanted[*]}"
  }
}

is_static() {
  ! ldd "$1" >/dev/null 2>&1 # ldd fails on a program that loads no library
}

# --- kernel ---------------------------------------------------------------------------------

kernel_package() {
  LC_ALL=C apt-cache depends linux-image-amd64 2>/dev/null |
    sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p' | head -n 1
}

# Downloads the kernel's package into folder $1.
download_kernel() {
  local package
  package=$(kernel_package) || true
  [ -n "$package" ] || return 1
  say "downloading $package"
  (cd -- "$1" && apt-get -q download "$package") >"$cache/apt.log" 2>&1
}

# Leaves kernel/{vmlinuz,version,tree/lib/modules/VERSION} in the cache.
fetch_kernel() {
  local new=$cache/kernel.new version vmlinuz
  rm -rf -- "$new"
  mkdir -p -- "$new/deb" "$new/all"
  # apt drops root for downloads; without this it only warns, but the warning looks like a fault.
  [ "$(id -u)" != 0 ] || chown _apt "$new/deb" 2>/dev/null || true
  download_kernel "$new/deb" || {
    if can_be_root; then update_lists || fail 'apt-get update failed'; fi
    download_kernel "$new/deb" || missing 'no kernel package: apt cannot download linux-image-amd64 for this distribution'
  }
  dpkg-deb -x "$new"/deb/*.deb "$new/all"
  vmlinuz=$(find "$new/all/boot" -name 'vmlinuz-*' -print -quit)
  [ -n "$vmlinuz" ] || fail 'the kernel package holds no boot/vmlinuz-*'
  version=${vmlinuz##*/vmlinuz-}
  mkdir -p -- "$new/tree/lib/modules"
  # Newer Debian releases ship modules under usr/lib.
  if [ -d "$new/all/lib/modules/$version" ]; then
    mv -- "$new/all/lib/modules/$version" "$new/tree/lib/modules/"
  else
    mv -- "$new/all/usr/lib/modules/$version" "$new/tree/lib/modules/"
  fi
  mv -- "$vmlinuz" "$new/vmlinuz"
  # Most of the tree is drivers for hardware that this machine can never have.
  (cd -- "$new/tree/lib/modules/$version/kernel/drivers" &&
    rm -rf -- gpu/drm/amd gpu/drm/i915 gpu/drm/nouveau gpu/drm/radeon net scsi infiniband staging iio)
  depmod -b "$new/tree" "$version"
  printf '%s\n' "$version" >"$new/version"
  rm -rf -- "$new/deb" "$new/all" "$cache/kernel"
  mv -- "$new" "$cache/kernel"
}

# --- init ramdisk ---------------------------------------------------------------------------

# Prints the files to insert for module $1, in order, dependencies first; nothing if built in.
module_files() {
  modprobe -d "$cache/kernel/tree" -S "$version" --show-depends "$1" |
    sed -n 's/^insmod \(.*[^ ]\) *$/\1/p'
}

copy_module() {
  # Unpacked, because the ramdisk is compressed anyway and busybox may lack the format.
  case $1 in
    *.ko) cp -- "$1" "$2" ;;
    *.ko.xz) xz -dc -- "$1" >"$2" ;;
    *.ko.zst) zstd -qdc -- "$1" >"$2" ;;
    *) fail "module of an unknown kind: $1" ;;
  esac
}

build_ramdisk() {
  local ram=$cache/ramdisk.new module file name
  rm -rf -- "$ram"
  mkdir -p -- "$ram"/{bin,modules,proc,sys,dev,job,host,rw,root}
  cp -L -- "$(command -v busybox)" "$ram/bin/busybox"
  cp -- "$here/init" "$ram/init"
  chmod 755 "$ram/init" "$ram/bin/busybox"
  for module in "${modules[@]}"; do
    module_files "$module" >"$ram/files" || fail "the kernel package has no module $module"
    while IFS= read -r file; do
      name=${file##*/}
      name=${name%%.ko*}.ko
      [ -e "$ram/modules/$name" ] || copy_module "$file" "$ram/modules/$name"
      # vivid has a list of its own: it is loaded last, with parameters, and only if wanted.
      if [ "$module" = vivid ]; then printf '%s\n' "$name" >>"$ram/modules/vivid.list"
      else printf '%s\n' "$name" >>"$ram/modules/base.list"; fi
    done <"$ram/files"
  done
  rm -f -- "$ram/files"
  (cd -- "$ram" && find . -print0 | LC_ALL=C sort -z | cpio --null --quiet -o -H newc -R 0:0 |
    gzip -n) >"$cache/initrd.gz.new"
  mv -- "$cache/initrd.gz.new" "$cache/initrd.gz"
  rm -rf -- "$ram"
}

# --- main -----------------------------------------------------------------------------------

arch=$(uname -m)
[ "$arch" = x86_64 ] || missing "architecture $arch (only x86_64 is supported)"
ensure_packages

# The stamp names the kernel and the recipe, so an edited init or setup rebuilds the ramdisk
# without fetching the kernel again.
recipe=$(cat -- "$here/setup.sh" "$here/init" | sha256sum | cut -c 1-16)
have() { [ -s "$cache/kernel/version" ] && [ -s "$cache/kernel/vmlinuz" ]; }

if [ -n "$force" ] || ! have; then
  rm -f -- "$cache/stamp"
  for program in apt-get dpkg-deb; do
    command -v "$program" >/dev/null || missing "no $program to fetch the kernel package with"
  done
  fetch_kernel
fi
version=$(cat -- "$cache/kernel/version")
stamp="kernel=$version recipe=$recipe"
if [ "$(cat -- "$cache/stamp" 2>/dev/null)" != "$stamp" ] || [ ! -s "$cache/initrd.gz" ]; then
  build_ramdisk
  printf '%s\n' "$stamp" >"$cache/stamp"
  say "ready: kernel $version in $cache"
fi
