#!/usr/bin/env bash
# Builds the library that is shipped: build/lib/libcamera_session.so.VERSION with its links, and
# libcamera_session.a. This is `make lib`.
#
# Why not cargo's own shared library: rustc passes the linker a version script of its own, so
# ours would be ignored or refused. Linking the static library once more gives versioned symbols,
# nothing exported but the functions of abi/camera_session.map, and a much smaller file.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

map=$root/abi/camera_session.map
[ -e "$map" ] || die 'abi/camera_session.map is missing; scripts/check-abi.sh --update writes it'

cd -- "$root"
mkdir -p "$lib_dir/.debug"
# Taken before the build, so that a file edited meanwhile counts as newer.
touch "$build/.lib-stamp.new"

say "Building camera-session $version (cargo, release)"
cargo build --release --locked --lib ||
  die 'the build failed; if a tool or a library is missing, make setup installs it'
archive=${CARGO_TARGET_DIR:-$root/target}/release/libcamera_session.a
[ -e "$archive" ] || die "cargo made no $archive"

linked=$lib_dir/$lib_file
if [ "$archive" -nt "$linked" ] || [ "$map" -nt "$linked" ] || [ scripts/link.sh -nt "$linked" ]; then
  # shellcheck disable=SC2054 # the commas belong to the flags
  flags=(
    -Wl,-soname,"$lib_soname"
    -Wl,--version-script="$map" -Wl,--no-undefined-version # a listed function must exist
    -Wl,-z,defs                                            # no symbol left to chance
    -Wl,-z,nodelete                                        # our threads outlive no dlclose()
    -Wl,-z,relro -Wl,-z,now
    -Wl,--gc-sections -Wl,--as-needed
  )
  "$CC" -shared -o "$linked.new" "${flags[@]}" \
    -Wl,--whole-archive "$archive" -Wl,--no-whole-archive "${native_libs[@]}" "${rust_libs[@]}"
  # Line tables go to a file beside it: valgrind and debuggers find them, and users do not pay.
  objcopy --only-keep-debug "$linked.new" "$lib_dir/.debug/$lib_file.debug"
  strip --strip-unneeded "$linked.new"
  chmod 644 "$lib_dir/.debug/$lib_file.debug"
  (cd -- "$lib_dir/.debug" && objcopy --add-gnu-debuglink="$lib_file.debug" "$linked.new")

  # Libraries of another version would be found by programs that were linked with them.
  find "$lib_dir" -maxdepth 1 -name "$lib_link*" ! -name "$lib_file.new" -delete
  mv -f -- "$linked.new" "$linked"
  ln -s "$lib_file" "$lib_dir/$lib_soname"
  ln -s "$lib_soname" "$lib_dir/$lib_link"

  cp -- "$archive" "$lib_dir/libcamera_session.a.new"
  strip --strip-debug "$lib_dir/libcamera_session.a.new"
  mv -f -- "$lib_dir/libcamera_session.a.new" "$lib_dir/libcamera_session.a"
fi
mv -f -- "$build/.lib-stamp.new" "$build/.lib-stamp"
say "Built build/lib/$lib_file ($(($(stat -c %s "$linked") / 1024)) KiB, soname $lib_soname)"
