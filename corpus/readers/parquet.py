"""Parquet files: one row is one document."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from corpus.errors import BadRecord
from corpus.readers.fields import columns_needed, page_of
from corpus.readers.page import Found, Item, Options, Refusal, sha256_of

LABEL = "parquet@1"
BATCH = 200


def read(found: Found, options: Options) -> Iterator[Item]:
    """The pages of a Parquet file, streaming.  Raises BadRecord `truncated` or `missing-column`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = 0
    try:
        with pq.ParquetFile(found.path) as file:
            names = file.schema_arrow.names
            columns = columns_needed(names, options)
            if columns is None:
                raise BadRecord(
                    "missing-column",
                    f"{found.path}: no column {options.text_field or 'text'!r} "
                    f"(has {', '.join(names[:8])}); name it with --text-field",
                    record=str(found.path),
                )
            for batch in file.iter_batches(batch_size=BATCH, columns=columns):
                for values in batch.to_pylist():
                    row += 1
                    yield _item(values, f"{found.path}:{row}", found, options)
    except (pa.ArrowException, OSError) as error:
        what = str(error).split("\n")[0]
        raise BadRecord(
            "truncated", f"{found.path}: damaged or cut off after row {row} ({what}); fetch the file again"
        ) from None


def _item(values: dict[str, object], record: str, found: Found, options: Options) -> Item:
    try:
        page = page_of(values, record, options, source=found.source, reader=LABEL)
    except BadRecord as error:
        return Refusal(record=record, code=error.code, message=str(error))
    raw = (page.text or "").encode("utf-8", "surrogatepass")
    return msgspec.structs.replace(page, raw_sha256=sha256_of(raw), codec="utf-8")
