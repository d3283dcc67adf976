#!/usr/bin/env bash
# Builds the hand-written reference with gcc: build.sh [OUT]; OUT is the program to write, default artifacts/reference.
# x64 only; the widths that the processor lacks are left out when it runs.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here/../../../artifacts/reference}
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
mkdir -p "$(dirname "$out")"
compile() { gcc -std=gnu11 -O3 -Wall -Wextra -mtune=native "$@"; }
compile -mavx -mfma -DLANES=4 -DVARIANT=128 -c "$here/kernels.c" -o "$objects/128.o"
compile -mavx2 -mfma -DLANES=8 -DVARIANT=avx2 -c "$here/kernels.c" -o "$objects/avx2.o"
compile -mavx512f -mavx512vl -mavx512dq -mfma -mprefer-vector-width=512 -DLANES=16 -DVARIANT=avx512 -c "$here/kernels.c" -o "$objects/avx512.o"
compile "$here/program.c" "$objects"/*.o -lm -o "$out"

# The products of training, one program a width: OUT-training-VARIANT.
compile -mavx -mfma -DLANES=4 -DVARIANT=128 "$here/training.c" -o "$out-training-128"
compile -mavx2 -mfma -DLANES=8 -DVARIANT=avx2 "$here/training.c" -o "$out-training-avx2"
compile -mavx512f -mavx512vl -mavx512dq -mfma -mprefer-vector-width=512 -DLANES=16 -DVARIANT=avx512 "$here/training.c" -o "$out-training-avx512"
