#!/usr/bin/env bash
# Trains a model whose lower layers learn more than its words: general.sh DATA TEXT WORK OUT (the model card tells what was tried with it)
#   DATA  folder of decoded recordings: wake_words/{alexa,computer,jarvis,snowboy}, background_speech, speech_commands/*,
#         spoken_digits/*, noise (16-bit WAV; the model card names the sets)
#   TEXT  any English text; its words are spoken as negatives (the bundled model: Wikigold)
#   WORK  folder for synthetic speech and links; made where missing, about 1 GB
#   OUT   weight file to write
# First the general layers (WORK/general.safetensors, made once): they learn the phonemes and 200 words of synthetic speech, the digits, and two words of
# speech_commands. Then all layers learn the wake words, starting from there, and once more with more noise and a dearer false accept.
# Needs espeak-ng, flite, sox, python3 and the .NET SDK. Further options of `kws train` can follow.
set -euo pipefail
if [ $# -lt 4 ]; then
  sed -n '2,10s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi

. "$(dirname "$0")/prepare.sh"
shift 4

if [ ! -e "$work/synthesised" ]; then
  python3 "$here/synthesise.py" "$work/synth" --text "$text" --seed 0 --sentences 0
  python3 "$here/synthesise.py" "$work" --text "$text" --seed 1 --words 0 --soundalikes 0 --per-keyword 0 --sentences 1500
  python3 "$here/synthesise.py" "$work/more" --text "$text" --seed 5 --words 3000 --pairs 0.8 --sentences 0 --soundalikes 0 --per-keyword 0 --vocabulary 200 --per-entry 25
  touch "$work/synthesised"
fi

link_keywords

train() {
  dotnet run -c Release --project "$here/.." -- train --background "$data/background_speech" "$work/synth/words" "$work/more/words" "$work/sentences" \
    --noise "$data/noise" --phonemes "$here/phonemes.tsv" "$work/synth/phonemes.tsv" "$work/more/phonemes.tsv" --seed 1 "$@"
}

if [ ! -e "$work/general.safetensors" ]; then
  train --data "$data/speech_commands" --vocabulary "$data/spoken_digits" "$work/more/vocabulary" --epochs 45 --steps 80 --learning-rate 0.004 \
    --phoneme-weight 1 --vocabulary-weight 1 --mine 0 --validation 0.03 \
    --mix keyword=0.12,speech=0.08,word=0.25,run=0.2,half=0,pseudo=0.03,mined=0,vocabulary=0.35 \
    --out "$work/general-words.safetensors" --joint "$work/general.part.safetensors"
  mv "$work/general.part.safetensors" "$work/general.safetensors"
fi

words() {
  train --data "$data/wake_words" --extra "$work/extra" --background "$data/speech_commands" "$data/spoken_digits" "$work/synth/soundalikes" \
    --vocabulary "$data/spoken_digits" "$data/speech_commands" "$work/more/vocabulary" --steps 80 "$@"
}

words --start "$work/general.safetensors" --epochs 42 --learning-rate 0.004 --negative-weight 3.5 --mine 3 --mine-minutes 40 \
  --mix keyword=0.32,speech=0.14,word=0.14,run=0.05,half=0.04,pseudo=0.13,mined=0.1,vocabulary=0.12 \
  --out "$work/first.safetensors" --joint "$work/first.joint.safetensors"

words --start "$work/first.joint.safetensors" --epochs 50 --learning-rate 0.0025 --negative-weight 4 --mine 2 --mine-minutes 60 \
  --snr-min -2 --snr-max 32 --clean 0.1 --phoneme-weight 0.2 --vocabulary-weight 0.2 \
  --mix keyword=0.32,speech=0.2,word=0.14,run=0.04,half=0.04,pseudo=0.12,mined=0.12,vocabulary=0.04 --out "$out" "$@"
