#!/usr/bin/env python3
"""Makes clips harder, to measure a model with: vary.py CLIPS OUT and one of

  --noise DB --speech FOLDER   household noise at that signal-to-noise ratio, one of three kinds, chosen by the clip's name:
      fan     brown noise through a band and a slow beat, with the hum of the mains
      music   plucked chords over a bass line
      babble  five pieces of running speech of FOLDER at once
  --pitch SEMITONES            pitch and formants moved, at the same tempo: women and children
  --after FOLDER               the word alone, cut to it, directly after 1.5 s of the running speech of FOLDER, as loud as the word

Each 16 kHz mono 16 bit WAV file of CLIPS/<label>/ is written to OUT/<label>/. None of the noise is in training: there it is white, pink, one minute of a
kitchen, other pieces of other speech, and what Audio/Noise.cs makes up, in another way than sox does here. The ratio is that of the speech, where it is
within 20 dB of its loudest 20 ms, to the noise; over the whole of a clip with pauses it is lower. A clip depends on its name and the seed alone.
Needs sox (apt-get install -y sox) and nothing but Python's standard library.
"""
import argparse
import array
import glob
import math
import os
import random
import subprocess
import sys
import wave

RATE, POOL_SECONDS = 16000, 60


def read(path):
    with wave.open(path) as file:
        if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
            sys.exit(f"add_noise.py: {path} is not 16 kHz, mono, 16 bit")
        return array.array("h", file.readframes(file.getnframes()))


def write(path, samples):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array.array("h", (max(-32768, min(32767, round(s))) for s in samples)).tobytes())


def sox(*effects):
    """Sound that sox makes from nothing."""
    command = ["sox", "-R", "-D", "-n", "-r", str(RATE), "-c", "1", "-b", "16", "-t", "raw", "-e", "signed", "-", *effects]
    return array.array("h", subprocess.run(command, check=True, capture_output=True).stdout)


def mixed(parts):
    """The sum of sounds, each with its factor, as long as the shortest."""
    return [sum(gain * part[i] for gain, part in parts) for i in range(min(len(part) for _, part in parts))]


def fan(pick):
    air = sox("synth", str(POOL_SECONDS), "brownnoise", "band", "-n", "400", "700", "tremolo", f"{pick.uniform(3, 9):.2f}", "30", "gain", "-n", "-6")
    mains = sox("synth", str(POOL_SECONDS), "sine", "100", "synth", "sine", "mix", "300", "gain", "-n", "-20")
    return mixed([(1, air), (1, mains)])


def music(pick):
    sound = array.array("h")
    while len(sound) < POOL_SECONDS * RATE:
        root, length = pick.choice([40, 43, 45, 47, 48, 50, 52]), pick.choice([0.3, 0.45, 0.6])
        notes = [root - 12] + [root + step for step in pick.choice([(0, 4, 7), (0, 3, 7), (0, 5, 9), (0, 4, 10)])]
        hertz = [440 * 2 ** ((note - 57) / 12) for note in notes]
        sound += sox("synth", str(length), *[word for h in hertz for word in ("pluck", f"{h:.1f}")], "remix", "-", "gain", "-n", "-6")
    return sound


def babble(pick, speech):
    voices = []
    for _ in range(5):
        voice = array.array("h")
        while len(voice) < POOL_SECONDS * RATE:
            voice += read(pick.choice(speech))
        voices.append((1 / 5, voice))
    return mixed(voices)


def speech_rms(samples):
    frames = [sum(s * s for s in samples[at:at + 320]) / 320 for at in range(0, len(samples) - 319, 320)] or [1]
    loud = [f for f in frames if f >= max(frames) / 100]
    return math.sqrt(sum(loud) / len(loud))


def speech_bounds(samples):
    """Where the first and the last frame begin and end that are within 20 dB of the loudest."""
    frames = [sum(s * s for s in samples[at:at + 320]) for at in range(0, len(samples) - 319, 320)] or [1]
    loud = [i for i, f in enumerate(frames) if f >= max(frames) / 100]
    return 320 * loud[0], 320 * (loud[-1] + 1)


def noisy(samples, pick, pools, ratio):
    pool = pick.choice(pools)
    at = pick.randrange(max(1, len(pool) - len(samples)))
    noise = [pool[(at + i) % len(pool)] for i in range(len(samples))]
    gain = speech_rms(samples) / (math.sqrt(sum(s * s for s in noise) / max(1, len(noise))) + 1e-9) * 10 ** (-ratio / 20)
    return [s + gain * n for s, n in zip(samples, noise)]


def after(samples, pick, speech):
    start, end = speech_bounds(samples)
    word = samples[max(0, start - RATE // 20):end + RATE // 20]
    other = read(pick.choice(speech))
    first, last = speech_bounds(other)
    before = other[max(first, last - 3 * RATE // 2):last]
    gain = speech_rms(samples) / (speech_rms(before) + 1e-9)
    return [gain * s for s in before] + list(word) + [0] * RATE


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clips", metavar="CLIPS", help="folder of folders of clips")
    parser.add_argument("out", metavar="OUT", help="folder to write to; made where missing")
    change = parser.add_mutually_exclusive_group(required=True)
    change.add_argument("--noise", type=float, metavar="DB", help="signal-to-noise ratio")
    change.add_argument("--pitch", type=float, metavar="SEMITONES")
    change.add_argument("--after", metavar="FOLDER")
    parser.add_argument("--speech", metavar="FOLDER", help="running speech for babble")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    args = parser.parse_args()
    clips = sorted(glob.glob(os.path.join(args.clips, "*", "*.wav")))
    if not clips:
        sys.exit(f"vary.py: {args.clips} has no folders of WAV files")
    speech = sorted(glob.glob(os.path.join(args.after or args.speech or "", "*.wav")))
    if not speech and args.pitch is None:
        sys.exit("vary.py: --after, or --speech with --noise, needs a folder of WAV files")
    pick = random.Random(args.seed)
    pools = [fan(pick), music(pick), babble(pick, speech)] if args.noise is not None else []
    for path in clips:
        pick, out = random.Random(f"{args.seed}/{os.path.basename(path)}"), os.path.join(args.out, os.path.relpath(path, args.clips))
        if args.pitch is not None:
            os.makedirs(os.path.dirname(out), exist_ok=True)
            subprocess.run(["sox", "-R", "-D", path, "-b", "16", out, "gain", "-3", "pitch", f"{100 * args.pitch:.0f}"], check=True)
        else:
            write(out, noisy(read(path), pick, pools, args.noise) if args.noise is not None else after(read(path), pick, speech))
    print(f"{args.out}: {len(clips)} clips")


if __name__ == "__main__":
    main()
