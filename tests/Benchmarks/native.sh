#!/usr/bin/env bash
# What the native keyword spotter costs on this machine: native.sh [RUNS]
# Publishes for linux-x64, then prints a table: bytes to ship, start to first detection, peak memory, speed, bytes allocated.
# Needs the .NET SDK, a C compiler for the linker, and GNU time (apt-get install -y clang zlib1g-dev time).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
runs=${1:-21}
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
command -v /usr/bin/time >/dev/null || { echo "native.sh: GNU time is missing: apt-get install -y time" >&2; exit 2; }
"$root/devices/RaspberryPi/publish.sh" linux-x64 "$out" >&2
kws=$out/kws

# The recording without its 44-byte header: 3.0 to 4.8 s hold the first keyword; an hour of it for speed.
recording=$root/devices/KeywordSpotter/Models/wake-words.wav
tail -c +45 "$recording" >"$out/all.raw"
head -c $((48 * 3200)) "$out/all.raw" | tail -c $((18 * 3200)) >"$out/short.raw"
le32() { printf '%b' "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"; }
bytes=$((100 * $(stat -c %s "$out/all.raw")))
{
  printf 'RIFF'; le32 $((bytes + 36))
  head -c 40 "$recording" | tail -c +9
  le32 "$bytes"
  for _ in $(seq 100); do cat "$out/all.raw"; done
} >"$out/long.wav"

median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
first=$("$kws" listen - --json <"$out/short.raw")
[ -n "$first" ] || { echo "native.sh: no keyword was found in the short recording" >&2; exit 1; }
start=$(for _ in $(seq "$runs"); do
  a=$EPOCHREALTIME
  "$kws" listen - --json <"$out/short.raw" >/dev/null
  b=$EPOCHREALTIME
  echo "$(((${b/./} - ${a/./})))"
done | median)
memory=$(for _ in $(seq "$runs"); do /usr/bin/time -f %M "$kws" listen "$out/long.wav" 2>&1 >/dev/null | tail -1; done | median)
stats=$(for _ in 1 2 3 4 5; do "$kws" listen "$out/long.wav" --stats 2>&1 >/dev/null | tail -1; done)
speed=$(sed -n 's/.*: \([0-9,]*\) x real time.*/\1/p' <<<"$stats" | tr -d , | median)
allocated=$(sed -n 's/.*; \([0-9]*\) bytes allocated.*/\1/p' <<<"$stats" | median)

echo "| figure | value |"
echo "|---|---|"
echo "| to ship: one file, the model included | $(awk -v b="$(stat -c %s "$kws")" 'BEGIN { printf "%.2f MB", b / 1e6 }') |"
echo "| start of the process to its end, first keyword found in 1.8 s of audio | $(awk -v t="$start" 'BEGIN { printf "%.1f ms", t / 1e3 }') |"
echo "| peak memory, an hour of audio | $(awk -v k="$memory" 'BEGIN { printf "%.1f MB", k * 1024 / 1e6 }') |"
echo "| speed, one thread, an hour of audio | $(awk -v s="$speed" 'BEGIN { printf "%d x real time", s }') |"
echo "| allocated by the audio path in that hour, after its first block | $allocated bytes |"
