"""Checks of how spans stand to one another: crossing, nested where none may be, not nested where one must."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from corpus.document import Document
from labeling.concordance import nested
from labeling.derive import split_place
from labeling.lint.finding import Finding, finding, to
from labeling.lint.words import pattern, words
from labeling.preannotators.nest import NESTING
from labeling.span import by_position


def crossing(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """Two spans cross, or two labels lie on the same characters."""
    around: list[Any] = []
    for span in by_position(spans):
        around = [outer for outer in around if outer.end > span.start]
        for outer in around:
            same = (outer.start, outer.end) == (span.start, span.end)
            if same or span.end > outer.end:
                word = "lies on the same characters as" if same else "crosses"
                yield finding("crossing", "error", document, span, f"{word} {outer.label} {outer.text!r}")
        around.append(span)


def nested_missing(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """A name inside a name is not marked."""
    marked = {(span.start, span.end): span.label for span in spans}
    covered = {(span.label, span.start) for span in spans} | {(span.label, span.end) for span in spans}
    for span in spans:
        for rule in words().inside:
            if span.label not in rule.outer:
                continue
            for match in pattern(rule.pattern).finditer(span.text):
                start, end = span.start + match.start(), span.start + match.end()
                known = (
                    (rule.label, start) in covered or (rule.label, end) in covered or (start, end) in marked
                )
                if not known:
                    change = to(document, start, end, rule.label, add=True)
                    message = f"{match[0]!r} inside it is a {rule.label} of its own"
                    yield finding("nested-missing", "warning", document, span, message, change)


def nested_forbidden(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """Something stands inside what may not hold it (rules 2, 15, 16 and 17)."""
    for span, outer in nested(spans):
        for rule in NESTING:
            holders = outer if rule.any_depth else outer[-1:]
            if rule.name == "bare-name" and split_place(span.text)[0]:
                continue  # "sông Hồng" in "Đồng bằng sông Hồng" has a class noun of its own
            bad = next((item for item in holders if rule.forbids(item, span, document.text)), None)
            if bad is not None:
                message = f"may not stand inside {bad.label} {bad.text!r} ({rule.name})"
                yield finding("nested-forbidden", "error", document, span, message)
                break
