"""What goes into a release: documents with their gold or with machine proposals, ordered by document id.

The order comes from the id alone, so that a release does not depend on the order of ingestion.  DuckDB
sorts on disk where memory does not suffice.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from corpus.document import Document
from corpus.documents import shards
from corpus.errors import ReleaseError
from corpus.store import Workspace, write_rows
from exporters.rows import Item
from labeling.gold import LAYERS, machine_spans
from labeling.proposals import read_merged
from labeling.scheme import Scheme
from labeling.settle import RECORDS
from labeling.span import Proposal, Record, by_position

# DuckDB's share for each of two sorts; above it they go on in files under the release's temporary folder.
SORT_MEMORY = "300MB"


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
    paths = [str(shard) for shard in shards(workspace)]
    revisions = _ordered(
        """SELECT id, digest, body FROM read_parquet($shards, filename = true, file_row_number = true)
           WHERE (id, digest) IN (SELECT (id, digest) FROM read_parquet($records))
           ORDER BY id, digest, filename DESC, file_row_number DESC""",
        {"shards": paths, "records": str(path)},
        temporary,
    )
    records = _ordered(
        "SELECT id, digest, body FROM read_parquet($records) ORDER BY id, digest",
        {"records": str(path)},
        temporary,
    )
    ahead = next(revisions, None)
    for identity, digest, body in records:
        while ahead is not None and ahead[:2] < (identity, digest):
            ahead = next(revisions, None)  # the same revision ingested again: the newest came first
        if ahead is None or ahead[:2] != (identity, digest):
            raise ReleaseError(
                f"{identity}: the text its record was made for (revision {digest[:12]}) is not in "
                f"{workspace.folder('documents')}; ingest it again, or run `vicivic settle`"
            )
        yield Item(document=decode_document(ahead[2]), record=decode(body), machine=False)


def machine_items(workspace: Workspace, scheme: Scheme, temporary: Path) -> Iterator[Item]:
    """Every pre-labelled document with its merged proposals, by document id."""
    spool = temporary / "proposals.parquet"
    write_rows(
        spool,
        (
            (document.id, document.digest, Item(document=document, record=record, machine=True))
            for document, version, proposals in read_merged(workspace)
            for record in [machine_record(document, proposals, scheme)]
        ),
    )
    decode = msgspec.json.Decoder(Item).decode
    query = "SELECT id, digest, body FROM read_parquet($spool) ORDER BY id"
    for _, _, body in _ordered(query, {"spool": str(spool)}, temporary):
        yield decode(body)


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


def _ordered(query: str, parameters: dict[str, Any], temporary: Path) -> Iterator[tuple[str, str, str]]:
    import duckdb

    settings = {"memory_limit": SORT_MEMORY, "temp_directory": str(temporary / "sort"), "threads": 1}
    with duckdb.connect(config=settings) as connection:
        reader = connection.sql(query, params=parameters).to_arrow_reader(200)
        for batch in reader:
            yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
