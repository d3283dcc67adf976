"""The three plots of the benchmark."""
import math

import workloads
from svg import Drawing, LogAxes, spread

RATIO_PEERS = [  # peer, mark, colour, name
    ("c", "diamond", "c", "hand-written C, same width"), ("c-matrix", "ring", "c", "its matrix part alone"),
    ("onnxruntime", "square", "ort", "ONNX Runtime"), ("pytorch", "triangle", "torch", "PyTorch"),
]


def draw_ratios(rows, version_names):
    """rows: (name, time with unit, {peer: time / time of Seq.Embedded})."""
    top, step, left, right = 96, 26, 272, 870
    bottom = top + step * len(rows)
    drawing = Drawing(970, bottom + 36, "Time of each peer as a multiple of the time of Seq.Embedded")
    drawing.text(16, 28, "Time as a multiple of Seq.Embedded's: right of the line is slower", classes="ink title")
    x = 16
    for peer, mark, colour, name in [("seq", "circle", "seq", "Seq.Embedded = 1"), *RATIO_PEERS]:
        name += f" {version_names[peer]}" if peer in version_names else ""
        drawing.mark(mark, x + 5, 52, colour)
        drawing.text(x + 16, 56, name, classes="ink")
        x += 40 + 6.3 * len(name)
    most = max((value for _, _, ratios in rows for value in ratios.values()), default=2)
    least = min((value for _, _, ratios in rows for value in ratios.values()), default=1)
    axes = LogAxes(
        drawing, (left, top - step / 2, right, bottom - step / 2), (min(0.5, least / 1.1), max(2, most * 1.2)), (1, 2),
        [tick for tick in (0.25, 0.5, 1, 2, 5, 10, 20, 50, 100, 200) if min(0.5, least / 1.1) <= tick <= most * 1.2], [], "time / time of Seq.Embedded (logarithmic)", "")
    drawing.line([(axes.x(1), top - step / 2), (axes.x(1), bottom - step / 2)], "seq", 1.5)
    drawing.text(right + 12, top - step / 2 - 6, "time of 1", classes="seq small")
    for i, (name, time, ratios) in enumerate(rows):
        y = top + i * step
        drawing.text(left - 14, y + 4, name, "end")
        drawing.text(right + 12, y + 4, time, classes="ink small")
        drawing.mark("circle", axes.x(1), y, "seq")
        for peer, mark, colour, _ in reversed(RATIO_PEERS):
            if peer in ratios:
                drawing.mark(mark, axes.x(ratios[peer]), y, colour)
    return str(drawing)


def draw_growth(measured, reference, limits, names):
    """measured, reference: {units: us}; limits: [(label, {units: us})]; names: of the two."""
    drawing = Drawing(960, 560, "Time of a GRU step against its hidden size, with the limits of the processor")
    drawing.text(16, 28, "One step of a GRU with as many inputs as units", classes="ink title")
    drawing.text(16, 52, "Marks: measured. Broken lines: the time in which all weights pass once through the multiply-add units, or come out of a cache; level: one step's equations.", classes="muted")
    sizes = workloads.SQUARES
    values = [*measured.values(), *reference.values()]
    low, high = 10 ** math.floor(math.log10(min(values) / 3)), 10 ** math.ceil(math.log10(max(values)))
    decades = [10.0 ** e for e in range(round(math.log10(low)), round(math.log10(high)) + 1)]
    box = (76, 80, 720, 500)
    axes = LogAxes(drawing, box, (sizes[0] / 1.1, sizes[-1] * 1.1), (low, high), [8, 16, 32, 64, 128, 256, 512], decades, "hidden size, units", "time of a step, us")
    ends = []
    for (label, points), dash in zip(limits, ["8 4", "2 3", "8 3 2 3", "1 5", "12 4 2 4"]):
        axes.curve(list(points.items()), "muted", 1.5, dash)
        ends.append((axes.y(points[sizes[-1]]), label, "muted"))
    if reference:
        axes.curve(list(reference.items()), "c", 1.5, mark="diamond")
        ends.append((axes.y(reference[sizes[-1]]), names[1], "c"))
    axes.curve(list(measured.items()), "seq", 2, mark="circle")
    ends.append((axes.y(measured[sizes[-1]]), names[0], "seq"))
    for (at, label, colour), y in zip(ends, spread([end[0] for end in ends], 17)):
        x = axes.x(sizes[-1])
        drawing.line([(x + 8, at), (x + 26, y)], "muted", 0.75)
        drawing.text(x + 30, y + 4, label, classes=f"{colour} small")
    return str(drawing)


def draw_training(panels):
    """panels: (title of x, ticks, {x: ms of Seq.Embedded}, {x: ms of the products in C}, {x: ms at the peak of multiply-adds})."""
    drawing = Drawing(960, 460, "Time of a training step of the keyword model against batch and length, with its limits")
    drawing.text(16, 28, "One training step of the keyword model: forward, backward, clip, Adam", classes="ink title")
    values = [value for _, _, *curves in panels for curve in curves for value in curve.values()]
    low, high = min(values) / 1.3, max(values) * 1.3
    decades = [tick for tick in (m * 10.0 ** e for e in range(-3, 4) for m in (1, 2, 5)) if low <= tick <= high]
    for i, (title, ticks, measured, products, peak) in enumerate(panels):
        box = (76 + 470 * i, 80, 470 + 470 * i, 400)
        axes = LogAxes(drawing, box, (ticks[0] / 1.1, ticks[-1] * 1.1), (low, high), ticks, decades, title, "ms")
        axes.curve(list(peak.items()), "muted", 1.5, "8 4")
        axes.curve(list(products.items()), "c", 1.5, mark="diamond")
        axes.curve(list(measured.items()), "seq", 2, mark="circle")
    drawing.mark("circle", 82, 56, "seq")
    drawing.text(93, 60, "Seq.Embedded")
    drawing.mark("diamond", 202, 56, "c")
    drawing.text(213, 60, "hand-written C, its matrix products alone")
    drawing.line([(478, 56), (502, 56)], "muted", 1.5, "8 4")
    drawing.text(508, 60, "its multiply-adds at the peak rate of the processor")
    return str(drawing)
