"""The source `quantities`: the recogniser of numbers and time as a pre-annotator.

It speaks for the nine number labels and fills `norm` of every span.  Relative and incomplete dates
are resolved from the document's event date where it is known, else from the day it was published.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from corpus.document import Document
from labeling.preannotators.base import proposal, version_of
from labeling.preannotators.table import NUMBERS
from labeling.quantities import find
from labeling.quantities.resolve import parse_reference
from labeling.span import Proposal

NAME = "quantities"


class Quantities:
    """Pure: a document's text and its own dates decide alone."""

    name = NAME
    labels = frozenset(NUMBERS)

    @property
    def version(self) -> str:
        """Twelve hex digits over the rules, the word lists and the calendar they stand on."""
        return _version()

    def propose(self, documents: Sequence[Document]) -> list[list[Proposal]]:
        """One proposal per quantity, in order; none overlaps another."""
        version = self.version
        return [_propose(document, version) for document in documents]


def _propose(document: Document, version: str) -> list[Proposal]:
    return [
        proposal(
            document.text, found.extent.start, found.extent.end, found.label,
            source=NAME, version=version, rule=found.rule, score=found.score, norm=found.norm,
        )
        for found in find(document.text, reference_of(document))
    ]  # fmt: skip


def reference_of(document: Document) -> str | None:
    """The document's own date as `find` wants it: the event's, else the page's, or None."""
    for date in (document.event_date, document.published):
        if date is not None and parse_reference(date) is not None:
            return date
    return None


@cache
def _version() -> str:
    return version_of(
        "labeling.quantities", "labeling.quantities.lexicon", "corpus:dates.py", "labeling:norm.py"
    )
