"""What a document is: an id, a canonical text, and facts about where it came from.

Offsets mean one thing in the whole house, stated here: `Extent(start, end)` is the half-open range
[start, end) in Unicode code points (Python `str` indices) of a document's canonical text.
What "canonical" means is fixed in `corpus.canonical`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from corpus.errors import DataError


class Extent(msgspec.Struct, frozen=True, order=True):
    """A half-open range of code points, `0 <= start < end`.  Raises DataError when it is not."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start < self.end:
            raise DataError(f"extent [{self.start}, {self.end}) is empty, reversed or negative")

    def slice(self, text: str) -> str:
        """The characters of `text` under this extent."""
        return text[self.start : self.end]

    def __len__(self) -> int:
        return self.end - self.start


class Region(msgspec.Struct, frozen=True):
    """A part of a page by its role (`header`, `title`, `caption`, `byline`, `boilerplate`, `body`)."""

    start: int
    end: int
    kind: str
    rule: str


class Fact(msgspec.Struct, frozen=True):
    """Something known about a document, and how: never more than the source says.

    `name` is one of title, published, event_date, byline, dateline, header_date, month_hint, province,
    district, commune; `granularity` says how exact the value is (`text`, `day`, `month`, `day-month`,
    or the unit's level); `how` names the rule; `confidence` is in [0, 1], an estimate, not calibrated.
    """

    name: str
    value: str
    granularity: str
    how: str
    confidence: float


class Segment(NamedTuple):
    """One smallest piece that normalisation can't cross: raw[raw_start:raw_end] ↔ canonical slice."""

    raw_start: int
    raw_end: int
    start: int
    end: int


class Run(msgspec.Struct, frozen=True, array_like=True):
    """`count` neighbouring segments of the same two lengths (raw code points, canonical code points)."""

    raw: int
    canonical: int
    count: int


class SegmentMap(msgspec.Struct, frozen=True):
    """The way from canonical offsets back to raw ones, as run-length coded segments.

    The segments cover both texts in order without gaps; `canon(raw slice) == canonical slice` holds
    for each.  A clean text of n characters is the single run (1, 1, n).
    """

    runs: tuple[Run, ...]

    def segments(self) -> Iterator[Segment]:
        """Every segment in order."""
        raw = canonical = 0
        for run in self.runs:
            for _ in range(run.count):
                yield Segment(raw, raw + run.raw, canonical, canonical + run.canonical)
                raw += run.raw
                canonical += run.canonical

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """The smallest run of segments that holds canonical [start, end), as raw [start, end)."""
        raw = canonical = 0
        low = high = -1
        for run in self.runs:
            width = run.canonical * run.count
            if run.canonical:
                if low < 0 and start < canonical + width:
                    low = raw + (start - canonical) // run.canonical * run.raw
                if end <= canonical + width:
                    high = raw + -((canonical - end) // run.canonical) * run.raw
                    break
            raw += run.raw * run.count
            canonical += width
        if not 0 <= start < end or high < 0:
            raise DataError(f"extent [{start}, {end}) lies outside the mapped text")
        return low, high


class Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One article.  `text` is canonical; `(id, digest)` names a revision.

    `id` comes from the source (given id, URL, or folder/path), never from the text or the order.
    `published` and `event_date` are EDTF strings or None: never guessed.  `places` are unit keys of
    `corpus.places` (`vn63:10`), province first; `facts` tell how each of these was found.  `civic` is the
    score of `corpus.civic`.  `family` names the group of near duplicates; None means: its own (`id`).
    """

    id: str
    text: str
    title: str | None = None
    published: str | None = None
    event_date: str | None = None
    url: str | None = None
    site: str | None = None
    source: str | None = None
    places: tuple[str, ...] = ()
    regions: tuple[Region, ...] = ()
    facts: tuple[Fact, ...] = ()
    civic: float | None = None
    family: str | None = None
    raw_sha256: str | None = None
    codec: str | None = None
    reader: str | None = None
    segments: SegmentMap | None = None
    digest: str = ""

    def __post_init__(self) -> None:
        digest = digest_of(self.text)
        if self.digest and self.digest != digest:
            raise DataError(f"document {self.id!r}: the text does not match its digest {self.digest[:12]}")
        if not self.id:
            raise DataError("a document needs an id")
        msgspec.structs.force_setattr(self, "digest", digest)


def digest_of(text: str) -> str:
    """SHA-256 (hex) of the UTF-8 bytes of a canonical text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
