"""The source `underthesea`: the library's own NER by sentence, aligned exactly to our text.

It speaks for PER, LOC and ORG (its MISC is no label of ours).  The score of a span is the smallest
marginal probability of its tokens; calibration is the merge's work.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from corpus.document import Document
from corpus.segment import sentences
from labeling.preannotators.base import proposal, version_of
from labeling.preannotators.library import models_digest
from labeling.preannotators.stages import Stages, Tagged
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
        """PER, LOC and ORG of each document in the order of the text; spans never overlap."""
        places = [
            (index, extent) for index, document in enumerate(documents) for extent in sentences(document.text)
        ]
        texts = (extent.slice(documents[index].text) for index, extent in places)
        found: list[list[Proposal]] = [[] for _ in documents]
        for (index, extent), tagged in zip(places, _stages().tag(texts), strict=True):
            found[index] += self._spans(documents[index].text, extent.start, tagged)
        return found

    def _spans(self, text: str, offset: int, tagged: Tagged) -> Iterator[Proposal]:
        bounds = [*tagged.firsts, len(tagged.tokens)]
        for entity in entities(tagged.ner, tagged.score):
            tokens = tagged.tokens[bounds[entity.first] : bounds[entity.last]]
            while tokens and not _has_letter(tokens[0].text):
                tokens = tokens[1:]
            while tokens and not _has_letter(tokens[-1].text):
                tokens = tokens[:-1]
            if tokens:
                start, end = offset + tokens[0].start, offset + tokens[-1].end
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


def _has_letter(token: str) -> bool:
    return any(character.isalnum() for character in token)


@cache
def _stages() -> Stages:
    return Stages()


@cache
def _version() -> str:
    from importlib.metadata import version

    code = ("underthesea", "stages", "crf", "library")
    return version_of(
        *(f"labeling.preannotators:{name}.py" for name in code),
        "corpus:align.py",
        "corpus:segment.py",
        extra=(version("underthesea"), models_digest()),
    )
