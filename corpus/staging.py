"""What an ingest holds before it is complete: blocks of prepared pages, one Parquet file each.

A block is named by its place and the hash of its pages and settings, and written atomically: a run that
was cut off finds its finished blocks again and goes on where it was.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec

from corpus import __version__
from corpus.document import Document
from corpus.prepare import Settings, prepare
from corpus.readers.page import Item, Page, Refusal
from corpus.store import Workspace, atomic_file

BLOCK = 500  # pages
BLOCK_CHARS = 4_000_000  # or this many characters, whichever comes first

_encode = msgspec.json.Encoder(order="deterministic").encode
_document = msgspec.json.Decoder(Document).decode
_refusal = msgspec.json.Decoder(Refusal).decode


class Staging:
    """The folder `documents/.staging` of a workspace."""

    def __init__(self, workspace: Workspace, settings: Settings) -> None:
        self.folder = workspace.folder("documents") / ".staging"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.key = hashlib.sha256(_encode(settings) + __version__.encode()).hexdigest()
        self.settings = settings

    def blocks(self, items: Iterable[Item]) -> Iterator[tuple[Path, list[Item]]]:
        """The items in blocks, each with the path of its file; `path.exists()` says it is done."""
        for number, block in enumerate(_blocks(items)):
            body = hashlib.sha256(self.key.encode() + _encode(block)).hexdigest()[:24]
            yield self.folder / f"block-{number:08d}-{body}.parquet", block

    def clear(self, keep: Iterable[Path] = ()) -> None:
        """Remove blocks that do not belong to this run."""
        kept = set(keep)
        for path in self.folder.iterdir():
            if path not in kept and path.is_file():
                path.unlink()

    def remove(self) -> None:
        """Remove the folder: the run is committed."""
        shutil.rmtree(self.folder, ignore_errors=True)


def _blocks(items: Iterable[Item]) -> Iterator[list[Item]]:
    block: list[Item] = []
    size = 0
    for item in items:
        block.append(item)
        size += len(item.text or item.html or "") if isinstance(item, Page) else 100
        if len(block) >= BLOCK or size >= BLOCK_CHARS:
            yield block
            block, size = [], 0
    if block:
        yield block


def prepare_block(block: Sequence[Item], path: Path, settings: Settings) -> dict[str, int]:
    """Prepare every page of a block and write it to `path`; returns counts by reason (`kept` too)."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    counts: dict[str, int] = {}
    rows: list[dict[str, Any]] = []
    for item in block:
        made = prepare(item, settings) if isinstance(item, Page) else item
        code = "kept" if isinstance(made, Document) else made.code
        counts[code] = counts.get(code, 0) + 1
        rows.append(
            {
                "id": made.id,
                "digest": made.digest if isinstance(made, Document) else None,
                "code": code,
                "record": item.record,
                "body": _encode(made).decode("utf-8"),
            }
        )
    with atomic_file(path) as temporary:
        pq.write_table(pa.Table.from_pylist(rows, schema=schema()), temporary, compression="zstd")
    return counts


def schema() -> Any:
    """The columns of a block: id, digest, code (`kept` or a reason), record, body (JSON)."""
    import pyarrow as pa

    return pa.schema([(name, pa.string()) for name in ("id", "digest", "code", "record", "body")])


def read_block(path: Path) -> Iterator[tuple[int, str, Document | Refusal]]:
    """(row number, record, document or refusal) of a block, in order."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=200, columns=["code", "record", "body"]):
            for row in batch.to_pylist():
                decode = _document if row["code"] == "kept" else _refusal
                yield number, row["record"], decode(row["body"])
                number += 1
    pa.default_memory_pool().release_unused()  # a block's buffers are not needed again
