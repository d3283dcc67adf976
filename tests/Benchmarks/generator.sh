#!/usr/bin/env bash
# What the generator costs an editor and a build, for a project of ten models: generator.sh [PROCESSES]
# Prints a table of medians: cold over so many processes (21 unless told), the rest over all runs of all of them. Needs the .NET SDK.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

fail() { echo "generator.sh: $1" >&2; exit 2; }
case "${1:-}" in
  -h | --help) sed -n '2,3s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac
[ $# -le 1 ] || fail "'$2' is one argument too many; allowed: PROCESSES, --help"
processes=${1:-21}
[[ $processes =~ ^[0-9]{1,4}$ ]] && [ "$processes" -ge 11 ] || fail "PROCESSES is '$processes'; allowed: 11 to 9999, so that a median means something"

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
