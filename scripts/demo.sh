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

heading 'Setting up'
scripts/setup.sh build

heading 'Building'
scripts/link.sh
make -s -C examples-c "CC=$CC"

heading 'Cameras'
build/examples/list_cameras

heading 'A preview of about 3 seconds'
build/examples/preview 3

heading 'A picture'
build/examples/snapshot "$photo"
[ -s "$photo" ] || die "no picture was written to $photo"

heading 'Where everything is'
printf '%-10s %s\n' \
  Picture "$photo ($(($(stat -c %s "$photo") / 1024)) KiB)" \
  Library "build/lib/$lib_link, build/lib/libcamera_session.a" \
  Header include/camera_session.h \
  Examples 'examples-c/ (sources), build/examples/ (programs)' \
  Guide README.md
say
say 'Install it with: make install PREFIX=/usr/local (with sudo for a system folder)'
