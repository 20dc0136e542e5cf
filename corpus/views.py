"""A part of a document by the roles of its regions ("body only"), with the way back to its offsets."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable
from typing import NamedTuple

from corpus.document import Extent, Region

SEAM = "\n"  # between two regions


class View(NamedTuple):
    """The text of the chosen regions, joined by line breaks.

    `starts` are where the pieces begin in the view, `pieces` their extents in the document.
    """

    text: str
    starts: tuple[int, ...]
    pieces: tuple[Extent, ...]

    def back(self, start: int, end: int) -> Extent | None:
        """The document's extent for [start, end) of the view; None when it crosses a seam or is empty."""
        place = bisect_right(self.starts, start) - 1
        if place < 0 or start >= end:
            return None
        piece = self.pieces[place]
        low = piece.start + start - self.starts[place]
        high = piece.start + end - self.starts[place]
        return Extent(low, high) if high <= piece.end else None

    def forward(self, start: int, end: int) -> Extent | None:
        """The view's extent for [start, end) of the document; None when it is not inside one piece."""
        for begins, piece in zip(self.starts, self.pieces, strict=True):
            if piece.start <= start < end <= piece.end:
                return Extent(begins + start - piece.start, begins + end - piece.start)
        return None


def view(text: str, regions: Iterable[Region], kinds: Collection[str]) -> View:
    """The regions of those kinds as one text; nothing is lost but what was not asked for."""
    pieces = tuple(Extent(region.start, region.end) for region in regions if region.kind in kinds)
    starts: list[int] = []
    position = 0
    for piece in pieces:
        starts.append(position)
        position += len(piece) + len(SEAM)
    return View(SEAM.join(piece.slice(text) for piece in pieces), tuple(starts), pieces)
