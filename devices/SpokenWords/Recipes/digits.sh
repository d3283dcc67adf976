#!/usr/bin/env bash
# Trains the bundled model of the digits: digits.sh DATA WORK OUT
#   DATA  folder of decoded recordings: spoken_digits/{zero..nine}, noise (16-bit WAV; the model card names the sets)
#   WORK  folder for synthetic speech; made where missing, about 100 MB
#   OUT   weight file to write
# Needs espeak-ng, flite, sox, python3 and the .NET SDK. Further options of `words train` can follow, such as --folds 4 to measure.
set -euo pipefail
if [ $# -lt 3 ]; then
  sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi

here=$(cd "$(dirname "$0")" && pwd)
data=$(cd "$1" && pwd) work=$2 out=$3
shift 3
for folder in spoken_digits noise; do
  [ -d "$data/$folder" ] || { echo "digits.sh: $data has no folder $folder" >&2; exit 1; }
done

mkdir -p "$work"
work=$(cd "$work" && pwd)
if [ ! -e "$work/synthesised" ]; then
  synthesise() { python3 "$here/../../KeywordSpotter/Recipes/synthesise.py" "$@" --keywords zero,one,two,three,four,five,six,seven,eight,nine --words 0 --sentences 0 --soundalikes 0; }
  synthesise "$work/english" --per-keyword 400 --seed 3
  synthesise "$work/accents" --per-keyword 150 --seed 4 --accents "$here/accents.txt" --accented 1
  touch "$work/synthesised"
fi

dotnet run -c Release --project "$here/.." -- train --data "$data/spoken_digits" --extra "$work/english/keywords" --extra "$work/accents/keywords" \
  --noise "$data/noise" --rate 8000 --extra-part 0.6 --speed-min 0.8 --speed-max 1.25 --epochs 60 --out "$out" "$@"
