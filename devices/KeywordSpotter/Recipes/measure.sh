#!/usr/bin/env bash
# Measures a model on what split.py held back: measure.sh SPLIT TEXT WORK MODEL
#   SPLIT  folder of split.py
#   TEXT   any English text, for synthetic speech of another seed than that of training
#   WORK   folder for synthetic and varied clips, which are made once; 500 MB
#   MODEL  weight file, trained on SPLIT/train
# Prints what `kws evaluate` counts of clips and requests, sentences, noise, other voices, words after loud speech, sound-alikes, and with 8-bit weights.
set -euo pipefail
if [ $# -lt 4 ]; then
  sed -n '2,7s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi

here=$(cd "$(dirname "$0")" && pwd)
split=$(cd "$1" && pwd) text=$2 work=$3 model=$4
read -r -a kws <<< "${KWS:-dotnet run -c Release --project $here/.. --}"
mkdir -p "$work/keywords" "$work/other"
for label in "$split"/test/clips/*; do
  case ${label##*/} in
    alexa | computer | jarvis | snowboy) ln -sfn "$label" "$work/keywords/${label##*/}" ;;
    *) ln -sfn "$label" "$work/other/${label##*/}" ;;
  esac
done

if [ ! -e "$work/made" ]; then
  python3 "$here/synthesise.py" "$work/speech" --text "$text" --seed 2 --words 0 --soundalikes 300 --per-keyword 0 --sentences 700
  for ratio in 20 10 5 0; do
    python3 "$here/vary.py" "$work/keywords" "$work/noise$ratio" --noise "$ratio" --speech "$work/speech/sentences"
  done
  python3 "$here/vary.py" "$work/keywords" "$work/higher" --pitch 4
  python3 "$here/vary.py" "$work/keywords" "$work/after" --after "$split/test/background_speech"
  touch "$work/made"
fi

requests=$split/test/background_speech
evaluate() { # title options...
  echo "== $1"
  shift
  "${kws[@]}" evaluate --model "$model" "$@"
}

evaluate "clips and requests" --data "$split/test/clips" --background "$requests"
for ratio in 20 10 5 0; do
  evaluate "noise at $ratio dB" --data "$work/noise$ratio" --background "$requests"
done
evaluate "four semitones higher" --data "$work/higher" --background "$requests"
evaluate "directly after loud speech" --data "$work/after" --background "$requests"
evaluate "synthetic sentences" --data "$work/keywords" --background "$work/speech/sentences"
mkdir -p "$work/alike"
ln -sfn "$work/speech/soundalikes" "$work/alike/soundalikes"
evaluate "sound-alikes" --data "$work/alike" --background "$requests"
echo "== 8 bits"
"${kws[@]}" quantize --model "$model" --data "$split/test/clips" --background "$requests" --out "$work/int8.safetensors"
