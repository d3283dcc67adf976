# Sourced by train.sh and general.sh with the script's own arguments: checks DATA TEXT WORK OUT, and sets here, data, text, work and out.
here=$(cd "$(dirname "$0")" && pwd)
data=$(cd "$1" && pwd) text=$2 work=$3 out=$4
for folder in wake_words background_speech speech_commands spoken_digits noise; do
  [ -d "$data/$folder" ] || { echo "${0##*/}: $data has no folder $folder" >&2; exit 1; }
done

mkdir -p "$work"
work=$(cd "$work" && pwd)

# 75 of the synthetic clips of each keyword, beside all real ones.
link_keywords() {
  python3 - "$work" <<'LINKS'
import glob, os, random, shutil, sys
work = sys.argv[1]
shutil.rmtree(f"{work}/extra", ignore_errors=True)
for keyword in ["alexa", "computer", "jarvis", "snowboy"]:
    os.makedirs(f"{work}/extra/{keyword}")
    clips = sorted(glob.glob(f"{work}/synth/keywords/{keyword}/*.wav"))
    random.Random(0).shuffle(clips)
    for path in clips[:75]:
        os.symlink(path, f"{work}/extra/{keyword}/{os.path.basename(path)}")
LINKS
}
