"""Counting agreement, one document after the other, into the tables that measures are drawn from."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations
from typing import Any

import msgspec

from corpus.document import Document
from labeling.agreement.alpha import Sums, Unit, alpha_1995, joined_1995, sums
from labeling.agreement.kinds import Topics
from labeling.agreement.spans import Key, compare, depths, f1
from labeling.agreement.table import Table
from labeling.evidence import voices
from labeling.scheme import Scheme
from labeling.span import AnnotatedSpan, Annotation, Layer

Rows = defaultdict[Any, defaultdict[Any, float]]
Units = dict[tuple[str, int], list[Unit]]
LAYERS: tuple[Layer, ...] = ("names", "numbers")


class Low(msgspec.Struct, frozen=True):
    """A document and its exact F1 over all pairs."""

    document: str
    exact: float
    annotators: int


class Foreign(msgspec.Struct, frozen=True):
    """An annotation that somebody else than its owner edited."""

    document: str
    author: str
    editor: str
    annotation: int


class Continuum:
    """Two annotators' units of each label and depth over documents end to end."""

    def __init__(self) -> None:
        self._length = 0
        self._units: defaultdict[tuple[str, int], tuple[list[Unit], list[Unit]]] = defaultdict(
            lambda: ([], [])
        )

    def add(self, both: tuple[Units, Units], length: int) -> None:
        """One document's units of both, in a text of `length`."""
        at = self._length
        for side, units in enumerate(both):
            for place, spans in units.items():
                self._units[place][side].extend([(at + start, at + end) for start, end in spans])
        self._length += length

    def alpha(self) -> float | None:
        """_Uα of 1995 over all labels and depths."""
        found = joined_1995(
            {
                f"{label}/{depth}": alpha_1995(both, self._length)
                for (label, depth), both in self._units.items()
            }
        )
        return None if found is None else round(found, 6)


class Run:
    """The tables of a measure in the making: `add` each document, then read them."""

    def __init__(self, scheme: Scheme, pseudonym: Callable[[str], str]) -> None:
        self.scheme, self.pseudonym = scheme, pseudonym
        self.whole, self.blind = Table(scheme), Table(scheme)
        self.pairs: defaultdict[tuple[str, str], Table] = defaultdict(lambda: Table(scheme))
        self.rounds: defaultdict[str, Table] = defaultdict(lambda: Table(scheme))
        self.low: list[Low] = []
        self.topics = Topics()
        self.foreign: list[Foreign] = []
        self.unknown: Counter[str] = Counter()
        self.schemes: Counter[str] = Counter()
        self._known = frozenset(scheme.names)
        self.edges: defaultdict[tuple[str, str], Continuum] = defaultdict(Continuum)

    def add(self, document: Document, annotations: Sequence[Annotation]) -> None:
        """Count one document into every table that it belongs to."""
        heard = voices(item for item in annotations if item.digest == document.digest)
        self.foreign += [
            Foreign(said.document, self.pseudonym(said.author), self.pseudonym(said.editor), said.key[2])
            for said in heard
            if said.editor != said.author
        ]
        self.unknown.update(
            span.label for said in heard for span in said.spans if span.label not in self._known
        )
        rows: Rows = defaultdict(lambda: defaultdict(float))
        people: set[str] = set()
        for group, layer, length in _groups(document, heard):
            people |= {said.author for said in group}
            self.schemes.update(said.scheme for said in group)
            self._layer(document, group, layer, length, rows)
        if not rows:
            return
        whole = rows.pop("whole")
        self.whole.add(whole)
        exact = f1(whole["*", "exact"], whole["*", "one"], whole["*", "other"])
        if exact is not None:
            self.low.append(Low(document.id, round(exact, 6), len(people)))
        for (kind, name), row in rows.items():
            tables: dict[str, Any] = {"pair": self.pairs, "round": self.rounds, "blind": {"": self.blind}}
            tables[kind][name].add(row)

    def _layer(
        self,
        document: Document,
        group: Sequence[Annotation],
        layer: Layer,
        length: int,
        rows: Rows,
    ) -> None:
        labels = self.scheme.layer(layer)
        desk = _Desk(
            document=document,
            group=group,
            spans=[[span for span in said.spans if span.label in labels] for said in group],
            layer=layer,
            length=length,
        )
        everybody = tuple(range(len(group)))
        chosen: dict[Any, tuple[int, ...]] = {"whole": everybody}
        for name in {said.round for said in group}:
            chosen["round", name] = tuple(at for at in everybody if group[at].round == name)
        chosen["blind", ""] = tuple(at for at in everybody if group[at].blind)
        for place, who in chosen.items():
            if len(who) > 1:
                desk.unitizing(who, rows[place])
        for here, there in combinations(everybody, 2):
            self._pair(desk, here, there, rows)

    def _pair(self, desk: _Desk, here: int, there: int, rows: Rows) -> None:
        group = desk.group
        one, other = (self.pseudonym(group[place].author) for place in (here, there))
        if one > other:
            one, other, here, there = other, one, there, here
        named = ("pair", (one, other))
        self.edges[one, other].add((desk.units[here], desk.units[there]), desk.length)
        desk.unitizing((here, there), rows[named])
        places: list[Any] = ["whole", named]
        if group[here].round == group[there].round:
            places.append(("round", group[here].round))
        if group[here].blind and group[there].blind:
            places.append(("blind", ""))
        for label, counts in compare(desk.keys[here], desk.keys[there]).items():
            for name in ("one", "other", "exact", "free", "partial"):
                value = getattr(counts, name)
                for place in places:
                    rows[place][label, name] += value
        sides = (one, desk.spans[here]), (other, desk.spans[there])
        self.topics.add(desk.document.id, desk.document.text, *sides)


class _Desk:
    """The spans of everybody who judged one layer and part of a document, each placed once."""

    def __init__(
        self,
        *,
        document: Document,
        group: Sequence[Annotation],
        spans: Sequence[Sequence[AnnotatedSpan]],
        layer: Layer,
        length: int,
    ) -> None:
        self.document, self.group, self.spans = document, group, spans
        self.layer, self.length = layer, length
        self.keys = [[(span.start, span.end, span.label) for span in left] for left in spans]
        self.units = [_units(left) for left in self.keys]
        self._sums: dict[tuple[int, ...], dict[tuple[str, int], Sums]] = {}

    def unitizing(self, who: tuple[int, ...], row: defaultdict[Any, float]) -> None:
        """Add the sums of α over these annotators to a row."""
        who = tuple(sorted(who))
        row[self.layer, "total"] += len(who) * self.length
        if who not in self._sums:
            places = {place for at in who for place in self.units[at]}
            self._sums[who] = {place: sums([self.units[at].get(place, []) for at in who]) for place in places}
        for (label, depth), found in self._sums[who].items():
            row[label, depth, "units"] += found.units
            row[label, depth, "squares"] += found.squares
            row[label, depth, "shared"] += found.shared


def _units(keys: Sequence[Key]) -> Units:
    """(label, depth) → the units there, sorted."""
    found: Units = {}
    for span, depth in depths(keys).items():
        found.setdefault((span[2], depth), []).append((span[0], span[1]))
    for units in found.values():
        units.sort()
    return found


def _groups(document: Document, heard: Sequence[Annotation]) -> Iterator[tuple[list[Annotation], Layer, int]]:
    """(annotations, layer, length) for each layer and part that at least two people judged."""
    for layer in LAYERS:
        by_part: defaultdict[tuple[int, int] | None, list[Annotation]] = defaultdict(list)
        for said in heard:
            if said.layer in (layer, "both"):
                by_part[said.part].append(said)
        for part, group in sorted(by_part.items(), key=lambda item: item[0] or (0, 0)):
            newest = {said.author: said for said in sorted(group, key=lambda item: item.updated_at)}
            if len(newest) > 1:
                length = len(document.text) if part is None else part[1] - part[0]
                yield [newest[name] for name in sorted(newest)], layer, length
