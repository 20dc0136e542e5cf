"""Small charts as inline SVG: bars, points with intervals, a heat map, lines over rounds, reliability.

Plain marks on one scale each, values written beside them, a <title> on every mark.  Colours are the
page's CSS variables, so that light, dark and print follow the page.  All text is escaped.  Widths are in
user units of about one CSS pixel on a phone; the page scales them up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import NamedTuple

WIDTH = 400
ROW = 22
LABEL = 118
VALUE = 66


class Point(NamedTuple):
    """A value with its interval, all in [0, 1]; `note` is shown when the pointer rests on it."""

    label: str
    value: float | None
    low: float
    high: float
    note: str = ""


def bars(rows: Sequence[tuple[str, float, str]], title: str, *, shown: str = "{:,.0f}") -> str:
    """Horizontal bars (label, value, colour) from zero, the value at each end."""
    most = max((value for _, value, _ in rows), default=0) or 1
    span = WIDTH - LABEL - VALUE
    parts = []
    for place, (label, value, colour) in enumerate(rows):
        y = place * ROW
        width = max(1.0, span * value / most) if value else 0
        parts.append(_label(label, y))
        parts.append(
            f'<rect x="{LABEL}" y="{y + 4}" width="{width:.1f}" height="{ROW - 8}" rx="2"'
            f' fill="{escape(colour)}" class="bar">'
            f"<title>{escape(label)}: {shown.format(value)}</title></rect>"
        )
        parts.append(_text(LABEL + width + 5, y + 15, shown.format(value), "value"))
    return _svg(parts, len(rows) * ROW, title)


def intervals(groups: Mapping[str, Sequence[Point]], title: str) -> str:
    """Points with their intervals on a scale from 0 to 1; each group in a colour of its own.

    Groups share the labels: the points of one label stand in one row, the first group above the second.
    """
    labels = list(dict.fromkeys(point.label for points in groups.values() for point in points))
    height = max(ROW, 12 * len(groups) + 8)
    parts = _scale(len(labels) * height)
    for place, label in enumerate(labels):
        parts.append(_label(label, place * height + (height - ROW) / 2))
    for order, (name, points) in enumerate(groups.items()):
        for point in points:
            if point.value is None:
                continue
            y = labels.index(point.label) * height + height / 2 + 12 * (order - (len(groups) - 1) / 2)
            parts.append(_whisker(point, y, name, order))
    return _svg(parts, len(labels) * height + 18, title) + _legend(list(groups))


def heat(names: Sequence[str], values: Mapping[tuple[str, str], float], title: str) -> str:
    """A symmetric matrix of values in [0, 1]; darker is higher, each value written in its cell."""
    cell = min(56.0, (WIDTH - LABEL) / max(1, len(names)))
    parts = []
    for row, one in enumerate(names):
        parts.append(_label(one, 24 + row * cell + cell / 2 - 11))
        short = one.rpartition("-")[2] if "-" in one else one
        parts.append(_text(LABEL + row * cell + cell / 2, 16, short, "tick", "middle"))
        for column, other in enumerate(names):
            value = values.get((one, other), values.get((other, one)))
            x, y = LABEL + column * cell, 24 + row * cell
            if row == column or value is None:
                parts.append(
                    f'<rect x="{x + 1:.1f}" y="{y + 1:.1f}" width="{cell - 2:.1f}" height="{cell - 2:.1f}"'
                    ' rx="3" class="void"/>'
                )
                continue
            strength = 0.08 + 0.62 * max(0.0, (value - 0.4) / 0.6)
            parts.append(
                f'<rect x="{x + 1:.1f}" y="{y + 1:.1f}" width="{cell - 2:.1f}" height="{cell - 2:.1f}" rx="3"'
                f' fill="var(--a)" fill-opacity="{strength:.2f}"><title>{escape(one)} and {escape(other)}: '
                f"{value:.3f}</title></rect>"
                f'<text x="{x + cell / 2:.1f}" y="{y + cell / 2 + 4:.1f}" class="cell" text-anchor="middle">'
                f"{value:.2f}</text>"
            )
    return _svg(parts, 24 + len(names) * cell + 2, title)


def over_rounds(series: Mapping[str, Sequence[Point]], title: str) -> str:
    """One line for each series over the rounds in order, with intervals; the scale runs from 0 to 1."""
    rounds = list(dict.fromkeys(point.label for points in series.values() for point in points))
    height, left = 150, 34
    step = (WIDTH - left - 20) / max(1, len(rounds) - 1)
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        y = 8 + height * (1 - tick)
        parts.append(f'<line x1="{left}" x2="{WIDTH - 8}" y1="{y}" y2="{y}" class="grid"/>')
        parts.append(_text(left - 6, y + 4, f"{tick:g}", "tick", "end"))
    for place, name in enumerate(rounds):
        parts.append(_text(left + place * step, height + 26, name, "tick", _anchor(place, len(rounds))))
    for order, (name, points) in enumerate(series.items()):
        drawn = [
            (left + rounds.index(point.label) * step + 5 * order, 8 + height * (1 - point.value), point)
            for point in points
            if point.value is not None
        ]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in drawn)
        parts.append(f'<polyline points="{path}" class="line c{order}"/>')
        for x, y, point in drawn:
            low, high = (8 + height * (1 - end) for end in (point.low, point.high))
            parts.append(
                f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" class="reach c{order}"/>'
            )
            parts.append(
                f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" class="dot c{order}"><title>{escape(name)}, '
                f"{escape(point.label)}: {_told(point)}</title></circle>"
            )
    return _svg(parts, height + 34, title) + _legend(list(series))


def reliability(points: Sequence[tuple[float, Point]], title: str) -> str:
    """What was said (across) against what came true (up), on the diagonal when scores mean probabilities."""
    size, left = 240, 40
    parts = [f'<line x1="{left}" y1="{size + 8}" x2="{left + size}" y2="8" class="grid"/>']
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x, y = left + size * tick, 8 + size * (1 - tick)
        parts.append(f'<line x1="{left}" x2="{left + size}" y1="{y}" y2="{y}" class="grid faint"/>')
        parts.append(_text(left - 6, y + 4, f"{tick:g}", "tick", "end"))
        parts.append(_text(x, size + 24, f"{tick:g}", "tick", "middle"))
    for said, point in points:
        if point.value is None:
            continue
        x = left + size * said
        y, low, high = (8 + size * (1 - end) for end in (point.value, point.low, point.high))
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{low:.1f}" y2="{high:.1f}" class="reach c0"/>')
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="dot c0"><title>said {said:.2f}, '
            f"came true {_told(point)}</title></circle>"
        )
    parts.append(_text(left + size / 2, size + 42, "probability that was said", "tick", "middle"))
    return _svg(parts, size + 50, title)


def _whisker(point: Point, y: float, name: str, order: int) -> str:
    x, low, high = (_across(end) for end in (point.value or 0.0, point.low, point.high))
    return (
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y:.1f}" y2="{y:.1f}" class="reach c{order}"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" class="dot c{order}"><title>{escape(name)} '
        f"{escape(point.label)}: {_told(point)}</title></circle>"
        + _text(WIDTH - 2, y + 4, f"{point.value:.2f}", "value", "end")
    )


def _told(point: Point) -> str:
    return escape(f"{point.value:.3f} [{point.low:.3f}, {point.high:.3f}] {point.note}".strip())


def _scale(height: float) -> list[str]:
    parts = []
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        x = _across(tick)
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height}" class="grid"/>')
        parts.append(_text(x, height + 14, f"{tick:g}", "tick", "middle"))
    return parts


def _across(value: float) -> float:
    return LABEL + 8 + (WIDTH - LABEL - 50) * value


def _anchor(place: int, many: int) -> str:
    if many == 1 or 0 < place < many - 1:
        return "middle" if many > 1 else "start"
    return "start" if place == 0 else "end"


def _label(text: str, y: float) -> str:
    short = text if len(text) <= 18 else text[:17] + "…"
    return f'<text x="{LABEL - 8}" y="{y + 15:.1f}" class="name" text-anchor="end">{escape(short)}</text>'


def _text(x: float, y: float, text: str, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(text)}</text>'


def _legend(names: Sequence[str]) -> str:
    if len(names) < 2:
        return ""
    items = "".join(f'<li class="c{place}">{escape(name)}</li>' for place, name in enumerate(names))
    return f'<ul class="legend">{items}</ul>'


def _svg(parts: Sequence[str], height: float, title: str) -> str:
    return (
        f'<svg viewBox="0 0 {WIDTH} {height:.0f}" role="img" aria-label="{escape(title)}">'
        f"<title>{escape(title)}</title>{''.join(parts)}</svg>"
    )
