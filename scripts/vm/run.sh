#!/usr/bin/env bash
# Runs a program of this machine inside a small virtual machine that has the kernel's own camera
# simulator (vivid): same files, same working folder, but with real /dev/video* devices.
# Why: the V4L2 code can be tested against a real driver on a machine without any camera.
#
# Usage: run.sh [OPTION…] -- COMMAND [ARGUMENT…]
#   --vivid "PARAMETERS"  module parameters of vivid; "none" does not load it
#                         (default: n_devs=2 node_types=0x1,0x1 multiplanar=1,2, that is
#                         /dev/video0 single-planar, /dev/video1 multi-planar)
#   --timeout SECONDS     limit for the whole run, boot included (default 300)
#   --memory MB           memory of the guest (default 2048; half of it takes written files)
#   --out DIR             host folder that the command may write to, under the same path
#                         (made when missing; may be given more than once)
#   --env NAME=VALUE      variable for the command; --env NAME passes the caller's value on
#   --kernel-log FILE     keep the guest's kernel log
# Environment:
#   CAMERA_VM_DIR         cache folder (default: target/vm in the project)
#   CAMERA_VM_ACCEL       kvm or tcg: skip the trial that chooses between them
#   CAMERA_VM_NO_INSTALL  when set, setup.sh installs no packages
# Exit: the command's own code (128+N when signal N ended it); 77 this machine cannot run the VM
# ("SKIP vm: reason" on stderr); 124 time limit; 125 the VM failed; 2 wrong usage.
set -euo pipefail

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
project=$(cd -- "$here/../.." && pwd -P)

say() { printf 'vm: %s\n' "$*" >&2; }
usage() { say "$*"; sed -n '/^# Usage:/,/^set /{s/^# \{0,1\}//p}' "${BASH_SOURCE[0]}" >&2; exit 2; }
skip() { printf 'SKIP vm: %s\n' "$*" >&2; exit 77; }

# --- arguments ------------------------------------------------------------------------------

vivid='n_devs=2 node_types=0x1,0x1 multiplanar=1,2'
limit=300
memory=2048
outs=()
variables=()
kernel_log=

number() { case $2 in '' | *[!0-9]* | 0*) usage "$1 needs a positive number, not: $2" ;; esac; }

while [ $# -gt 0 ]; do
  case $1 in
    --) shift; break ;;
    --vivid | --timeout | --memory | --out | --env | --kernel-log)
      [ $# -ge 2 ] || usage "$1 needs a value"
      case $1 in
        --vivid) vivid=$2 ;;
        --timeout) number "$1" "$2"; limit=$2 ;;
        --memory) number "$1" "$2"; memory=$2 ;;
        --out) outs+=("$2") ;;
        --kernel-log) kernel_log=$2 ;;
        --env)
          name=${2%%=*}
          [[ $name =~ ^[A-Za-z_][A-Za-z0-9_]*$ ]] || usage "--env needs NAME=VALUE, not: $2"
          if [ "$name" != "$2" ]; then variables+=("$2")
          elif [ -n "${!name+set}" ]; then variables+=("$name=${!name}"); fi ;;
      esac
      shift 2 ;;
    *) usage "unknown option: $1 (the command comes after --)" ;;
  esac
done
[ $# -gt 0 ] || usage 'no command'

# --- preparation ----------------------------------------------------------------------------

# Passes lines on to stderr and prints the last one. Not tee /dev/stderr: that would open the
# caller's log file anew and cut it off.
last_line() {
  local line last=
  while IFS= read -r line; do
    printf '%s\n' "$line" >&2
    last=$line
  done
  printf '%s\n' "$last"
}

# Quick when everything is there. Its last line is the reason when it is not.
if ! reason=$("$here/setup.sh" 2>&1 </dev/null | last_line); then
  skip "${reason#vm setup: }"
fi
cache=$(cd -- "${CAMERA_VM_DIR:-$project/target/vm}" && pwd -P)

work=$(mktemp -d "${TMPDIR:-/tmp}/camera-vm.XXXXXX")
machine= # process id of the running VM's time limit
# shellcheck disable=SC2317 # called by the trap
clean() {
  [ -z "$machine" ] || kill "$machine" 2>/dev/null || true
  rm -rf -- "$work"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# The emulator's command line is put together in one place, so that the trial of an accelerator
# boots exactly what the run boots.
qemu=()
compose() { # compose ACCELERATOR KERNEL_LOG KERNEL_WORDS [ARGUMENT…]
  local accel=$1 log=$2 words=$3
  shift 3
  case $accel in
    kvm) qemu=(-accel kvm -cpu host) ;;
    *) qemu=(-accel 'tcg,thread=multi' -cpu max) ;;
  esac
  # no mitigations: emulated they cost much and protect nothing; panic=-1 with -no-reboot: a
  # crashed kernel ends the emulator instead of waiting for the time limit.
  qemu=(qemu-system-x86_64 "${qemu[@]}" -smp 2 -m "$memory" -nodefaults -no-user-config
    -display none -nic none -no-reboot -kernel "$cache/kernel/vmlinuz" -initrd "$cache/initrd.gz"
    -append "console=ttyS0 quiet panic=-1 mitigations=off random.trust_cpu=on $words"
    -serial "file:${log//,/,,}" "$@")
}

# /dev/kvm may exist and still hang, so it is believed only after a guest has come up with it.
# The answer is kept for as long as this machine stays up: the cache may move to another one.
choose_accel() {
  local key answer
  case ${CAMERA_VM_ACCEL-} in
    kvm | tcg) accel=$CAMERA_VM_ACCEL; return ;;
    '') ;;
    *) usage "CAMERA_VM_ACCEL must be kvm or tcg" ;;
  esac
  accel=tcg
  [ -r /dev/kvm ] && [ -w /dev/kvm ] || return 0
  key=$(cat /proc/sys/kernel/random/boot_id)
  answer=$(cat -- "$cache/accel" 2>/dev/null) || true
  case $answer in
    "$key kvm") accel=kvm; return ;;
    "$key tcg") return ;;
  esac
  compose kvm "$work/probe.log" 'camera_vm=probe'
  timeout -k 2 10 "${qemu[@]}" </dev/null >/dev/null 2>&1 || true
  if grep -q 'camera-vm: probe ok' "$work/probe.log" 2>/dev/null; then accel=kvm
  else say '/dev/kvm does not run a guest here; using plain emulation'; fi
  printf '%s %s\n' "$key" "$accel" >"$cache/accel"
}
choose_accel

# --- the job --------------------------------------------------------------------------------

job=$work/job
mkdir -- "$job"
: >"$job/stdout"
: >"$job/stderr"
: >"$job/outs"
printf '%s\n' "$vivid" >"$job/vivid"
printf '%s\n' "$cache/kernel/tree" >"$job/tree"
# When both go to one place their order matters, and two streams could not keep it.
[ ! /dev/fd/1 -ef /dev/fd/2 ] || : >"$job/merge"

here_now=$(pwd -P)
# The guest's /tmp and /run are its own; only what the command is run in and from shows through.
case $1 in
  */*) program=$(cd -- "$(dirname -- "$1")" 2>/dev/null && pwd -P) || program= ;;
  *) program= ;;
esac
for folder in "$here_now" "$program"; do
  case $folder in /tmp/* | /run/*) printf '%s\n' "$folder" ;; esac
done >"$job/keep"

{
  # A small environment of the caller's: enough for programs to be found and to print alike,
  # and the rest only by --env, so that a run does not depend on who started it.
  for name in PATH HOME LANG LC_ALL TERM TZ; do
    [ -z "${!name+set}" ] || printf 'export %s=%q\n' "$name" "${!name}"
  done
  printf 'export CAMERA_VM=1\n'
  for variable in "${variables[@]+"${variables[@]}"}"; do
    printf 'export %s=%q\n' "${variable%%=*}" "${variable#*=}"
  done
  printf 'cd -- %q || exit 126\nexec --' "$here_now"
  printf ' %q' "$@"
  printf '\n'
} >"$job/job.sh"

shares=()
share() { # share TAG FOLDER [OPTION]
  shares+=(-virtfs "local,path=${2//,/,,},mount_tag=$1,security_model=none,multidevs=remap${3-}")
}
share job "$job"
share host / ,readonly=on
for folder in "${outs[@]+"${outs[@]}"}"; do
  mkdir -p -- "$folder"
  folder=$(cd -- "$folder" && pwd -P)
  share "out$(wc -l <"$job/outs")" "$folder"
  printf '%s\n' "$folder" >>"$job/outs"
done

# --- run ------------------------------------------------------------------------------------

compose "$accel" "$work/kernel.log" '' "${shares[@]}"

# Emulated guests hang now and then (seen once in some two hundred runs) while they come up or power
# off. Both can be told from a command that takes long, and neither need cost the whole limit.
watch() { # watch PROCESS BOOT_LIMIT
  local end=$((SECONDS + $2))
  until [ -e "$job/started" ]; do
    kill -0 "$1" 2>/dev/null || return 0
    if [ "$SECONDS" -ge "$end" ]; then
      : >"$work/stalled"
      kill "$1" 2>/dev/null || true
      return 0
    fi
    sleep 0.5
  done
  until [ -e "$job/code" ]; do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.5
  done
  end=$((SECONDS + 10))
  while kill -0 "$1" 2>/dev/null; do
    if [ "$SECONDS" -ge "$end" ]; then kill "$1" 2>/dev/null || true; return 0; fi
    sleep 0.5
  done
}

# With --pid, tail ends by itself, after a last look, when the emulator has ended.
follow() { tail -q -c +1 -s 0.1 --pid="$machine" -f -- "$1" 2>/dev/null; }

show_logs() { tail -n 40 -- "$work/qemu.log" "$work/kernel.log" >&2 2>/dev/null || true; }

boot() { # boot BOOT_LIMIT: runs the machine to its end; sets status to that of timeout
  local helpers left=$((limit - SECONDS + begin))
  [ "$left" -gt 0 ] || left=1 # timeout takes 0 for no limit
  rm -f -- "$work/stalled"
  timeout -k 5 "$left" "${qemu[@]}" </dev/null >"$work/qemu.log" 2>&1 &
  machine=$!
  follow "$job/stdout" &
  helpers=("$!")
  follow "$job/stderr" >&2 &
  helpers+=("$!")
  watch "$machine" "$1" &
  helpers+=("$!")
  status=0
  wait "$machine" || status=$?
  machine=
  wait "${helpers[@]}" || true
}

begin=$SECONDS
for boot_limit in 60 90 120; do
  boot "$boot_limit"
  [ -e "$work/stalled" ] || break
  say "the guest did not come up within $boot_limit seconds"
  show_logs
done

if [ -n "$kernel_log" ]; then
  # The guest saves its full log at the end; the console has what there is of one that did not.
  if [ -s "$job/dmesg" ]; then cp -- "$job/dmesg" "$kernel_log"
  else cp -- "$work/kernel.log" "$kernel_log" 2>/dev/null || true; fi
fi

if [ -s "$job/code" ]; then exit "$(cat -- "$job/code")"; fi
if [ ! -e "$work/stalled" ] && { [ "$status" = 124 ] || [ "$status" = 137 ]; }; then
  say "time limit of $limit seconds reached; the kernel's last messages:"
  tail -n 40 -- "$work/kernel.log" >&2 2>/dev/null || true
  exit 124
fi
if [ ! -e "$work/stalled" ]; then
  say 'the virtual machine failed before the command ended; its last messages:'
  show_logs
fi
exit 125
