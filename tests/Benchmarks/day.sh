#!/usr/bin/env bash
# Replays a day of audio through kws at full speed, and shows that nothing grows and nothing drifts: day.sh [OPTION...]
#   --hours N       how long; default 24. The same hour each time: the bundled recording, silence of a quiet room, noise
#   --kws FILE      the program; default: a native one, published to the folder of --work
#   --work FOLDER   where to build, and to keep the hour (115 MB); default artifacts/day
#   --bits          also the test that compares each score of N hours of the same minute to the last bit (builds the tests; a minute or two)
# Fails where the words of the last hour are not those of the second at the same times with the same scores, where memory grows from the second
# hour on by more than 1 MB, or where the audio path allocates. Needs python3 and, without --kws, what publish.sh needs.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
hours=24
kws=
work=$root/artifacts/day
bits=no
fail() { echo "day.sh: $1" >&2; exit "${2:-2}"; }
while [ $# -gt 0 ]; do
  case "$1" in
    --hours) hours=${2:-}; shift; [[ $hours =~ ^[0-9]{1,4}$ ]] && [ "$hours" -ge 3 ] || fail "--hours is '$hours'; allowed: a whole number from 3 to 9999" ;;
    --kws) kws=${2:?--kws needs a file}; shift ;;
    --work) work=${2:?--work needs a folder}; shift ;;
    --bits) bits=yes ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) fail "'$1' is unknown; allowed: --hours N, --kws FILE, --work FOLDER, --bits" ;;
  esac
  shift
done

mkdir -p "$work"
if [ -z "$kws" ]; then
  "$root/devices/RaspberryPi/publish.sh" linux-x64 "$work/kws"
  kws=$work/kws/kws
fi

[ -f "$work/hour.raw" ] || python3 - "$root/devices/KeywordSpotter/Models/wake-words.wav" "$work/hour.raw" <<'PYTHON'
import array, os, random, sys

# 16 kHz, 16 bits, minute by minute: the recording every two minutes, now loud, now quiet, in the noise of a room that is loud every fifteen minutes.
rate = 16000
with open(sys.argv[1], "rb") as file:
    recording = array.array("h", file.read()[44:])[: 59 * rate]
draw = random.Random(1)
noise = [draw.gauss(0, 1) for _ in range(60 * rate)]
minutes = {}

def minute(level, gain):
    if (level, gain) not in minutes:
        block = [level * x for x in noise]
        for i, sample in enumerate(recording):
            block[i + 800] += gain * sample
        minutes[level, gain] = array.array("h", [max(-32768, min(32767, round(x))) for x in block]).tobytes()
    return minutes[level, gain]

with open(sys.argv[2] + ".part", "wb") as file:
    for i in range(60):
        file.write(minute(300 if i % 15 == 7 else 16, (1.0, 0.3, 0.1)[i // 2 % 3] if i % 2 == 0 else 0))
os.replace(sys.argv[2] + ".part", sys.argv[2])
PYTHON

for ((hour = 0; hour < hours; hour++)); do cat "$work/hour.raw"; done |
  "$kws" listen - --json --near-misses --near-miss 0.05 --stats --stats-every 3600 >"$work/words.json" 2>"$work/stats.json"

python3 - "$work/words.json" "$work/stats.json" "$hours" <<'PYTHON'
import json, sys

words = [json.loads(line) for line in open(sys.argv[1])]
stats = [json.loads(line) for line in open(sys.argv[2]) if line.startswith("{")]
hours = int(sys.argv[3])

def hour(number):
    return [(round(word["time"] - 3600 * number, 2), word["keyword"], word["score"], word.get("near_miss", False))
            for word in words if 3600 * number <= word["time"] < 3600 * (number + 1)]

second, last = hour(1), hour(hours - 1)
end, grown = stats[-1], stats[-1]["peak_memory_bytes"] - stats[1]["peak_memory_bytes"]
found = sum(not word[3] for word in last)
print(f"{end['audio_seconds'] / 3600:.0f} h in {end['seconds']:.1f} s, {end['processor_seconds']:.1f} s of processor time; {end['gate_open_part']:.1%} passed the gate")
print(f"memory at most {end['peak_memory_bytes'] / 1e6:.2f} MB, {grown / 1e6:.2f} MB more than after two hours; {end['allocated_bytes']} bytes allocated after the first block")
print(f"{found} keywords and {len(last) - found} near misses in the last hour; {sum(a == b for a, b in zip(second, last))} of {len(last)} at the same time with the same score as in the second")
if second != last or not found:
    sys.exit("day.sh: the last hour differs from the second")
if grown > 1e6:
    sys.exit("day.sh: memory grows")
if end["allocated_bytes"] > 10000:
    sys.exit("day.sh: the audio path allocates")
PYTHON

if [ "$bits" = yes ]; then
  KWS_REPLAY_MINUTES=$((60 * hours)) dotnet test "$root/tests/Devices.Tests" -c Release -v q --nologo --filter "FullyQualifiedName~TryNext_minutes_of_the_same_minute"
fi
