"""How people meet proposals: who departs from the others, what proposals hide, what time they save.

A person's fates are held against what the others made of the same rules and labels.  `excess` counts how far
he stands above that, `z` in standard deviations.  It names nobody as wrong: it says where to look first.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import sqrt
from statistics import median

import msgspec

from labeling.corrections.ledger import Sheet
from labeling.intervals import Difference, Rate, difference, rate

# What is watched, and the words for who does it far more often than the others do on the same proposals.
WATCHED = {
    "accepted": "accepts what others reject",
    "relabelled": "relabels what others leave",
    "edge moved": "moves edges that others leave",
    "deleted": "deletes what others keep",
}
Z_NAMED = 4.0
EXCESS_NAMED = 0.05


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One annotator: `shown` proposals judged; fate → z against the others; what stands out, in words."""

    author: str
    sheets: int
    shown: int
    fates: dict[str, int]
    z: dict[str, float]
    excess: dict[str, float]
    named: tuple[str, ...]
    seconds_per_1000: float | None


class Time(msgspec.Struct, frozen=True, kw_only=True):
    """Lead times: documents, median seconds each, median seconds per 1,000 characters."""

    documents: int
    seconds: float | None
    per_1000: float | None


class Anchoring(msgspec.Struct, frozen=True, kw_only=True):
    """What proposals do to people, shown against blind documents.

    missed           share of the human spans that no proposal holds, blind − shown: what people overlook
    accepted_wrongly share of proposals that people's spans equal, shown − blind: what they let pass
    """

    added_shown: Rate
    added_blind: Rate
    equal_shown: Rate
    equal_blind: Rate
    missed: Difference
    accepted_wrongly: Difference
    shown: Time
    blind: Time


class People:
    """Running counts over sheets; memory grows with people × rules, and with one number per sheet."""

    def __init__(self) -> None:
        self._fates: defaultdict[tuple[str, str, str], defaultdict[str, Counter[str]]] = defaultdict(
            lambda: defaultdict(Counter)
        )
        self._sheets: Counter[str] = Counter()
        self._times: defaultdict[str, list[tuple[float, int]]] = defaultdict(list)
        self._counts: Counter[tuple[bool, str]] = Counter()
        self._by_basis: defaultdict[bool, list[tuple[float, int]]] = defaultdict(list)

    def add(self, sheets: Sequence[Sheet]) -> None:
        """Count the current sheets of one document."""
        for sheet in sheets:
            self._sheets[sheet.author] += 1
            if sheet.seconds is not None:
                timed = (sheet.seconds, sheet.characters)
                self._by_basis[sheet.blind].append(timed)
                if not sheet.blind:
                    self._times[sheet.author].append(timed)
            seen = {
                (row.start, row.end, row.label): row
                for row in reversed(sheet.corrections)
                if row.shown != "dropped"
            }
            for row in seen.values():
                self._counts[sheet.blind, "proposed"] += 1
                self._counts[sheet.blind, "equal"] += row.fate in ("accepted", "value corrected")
                if not sheet.blind:
                    self._fates[row.source, row.rule, row.label][sheet.author][row.fate] += 1
            self._counts[sheet.blind, "left"] += len(sheet.left)
            self._counts[sheet.blind, "added"] += sum(left.added for left in sheet.left)

    def done(self) -> list[Person]:
        """Every annotator, by pseudonym."""
        return [self._person(author) for author in sorted(self._sheets)]

    def anchoring(self) -> Anchoring:
        """What proposals do to people; rates without blind documents are empty."""
        added = {basis: self._rate(basis, "added", "left") for basis in (False, True)}
        equal = {basis: self._rate(basis, "equal", "proposed") for basis in (False, True)}
        return Anchoring(
            added_shown=added[False],
            added_blind=added[True],
            equal_shown=equal[False],
            equal_blind=equal[True],
            missed=difference(added[True], added[False]),
            accepted_wrongly=difference(equal[False], equal[True]),
            shown=_time(self._by_basis[False]),
            blind=_time(self._by_basis[True]),
        )

    def _rate(self, blind: bool, part: str, whole: str) -> Rate:
        return rate(self._counts[blind, part], self._counts[blind, whole])

    def _person(self, author: str) -> Person:
        own: Counter[str] = Counter()
        z, excess = {}, {}
        for by_author in self._fates.values():
            own.update(by_author.get(author, Counter()))
        for fate in WATCHED:
            z[fate], excess[fate] = self._against_others(author, fate)
        named = tuple(
            words for fate, words in WATCHED.items() if z[fate] >= Z_NAMED and excess[fate] >= EXCESS_NAMED
        )
        return Person(
            author=author,
            sheets=self._sheets[author],
            shown=own.total(),
            fates=dict(sorted(own.items())),
            z={fate: round(value, 2) for fate, value in z.items()},
            excess={fate: round(value, 4) for fate, value in excess.items()},
            named=named,
            seconds_per_1000=_time(self._times[author]).per_1000,
        )

    def _against_others(self, author: str, fate: str) -> tuple[float, float]:
        """(z, excess share) of one fate against the others on the same rules and labels."""
        seen = expected = variance = judged = 0.0
        for by_author in self._fates.values():
            mine = by_author.get(author)
            others: Counter[str] = Counter()
            for name, fates in by_author.items():
                if name != author:
                    others.update(fates)
            if not mine or not others:
                continue
            n, m = mine.total(), others.total()
            share = (others[fate] + 0.5) / (m + 1)
            seen += mine[fate]
            judged += n
            expected += n * share
            variance += n * share * (1 - share) * (1 + n / m)
        if not judged:
            return 0.0, 0.0
        return (seen - expected) / sqrt(variance), (seen - expected) / judged


def _time(timed: Sequence[tuple[float, int]]) -> Time:
    return Time(
        documents=len(timed),
        seconds=round(median(seconds for seconds, _ in timed), 1) if timed else None,
        per_1000=round(median(1000 * seconds / max(1, size) for seconds, size in timed), 1)
        if timed
        else None,
    )
