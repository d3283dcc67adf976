#!/usr/bin/env bash
# What the keyword spotter takes on a Raspberry Pi, without one: arm.sh
# Compiles models and audio features for arm64, runs a step in an emulator that logs every instruction, and has llvm-mca count cycles from the
# processors' tables. Estimates: all branches foreseen, all data in the first-level cache; the last column adds reading all weights from memory.
# Prints a table and the instructions counted. Needs the .NET SDK on linux-x64; installs an emulator, a cross-compiler and LLVM where they are missing (Debian, as root).
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

newest_mca() { compgen -c llvm-mca- | grep -E '^llvm-mca-[0-9]+$' | sort -t- -k3 -n | tail -1; }
have() { command -v "$1" >/dev/null; }
if ! have qemu-aarch64-static || ! have aarch64-linux-gnu-gcc || [ -z "$(newest_mca)" ]; then
  apt-get update -qq >&2
  llvm=$(apt-cache search --names-only '^llvm-[0-9]+$' | cut -d' ' -f1 | sort -t- -k2 -n | tail -1)
  apt-get install -y -qq --no-install-recommends qemu-user-static gcc-aarch64-linux-gnu libc6-dev-arm64-cross "$llvm" >&2
fi

dotnet build -c Release --nologo -v:q "$root/tests/Benchmarks/Arm" >&2
dotnet "$root/tests/Benchmarks/Arm/bin/Release/net10.0/arm.dll" "$(newest_mca)"
