#!/usr/bin/env bash
# Shows the library at work from JavaScript, from nothing: installs what is missing, builds the library
# and the addon for Node.js, takes a picture, and tells how to start the other programs. This is
# `make demo-js`.
#
# Usage: demo-js.sh [PHOTO]     where the picture goes (default: photo.jpg)
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

# npm asks its server for the packages, so it is left alone when they are there already.
npm_packages() {
  local package
  for package in node-api-headers typescript @types/node; do
    [ -e "napi/node_modules/$package/package.json" ] || {
      npm --prefix napi ci --ignore-scripts --no-audit --no-fund
      return
    }
  done
}

heading 'Setting up'
scripts/setup.sh js
npm_packages || die 'npm could not get the packages of napi/package.json; is there a network?'

heading 'Building (the first time takes about two minutes)'
scripts/link.sh
node napi/build.js
say "The addon is napi/build/camera_session.node, for Node.js $(node --version)."

heading 'A picture'
# An older picture must not pass for the new one.
rm -f -- "$photo"
show node napi/examples/snapshot.mjs "$photo"
[ -s "$photo" ] || die "no picture was written to $photo"

heading "Where everything is, from $root"
printf '%-10s %s\n' \
  Picture "$photo ($(($(stat -c %s "$photo") / 1024)) KiB)" \
  Programs 'napi/examples/' \
  Package napi/ \
  Guide 'napi/README.md, with a program of 25 lines to begin with'
say
say 'What to run next:'
say
say '  node napi/examples/web.mjs               a page with the live picture and a shutter button'
say '  node napi/examples/record.mjs video.mkv  a video of five seconds'
say '  cd napi && npx tsc -p examples &&        a program as ArkTS programmers write it'
say '    node --import camera-session/register build/examples/arkts_photo.js'
