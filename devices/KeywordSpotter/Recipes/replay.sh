#!/usr/bin/env bash
# Remakes the examples that kws tune replays for the bundled model: replay.sh WORK [OUT]
#   WORK  folder for synthetic speech; made where missing, about 15 MB
#   OUT   file to write (default: ../Models/wake-words.replay.safetensors)
# Synthetic speech only, of other seeds than that of training. Needs espeak-ng, flite, sox, python3 and the .NET SDK.
set -euo pipefail
if [ $# -lt 1 ]; then
  sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
work=$(cd "$1" && pwd)
out=${2:-$here/../Models/wake-words.replay.safetensors}
python3 "$here/synthesise.py" "$work" --seed 4 --words 200 --sentences 60 --soundalikes 100 --per-keyword 40
dotnet run -c Release --project "$here/.." -- replay --data "$work/keywords" --background "$work/words" "$work/soundalikes" "$work/sentences" --seed 4 --mix keyword=0.35,speech=0.22,word=0.23,run=0.1,half=0.05,pseudo=0.05 --out "$out"
