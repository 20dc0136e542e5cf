"""A release read back into documents with their gold, and every config made anew from them.

What a release says about a document stands in `documents`, `spans` and `provenance`; all else follows.
Rows that do not follow are faults.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from corpus.document import Document, Region, digest_of
from corpus.errors import DataError
from exporters.configs import CONFIGS
from exporters.manifest import Manifest
from exporters.parquet import parquet_rows
from exporters.rows import Item, Row, Tally, check, norm_columns
from labeling.norm import Norm
from labeling.scheme import Scheme
from labeling.span import Record, RecordSpan, Source

_NORM = tuple(name for name in norm_columns(None) if name != "value_float")


class Fault(NamedTuple):
    """One thing that is wrong: the check that found it, the file, and the words."""

    check: str
    path: str
    message: str


def recount(
    folder: Path, manifest: Manifest, scheme: Scheme, tally: Tally
) -> Iterator[Fault | tuple[str, Item]]:
    """Every fault of the rows; and (split, item) of every document that could be read back."""
    splits = sorted({split for config in manifest.configs.values() for split in config.splits})
    for split in splits:
        groups = {
            name: _by_document(folder / manifest.configs[name].splits[split].path, name)
            for name in CONFIGS
            if name in manifest.configs and split in manifest.configs[name].splits
        }
        missing = [name for name in ("documents", "spans", "provenance") if name not in groups]
        if missing:
            yield Fault("configs", split, f"{', '.join(missing)} missing: nothing can be recounted")
            continue
        yield from _split(split, groups, manifest, scheme, tally)


def _by_document(path: Path, config: str) -> Iterator[tuple[str, list[Row]]]:
    key = "id" if config in ("spans", "documents") else "doc_id"
    for name, rows in groupby(parquet_rows(path), key=lambda row: row[key]):
        yield name, list(rows)


def _split(
    split: str,
    groups: dict[str, Iterator[tuple[str, list[Row]]]],
    manifest: Manifest,
    scheme: Scheme,
    tally: Tally,
) -> Iterator[Fault | tuple[str, Item]]:
    ahead = {name: next(group, None) for name, group in groups.items()}
    seen: set[str] = set()
    while any(ahead.values()):
        name = min(found[0] for found in ahead.values() if found)
        rows = {config: found[1] for config, found in ahead.items() if found is not None and found[0] == name}
        for config in rows:
            ahead[config] = next(groups[config], None)
        if name in seen or any(found and found[0] < name for found in ahead.values()):
            yield Fault("order", split, f"{name}: documents are not in the order of their ids")
            return
        seen.add(name)
        yield from _document(split, name, rows, manifest=manifest, scheme=scheme, tally=tally)


def _document(
    split: str, name: str, rows: dict[str, list[Row]], *, manifest: Manifest, scheme: Scheme, tally: Tally
) -> Iterator[Fault | tuple[str, Item]]:
    for config in ("documents", "spans"):
        if len(rows.get(config, ())) != 1:
            yield Fault("configs", config, f"{name}: {len(rows.get(config, ()))} rows instead of one")
            return
    try:
        item = _item(rows, manifest, scheme)
        check(item, scheme)
    except (DataError, LookupError, TypeError) as error:
        yield Fault("spans", f"{split} spans", f"{name}: {error}")
        return
    about = rows["documents"][0]
    if about["digest"] != digest_of(about["text"]):
        yield Fault(
            "text", f"{split} documents", f"{name}: the text does not have its digest {about['digest']}"
        )
    if about["split"] != split:
        yield Fault("splits", f"{split} documents", f"{name}: says it is in {about['split']}")
    item = msgspec.structs.replace(item, split=split, time_split=about["time_split"])
    for config, make in CONFIGS.items():
        made = make(item, scheme, tally)
        if config in manifest.configs and made != rows.get(config, []):
            yield Fault(
                config, f"{split} {config}", f"{name}: {_first_difference(made, rows.get(config, []))}"
            )
    yield split, item


def read_documents(folder: Path, manifest: Manifest) -> Iterator[tuple[str, Document]]:
    """(split, document) of every row of `documents`, streaming."""
    for split, file in manifest.configs["documents"].splits.items():
        for row in parquet_rows(folder / file.path):
            yield split, read_document(row)


def read_document(row: Row) -> Document:
    """A row of `documents` as the document that it was made from, as far as it tells."""
    return Document(
        id=row["id"],
        text=row["text"],
        title=row["title"],
        published=row["published"],
        event_date=row["event_date"],
        url=row["url"],
        site=row["site"],
        source=row["source"],
        places=tuple(row["places"]),
        regions=tuple(Region(**part) for part in row["regions"]),
        family=row["family"],
    )


def _item(rows: dict[str, list[Row]], manifest: Manifest, scheme: Scheme) -> Item:
    held = rows["spans"][0]
    told = {row["id"]: row for row in rows.get("provenance", ())}
    document = read_document(rows["documents"][0])
    if held["text"] != document.text:
        raise DataError("`spans` and `documents` hold different texts")
    if len({span["id"] for span in held["spans"]}) != len(held["spans"]):
        raise DataError("two spans have the same id")
    numbers = scheme.layer("numbers")
    spans = tuple(_span(span, told[span["id"]], scheme, numbers) for span in held["spans"])
    first = next(iter(told.values()), None)
    record = Record(
        document=document.id,
        digest=document.digest,
        scheme=first["scheme"] if first else manifest.scheme,
        guideline=first["guideline"] if first else manifest.guideline,
        round=(first["round"] or "") if first else "",
        quality={"names": held["quality_names"], "numbers": held["quality_numbers"]},
        authors=(),
        spans=spans,
        shown=bool(held["proposals_shown"]),
    )
    return Item(document=document, record=record, machine=held["proposals_shown"] is None)


def _span(span: Row, told: Row, scheme: Scheme, numbers: frozenset[str]) -> RecordSpan:
    label = scheme.names[span["label"]]
    said = {name: span[name] for name in _NORM}
    said["per"] = tuple(span["per"])
    said["low_open"], said["high_open"] = bool(span["low_open"]), bool(span["high_open"])
    known = span["low_open"] is not None
    return RecordSpan(
        id=span["id"],
        start=span["start"],
        end=span["end"],
        label=label,
        text=span["text"],
        norm=Norm(**said) if known else None,
        sources=tuple(Source(**source) for source in told["sources"]),
        fate=told["fate"],
        how=told["how"],
        by=tuple(told["by"]),
    )


def _first_difference(made: list[Row], found: list[Row]) -> str:
    """Where rows differ from those that follow from the documents, in one line."""
    if len(made) != len(found):
        return f"{len(found)} rows, {len(made)} follow from the documents"
    for number, (right, row) in enumerate(zip(made, found, strict=True)):
        for column, value in right.items():
            if row.get(column) != value:
                return f"row {number}, {column}: {_short(row.get(column))}, it should be {_short(value)}"
    return "its columns are in another order"


def _short(value: Any) -> str:
    said = repr(value)
    return said if len(said) <= 200 else said[:200] + "…"
