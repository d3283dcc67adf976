#!/usr/bin/env python3
"""Writes results.json, results.md and the plots from what run.sh measured: report.py ROUNDS OUT VARIANT [README]

VARIANT is the instruction set of Seq.Embedded that is compared with the peers. README: the file whose part between the lines
"<!-- benchmarks -->" and "<!-- /benchmarks -->" becomes the rows of the main table that workloads.README names. Needs nothing but Python.
"""
import json
import os
import pathlib
import string
import sys

import plots
import workloads
from results import Results

C_VARIANTS = {"128-fma": "128", "avx2-no-vnni": "avx2"}  # the same width under another name; 128 bits without fused multiply-add have no reference
NATIVE_WIDTH = "avx2"  # the widest Vector<T> of .NET's native compiler
EXPLAINED_ABOVE = 1.25
ABOVE = f"**: above {EXPLAINED_ABOVE} x the limit, explained below"
PEER_NAMES = {"onnxruntime": "ONNX Runtime", "pytorch": "PyTorch"}
NOTES = (
    "- Keyword model: 40 inputs, two GRU layers of 64 units, dense to 12.\n"
    "- 8-bit weights: in brackets the time with floats over that with 8 bits. The peers and the C hold floats, so their columns are empty.\n"
    "- `*`: the matrix products of the training step alone, the least that it costs.\n"
    "- Start, memory and bytes: kws extracts features, runs its own larger model and decides; the peers make one step of the keyword model, and their start ends with its output.")


def number(value, unit=""):
    """Three digits, as people write them."""
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 or unit == "bytes" else 1 if abs(value) >= 10 else 2
    if abs(value) < 1 and unit != "bytes":
        digits = 3
    return f"{value:,.{digits}f}" + (f" {unit}" if unit else "")


def times(value):
    return "" if value is None else f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def describe_machine():
    names = [line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    details = {key: value for key, value in (
        (line.split(":")[0].strip(), line.split(":")[1].strip()) for line in open("/proc/cpuinfo") if ":" in line) if key in ("cpu family", "model")}
    caches = {}
    for index in sorted(pathlib.Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        if (index / "type").read_text().strip() != "Instruction":
            caches[int((index / "level").read_text())] = int((index / "size").read_text().strip().rstrip("K")) * 1024
    return {"processor": f"{names[0]}, family {details['cpu family']}, model {details['model']}", "processors": len(names), "caches": caches}


class Report:
    """One set of results, seen with one instruction set of Seq.Embedded in the foreground."""

    def __init__(self, results, variant):
        self._results, self._variant = results, variant
        self._machine = describe_machine()
        self._versions = {
            peer: next((key[2] for key in results.keys if key[1] == peer), None) for peer in PEER_NAMES}

    # ---- tables ----

    def _c(self, workload, peer, variant):
        key = (workload, peer, C_VARIANTS.get(variant, variant))
        return key if self._results.median(*key) is not None else None

    def _limit(self, workload, variant):
        """The hand-written C of the same width, and what is said about it: the whole step, or the matrix products alone where there is no more."""
        return next(((key, note) for peer, note in (("c", ""), ("c-matrix", " *")) if (key := self._c(workload, peer, variant))), (None, ""))

    def _rows(self, names):
        """(workload, name for people, variant) of what was measured: float32, then int8 where there is such a model."""
        for workload, name in names.items():
            own, int8 = (workload, "seq", self._variant), (workload, "seq", f"int8-{self._variant}")
            if self._results.median(*own) is not None:
                yield workload, name, self._variant
            if self._results.median(*int8) is not None:
                ratio = self._results.ratio(own, int8)
                yield workload, f"{name}, 8-bit weights" + (f" ({times(ratio)} x)" if ratio else ""), int8[2]

    def main_table(self, chosen=None):
        """All rows, or those of the pairs (workload, with weights of 8 bits)."""
        rows = []
        for workload, name, variant in self._rows({**workloads.MAIN, **workloads.PROGRAM}):
            is_int8 = variant != self._variant
            if chosen and (workload, is_int8) not in chosen:
                continue
            own, unit = (workload, "seq", variant), self._results.units[workload]
            row = [name, number(self._results.median(*own), unit)]
            if is_int8:
                rows.append(row + [""] * (2 + 2 * len(PEER_NAMES)))
                continue
            limit, note = self._limit(workload, variant)
            row += [number(self._results.median(*limit), unit) + note, times(self._results.ratio(own, limit))] if limit else ["", ""]
            for peer in PEER_NAMES:
                key = (workload, peer, self._versions[peer])
                row += [number(self._results.median(*key), unit), times(self._results.ratio(key, own))]
            rows.append(row)
        head = ["", f"Seq.Embedded, {self._variant}", "hand-written C, same width", "Seq.Embedded / C"]
        for peer, name in PEER_NAMES.items():
            head += [f"{name} {self._versions[peer] or ''}".strip(), f"{name} / Seq.Embedded"]
        return table(head, rows)

    def width_table(self):
        variants = [v for v in ("128", "128-fma", "avx2-no-vnni", "avx2", "avx512") if any(key[1:] == ("seq", v) for key in self._results.keys)]
        head = [""]
        for variant in variants:
            head.append(f"{variant}")
            if variant != "128":
                head += ["/ C", "/ matrix"]
        rows = []
        for workload, name in {**workloads.MAIN, "frame": workloads.PROGRAM["frame"]}.items():
            for prefix in ("", "int8-"):
                owns = [(workload, "seq", prefix + variant) for variant in variants]
                if all(self._results.median(*own) is None for own in owns):
                    continue
                row = [name + (", 8-bit weights" if prefix else "")]
                for variant, own in zip(variants, owns):
                    row.append(number(self._results.median(*own), self._results.units[workload]))
                    if variant != "128":
                        keys = [None if prefix else self._c(workload, peer, variant) for peer in ("c", "c-matrix")]
                        row += [times(self._results.ratio(own, key)) if key else "" for key in keys]
                rows.append(row)
        return table(head, rows)

    def threads_table(self):
        rows = []
        for workload in ("train-1", "train-16", "train-64"):
            for variant in self._results.variants(workload, "seq"):
                if variant.endswith("-threads"):
                    own, one = (workload, "seq", variant), (workload, "seq", self._variant)
                    count = variant.split("-")[-2]
                    rows.append([workloads.MAIN[workload], count, number(self._results.median(*own), "ms"), times(self._results.ratio(one, own))])
        return table(["", "threads", "Seq.Embedded", "one thread / this"], rows) if rows else ""

    # ---- growth ----

    def _rates(self, width=None):
        """Multiply-adds and bytes in a microsecond, the best that any round and any width of vectors, or one of them, reached; None where the limits were not measured."""
        best = {name: self._limits(name, width) for name in ("limit-fma", "limit-l1", "limit-l2", "limit-l3")}
        return {name: max(values) * (0.5e3 if name == "limit-fma" else 1e3) for name, values in best.items()} if all(best.values()) else None

    def _limits(self, name, width=None):
        return [value for variant in ([width] if width else self._results.variants(name, "limit")) for value in self._results.values((name, "limit", variant))]

    def _chain(self):
        """Microseconds that the equations of one step take, each operation waiting for the one before."""
        return min(self._limits("limit-chain"), default=0) / 1e3

    def _square(self, peer, variant):
        values = {size: self._results.median(f"gru-{size}-{size}-step", peer, variant) for size in workloads.SQUARES}
        return {size: value for size, value in values.items() if value is not None}

    def _widest(self):
        variants = [v for v in ("128-fma", "avx2", "avx512") if self._square("seq", v)]
        return variants[-1] if variants else None

    def _limit_of_step(self, size, rates):
        """The least time of a step in microseconds, and what sets it."""
        weights = workloads.square_bytes(size)
        level = next((level for level in (1, 2) if weights <= self._machine["caches"].get(level, 0)), 3)
        return max(
            (self._chain(), "latency of the equations"), (workloads.square_multiply_adds(size) / rates["limit-fma"], "arithmetic"),
            (weights / rates[f"limit-l{level}"], ("first-level cache", "second-level cache", "third-level cache")[level - 1]))

    def growth_table(self):
        variant, rates = self._widest(), self._rates()
        if variant is None or rates is None:
            return ""
        seq, c, matrix, narrow_c = self._square("seq", variant), self._square("c", variant), self._square("c-matrix", variant), self._square("c", NATIVE_WIDTH)
        narrow, rows = self._rates(NATIVE_WIDTH) or rates, []
        for size, value in seq.items():
            limit, cause = self._limit_of_step(size, rates)
            over, over_narrow = value / limit, value / self._limit_of_step(size, narrow)[0]
            rows.append([
                str(size), f"{workloads.square_bytes(size) / 1000:,.1f} kB", number(value, "us"), number(narrow_c.get(size), "us"), number(c.get(size), "us"), number(matrix.get(size), "us"),
                number(limit, "us"), cause, times(over) + (" **" if over > EXPLAINED_ABOVE else ""), times(over_narrow), times(c[size] / limit) if size in c else ""])
        return table(
            ["units", "weights", f"Seq.Embedded, {variant}", f"C, {NATIVE_WIDTH}", f"C, {variant}", "its matrix part alone", "limit", "set by", "Seq.Embedded / limit",
             "Seq.Embedded / limit of 256-bit vectors", f"C, {variant} / limit"], rows)

    def _training(self, points, peer, variant):
        values = {x: self._results.median(workloads.growth_name(*point), peer, variant) for x, point in points.items()}
        return {x: value for x, value in values.items() if value is not None}

    def _training_panels(self, rates):
        for title, points in (
                ("sequences in the batch, 98 time steps each", {batch: (batch, workloads.FRAMES) for batch in workloads.BATCHES}),
                ("time steps, 16 sequences", {length: (16, length) for length in workloads.LENGTHS})):
            measured = self._training(points, "seq", self._variant)
            if measured:
                peak = {x: workloads.training_multiply_adds(*points[x]) / rates["limit-fma"] / 1e3 for x in measured}
                yield title, list(points), measured, self._training(points, "c-matrix", self._variant), peak

    def training_table(self):
        rates, rows = self._rates(), []
        if rates is None:
            return ""
        for batch, steps in [(b, workloads.FRAMES) for b in workloads.BATCHES] + [(16, length) for length in workloads.LENGTHS if length != workloads.FRAMES]:
            name = workloads.growth_name(batch, steps)
            own, products = (name, "seq", self._variant), self._c(name, "c-matrix", self._variant)
            value = self._results.median(*own)
            if value is not None:
                peak = workloads.training_multiply_adds(batch, steps) / rates["limit-fma"] / 1e3
                ratio = self._results.ratio(own, products) if products else None
                rows.append([
                    str(batch), str(steps), number(value, "ms"), number(self._results.median(*products), "ms") if products else "",
                    times(ratio) + (" **" if ratio and ratio > EXPLAINED_ABOVE else ""), number(peak, "ms"), times(value / peak), number(1e3 * value / batch / steps, "us")])
        return table(
            ["batch", "time steps", f"Seq.Embedded, {self._variant}", "matrix products alone, C", "Seq.Embedded / products", "at the peak rate", "Seq.Embedded / peak", "a time step of a sequence"],
            rows) if rows else ""

    def _figures(self):
        """What explanations.md takes from the tables, so that it says what they say; ? where something was not measured."""
        variant, rates, narrow = self._widest(), self._rates(), self._rates(NATIVE_WIDTH)
        seq, c, narrow_c = (self._square(peer, width) if width else {} for peer, width in (("seq", variant), ("c", variant), ("c", NATIVE_WIDTH)))
        over_c = {size: seq[size] / narrow_c[size] for size in seq if size in narrow_c}
        limits = {size: self._limit_of_step(size, rates)[0] for size in seq} if rates else {}

        def between(values):
            values = list(values)
            low, high = (times(least(values)) if values else "?" for least in (min, max))
            return low if low == high else f"{low} to {high}"

        training = {batch: workloads.growth_name(batch, workloads.FRAMES) for batch in workloads.BATCHES}
        own = {batch: value for batch, name in training.items() if (value := self._results.median(name, "seq", self._variant)) is not None}
        products = {batch: self._results.ratio(key, (training[batch], "seq", self._variant)) for batch in own if (key := self._c(training[batch], "c-matrix", self._variant))}
        return {
            "over_c": between(value for size, value in over_c.items() if size != 24), "over_c_24": between(over_c[size] for size in over_c if size == 24),
            "small": between(seq[size] / limits[size] for size in limits if size <= 16), "small_c": between(c[size] / limits[size] for size in limits if size <= 16 and size in c),
            "narrow_32": between(seq[size] / self._limit_of_step(size, narrow)[0] for size in seq if size == 32 and narrow),
            "middle_c": between(c[size] / limits[size] for size in limits if 48 <= size <= 192 and size in c),
            "sequence": between(1e3 * value / batch / workloads.FRAMES for batch, value in own.items() if batch >= 4),
            **{f"products_{batch}": f"{100 * products[batch]:.0f}" if batch in products else "?" for batch in (1, 16, 64)},
        }

    # ---- files ----

    def _describe_run(self, command):
        took = os.environ.get("BENCHMARK_TOOK")
        return f"Command: `{command}`, {self._results.rounds} rounds" + (f", {took}." if took else ".")

    def readme_part(self, command):
        return "\n".join([self.main_table(workloads.README), NOTES, "", self._describe_run(command), ""])

    def write(self, out, command):
        machine = self._machine
        for name in ("ratios.svg", "growth.svg", "training.svg"):
            (out / name).unlink(missing_ok=True)
        self._plot(out)
        text = [
            "# Results", "", f"Machine: {machine['processor']}; {machine['processors']} processors; caches "
            + ", ".join(f"{size // 1024} KiB" for size in machine["caches"].values()) + f". {self._describe_run(command)} "
            f"Tools: {os.environ.get('BENCHMARK_TOOLS', 'not said')}. One thread, one processor. Medians of the rounds, in which the programs took turns workload by workload; ratios are "
            "medians of the ratios within a round, so that they can differ a little from the quotient of two medians.", "",
            "C: written by hand with intrinsics for the same panels, whole step. ONNX Runtime: C API, memory bound once, states fed back.", "",
            self.main_table(), NOTES, "", *self._picture(out, "ratios.svg", "Time of each peer as a multiple of Seq.Embedded's"), "## By instruction set", "",
            "128: no fused multiply-add; 128-fma: `avx,fma`; avx2: 256 bits, what is shipped; avx2-no-vnni: the same without the dot products that it uses where the processor has them; avx512: steps use vectors of 256 bits with the registers and instructions of AVX-512 "
            "(.NET's native compiler has no wider `Vector<T>`), the products of training and of whole sequences of floats 512 bits; its C has 512 bits. / C: time over that of the C of the same name (128-fma: 128 bits with fused multiply-add).", "",
            self.width_table()]
        threads = self.threads_table()
        if threads:
            text += ["## Training on all processors", "", "Sequences are shared out in groups of 8: a batch of 8 or fewer uses one thread.", "", threads]
        growth = self.growth_table()
        if growth:
            text += [
                "## Growth with the hidden size", "", "The limit is the largest of three times: that of the multiply-adds at the peak rate; that of reading the weights once from the "
                "smallest cache that holds them; and, as a step begins with the state of the step before, that of its equations, each operation waiting for the one before it. The best seen in the run: "
                + "; ".join(f"{share} {self._rates()[name] / 1e3:,.0f} {unit}" for name, share, unit in (
                    ("limit-fma", "arithmetic", "G multiply-adds/s"), ("limit-l1", "first level", "GB/s"), ("limit-l2", "second level", "GB/s"), ("limit-l3", "third level", "GB/s"))) + f"; equations {number(1e3 * self._chain(), 'ns')}. "
                f"{ABOVE}.", "", growth, *self._picture(out, "growth.svg", "Time of a step against the hidden size")]
        training = self.training_table()
        if training:
            text += ["## Growth of training with batch and length", "", f"{ABOVE}.", "", training, *self._picture(out, "training.svg", "Time of a training step against batch and length")]
        explanations = pathlib.Path(__file__).with_name("explanations.md")
        if growth or training:
            text += [string.Template(explanations.read_text()).substitute(self._figures())]
        (out / "results.md").write_text("\n".join(text))
        head = json.dumps({"machine": machine, "command": command, "took": os.environ.get("BENCHMARK_TOOK"), "tools": os.environ.get("BENCHMARK_TOOLS"), "variant": self._variant, "rounds": self._results.rounds})
        lines = ",\n".join(json.dumps(entry) for entry in self._results.to_list())
        (out / "results.json").write_text(f'{head[:-1]}, "results": [\n{lines}\n]}}\n')

    @staticmethod
    def _picture(out, name, description):
        return [f"![{description}]({name})", ""] if (out / name).exists() else []

    def _plot(self, out):
        rows = []
        for workload, name, variant in self._rows(workloads.MAIN):
            if variant != self._variant:
                continue  # all peers hold floats
            own, ratios = (workload, "seq", variant), {}
            for peer, *_ in plots.RATIO_PEERS:
                key = (workload, peer, self._versions[peer]) if peer in self._versions else self._c(workload, peer, variant)
                if key and (ratio := self._results.ratio(key, own)) is not None:
                    ratios[peer] = ratio
            rows.append((name, number(self._results.median(*own), self._results.units[workload]), ratios))
        if rows:
            (out / "ratios.svg").write_text(plots.draw_ratios(rows, {peer: version for peer, version in self._versions.items() if version}))
        rates = self._rates()
        if rates is None:
            return
        variant = self._widest()
        seq = self._square("seq", variant) if variant else {}
        if len(seq) == len(workloads.SQUARES):
            limits = [("arithmetic", {n: workloads.square_multiply_adds(n) / rates["limit-fma"] for n in seq})]
            for name, place in (("limit-l1", "first-level cache"), ("limit-l2", "second-level cache"), ("limit-l3", "third-level cache")):
                limits.append((place, {n: workloads.square_bytes(n) / rates[name] for n in seq}))
            limits.append(("latency of the equations", {n: self._chain() for n in seq}))
            (out / "growth.svg").write_text(plots.draw_growth(seq, self._square("c", variant), limits, (f"Seq.Embedded, {variant}, 256 bits", f"C, {variant}, 512 bits") if variant == "avx512" else (f"Seq.Embedded, {variant}", f"C, {variant}")))
        panels = list(self._training_panels(rates))
        if len(panels) == 2 and all(len(panel[2]) == len(panel[1]) for panel in panels):
            (out / "training.svg").write_text(plots.draw_training(panels))


def update_readme(path, part):
    begin, end = "<!-- benchmarks -->\n", "<!-- /benchmarks -->\n"
    text = path.read_text()
    if text.count(begin) != 1 or text.count(end) != 1:
        sys.exit(f"report.py: {path} needs one line '{begin.strip()}' and one '{end.strip()}'")
    path.write_text(text[:text.index(begin) + len(begin)] + part + text[text.index(end):])


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    report = Report(Results(sys.argv[1]), sys.argv[3])
    command = os.environ.get("BENCHMARK_COMMAND", "tests/Benchmarks/run.sh")
    report.write(pathlib.Path(sys.argv[2]), command)
    if len(sys.argv) == 5:
        update_readme(pathlib.Path(sys.argv[4]), report.readme_part(command))
