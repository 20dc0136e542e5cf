"""Spans in colour on a terminal: nested brackets, each pair in its label's colour."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from labeling.scheme import Scheme, load_scheme
from labeling.span import Labelled, by_position

if TYPE_CHECKING:
    from rich.text import Text


def paint(text: str, spans: Iterable[Labelled], scheme: Scheme | None = None) -> Text:
    """`text` with each span in its label's colour and its label behind it, inner spans inside outer.

    Spans must nest or part.  Readable without colour too: [UBND [huyện Đầm Hà]LOC]ORG.
    """
    from rich.style import Style
    from rich.text import Text

    known = scheme or load_scheme()
    styles = {label.name: Style(color="black", bgcolor=label.color) for label in known.labels}
    plain = Style()
    painted = Text()
    open_spans: list[Labelled] = []
    position = 0

    def write_to(end: int) -> None:
        nonlocal position
        style = styles.get(open_spans[-1].label, plain) if open_spans else plain
        painted.append(text[position:end], style)
        position = end

    def close(before: int) -> None:
        while open_spans and open_spans[-1].end <= before:
            span = open_spans[-1]
            write_to(span.end)
            painted.append("]", styles.get(span.label, plain))
            painted.append(span.label, Style(dim=True))
            open_spans.pop()

    for span in by_position(spans):
        close(span.start)
        write_to(span.start)
        open_spans.append(span)
        painted.append("[", styles.get(span.label, plain))
    close(len(text))
    write_to(len(text))
    return painted
