"""Checks of one surface over a document: named here and not there, labelled two ways."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from corpus.document import Document
from labeling.lint.finding import Finding, finding, to
from labeling.lint.words import Place
from labeling.preannotators.table import NAMES


def named_here_not_there(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """A name that is marked in this document stands elsewhere in it without a mark."""
    text = document.text
    names: dict[str, str] = {}
    for span in spans:
        if span.label in NAMES and (" " in span.text or len(span.text) > 3) and not span.text.islower():
            names.setdefault(span.text, span.label)
    if not names:
        return
    taken = sorted((span.start, span.end) for span in spans)
    longest = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    for match in re.finditer(rf"(?<!\w)(?:{longest})(?!\w)", text):
        start, end = match.span()
        if not any(s < end and start < e for s, e in taken):
            label = names[match[0]]
            place = Place(start, end)
            change = to(document, start, end, label, add=True)
            yield finding(
                "unmarked-repeat", "warning", document, place, f"marked as {label} elsewhere here", change
            )


def two_labels(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """One surface carries two labels in this document: the rarer one is shown."""
    labels: dict[str, dict[str, list[Any]]] = {}
    for span in spans:
        if span.label in NAMES:
            labels.setdefault(span.text.casefold(), {}).setdefault(span.label, []).append(span)
    for by_label in labels.values():
        if len(by_label) > 1:
            ranked = sorted(by_label.items(), key=lambda item: (-len(item[1]), item[0]))
            (main, _), *rest = ranked
            for _, rare in rest:
                for span in rare:
                    change = to(document, span.start, span.end, main)
                    yield finding(
                        "two-labels",
                        "warning",
                        document,
                        span,
                        f"is {main} elsewhere in this document",
                        change,
                    )
