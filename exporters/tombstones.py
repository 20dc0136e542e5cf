"""tombstones.csv: which documents were taken down, and with which version; their text is gone."""

from __future__ import annotations

import csv
from pathlib import Path

from corpus.document import Document
from corpus.takedowns import Takedowns
from exporters.parquet import parquet_rows

TOMBSTONES = "tombstones.csv"
_COLUMNS = ("doc_id", "since")


def buried(previous: Path, takedowns: Takedowns) -> frozenset[str]:
    """The documents of a release that the takedown list names now."""
    return frozenset(
        row["id"]
        for file in sorted((previous / "data" / "documents").glob("*.parquet"))
        for row in parquet_rows(file)
        if takedowns.covers(Document(id=row["id"], text=row["text"], url=row["url"], site=row["site"]))
    )


def write_tombstones(target: Path, previous: Path | None, gone: frozenset[str], version: str) -> None:
    """Write those of the release before and the new ones; no file while nothing was ever taken down."""
    rows = read_tombstones(previous) if previous else []
    rows += [(name, version) for name in sorted(gone)]
    if rows:
        with (target / TOMBSTONES).open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(_COLUMNS)
            writer.writerows(rows)


def read_tombstones(folder: Path) -> list[tuple[str, str]]:
    """(document, version in which it went) of everything that was taken down."""
    path = folder / TOMBSTONES
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [(row["doc_id"], row["since"]) for row in csv.DictReader(file)]
