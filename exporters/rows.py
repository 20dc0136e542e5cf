"""One document with its gold → the rows of every config, as plain values in the columns' types."""

from __future__ import annotations

import math
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from corpus.document import Document
from corpus.errors import SpanError
from corpus.places import by_key, province_of
from exporters.views import depths, label_ids, parents
from labeling.norm import Norm
from labeling.scheme import Scheme
from labeling.span import Record, by_position, find_crossing

Row = dict[str, Any]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A document, what counts as its spans, and the split that it is released in.

    In a release of machine proposals the record is made from them: its quality is `machine` in both
    layers, and `machine` is true, so that nothing is said about what an annotator was shown.
    """

    document: Document
    record: Record
    machine: bool
    split: str = "train"
    time_split: str | None = None


class Tally(msgspec.Struct, kw_only=True):
    """What the rows hold, for the card: spans by (split, label), flat columns, lengths, depths."""

    labels: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    columns: Counter[tuple[str, str, str]] = msgspec.field(default_factory=Counter)
    foreign: Counter[tuple[str, str, str]] = msgspec.field(default_factory=Counter)
    documents: Counter[str] = msgspec.field(default_factory=Counter)
    sentences: Counter[str] = msgspec.field(default_factory=Counter)
    tokens: Counter[str] = msgspec.field(default_factory=Counter)
    depths: Counter[int] = msgspec.field(default_factory=Counter)
    fates: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    lengths: Counter[int] = msgspec.field(default_factory=Counter)
    years: Counter[str] = msgspec.field(default_factory=Counter)
    provinces: Counter[str] = msgspec.field(default_factory=Counter)
    time_splits: Counter[str] = msgspec.field(default_factory=Counter)
    shown: Counter[tuple[str, bool]] = msgspec.field(default_factory=Counter)
    qualities: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)


def check(item: Item, scheme: Scheme) -> None:
    """Raise SpanError, naming document and span, when the record does not fit its document."""
    document, record = item.document, item.record
    if record.digest != document.digest:
        raise SpanError(
            f"{document.id}: its record was made for revision {record.digest[:12]}, the text is "
            f"{document.digest[:12]}; run `vicivic settle` again"
        )
    known = label_ids(scheme.version)
    for span in record.spans:
        if span.label not in known:
            raise SpanError(f"{document.id}: span {span.id} has label {span.label!r}, not in the scheme")
        if document.text[span.start : span.end] != span.text or span.end > len(document.text):
            raise SpanError(
                f"{document.id}: span {span.id} [{span.start}, {span.end}) {span.text!r} does not equal the "
                f"text there, {document.text[span.start : span.end]!r}"
            )
    crossing = find_crossing(record.spans)
    if crossing:
        raise SpanError(f"{document.id}: spans {crossing[0].id} and {crossing[1].id} cross or coincide")


def common(item: Item) -> Row:
    """The columns that every row of every config ends with."""
    return {
        "quality_names": item.record.quality["names"],
        "quality_numbers": item.record.quality["numbers"],
        "proposals_shown": None if item.machine else item.record.shown,
    }


def document_rows(item: Item, scheme: Scheme, tally: Tally) -> list[Row]:
    """The one row of `documents`."""
    document = item.document
    tally.documents[item.split] += 1
    tally.lengths[len(document.text) // 1_000] += 1
    tally.years[(document.published or "")[:4] or "unknown"] += 1
    for name in provinces(document):
        tally.provinces[name] += 1
    if item.time_split:
        tally.time_splits[item.time_split] += 1
    if not item.machine:
        tally.shown[item.split, item.record.shown] += 1
    for layer, quality in item.record.quality.items():
        tally.qualities[layer, quality] += 1
    return [
        {
            "id": document.id,
            "text": document.text,
            "title": document.title,
            "published": document.published,
            "source": document.source,
            "url": document.url,
            "split": item.split,
            "time_split": item.time_split,
            "event_date": document.event_date,
            "site": document.site,
            "places": list(document.places),
            "family": document.family or document.id,
            "digest": document.digest,
            "regions": [
                {"start": part.start, "end": part.end, "kind": part.kind, "rule": part.rule}
                for part in document.regions
            ],
            **common(item),
        }
    ]


def provinces(document: Document) -> list[str]:
    """The provinces that a document's place codes lie in, each once; codes that no table knows are left."""
    known = by_key()
    names = (province_of(known[code]).full_name for code in document.places if code in known)
    return list(dict.fromkeys(names))


def span_rows(item: Item, scheme: Scheme, tally: Tally) -> list[Row]:
    """The one row of `spans`: nested spans ordered by start, then longest."""
    spans = by_position(item.record.spans)
    around = parents(spans)
    ids = label_ids(scheme.version)
    rows = []
    for span, parent, depth in zip(spans, around, depths(around), strict=True):
        tally.labels[item.split, span.label] += 1
        tally.depths[depth] += 1
        rows.append(
            {
                "id": span.id,
                "start": span.start,
                "end": span.end,
                "text": span.text,
                "label": ids[span.label],
                "parent": parent,
                "depth": depth,
                **norm_columns(span.norm),
            }
        )
    return [{"id": item.document.id, "text": item.document.text, "spans": rows, **common(item)}]


def provenance_rows(item: Item, scheme: Scheme, tally: Tally) -> list[Row]:
    """The rows of `provenance`: one span each, in the order of the text."""
    record = item.record
    ids = label_ids(scheme.version)
    shared = common(item)
    for span in record.spans:
        tally.fates[span.label, span.fate or span.how] += 1
    return [
        {
            "id": span.id,
            "doc_id": item.document.id,
            "start": span.start,
            "end": span.end,
            "text": span.text,
            "label": ids[span.label],
            "sources": [
                {"source": said.source, "version": said.version, "rule": said.rule, "score": said.score}
                for said in span.sources
            ],
            "fate": span.fate,
            "how": span.how,
            "by": list(span.by),
            "round": record.round or None,
            "guideline": record.guideline,
            "scheme": record.scheme,
            **shared,
        }
        for span in by_position(record.spans)
    ]


_NO_NORM = Norm()


def norm_columns(norm: Norm | None) -> Row:
    """A value as columns: exact strings beside a float; null (and no denominators) where none applies."""
    said = norm or _NO_NORM
    return {
        "value": said.value,
        "value_float": _as_float(said.value),
        "low": said.low,
        "high": said.high,
        "low_open": said.low_open if norm else None,
        "high_open": said.high_open if norm else None,
        "mod": said.mod,
        "unit": said.unit,
        "per": list(said.per),
        "noun": said.noun,
        "numerator": said.numerator,
        "denominator": said.denominator,
        "edtf": said.edtf,
        "resolved": said.resolved,
    }


def _as_float(value: str | None) -> float | None:
    if value is None:
        return None
    try:
        number = float(Decimal(value))
    except (InvalidOperation, OverflowError):
        return None
    return number if math.isfinite(number) else None
