"""A document on a terminal: its facts, then its text with regions and other extents in colour."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from corpus.document import Document
from corpus.documents import read_document
from corpus.store import Workspace

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.text import Text


class Mark(NamedTuple):
    """A piece of text to colour: `style` is a rich style, `tag` a short word set after it (or "")."""

    start: int
    end: int
    style: str
    tag: str = ""


REGION_STYLES = {
    "header": "dim",
    "title": "bold",
    "caption": "italic cyan",
    "byline": "magenta",
    "boilerplate": "dim",
    "body": "",
}


def show_document(
    workspace: Workspace, identity: str, marks: Sequence[Mark] = (), *, digest: str | None = None
) -> RenderableType:
    """What `vicivic show ID` prints.  `marks` (spans, proposals) are coloured on top of the regions.

    Raises UsageError with near ids when there is no such document.
    """
    return render(read_document(workspace, identity, digest), marks)


def render(document: Document, marks: Sequence[Mark] = ()) -> RenderableType:
    """A document as something rich can print at any width."""
    from rich.console import Group
    from rich.text import Text

    return Group(_facts(document), Text(), coloured(document, marks))


def coloured(document: Document, marks: Sequence[Mark] = ()) -> Text:
    """The text with its regions and `marks` styled; a mark's tag follows it in reverse."""
    from rich.text import Text

    text = Text()
    cuts = sorted({0, len(document.text), *(m.end for m in marks if m.tag)})
    for start, end in pairwise(cuts):
        piece = Text(_visible(document.text[start:end]))
        for region in document.regions:
            _stylize(piece, REGION_STYLES.get(region.kind, ""), region.start - start, region.end - start)
        for mark in sorted(marks, key=lambda mark: mark.start - mark.end):
            _stylize(piece, mark.style, mark.start - start, mark.end - start)
        text.append_text(piece)
        for mark in sorted((m for m in marks if m.tag and m.end == end), key=lambda m: -m.start):
            text.append(f"[{mark.tag}]", style=f"{mark.style} reverse")
    return text


def _stylize(piece: Text, style: str, start: int, end: int) -> None:
    if style and end > 0 and start < len(piece):
        piece.stylize(style, max(start, 0), end)


def _visible(text: str) -> str:
    """The same number of characters, none of which can steer a terminal."""
    return "".join(c if c.isprintable() or c in "\n\u00a0" else "\ufffd" for c in text)


def _facts(document: Document) -> RenderableType:
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    rows = {
        "id": document.id,
        "title": document.title,
        "published": document.published,
        "event": document.event_date,
        "places": ", ".join(document.places),
        "url": document.url,
        "source": document.source,
        "family": document.family,
        "reader": " ".join(filter(None, (document.reader, document.codec))),
        "digest": document.digest[:16],
        "size": f"{len(document.text):,} characters, {len(document.text.split()):,} words",
    }
    for name, value in rows.items():
        if value:
            table.add_row(name, _visible(value))
    return table
