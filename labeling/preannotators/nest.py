"""Spans that nest or part: the growing set of what a merge has taken, and what may stand inside what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from labeling.derive import is_class_noun, split_place
from labeling.preannotators.table import NAMES, NUMBERS
from labeling.span import Proposal, Span

_names = frozenset(NAMES)
_numbers = frozenset(NUMBERS)
_deputies = frozenset({"phó", "quyền", "phụ trách"})


class Refusal(NamedTuple):
    """Why a span can't stand beside what was taken; `winner` is the span in its way."""

    reason: str
    winner: str


class Rule(NamedTuple):
    """What may not stand inside what.  `forbids(outer, inner, text)`; `any_depth`: not only in its parent."""

    name: str
    any_depth: bool
    forbids: Callable[[Span, Span, str], bool]


def _number_in_name(outer: Span, inner: Span, _: str) -> bool:
    allowed = inner.label == "ORDINAL" and outer.label in ("EVENT", "LAW")
    return inner.label in _numbers and outer.label in _names and not allowed


def _head_of_name(outer: Span, inner: Span, _: str) -> bool:
    return outer.label == inner.label and outer.label in _names and outer.start == inner.start


def _bare_name(outer: Span, inner: Span, text: str) -> bool:
    same = outer.label == inner.label == "LOC" and outer.end == inner.end
    return same and not split_place(inner.text)[0] and is_class_noun(text[outer.start : inner.start])


def _head_of_office(outer: Span, inner: Span, text: str) -> bool:
    lead = text[outer.start : inner.start].strip().lower()
    return outer.label == inner.label == "TITLE" and lead in _deputies


# Rules 2, 15, 16 and 17 of the annotation scheme.
NESTING = (
    Rule("inside-number", True, lambda outer, inner, text: outer.label in _numbers),
    Rule("number-in-name", False, _number_in_name),
    Rule("program-in-program", True, lambda outer, inner, text: outer.label == inner.label == "PROGRAM"),
    Rule("inside-person", True, lambda outer, inner, text: outer.label == "PER"),
    Rule("head-of-name", False, _head_of_name),
    Rule("bare-name", False, _bare_name),
    Rule("head-of-office", False, _head_of_office),
)


class Nest:
    """A set of spans in which none crosses another and none shares its extent with another.

    `_inner[p]` is the smallest span taken that has the boundary p strictly inside: a span [s, e) crosses
    one that was taken exactly when the one at s ends before e, or the one at e starts after s.
    """

    def __init__(self) -> None:
        self._taken: list[tuple[Span, Proposal]] = []
        self._extents: dict[tuple[int, int], Span] = {}
        self._inner: dict[int, Span] = {}
        self._covered: dict[int, Span] = {}

    def refusal(self, span: Span, *, alone: bool = False) -> Refusal | None:
        """Why `span` can't be added, or None.  With `alone` it may not touch anything taken."""
        same = self._extents.get((span.start, span.end))
        if same:
            return Refusal("same-extent", _describe(same))
        left = self._inner.get(span.start)
        if left and left.end < span.end:
            return Refusal("crosses", _describe(left))
        right = self._inner.get(span.end)
        if right and right.start > span.start:
            return Refusal("crosses", _describe(right))
        if alone:
            for place in range(span.start, span.end):
                if place in self._covered:
                    return Refusal("fallback-touches", _describe(self._covered[place]))
        return None

    def add(self, span: Span, proposal: Proposal) -> None:
        """Take a span that has no refusal."""
        self._taken.append((span, proposal))
        self._extents[span.start, span.end] = span
        for place in range(span.start, span.end):
            self._covered.setdefault(place, span)
        for place in range(span.start + 1, span.end):
            other = self._inner.get(place)
            if other is None or (other.start <= span.start and span.end <= other.end):
                self._inner[place] = span

    def settle(self, text: str) -> Iterator[tuple[Proposal, str, str]]:
        """Every span taken, in order, with the rule that forbids its place ("" when none does)."""
        ancestors: list[Span] = []
        for span, proposal in sorted(self._taken, key=lambda item: (item[0].start, -item[0].end)):
            while ancestors and ancestors[-1].end <= span.start:
                ancestors.pop()
            reason, winner = _forbidden(ancestors, span, text)
            yield proposal, reason, winner
            if not reason:
                ancestors.append(span)


def _forbidden(ancestors: list[Span], span: Span, text: str) -> tuple[str, str]:
    for rule in NESTING:
        for outer in ancestors if rule.any_depth else ancestors[-1:]:
            if rule.forbids(outer, span, text):
                return rule.name, _describe(outer)
    return "", ""


def _describe(span: Span) -> str:
    return f"{span.label} {span.text!r}"
