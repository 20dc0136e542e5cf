"""Records on disk: the workspace's folders, atomic writes, Parquet rows.

One workspace folder holds everything of one corpus.  Each stage writes only its own folder, by
temporary name + fsync + rename; one writer at a time (lock file), any number of readers.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from corpus import __version__
from corpus.errors import DataError, UsageError, WorkspaceError
from corpus.events import append_events, event, read_events

FORMAT = 1
DEFAULT_WORK = "work"
T = TypeVar("T")


class Marker(msgspec.Struct, frozen=True):
    """workspace.json: the layout's format number and the version that made it."""

    format: int
    vicivic: str


class Workspace:
    """The folder of one corpus.  `Workspace(root)` opens it; `create=True` makes it when missing.

    Raises WorkspaceError when it is missing, is not a workspace, or was made by a newer ViCivic.
    """

    def __init__(self, root: str | Path, *, create: bool = False) -> None:
        self.root = Path(root)
        marker = self.root / "workspace.json"
        if not marker.exists():
            self._make(marker, create)
        try:
            found = msgspec.json.decode(marker.read_bytes(), type=Marker)
        except (msgspec.DecodeError, OSError) as error:
            raise WorkspaceError(f"{marker}: can't be read as a workspace marker ({error})") from None
        if found.format > FORMAT:
            raise WorkspaceError(
                f"{self.root}: made by ViCivic {found.vicivic} (format {found.format}), newer than this "
                f"{__version__} (format {FORMAT}): upgrade ViCivic, or use another --work"
            )

    def _make(self, marker: Path, create: bool) -> None:
        if not create:
            raise WorkspaceError(
                f"{self.root}: no workspace here; run `vicivic ingest PATH --work {self.root}` first, "
                "or name another with --work"
            )
        if self.root.exists() and (not self.root.is_dir() or any(self.root.iterdir())):
            raise WorkspaceError(f"{self.root}: neither empty nor a workspace; name another with --work")
        self.root.mkdir(parents=True, exist_ok=True)
        with atomic_file(marker) as temporary:
            temporary.write_bytes(msgspec.json.encode(Marker(FORMAT, __version__)) + b"\n")

    def folder(self, name: str) -> Path:
        """The folder of a stage (`documents`, `proposals`, `studio`, `annotations`, …)."""
        return self.root / name

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the workspace for writing.  Raises WorkspaceError when another writer holds it."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.root / ".lock", timeout=0)
        try:
            with lock:
                yield
        except Timeout:
            raise WorkspaceError(
                f"{self.root}: another vicivic command is writing here; wait for it to end"
            ) from None


@contextmanager
def atomic_file(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`; when the block ends well it is synced and takes its name.

    Raises UsageError for a `path` that is a folder or a device.
    """
    if path.exists() and not path.is_file():
        raise UsageError(f"{path}: is no regular file; name another")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".tmp-{os.getpid()}-{path.name}")
    try:
        yield temporary
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """fsync a file or a folder."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def set_aside(path: Path, refused: Iterable[dict[str, Any]]) -> int:
    """Keep refused records with their reason in a `rejected.jsonl`; the same refusal is kept once."""
    known = {item.sha256 for item in read_events(path)}
    fresh = {item.sha256: item for item in (event("rejected", body) for body in refused)}
    append_events(path, (item for digest, item in fresh.items() if digest not in known))
    return len(fresh)


# --- rows: (id, digest, body) in Parquet; body is the record as JSON ------------------------------


def write_rows(path: Path, rows: Iterable[tuple[str, str, Any]], *, batch: int = 500) -> int:
    """Write (id, digest, record) rows to one Parquet file, atomically and streaming; returns how many."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("id", pa.string()), ("digest", pa.string()), ("body", pa.string())])
    encode = msgspec.json.Encoder(order="deterministic").encode
    count = 0
    with atomic_file(path) as temporary, pq.ParquetWriter(temporary, schema, compression="zstd") as writer:
        buffer: list[tuple[str, str, str]] = []

        def flush() -> None:
            columns = [pa.array(column, pa.string()) for column in zip(*buffer, strict=True)]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            buffer.clear()

        for identity, digest, record in rows:
            buffer.append((identity, digest, encode(record).decode("utf-8")))
            count += 1
            if len(buffer) >= batch:
                flush()
        if buffer:
            flush()
    return count


def read_rows(path: Path, decode: Callable[[str], T]) -> Iterator[tuple[str, str, T]]:
    """The (id, digest, record) rows of a Parquet file, streaming.  Raises DataError when it is damaged."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=200):
                for row in batch.to_pylist():
                    yield row["id"], row["digest"], decode(row["body"])
    except (pa.ArrowInvalid, OSError) as error:
        raise DataError(f"{path}: can't be read ({error}); remove it and run the stage again") from None
