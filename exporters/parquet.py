"""Parquet files whose bytes follow from their rows: zstd, fixed row groups, features inside, two hashes.

Written with `pyarrow.parquet.ParquetWriter`, a row group at a time: memory does not grow with the rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from corpus.errors import ReleaseError
from corpus.events import canonical_json

# Rows of a row group: enough for fast scans, few enough that memory stays flat.
ROW_GROUP = {"spans": 200, "documents": 500}
DEFAULT_ROW_GROUP = 2_000


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a split.  `logical_sha256` is over its rows as canonical JSON, one a line."""

    path: str
    rows: int
    memory: int
    bytes: int
    sha256: str
    logical_sha256: str


class SplitWriter:
    """Writes the rows of one config and split to one Parquet file, a row group at a time."""

    def __init__(self, path: Path, config: str, features: Any) -> None:
        import pyarrow.parquet as pq

        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        self.schema = features.arrow_schema
        self.columns = tuple(features)
        self.size = ROW_GROUP.get(config, DEFAULT_ROW_GROUP)
        self.waiting: list[dict[str, Any]] = []
        self.rows = self.memory = 0
        self.logical = hashlib.sha256()
        self.file = pq.ParquetWriter(path, self.schema, compression="zstd", write_page_index=True)

    def write(self, rows: Iterable[dict[str, Any]]) -> None:
        """Add rows.  Raises ReleaseError when one has other columns than the config."""
        for row in rows:
            if tuple(row) != self.columns:
                raise ReleaseError(
                    f"{self.path.name}: a row has columns {list(row)}, not {list(self.columns)}"
                )
            self.logical.update(canonical_json(row) + b"\n")
            self.waiting.append(row)
            if len(self.waiting) == self.size:
                self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        table = pa.Table.from_pylist(self.waiting, self.schema)
        self.file.write_table(table, row_group_size=self.size)
        self.rows += table.num_rows
        self.memory += table.nbytes
        self.waiting.clear()

    def abandon(self) -> None:
        """Let go of the file after an error; pyarrow would try once more, and complain, at its end."""
        with suppress(OSError):
            self.file.close()
        self.file.is_open = False

    def close(self, root: Path) -> Written:
        """Finish the file; what is in it, with its path below `root`."""
        if self.waiting:
            self._flush()
        self.file.close()
        return Written(
            path=self.path.relative_to(root).as_posix(),
            rows=self.rows,
            memory=self.memory,
            bytes=self.path.stat().st_size,
            sha256=file_sha256(self.path),
            logical_sha256=self.logical.hexdigest(),
        )


def file_sha256(path: Path) -> str:
    """SHA-256 (hex) of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def logical_sha256(path: Path) -> str:
    """The logical hash of a Parquet file, recounted from its rows; equal whatever wrote the file."""
    digest = hashlib.sha256()
    for row in parquet_rows(path):
        digest.update(canonical_json(row) + b"\n")
    return digest.hexdigest()


def parquet_rows(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of a Parquet file, streaming."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=500):
            yield from batch.to_pylist()
