#!/usr/bin/env python3
"""Splits the recordings of the bundled model into three quarters to train on and a quarter to test on: split.py DATA OUT

  OUT/train/                  the folders that train.sh wants, without the words bed, seven and two
  OUT/test/clips/<label>/     held-back clips of the wake words, and of bed, cat, happy, seven and two
  OUT/test/background_speech/ held-back requests, none with a wake word

A clip is held back when the SHA-1 of its name modulo 4 is 0; for Google Speech Commands of the part before _nohash_ (the speaker),
for the other sets of the part before the first _ (in the digits the speaker, of whom there are four). Symbolic links; nothing is copied.
"""
import glob
import hashlib
import os
import re
import shutil
import sys

LEFT_OUT = {"bed", "seven", "two"}  # words that no training sees
TESTED = {"alexa", "computer", "jarvis", "snowboy", "bed", "cat", "happy", "seven", "two"}


def held_back(path):
    # The sets were distributed as FLAC files, whose names decided.
    name = re.split("_nohash_|_", os.path.basename(path).replace(".wav", ".flac"))[0]
    return int(hashlib.sha1(name.encode()).hexdigest(), 16) % 4 == 0


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    data, out = (os.path.abspath(p) for p in sys.argv[1:])
    for side in ("train", "test"):
        shutil.rmtree(os.path.join(out, side), ignore_errors=True)
    counts = {}
    for folder in ("wake_words", "background_speech", "speech_commands", "spoken_digits", "noise"):
        paths = sorted(glob.glob(os.path.join(data, folder, "**", "*.wav"), recursive=True))
        if not paths:
            sys.exit(f"split.py: {os.path.join(data, folder)} holds no WAV files")
        for path in paths:
            label = os.path.basename(os.path.dirname(path))
            if folder == "noise" or not held_back(path):
                target = None if label in LEFT_OUT else os.path.join("train", os.path.relpath(os.path.dirname(path), data))
            elif folder == "background_speech":
                target = os.path.join("test", folder)
            else:
                target = os.path.join("test", "clips", label) if label in TESTED else None
            if target:
                os.makedirs(os.path.join(out, target), exist_ok=True)
                os.symlink(path, os.path.join(out, target, os.path.basename(path)))
                counts[target] = counts.get(target, 0) + 1
    for target in sorted(counts):
        print(f"{target}: {counts[target]}")


if __name__ == "__main__":
    main()
