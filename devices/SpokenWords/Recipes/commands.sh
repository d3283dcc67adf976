#!/usr/bin/env bash
# Trains the bundled model of bed, cat and happy: commands.sh DATA OUT
#   DATA  folder of decoded recordings: speech_commands/{bed,cat,happy}, noise (16-bit WAV; the model card names the sets)
#   OUT   weight file to write
# Needs the .NET SDK. Further options of `words train` can follow, such as --hold-out 0-20 to measure on speakers that are not trained on.
set -euo pipefail
if [ $# -lt 2 ]; then
  sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi

here=$(cd "$(dirname "$0")" && pwd)
data=$1 out=$2
shift 2
dotnet run -c Release --project "$here/.." -- train --data "$data/speech_commands" --noise "$data/noise" --rate 16000 --out "$out" "$@"
