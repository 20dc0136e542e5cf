"""The ledger of one annotation: each source's proposals with their fates, and what the person added.

`shown` says how a proposal met the person: `yes`, `blind` (the merge passed it, this person was not shown
any), or `dropped` (the merge did not pass it).  Only `yes` is a correction; the others are measured beside
it.  For every source the number of proposals equals the sum of their fates; `check` holds it on each run.

Names and numbers are judged apart: an annotation of one layer says nothing of the other, and a proposal
outside the annotated part of a document was not judged either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from corpus.errors import DataError
from labeling.corrections.fates import Fate, Mark, fates
from labeling.scheme import Scheme
from labeling.span import Annotation, Layer, Proposal, Source

Shown = Literal["yes", "dropped", "blind"]
SHOWN: tuple[Shown, ...] = ("yes", "dropped", "blind")


class Correction(msgspec.Struct, frozen=True, kw_only=True):
    """One span that one rule of one source proposed, and its fate.  `became` is what the person left."""

    source: str
    version: str
    rule: str
    score: float
    probability: float | None
    layer: Layer
    start: int
    end: int
    label: str
    text: str
    shown: Shown
    fate: Fate
    became: tuple[int, int, str] | None = None


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """One span as the person left it; `added` when no shown proposal explains it."""

    start: int
    end: int
    label: str
    text: str
    layer: Layer
    added: bool


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger of one state of one annotation.  `current` is false once a later state replaced it.

    `characters` is how many code points of the document were judged; `seconds` the lead time.
    """

    key: tuple[str, int, int, str]
    document: str
    digest: str
    round: str
    scheme: str
    guideline: str
    author: str
    blind: bool
    current: bool
    updated_at: str
    characters: int
    seconds: float | None
    merge_version: str | None
    corrections: tuple[Correction, ...]
    left: tuple[Left, ...]


def sheet(
    said: Annotation,
    characters: int,
    merged: Sequence[Proposal],
    proposed: Mapping[str, Sequence[Proposal]],
    *,
    scheme: Scheme,
    pseudonym: Callable[[str], str] = lambda author: author,
    current: bool = True,
) -> Sheet:
    """The ledger of an annotation.

    `merged` are the proposals that the merge passed (the snapshot that was shown, or, for a blind
    annotation, what would have been); `proposed` is source → all its proposals, where they are still
    known.  Raises DataError when proposals and fates do not add up.
    """
    judged = _Judged(said, scheme)
    kept = [item for item in merged if judged(item.span)]
    human = [Mark(span.start, span.end, span.label, span.norm, span.region) for span in said.spans]
    outcome = fates([_mark(item, said.blind) for item in kept], human)
    rows: list[Correction] = []
    shown: Shown = "blind" if said.blind else "yes"
    for item, (fate, mate) in zip(kept, outcome.fates, strict=True):
        by_rule = {(source.source, source.rule): source for source in reversed(item.sources)}
        rows += [
            _row(item, source, scheme=scheme, shown=shown, fate=fate, became=_where(human, mate))
            for source in reversed(by_rule.values())
        ]
    passed = {(row.source, row.rule, row.start, row.end, row.label) for row in rows}
    for name, given in sorted(proposed.items()):
        dropped = [item for item in _unpassed(name, given, passed) if judged(item.span)]
        missed = fates([_mark(item, True) for item in dropped], human)
        for item, (fate, mate) in zip(dropped, missed.fates, strict=True):
            became = _where(human, mate)
            row = _row(
                item, item.sources[0], scheme=scheme, shown="dropped", fate=fate, became=became, merged=False
            )
            rows.append(row)
    added = set(outcome.added)
    layers = {label.name: label.layer for label in scheme.labels}
    found = Sheet(
        key=said.key,
        document=said.document,
        digest=said.digest,
        round=said.round,
        scheme=said.scheme,
        guideline=said.guideline,
        author=pseudonym(said.author),
        blind=said.blind,
        current=current,
        updated_at=said.updated_at,
        characters=characters if said.part is None else said.part[1] - said.part[0],
        seconds=said.lead_time,
        merge_version=said.merge_version,
        corrections=tuple(rows),
        left=tuple(
            Left(
                start=span.start,
                end=span.end,
                label=span.label,
                text=span.text,
                layer=layers[span.label],
                added=index in added,
            )
            for index, span in enumerate(said.spans)
            if span.label in layers
        ),
    )
    check(found, count_proposed(kept, proposed, judged))
    return found


class _Judged:
    """Whether a span lies in the part and the layer that an annotation judged."""

    def __init__(self, said: Annotation, scheme: Scheme) -> None:
        self._part = said.part
        self._labels = (
            frozenset(scheme.names)
            if said.layer == "both"
            else scheme.layer("names" if said.layer == "names" else "numbers")
        )

    def __call__(self, span: object) -> bool:
        start, end, label = (getattr(span, name) for name in ("start", "end", "label"))
        inside = self._part is None or (self._part[0] <= start and end <= self._part[1])
        return inside and label in self._labels


def count_proposed(
    kept: Iterable[Proposal], proposed: Mapping[str, Sequence[Proposal]], judged: Callable[[object], bool]
) -> Counter[str]:
    """source → how many spans it proposed within what was judged, counted without looking at fates."""
    said: dict[str, set[tuple[str, int, int, str]]] = {}
    for item in [*kept, *(item for given in proposed.values() for item in given)]:
        if judged(item.span):
            for source in item.sources:
                place = (source.rule, item.span.start, item.span.end, item.span.label)
                said.setdefault(source.source, set()).add(place)
    return Counter({name: len(places) for name, places in said.items()})


def check(found: Sheet, proposed: Mapping[str, int]) -> None:
    """Raises DataError unless, for every source, proposed = the sum of its fates over all of `shown`."""
    sums = Counter(row.source for row in found.corrections)
    for source in sorted({*sums, *proposed}):
        if sums[source] != proposed.get(source, 0):
            raise DataError(
                f"document {found.document!r}, annotation {found.key[2]}: {source} proposed "
                f"{proposed.get(source, 0)} spans but {sums[source]} have a fate; please report it"
            )


def _mark(item: Proposal, unseen: bool) -> Mark:
    span = item.span
    return Mark(span.start, span.end, span.label, span.norm, "" if unseen else item.region)


def _where(human: Sequence[Mark], mate: int) -> tuple[int, int, str] | None:
    return None if mate < 0 else (human[mate].start, human[mate].end, human[mate].label)


def _unpassed(
    name: str, given: Iterable[Proposal], passed: set[tuple[str, str, int, int, str]]
) -> list[Proposal]:
    """One proposal for each of the source's rules and spans that is not among those passed."""
    rest: dict[tuple[str, str, int, int, str], Proposal] = {}
    for item in given:
        for source in item.sources:
            place = (name, source.rule, item.span.start, item.span.end, item.span.label)
            if place not in passed and place not in rest:
                rest[place] = Proposal(span=item.span, sources=(source,), score=item.score)
    return list(rest.values())


def _row(
    item: Proposal,
    source: Source,
    *,
    scheme: Scheme,
    shown: Shown,
    fate: Fate,
    became: tuple[int, int, str] | None,
    merged: bool = True,
) -> Correction:
    span = item.span
    return Correction(
        source=source.source,
        version=source.version,
        rule=source.rule,
        score=source.score,
        probability=item.score if merged else None,
        layer=scheme.layer_of(span.label),
        start=span.start,
        end=span.end,
        label=span.label,
        text=span.text,
        shown=shown,
        fate=fate,
        became=became,
    )
