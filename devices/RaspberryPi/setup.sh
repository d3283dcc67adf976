#!/bin/sh
# The half of install.sh that runs on the Raspberry Pi, as root, in the folder that was copied: setup.sh UNIT keep|open|close
# Does: check what was copied (SHA256SUMS)
# Does: put kws and the bundled model into /opt/kws, and the units into /etc/systemd/system
# Does: keep the user's own model, /opt/kws/model.safetensors, and try it with the new kws before anything is changed
# Does: enable and restart the unit when something has changed or it does not run, and stop the other unit
# KWS_ROOT is put before all paths: for tests.
set -eu
unit=$1 network=$2
cd "$(dirname "$0")"
root=${KWS_ROOT:-}
opt=$root/opt/kws
units=$root/etc/systemd/system
changed=

# As one step, so that a power cut leaves the old file or the new one; and only if it differs.
put() { # FROM TO MODE
  if ! cmp -s "$1" "$2"; then
    mkdir -p "$(dirname "$2")"
    cp "$1" "$2.new"
    chmod "$3" "$2.new"
    sync "$2.new" 2>/dev/null || sync
    mv -f "$2.new" "$2"
    changed=yes
    echo "  $2"
  fi
}

take() { # FILE: removes it
  if [ -e "$1" ]; then
    rm -f "$1"
    changed=yes
    echo "  $1 removed"
  fi
}

sha256sum -c --quiet SHA256SUMS || { echo "setup.sh: what arrived is not what was sent" >&2; exit 1; }

# The model that will run: the given one, else the user's own, else the bundled one.
own=$opt/model.safetensors
if [ -f given.safetensors ]; then
  next=given.safetensors
elif [ -f "$own" ] && ! cmp -s "$own" "$opt/wake-words.safetensors"; then
  next=$own
  echo "  $own is kept: it is the user's own"
else
  next=bundled.safetensors
fi
chmod 755 kws
./kws info --model "$next" >/dev/null || { echo "setup.sh: the new kws cannot run $next (above); nothing was changed" >&2; exit 1; }

put kws "$opt/kws" 755
[ ! -f wake-words.replay.safetensors ] || put wake-words.replay.safetensors "$opt/wake-words.replay.safetensors" 644
[ ! -f wake-words.wav ] || put wake-words.wav "$opt/wake-words.wav" 644
if [ "$next" = given.safetensors ] && [ -f "$own" ] && ! cmp -s given.safetensors "$own"; then
  put "$own" "$own.previous" 644
fi
[ "$next" = "$own" ] || put "$next" "$own" 644
put bundled.safetensors "$opt/wake-words.safetensors" 644
put kws.service "$units/kws.service" 644
put kws-serve.service "$units/kws-serve.service" 644
case "$network" in
  open)
    put open.conf "$units/kws-serve.service.d/open.conf" 644
    [ ! -d "$root/etc/avahi/services" ] || put kws.avahi "$root/etc/avahi/services/kws.service" 644
    ;;
  close)
    take "$units/kws-serve.service.d/open.conf"
    take "$root/etc/avahi/services/kws.service"
    ;;
esac

other=kws.service
[ "$unit" != kws.service ] || other=kws-serve.service
systemctl daemon-reload
systemctl disable --now --quiet "$other" 2>/dev/null || true
systemctl enable --quiet "$unit"
if [ -n "$changed" ] || ! systemctl is-active --quiet "$unit"; then
  systemctl restart "$unit" || { echo "setup.sh: $unit does not start; see journalctl -u $unit" >&2; exit 1; }
  echo "  $unit restarted"
else
  echo "  nothing has changed; $unit goes on"
fi
