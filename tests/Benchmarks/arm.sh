#!/usr/bin/env bash
# What the keyword spotter takes on a Raspberry Pi, without one: arm.sh
# Compiles models and audio features for arm64, runs a step in an emulator that logs every instruction, and has llvm-mca count cycles from the
# processors' tables. Estimates: all branches foreseen, all data in the first-level cache; the last column adds reading all weights from memory.
# Prints a table and the instructions counted. Needs the .NET SDK on linux-x64; installs an emulator, a cross-compiler and LLVM where they are missing (Debian, as root).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

fail() { echo "arm.sh: $1" >&2; exit 2; }
case "${1:-}" in
  -h | --help) sed -n '2,5s/^# \{0,1\}//p' "$0"; exit 0 ;;
esac
[ $# -eq 0 ] || fail "'$1' is unknown; allowed: no argument, --help"

newest_mca() { compgen -c llvm-mca- | grep -E '^llvm-mca-[0-9]+$' | sort -t- -k3 -n | tail -1; }
have() { command -v "$1" >/dev/null; }
have dotnet || fail "the .NET SDK is missing: https://dot.net/download"
missing=()
have qemu-aarch64-static || missing+=(qemu-user-static)
have aarch64-linux-gnu-gcc || missing+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
[ -n "$(newest_mca)" ] || missing+=(llvm)
if [ ${#missing[@]} -gt 0 ]; then
  have apt-get && [ "$(id -u)" = 0 ] || fail "missing: ${missing[*]}; on Debian, as root: apt-get install -y --no-install-recommends ${missing[*]}"
  apt-get update -qq >&2
  # The package llvm is an older one; the newest knows the processors best.
  llvm=$(apt-cache search --names-only '^llvm-[0-9]+$' | cut -d' ' -f1 | sort -t- -k2 -n | tail -1)
  missing=("${missing[@]/%llvm/${llvm:-llvm}}")
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

dotnet build -c Release --nologo -v:q "$root/tests/Benchmarks/Arm" >&2
dotnet "$root/tests/Benchmarks/Arm/bin/Release/net10.0/arm.dll" "$(newest_mca)"
