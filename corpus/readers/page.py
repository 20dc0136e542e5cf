"""What every reader yields: a page as it was found, or a refusal with its reason."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

# Why something was set aside.  `error` reasons end the command with exit code 1: the input was
# unreadable or malformed.  The others are verdicts of filters; they are counted and change no exit code.
ERRORS = {
    "unreadable": "unreadable",
    "truncated": "cut off",
    "empty": "empty",
    "binary": "binary",
    "nul": "with NUL",
    "surrogate": "with lone surrogates",
    "encoding": "of uncertain encoding",
    "invalid-json": "invalid JSON",
    "missing-text": "without text",
    "missing-column": "without the text column",
    "bad-id": "with an unusable id",
    "no-id": "without id",
    "duplicate-id": "with an id already used",
    "too-long": "too long",
    "too-deep": "nested too deep",
    "no-article": "without an article",
    "kills-workers": "that kill workers",
    "links-families": "linking two families",
}
VERDICTS = {
    "repeated": "repeated",
    "taken-down": "taken down",
    "no-words": "without words",
    "not-vietnamese": "not Vietnamese",
    "not-civic": "not civic",
    "same-article": "same article",
}
REASONS = ERRORS | VERDICTS


class Page(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One page as found.  Either `text` (decoded) or `html` is set; `record` names it in messages.
    `captions` are what the page itself marks as captions of its pictures.

    `given_id` and `url` come from the source; `path_id` is folder name + "/" + path below it and stays
    None for a row of a file that holds many documents.
    """

    record: str
    text: str | None = None
    html: str | None = None
    given_id: str | None = None
    url: str | None = None
    path_id: str | None = None
    title: str | None = None
    captions: tuple[str, ...] = ()
    published: str | None = None
    source: str | None = None
    raw_sha256: str | None = None
    codec: str | None = None
    reader: str = ""


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One record set aside: `code` is a key of REASONS, `message` one line for a person.

    What a filter refused keeps its canonical `text`, so that another threshold can take it back; a copy
    names its `partner` and their Jaccard index as `score`.
    """

    record: str
    code: str
    message: str
    id: str | None = None
    partner: str | None = None
    score: float | None = None
    text: str | None = None

    @property
    def is_error(self) -> bool:
        """Whether the input itself was at fault (exit code 1)."""
        return self.code in ERRORS


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """How to read: the same for every file of a run.  `None` means: find out."""

    format: str | None = None
    text_field: str | None = None
    id_field: str | None = None
    url_field: str | None = None
    source: str | None = None
    encoding: str | None = None
    max_chars: int = 2_000_000


class Found(NamedTuple):
    """One input: where it is, and the id it would have (folder name + "/" + path below it).

    `address` is set for what is no file (`hf://…`).
    """

    path: Path
    path_id: str
    source: str
    address: str | None = None


Item = Page | Refusal
Read = Callable[[Found, Options], Iterator[Item]]


class Reader(NamedTuple):
    """One line of the table READERS.  `version` goes into every document it makes."""

    name: str
    version: str
    what: str
    read: Read

    @property
    def label(self) -> str:
        """`name@version`, as kept in `Document.reader`."""
        return f"{self.name}@{self.version}"


def sha256_of(raw: bytes) -> str:
    """SHA-256 (hex) of the bytes as they were found."""
    return hashlib.sha256(raw).hexdigest()
