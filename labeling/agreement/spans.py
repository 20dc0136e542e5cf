"""Agreement of two annotators on one document's spans, as counts that add up over documents.

Spans are sets: their order, and whether they nest, does not matter, and a missing inner span costs itself
alone.  `exact`: same edges and label.  `free`: same edges, whatever the label.  `partial`: same label and
overlapping, one to one by falling overlap, half a point each beside the exact ones (the credit of
SemEval-2013 task 9, with the label required).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

Key = tuple[int, int, str]


def depths(spans: Iterable[Key]) -> dict[Key, int]:
    """Nesting depth of each span among the spans of its own label: 0 for the outermost.

    The depth among all labels would make a missing outer span move the inner ones.
    """
    found: dict[Key, int] = {}
    by_label: defaultdict[str, list[Key]] = defaultdict(list)
    for span in spans:
        by_label[span[2]].append(span)
    for group in by_label.values():
        ends: list[int] = []
        for span in sorted(group, key=lambda item: (item[0], -item[1])):
            while ends and ends[-1] <= span[0]:
                ends.pop()
            found[span] = len(ends)
            ends.append(span[1])
    return found


class Counts:
    """Spans of one, spans of the other, and the points they share, for one label or for all."""

    __slots__ = ("exact", "free", "one", "other", "partial")

    def __init__(self) -> None:
        self.one = self.other = self.exact = self.free = self.partial = 0.0

    def __iadd__(self, more: Counts) -> Counts:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(more, name))
        return self


def compare(one: Sequence[Key], other: Sequence[Key]) -> dict[str, Counts]:
    """label → counts of one document; "*" over all labels.  Label-free counts of a label ask what the
    first annotator's spans of that label meet, and the second's, half each.
    """
    found: dict[str, Counts] = {"*": Counts()}
    left, right = set(one), set(other)
    whole = found["*"]
    for span in left:
        found.setdefault(span[2], Counts()).one += 1
    for span in right:
        found.setdefault(span[2], Counts()).other += 1
    whole.one, whole.other = len(left), len(right)
    both = left & right
    for span in both:
        counts = found[span[2]]
        counts.exact += 1
        counts.partial += 1
    whole.exact = whole.partial = len(both)
    _free(left, right, found)
    for label in _partial(left - both, right - both):
        found[label].partial += 0.5
        whole.partial += 0.5
    return found


def _free(left: set[Key], right: set[Key], found: dict[str, Counts]) -> None:
    edges_left, edges_right = ({(span[0], span[1]) for span in spans} for spans in (left, right))
    found["*"].free = len(edges_left & edges_right)
    for span in left:
        found[span[2]].free += 0.5 * ((span[0], span[1]) in edges_right)
    for span in right:
        found[span[2]].free += 0.5 * ((span[0], span[1]) in edges_left)


def _partial(left: set[Key], right: set[Key]) -> list[str]:
    """The labels of the pairs that overlap without being equal."""
    pairs: list[tuple[int, Key, Key]] = []
    by_label: defaultdict[str, list[Key]] = defaultdict(list)
    for span in right:
        by_label[span[2]].append(span)
    for span in left:
        for mate in by_label[span[2]]:
            common = min(span[1], mate[1]) - max(span[0], mate[0])
            if common > 0:
                pairs.append((-common, span, mate))
    used: set[tuple[bool, Key]] = set()
    labels: list[str] = []
    for _, span, mate in sorted(pairs):
        if (True, span) not in used and (False, mate) not in used:
            used |= {(True, span), (False, mate)}
            labels.append(span[2])
    return labels


def f1(points: float, one: float, other: float) -> float | None:
    """2 · points / (one + other); None when neither has a span."""
    return None if one + other == 0 else 2 * points / (one + other)
