"""Precision, recall and F1 of each source and rule × label × round, streaming over the ledger.

A proposal is right when it was accepted as it was: edges, label and value.  What several people judged
counts once, by the share of them who accepted it; a human span counts by the share who have it.  `*` sums
over rules, labels or rounds; the source `merge` is what the merge passed, whoever proposed it.

Two bases are kept apart: `corrected` (people saw the proposals, which pulls them towards accepting) and
`blind` (they did not).  What the merge dropped is counted beside them and enters neither.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Literal, NamedTuple

import msgspec

from labeling.corrections.ledger import Correction, Sheet
from labeling.intervals import Rate, f1_rate, rate

Basis = Literal["corrected", "blind"]
BASES: tuple[Basis, ...] = ("corrected", "blind")
MERGE = "merge"
ALL = "*"


class Place(NamedTuple):
    """What a card is about; `*` stands for all."""

    source: str
    rule: str
    label: str
    round: str
    basis: Basis


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the scorecards.  `fates` are judgements; `dropped_right` would have been accepted."""

    source: str
    rule: str
    label: str
    round: str
    basis: Basis
    precision: Rate
    recall: Rate
    f1: Rate
    fates: dict[str, int]
    dropped: int = 0
    dropped_right: int = 0


class Tally:
    """Running sums of one card."""

    __slots__ = ("dropped", "dropped_right", "fates", "proposed", "right")

    def __init__(self) -> None:
        self.proposed = self.right = 0.0
        self.fates: Counter[str] = Counter()
        self.dropped = self.dropped_right = 0


class Cards:
    """Scorecards in the making: `add` the sheets of one document at a time, then `done()`."""

    def __init__(self) -> None:
        self._tallies: defaultdict[Place, Tally] = defaultdict(Tally)
        self._true: defaultdict[tuple[str, str, Basis], float] = defaultdict(float)

    def add(self, sheets: Sequence[Sheet]) -> None:
        """Count the current sheets of one document."""
        for basis in BASES:
            chosen = [sheet for sheet in sheets if sheet.blind == (basis == "blind")]
            for name in sorted({sheet.round for sheet in chosen}):
                self._count([sheet for sheet in chosen if sheet.round == name], name, basis)

    def done(self) -> list[Card]:
        """Every card, ordered by source, rule, label, round and basis."""
        return [self._card(place, self._tallies[place]) for place in sorted(self._tallies)]

    def _count(self, sheets: Sequence[Sheet], name: str, basis: Basis) -> None:
        share = 1 / len(sheets)
        for sheet in sheets:
            for left in sheet.left:
                for label in (left.label, ALL):
                    for round_ in (name, ALL):
                        self._true[label, round_, basis] += share
        judged: defaultdict[tuple[str, str, int, int, str], dict[int, Correction]] = defaultdict(dict)
        for number, sheet in enumerate(sheets):
            for row in sheet.corrections:
                if row.shown == "dropped":
                    self._drop(row, name, basis)
                    continue
                for source, rule in ((row.source, row.rule), (row.source, ALL), (MERGE, ALL)):
                    judged[source, rule, row.start, row.end, row.label][number] = row
        for (source, rule, _, _, label), rows in judged.items():
            right = sum(row.fate == "accepted" for row in rows.values()) / len(rows)
            for tally in self._levels(source, rule, label, name, basis):
                tally.proposed += 1
                tally.right += right
                tally.fates.update(row.fate for row in rows.values())

    def _drop(self, row: Correction, name: str, basis: Basis) -> None:
        for rule in (row.rule, ALL):
            for tally in self._levels(row.source, rule, row.label, name, basis):
                tally.dropped += 1
                tally.dropped_right += row.fate == "accepted"

    def _levels(self, source: str, rule: str, label: str, name: str, basis: Basis) -> Iterator[Tally]:
        for round_ in (name, ALL):
            for label_ in (label, ALL):
                yield self._tallies[Place(source, rule, label_, round_, basis)]

    def _card(self, place: Place, tally: Tally) -> Card:
        true = self._true[place.label, place.round, place.basis]
        return Card(
            **place._asdict(),
            precision=rate(tally.right, tally.proposed),
            recall=rate(min(tally.right, true), true),
            f1=f1_rate(min(tally.right, true), tally.proposed, true),
            fates=dict(sorted(tally.fates.items())),
            dropped=tally.dropped,
            dropped_right=tally.dropped_right,
        )


def by_document(sheets: Iterable[Sheet]) -> Iterator[list[Sheet]]:
    """The current sheets of one document after the other; sheets of a document must stand together."""
    for _, group in groupby(sheets, key=lambda sheet: (sheet.document, sheet.digest)):
        current = [sheet for sheet in group if sheet.current]
        if current:
            yield current
