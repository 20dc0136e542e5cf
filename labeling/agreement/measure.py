"""Agreement over a stream of documents: between every pair, over all, per label, round and document."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

import msgspec

from corpus.document import Document
from labeling.agreement.alpha import Unit, alpha_1995, joined_1995, sums
from labeling.agreement.kinds import Topic, Topics
from labeling.agreement.spans import Key, compare, depths, f1
from labeling.agreement.table import DRAWS, Line, Table
from labeling.evidence import voices
from labeling.scheme import Scheme
from labeling.span import AnnotatedSpan, Annotation, Layer

Rows = defaultdict[Any, defaultdict[Any, float]]
LAYERS: tuple[Layer, ...] = ("names", "numbers")


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two annotators on the documents that both did.

    `alpha_1995` is the older coefficient over the documents end to end, for comparison with other tools.
    """

    one: str
    other: str
    documents: int
    lines: tuple[Line, ...]
    alpha_1995: float | None = None


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """All pairs of one round."""

    round: str
    documents: int
    lines: tuple[Line, ...]


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


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What `vicivic agreement` reports.

    `blind` holds pairs of people who both saw no proposals; `unknown` counts spans whose label the scheme
    does not know: they are compared nowhere.
    """

    documents: int
    lines: tuple[Line, ...]
    blind: tuple[Line, ...]
    pairs: tuple[Pair, ...]
    rounds: tuple[Round, ...]
    lowest: tuple[Low, ...]
    kinds: dict[str, int]
    topics: tuple[Topic, ...]
    foreign: tuple[Foreign, ...]
    unknown: dict[str, int] = {}


def measure(
    documents: Iterable[tuple[Document, Sequence[Annotation]]],
    *,
    scheme: Scheme,
    pseudonym: Callable[[str], str] = lambda author: author,
    draws: int = DRAWS,
    topics: int = 20,
    lowest: int = 20,
) -> Agreement:
    """Measure documents with the latest annotations of their present revision.

    Documents with fewer than two voices in a layer and part count nowhere.  Memory holds one row of counts
    a document, not its text.
    """
    run = _Run(scheme, pseudonym)
    for document, said in documents:
        run.add(document, said)
    return Agreement(
        documents=len(run.whole),
        lines=tuple(run.whole.lines(draws)),
        blind=tuple(run.blind.lines(draws)),
        pairs=tuple(
            Pair(
                one=one,
                other=other,
                documents=len(table),
                lines=tuple(table.lines(draws)),
                alpha_1995=run.edges[one, other].alpha(),
            )
            for (one, other), table in sorted(run.pairs.items())
        ),
        rounds=tuple(
            Round(round=name, documents=len(table), lines=tuple(table.lines(draws)))
            for name, table in sorted(run.rounds.items())
        ),
        lowest=tuple(sorted(run.low, key=lambda item: (item.exact, item.document))[:lowest]),
        kinds={kind: run.topics.kinds[kind] for kind in sorted(run.topics.kinds)},
        topics=tuple(run.topics.worst(topics)),
        foreign=tuple(run.foreign),
        unknown=dict(sorted(run.unknown.items())),
    )


class Continuum:
    """Two annotators' units of each label and depth over documents end to end."""

    def __init__(self) -> None:
        self._length = 0
        self._units: defaultdict[tuple[str, int], tuple[list[Unit], list[Unit]]] = defaultdict(
            lambda: ([], [])
        )

    def add(self, keys: Sequence[Sequence[Key]], length: int) -> None:
        """One document's spans of both, whose offsets lie in a text of `length`."""
        for side, spans in enumerate(keys):
            for span, depth in depths(spans).items():
                unit = (self._length + span[0], self._length + span[1])
                self._units[span[2], depth][side].append(unit)
        self._length += length

    def alpha(self) -> float | None:
        """_Uα of 1995 over all labels and depths."""
        found = joined_1995(
            {
                f"{label}/{depth}": alpha_1995([sorted(spans) for spans in both], self._length)
                for (label, depth), both in self._units.items()
            }
        )
        return None if found is None else round(found, 6)


class _Run:
    def __init__(self, scheme: Scheme, pseudonym: Callable[[str], str]) -> None:
        self.scheme, self.pseudonym = scheme, pseudonym
        self.whole, self.blind = Table(scheme), Table(scheme)
        self.pairs: defaultdict[tuple[str, str], Table] = defaultdict(lambda: Table(scheme))
        self.rounds: defaultdict[str, Table] = defaultdict(lambda: Table(scheme))
        self.low: list[Low] = []
        self.topics = Topics()
        self.foreign: list[Foreign] = []
        self.unknown: Counter[str] = Counter()
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
            span.label for said in heard for span in said.spans if span.label not in self.scheme
        )
        rows: Rows = defaultdict(lambda: defaultdict(float))
        people: set[str] = set()
        for group, layer, length in _groups(document, heard):
            people |= {said.author for said in group}
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
        spans = [[span for span in said.spans if span.label in labels] for said in group]
        keys = [[(span.start, span.end, span.label) for span in left] for left in spans]
        self._unitizing(keys, layer, length, rows["whole"])
        for name in sorted({said.round for said in group}):
            mine = [left for left, said in zip(keys, group, strict=True) if said.round == name]
            if len(mine) > 1:
                self._unitizing(mine, layer, length, rows["round", name])
        unseen = [left for left, said in zip(keys, group, strict=True) if said.blind]
        if len(unseen) > 1:
            self._unitizing(unseen, layer, length, rows["blind", ""])
        for here, there in combinations(range(len(group)), 2):
            self._pair(document, group, spans, keys, here, there, layer, length, rows)

    def _pair(
        self,
        document: Document,
        group: Sequence[Annotation],
        spans: Sequence[Sequence[AnnotatedSpan]],
        keys: Sequence[Sequence[Key]],
        here: int,
        there: int,
        layer: Layer,
        length: int,
        rows: Rows,
    ) -> None:
        one, other = (self.pseudonym(group[place].author) for place in (here, there))
        if one > other:
            one, other, here, there = other, one, there, here
        named = ("pair", (one, other))
        self.edges[one, other].add([keys[here], keys[there]], length)
        self._unitizing([keys[here], keys[there]], layer, length, rows[named])
        places: list[Any] = ["whole", named]
        if group[here].round == group[there].round:
            places.append(("round", group[here].round))
        if group[here].blind and group[there].blind:
            places.append(("blind", ""))
        for label, counts in compare(keys[here], keys[there]).items():
            for name in ("one", "other", "exact", "free", "partial"):
                value = getattr(counts, name)
                for place in places:
                    rows[place][label, name] += value
        self.topics.add(document.id, document.text, (one, spans[here]), (other, spans[there]))

    def _unitizing(
        self, keys: Sequence[Sequence[Key]], layer: Layer, length: int, row: defaultdict[Any, float]
    ) -> None:
        row[layer, "total"] += len(keys) * length
        units: defaultdict[tuple[str, int], list[list[tuple[int, int]]]] = defaultdict(
            lambda: [[] for _ in keys]
        )
        for place, spans in enumerate(keys):
            for span, depth in depths(spans).items():
                units[span[2], depth][place].append((span[0], span[1]))
        for (label, depth), by_annotator in units.items():
            found = sums([sorted(left) for left in by_annotator])
            row[label, depth, "units"] += found.units
            row[label, depth, "squares"] += found.squares
            row[label, depth, "shared"] += found.shared


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
