#!/usr/bin/env bash
# Compares the three lists of public functions: the header, abi/camera_session.map and what the
# built library exports. They must name the same functions, and every exported one must carry
# a version, which linkers can lose without a word.
#
# Usage: check-abi.sh            compare; exit 1 with the differences
#        check-abi.sh --update   add the header's new functions to the map's newest node
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/common.sh"
export LC_ALL=C

header=$root/include/camera_session.h
map=$root/abi/camera_session.map
[ -e "$header" ] || die 'include/camera_session.h is missing (make header writes it)'

# Declarations only: comments mention functions too, and callback types are no functions.
in_header() {
  "$CC" -E -P -x c "$header" | tr '\n' ' ' | tr ';' '\n' | grep -v typedef |
    grep -o '\bcamera_[a-z0-9_]*(' | tr -d "(" | sort -u || true
}
in_map() { sed -n 's/^ *\(camera_[a-z0-9_]*\);.*/\1/p' "$map" 2>/dev/null | sort -u; }
exported() { nm -D --defined-only --with-symbol-versions "$lib_dir/$lib_file" | awk '$2 != "A" { print $3 }'; }

if [ "${1-}" = --update ]; then
  [ -e "$map" ] || {
    mkdir -p -- "$root/abi"
    printf '%s\n' \
      '/* The functions that the shared library exports, by the version that added them.' \
      '   The node of a released version is never changed; new functions go in the newest. */' \
      "CAMERA_SESSION_$abi {" '  global:' '  local:' '    *;' '};' >"$map"
  }
  added=$(comm -23 <(in_header) <(in_map))
  # The newest node is the last one; its functions end at its "local:" or closing line.
  awk -v added="$added" '
    { line[NR] = $0 }
    /^ *global:/ { start = NR }
    END {
      for (i = start + 1; i <= NR && line[i] ~ /^ *(camera_|$)/; i++);
      count = split(added, name, "\n")
      for (n = 1; n <= NR; n++) {
        if (n == i) for (k = 1; k <= count; k++) print "    " name[k] ";"
        print line[n]
      }
    }' "$map" >"$map.new"
  mv -f -- "$map.new" "$map"
  say "abi/camera_session.map: $(printf '%s' "$added" | grep -c . || true) function(s) added"
  exit 0
fi

[ -e "$lib_dir/$lib_file" ] || die 'the library is not built (make lib)'
result=0
differ() { # differ TITLE LINES
  [ -n "$2" ] || return 0
  say "$1"
  sed 's/^/  /' <<<"$2"
  result=1
}
names=$(exported | sed 's/@.*//' | sort -u)
differ 'In the header, not in the map (check-abi.sh --update adds them):' "$(comm -23 <(in_header) <(in_map))"
differ 'In the map, not in the header:' "$(comm -13 <(in_header) <(in_map))"
differ 'Exported, but not in the header:' "$(comm -13 <(in_header) <(printf '%s\n' "$names"))"
differ 'In the header, not exported:' "$(comm -23 <(in_header) <(printf '%s\n' "$names"))"
differ 'Exported without a version:' "$(exported | grep -v '@@*CAMERA_SESSION_' || true)"

soname=$(readelf -d "$lib_dir/$lib_file" | sed -n 's/.*soname: \[\(.*\)\]/\1/p')
[ "$soname" = "$lib_soname" ] || differ 'The soname is wrong:' "$soname instead of $lib_soname"
[ "$result" = 0 ] || exit 1
say "The header, the map and the library agree on $(printf '%s\n' "$names" | grep -c .) functions."
say '1 passed, 0 failed, 0 skipped'
