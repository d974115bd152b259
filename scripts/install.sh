#!/usr/bin/env bash
# Copies the header, the libraries and the pkg-config file to where compilers look for them, or
# removes them again. This is `make install` and `make uninstall`.
# It builds only when the library is missing or older than its sources, because installing is
# often done by root, who should leave no files in the source folder.
#
# Usage: install.sh install|uninstall
# Environment: PREFIX (/usr/local), LIBDIR (PREFIX/lib), INCLUDEDIR (PREFIX/include),
#              DESTDIR (a folder put before all of them, for packagers)
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"

prefix=${PREFIX:-/usr/local}
libdir=${LIBDIR:-$prefix/lib}
includedir=${INCLUDEDIR:-$prefix/include}
destdir=${DESTDIR-}
for folder in "$prefix" "$libdir" "$includedir"; do
  case $folder in /*) ;; *) die "not an absolute path: $folder" ;; esac
done
to_lib=$destdir$libdir
to_include=$destdir$includedir
files=(
  "$to_include/camera_session.h"
  "$to_lib/$lib_file" "$to_lib/$lib_soname" "$to_lib/$lib_link"
  "$to_lib/libcamera_session.a"
  "$to_lib/pkgconfig/camera-session.pc"
)

# Written relative to ${prefix} where it can be, so that pkg-config can move the prefix.
under_prefix() {
  case $1 in
    "$prefix"/*) printf '%s' "\${prefix}${1#"$prefix"}" ;;
    *) printf '%s' "$1" ;;
  esac
}

# Programs find a new library only after the loader's list was renewed.
renew_loader_list() {
  [ -z "$destdir" ] && [ "$(id -u)" = 0 ] || return 0
  ! PATH=$PATH:/usr/sbin:/sbin have ldconfig || PATH=$PATH:/usr/sbin:/sbin ldconfig || true
}

case ${1-} in
  install)
    if ! library_is_current; then
      have cargo || die 'the library is not built, or older than its sources: run make lib first, without sudo'
      "$root/scripts/link.sh"
    fi
    install -d -- "$to_include" "$to_lib/pkgconfig"
    install -m 644 -- "$root/include/camera_session.h" "$to_include/"
    # A running program keeps the old file: install(1) makes a new one instead of writing into it.
    install -m 755 -- "$lib_dir/$lib_file" "$to_lib/"
    ln -sfn -- "$lib_file" "$to_lib/$lib_soname"
    ln -sfn -- "$lib_soname" "$to_lib/$lib_link"
    install -m 644 -- "$lib_dir/libcamera_session.a" "$to_lib/"
    sed -e "s|@PREFIX@|$prefix|" -e "s|@LIBDIR@|$(under_prefix "$libdir")|" \
      -e "s|@INCLUDEDIR@|$(under_prefix "$includedir")|" -e "s|@VERSION@|$version|" \
      -e "s|@LIBS_PRIVATE@|${native_libs[*]} ${rust_libs[*]}|" \
      "$root/camera-session.pc.in" >"$to_lib/pkgconfig/camera-session.pc"
    chmod 644 "$to_lib/pkgconfig/camera-session.pc"
    renew_loader_list
    say 'Installed:'
    printf '  %s\n' "${files[@]}"
    ;;
  uninstall)
    rm -f -- "${files[@]}"
    renew_loader_list
    say 'Removed:'
    printf '  %s\n' "${files[@]}"
    ;;
  *) die 'usage: install.sh install|uninstall' ;;
esac
