"""What filters refused (not civic, not Vietnamese, copies): kept whole, with the reason.

Rows of `run-*/refused-*.parquet` are (id, fingerprint, Refusal with its text); the fingerprint is the hash
of code and text, so that ingesting the same page again keeps no second row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType

import msgspec

from corpus.documents import refused_shards
from corpus.readers.page import Refusal
from corpus.store import Workspace, read_rows, write_rows

SHARD = 5_000
_decode = msgspec.json.Decoder(Refusal).decode


class Refused:
    """Collects refusals and writes those that are new to `folder`, in shards."""

    def __init__(self, workspace: Workspace, folder: Path) -> None:
        self._folder = folder
        self._known = {int(mark[:16], 16) for mark in _fingerprints(workspace)}
        self._block: list[tuple[str, str, Refusal]] = []
        self._written = 0

    def add(self, refusal: Refusal) -> None:
        """Keep one refusal, unless it is kept already."""
        mark = fingerprint(refusal)
        short = int(mark[:16], 16)
        if short not in self._known:
            self._known.add(short)
            self._block.append((refusal.id or refusal.record, mark, refusal))
            if len(self._block) >= SHARD:
                self._flush()

    def _flush(self) -> None:
        if self._block:
            self._written += 1
            write_rows(self._folder / f"refused-{self._written:06d}.parquet", self._block)
            self._block.clear()

    def __enter__(self) -> Refused:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._flush()


def fingerprint(refusal: Refusal) -> str:
    """SHA-256 over id, code and text."""
    parts = (refusal.id or refusal.record, refusal.code, refusal.text or "")
    return hashlib.sha256("\x00".join(parts).encode("utf-8")).hexdigest()


def read_refused(workspace: Workspace) -> Iterator[Refusal]:
    """Everything that filters refused, in the order it was."""
    for path in refused_shards(workspace):
        for _, _, refusal in read_rows(path, _decode):
            yield refusal


def _fingerprints(workspace: Workspace) -> Iterator[str]:
    import pyarrow.parquet as pq

    for path in refused_shards(workspace):
        yield from pq.read_table(path, columns=["digest"]).column("digest").to_pylist()
