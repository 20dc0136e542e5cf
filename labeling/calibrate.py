"""Trust and calibration from gold, and how reliable the scores of a merge are.

Trust of (source, label): the precision that the source reaches by itself, drawn towards a stated prior with
the weight of `WEIGHT` spans.  Calibration: the share of right spans among those the merge keeps, as an
isotonic function of the source's own score (pool adjacent violators), each step drawn towards the trust.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import msgspec

from labeling.evaluate import Gold
from labeling.preannotators.trust import MergeSettings, Points
from labeling.span import Proposal

# Before anything is annotated: grammar and numbers are rules that were written with care, a gazetteer
# is blind to context, and the CRF of 2017 was measured at F1 0.31 on text of this kind.
PRIORS = {"civic": 0.8, "quantities": 0.9, "gazetteer": 0.7, "underthesea": 0.4}
DEFAULT_PRIOR = 0.6
# The prior counts as so many spans: rules were written with the very articles in view that they are measured
# on here, so their figures there promise too much for new text.
WEIGHT = 100
STEPS = 6  # most points of a calibration line: sources with a continuous score are binned
BINS = 10


class Bin(msgspec.Struct, frozen=True, kw_only=True):
    """Proposals whose score lies in [low, high): how many, their mean score, the share that is right."""

    low: float
    high: float
    count: int
    score: float
    right: float


def fit_trust(
    gold: Sequence[Gold],
    by_source: Mapping[str, Sequence[Sequence[Proposal]]],
    labels: Mapping[str, Iterable[str]],
) -> dict[str, dict[str, float]]:
    """source → label → trust, for the labels that each source speaks for."""
    trust: dict[str, dict[str, float]] = {}
    for source, documents in by_source.items():
        prior = PRIORS.get(source, DEFAULT_PRIOR)
        trust[source] = {}
        for label in labels[source]:
            marks = [right for _, right in _marked(gold, documents, label)]
            trust[source][label] = round((sum(marks) + prior * WEIGHT) / (len(marks) + WEIGHT), 3)
    return trust


def fit_calibration(
    gold: Sequence[Gold], merged: Sequence[Sequence[Proposal]], settings: MergeSettings
) -> dict[str, dict[str, Points]]:
    """source → label → points, over what the merge kept with that source as its best."""
    found: dict[str, dict[str, Points]] = {}
    for source, labels in sorted(settings.trust.items()):
        for label, trust in sorted(labels.items()):
            own = [[item for item in document if item.sources[0].source == source] for document in merged]
            marks = [(item.sources[0].score, right) for item, right in _marked(gold, own, label)]
            if marks:
                found.setdefault(source, {})[label] = isotonic(marks, trust)
    return found


def isotonic(marks: Iterable[tuple[float, bool]], prior: float, weight: float = WEIGHT / STEPS) -> Points:
    """Rising points (score, probability) from pairs (score, right); level outside them."""
    ordered = sorted(marks)
    groups = [
        (score, [right for _, right in same]) for score, same in groupby(ordered, key=lambda item: item[0])
    ]
    if len(groups) > STEPS:
        size = -(-len(ordered) // STEPS)
        chunks = [ordered[start : start + size] for start in range(0, len(ordered), size)]
        groups = [
            (sum(score for score, _ in chunk) / len(chunk), [right for _, right in chunk]) for chunk in chunks
        ]
    blocks: list[tuple[float, float, list[float]]] = []  # (sum of right, weight, scores)
    for score, rights in groups:
        blocks.append((sum(rights) + prior * weight, len(rights) + weight, [score]))
        while len(blocks) > 1 and blocks[-2][0] * blocks[-1][1] >= blocks[-1][0] * blocks[-2][1]:
            last = blocks.pop()
            before = blocks.pop()
            blocks.append((before[0] + last[0], before[1] + last[1], before[2] + last[2]))
    points = [
        (round(score, 3), round(total / size, 3))
        for total, size, scores in blocks
        for score in (scores[0], scores[-1])
    ]
    return tuple(sorted(set(points)))


def reliability(
    gold: Sequence[Gold], merged: Sequence[Sequence[Proposal]], labels: Iterable[str] | None = None
) -> list[Bin]:
    """Merged proposals by tenths of their score; empty tenths are left out."""
    chosen = frozenset(labels) if labels is not None else None
    marks = [
        (item.score, right)
        for item, right in _marked(gold, merged, None)
        if chosen is None or item.span.label in chosen
    ]
    bins = []
    for index in range(BINS):
        inside = [mark for mark in marks if min(int(mark[0] * BINS), BINS - 1) == index]
        if inside:
            bins.append(
                Bin(
                    low=index / BINS,
                    high=(index + 1) / BINS,
                    count=len(inside),
                    score=round(sum(score for score, _ in inside) / len(inside), 3),
                    right=round(sum(right for _, right in inside) / len(inside), 3),
                )
            )
    return bins


def calibration_error(bins: Sequence[Bin]) -> float:
    """Expected calibration error: the mean distance of score and share, weighted by counts."""
    total = sum(item.count for item in bins)
    return round(sum(item.count * abs(item.score - item.right) for item in bins) / total, 4) if total else 0.0


def _marked(
    gold: Sequence[Gold], documents: Sequence[Sequence[Proposal]], label: str | None
) -> list[tuple[Proposal, bool]]:
    """Each proposal of `label` (None: of any), and whether gold has exactly that span."""
    marked = []
    for article, proposals in zip(gold, documents, strict=True):
        true = {(span.start, span.end, span.label) for span in article.spans}
        for item in proposals:
            if label is None or item.span.label == label:
                marked.append((item, (item.span.start, item.span.end, item.span.label) in true))
    return marked


def trust_toml(settings: MergeSettings) -> str:
    """trust.toml as text, in the order of the settings."""
    lines = [TRUST_HEAD]
    for source, labels in settings.trust.items():
        lines.append(f"\n[{source}]")
        if settings.is_fallback(source):
            lines.append("fallback = true")
        lines += [f"{label} = {value:g}" for label, value in labels.items()]
    return "\n".join(lines) + "\n"


def calibration_toml(settings: MergeSettings) -> str:
    """calibration.toml as text."""
    lines = [CALIBRATION_HEAD]
    for source, labels in settings.calibration.items():
        lines.append(f"\n[{source}]")
        for label, points in labels.items():
            shown = ", ".join(f"[{score:g}, {chance:g}]" for score, chance in points)
            lines.append(f"{label} = [{shown}]")
    return "\n".join(lines) + "\n"


TRUST_HEAD = f"""\
# How far a source is trusted with a label, in [0, 1]: the merge lets the higher trust win.
# A label that a source is not listed for is refused with the reason `not-trusted`.
#
# Figures are the precision a source reaches by itself on the rule-writing part of the gold articles, drawn
# towards a prior (the source's line in `labeling/calibrate.py`) with a weight of {WEIGHT} spans, because
# rules were written with these articles in view.  Written by `vicivic evaluate --write`.
# `fallback`: this source speaks only where no name of another source stands around, inside or across."""

CALIBRATION_HEAD = """\
# How a source's own score becomes a probability that the span is exactly right.
#
# Each line is [[score, probability], …] in rising order of score; between two points the line is straight,
# outside them it is level.  A pair (source, label) without a line takes the prior: score × trust, which
# only says that the source is right as often as it is trusted.  Written by `vicivic evaluate --write`."""
