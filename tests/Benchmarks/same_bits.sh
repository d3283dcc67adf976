#!/usr/bin/env bash
# Whether native binaries for 128, 256 and, where the machine has them, 512 bits give the same bits: same_bits.sh
# Features of the bundled recording, the bundled model step by step and as a sequence, and further layers. Needs the .NET SDK and a C compiler for the linker.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
models=$root/devices/KeywordSpotter/Models
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT

build() {
  dotnet publish "$root/tests/Benchmarks/SameBits" -c Release -r linux-x64 -o "$out/$1" "-p:NativeFramework=${FRAMEWORK:-net9.0}" \
    "-p:IlcInstructionSet=${2//,/%2C}" "-p:IlcMaxVectorTBitWidth=$1" >"$out/log" 2>&1 || { cat "$out/log" >&2; exit 1; }
  echo "$2: $("$out/$1/SameBits" "$models/wake-words.safetensors" "$models/wake-words.wav" "$out/$1.floats"), $(sha256sum <"$out/$1.floats" | cut -c 1-16)"
  cmp "$out/128.floats" "$out/$1.floats" || { echo "same_bits.sh: $1 bits differ from 128" >&2; exit 1; }
}

build 128 avx,fma
build 256 avx2,bmi,bmi2,fma,lzcnt,movbe,popcnt
if grep -q avx512vl /proc/cpuinfo; then
  build 512 native
fi
