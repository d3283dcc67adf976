#!/usr/bin/env bash
# Measures Seq.Embedded against its peers and against the hardware's limits: run.sh [OPTION...]
#   --only NAME...   only these workloads; shell patterns such as 'gru-*' or 'train-*' are allowed
#   --rounds N       how often each program runs, 1 to 101; default 11
#   --quick          3 short rounds: a try, its figures mean little
#   --no-build       run what an earlier call has built
#   --work FOLDER    where to build and to keep what is downloaded; default artifacts/benchmarks
#   --out FOLDER     where results.json, results.md and the plots go; default tests/Benchmarks/results
# Variables: RUN_PREFIX  a command that each program runs under; default "taskset -c N", N being the last processor
# For x64 Linux with the .NET SDK. Installs what is missing with apt-get (as root) and npm: a C compiler, zlib, PyTorch with OpenBLAS, python3-onnx, ONNX Runtime.
set -euo pipefail
shopt -s inherit_errexit
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$root/artifacts/benchmarks
out=$here/results
rounds=11
build=yes
seconds=0.05
patterns=('*')
python=/usr/bin/python3 # the one that Debian's packages are for

arguments=$(printf ' %q' "$@")
[ $# -gt 0 ] || arguments=
fail() { echo "run.sh: $1" >&2; exit "${2:-2}"; }
while [ $# -gt 0 ]; do
  case "$1" in
    --only)
      patterns=()
      while [ $# -gt 1 ] && [[ $2 != --* ]]; do patterns+=("$2"); shift; done
      [ ${#patterns[@]} -gt 0 ] || fail "--only names no workload"
      ;;
    --rounds) rounds=${2:-}; shift; [[ $rounds =~ ^[0-9]{1,3}$ ]] && [ "$rounds" -ge 1 ] && [ "$rounds" -le 101 ] || fail "--rounds is '$rounds'; allowed: 1 to 101" ;;
    --quick) rounds=3; seconds=0.02 ;;
    --no-build) build=no ;;
    --work) work=${2:?--work needs a folder}; shift ;;
    --out) out=${2:?--out needs a folder}; shift ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
    *) fail "'$1' is unknown; allowed: --only NAME..., --rounds N, --quick, --no-build, --work FOLDER, --out FOLDER" ;;
  esac
  shift || fail "the last option needs a value"
done
[ "$(uname -sm)" = "Linux x86_64" ] || fail "the system is $(uname -sm); the peers are there for Linux x86_64"
read -ra prefix <<<"${RUN_PREFIX-taskset -c $(($(nproc) - 1))}"

# ---- what is measured ----

steps=(lstm-40-{16,32,64,128,256}-step gru-40-{16,32,64,128,256}-step keyword-step lstm-1-16-dense-step)
sequences=(keyword-98 bigru-98)
training=(train-{1,16,64})
growth=(gru-{8-8,12-12,16-16,24-24,32-32,48-48,64-64,96-96,128-128,192-192,256-256,384-384,512-512}-step)
training_growth=(train-growth-{1,2,4,8,16,32,64}-98 train-growth-16-{12,24,49,196,392})
limits=(limit-fma limit-l1 limit-l2 limit-l3 limit-chain)
processes=(start memory bytes pipeline allocated)
all=("${steps[@]}" "${sequences[@]}" "${training[@]}" frame "${growth[@]}" "${training_growth[@]}" "${limits[@]}" "${processes[@]}")
chosen() { # chosen NAME...: those of the names that --only lets through, one a line
  local name pattern
  for name; do
    for pattern in "${patterns[@]}"; do
      # shellcheck disable=SC2053 # a pattern is what is wanted
      if [[ $name == $pattern ]]; then echo "$name"; break; fi
    done
  done
}
for pattern in "${patterns[@]}"; do
  # shellcheck disable=SC2053
  found=no; for name in "${all[@]}"; do if [[ $name == $pattern ]]; then found=yes; break; fi; done
  [ $found = yes ] || fail "no workload is called '$pattern'; allowed: ${all[*]}"
done

# ---- instruction sets that the generated models are compiled for ----

avx2=avx2,bmi,bmi2,fma,lzcnt,movbe,popcnt
declare -A sets=(
  [128]=                # the compiler's default: 128-bit vectors without fused multiply-add
  [128-fma]=avx,fma     # 128-bit vectors with it
  [avx2]=$avx2          # the portable set of devices/RaspberryPi/publish.sh
  [avx2-no-vnni]=$avx2,-avxvnni # the same, for the 8-bit weights of processors without dot products
  # The compiler of .NET 9 keeps Vector<T> at 256 bits with AVX-512: what that adds is registers, operands, and 512 bits in the products of training and of whole sequences.
  [avx512]=$avx2,avx512f,avx512f_vl,avx512bw,avx512bw_vl,avx512cd,avx512cd_vl,avx512dq,avx512dq_vl
)
has() { grep -qw "$1" /proc/cpuinfo; }
has fma || fail "the processor has no fused multiply-add (FMA), which the C reference needs"
variants=(128 128-fma)
if has avx2; then variants+=(avx2); fi
if has avx512dq && has avx512bw && has avx512vl; then variants+=(avx512); fi
widest=${variants[-1]}
main=$widest; if [ "$main" = avx512 ]; then main=avx2; fi # what is shipped, and compared with the peers
without_vnni=(); if [ "$main" = avx2 ] && has avx_vnni; then without_vnni=(avx2-no-vnni); fi
has_int8=" gru-40-64-step keyword-step keyword-98 "

# ---- install and build ----

npm_folder=$work/npm
library=$npm_folder/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime.so.1
install() {
  local missing=()
  command -v dotnet >/dev/null || fail "the .NET SDK is missing: https://dot.net/download"
  command -v gcc >/dev/null || missing+=(gcc libc6-dev)
  [ -e /usr/include/zlib.h ] || missing+=(zlib1g-dev)
  [ -n "$(command -v taskset)" ] || missing+=(util-linux)
  $python -c 'import torch' 2>/dev/null || missing+=(python3-torch)
  $python -c 'import onnx' 2>/dev/null || missing+=(python3-onnx)
  # Without OpenBLAS Debian's PyTorch multiplies matrices with the reference BLAS, which is several times slower: no fair peer.
  ldconfig -p | grep -q libopenblas || missing+=(libopenblas0-serial)
  [ -e "$library" ] || command -v npm >/dev/null || missing+=(npm)
  if [ ${#missing[@]} -gt 0 ]; then
    command -v apt-get >/dev/null && [ "$(id -u)" = 0 ] || fail "missing: ${missing[*]}; on Debian, as root: apt-get install -y ${missing[*]}"
    apt-get update -qq >&2
    apt-get install -y -qq "${missing[@]}" >&2
  fi
  if [ ! -e "$library" ]; then
    mkdir -p "$npm_folder"
    npm install --silent --prefix "$npm_folder" onnxruntime-node@1 --onnxruntime-node-install=skip >&2
    [ -e "$library" ] || fail "npm's onnxruntime-node holds no $library" 1
  fi
}

compile() {
  mkdir -p "$work"
  gcc -std=gnu11 -O2 -Wall -Wextra "$here/process_time.c" -o "$work/process_time"
  gcc -std=gnu11 -O2 -Wall -Wextra "$here/OnnxRuntime/onnxruntime.c" -o "$work/onnxruntime" -ldl
  $python "$here/OnnxRuntime/make_models.py" "$work/onnx"
  "$here/Reference/build.sh" "$work/reference"
  local variant log=$work/publish.log
  for variant in "${variants[@]}" ${without_vnni[@]+"${without_vnni[@]}"}; do
    echo "publishing the models for $variant" >&2
    dotnet publish "$here/Models" -c Release -r linux-x64 -p:NativeFramework=net9.0 "-p:IlcInstructionSet=${sets[$variant]//,/%2C}" \
      "-p:NativeIntermediateOutputPath=$work/native/$variant/" "-p:NativeOutputPath=$work/native/$variant/" \
      --artifacts-path "$work/build" -o "$work/models-$variant" >"$log" 2>&1 || { cat "$log" >&2; fail "publishing failed (above)" 1; }
  done
  if [ -n "$(chosen "${processes[@]}")" ]; then
    echo "publishing kws" >&2
    "$root/devices/RaspberryPi/publish.sh" linux-x64 "$work/kws" >&2
    make_recordings
  fi
}

# The recording without its 44-byte header: 3.0 to 4.8 s hold the first keyword; an hour of it for speed and memory.
make_recordings() {
  local recording=$root/devices/KeywordSpotter/Models/wake-words.wav bytes
  tail -c +45 "$recording" >"$work/all.raw"
  head -c $((48 * 3200)) "$work/all.raw" | tail -c $((18 * 3200)) >"$work/short.raw"
  bytes=$((100 * $(stat -c %s "$work/all.raw")))
  le32() { printf '%b' "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))"; }
  {
    printf 'RIFF'; le32 $((bytes + 36))
    head -c 40 "$recording" | tail -c +9
    le32 "$bytes"
    for _ in {1..100}; do cat "$work/all.raw"; done
  } >"$work/long.wav"
}

# ---- run ----

line() { printf '{"workload":"%s","peer":"%s","variant":"%s","value":%s,"unit":"%s"}\n' "$@"; }
run() { "${prefix[@]}" "$@" || fail "failed: $*" 1; }

# The programs take turns, workload by workload: a processor's clock drifts within seconds, and ratios are formed within a round.
one_round() {
  local name variant
  for name in $(chosen "${steps[@]}" "${sequences[@]}"); do
    [[ $name == *-step ]] && run "$work/reference" "$name"
    for variant in "${variants[@]}"; do run "$work/models-$variant/models" --variant "$variant" "$name"; done
    if [[ $has_int8 == *" $name "* ]]; then
      for variant in ${without_vnni[@]+"${without_vnni[@]}"}; do run "$work/models-$variant/models" --variant "$variant" "$name"; done
    fi
    run "$work/onnxruntime" "$library" "$work/onnx" "$name"
  done
  pytorch "${steps[@]}" "${sequences[@]}"
  for name in $(chosen "${training[@]}" frame); do
    if [ "$name" != frame ]; then reference_training "$name" "${variants[@]:1}"; fi # 128 bits without fused multiply-add have no reference
    for variant in "${variants[@]}"; do run "$work/models-$variant/models" --variant "$variant" "$name"; done
    if [ "$name" != frame ] && [ "$(nproc)" -gt 1 ]; then "$work/models-$main/models" --variant "$main" --threads "$(nproc)" "$name"; fi
  done
  pytorch "${training[@]}"
  for name in $(chosen "${growth[@]}"); do
    run "$work/reference" "$name"
    run "$work/models-$main/models" --variant "$main" "$name"
    if [ "$widest" != "$main" ]; then run "$work/models-$widest/models" --variant "$widest" "$name"; fi
  done
  for name in $(chosen "${training_growth[@]}"); do
    reference_training "$name" "$main"
    run "$work/models-$main/models" --variant "$main" "$name"
  done
  for name in $(chosen "${limits[@]}"); do run "$work/reference" "$name"; done
  if [ -n "$(chosen "${processes[@]}")" ]; then one_process_round; fi
}

pytorch() { # in one process, as it takes a second to start
  local names
  names=$(chosen "$@")
  # shellcheck disable=SC2086 # words of their own
  if [ -n "$names" ]; then run env $blas $python "$here/torch_peer.py" $names; fi
}

reference_training() { # reference_training NAME VARIANT...
  local name=$1 variant
  shift
  for variant; do run "$work/reference-training-${variant%-fma}" "$name"; done
}

one_process_round() {
  local version speed
  version=$(<"$work/onnxruntime-version")
  run "$work/process_time" seq "$main" 5 "$work/kws/kws" listen - --json <"$work/short.raw" | grep '"start"'
  run "$work/process_time" seq "$main" 1 "$work/kws/kws" listen "$work/long.wav" --no-gate --stats </dev/null 2>"$work/stats" | grep '"memory"'
  speed=$(sed -n 's/.*: \([0-9,]*\) x real time.*/\1/p' "$work/stats" | tr -d ,)
  line pipeline seq "$main" "$speed" x
  line allocated seq "$main" "$(sed -n 's/.*; \([0-9]*\) bytes allocated.*/\1/p' "$work/stats")" bytes
  line bytes seq "$main" "$(megabytes "$work/kws/kws")" MB
  run "$work/process_time" onnxruntime "$version" 3 "$work/onnxruntime" "$library" "$work/onnx" --once keyword-step </dev/null
  line bytes onnxruntime "$version" "$(megabytes "$work/onnxruntime" "$library" "$work/onnx/keyword-step.onnx")" MB
  version=$($python -c 'import torch; print(torch.__version__)')
  run "$work/process_time" pytorch "$version" 1 $python "$here/torch_peer.py" --once keyword-step </dev/null
  line bytes pytorch "$version" "$(megabytes "$torch_libraries"/libtorch_{cpu,python}.so)" MB # its two libraries alone
}

megabytes() { stat -Lc %s "$@" | awk '{ sum += $1 } END { printf "%.2f", sum / 1e6 }'; }

if [ $build = yes ]; then install; compile; fi
[ -x "$work/models-$main/models" ] || fail "nothing is built in $work; run it once without --no-build"
export BENCHMARK_SECONDS=$seconds OPENBLAS_NUM_THREADS=1
blas=
# OpenBLAS chooses its kernels by the names of processors, and takes AVX2 where it does not know one: AVX-512 is faster for PyTorch.
if has avx512f; then blas=OPENBLAS_CORETYPE=SkylakeX; fi
torch_libraries=$($python -c 'import os, torch; print(os.path.join(os.path.dirname(torch.__file__), "lib"))')
sed -n 's/.*"version": *"\(.*\)".*/\1/p' "$npm_folder/node_modules/onnxruntime-node/package.json" >"$work/onnxruntime-version"
rm -rf "$work/rounds"
mkdir -p "$work/rounds"
for ((i = 1; i <= rounds; i++)); do
  echo "round $i of $rounds" >&2
  one_round >"$work/rounds/$i.jsonl"
done
mkdir -p "$out"
export BENCHMARK_COMMAND="tests/Benchmarks/run.sh$arguments" BENCHMARK_TOOLS BENCHMARK_TOOK
BENCHMARK_TOOK="$(((SECONDS + 59) / 60)) minutes"
if [ $build = yes ]; then BENCHMARK_TOOK+=" with building"; fi
BENCHMARK_TOOLS="gcc $(gcc -dumpfullversion), .NET SDK $(cd "$root" && dotnet --version) compiling natively for net9.0"
# The README shows whole runs only.
readme=()
if [ -z "$arguments" ] && [ "$out" = "$here/results" ]; then readme=("$root/README.md"); fi
$python "$here/report.py" "$work/rounds" "$out" "$main" ${readme[@]+"${readme[@]}"}
echo "$out/results.md" >&2
