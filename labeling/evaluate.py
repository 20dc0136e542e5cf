"""How good proposals are, measured on gold: exact and partial, nested, with intervals.

Character spans are the truth.  A prediction is right exactly when its start, end and label are those of a
gold span.  Partly right (half a point, as in MUC-5) is one that overlaps a gold span of its label; pairs
are made one to one, exact ones first, then by the largest overlap.

Levels: `outer` are spans that lie in no other span of their layer (names, numbers), `inner` the rest,
`all` both.  Precision of a level is over predictions of that level, recall over gold spans of that level;
each may be matched by a span of any level on the other side.

Intervals are 95 % percentile bootstrap intervals of F1 over documents (1,000 resamples, fixed seed).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np

from corpus.canonical import canonicalize
from corpus.errors import BadRecord, DataError, SpanError, UsageError
from labeling.scheme import Scheme, load_scheme
from labeling.span import Span, by_position, find_crossing, make_span

LEVELS = ("all", "outer", "inner")
RESAMPLES = 1000
Match = Literal["exact", "partial"]

# The figures kept for each (document, label, level): predictions and gold spans, how many of each are
# exactly right, and the points they get when half-right ones count half.
PREDICTED, GOLD, RIGHT, FOUND, RIGHT_PARTLY, FOUND_PARTLY = range(6)


class Gold(msgspec.Struct, frozen=True, kw_only=True):
    """One annotated article; `part` is `write` (rules may be written from it), `held`, or empty."""

    id: str
    text: str
    spans: tuple[Span, ...]
    part: str = ""
    published: str | None = None


class Score(msgspec.Struct, frozen=True, kw_only=True):
    """Precision, recall and F1 with the interval of F1; counts behind them."""

    precision: float
    recall: float
    f1: float
    low: float
    high: float
    predicted: int
    gold: int
    right: int


class _Span(msgspec.Struct):
    start: int
    end: int
    label: str
    text: str | None = None


class _Line(msgspec.Struct):
    text: str
    spans: list[_Span]
    id: Any = None
    part: str = ""
    published: str | None = None


def read_gold(path: Path) -> tuple[list[Gold], list[BadRecord]]:
    """The articles of a JSONL file of {"id","text","spans":[{"start","end","label"}]}; and refused lines.

    Text that is not canonical is made so, and its spans are mapped; what can't be mapped is refused, as is
    a span whose own `text`, where it gives one, is not what stands between its offsets.

    Raises UsageError when there is no such file, DataError when no line can be used.
    """
    if not path.is_file():
        raise UsageError(f"{path}: no such file; give gold as JSONL of id, text and spans")
    articles: list[Gold] = []
    refused: list[BadRecord] = []
    scheme = load_scheme()
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                articles.append(_article(line, f"{path}:{number}", scheme))
            except BadRecord as error:
                refused.append(error)
    if not articles:
        raise DataError(f"{path}: no usable line" + (f"; the first fault: {refused[0]}" if refused else ""))
    return articles, refused


def _article(line: bytes, where: str, scheme: Scheme) -> Gold:
    try:
        found = msgspec.json.decode(line, type=_Line)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadRecord("invalid-line", f"{where}: {error}; write id, text and spans as JSON") from None
    text, place = _canonical(found.text)
    spans = []
    for span in found.spans:
        if span.label not in scheme:
            raise BadRecord(
                "unknown-label", f"{where}: label {span.label!r} is not in scheme {scheme.version}"
            )
        try:
            spans.append(make_span(text, place[span.start], place[span.end], span.label))
        except (SpanError, KeyError):
            shown = f"[{span.start}, {span.end}) {found.text[max(0, span.start) : span.end]!r}"
            fault = "is empty, leaves the text, splits a character or has white edges"
            raise BadRecord("bad-span", f"{where}: {span.label} {shown} {fault}") from None
        if span.text is not None and canonicalize(span.text)[0] != spans[-1].text:
            shown = f"[{span.start}, {span.end}) {spans[-1].text!r}"
            raise BadRecord(
                "bad-span", f"{where}: {span.label} {shown} is not its text {span.text!r}; mend its offsets"
            )
    crossing = find_crossing(spans)
    if crossing:
        left, right = crossing
        shown = f"{left.label} {left.text!r} and {right.label} {right.text!r}"
        raise BadRecord("crossing", f"{where}: {shown} cross or share their extent")
    identity = where if found.id is None else str(found.id)
    return Gold(
        id=identity,
        text=text,
        spans=tuple(by_position(spans)),
        part=found.part,
        published=found.published,
    )


def _canonical(raw: str) -> tuple[str, Mapping[int, int]]:
    """Canonical text, and raw → canonical offsets, for those that do not fall inside a character."""
    text, segments = canonicalize(raw)
    if text == raw:
        return text, {offset: offset for offset in range(len(raw) + 1)}
    place = {0: 0}
    for segment in segments.segments():
        place[segment.raw_end] = segment.end
    return text, place


class Counts:
    """What `score` is computed from: (documents, labels, levels, figures)."""

    def __init__(self, labels: Sequence[str], figures: np.ndarray[Any, np.dtype[np.float64]]) -> None:
        self.labels = tuple(labels)
        self._figures = figures

    def score(
        self, labels: Iterable[str] | None = None, *, level: str = "all", match: Match = "exact"
    ) -> Score:
        """The micro-averaged score over `labels` (default: all that were counted)."""
        rows = [self.labels.index(label) for label in (labels if labels is not None else self.labels)]
        each = self._figures[:, rows, LEVELS.index(level), :].sum(axis=1)
        whole = each.sum(axis=0)
        precision, recall, f1 = (float(value) for value in _rates(whole, match))
        draws = _resamples(len(each))
        resampled = draws @ each
        # a resample with nothing in gold and nothing said has no F1
        counted = resampled[(resampled[:, PREDICTED] + resampled[:, GOLD]) > 0]
        low, high = np.percentile(_rates(counted, match)[2], [2.5, 97.5]) if len(counted) else (0.0, 0.0)
        return Score(
            precision=round(precision, 4),
            recall=round(recall, 4),
            f1=round(f1, 4),
            low=round(float(low), 4),
            high=round(float(high), 4),
            predicted=int(whole[PREDICTED]),
            gold=int(whole[GOLD]),
            right=int(whole[RIGHT]),
        )


def count(gold: Sequence[Gold], predicted: Sequence[Sequence[Span]], labels: Iterable[str]) -> Counts:
    """Compare predictions with gold, document by document, for the labels given."""
    chosen = tuple(labels)
    figures = np.zeros((len(gold), len(chosen), len(LEVELS), 6))
    for index, (article, spans) in enumerate(zip(gold, predicted, strict=True)):
        _count_document(figures[index], article.spans, spans, chosen)
    return Counts(chosen, figures)


def _count_document(
    figures: np.ndarray[Any, np.dtype[np.float64]],
    gold: Sequence[Span],
    spans: Sequence[Span],
    labels: Sequence[str],
) -> None:
    said, true = _by_label(spans), _by_label(gold)
    levels = (_levels(spans), _levels(gold))
    for row, label in enumerate(labels):
        pairs = pair(true.get(label, []), said.get(label, []))
        credit = {id(right): points for _, right, points in pairs}
        found = {id(left): points for left, _, points in pairs}
        for span in said.get(label, []):
            points = credit.get(id(span), 0.0)
            for level in ("all", levels[0][id(span)]):
                figures[row, LEVELS.index(level), [PREDICTED, RIGHT, RIGHT_PARTLY]] += (
                    1,
                    points == 1,
                    points,
                )
        for span in true.get(label, []):
            points = found.get(id(span), 0.0)
            for level in ("all", levels[1][id(span)]):
                figures[row, LEVELS.index(level), [GOLD, FOUND, FOUND_PARTLY]] += (1, points == 1, points)


def pair(gold: Sequence[Span], predicted: Sequence[Span]) -> list[tuple[Span, Span, float]]:
    """One-to-one pairs (gold, predicted, points) of one label: 1 for the same extent, 0.5 for an overlap."""
    candidates = sorted(
        (
            (
                -overlap - 10**9 * (left.start == right.start and left.end == right.end),
                left.start,
                right.start,
                i,
                j,
            )
            for i, left in enumerate(gold)
            for j, right in enumerate(predicted)
            if (overlap := min(left.end, right.end) - max(left.start, right.start)) > 0
        )
    )
    pairs: list[tuple[Span, Span, float]] = []
    used: tuple[set[int], set[int]] = (set(), set())
    for _, _, _, i, j in candidates:
        if i not in used[0] and j not in used[1]:
            used[0].add(i)
            used[1].add(j)
            same = (gold[i].start, gold[i].end) == (predicted[j].start, predicted[j].end)
            pairs.append((gold[i], predicted[j], 1.0 if same else 0.5))
    return pairs


def _by_label(spans: Iterable[Span]) -> dict[str, list[Span]]:
    found: dict[str, list[Span]] = {}
    for span in spans:
        found.setdefault(span.label, []).append(span)
    return found


def _levels(spans: Sequence[Span]) -> dict[int, str]:
    """id(span) → `outer` or `inner`, within each layer."""
    layer_of = load_scheme().layer_of
    reached: dict[str, int] = {}
    levels: dict[int, str] = {}
    for span in by_position(spans):
        layer = layer_of(span.label)
        levels[id(span)] = "inner" if span.end <= reached.get(layer, 0) else "outer"
        reached[layer] = max(reached.get(layer, 0), span.end)
    return levels


@lru_cache(maxsize=4)
def _resamples(documents: int) -> Any:
    """(RESAMPLES, documents): how often each document is drawn.

    The generator is the one the standard library has too, so that a release's own score.py draws the same.
    """
    picks = (np.random.RandomState([0]).random_sample((RESAMPLES, documents)) * documents).astype(np.int64)
    return np.stack([np.bincount(row, minlength=documents) for row in picks])


def _rates(figures: Any, match: Match) -> tuple[Any, Any, Any]:
    right, found = (RIGHT, FOUND) if match == "exact" else (RIGHT_PARTLY, FOUND_PARTLY)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.nan_to_num(figures[..., right] / figures[..., PREDICTED])
        recall = np.nan_to_num(figures[..., found] / figures[..., GOLD])
        f1 = np.nan_to_num(2 * precision * recall / (precision + recall))
    return precision, recall, f1
