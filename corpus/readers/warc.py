"""WARC archives (also .gz, .zst): each HTML response with status 200 is one document, its id the URL."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

from corpus.errors import BadRecord
from corpus.readers.html import LARGEST, page_of_html
from corpus.readers.page import Found, Item, Options, Refusal
from corpus.readers.streams import opened

LABEL = "warc@1"


def read(found: Found, options: Options) -> Iterator[Item]:
    """The HTML pages of a WARC file, streaming.  Raises BadRecord `truncated` when it ends too early."""
    from fastwarc.warc import ArchiveIterator

    seen = 0
    with opened(found.path) as stream:
        try:
            for record in ArchiveIterator(_Reading(stream), parse_http=True, auto_decode="all"):
                seen += 1
                kind = record.headers.get("WARC-Type")
                if kind is None:
                    raise BadRecord(
                        "truncated", f"{found.path}: cut off in record {seen}; fetch the file again"
                    )
                item = _item(record, f"{found.path}:{seen}", found, options) if kind == "response" else None
                if item is not None:
                    yield item
        except OSError as error:
            raise BadRecord(
                "truncated", f"{found.path}: damaged after record {seen} ({error}); fetch the file again"
            ) from None


class _Reading(io.RawIOBase):
    """What fastwarc asks of a stream: `read` and `tell`."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._position = 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._stream.read(size)
        self._position += len(data)
        return data


def _item(record: Any, name: str, found: Found, options: Options) -> Item | None:
    """The page in one response; None when it is no HTML page."""
    http = record.http_headers
    kind = (http.get("Content-Type") or "").lower() if http is not None else ""
    if http is None or http.status_code != 200 or "html" not in kind:
        return None
    url = record.headers.get("WARC-Target-URI")
    encoded = http.get("Content-Encoding") or http.get("Transfer-Encoding")
    stated = record.content_length  # of the body, once the HTTP head is parsed
    body = record.reader.read(LARGEST + 1)
    try:
        if not url:
            raise BadRecord("no-id", f"{name}: no WARC-Target-URI", record=name)
        if not encoded and len(body) < min(stated, LARGEST):
            raise BadRecord("truncated", f"{name}: {url} ends too early; fetch the file again", record=name)
        return page_of_html(body, name, options, url=url.strip("<>"), source=found.source, reader=LABEL)
    except BadRecord as error:
        return Refusal(record=name, code=error.code, message=str(error))
