"""One fate for each proposed span, and the human spans that no proposal explains.

A region id that lives on decides which human span a proposal became; without one, human spans that no
region claims are looked at.  The fate is then the first of `FATES` that holds:

accepted         same edges, label and value
value corrected  same edges and label, another value
relabelled       same edges, another label
split            it covers two or more disjoint human spans whose edges no proposal has
merged           it and another, disjoint proposal lie in one human span whose edges no proposal has
edge moved       same label, overlapping; pairs are taken by falling IoU, each human span once
both             another label, overlapping; taken likewise from what is left
deleted          none of these
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, Protocol

import msgspec

from labeling.norm import Norm
from labeling.span import Labelled

Fate = Literal[
    "accepted", "value corrected", "relabelled", "split", "merged", "edge moved", "both", "deleted"
]
FATES: tuple[Fate, ...] = (
    "accepted",
    "value corrected",
    "relabelled",
    "split",
    "merged",
    "edge moved",
    "both",
    "deleted",
)
# What a value says, as against how it was written and read (`num`, `scale`, `numeral`, `rule`, …).
MEANING = (
    "value",
    "low",
    "high",
    "low_open",
    "high_open",
    "mod",
    "numerator",
    "denominator",
    "unit",
    "per",
    "noun",
    "edtf",
    "calendar",
    "lunar",
)


class Marked(Labelled, Protocol):
    """A span with a region id ("" when it has none): a proposal or what a person left."""

    @property
    def norm(self) -> Norm | None: ...
    @property
    def region(self) -> str: ...


class Mark(msgspec.Struct, frozen=True):
    """A proposed span as fates see it."""

    start: int
    end: int
    label: str
    norm: Norm | None = None
    region: str = ""


class Outcome(NamedTuple):
    """`fates[i]` is (fate, index of the human span it became or -1) of proposal i; `added` are indexes."""

    fates: list[tuple[Fate, int]]
    added: list[int]


def fates(proposed: Sequence[Marked], human: Sequence[Marked]) -> Outcome:
    """The fate of each proposal among what a person left.  Quadratic only in the spans that changed."""
    found: dict[int, tuple[Fate, int]] = {}
    partner, taken = _by_region(proposed, human)
    for index, mate in list(partner.items()):
        same = _same_edges(proposed[index], human[mate])
        if same:
            found[index] = (same, mate)
    _by_edges(proposed, human, partner=partner, taken=taken, found=found)
    explained = set(taken)
    _split_or_merged(proposed, human, found=found, partner=partner, explained=explained)
    for index, mate in partner.items():
        if index not in found:
            same_label = proposed[index].label == human[mate].label
            found[index] = ("edge moved" if same_label else "both", mate)
    _by_overlap(proposed, human, taken=taken, found=found)
    explained |= taken
    return Outcome(
        [found.get(index, ("deleted", -1)) for index in range(len(proposed))],
        [index for index in range(len(human)) if index not in explained],
    )


def same_value(one: Norm | None, other: Norm | None) -> bool:
    """Whether two values say the same, however they were written."""
    if one is None or other is None:
        return one is other
    return all(getattr(one, name) == getattr(other, name) for name in MEANING)


def _by_region(proposed: Sequence[Marked], human: Sequence[Marked]) -> tuple[dict[int, int], set[int]]:
    lives = {span.region: index for index, span in enumerate(human) if span.region}
    partner: dict[int, int] = {}
    for index, proposal in enumerate(proposed):
        if proposal.region and proposal.region in lives:
            partner[index] = lives.pop(proposal.region)
    return partner, set(partner.values())


def _same_edges(proposal: Marked, span: Marked) -> Fate | None:
    if (proposal.start, proposal.end) != (span.start, span.end):
        return None
    if proposal.label != span.label:
        return "relabelled"
    return "accepted" if same_value(proposal.norm, span.norm) else "value corrected"


def _by_edges(
    proposed: Sequence[Marked],
    human: Sequence[Marked],
    *,
    partner: dict[int, int],
    taken: set[int],
    found: dict[int, tuple[Fate, int]],
) -> None:
    """Join what no region joins by equal edges: the same label before another one."""
    free: dict[tuple[int, int], list[int]] = {}
    for index, span in enumerate(human):
        if index not in taken:
            free.setdefault((span.start, span.end), []).append(index)
    for same_label in (True, False):
        for index, proposal in enumerate(proposed):
            if index in found or index in partner:
                continue
            for mate in free.get((proposal.start, proposal.end), ()):
                fate = _same_edges(proposal, human[mate])
                if fate and mate not in taken and (fate != "relabelled") == same_label:
                    found[index] = (fate, mate)
                    taken.add(mate)
                    break


def _split_or_merged(
    proposed: Sequence[Marked],
    human: Sequence[Marked],
    *,
    found: dict[int, tuple[Fate, int]],
    partner: dict[int, int],
    explained: set[int],
) -> None:
    edges = {(proposal.start, proposal.end) for proposal in proposed}
    fresh = [index for index, span in enumerate(human) if (span.start, span.end) not in edges]
    for index, proposal in enumerate(proposed):
        if index in found:
            continue
        pieces = _disjoint([at for at in fresh if _holds(proposal, human[at])], human)
        if len(pieces) > 1:
            found[index] = ("split", partner.get(index, pieces[0]))
            explained.update(pieces)
            continue
        for at in fresh:
            if _holds(human[at], proposal) and _has_company(proposal, human[at], proposed):
                found[index] = ("merged", at)
                explained.add(at)
                break


def _disjoint(indexes: Iterable[int], spans: Sequence[Marked]) -> list[int]:
    """A largest set of spans that do not touch each other's characters, earliest end first."""
    chosen: list[int] = []
    reached = -1
    for index in sorted(indexes, key=lambda at: (spans[at].end, -spans[at].start)):
        if spans[index].start >= reached:
            chosen.append(index)
            reached = spans[index].end
    return chosen


def _has_company(proposal: Marked, span: Marked, proposed: Sequence[Marked]) -> bool:
    return any(
        _holds(span, other) and (other.end <= proposal.start or proposal.end <= other.start)
        for other in proposed
    )


def _holds(outer: Marked, inner: Marked) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _by_overlap(
    proposed: Sequence[Marked],
    human: Sequence[Marked],
    *,
    taken: set[int],
    found: dict[int, tuple[Fate, int]],
) -> None:
    pairs: list[tuple[bool, float, int, int]] = []
    for index, proposal in enumerate(proposed):
        if index in found:
            continue
        for mate, span in enumerate(human):
            if mate not in taken and max(proposal.start, span.start) < min(proposal.end, span.end):
                pairs.append((proposal.label != span.label, -iou(proposal, span), index, mate))
    for another_label, _, index, mate in sorted(pairs):
        if index not in found and mate not in taken:
            found[index] = ("both" if another_label else "edge moved", mate)
            taken.add(mate)


def iou(one: Marked, other: Marked) -> float:
    """Intersection over union of two spans, in code points."""
    common = min(one.end, other.end) - max(one.start, other.start)
    return max(0, common) / (max(one.end, other.end) - min(one.start, other.start))
