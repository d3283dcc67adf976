#!/bin/sh
# The half of install.sh that runs on the Raspberry Pi, as root, in the folder that was copied: setup.sh UNIT keep|open|close
# Does: check what was copied (SHA256SUMS)
# Does: put kws and the bundled model into /opt/kws, and the units into /etc/systemd/system
# Does: keep the user's own model, /opt/kws/model.safetensors, and try it with the new kws before anything is changed
# Does: enable and restart the unit when something has changed or it does not run, then stop the other unit
# Does: put everything back when the unit does not start
# KWS_ROOT is put before all paths: for tests.
set -eu
umask 022 # what is made here is for the services' users as well
unit=$1 network=$2
cd "$(dirname "$0")"
root=${KWS_ROOT:-}
opt=$root/opt/kws
units=$root/etc/systemd/system
open=$units/kws-serve.service.d/open.conf
announced=$root/etc/avahi/services/kws.service
# What an update changes, a file on each line, from before the first change until the unit runs: an interrupted update is taken up again.
unfinished=$opt/update.unfinished
changes=$(pwd)/changes
: >changes
phase=stage

# A file takes its place only when all have arrived on the disk, and only if it differs.
put() { # FROM TO MODE
  if ! cmp -s "$1" "$2"; then
    mkdir -p "$(dirname "$2")"
    echo "$2" >>"$changes"
    cp "$1" "$2.new"
    chmod "$3" "$2.new"
    sync "$2.new" 2>/dev/null || sync
  else
    rm -f "$2.new"
  fi
}

take() { # FILE: is removed
  [ ! -e "$1" ] || echo "$1" >>"$changes"
}

# Each step is one rename, so that a power cut leaves the old file or the new one; the old one stays beside it as .old until the unit runs.
apply() {
  while read -r file; do
    if [ -e "$file" ] && ! { [ -e "$unfinished" ] && [ -e "$file.old" ]; }; then ln -f "$file" "$file.old"; fi
  done <"$changes"
  touch "$unfinished" # of an update before this one, which was interrupted
  sort -u "$changes" "$unfinished" >"$unfinished.new"
  mv -f "$unfinished.new" "$unfinished"
  sync
  phase=apply
  while read -r file; do
    if [ -e "$file.new" ]; then
      mv -f "$file.new" "$file"
      echo "  $file"
    elif is_taken "$file"; then
      rm -f "$file"
      echo "  $file removed"
    fi
  done <"$changes"
}

is_taken() {
  [ "$closing" = yes ] && { [ "$1" = "$open" ] || [ "$1" = "$announced" ]; }
}

finish() {
  while read -r file; do rm -f "$file.old"; done <"$unfinished"
  rm -f "$unfinished"
}

# Whatever fails: everything is as it was before.
undo() {
  status=$?
  [ "$status" != 0 ] || return 0
  set +e
  while read -r file; do rm -f "$file.new"; done <"$changes"
  if [ "$phase" = apply ]; then
    while read -r file; do
      if [ -e "$file.old" ]; then mv -f "$file.old" "$file"; else rm -f "$file"; fi
    done <"$unfinished"
    rm -f "$unfinished"
    systemctl daemon-reload
    if [ "$ran" = yes ]; then systemctl restart "$unit"; else systemctl disable --now --quiet "$unit" 2>/dev/null; fi
    echo "setup.sh: everything has been put back" >&2
  fi
  exit "$status"
}
trap undo EXIT
trap 'exit 1' HUP INT TERM

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

# The microphone's unit serves nobody: what let the network in goes with the server.
closing=
if [ "$unit" = kws.service ] || [ "$network" = close ]; then
  closing=yes
  take "$open"
  take "$announced"
  [ "$unit" = kws.service ] || echo "  only this machine is served"
elif [ "$network" = open ] || [ -e "$open" ]; then
  put open.conf "$open" 644
  [ ! -d "$(dirname "$announced")" ] || put kws.avahi "$announced" 644
  echo "  the home network is let in, at port 10400; install.sh --close takes it back"
  if grep -q '^ *KWS_URI=' "$root/etc/default/kws-serve" 2>/dev/null; then
    echo "  KWS_URI of /etc/default/kws-serve is not used meanwhile"
  fi
else
  echo "  only this machine is served; install.sh --open lets the home network in"
fi

ran=
! systemctl is-active --quiet "$unit" || ran=yes
if [ -s changes ] || [ -e "$unfinished" ]; then
  apply
  ran_as_it_is=
else
  ran_as_it_is=$ran
fi
systemctl daemon-reload
systemctl enable --quiet "$unit"
if [ -z "$ran_as_it_is" ]; then
  systemctl restart "$unit" || { echo "setup.sh: $unit does not start; see journalctl -u $unit" >&2; exit 1; }
  echo "  $unit restarted"
else
  echo "  nothing has changed; $unit goes on"
fi
[ ! -e "$unfinished" ] || finish
other=kws.service
[ "$unit" != kws.service ] || other=kws-serve.service
systemctl disable --now --quiet "$other" 2>/dev/null || true
