#!/usr/bin/env bash
# Installs kws on a Raspberry Pi, or brings it up to date: install.sh [options] USER@HOST
#   --listen        run kws.service: listen to the microphone (preset); nobody is let in any more
#   --serve         run kws-serve.service: wake words for Home Assistant, on the Pi itself; who is let in stays as it is
#   --open          as --serve, and let the home network in; announced where avahi runs. The protocol knows no
#                   password: everybody in the network can have audio listened to and use the Pi's time
#   --close         as --serve, and let nobody in any more
#   --model FILE    the model to run. Without it the Pi keeps the one that it has, unless that is an older bundled one
#   --binary DIR    what publish.sh has written; preset artifacts/RID for the processor of the Pi
#   --dry-run       say what would be done; nothing is changed or copied
# Needs ssh and scp here, and on the Pi sudo without a password, or root as USER. Called again it changes what differs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
usage() { sed -n '2,11s/^# \{0,1\}//p' "$0"; }
fail() { echo "install.sh: $1" >&2; exit "${2:-1}"; }

target= model= binary= dry= unit=kws.service network=keep mode=
mode() {
  [ -z "$mode" ] || [ "$mode" = "$1" ] || fail "$mode and $1 contradict each other; allowed: one of --listen, --serve, --open, --close" 2
  mode=$1
}
while [ $# -gt 0 ]; do
  case "$1" in
    -h | --help) usage; exit 0 ;;
    --listen) mode "$1" ;;
    --serve) mode "$1"; unit=kws-serve.service ;;
    --open) mode "$1"; unit=kws-serve.service network=open ;;
    --close) mode "$1"; unit=kws-serve.service network=close ;;
    --dry-run) dry=yes ;;
    --model | --binary)
      [ $# -ge 2 ] || fail "$1 needs a value" 2
      if [ "$1" = --model ]; then model=$2; else binary=$2; fi
      shift ;;
    -*) fail "'$1' is no option; allowed: --listen, --serve, --open, --close, --model, --binary, --dry-run" 2 ;;
    *) [ -z "$target" ] || fail "'$1' is one argument too many; allowed: one, USER@HOST" 2
      target=$1 ;;
  esac
  shift
done
[ -n "$target" ] || { echo "install.sh: no USER@HOST given" >&2; usage >&2; exit 2; }
case "$target" in *[!A-Za-z0-9@._:%-]*) fail "USER@HOST is '$target'; allowed: letters, digits and @ . _ : % -" 2 ;; esac
[ -z "$model" ] || [ -f "$model" ] || fail "$model: no such model file"

# One connection for everything, so that a password is asked for once.
control=$(mktemp -d)
staging=$(mktemp -d)
trap 'ssh -o ControlPath="$control/%C" -O exit "$target" 2>/dev/null || true; rm -rf "$control" "$staging"' EXIT
options=(-o ControlMaster=auto -o ControlPath="$control/%C" -o ControlPersist=60 -o ConnectTimeout=10)
remote() { ssh "${options[@]}" "$target" "$@"; }

machine=$(remote uname -m) || fail "$target cannot be reached with ssh"
case "$machine" in
  aarch64) rid=linux-arm64 ;;
  armv7l | armv8l) rid=linux-arm ;;
  x86_64) rid=linux-x64 ;;
  *) fail "$target has a processor '$machine'; allowed: aarch64, armv7l, armv8l, x86_64" ;;
esac
binary=${binary:-$root/artifacts/$rid}
[ -f "$binary/kws" ] || fail "$binary/kws: not there; devices/RaspberryPi/publish.sh $rid makes it"

cp "$binary/kws" "$staging/kws"
cp "$root/devices/KeywordSpotter/Models/wake-words.safetensors" "$staging/bundled.safetensors"
for file in wake-words.replay.safetensors wake-words.wav; do
  [ ! -f "$binary/$file" ] || cp "$binary/$file" "$staging/$file"
done
cp "$here/kws.service" "$here/kws-serve.service" "$here/open.conf" "$here/kws.avahi" "$here/setup.sh" "$staging/"
[ -z "$model" ] || cp "$model" "$staging/given.safetensors"
(cd "$staging" && sha256sum -- * >"$control/sums" && mv "$control/sums" SHA256SUMS)

if [ -n "$dry" ]; then
  echo "would copy to $target ($machine):"
  (cd "$staging" && wc -c -- * | sed 's/^/  /')
  echo "would run there, as root: setup.sh $unit $network"
  sed -n 's/^# Does: /  /p' "$here/setup.sh"
  exit 0
fi

folder=$(remote mktemp -d /tmp/kws-install.XXXXXX)
case "$folder" in /tmp/kws-install.*) ;; *) fail "$target made no folder to copy to: '$folder'" ;; esac
scp -q "${options[@]}" "$staging"/* "$target:$folder/" || fail "the files could not be copied to $target"
status=0
remote "if [ \$(id -u) = 0 ]; then sh $folder/setup.sh $unit $network; else sudo -n sh $folder/setup.sh $unit $network; fi" || status=$?
remote "rm -rf $folder" || true
[ "$status" != 255 ] || fail "the connection to $target was lost; call install.sh again, which completes what was begun"
[ "$status" = 0 ] || fail "the installation on $target failed (status $status): nothing was changed, or it was put back (see above)"
echo "$target: $unit runs. Its log: ssh $target journalctl -u $unit -f"
