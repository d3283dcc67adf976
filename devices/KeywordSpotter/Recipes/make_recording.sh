#!/usr/bin/env bash
# Remakes the bundled recording: several synthetic voices speak sentences and, among them, the wake words, in a room with mild noise.
#   make_recording.sh [FOLDER]      (default: ../Models; needs espeak-ng, flite and sox)
# Writes FOLDER/wake-words.wav (16 kHz, mono, 16 bit) and FOLDER/wake-words.tsv: start and end of each wake word in seconds, and the word.
# The same versions of the three programs give the same bytes: nothing here is random (sox -R seeds its noise).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../Models}
for tool in espeak-ng flite sox soxi; do
  command -v "$tool" >/dev/null || { echo "$tool is missing: apt-get install -y espeak-ng flite sox" >&2; exit 2; }
done
mkdir -p "$out"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# pause before in s | level in dB | wake word, empty for other speech | room (reverberance, empty for none) | engine voice settings | text
script='
0.4|-4||8|flite slt duration_stretch=0.95|Good morning. The kettle is on and the bread is in the oven.
0.6|-4|alexa|8|flite slt duration_stretch=1.05|Alexa
0.35|-5||8|flite slt duration_stretch=0.98|switch the hall light off please.
0.9|-6||15|espeak en-gb-x-rp+m3 140 45|It rained all week, and the trains were late.
0.7|-5|jarvis|15|espeak en-gb-x-rp+m3 135 45|Jarvis
0.35|-6||15|espeak en-gb-x-rp+m3 145 45|when does the next one leave?
0.9|-3||10|flite rms duration_stretch=0.95|We walked to the harbour and looked at the boats.
0.7|-3|computer|10|flite rms duration_stretch=1.05|Computer
0.35|-4||10|flite rms duration_stretch=0.95|how far is it to the moon?
0.9|-6||12|espeak en-us+f3 150 60|My sister plays the cello on Sundays.
0.7|-6|snowboy|12|espeak en-us+f3 145 60|Snowboy
0.35|-7||12|espeak en-us+f3 150 60|play something quiet.
0.9|-5|alexa|18|flite awb duration_stretch=1.1|Alexa
0.5|-5||18|flite awb duration_stretch=1.05|three eggs, butter, flour and a little salt.
0.8|-6|computer|8|espeak en-us+m7 140 35|Computer
0.5|-7||8|espeak en-us+m7 150 35|that is all for today, thank you.
'

speak() { # engine voice settings... text -> file
  local engine=$1 voice=$2 file=$3 text=$4; shift 4
  case $engine in
    flite) local settings=(); for s in "$@"; do settings+=(--setf "$s"); done
           flite -voice "$voice" "${settings[@]}" -t "$text" -o "$file" ;;
    espeak) espeak-ng -v "$voice" -s "$1" -p "$2" -w "$file" "$text" ;;
  esac
}

pieces=() position=0 number=0
: > "$work/times"
while IFS='|' read -r pause level keyword room voice text; do
  [ -n "$text" ] || continue
  number=$((number + 1)) raw=$work/$number.raw.wav piece=$work/$number.wav
  read -r engine name settings <<< "$voice"
  # shellcheck disable=SC2086
  speak "$engine" "$name" "$raw" "$text" $settings
  # speech alone, at its level, then the pause before it and room for the echo's tail
  sox -R -D "$raw" -b 16 -c 1 "$piece" gain -6 rate 16000 silence 1 0.005 0.4% reverse silence 1 0.005 0.4% reverse gain -n "$level"
  samples=$(soxi -s "$piece")
  before=$(awk -v s="$pause" 'BEGIN { printf "%d", s * 16000 }')
  sox -R -D "$piece" "$work/$number.room.wav" gain -3 pad "${before}s" 0 reverb "$room" 50 30
  sox -R -D "$work/$number.room.wav" -c 1 "$work/$number.done.wav" trim 0 "$((before + samples))s"
  [ -z "$keyword" ] || echo "$((position + before)) $((position + before + samples)) $keyword" >> "$work/times"
  position=$((position + before + samples))
  pieces+=("$work/$number.done.wav")
done <<< "$script"

total=$((position + 16000))
sox -R -D "${pieces[@]}" "$work/speech.wav" pad 0 1
sox -R -D -r 16000 -n -c 1 -b 16 "$work/noise.wav" synth "${total}s" pinknoise gain -34
sox -R -D -m -v 1 "$work/speech.wav" -v 1 "$work/noise.wav" -b 16 "$out/wake-words.wav"
awk 'BEGIN { print "start\tend\tkeyword" } { printf "%.2f\t%.2f\t%s\n", $1 / 16000, $2 / 16000, $3 }' "$work/times" > "$out/wake-words.tsv"
echo "$out/wake-words.wav: $(soxi -D "$out/wake-words.wav") s, $(wc -l < "$work/times") wake words"
