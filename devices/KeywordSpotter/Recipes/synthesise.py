#!/usr/bin/env python3
"""Makes synthetic speech for training a keyword spotter: folders of 16 kHz mono 16 bit WAV files.

  OUT/words/            single words, sometimes two, that are no keyword: negatives
  OUT/sentences/        5 to 11 words run together, as in speech that goes on: negatives
  OUT/soundalikes/      words and phrases that sound like a keyword (soundalikes.txt): hard negatives
  OUT/keywords/<label>/ the keywords themselves
  OUT/vocabulary/<words>/ many clips each of random words, and of pairs of them: what the general layers learn to tell apart
  OUT/phonemes.tsv      what is spoken, in the notation of espeak-ng: folder/file, tab, phonemes; not of voices of other languages

Voices: espeak-ng (English accents x voice variants, some of other languages for the words) and flite (kal, kal16, awb, rms, slt),
with random rate and pitch, and through sox: resampling that moves pitch and formants together (women, children), tempo, and a
random tilt of the spectrum (microphones). Every clip is trimmed, with 50 ms kept around it, and scaled to a peak of -3 dB.
A clip depends on its number and the seed alone: the same arguments and the same versions of the engines give the same files.
Files that are there already are not made again.

Needs espeak-ng, flite and sox (apt-get install -y espeak-ng flite sox) and nothing but Python's standard library.
"""
import argparse
import os
import random
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
SYSTEM_LISTS = ["/usr/share/dict/words", "/usr/share/dict/american-english", "/usr/share/dict/british-english"]

ENGLISH = ["en", "en-us", "en-gb-scotland", "en-gb-x-rp", "en-gb-x-gbclan", "en-gb-x-gbcwmd", "en-029", "en-us-nyc"]
FOREIGN = ["de", "fr", "es", "it", "nl", "sv", "pl", "pt", "hi", "tr"]
VARIANTS = ["", "+f1", "+f2", "+f3", "+f4", "+f5", "+m1", "+m2", "+m3", "+m4", "+m5", "+m6", "+m7", "+m8", "+croak", "+klatt",
            "+klatt2", "+klatt4", "+Andy", "+Annie", "+Alicia", "+Denis", "+Gene", "+Hugo", "+Lee", "+Mario", "+Michael", "+Mr serious",
            "+adam", "+anika", "+belinda", "+boris", "+caleb", "+ed", "+edward", "+grandma", "+grandpa", "+iven", "+john", "+linda",
            "+max", "+paul", "+quincy", "+rob", "+sandro", "+shelby", "+steph", "+travis", "+victor", "+zac", "+aunty", "+antonio"]
# flite voice -> usual pitch in Hz
FLITE = {"kal": 105, "kal16": 105, "awb": 130, "rms": 100, "slt": 175}
ONSETS = "b br bl ch d dr f fl fr g gr h j k kl kr l m n p pl pr r s sh sk sl sn sp st str t th tr v w z".split() + [""]
VOWELS = "a e i o u ai ee oa oo ow ar er or igh oy".split()
CODAS = "b d f g k l m n nd ng nt p r s sh sk st t th v x z".split() + [""] * 8


def word_list(path, keywords):
    """Words of 3 to 12 letters of a text file or of the system, without any that contain a keyword; sorted."""
    if path:
        with open(path, encoding="utf-8", errors="ignore") as file:
            text = file.read()
    else:
        found = next((p for p in SYSTEM_LISTS if os.path.exists(p)), None)
        if found:
            with open(found, encoding="utf-8", errors="ignore") as file:
                text = file.read()
        else:
            # English that comes with every Python: the texts of its own help
            from pydoc_data import topics
            text = " ".join(topics.topics.values())
    words = {w.lower() for w in re.findall(r"(?<![A-Za-z'])[A-Za-z]{3,12}(?![A-Za-z'])", text)}
    return sorted(w for w in words if not any(k in w for k in keywords) and re.search("[aeiouy]", w))


def soundalikes(path, keywords):
    """Phrases of each keyword's line: {keyword: [phrase]}."""
    phrases = {}
    with open(path, encoding="ascii") as file:
        for line in file:
            if ":" in line and not line.startswith("#"):
                keyword, rest = line.split(":", 1)
                if keyword.strip() in keywords:
                    phrases[keyword.strip()] = [p.strip() for p in rest.split(",") if p.strip()]
    return phrases


def accents(path):
    """Spellings of words in other languages: {word: [(language, spelling)]}."""
    spellings = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if ":" in line and not line.startswith("#"):
                word, rest = line.split(":", 1)
                spellings[word.strip()] = [tuple(part.strip().split("=", 1)) for part in rest.split(",")]
    return spellings


def pseudo_word(pick):
    """A pronounceable word of two or three random syllables."""
    return "".join(pick.choice(ONSETS) + pick.choice(VOWELS) + pick.choice(CODAS) for _ in range(pick.choice([1, 2, 2, 3])))


def effects(pick):
    """sox effects: pitch and formants together, tempo, tilt of the spectrum, trimmed silence."""
    speed = 2 ** pick.gauss(0.0, 0.16)
    if pick.random() < 0.15:
        speed = pick.uniform(1.15, 1.4)  # children
    tempo = min(1.35, max(0.7, pick.uniform(0.85, 1.2) / speed))
    chain = ["gain", "-6", "speed", f"{speed:.3f}", "rate", "16000", "tempo", "-s", f"{tempo:.3f}"]
    if pick.random() < 0.5:
        chain += ["gain", "-10", "bass", f"{pick.uniform(-10, 6):.1f}", "treble", f"{pick.uniform(-8, 6):.1f}",
                  "equalizer", f"{pick.uniform(400, 4000):.0f}", f"{pick.uniform(0.5, 2):.2f}q", f"{pick.uniform(-7, 7):.1f}"]
    edge = ["silence", "1", "0.005", "0.4%", "reverse"]
    return chain + ["gain", "-n", "-3"] + edge + edge + ["pad", "0.05", "0.05", "gain", "-n", "-3"]


def job(pick, text, foreign, accented, spellings):
    """(label of the voice, command that writes a WAV to standard output or {raw}, sox effects) for one clip."""
    if spellings and pick.random() < accented:
        language, text = pick.choice(spellings)
        return espeak(pick, language, text)
    if pick.random() < 0.45:
        voice = pick.choice(sorted(FLITE))
        pitch = FLITE[voice] * pick.uniform(0.8, 1.35)
        speak = ["flite", "-voice", voice, "--setf", f"duration_stretch={pick.uniform(0.75, 1.35):.2f}",
                 "--setf", f"int_f0_target_mean={pitch:.0f}", "--setf", f"int_f0_target_stddev={pick.uniform(5, 40):.0f}",
                 "-t", text, "-o", "{raw}"]
        return "flite-" + voice, speak, effects(pick)
    return espeak(pick, pick.choice(FOREIGN) if foreign and pick.random() < 0.2 else pick.choice(ENGLISH), text)


def espeak(pick, accent, text):
    """The same for a clip of espeak-ng."""
    voice = accent + pick.choice(VARIANTS)
    speak = ["espeak-ng", "-v", voice, "-s", str(pick.randint(100, 220)), "-p", str(pick.randint(15, 85)), "-w", "{raw}", text]
    return "espeak-" + voice.replace("+", "-").replace(" ", "-"), speak, effects(pick)


def phonemes(texts):
    """What each text sounds like in American English: {text: phonemes with spaces between}."""
    ordered = sorted(set(texts))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(".\n\n".join(ordered) + ".\n")
        file.flush()
        spoken = subprocess.run(["espeak-ng", "-q", "-x", "--sep= ", "-v", "en-us", "-f", file.name], check=True, capture_output=True, text=True).stdout.splitlines()
    if len(spoken) != len(ordered):
        sys.exit(f"synthesise.py: espeak-ng speaks {len(spoken)} of {len(ordered)} texts")
    # Without stress, and without the marks of variants that hardly differ
    plain = lambda line: " ".join(p for p in (re.sub("[',;%=#2-]", "", part) for part in line.split()) if p)
    return {text: plain(line) for text, line in zip(ordered, spoken)}


def make(task):
    """Speaks one clip; returns its file and whether its phonemes are known, or None if it came out unusable (an engine can refuse a word)."""
    folder, number, text, seed, foreign, accented, spellings = task
    pick = random.Random(f"{seed}/{os.path.basename(folder)}/{number}")
    voice, speak, chain = job(pick, text, foreign, accented, spellings)
    out = os.path.join(folder, f"{number:05d}-{voice}-{re.sub('[^a-z]', '', text)[:24]}.wav")
    raw = out + ".raw.wav"
    known = voice.startswith("flite") or any(voice.startswith("espeak-" + accent) for accent in ENGLISH)
    if os.path.exists(out):
        return out, known
    try:
        subprocess.run([a.replace("{raw}", raw) for a in speak], check=True, capture_output=True)
        subprocess.run(["sox", "-R", "-D", raw, "-b", "16", "-c", "1", out] + chain, check=True, capture_output=True)
        usable = os.path.getsize(out) > 44 + 2 * 3000
    except subprocess.CalledProcessError:
        usable = False
    if os.path.exists(raw):
        os.remove(raw)
    if not usable and os.path.exists(out):
        os.remove(out)
    return (out, known) if usable else None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", metavar="OUT", help="folder to write to; made where missing")
    parser.add_argument("--keywords", default="alexa,computer,jarvis,snowboy", help="comma-separated wake words (default: %(default)s)")
    parser.add_argument("--words", type=int, default=9000, help="clips of other words (default: %(default)s)")
    parser.add_argument("--sentences", type=int, default=1500, help="clips of running words (default: %(default)s)")
    parser.add_argument("--soundalikes", type=int, default=2000, help="clips that sound like a keyword (default: %(default)s)")
    parser.add_argument("--vocabulary", type=int, default=0, help="words and pairs of words with many clips each (default: %(default)s)")
    parser.add_argument("--per-entry", type=int, default=25, help="clips of each of them (default: %(default)s)")
    parser.add_argument("--per-keyword", type=int, default=300, help="clips of each keyword (default: %(default)s)")
    parser.add_argument("--pairs", type=float, default=0.3, help="share of word clips that are two words (default: %(default)s)")
    parser.add_argument("--pseudo", type=float, default=0.15, help="share of words made of random syllables (default: %(default)s)")
    parser.add_argument("--text", metavar="FILE", help="text whose words are spoken (default: the system's word list, or else the text of Python's own help)")
    parser.add_argument("--soundalike-list", metavar="FILE", default=os.path.join(HERE, "soundalikes.txt"), help="default: soundalikes.txt beside this script")
    parser.add_argument("--accents", metavar="FILE", help="spellings of the keywords in other languages, to be spoken by their voices (default: none)")
    parser.add_argument("--accented", type=float, default=0.4, help="share of the clips of a keyword that take such a spelling, with --accents (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="default: %(default)s")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="clips spoken at a time (default: one per processor)")
    args = parser.parse_args()
    keywords = [k.strip().lower() for k in args.keywords.split(",") if k.strip()]

    pick, tasks = random.Random(args.seed), []
    spellings = accents(args.accents) if args.accents else {}
    words, alike = word_list(args.text, keywords), soundalikes(args.soundalike_list, keywords)
    if not words and args.words:
        sys.exit(f"synthesise.py: no word of 3 to 12 letters in {args.text}")
    one = lambda: pseudo_word(pick) if pick.random() < args.pseudo else pick.choice(words)
    folder = lambda *names: os.path.join(args.out, *names)
    for i in range(args.words):
        tasks.append((folder("words"), i, one() + (" " + one() if pick.random() < args.pairs else ""), args.seed, True, 0, None))
    # A seed of its own: the clips of the other folders do not depend on how many sentences are asked for.
    pick_words = random.Random(f"{args.seed}/sentences")
    for i in range(args.sentences if words else 0):
        tasks.append((folder("sentences"), i, " ".join(pick_words.choice(words) for _ in range(pick_words.randint(5, 11))), args.seed, False, 0, None))
    pick_words = random.Random(f"{args.seed}/vocabulary")
    longer = [w for w in words if 5 <= len(w) <= 10]
    for i in range(args.vocabulary if longer else 0):
        entry = pick_words.choice(longer) if i % 2 == 0 else pick_words.choice(words) + " " + pick_words.choice(longer)
        for j in range(args.per_entry):
            tasks.append((folder("vocabulary", entry.replace(" ", "_")), j, entry, args.seed, False, 0, None))
    phrases = [p for keyword in keywords for p in alike.get(keyword, [])]
    for i in range(args.soundalikes if phrases else 0):
        tasks.append((folder("soundalikes"), i, phrases[i % len(phrases)], args.seed, False, 0, None))
    for keyword in keywords:
        for i in range(args.per_keyword):
            tasks.append((folder("keywords", keyword), i, keyword, args.seed, False, args.accented, spellings.get(keyword)))

    for directory in sorted({t[0] for t in tasks}):
        os.makedirs(directory, exist_ok=True)
    made, lines, spoken = 0, [], phonemes(t[2] for t in tasks)
    with ThreadPoolExecutor(args.jobs) as pool:
        for i, (task, clip) in enumerate(zip(tasks, pool.map(make, tasks)), 1):
            made += clip is not None
            if clip and clip[1] and task[6] is None:
                lines.append(f"{os.path.basename(task[0])}/{os.path.basename(clip[0])}\t{spoken[task[2]]}\n")
            if i % 1000 == 0 or i == len(tasks):
                print(f"{i} of {len(tasks)} clips", flush=True)
    with open(os.path.join(args.out, "phonemes.tsv"), "w", encoding="ascii") as file:
        file.writelines(lines)
    print(f"{made} clips in {args.out}, {len(words)} different words and {len(phrases)} sound-alikes to choose from")


if __name__ == "__main__":
    main()
