"""Long documents as several tasks, cut at paragraph ends; what comes back is in document offsets again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from corpus.document import Document
from labeling.span import Proposal

LIMIT = 8_000  # characters: about 1,700 words, as much as a page with 120 spans still handles briskly
CONTEXT = 300  # characters of what goes before that a part shows


class Part(NamedTuple):
    """The slice [start, end) of a document that a task holds; it is part `number` of `of`, from 1."""

    start: int
    end: int
    number: int
    of: int


class Piece(NamedTuple):
    """What one task holds: a document or a part of it, with the proposals (document offsets) inside."""

    document: Document
    version: str
    proposals: tuple[Proposal, ...]
    part: Part | None = None

    @property
    def text(self) -> str:
        """The characters of the task."""
        return (
            self.document.text if self.part is None else self.document.text[self.part.start : self.part.end]
        )


def pieces(
    document: Document, version: str, proposals: Sequence[Proposal], *, limit: int = LIMIT
) -> Iterator[Piece]:
    """The tasks of a document: one, or several that cover it in order without gaps.

    A part ends after a line break that no proposal crosses, the last one before `limit` characters; a
    paragraph longer than that is a part of its own, so nothing is ever cut inside a line.
    """
    cuts = _cuts(document.text, proposals, limit)
    if len(cuts) == 2:
        yield Piece(document, version, tuple(proposals))
        return
    for number, (start, end) in enumerate(pairwise(cuts), 1):
        inside = tuple(item for item in proposals if start <= item.span.start < end)
        yield Piece(document, version, inside, Part(start, end, number, len(cuts) - 1))


def _cuts(text: str, proposals: Sequence[Proposal], limit: int) -> list[int]:
    """Where parts begin and end: 0, the cuts, the length of the text."""
    cuts, last, inked = [0], 0, len(text.rstrip())
    if len(text) > limit:
        crossed = {
            place
            for item in proposals
            for place in range(item.span.start + 1, item.span.end)
            if text[place - 1] == "\n"
        }
        for place in (at + 1 for at, letter in enumerate(text) if letter == "\n"):
            if place in crossed or place >= inked:
                continue
            if place - cuts[-1] > limit and last > cuts[-1]:
                cuts.append(last)
            if text[cuts[-1] : place].strip():
                last = place
        if len(text) - cuts[-1] > limit and last > cuts[-1]:
            cuts.append(last)
    return [*cuts, len(text)]
