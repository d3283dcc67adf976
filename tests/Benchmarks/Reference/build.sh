#!/usr/bin/env bash
# Builds and checks the hand-written reference with gcc: build.sh [OUT]; OUT is the program of the steps to write, default artifacts/reference,
# and OUT-training-128, -avx2 and -avx512 those of the products of training.
# x64 only; the program of the steps leaves out the widths that the processor lacks.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../../artifacts/reference}
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
mkdir -p "$(dirname "$out")"
compile() { gcc -std=gnu11 -O3 -Wall -Wextra -mtune=native "$@"; }
declare -A flags=(
  [128]="-mavx -mfma -DLANES=4"
  [avx2]="-mavx2 -mfma -DLANES=8"
  [avx512]="-mavx512f -mavx512vl -mavx512dq -mfma -mprefer-vector-width=512 -DLANES=16"
)
for variant in 128 avx2 avx512; do
  read -ra set <<<"${flags[$variant]}"
  compile "${set[@]}" -DVARIANT=$variant -c "$here/kernels.c" -o "$objects/$variant.o"
  compile "${set[@]}" -DVARIANT=$variant "$here/training.c" -o "$out-training-$variant"
done
compile "$here/program.c" "$objects"/*.o -lm -o "$out"

# Every form of every layer against plain C: a figure of wrong code is worth nothing.
"$out" --test >"$objects/test" || { grep above "$objects/test" >&2; exit 1; }
