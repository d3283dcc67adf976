#!/usr/bin/env bash
# Whether native binaries for 128-bit vectors, for AVX2 and for all that this machine has give the same bits: same_bits.sh
# Features of the bundled recording, the bundled model step by step and as a sequence, and further layers. Needs the .NET SDK and a C compiler for the linker.
# Variables: FRAMEWORK  what the binaries are compiled for, default net9.0
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

fail() { echo "same_bits.sh: $1" >&2; exit "${2:-2}"; }
case "${1:-}" in
  -h | --help) sed -n '2,4s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac
[ $# -eq 0 ] || fail "'$1' is unknown; allowed: no argument, --help"

models=$root/devices/KeywordSpotter/Models
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

build() {
  dotnet publish "$root/tests/Benchmarks/SameBits" -c Release -r linux-x64 -o "$out/$1" "-p:NativeFramework=${FRAMEWORK:-net9.0}" \
    "-p:IlcInstructionSet=${2//,/%2C}" >"$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
  echo "$1 ($2): $("$out/$1/SameBits" "$models/wake-words.safetensors" "$models/wake-words.wav" "$out/$1.floats"), $(sha256sum <"$out/$1.floats" | cut -c 1-16)"
  cmp "$out/narrow.floats" "$out/$1.floats" || fail "the bits of $1 differ from those of 128-bit vectors" 1
}

build narrow avx,fma
build avx2 avx2,bmi,bmi2,fma,lzcnt,movbe,popcnt
build native native # with AVX-512 where the machine has it: more registers; the compiler of .NET 9 keeps vectors at 256 bits
