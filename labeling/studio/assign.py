"""Who gets which document of a round, and which ones without proposals: decided once, reproducibly.

The same documents, annotators and seed always give the same plan; a larger round begins with the smaller
one, so that topping up never takes anything back.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from corpus.errors import UsageError


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """One document for one annotator; `blind` ones are shown without proposals."""

    document: str
    digest: str
    annotator: str
    blind: bool = False


class Shares(msgspec.Struct, frozen=True, kw_only=True):
    """How a round is shared out.  `overlap` annotators see each document, `blind` of 1 without proposals."""

    annotators: tuple[str, ...]
    overlap: int = 1
    blind: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not self.annotators or len(set(self.annotators)) != len(self.annotators):
            raise UsageError(f"--annotators {','.join(self.annotators)}: name each annotator once")
        if not 1 <= self.overlap <= len(self.annotators):
            raise UsageError(
                f"--overlap {self.overlap}: needs a number from 1 to the {len(self.annotators)} annotators"
            )
        if not 0 <= self.blind <= 1:
            raise UsageError(f"--blind {self.blind:.0%}: needs a share from 0% to 100%")


def assign(
    documents: Iterable[tuple[str, str]], shares: Shares, already: Sequence[Assignment] = ()
) -> list[Assignment]:
    """New assignments for the (id, digest) pairs that `already` does not hold, in the order given.

    Each document goes to the `overlap` annotators who have the fewest so far; ties, and which of an
    annotator's documents are blind, are drawn from the seed.  After n documents an annotator has
    n × blind blind ones, give or take 1 + blind.
    """
    load = Counter(item.annotator for item in already)
    blinds = Counter(item.annotator for item in already if item.blind)
    held = {(item.document, item.digest) for item in already}
    fresh: list[Assignment] = []
    for document, digest in documents:
        if (document, digest) in held:
            continue
        held.add((document, digest))
        order = sorted(
            shares.annotators, key=lambda name: (load[name], _draw(shares.seed, document, digest, name))
        )
        for name in sorted(order[: shares.overlap]):
            load[name] += 1
            blind = blinds[name] < _due(shares, name, load[name])
            blinds[name] += blind
            fresh.append(Assignment(document=document, digest=digest, annotator=name, blind=blind))
    return fresh


def _due(shares: Shares, name: str, count: int) -> int:
    """How many of the annotator's first `count` documents have to be blind.

    One in each stretch of 1 / blind documents, at a drawn place, so that nobody can count ahead to it.
    """
    if not shares.blind:
        return 0
    stretch = 1 / shares.blind
    full = int((count - 1) / stretch)
    places = (int((number + _draw(shares.seed, name, str(number))) * stretch) for number in (full, full + 1))
    return full + sum(place <= count - 1 for place in places)


def _draw(seed: int, *parts: str) -> float:
    """A number in [0, 1) from the seed and the parts, the same on every machine."""
    key = "\x1f".join((str(seed), *parts))
    return int(hashlib.sha256(key.encode("utf-8")).hexdigest()[:13], 16) / 16**13
