"""Where annotators differ: kinds of disagreement, and the spans most worth talking about.

missing         one marks it, the other has nothing there
label           same edges, another label
edge            same label, other edges (cut in two or joined included)
edge and label  overlapping, both differ
value           same span, another value
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import msgspec

from labeling.corrections.fates import Mark, fates, same_value
from labeling.markup import window
from labeling.span import AnnotatedSpan

KIND_OF = {
    "relabelled": "label",
    "edge moved": "edge",
    "split": "edge",
    "merged": "edge",
    "both": "edge and label",
    "deleted": "missing",
    "value corrected": "value",
}
KINDS = ("missing", "label", "edge", "edge and label", "value")
CONTEXT = 60
EXAMPLES = 3
NOTHING = "nothing"
Key = tuple[int, int, str]


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """One disagreement in its context: what each of two said there (None: nothing), and all their spans."""

    document: str
    start: int
    end: int
    before: str
    text: str
    after: str
    one: str
    one_says: Key | None
    one_spans: tuple[Key, ...]
    other: str
    other_says: Key | None
    other_spans: tuple[Key, ...]


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of disagreement on one surface and label pair, how often, with examples."""

    surface: str
    kind: str
    labels: tuple[str, str]
    count: int
    examples: tuple[Where, ...]


class Topics:
    """Disagreements grouped by surface (case folded), kind and labels; holds few examples of each."""

    def __init__(self) -> None:
        self.kinds: Counter[str] = Counter()
        self._groups: dict[tuple[str, str, tuple[str, str]], list[Where]] = {}
        self._counts: Counter[tuple[str, str, tuple[str, str]]] = Counter()

    def add(
        self,
        document: str,
        text: str,
        one: tuple[str, Sequence[AnnotatedSpan]],
        other: tuple[str, Sequence[AnnotatedSpan]],
    ) -> None:
        """Count what two annotators (pseudonym, spans) leave differently in a text."""
        for kind, mine, theirs in differences(one[1], other[1]):
            self.kinds[kind] += 1
            spans = [span for span in (mine, theirs) if span is not None]
            start, end = min(span.start for span in spans), max(span.end for span in spans)
            low, high = window(text, start, end, CONTEXT)
            labels = sorted(span.label if span else NOTHING for span in (mine, theirs))
            group = (text[start:end].casefold(), kind, (labels[0], labels[1]))
            self._counts[group] += 1
            examples = self._groups.setdefault(group, [])
            if len(examples) < EXAMPLES:
                examples.append(
                    Where(
                        document=document,
                        start=start,
                        end=end,
                        before=text[low:start],
                        text=text[start:end],
                        after=text[end:high],
                        one=one[0],
                        one_says=_says(mine),
                        one_spans=_within(one[1], low, high),
                        other=other[0],
                        other_says=_says(theirs),
                        other_spans=_within(other[1], low, high),
                    )
                )

    def worst(self, count: int = 20) -> list[Topic]:
        """The groups that come up most often, ties by surface."""
        ranked = sorted(self._counts.items(), key=lambda item: (-item[1], item[0]))
        return [
            Topic(
                surface=self._groups[group][0].text,
                kind=group[1],
                labels=group[2],
                count=number,
                examples=tuple(self._groups[group]),
            )
            for group, number in ranked[:count]
        ]


def differences(
    one: Sequence[AnnotatedSpan], other: Sequence[AnnotatedSpan]
) -> list[tuple[str, AnnotatedSpan | None, AnnotatedSpan | None]]:
    """(kind, span of one, span of other) for all that is not the same, in the order of the text."""
    theirs = {(span.start, span.end, span.label): span for span in other}
    mine = {(span.start, span.end, span.label): span for span in one}
    agreed = {key for key in mine.keys() & theirs.keys() if same_value(mine[key].norm, theirs[key].norm)}
    left = [span for key, span in mine.items() if key not in agreed]
    right = [span for key, span in theirs.items() if key not in agreed]
    outcome = fates([_mark(span) for span in left], [_mark(span) for span in right])
    found: list[tuple[str, AnnotatedSpan | None, AnnotatedSpan | None]] = [
        (KIND_OF[fate], span, right[mate] if mate >= 0 else None)
        for span, (fate, mate) in zip(left, outcome.fates, strict=True)
    ]
    found += [("missing", None, right[index]) for index in outcome.added]
    return sorted(found, key=lambda item: min(span.start for span in item[1:] if span is not None))


def _mark(span: AnnotatedSpan) -> Mark:
    return Mark(span.start, span.end, span.label, span.norm)


def _within(spans: Sequence[AnnotatedSpan], low: int, high: int) -> tuple[Key, ...]:
    return tuple((span.start, span.end, span.label) for span in spans if span.start < high and span.end > low)


def _says(span: AnnotatedSpan | None) -> tuple[int, int, str] | None:
    return None if span is None else (span.start, span.end, span.label)
