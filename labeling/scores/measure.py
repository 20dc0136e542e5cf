"""All scorecards of a ledger in one pass."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from labeling.corrections.ledger import Sheet
from labeling.intervals import Rate, rate
from labeling.preannotators.trust import MergeSettings, shipped
from labeling.scores.cards import Card, Cards, by_document
from labeling.scores.people import Anchoring, People, Person
from labeling.scores.verdicts import FLOOR, LEAST, Verdict, verdicts

BINS = 10


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """Shown proposals with a probability in [low, high): its average, and how many were right."""

    low: float
    high: float
    said: float
    right: Rate


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """What `vicivic scores` reports: cards, verdicts, people, anchoring, calibration."""

    documents: int
    sheets: int
    cards: tuple[Card, ...]
    verdicts: tuple[Verdict, ...]
    people: tuple[Person, ...]
    anchoring: Anchoring
    calibration: tuple[Bin, ...]


def measure(
    sheets: Iterable[Sheet],
    *,
    settings: MergeSettings | None = None,
    floor: float = FLOOR,
    least: int = LEAST,
) -> Scores:
    """Score a ledger whose sheets stand together by document; streaming."""
    cards, people, calibration = Cards(), People(), Calibration()
    documents = counted = 0
    for group in by_document(sheets):
        documents += 1
        counted += len(group)
        for part in (cards, people, calibration):
            part.add(group)
    done = cards.done()
    return Scores(
        documents=documents,
        sheets=counted,
        cards=tuple(done),
        verdicts=tuple(verdicts(done, settings or shipped(), floor=floor, least=least)),
        people=tuple(people.done()),
        anchoring=people.anchoring(),
        calibration=tuple(calibration.done()),
    )


class Calibration:
    """Whether a merged score means the probability that a person accepts the span."""

    def __init__(self) -> None:
        self._said = [0.0] * BINS
        self._right = [0] * BINS
        self._count = [0] * BINS

    def add(self, sheets: Sequence[Sheet]) -> None:
        """Count each judgement of a shown proposal once."""
        for sheet in sheets:
            rows = {
                (row.start, row.end, row.label): row
                for row in sheet.corrections
                if row.shown == "yes" and row.probability is not None
            }
            for row in rows.values():
                said = row.probability or 0.0
                place = min(BINS - 1, int(said * BINS))
                self._count[place] += 1
                self._said[place] += said
                self._right[place] += row.fate == "accepted"

    def done(self) -> list[Bin]:
        """The bins that hold something, by rising probability."""
        return [
            Bin(
                low=place / BINS,
                high=(place + 1) / BINS,
                said=round(self._said[place] / self._count[place], 4),
                right=rate(self._right[place], self._count[place]),
            )
            for place in range(BINS)
            if self._count[place]
        ]
