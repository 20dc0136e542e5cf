"""Rows of files that hold many documents: which column is the text, the id, the URL.

Known columns: FineWeb-2 (`text, id, url`), CulturaX (`text, url, source`), OSCAR 23.01 (`content`,
`warc_headers.warc-target-uri`), mC4 (`text, url`).  A crawl's own date (`date`, `timestamp`) is no
publication date and is never taken for one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from corpus.errors import BadRecord
from corpus.readers.page import Options, Page

TEXT = ("text", "content", "raw_content", "body")
IDS = ("id", "doc_id")
URLS = ("url", "link", "warc_headers.warc-target-uri")
TITLES = ("title",)
PUBLISHED = ("published", "published_at", "publish_date", "date_published")
LONGEST_ID = 1_000

_date = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?$")
_unusable = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


def page_of(row: Mapping[str, Any], record: str, options: Options, *, source: str, reader: str) -> Page:
    """The page in one row.  Raises BadRecord `missing-text`, `bad-id` or `no-id`."""
    text = _first(row, (options.text_field,) if options.text_field else TEXT)
    if not isinstance(text, str):
        wanted = options.text_field or " or ".join(TEXT[:2])
        raise BadRecord(
            "missing-text",
            f"{record}: no text under {wanted!r} (has {_names(row)}); name it with --text-field",
            record=record,
        )
    given = _identity(_first(row, (options.id_field,) if options.id_field else IDS), record)
    url = _string(_first(row, (options.url_field,) if options.url_field else URLS))
    if not given and not url:
        wanted = options.id_field or "id"
        raise BadRecord(
            "no-id",
            f"{record}: neither {wanted!r} nor a URL (has {_names(row)}); name one with --id-field",
            record=record,
        )
    published = _date.match(_string(_first(row, PUBLISHED)) or "")
    return Page(
        record=record,
        text=text,
        given_id=given,
        url=url,
        title=_string(_first(row, TITLES)),
        published=published.group(1) if published else None,
        source=options.source or _string(row.get("source")) or source,
        reader=reader,
    )


def columns_needed(names: Iterable[str], options: Options) -> list[str] | None:
    """The columns worth reading among `names`; None when there is no text column."""
    have = set(names)
    texts = [name for name in ((options.text_field,) if options.text_field else TEXT) if name in have]
    if not texts:
        return None
    wanted = {*IDS, *URLS, *TITLES, *PUBLISHED, "source", "warc_headers"}
    wanted |= {name for name in (options.id_field, options.url_field) if name}
    return [texts[0], *sorted(have & wanted - {texts[0]})]


def _first(row: Mapping[str, Any], names: Iterable[str]) -> Any:
    for name in names:
        value = row.get(name)
        if value is None and "." in name:
            outer, inner = name.split(".", 1)
            nested = row.get(outer)
            value = nested.get(inner) if isinstance(nested, Mapping) else None
        if value is not None:
            return value
    return None


def _identity(value: Any, record: str) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadRecord(
            "bad-id",
            f"{record}: the id {str(value)[:40]!r} is neither text nor a whole number",
            record=record,
        )
    text = str(value)
    if len(text) > LONGEST_ID or _unusable.search(text):
        raise BadRecord(
            "bad-id",
            f"{record}: the id {text[:40]!r} holds control characters or is over {LONGEST_ID} characters",
            record=record,
        )
    return text


def _string(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _names(row: Mapping[str, Any]) -> str:
    return ", ".join(list(map(str, row))[:6]) or "nothing"
