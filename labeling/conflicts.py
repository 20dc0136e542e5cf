"""What annotators of one document can't settle between them, and groups of it that are decided at once.

A conflict is a run of overlapping spans that not all annotators have.  Its options are their readings:
`A`, `B`, … in an order that depends on the readings alone, so that `A` means the same all over a group;
`both` takes all of them together, `neither` none.  Everything here is pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

import msgspec

from corpus.document import Document
from corpus.errors import UsageError
from labeling.agreement.kinds import differences
from labeling.corrections.fates import same_value
from labeling.decisions import Decision, Key, Target, Word
from labeling.markup import window
from labeling.norm import Norm
from labeling.span import AnnotatedSpan, Annotation, find_crossing

LETTERS = "ABCDEFGHIJ"
BOTH, NEITHER = "both", "neither"
CONTEXT = 80


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """What some of the annotators have there: their disputed spans, and their pseudonyms."""

    spans: tuple[Target, ...]
    by: tuple[str, ...]


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """One place that waits for a curator."""

    document: str
    digest: str
    start: int
    end: int
    text: str
    before: str
    after: str
    kind: str
    readings: tuple[Reading, ...]

    @property
    def group(self) -> tuple[str, str, str]:
        """(surface, kind, readings as words): the same for all conflicts that look alike."""
        return self.text.casefold(), self.kind, " | ".join(self.words(item) for item in self.readings)

    def words(self, reading: Reading) -> str:
        """A reading relative to the conflict, as a person reads it."""
        if not reading.spans:
            return "nothing"
        return ", ".join(
            item.label + ("" if item.text == self.text else f" {item.text!r}") + _value(item.norm)
            for item in reading.spans
        )

    @property
    def choices(self) -> tuple[str, ...]:
        """The names of what can be decided here."""
        named = tuple(LETTERS[: len(self.readings)])
        union = {(item.start, item.end, item.label): item for one in self.readings for item in one.spans}
        together = len(union) > 1 and find_crossing(list(union.values())) is None
        return (*named, BOTH, NEITHER) if together else (*named, NEITHER)


def conflicts(
    document: Document,
    voices: Sequence[Annotation],
    labels: frozenset[str],
    *,
    pseudonym: Callable[[str], str],
    words: Mapping[Key, Word] | None = None,
    majority: bool = True,
) -> list[Conflict]:
    """The open conflicts of one layer and part among its voices, in the order of the text.

    With `majority`, a span that a strict majority of three or more has, or lacks, is settled.  A span on
    which a word was spoken is never asked again.
    """
    disputed = _disputed(voices, labels, words or {}, majority)
    found = []
    for run in _runs(disputed):
        readings = _readings(voices, set(run), pseudonym)
        if len(readings) > 1:
            extents = [item for reading in readings for item in reading.spans]
            found.append(_conflict(document, extents, _kind(voices, set(run)), readings))
    return found


def crossings(document: Document, spans: Mapping[Key, tuple[str, ...]]) -> list[Conflict]:
    """Conflicts between settled spans (span → who stands behind it) that cross or share their characters."""
    left = {
        key: Target(start=key[0], end=key[1], label=key[2], text=document.text[key[0] : key[1]])
        for key in spans
    }
    found = []
    while (pair := find_crossing(list(left.values()))) is not None:
        one, other = pair
        readings = [
            Reading(spans=(item,), by=spans[item.start, item.end, item.label]) for item in (one, other)
        ]
        found.append(_conflict(document, (one, other), "crossing", tuple(sorted(readings, key=_order))))
        del left[other.start, other.end, other.label]
    return found


def _conflict(
    document: Document, extents: Iterable[Target], kind: str, readings: tuple[Reading, ...]
) -> Conflict:
    extents = list(extents)
    start, end = min(item.start for item in extents), max(item.end for item in extents)
    low, high = window(document.text, start, end, CONTEXT)
    return Conflict(
        document=document.id,
        digest=document.digest,
        start=start,
        end=end,
        text=document.text[start:end],
        before=document.text[low:start],
        after=document.text[end:high],
        kind=kind,
        readings=readings,
    )


def grouped(found: Iterable[Conflict]) -> list[list[Conflict]]:
    """Conflicts that look alike together, the most frequent group first."""
    ordered = sorted(found, key=lambda item: (item.group, item.document, item.start))
    groups = [list(items) for _, items in groupby(ordered, key=lambda item: item.group)]
    return sorted(groups, key=lambda items: (-len(items), items[0].group))


def title(group: Sequence[Conflict]) -> str:
    """A group in one line: "Huyện ủy: ORG or nothing, 41 times"."""
    first = group[0]
    options = " or ".join(first.words(item) for item in first.readings)
    return f"{first.text}: {options}, {len(group)} time{'s' * (len(group) > 1)}"


def resolve(conflict: Conflict, choice: str, *, by: str, batch: str = "", reason: str = "") -> list[Decision]:
    """One decision for each span that any reading has.  Raises UsageError for a choice it does not offer."""
    if choice not in conflict.choices:
        raise UsageError(f"no choice {choice!r} here; there are {', '.join(conflict.choices)}")
    chosen: dict[Key, Target] = {}
    for place, reading in enumerate(conflict.readings):
        if choice in (BOTH, LETTERS[place]):
            for item in reading.spans:
                chosen.setdefault((item.start, item.end, item.label), item)
    spans = {(item.start, item.end, item.label): item for one in conflict.readings for item in one.spans}
    return [
        Decision(
            by=by,
            document=conflict.document,
            digest=conflict.digest,
            start=start,
            end=end,
            label=label,
            text=item.text,
            action="keep" if (start, end, label) in chosen else "delete",
            to=chosen.get((start, end, label)),
            reason=reason or f"{choice} of {conflict.group[2]}",
            batch=batch,
        )
        for (start, end, label), item in sorted(spans.items(), key=lambda entry: entry[0])
    ]


def _disputed(
    voices: Sequence[Annotation], labels: frozenset[str], words: Mapping[Key, Word], majority: bool
) -> list[Key]:
    hands: dict[Key, list[AnnotatedSpan]] = {}
    for said in voices:
        for span in said.spans:
            if span.label in labels:
                hands.setdefault((span.start, span.end, span.label), []).append(span)
    many = len(voices)
    quorum = many // 2 + 1
    found = []
    for key, spans in hands.items():
        agreeing = _most([span.norm for span in spans if span.norm is not None], len(spans))
        unsettled_value = len(spans) >= quorum and agreeing < (quorum if majority else len(spans))
        unsettled_span = len(spans) < many and not (majority and many > 2)
        if key not in words and (unsettled_span or unsettled_value):
            found.append(key)
    return sorted(found)


def _most(given: Sequence[Norm], hands: int) -> int:
    """How many do not contradict the value that most gave."""
    if not given:
        return hands
    return max(sum(same_value(one, other) for other in given) for one in given) + hands - len(given)


def _runs(keys: Sequence[Key]) -> list[list[Key]]:
    """Keys in groups that overlap."""
    runs: list[list[Key]] = []
    reached = -1
    for key in keys:
        if key[0] >= reached:
            runs.append([])
        runs[-1].append(key)
        reached = max(reached, key[1])
    return runs


def _readings(
    voices: Sequence[Annotation], keys: set[Key], pseudonym: Callable[[str], str]
) -> tuple[Reading, ...]:
    found: dict[tuple[Target, ...], list[str]] = {}
    for said in voices:
        spans = tuple(
            Target(start=span.start, end=span.end, label=span.label, text=span.text, norm=span.norm)
            for span in sorted(said.spans, key=lambda item: (item.start, -item.end, item.label))
            if (span.start, span.end, span.label) in keys
        )
        found.setdefault(spans, []).append(pseudonym(said.author))
    readings = [Reading(spans=spans, by=tuple(sorted(by))) for spans, by in found.items()]
    return tuple(sorted(readings, key=_order))


def _order(reading: Reading) -> tuple[int, list[tuple[int, str, str]]]:
    first = min((item.start for item in reading.spans), default=0)
    return -len(reading.spans), [
        (item.start - first, item.label, item.text.casefold() + _value(item.norm)) for item in reading.spans
    ]


def _kind(voices: Sequence[Annotation], keys: set[Key]) -> str:
    sides = [[span for span in said.spans if (span.start, span.end, span.label) in keys] for said in voices]
    other = next((side for side in sides[1:] if side != sides[0]), sides[-1])
    kinds = sorted({kind for kind, _, _ in differences(sides[0], other)})
    return " and ".join(kinds) or "value"


def _value(norm: Norm | None) -> str:
    if norm is None:
        return ""
    said = norm.edtf or norm.value or f"{norm.low}…{norm.high}"
    return f" = {said}{' ' + norm.unit if norm.unit else ''}"
