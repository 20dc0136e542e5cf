"""Nested spans as HTML: each a <mark> of its label's class, the label behind it; readable without colour."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from labeling.scheme import Scheme
from labeling.span import by_position

Key = tuple[int, int, str]


class _Mark:
    __slots__ = ("end", "focus", "label", "start")

    def __init__(self, start: int, end: int, label: str, focus: bool) -> None:
        self.start, self.end, self.label, self.focus = start, end, label, focus


def window(text: str, start: int, end: int, width: int) -> tuple[int, int]:
    """[start, end) with about `width` code points at each side, ending between words."""
    low, high = max(0, start - width), min(len(text), end + width)
    while low > 0 and low < start and not text[low - 1].isspace():
        low += 1
    while high < len(text) and high > end and not text[high].isspace():
        high -= 1
    return low, high


def marked(text: str, spans: Iterable[Key], offset: int = 0, focus: Key | None = None) -> str:
    """`text` (which begins at `offset` of its document) as escaped HTML with its spans marked.

    Spans that leave the text are cut at its ends; one that crosses another is left out of the colours.
    The span `focus` gets the class `focus` as well.
    """
    inside = by_position(
        _Mark(max(0, start - offset), min(len(text), end - offset), label, (start, end, label) == focus)
        for start, end, label in spans
        if start - offset < len(text) and end > offset
    )
    parts: list[str] = []
    around: list[_Mark] = []
    place = 0

    def write_to(end: int) -> None:
        nonlocal place
        parts.append(escape(text[place:end]))
        place = end

    def close(before: int) -> None:
        while around and around[-1].end <= before:
            span = around.pop()
            write_to(span.end)
            parts.append(f"<sub>{escape(span.label)}</sub></mark>")

    for span in inside:
        close(span.start)
        if around and span.end > around[-1].end:
            continue
        write_to(span.start)
        parts.append(f'<mark class="l-{escape(span.label)}{" focus" * span.focus}">')
        around.append(span)
    close(len(text))
    write_to(len(text))
    return "".join(parts)


def styles(scheme: Scheme) -> str:
    """CSS for the labels' colours; washes under the page's own ink, so that they read in light and dark."""
    lines = [
        f"mark.l-{label.name}{{background:{label.color}3d;box-shadow:inset 0 -2px {label.color}}}"
        for label in scheme.labels
    ]
    return "\n".join(
        [
            "mark{color:inherit;border-radius:3px;padding:0 .15em;box-decoration-break:clone;"
            "-webkit-box-decoration-break:clone}",
            "mark sub{font:600 .6em/1 system-ui,sans-serif;opacity:.75;margin-left:.15em;"
            "vertical-align:baseline}",
            "mark.focus{outline:2px solid currentColor;outline-offset:0}",
            *lines,
        ]
    )
