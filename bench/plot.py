"""Draws what scripts/bench measured: each row's time as a part of Go's.

A logarithmic scale, Go's time at 1; left of it is faster. SVG is written
directly: it is a few lines and circles.
"""
import math
from xml.sax.saxutils import escape

ROW_HEIGHT = 30
LEFT, RIGHT, TOP, BOTTOM = 330, 40, 76, 40
WIDTH = 980
SCALE = (0.05, 1000)
SHAPES = {"csp": "#1a6faf", "Boost.Fiber": "#b3541e", "std::thread": "#6b6b6b"}
TEXT = 'font-family="sans-serif" font-size="13" fill="#222"'
SMALL = 'font-family="sans-serif" font-size="11" fill="#555"'


def position(ratio):
    low, high = (math.log10(end) for end in SCALE)
    inside = min(max(ratio, SCALE[0]), SCALE[1])
    part = (math.log10(inside) - low) / (high - low)
    return LEFT + part * (WIDTH - LEFT - RIGHT)


def mark(library, processors, x, y):
    """A filled mark for one processor, an empty one for two."""
    colour = SHAPES[library]
    fill = colour if processors == 1 else "#fff"
    style = f'fill="{fill}" stroke="{colour}" stroke-width="2"'
    if library == "csp":
        return f'<circle cx="{x:.1f}" cy="{y}" r="5" {style}/>'
    if library == "Boost.Fiber":
        return (f'<rect x="{x - 4.5:.1f}" y="{y - 4.5}" width="9" height="9" '
                f'{style}/>')
    return (f'<path d="M{x:.1f} {y - 6} l6 11 h-12 z" {style}/>')


def legend():
    parts = []
    x = LEFT
    for library in SHAPES:
        for processors in (1, 2):
            parts.append(mark(library, processors, x, 22))
            x += 14
        parts.append(f'<text x="{x}" y="26" {TEXT}>{library}</text>')
        x += 28 + 8 * len(library)
    parts.append(f'<text x="{x}" y="26" {SMALL}>filled: 1 processor, '
                 'empty: 2; bar: target</text>')
    return parts


def axis(bottom):
    parts = [f'<text x="{LEFT}" y="{TOP - 30}" {SMALL}>time as a multiple of '
             "Go's in the same run (logarithmic; left is faster)</text>"]
    for tick in (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100, 1000):
        x = position(tick)
        colour = "#444" if tick == 1 else "#ddd"
        parts.append(f'<path d="M{x:.1f} {TOP - 8} V{bottom}" '
                     f'stroke="{colour}"/>')
        name = "Go" if tick == 1 else f"{tick:g}"
        parts.append(f'<text x="{x:.1f}" y="{TOP - 12}" text-anchor="middle" '
                     f'{SMALL}>{name}</text>')
    return parts


def draw(rows, results):
    """SVG text. results[(name, processors)][library] is a median."""
    shown = [row for row in rows
             if any((row.name, p) in results for p in (1, 2))]
    bottom = TOP + ROW_HEIGHT * len(shown)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" '
        f'height="{bottom + BOTTOM}" '
        f'viewBox="0 0 {WIDTH} {bottom + BOTTOM}">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        *legend(), *axis(bottom)]
    for number, row in enumerate(shown):
        y = TOP + ROW_HEIGHT * number + ROW_HEIGHT // 2
        parts.append(f'<text x="{LEFT - 14}" y="{y + 4}" text-anchor="end" '
                     f'{TEXT}>{escape(row.label)}</text>')
        for processors, offset in ((1, -5), (2, 5)):
            times = results.get((row.name, processors), {})
            if "Go" not in times:
                continue
            if target := row.target(processors):
                x = position(target)
                parts.append(f'<path d="M{x:.1f} {y + offset - 5} v10" '
                             'stroke="#2a9d3a" stroke-width="3"/>')
            for library in reversed(list(SHAPES)):
                if library in times:
                    ratio = times[library] / times["Go"]
                    parts.append(mark(library, processors, position(ratio),
                                      y + offset))
    parts.append("</svg>")
    return "\n".join(parts) + "\n"
