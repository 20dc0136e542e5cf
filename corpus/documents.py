"""The documents of a workspace: Parquet shards in `documents/`, appended by each ingest.

One ingest is one folder `run-NNNNNN/`: it takes its name by a single rename once it is complete, so a
run is there whole or not at all.  (id, digest) names a revision; the newest revision of an id is the
current one.  Older revisions stay: what people said about them stays readable.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import msgspec

from corpus.document import Document
from corpus.errors import UsageError
from corpus.store import Workspace, read_rows, sync, write_rows
from corpus.takedowns import read_takedowns

SHARD = 5_000
_decode = msgspec.json.Decoder(Document).decode


def shards(workspace: Workspace) -> list[Path]:
    """The shards in the order they were written."""
    return sorted(workspace.folder("documents").glob("run-*/part-*.parquet"))


def refused_shards(workspace: Workspace) -> list[Path]:
    """The shards of documents that a filter refused (`corpus.ingest`), in the order they were written."""
    return sorted(workspace.folder("documents").glob("run-*/refused-*.parquet"))


@contextmanager
def new_run(workspace: Workspace) -> Iterator[Path]:
    """A folder to write shards in; when the block ends well it becomes the next run, in one rename.

    A folder that stays empty is dropped.  What a killed run left behind is cleared first.
    """
    home = workspace.folder("documents")
    home.mkdir(parents=True, exist_ok=True)
    for left in home.glob(".tmp-run-*"):
        shutil.rmtree(left)
    last = max((int(path.name[4:]) for path in home.glob("run-*")), default=0)
    temporary = home / f".tmp-run-{last + 1:06d}"
    temporary.mkdir()
    try:
        yield temporary
        if any(temporary.iterdir()):
            sync(temporary)
            temporary.rename(home / f"run-{last + 1:06d}")
            sync(home)
    finally:
        if temporary.exists():
            shutil.rmtree(temporary)


def add_documents(workspace: Workspace, documents: Iterable[Document]) -> int:
    """Append documents as one run of new shards; returns how many.  All of them appear or none."""
    with new_run(workspace) as folder:
        return write_shards(folder, documents)


def write_shards(folder: Path, documents: Iterable[Document], *, prefix: str = "part") -> int:
    """Write documents to `folder` as `<prefix>-NNNNNN.parquet` of at most SHARD rows; returns how many."""
    number = written = 0
    stream = iter(documents)
    while block := list(islice(stream, SHARD)):
        number += 1
        path = folder / f"{prefix}-{number:06d}.parquet"
        written += write_rows(path, ((item.id, item.digest, item) for item in block))
    return written


def revisions(workspace: Workspace) -> dict[str, str]:
    """id → digest of the current revision of every document."""
    import pyarrow.parquet as pq

    current: dict[str, str] = {}
    for path in shards(workspace):
        table = pq.read_table(path, columns=["id", "digest"]).to_pydict()
        current.update(zip(table["id"], table["digest"], strict=True))
    return current


def read_documents(workspace: Workspace) -> Iterator[Document]:
    """The current revision of every document, streaming, in the order of the shards.

    What the takedown list names is left out.
    """
    current = _current_marks(workspace)
    takedowns = read_takedowns(workspace)
    for path in shards(workspace):
        for identity, digest, document in read_rows(path, _decode):
            mark = _mark(identity)
            if current.get(mark) == int(digest[:16], 16):
                del current[mark]
                if not takedowns.covers(document):
                    yield document


def _current_marks(workspace: Workspace) -> dict[int, int]:
    """`revisions` in 64 bits each: a tenth of the memory, for workspaces of millions of documents."""
    import pyarrow.parquet as pq

    current: dict[int, int] = {}
    for path in shards(workspace):
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=10_000, columns=["id", "digest"]):
                ids, digests = batch.column("id").to_pylist(), batch.column("digest").to_pylist()
                for identity, digest in zip(ids, digests, strict=True):
                    current[_mark(identity)] = int(digest[:16], 16)
    return current


def _mark(identity: str) -> int:
    return int.from_bytes(hashlib.blake2b(identity.encode("utf-8"), digest_size=8).digest(), "little")


def read_document(workspace: Workspace, identity: str, digest: str | None = None) -> Document:
    """One document by id (and revision).  Raises UsageError with near ids when there is none."""
    wanted = digest or revisions(workspace).get(identity)
    for path in reversed(shards(workspace)):
        for found, revision, document in read_rows(path, _decode):
            if found == identity and revision == wanted:
                if read_takedowns(workspace).covers(document):
                    raise UsageError(f"document {identity!r} was taken down (decisions/takedowns.jsonl)")
                return document
    from difflib import get_close_matches

    near = get_close_matches(identity, revisions(workspace), n=3, cutoff=0.3)
    hint = f"; near: {', '.join(near)}" if near else ""
    raise UsageError(f"no document {identity!r} in {workspace.root}{hint}")
