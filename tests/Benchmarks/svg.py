"""Draws plots as SVG with nothing but text: readable on light and on dark pages."""
import math
from xml.sax.saxutils import escape

# Of each class: its colour on light and on dark, as fill and as stroke.
COLOURS = {
    "ink": ("#1c1c1a", "#f2f1ee"), "muted": ("#5f5e59", "#b5b4ac"), "grid": ("#dddcd6", "#3a3a37"), "surface": ("#fcfcfb", "#1a1a19"),
    "seq": ("#2a78d6", "#5598e7"), "c": ("#128a62", "#2fbd8c"), "ort": ("#d9541e", "#ee7b4d"), "torch": ("#5b45b8", "#a196f0"),
}


def _rules(theme):
    return " ".join(f".{name}{{fill:{pair[theme]}}} .{name}-line{{stroke:{pair[theme]}}}" for name, pair in COLOURS.items())


STYLE = (
    "text{font:12px system-ui,sans-serif} .title{font-size:15px;font-weight:600} .small{font-size:11px} path{fill:none;stroke-linejoin:round} "
    f"{_rules(0)} @media (prefers-color-scheme:dark){{{_rules(1)}}}")


class Drawing:
    """Collects elements; the surface fills the whole picture."""

    def __init__(self, width, height, description):
        self._width, self._height, self._description, self._parts = width, height, description, []

    def text(self, x, y, text, anchor="start", classes="ink", rotate=False):
        turn = f' transform="rotate(-90 {x:.1f} {y:.1f})"' if rotate else ""
        self._parts.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{classes}"{turn}>{escape(text)}</text>')

    def line(self, points, colour, width=1.0, dash=None):
        path = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._parts.append(f'<path d="{path}" class="{colour}-line" stroke-width="{width}"{dashes}/>')

    def mark(self, shape, x, y, colour, size=4.5):
        s = size
        rim = 'class="{}" stroke-width="1.5"'
        if shape == "circle":
            self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{s}" {rim.format(colour + " surface-line")}/>')
        elif shape == "ring":
            self._parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{s - 0.5}" {rim.format("surface " + colour + "-line")}/>')
        else:
            corners = {"diamond": [(0, -s - 1), (s + 1, 0), (0, s + 1), (-s - 1, 0)], "square": [(-s, -s), (s, -s), (s, s), (-s, s)],
                       "triangle": [(0, -s - 1), (s + 1, s), (-s - 1, s)]}[shape]
            points = " ".join(f"{x + dx:.1f},{y + dy:.1f}" for dx, dy in corners)
            self._parts.append(f'<polygon points="{points}" {rim.format(colour + " surface-line")}/>')

    def __str__(self):
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self._width} {self._height}" width="{self._width}" height="{self._height}" role="img">\n'
            f"<title>{escape(self._description)}</title>\n<style>{STYLE}</style>\n"
            f'<rect width="{self._width}" height="{self._height}" class="surface"/>\n' + "\n".join(self._parts) + "\n</svg>\n")


class LogAxes:
    """Two logarithmic axes in a rectangle of a drawing, with grid, ticks and titles."""

    def __init__(self, drawing, box, x_range, y_range, x_ticks, y_ticks, x_title, y_title):
        self._drawing, self._box, self._x, self._y = drawing, box, x_range, y_range
        left, top, right, bottom = box
        for tick in x_ticks:
            x = self.x(tick)
            drawing.line([(x, top), (x, bottom)], "grid")
            drawing.text(x, bottom + 16, f"{tick:g}", "middle", "muted small")
        for tick in y_ticks:
            y = self.y(tick)
            drawing.line([(left, y), (right, y)], "grid")
            drawing.text(left - 6, y + 4, f"{tick:g}", "end", "muted small")
        drawing.text((left + right) / 2, bottom + 36, x_title, "middle", "muted")
        drawing.text(left - 42, (top + bottom) / 2, y_title, "middle", "muted", rotate=True)

    def x(self, value):
        left, _, right, _ = self._box
        return left + (right - left) * _share(value, *self._x)

    def y(self, value):
        _, top, _, bottom = self._box
        return bottom - (bottom - top) * _share(value, *self._y)

    def curve(self, points, colour, width=2.0, dash=None, mark=None):
        """Points (x, y), cut off at the lower edge of the box."""
        inside = [(self.x(x), self.y(y)) for x, y in points]
        bottom = self._box[3]
        clipped = []
        for a, b in zip(inside, inside[1:]):
            if a[1] > bottom >= b[1]:
                clipped.append((a[0] + (b[0] - a[0]) * (a[1] - bottom) / (a[1] - b[1]), bottom))
            elif a[1] <= bottom:
                clipped.append(a)
        if inside and inside[-1][1] <= bottom:
            clipped.append(inside[-1])
        if len(clipped) > 1:
            self._drawing.line(clipped, colour, width, dash)
        for x, y in inside if mark else []:
            self._drawing.mark(mark, x, y, colour)

    def label(self, x, y, text, colour="ink", dx=6, dy=4, anchor="start"):
        self._drawing.text(self.x(x) + dx, self.y(y) + dy, text, anchor, f"{colour} small")


def _share(value, low, high):
    return math.log(value / low) / math.log(high / low)


def spread(positions, gap):
    """The positions moved apart so that none is closer than the gap to its neighbour, in their order."""
    order = sorted(range(len(positions)), key=lambda i: positions[i])
    placed = list(positions)
    for _ in range(100):
        for a, b in zip(order, order[1:]):
            overlap = gap - (placed[b] - placed[a])
            if overlap > 0:
                placed[a] -= overlap / 2
                placed[b] += overlap / 2
    return placed
