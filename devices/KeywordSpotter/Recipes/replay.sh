#!/usr/bin/env bash
# Remakes the examples that kws tune replays for the bundled model: replay.sh TEXT WORK [OUT]
#   TEXT  any English text, whose words are spoken (the bundled file: Wikigold)
#   WORK  folder for synthetic speech; made where missing, about 100 MB
#   OUT   file to write (default: ../Models/wake-words.replay.safetensors)
# Synthetic speech only, of other seeds than that of training. Needs espeak-ng, flite, sox, python3 and the .NET SDK.
set -euo pipefail
if [ $# -lt 2 ]; then
  sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi

here=$(cd "$(dirname "$0")" && pwd)
text=$1
mkdir -p "$2"
work=$(cd "$2" && pwd)
out=${3:-$here/../Models/wake-words.replay.safetensors}
python3 "$here/synthesise.py" "$work" --text "$text" --seed 4 --words 1200 --sentences 350 --soundalikes 300 --per-keyword 50
dotnet run -c Release --project "$here/.." -- replay --data "$work/keywords" --background "$work/words" "$work/soundalikes" "$work/sentences" --seed 4 \
  --examples 750 --seconds 2 --mix keyword=0.15,speech=0.4,word=0.25,run=0.1,half=0.03,pseudo=0.07 --out "$out"
