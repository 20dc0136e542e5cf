"""Nested spans as HTML: each a <mark> of its label's class, the label behind it; readable without colour."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from labeling.scheme import Scheme
from labeling.span import by_position

Key = tuple[int, int, str]


class _Mark:
    __slots__ = ("end", "label", "start")

    def __init__(self, start: int, end: int, label: str) -> None:
        self.start, self.end, self.label = start, end, label


def marked(text: str, spans: Iterable[Key], offset: int = 0) -> str:
    """`text` (which begins at `offset` of its document) as escaped HTML with its spans marked.

    Spans that leave the text are cut at its ends; one that crosses another is left out of the colours.
    """
    inside = by_position(
        _Mark(max(0, start - offset), min(len(text), end - offset), label)
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
        parts.append(f'<mark class="l-{escape(span.label)}">')
        around.append(span)
    close(len(text))
    write_to(len(text))
    return "".join(parts)


def styles(scheme: Scheme) -> str:
    """CSS for the labels' colours; text on them is dark in either mode, as the scheme's colours ask."""
    lines = [f"mark.l-{label.name}{{background:{label.color}}}" for label in scheme.labels]
    return "\n".join(
        [
            "mark{color:#1a1a1a;border-radius:3px;padding:0 .15em;box-decoration-break:clone;"
            "-webkit-box-decoration-break:clone}",
            "mark mark{box-shadow:0 0 0 1px #0006}",
            "mark sub{font:600 .6em/1 system-ui,sans-serif;opacity:.75;margin-left:.15em;"
            "vertical-align:baseline}",
            *lines,
        ]
    )
