#!/usr/bin/env bash
# Trains the bundled model: train.sh DATA TEXT WORK OUT
#   DATA  folder of decoded recordings: wake_words/{alexa,computer,jarvis,snowboy}, background_speech, speech_commands/*,
#         spoken_digits/*, noise (16-bit WAV; the model card names the sets)
#   TEXT  any English text; its words are spoken as negatives (the bundled model: Wikigold)
#   WORK  folder for synthetic speech and links; made where missing, about 700 MB
#   OUT   weight file to write
# Needs espeak-ng, flite, sox, python3 and the .NET SDK. Further options of `kws train` can follow.
set -euo pipefail
if [ $# -lt 4 ]; then
  sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi

here=$(cd "$(dirname "$0")" && pwd)
data=$(cd "$1" && pwd) text=$2 work=$3 out=$4
shift 4
for folder in wake_words background_speech speech_commands spoken_digits noise; do
  [ -d "$data/$folder" ] || { echo "train.sh: $data has no folder $folder" >&2; exit 1; }
done

mkdir -p "$work"
work=$(cd "$work" && pwd)
if [ ! -e "$work/synthesised" ]; then
  python3 "$here/synthesise.py" "$work/synth" --text "$text" --seed 0 --sentences 0
  python3 "$here/synthesise.py" "$work" --text "$text" --seed 1 --words 0 --soundalikes 0 --per-keyword 0
  touch "$work/synthesised"
fi

# 75 of the synthetic clips of each keyword, beside all real ones.
python3 - "$work" <<'LINKS'
import glob, os, random, shutil, sys
work = sys.argv[1]
shutil.rmtree(f"{work}/extra", ignore_errors=True)
for keyword in ["alexa", "computer", "jarvis", "snowboy"]:
    os.makedirs(f"{work}/extra/{keyword}")
    clips = sorted(glob.glob(f"{work}/synth/keywords/{keyword}/*.wav"))
    random.Random(0).shuffle(clips)
    for path in clips[:75]:
        os.symlink(path, f"{work}/extra/{keyword}/{os.path.basename(path)}")
LINKS

dotnet run -c Release --project "$here/.." -- train --data "$data/wake_words" --extra "$work/extra" \
  --background "$data/background_speech" --background "$data/speech_commands" --background "$data/spoken_digits" \
  --background "$work/synth/words" --background "$work/synth/soundalikes" --background "$work/sentences" \
  --noise "$data/noise" --epochs 80 --steps 60 --seed 1 --out "$out" "$@"
