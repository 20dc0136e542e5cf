"""Plain text files: one file is one document."""

from __future__ import annotations

from collections.abc import Iterator

from corpus.encodings import decode
from corpus.errors import BadRecord
from corpus.readers.page import Found, Item, Options, Page, sha256_of
from corpus.readers.streams import opened

LABEL = "text@1"


def read(found: Found, options: Options) -> Iterator[Item]:
    """The one page of a text file.  Raises BadRecord when it can't be read or decoded."""
    record = str(found.path)
    limit = options.max_chars * 4 + 4  # no text of max_chars characters has more bytes
    with opened(found.path) as stream:
        raw = stream.read(limit + 1)
    if len(raw) > limit:
        raise BadRecord(
            "too-long",
            f"{record}: more than {options.max_chars:,} characters; raise --max-chars or split the file",
            record=record,
        )
    text, codec = decode(raw, record, options.encoding)
    yield Page(
        record=record,
        text=text,
        path_id=found.path_id,
        source=found.source,
        raw_sha256=sha256_of(raw),
        codec=codec,
        reader=LABEL,
    )
