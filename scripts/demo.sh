#!/usr/bin/env bash
# Shows the library at work, from nothing: installs what is missing, builds, lists the cameras,
# previews for a moment, takes a picture, and tells where everything is. This is `make demo`.
#
# Usage: demo.sh [PHOTO]     where the picture goes (default: photo.jpg)
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
cd -- "$root"
photo=${1:-photo.jpg}

heading() { printf '\n=== %s\n\n' "$1"; }

# The programs are what a reader can run next, so their commands are shown.
show() {
  printf '$ %s\n' "$*"
  "$@"
}

heading 'Setting up'
scripts/setup.sh build

heading 'Building (the first time takes about a minute)'
scripts/link.sh
make -s -C examples-c "CC=$CC"

heading 'The cameras and what they offer'
show build/examples/list_cameras

heading 'A preview of 3 seconds'
show build/examples/preview 3

heading 'A picture'
# An older picture must not pass for the new one.
rm -f -- "$photo"
show build/examples/snapshot "$photo"
[ -s "$photo" ] || die "no picture was written to $photo"

heading 'A preview, a video in a file and photos at once, from one camera (2 seconds)'
mkdir -p -- build/demo
printf '$ cd build/demo\n'
(cd build/demo && show ../examples/three_outputs 2)

heading "Where everything is, from $root"
printf '%-10s %s\n' \
  Picture "$photo ($(($(stat -c %s "$photo") / 1024)) KiB)" \
  Video "build/demo/video.mkv ($(($(stat -c %s build/demo/video.mkv) / 1048576)) MiB), and photos beside it" \
  Programs "build/examples/ (their sources: examples-c/)" \
  Header include/camera_session.h \
  Library "build/lib/$lib_link, build/lib/libcamera_session.a" \
  Guide 'README.md, with a C program of 40 lines to begin with'
say
say 'To install it: make install PREFIX=/usr/local (with sudo for a system folder)'
