#!/usr/bin/env bash
# What the generator costs an editor and a build, for a project of ten models: generator.sh [PROCESSES]
# Prints a table of medians: cold over so many processes (21 unless told), the rest over all runs of all of them. Needs the .NET SDK.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
processes=${1:-21}
[ "$processes" -ge 11 ] || { echo "generator.sh: $processes processes; allowed: 11 or more, so that a median means something" >&2; exit 2; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
dotnet build -c Release -v q -o "$out/bin" "$root/tests/Benchmarks/GeneratorTime" >&2
for _ in $(seq "$processes"); do dotnet exec "$out/bin/GeneratorTime.dll"; done >"$out/times"

median() { awk -v name="$1" '$1 == name { print $2 }' "$out/times" | sort -n | awk '{ v[NR] = $1 } END { printf "%.1f", v[int((NR + 1) / 2)] / 1000 }'; }
count() { grep -c "^$1 " "$out/times"; }
lines=$(awk '$1 == "lines" { print $2; exit }' "$out/times")
echo "| the generator, ten models, $lines lines of code | ms | runs |"
echo "|---|---|---|"
echo "| peer: the project compiled without the generator, first work of a process | $(median compile) | $(count compile) |"
echo "| first run of the generator in a process | $(median cold) | $(count cold) |"
echo "| the same when the process has warmed up | $(median warm) | $(count warm) |"
echo "| after an edit outside the specs | $(median other) | $(count other) |"
echo "| after a change of one spec | $(median spec) | $(count spec) |"
