"""The source `underthesea`: the library's own NER by sentence, aligned exactly to our text.

It speaks for PER, LOC and ORG (its MISC is no label of ours).  The score of a span is the smallest
marginal probability of its tokens; calibration is the merge's work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from corpus.align import library_tokens, word_extents
from corpus.document import Document, Extent
from corpus.segment import sentences
from labeling.preannotators.base import proposal, version_of
from labeling.span import Proposal

NAME = "underthesea"
LABELS = frozenset({"PER", "LOC", "ORG"})


class Entity(NamedTuple):
    """A run of words with one tag: words[first:last], its label, its score in [0, 1]."""

    first: int
    last: int
    label: str
    score: float


class Underthesea:
    """underthesea's CRF of 2017.  Pure: the same sentence gives the same spans."""

    name = NAME
    labels = LABELS

    @property
    def version(self) -> str:
        """Over this code, the alignment and the library with its models."""
        return _version()

    def propose(self, documents: Sequence[Document]) -> list[list[Proposal]]:
        """PER, LOC and ORG of each document; spans never cross."""
        return [
            [found for sentence in sentences(document.text) for found in self._read(document.text, sentence)]
            for document in documents
        ]

    def _read(self, text: str, sentence: Extent) -> Iterator[Proposal]:
        from underthesea import ner

        piece = sentence.slice(text)
        rows = ner(piece)
        extents = word_extents([row[0] for row in rows], library_tokens(piece))
        for entity in entities([row[3] for row in rows], [0.5] * len(rows)):
            start = sentence.start + extents[entity.first].start
            end = sentence.start + extents[entity.last - 1].end
            yield proposal(
                text,
                start,
                end,
                entity.label,
                source=NAME,
                version=self.version,
                rule="ner",
                score=entity.score,
            )


def entities(tags: Sequence[str], scores: Sequence[float]) -> Iterator[Entity]:
    """The entities of BIO `tags`; an I- that continues nothing begins one."""
    first, label = 0, ""
    for index, tag in enumerate([*tags, "O"]):
        kind = tag[2:]
        if label and (tag[0] != "I" or kind != label):
            if label in LABELS:
                yield Entity(first, index, label, min(scores[first:index]))
            label = ""
        if kind and not label:
            first, label = index, kind


@lru_cache(maxsize=1)
def _version() -> str:
    from importlib.metadata import version

    return version_of(
        "labeling.preannotators:underthesea.py",
        "corpus:align.py",
        "corpus:segment.py",
        extra=(version("underthesea"), version("underthesea_core")),
    )
