#!/usr/bin/env bash
# Trains the bundled model: train.sh DATA TEXT WORK OUT
#   DATA  folder of decoded recordings: wake_words/{alexa,computer,jarvis,snowboy}, background_speech, speech_commands/*,
#         spoken_digits/*, noise (16-bit WAV; the model card names the sets)
#   TEXT  any English text; its words are spoken as negatives (the bundled model: Wikigold)
#   WORK  folder for synthetic speech and links; made where missing, about 1 GB
#   OUT   weight file to write
# Two trainings: the words, then the same network again with other voices, microphones, lines and household noise.
# Needs espeak-ng, flite, sox, python3 and the .NET SDK. Further options of `kws train` can follow.
set -euo pipefail
if [ $# -lt 4 ]; then
  sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi

. "$(dirname "$0")/prepare.sh"
shift 4

if [ ! -e "$work/synthesised" ]; then
  python3 "$here/synthesise.py" "$work/synth" --text "$text" --seed 0 --sentences 0
  python3 "$here/synthesise.py" "$work" --text "$text" --seed 1 --words 0 --soundalikes 0 --per-keyword 0
  python3 "$here/synthesise.py" "$work/more" --text "$text" --seed 5 --words 3000 --pairs 0.8 --sentences 0 --soundalikes 0 --per-keyword 0
  touch "$work/synthesised"
fi

link_keywords

train() {
  dotnet run -c Release --project "$here/.." -- train --data "$data/wake_words" --extra "$work/extra" \
    --background "$data/background_speech" "$data/speech_commands" "$data/spoken_digits" "$work/synth/words" "$work/synth/soundalikes" "$work/sentences" \
    --noise "$data/noise" --steps 60 "$@"
}

train --epochs 80 --seed 1 --mix keyword=0.44,speech=0.14,word=0.18,run=0.05,half=0.04,pseudo=0.1,mined=0.05 \
  --snr-min 3 --snr-max 50 --babble 0 --household 0 --tract 1 --response 0 --telephone 0 --clipping 0 --out "$work/first.safetensors"

train --background "$work/more/words" --start "$work/first.safetensors" --epochs 30 --learning-rate 0.003 --seed 3 --negative-weight 2.5 --mine 4 --mine-minutes 30 \
  --mix keyword=0.38,speech=0.2,word=0.16,run=0.05,half=0.04,pseudo=0.11,mined=0.06 \
  --snr-min 2 --snr-max 42 --babble 0.12 --household 0.3 --tract 1.12 --response 6 --telephone 0.04 --clipping 0.05 --out "$out" "$@"
