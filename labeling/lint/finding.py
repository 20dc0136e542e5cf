"""What a check finds: a fault on a span or a place, its severity, and what would mend it."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from corpus.document import Document
from labeling.markup import window

Severity = Literal["error", "warning", "hint"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "hint")
CONTEXT = 50


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What would mend a finding: this span instead; with `add`, this span besides.  `sure`: `--fix` may."""

    start: int
    end: int
    label: str
    text: str
    add: bool = False
    sure: bool = False


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One fault.  `label` is "" where nothing is marked; `annotation` and `link` lead to where it stands."""

    check: str
    severity: Severity
    document: str
    digest: str
    start: int
    end: int
    label: str
    text: str
    before: str
    after: str
    message: str
    change: Change | None = None
    over: str = "gold"
    by: tuple[str, ...] = ()
    annotation: int | None = None
    link: str | None = None


def finding(
    check: str,
    severity: Severity,
    document: Document,
    span: Any,
    message: str,
    change: Change | None = None,
) -> Finding:
    """A finding on `span` of `document`, with its context."""
    low, high = window(document.text, span.start, span.end, CONTEXT)
    return Finding(
        check=check,
        severity=severity,
        document=document.id,
        digest=document.digest,
        start=span.start,
        end=span.end,
        label=span.label,
        text=document.text[span.start : span.end],
        before=document.text[low : span.start],
        after=document.text[span.end : high],
        message=message,
        change=change,
    )


def to(
    document: Document, start: int, end: int, label: str, *, add: bool = False, sure: bool = False
) -> Change:
    """A change to the span [start, end) of the document."""
    return Change(start=start, end=end, label=label, text=document.text[start:end], add=add, sure=sure)
