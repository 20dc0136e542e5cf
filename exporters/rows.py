"""One document with its gold → the rows of every config, as plain values in the columns' types."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from corpus.document import Document
from corpus.errors import SpanError
from corpus.segment import sentences, syllables
from exporters.views import Piece, Views, bio, column_labels, depths, parents, views
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


class Tally(msgspec.Struct, kw_only=True):
    """What the rows hold, for the card: spans by (split, label), flat columns, lengths, depths."""

    labels: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    columns: Counter[tuple[str, str, str]] = msgspec.field(default_factory=Counter)
    documents: Counter[str] = msgspec.field(default_factory=Counter)
    sentences: Counter[str] = msgspec.field(default_factory=Counter)
    tokens: Counter[str] = msgspec.field(default_factory=Counter)
    depths: Counter[int] = msgspec.field(default_factory=Counter)
    qualities: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)


def check(item: Item, scheme: Scheme) -> None:
    """Raise SpanError, naming document and span, when the record does not fit its document."""
    document, record = item.document, item.record
    if record.digest != document.digest:
        raise SpanError(
            f"{document.id}: its record was made for revision {record.digest[:12]}, the text is "
            f"{document.digest[:12]}; run `vicivic settle` again"
        )
    for span in record.spans:
        if span.label not in scheme:
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
            **common(item),
        }
    ]


def span_rows(item: Item, scheme: Scheme, tally: Tally) -> list[Row]:
    """The one row of `spans`: nested spans ordered by start, then longest."""
    spans = by_position(item.record.spans)
    around = parents(spans)
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
                "label": scheme.names.index(span.label),
                "parent": parent,
                "depth": depth,
                **norm_columns(span.norm),
            }
        )
    return [{"id": item.document.id, "text": item.document.text, "spans": rows, **common(item)}]


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


def token_rows(item: Item, scheme: Scheme, tally: Tally) -> list[Row]:
    """The rows of `tokens`: one sentence each, tokens broken at the edges of all spans."""
    text = item.document.text
    spans = item.record.spans
    held = joined_sentences(sentences(text), spans)
    edges = {edge for span in spans for edge in (span.start, span.end)}
    edges.update(edge for sentence in held for edge in sentence)
    starts, ends = broken_tokens(text, edges)
    tags = _tags(views(text, spans, scheme, tally.columns), scheme, starts, ends)
    shared = common(item)
    rows: list[Row] = []
    for number, (start, end) in enumerate(held):
        low, high = bisect_left(starts, start), bisect_right(ends, end)
        tally.sentences[item.split] += 1
        tally.tokens[item.split] += high - low
        rows.append(
            {
                "id": f"{item.document.id}#{number}",
                "doc_id": item.document.id,
                "sent_id": number,
                "text": text[start:end],
                "start": start,
                "tokens": [text[starts[token] : ends[token]] for token in range(low, high)],
                "token_starts": starts[low:high],
                "token_ends": ends[low:high],
                "space_after": [
                    token + 1 < high and ends[token] < starts[token + 1] for token in range(low, high)
                ],
                **{column: ids[low:high] for column, ids in tags.items()},
                **shared,
            }
        )
    return rows


def joined_sentences(found: Iterable[Any], spans: Iterable[Any]) -> list[tuple[int, int]]:
    """Sentences as (start, end); an end inside a span is not taken, so that no span is cut."""
    reaches = iter(by_position(spans))
    ahead = next(reaches, None)
    held: list[tuple[int, int]] = []
    reach = 0  # how far the spans go that begin before the sentence at hand
    for sentence in found:
        while ahead is not None and ahead.start < sentence.start:
            reach = max(reach, ahead.end)
            ahead = next(reaches, None)
        if held and reach > sentence.start:
            held[-1] = (held[-1][0], sentence.end)
        else:
            held.append((sentence.start, sentence.end))
    return held


def broken_tokens(text: str, edges: Iterable[int]) -> tuple[list[int], list[int]]:
    """Starts and ends of the syllable tokens, with a break at every edge that falls inside one."""
    cuts = sorted(edges)
    position = 0
    starts: list[int] = []
    ends: list[int] = []
    for token in syllables(text):
        start, end = token.start, token.end
        while position < len(cuts) and cuts[position] <= start:
            position += 1
        while position < len(cuts) and cuts[position] < end:
            starts.append(start)
            ends.append(cuts[position])
            start = cuts[position]
            position += 1
        starts.append(start)
        ends.append(end)
    return starts, ends


def _tags(found: Views, scheme: Scheme, starts: Sequence[int], ends: Sequence[int]) -> dict[str, list[int]]:
    tags = {}
    for column, labels in column_labels(scheme).items():
        pieces: list[Piece] = getattr(found, column)
        ids = {label: 1 + 2 * place for place, label in enumerate(labels)}
        tags[column] = bio(pieces, starts, ends, ids)
    return tags


CONFIGS: dict[str, Callable[[Item, Scheme, Tally], list[Row]]] = {
    "tokens": token_rows,
    "spans": span_rows,
    "documents": document_rows,
}
