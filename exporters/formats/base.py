"""A frozen release as the formats read it: document by document, in flat memory, every offset checked.

Label ids become names here, so that no format knows how Parquet holds them.  What a format could not
hold is told to its `Tally`, reason by reason, and stands in the summary of `vicivic export`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from corpus.errors import ReleaseError

SPLITS = ("train", "validation", "test")
COLUMNS = ("ner_tags", "ner_tags_inner", "ner_tags_core", "number_tags")
NORM = (
    "value", "value_float", "low", "high", "low_open", "high_open", "mod", "unit", "per", "noun",
    "numerator", "denominator", "edtf", "resolved",
)  # fmt: skip
"""The columns of a span that say what a number means."""

_BATCH = 200
Row = dict[str, Any]


class Published(NamedTuple):
    """One document of a release.

    `spans` are the rows of the `spans` config with label names, ordered by start, then longest;
    `sentences` those of `tokens` with tag names; `about` the row of `documents`.  The last two are
    empty when they were not asked for.
    """

    id: str
    text: str
    spans: list[Row]
    sentences: list[Row]
    about: Row


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What a person may choose: the flat BIO column, for formats that hold only one."""

    column: str = "ner_tags"


class Tally(msgspec.Struct, kw_only=True):
    """What was written, what could not be (by reason and label), and remarks that need no count."""

    written: Counter[str] = msgspec.field(default_factory=Counter)
    lost: Counter[tuple[str, str]] = msgspec.field(default_factory=Counter)
    remarks: list[str] = msgspec.field(default_factory=list)

    def lose(self, reason: str, label: str) -> None:
        """One span with this label was not written, or not whole, for this reason."""
        self.lost[reason, label] += 1

    def by_reason(self) -> dict[str, dict[str, int]]:
        """reason → label → count, both in order of their names."""
        found: dict[str, dict[str, int]] = {}
        for (reason, label), count in sorted(self.lost.items()):
            found.setdefault(reason, {})[label] = count
        return found


Writer = Callable[["Release", Path, Tally, Settings], None]
"""Writes a release into an empty folder."""


class _Head(msgspec.Struct, frozen=True):
    """What is needed of manifest.json, whatever else later versions put there."""

    version: str
    labels: list[str]
    scheme: str = "1"
    kind: str = "human"


class Release:
    """A release folder, opened for reading.  Raises ReleaseError when it is none or is damaged."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / "manifest.json"
        try:
            head = msgspec.json.decode(path.read_bytes(), type=_Head)
        except OSError:
            raise ReleaseError(f"{folder}: no release here ({path.name} is missing)") from None
        except msgspec.DecodeError as error:
            raise ReleaseError(f"{path}: can't be read as a manifest ({error})") from None
        self.version, self.labels = head.version, tuple(head.labels)
        self.scheme, self.kind = head.scheme, head.kind

    def files(self, config: str, split: str) -> list[Path]:
        """The Parquet files of one config and split, in order; none when the split is empty."""
        return sorted((self.folder / "data" / config).glob(f"{split}-*.parquet"))

    def splits(self, config: str = "spans") -> list[str]:
        """The splits that hold something.  Raises ReleaseError when there is none."""
        found = [split for split in SPLITS if self.files(config, split)]
        if not found:
            raise ReleaseError(f"{self.folder}: its config {config!r} has no files; get the whole release")
        return found

    def names(self, config: str, column: str) -> tuple[str, ...]:
        """The ClassLabel names of a column (`spans.label` for a field of structs)."""
        path = self.files(config, self.splits(config)[0])[0]
        try:
            features = json.loads(_parquet(path).schema_arrow.metadata[b"huggingface"])["info"]["features"]
            for step in column.split("."):
                features = _inside(features)[step]
            return tuple(_inside(features)["names"])
        except (KeyError, TypeError, ValueError):
            raise ReleaseError(f"{path}: its column {column!r} has no label names inside") from None

    def rows(self, config: str, split: str) -> Iterator[Row]:
        """The rows of one config and split, streaming, with ids as they are stored."""
        import pyarrow as pa

        for path in self.files(config, split):
            with _parquet(path) as file:
                try:
                    for batch in file.iter_batches(batch_size=_BATCH):
                        yield from batch.to_pylist()
                except (pa.ArrowInvalid, OSError) as error:
                    raise ReleaseError(f"{path}: damaged ({error}); run `vicivic verify`") from None

    def sentences(self, split: str) -> Iterator[Row]:
        """The rows of `tokens` with tag names in the flat columns."""
        names = {column: self.names("tokens", column) for column in COLUMNS}
        for row in self.rows("tokens", split):
            for column, known in names.items():
                row[column] = [known[tag] for tag in row[column]]
            yield row

    def documents(self, split: str, *, tokens: bool = False, about: bool = False) -> Iterator[Published]:
        """The documents of a split, with their sentences or metadata where asked for.

        Raises ReleaseError when a span or sentence does not equal the text it points at, or when the
        configs do not hold the same documents in the same order.
        """
        labels = self.names("spans", "spans.label")
        sentences = _Grouped(self.sentences(split), "doc_id") if tokens else None
        meta = _Grouped(self.rows("documents", split), "id") if about else None
        for row in self.rows("spans", split):
            if row.get("text") is None:
                raise ReleaseError(f"{self.folder}: holds no texts; put yours in with its hydrate.py first")
            for span in row["spans"]:
                span["label"] = labels[span["label"]]
            found = Published(
                row["id"],
                row["text"],
                row["spans"],
                sentences.take(row["id"]) if sentences else [],
                meta.take(row["id"])[0] if meta else {},
            )
            self._check(found)
            yield found

    def _check(self, document: Published) -> None:
        for row in (*document.spans, *document.sentences):
            start = row["start"]
            if document.text[start : start + len(row["text"])] != row["text"]:
                raise ReleaseError(
                    f"{self.folder}: {document.id}: {row['id']} at {start} says {row['text'][:40]!r}, the "
                    "text there is another; run `vicivic verify`"
                )


class _Grouped:
    """Rows of another config, handed out document by document in the order in which they stand."""

    def __init__(self, rows: Iterator[Row], key: str) -> None:
        self.rows, self.key = rows, key
        self.ahead = next(rows, None)

    def take(self, identity: str) -> list[Row]:
        found = []
        while self.ahead is not None and self.ahead[self.key] == identity:
            found.append(self.ahead)
            self.ahead = next(self.rows, None)
        if not found:
            raise ReleaseError(f"{identity}: is not in every config of the release; run `vicivic verify`")
        return found


def _parquet(path: Path) -> Any:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.ParquetFile(path)
    except (pa.ArrowInvalid, OSError) as error:
        raise ReleaseError(f"{path}: can't be read ({error}); run `vicivic verify`") from None


def _inside(feature: Any) -> Any:
    """A stored feature without the lists around it."""
    while isinstance(feature, list) or "feature" in feature:
        feature = feature[0] if isinstance(feature, list) else feature["feature"]
    return feature


def has_value(span: Row) -> bool:
    """Whether a span carries a normalised value."""
    return any(span[name] not in (None, [], False) for name in NORM)


def value_of(span: Row) -> Row:
    """The columns of a span that say what it means, without those that say nothing."""
    return {name: span[name] for name in NORM if span[name] not in (None, [], False)}


def write_array(path: Path, items: Iterable[Any]) -> int:
    """Write a JSON array, one item a line, streaming; returns how many."""
    encode = msgspec.json.Encoder().encode
    count = 0
    with path.open("wb") as file:
        file.write(b"[")
        for item in items:
            file.write((b",\n" if count else b"\n") + encode(item))
            count += 1
        file.write(b"\n]\n")
    return count
