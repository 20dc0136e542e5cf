"""One page → one document, or a refusal: everything of ingest that needs no other document.

`prepare` is plain, importable and picklable: it runs in this process, in worker processes and on a
cluster alike.
"""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from corpus.canonical import canon, canonicalize
from corpus.civic import THRESHOLD, explain, score
from corpus.document import Document
from corpus.encodings import repair
from corpus.errors import BadRecord
from corpus.locate import find_places
from corpus.metadata import find_facts, value_of
from corpus.places import LEVELS
from corpus.readers.html import extract
from corpus.readers.page import Options, Page, Refusal
from corpus.regions import find_regions
from corpus.sources import identity_of, plain_url, site_of
from corpus.vietnamese import why_not_vietnamese


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that changes what ingest makes of its input; part of the key of finished blocks.

    `civic` is `filter` (refuse pages that score below `threshold`, see corpus.civic) or `off`;
    `language` is `vi` (refuse what is not Vietnamese) or `any`; `duplicates` is `filter` (drop copies,
    find families, see corpus.dedup) or `off`.
    """

    options: Options = Options()
    civic: Literal["filter", "off"] = "filter"
    threshold: float = THRESHOLD
    language: Literal["vi", "any"] = "vi"
    duplicates: Literal["filter", "off"] = "filter"


class Filtered(BadRecord):
    """A page that a filter refuses; its canonical text is kept."""

    def __init__(self, code: str, message: str, text: str) -> None:
        super().__init__(code, message)
        self.text = text


_word = re.compile(r"[^\W\d_]")


def prepare(page: Page, settings: Settings) -> Document | Refusal:
    """The document in a page, or why there is none.  Never raises for a fault of the page."""
    identity: str | None = None
    try:
        identity = identity_of(page)
        return _prepare(page, identity, settings)
    except BadRecord as error:
        text = error.text if isinstance(error, Filtered) else None
        message = _named(page.record, error)
        return Refusal(record=page.record, code=error.code, message=message, id=identity, text=text)


def _prepare(page: Page, identity: str, settings: Settings) -> Document | Refusal:
    if page.html is not None:
        page = _extracted(page)
    raw = page.text or ""
    if repaired := repair(raw):
        raw, page = repaired, msgspec.structs.replace(page, codec=f"{page.codec} repaired by ftfy")
    _check_raw(raw, settings.options.max_chars)
    text, segments = canonicalize(raw)
    if not text.strip():
        raise BadRecord("empty", "no text; leave it out")
    if not _word.search(text):
        raise Filtered("no-words", "only digits and punctuation, no word", text)
    if settings.language == "vi" and (reason := why_not_vietnamese(text)):
        raise Filtered("not-vietnamese", reason, text)
    found = score(text)
    if settings.civic == "filter" and found.value < settings.threshold and not found.is_short:
        raise Filtered("not-civic", f"civic score {explain(found, settings.threshold)}", text)
    title = canon(page.title).strip() or None if page.title else None
    site = site_of(page.url)
    regions = find_regions(text, title=title, captions=map(canon, page.captions))
    facts = find_facts(text, regions, title=title, published=page.published)
    date = value_of(facts, "published") or value_of(facts, "event_date")
    places = find_places(text, regions, date=date, site=site)
    by_name = {fact.name: fact.value for fact in places}
    return Document(
        id=identity,
        text=text,
        title=value_of(facts, "title"),
        published=value_of(facts, "published"),
        event_date=value_of(facts, "event_date"),
        url=plain_url(page.url) if page.url else None,
        site=site,
        source=page.source,
        places=tuple(by_name[level] for level in LEVELS if level in by_name),
        regions=regions,
        facts=facts + places,
        civic=found.value,
        raw_sha256=page.raw_sha256,
        codec=page.codec,
        reader=page.reader,
        segments=segments,
    )


def _extracted(page: Page) -> Page:
    found = extract(page.html or "", page.record, page.url)
    return msgspec.structs.replace(
        page,
        text=found.text,
        html=None,
        title=found.title,
        captions=found.captions,
        published=page.published or found.published,
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
