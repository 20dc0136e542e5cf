"""One page → one document, or a refusal: everything of ingest that needs no other document.

`prepare` is plain, importable and picklable: it runs in this process, in worker processes and on a
cluster alike.
"""

from __future__ import annotations

import re

import msgspec

from corpus.canonical import canonicalize
from corpus.document import Document
from corpus.errors import BadRecord
from corpus.readers.page import Options, Page, Refusal
from corpus.sources import identity_of, plain_url, site_of


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that changes what ingest makes of its input; part of the key of finished shards."""

    options: Options = Options()


_word = re.compile(r"[^\W\d_]")


def prepare(page: Page, settings: Settings) -> Document | Refusal:
    """The document in a page, or why there is none.  Never raises for a fault of the page."""
    identity: str | None = None
    try:
        identity = identity_of(page)
        return _prepare(page, identity, settings)
    except BadRecord as error:
        return Refusal(record=page.record, code=error.code, message=_named(page.record, error), id=identity)


def _prepare(page: Page, identity: str, settings: Settings) -> Document | Refusal:
    raw = page.text or ""
    _check_raw(raw, settings.options.max_chars)
    text, segments = canonicalize(raw)
    if not text.strip():
        raise BadRecord("empty", "no text; leave it out")
    if not _word.search(text):
        raise BadRecord("no-words", "only digits and punctuation, no word")
    return Document(
        id=identity,
        text=text,
        title=page.title,
        published=page.published,
        url=plain_url(page.url) if page.url else None,
        site=site_of(page.url),
        source=page.source,
        raw_sha256=page.raw_sha256,
        codec=page.codec,
        reader=page.reader,
        segments=segments,
    )


def _check_raw(raw: str, longest: int) -> None:
    if "\x00" in raw:
        raise BadRecord(
            "nul", f"NUL (U+0000) at character {raw.index(chr(0))}; the source is damaged, save it again"
        )
    if len(raw) > longest:
        raise BadRecord(
            "too-long", f"{len(raw):,} characters, more than {longest:,}; raise --max-chars or split it"
        )


def _named(record: str, error: BadRecord) -> str:
    message = str(error)
    return message if message.startswith(record) else f"{record}: {message}"
