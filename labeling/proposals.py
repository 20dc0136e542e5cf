"""Proposals in the workspace: one folder a source and version, and one for each merge.

`proposals/<source>@<version>/part-*.parquet` holds rows (document id, digest, proposals) as that source
gave them; `proposals/merge@<version>/` the merged ones; `proposals/current.json` names the merge that
the rest of the house reads.  A part appears whole or not at all, so a cut-off run goes on where it was;
a source whose version did not change is not run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from corpus.document import Document
from corpus.documents import read_documents
from corpus.errors import DataError
from corpus.store import Workspace, atomic_file, read_rows, set_aside, write_rows
from labeling.parallel import Batches
from labeling.prelabel import BATCH, Pipeline, Settings, pipeline
from labeling.span import Proposal
from labeling.switches import merge_settings

PART = 500
_decode = msgspec.json.Decoder(tuple[Proposal, ...]).decode


class Current(msgspec.Struct, frozen=True, kw_only=True):
    """Which merge is current, and what went into it."""

    merge: str
    scheme: str
    sources: dict[str, str]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A document on its way to a worker, with what its sources said in an earlier run."""

    document: Document
    said: dict[str, tuple[Proposal, ...]]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One document as the sources that were asked and the merge left it."""

    document: str
    digest: str
    said: dict[str, tuple[Proposal, ...]]
    merged: tuple[Proposal, ...]
    error: tuple[str, str] | None = None


def has_current(workspace: Workspace) -> bool:
    """Whether anything was pre-labelled here."""
    return (workspace.folder("proposals") / "current.json").exists()


def current(workspace: Workspace) -> Current:
    """The current merge.  Raises DataError when nothing was pre-labelled yet."""
    path = workspace.folder("proposals") / "current.json"
    if not has_current(workspace):
        raise DataError(f"{workspace.root}: no proposals yet; run `vicivic prelabel --work {workspace.root}`")
    return msgspec.json.decode(path.read_bytes(), type=Current)


class Shelf:
    """The rows of one folder, handed out in about the order they were written; memory stays flat."""

    def __init__(self, folder: Path) -> None:
        self._rows = _read(folder)
        self._passed: dict[tuple[str, str], tuple[Proposal, ...]] = {}

    def take(self, key: tuple[str, str]) -> tuple[Proposal, ...] | None:
        """The proposals of (document id, digest), once; None when there are none."""
        while key not in self._passed:
            row = next(self._rows, None)
            if row is None:
                return None
            self._passed[row[0], row[1]] = row[2]
        return self._passed.pop(key)


def read_merged(workspace: Workspace) -> Iterator[tuple[Document, str, tuple[Proposal, ...]]]:
    """(document, merge version, merged proposals) of every current document that was pre-labelled."""
    version = current(workspace).merge
    shelf = Shelf(_folder(workspace, "merge", version))
    for document in read_documents(workspace):
        proposals = shelf.take((document.id, document.digest))
        if proposals is not None:
            yield document, version, proposals


def read_source(workspace: Workspace, source: str) -> dict[tuple[str, str], tuple[Proposal, ...]]:
    """(id, digest) → proposals of one source at its current version; empty when it was not run."""
    version = current(workspace).sources.get(source)
    if version is None:
        return {}
    return {(row[0], row[1]): row[2] for row in _read(_folder(workspace, source, version))}


def prelabel_workspace(
    workspace: Workspace,
    settings: Settings,
    *,
    jobs: int = 1,
    progress: Callable[[Told], None] = lambda told: None,
) -> dict[str, int]:
    """Pre-label every current document that lacks it; returns counts whose parts add up.

    documents = kept + new + failed.  Sources that spoke of a document already are not asked again, and
    the merge heeds the rules that the workspace switched off.
    Raises UsageError for an unknown source.
    """
    if settings.merge is None:
        settings = msgspec.structs.replace(settings, merge=merge_settings(workspace))
    engine = pipeline(settings)
    counts = {"documents": 0, "kept": 0, "new": 0, "failed": 0, "spans": 0}
    folders = {name: _folder(workspace, name, version) for name, version in engine.source_versions.items()}
    merged = _folder(workspace, "merge", engine.version)
    missing = _missing(workspace, folders, _done(merged), counts)
    told = Batches(_work, settings, _killed, jobs=jobs, size=BATCH).run(missing)
    refused: list[dict[str, Any]] = []
    while part := list(islice(told, PART)):
        good = [item for item in part if item.error is None]
        for name, folder in folders.items():
            said = [(item.document, item.digest, item.said[name]) for item in good if name in item.said]
            _append(folder, said)
        _append(merged, [(item.document, item.digest, item.merged) for item in good])
        for item in part:
            progress(item)
            counts["failed" if item.error else "new"] += 1
            counts["spans"] += len(item.merged)
            if item.error:
                refused.append({"record": item.document, "code": item.error[0], "message": item.error[1]})
    set_aside(workspace.folder("proposals") / "rejected.jsonl", refused)
    _make_current(workspace, engine)
    return counts


def _make_current(workspace: Workspace, engine: Pipeline) -> None:
    """Let the house read this merge from now on; nothing is written when it does already."""
    found = Current(merge=engine.version, scheme=engine.scheme_version, sources=engine.source_versions)
    path = workspace.folder("proposals") / "current.json"
    line = msgspec.json.encode(found) + b"\n"
    if path.exists() and path.read_bytes() == line:
        return
    with atomic_file(path) as temporary:
        temporary.write_bytes(line)


def _missing(
    workspace: Workspace, folders: dict[str, Path], done: set[tuple[str, str]], counts: dict[str, int]
) -> Iterator[Asked]:
    """The documents without a merge, each with what its sources said in an earlier run."""
    known = {name: _done(folder) for name, folder in folders.items()}
    shelves = {name: Shelf(folder) for name, folder in folders.items()}
    for document in read_documents(workspace):
        counts["documents"] += 1
        key = (document.id, document.digest)
        if key in done:
            counts["kept"] += 1
            continue
        said = {name: shelf.take(key) for name, shelf in shelves.items() if key in known[name]}
        yield Asked(
            document=document, said={name: found for name, found in said.items() if found is not None}
        )


def _work(settings: Settings, asked: Sequence[Asked]) -> list[Told]:
    return [_tell(settings, item) for item in asked]


def _tell(settings: Settings, asked: Asked) -> Told:
    """Ask the sources that did not speak yet, and merge; runs in a worker process."""
    engine = pipeline(settings)
    document = asked.document
    try:
        fresh = {
            source.name: tuple(source.propose([document])[0])
            for source in engine.sources
            if source.name not in asked.said
        }
        said = {name: list(found) for name, found in {**asked.said, **fresh}.items()}
        merged = engine.merge(document, said)
    except Exception as error:
        message = f"a source failed on this text ({type(error).__name__}: {error}); please report it"
        return _failed(document, "source-failed", message)
    return Told(document=document.id, digest=document.digest, said=fresh, merged=tuple(merged))


def _killed(asked: Asked) -> Told:
    return _failed(asked.document, "worker-died", "the process that labelled this document was killed")


def _failed(document: Document, code: str, message: str) -> Told:
    return Told(document=document.id, digest=document.digest, said={}, merged=(), error=(code, message))


def _folder(workspace: Workspace, name: str, version: str) -> Path:
    return workspace.folder("proposals") / f"{name}@{version}"


def _read(folder: Path) -> Iterator[tuple[str, str, tuple[Proposal, ...]]]:
    for path in sorted(folder.glob("part-*.parquet")):
        yield from read_rows(path, _decode)


def _done(folder: Path) -> set[tuple[str, str]]:
    import pyarrow.parquet as pq

    found: set[tuple[str, str]] = set()
    for path in sorted(folder.glob("part-*.parquet")):
        table = pq.read_table(path, columns=["id", "digest"]).to_pydict()
        found.update(zip(table["id"], table["digest"], strict=True))
    return found


def _append(folder: Path, rows: Sequence[tuple[str, str, Any]]) -> None:
    if rows:
        number = len(list(folder.glob("part-*.parquet"))) + 1
        write_rows(folder / f"part-{number:06d}.parquet", rows)
