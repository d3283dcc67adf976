#!/usr/bin/env bash
# Publishes kws as one native binary: publish.sh RID [OUT]
#   RID  linux-arm64 (64-bit Raspberry Pi OS), linux-arm (32-bit), linux-x64
#   OUT  folder to write to; default artifacts/RID
# Variables: INSTRUCTIONS  x64 instruction sets, default a portable AVX2 set; "native" for this machine
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
usage() { sed -n '2,5s/^# \{0,1\}//p' "$0"; }

rid=${1:-}
case "$rid" in
  linux-arm64 | linux-arm | linux-x64) ;;
  -h | --help) usage; exit 0 ;;
  "") echo "publish.sh: no RID given; allowed: linux-arm64, linux-arm, linux-x64" >&2; usage >&2; exit 2 ;;
  *) echo "publish.sh: RID is '$rid'; allowed: linux-arm64, linux-arm, linux-x64" >&2; exit 2 ;;
esac
out=${2:-$root/artifacts/$rid}

command -v clang >/dev/null || command -v gcc >/dev/null || {
  echo "publish.sh: no linker: clang and gcc are missing; on Debian: apt-get install -y clang zlib1g-dev" >&2
  exit 2
}

properties=()
if [ "$rid" = linux-x64 ]; then
  # The compiler's default has no AVX2 and no FMA, and halves the width of vectors.
  properties+=("-p:IlcInstructionSet=${INSTRUCTIONS:-avx2,bmi,bmi2,fma,lzcnt,movbe,popcnt}")
fi

log=$(mktemp)
staging=$(mktemp -d)
trap 'rm -rf "$log" "$staging"' EXIT
publish() {
  dotnet publish "$root/devices/KeywordSpotter" -c Release -r "$rid" -o "$staging" "-p:NativeFramework=$1" ${properties[@]+"${properties[@]//,/%2C}"} >"$log" 2>&1
}

framework=net10.0
if ! publish net10.0; then
  if ! grep -q "error NU110[12]" "$log"; then
    cat "$log" >&2
    exit 1
  fi

  framework=net9.0
  echo "No native runtime pack for net10.0 could be restored for $rid; publishing for net9.0."
  if ! publish net9.0; then
    if grep -q "error NU110[12]" "$log"; then
      echo "publish.sh: no native runtime pack for $rid could be restored, neither for net10.0 nor for net9.0. Your package sources lack:" >&2
      sed -n 's/.*error NU110[12]: Unable to find package \([^ ]*[^. ]\)[. ].*/  \1/p' "$log" | sort -u >&2
      echo "See 'dotnet nuget list source'; on a Raspberry Pi itself the same command publishes for its own processor." >&2
      exit 1
    fi

    cat "$log" >&2
    case "$rid-$(uname -m)" in
      linux-arm64-aarch64 | linux-arm-armv[78]l | linux-x64-x86_64) ;;
      *) echo "publish.sh: a binary for another processor needs its linker and C library: on Debian gcc-aarch64-linux-gnu (linux-arm64) or gcc-arm-linux-gnueabihf (linux-arm)" >&2 ;;
    esac
    exit 1
  fi
fi

if grep -E "warning (IL|AOT)[0-9]*" "$log" >&2; then
  echo "publish.sh: the compiler warned (above); the binary may not behave as the program does" >&2
  exit 1
fi

mkdir -p "$out"
# The binary is all that is needed: the recording is for trying it out, the examples for replay are for kws tune.
cp "$staging/kws" "$staging/wake-words.wav" "$staging/wake-words.replay.safetensors" "$out/"
echo "$out/kws: $(stat -c %s "$out/kws") bytes, $rid, $framework"
