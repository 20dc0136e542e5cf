"""What a span is, what machines propose, what people say, and what counts as gold.

All offsets are `[start, end)` in code points of the document's canonical text; see `corpus.document`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any, Literal, Protocol

import msgspec

from corpus.errors import SpanError
from labeling.norm import Norm

Layer = Literal["names", "numbers"]
Quality = Literal["machine", "single", "majority", "agreed", "curator"]
QUALITIES: tuple[Quality, ...] = ("machine", "single", "majority", "agreed", "curator")


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A labelled piece of text.  Raises SpanError when it is empty or white at an edge."""

    start: int
    end: int
    label: str
    text: str
    norm: Norm | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end or self.end - self.start != len(self.text):
            raise SpanError(f"span [{self.start}, {self.end}) does not fit its text {self.text!r}")
        if self.text != self.text.strip():
            raise SpanError(f"span [{self.start}, {self.end}) {self.text!r} has white space at an edge")


class Source(msgspec.Struct, frozen=True):
    """Who proposed a span: source name and version, the rule, its own score in [0, 1]."""

    source: str
    version: str
    rule: str
    score: float


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What machines said: a span, its sources best first, one calibrated score, its region id."""

    span: Span
    sources: tuple[Source, ...]
    score: float
    region: str = ""


class AnnotatedSpan(msgspec.Struct, frozen=True, kw_only=True):
    """One span as a person left it.

    `region` is the id under which it lives in Label Studio; `origin` what the editor says of it
    (`prediction`, `prediction-changed`, `manual`); `drawn` the edges as drawn where white space was
    trimmed; `typed` the text a person typed for its value.
    """

    start: int
    end: int
    label: str
    text: str
    region: str
    origin: str
    norm: Norm | None = None
    typed: str | None = None
    drawn: tuple[int, int] | None = None


class Annotation(msgspec.Struct, frozen=True, kw_only=True):
    """What one person said about one task at one moment.  Nothing of it is ever changed.

    `key` is (server, project, annotation id, updated_at); a deletion seen on the server is a report
    of its own whose key ends in "deleted".  `part` is the task's slice (start, end) of the document,
    None for a whole document; spans are always in document offsets.  `shown` is the snapshot of the
    proposals that the annotator saw; `discuss` and `reject` are names of the scheme's reasons, and an
    annotation that rejects its document has the status `rejected`.  `task` is the task's number on the
    server, for links.
    """

    key: tuple[str, int, int, str]
    document: str
    digest: str
    part: tuple[int, int] | None
    scheme: str
    guideline: str
    round: str
    layer: Literal["names", "numbers", "both"]
    author: str
    editor: str
    status: Literal["submitted", "skipped", "rejected", "deleted"]
    created_at: str
    updated_at: str
    lead_time: float | None
    blind: bool
    merge_version: str | None
    shown: tuple[dict[str, Any], ...]
    spans: tuple[AnnotatedSpan, ...]
    note: str | None = None
    discuss: tuple[str, ...] = ()
    reject: str | None = None
    task: int | None = None


class RecordSpan(msgspec.Struct, frozen=True, kw_only=True):
    """One gold span.  `id` is the region id under which it first appeared, for as long as it lives."""

    id: str
    start: int
    end: int
    label: str
    text: str
    norm: Norm | None = None
    sources: tuple[Source, ...] = ()
    fate: str | None = None
    how: Quality = "single"
    by: tuple[str, ...] = ()


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Gold: what a document's spans are, per layer with its quality (the lowest among its spans)."""

    document: str
    digest: str
    scheme: str
    guideline: str
    round: str
    quality: dict[Layer, Quality]
    authors: tuple[str, ...]
    spans: tuple[RecordSpan, ...]
    shown: bool = True
    annotated_at: str | None = None


class Labelled(Protocol):
    """Anything with edges and a label."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def label(self) -> str: ...


def make_span(text: str, start: int, end: int, label: str, norm: Norm | None = None) -> Span:
    """The span of `text` at [start, end).  Raises SpanError when it leaves the text."""
    if not 0 <= start < end <= len(text):
        raise SpanError(f"span [{start}, {end}) leaves the text of {len(text)} characters")
    return Span(start=start, end=end, label=label, text=text[start:end], norm=norm)


def region_id(digest: str, start: int, end: int, label: str, merge_version: str) -> str:
    """The region id in Label Studio: first 12 hex digits over what makes a proposal itself."""
    key = f"{digest}\x1f{start}\x1f{end}\x1f{label}\x1f{merge_version}"
    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:12]


def by_position(spans: Iterable[Any]) -> list[Any]:
    """Spans ordered by start, then longest first, then label."""
    return sorted(spans, key=lambda span: (span.start, -span.end, span.label))


def find_crossing(spans: Sequence[Any]) -> tuple[Any, Any] | None:
    """The first two spans that cross or share the same characters, or None when all nest or part."""
    open_spans: list[Any] = []
    for span in by_position(spans):
        while open_spans and open_spans[-1].end <= span.start:
            open_spans.pop()
        if open_spans:
            outer = open_spans[-1]
            if span.end > outer.end or (span.start, span.end) == (outer.start, outer.end):
                return outer, span
        open_spans.append(span)
    return None
