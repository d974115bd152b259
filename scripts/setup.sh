#!/usr/bin/env bash
# Installs what building (or testing) needs and this machine lacks, and says what and why.
# It looks for the thing itself rather than for a package, so that a compiler or a library that
# came another way is accepted, and a machine that has everything is left alone.
#
# Usage: setup.sh build|js|test|bench
# Exit: 0 all there; 1 something is missing and could not be installed.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

case ${1-} in
  build | js | test | bench) stage=$1 ;;
  *) die 'usage: setup.sh build|js|test|bench' ;;
esac

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

# --- how to see that something is there ------------------------------------------------------

header() { have "$CC" && printf '#include <%s>\n' "$1" | "$CC" -E -x c - >/dev/null 2>&1; }

links() {
  have "$CC" && printf 'int main(void) { return 0; }\n' |
    "$CC" -x c - "-l$1" -o "$scratch/links" 2>/dev/null
}

libclang() {
  local folder
  [ -z "${LIBCLANG_PATH-}" ] || return 0
  for folder in /usr/lib /usr/lib64 /usr/local/lib /usr/lib/*-linux-gnu* /usr/lib/llvm-*/lib; do
    compgen -G "$folder/libclang.so*" >/dev/null && return 0
    compgen -G "$folder/libclang-[0-9]*.so*" >/dev/null && return 0
  done
  return 1
}

# valgrind stops with an error at its start when it cannot look into the C library's loader.
valgrind_works() { have valgrind && valgrind -q /bin/true >/dev/null 2>&1; }

# package.json says from which version on; its loader needs it.
node_works() {
  have node && node -e '
    const [major, minor] = process.versions.node.split(".").map(Number);
    process.exit(major > 20 || (major === 20 && minor >= 6) || (major === 18 && minor >= 19) ? 0 : 1)'
}

gst_has() { have gst-inspect-1.0 && gst-inspect-1.0 --exists "$1" >/dev/null 2>&1; }

# --- what is needed: stage | package | how to see it | why ------------------------------------

needs=(
  "build|gcc|have $CC|compiles and links C; Rust links with it too"
  'build|libc6-dev|header stdio.h|the C library to link with'
  'build|make|have make|runs the targets of the Makefile'
  'build|pkg-config|have pkg-config|tells C programs how to build with an installed library'
  'build|linux-libc-dev|header linux/videodev2.h|the kernel'\''s V4L2 definitions'
  'build|libclang1|libclang|reads those definitions for Rust (crate v4l)'
  'build|libturbojpeg0-dev|links turbojpeg|encodes and decodes JPEG pictures'
  'build|libyuv-dev|links yuv|converts and scales pictures'
  "js|g++|have $CXX|compiles the addon for Node.js"
  'js|nodejs|node_works|runs JavaScript (18.19, 20.6 or newer)'
  'js|npm|have npm|gets the headers of Node-API, and TypeScript'
  "test|g++|have $CXX|checks the header as C++, compiles the addon for Node.js"
  'test|nodejs|node_works|runs the tests of the JavaScript bridge'
  'test|npm|have npm|gets the headers of Node-API, and TypeScript, for them'
  'test|valgrind|have valgrind|looks for leaks and invalid memory accesses'
  'test|libc6-dbg|valgrind_works|lets valgrind look into the C library'
  'test|ffmpeg|have ffprobe|plays the recordings that the tests make'
  'test|v4l-utils|have v4l2-ctl|looks at V4L2 devices in the tests with a kernel driver'
  'test|ffmpeg|have ffmpeg|another program that writes Motion-JPEG, for the loopback camera'
  'bench|gstreamer1.0-tools|have gst-launch-1.0|runs the pipelines that the library is compared with'
  'bench|gstreamer1.0-plugins-base|gst_has videoconvert|converts and scales in them'
  'bench|gstreamer1.0-plugins-good|gst_has jpegenc|encodes photos and reads cameras in them'
  'bench|ffmpeg|have ffmpeg|makes the Motion-JPEG file that both play'
)

find_missing() {
  local line of package check why
  missing=()
  for line in "${needs[@]}"; do
    IFS='|' read -r of package check why <<<"$line"
    [ "$of" = build ] || [ "$of" = "$stage" ] || continue
    # shellcheck disable=SC2086 # a check is a command and its argument
    $check || missing+=("$package")
  done
}

why_needed() {
  local line of package check why
  for line in "${needs[@]}"; do
    IFS='|' read -r of package check why <<<"$line"
    [ "$package" != "$1" ] || say "$why"
  done
}

# --- Rust, which the user chose and installed -------------------------------------------------

need_rust() {
  local wanted found
  wanted=$(cargo_value package rust-version)
  if ! have cargo || ! have rustc; then
    warn "Rust is missing: install Rust $wanted or newer (https://rustup.rs), open a new shell, and run this again"
    exit 1
  fi
  found=$(rustc --version | awk '{ print $2 }')
  [ -n "$found" ] || die 'rustc --version fails; is a Rust toolchain installed and selected?'
  if [ "$(printf '%s\n%s\n' "$wanted" "${found%%-*}" | sort -V | head -n 1)" != "$wanted" ]; then
    die "Rust $wanted or newer is needed; this is $found ($(command -v rustc))"
  fi
}

# --- installing --------------------------------------------------------------------------------

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_be_root() {
  [ "$(id -u)" = 0 ] && return 0
  have sudo || return 1
  # Without a terminal a question for a password would wait for ever.
  sudo -n true 2>/dev/null || [ -t 0 ]
}

apt_log=$scratch/apt.log
apt() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" \
    >"$apt_log" 2>&1 </dev/null
}

list_missing() {
  local package
  for package in "${missing[@]}"; do printf '  %-18s %s\n' "$package" "$(why_needed "$package")"; done
}

install_missing() {
  if ! have apt-get; then
    warn 'this is no Debian system; please install what stands for these Debian packages:'
    list_missing
    exit 1
  fi
  if ! can_be_root; then
    warn 'packages are missing, and only root can install them:'
    list_missing
    say 'Please run this and try again:'
    say "  sudo apt-get install --no-install-recommends ${missing[*]}"
    exit 1
  fi
  say 'Installing what is missing, with apt-get:'
  list_missing
  apt install --no-install-recommends "${missing[@]}" && return 0
  # A new machine has no package lists, and an old list names versions that are gone.
  say 'Refreshing the package lists (apt-get update) and trying again.'
  apt update || { tail -n 5 "$apt_log" >&2; die 'apt-get update failed'; }
  apt install --no-install-recommends "${missing[@]}" || {
    tail -n 15 "$apt_log" >&2
    die "could not install: ${missing[*]}"
  }
}

need_rust
find_missing
if [ ${#missing[@]} -gt 0 ]; then
  install_missing
  # One more time: without a compiler the first look could see neither headers nor libraries.
  find_missing
  if [ ${#missing[@]} -gt 0 ]; then
    install_missing
    find_missing
  fi
  [ ${#missing[@]} -eq 0 ] || die "still missing after installing: ${missing[*]}"
fi
case $stage in
  js) say 'Everything that is needed for JavaScript is installed.' ;;
  *) say "Everything that is needed to $stage is installed." ;;
esac
