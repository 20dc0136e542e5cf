"""What goes into a release: documents with their gold or with machine proposals, ordered by document id.

The order comes from the id alone, so that a release does not depend on the order of ingestion.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from corpus.document import Document
from corpus.documents import shards
from corpus.errors import ReleaseError
from corpus.store import Workspace, read_rows
from exporters.ordering import Row, in_order
from exporters.rows import Item
from labeling.gold import LAYERS, machine_spans
from labeling.proposals import read_merged
from labeling.scheme import Scheme
from labeling.settle import RECORDS
from labeling.span import Proposal, Record, by_position


def records_path(workspace: Workspace) -> Path:
    """Where `settle` leaves the gold records."""
    return workspace.folder("records") / RECORDS


def has_records(workspace: Workspace) -> bool:
    """Whether anything was settled yet."""
    import pyarrow.parquet as pq

    path = records_path(workspace)
    return path.exists() and pq.ParquetFile(path).metadata.num_rows > 0


def human_items(workspace: Workspace, temporary: Path) -> Iterator[Item]:
    """Every gold record with the revision of its document that it was made for, by document id.

    Raises ReleaseError when a record's revision is not in the workspace.
    """
    path = records_path(workspace)
    decode = msgspec.json.Decoder(Record).decode
    decode_document = msgspec.json.Decoder(Document).decode
    wanted = {(identity, digest) for identity, digest, _ in read_rows(path, _skip)}
    revisions = in_order(_revisions(workspace, wanted), temporary / "documents")
    ahead = next(revisions, None)
    for identity, digest, body in in_order(read_rows(path, str), temporary / "records"):
        found: str | None = None
        while ahead is not None and ahead[:2] == (identity, digest):
            found = ahead[2]  # the same revision ingested again: the newest comes last
            ahead = next(revisions, None)
        if found is None:
            raise ReleaseError(
                f"{identity}: the text its record was made for (revision {digest[:12]}) is not in "
                f"{workspace.folder('documents')}; ingest it again, or run `vicivic settle`"
            )
        yield Item(document=decode_document(found), record=decode(body), machine=False)


def _skip(body: str) -> None:
    """Rows are counted here, their bodies are read later."""


def _revisions(workspace: Workspace, wanted: set[tuple[str, str]]) -> Iterator[Row]:
    """The rows of those revisions, in the order in which they were ingested."""
    for shard in shards(workspace):
        for identity, digest, body in read_rows(shard, str):
            if (identity, digest) in wanted:
                yield identity, digest, body


def machine_items(workspace: Workspace, scheme: Scheme, temporary: Path) -> Iterator[Item]:
    """Every pre-labelled document with its merged proposals, by document id."""
    encode = msgspec.json.Encoder().encode
    decode = msgspec.json.Decoder(Item).decode
    rows = (
        (document.id, document.digest, encode(_machine_item(document, proposals, scheme)).decode("utf-8"))
        for document, _, proposals in read_merged(workspace)
    )
    for _, _, body in in_order(rows, temporary / "proposals"):
        yield decode(body)


def _machine_item(document: Document, proposals: tuple[Proposal, ...], scheme: Scheme) -> Item:
    return Item(document=document, record=machine_record(document, proposals, scheme), machine=True)


def machine_record(document: Document, proposals: tuple[Proposal, ...], scheme: Scheme) -> Record:
    """The merged proposals of a document in the shape of a record; its quality is `machine` throughout."""
    spans = [span for layer in LAYERS for span in machine_spans(proposals, scheme.layer(layer))]
    return Record(
        document=document.id,
        digest=document.digest,
        scheme=scheme.version,
        guideline=scheme.guideline,
        round="",
        quality=dict.fromkeys(LAYERS, "machine"),
        authors=(),
        spans=tuple(by_position(spans)),
        shown=False,
    )
