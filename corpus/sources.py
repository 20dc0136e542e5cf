"""Which files a path stands for, which reader each needs, and the id each document gets.

The id is, in this order: the given id; the URL in one spelling; folder name + "/" + path below it,
whatever the working directory.  Never the text, never the order.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from corpus.errors import BadRecord, UsageError
from corpus.readers.huggingface import is_saved
from corpus.readers.page import Found, Options, Page, Refusal
from corpus.readers.streams import opened

TRACKING = re.compile(r"utm_.*|fbclid|gclid", re.I)
_suffixes = {
    ".txt": "text",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".warc": "warc",
}
# Files of other kinds lie beside articles (a README, tables, pictures).  Found in a folder they are left
# alone and counted; named on the command line they are read.
OTHER_KINDS = (
    *(".md", ".rst", ".csv", ".tsv", ".json", ".toml", ".yaml", ".yml", ".py", ".sh", ".lock", ".log"),
    *(".pdf", ".doc", ".docx", ".xls", ".xlsx", ".xz", ".bz2", ".zip", ".tar", ".sqlite", ".db"),
    *(".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".css", ".js"),
)


DOCUMENTATION = re.compile(r"(?:readme|licen[cs]e|copying|notice|changelog|makefile)\b", re.I)


class LeftAlone(NamedTuple):
    """A file of another kind, found in a folder and not read."""

    path: Path


def find(paths: Iterable[Path | str], options: Options) -> Iterator[Found | Refusal | LeftAlone]:
    """Every file under `paths` in the order of its path; links to folders are followed once.

    Raises UsageError for a path that does not exist.
    """
    for given in paths:
        if str(given).startswith("hf:"):
            address = re.sub(r"^hf:/*", "hf://", str(given))
            name = options.source or address.removeprefix("hf://").partition(":")[0]
            yield Found(Path(address), name, name, address)
            continue
        path = Path(given)
        if not path.exists() and not path.is_symlink():
            raise UsageError(f"{path}: no such file or folder")
        whole = Path(os.path.abspath(path))  # noqa: PTH100 - resolve() would rename what a link points to
        if whole.is_dir() and is_saved(whole):
            name = options.source or whole.name
            yield Found(path, name, name)
        elif whole.is_dir():
            name = options.source or whole.name or "root"
            yield from _below(whole, path, name, "", set())
        else:
            name = options.source or whole.parent.name or "root"
            yield Found(path, f"{name}/{whole.name}", name)


def _below(
    folder: Path, shown: Path, name: str, inside: str, seen: set[str]
) -> Iterator[Found | Refusal | LeftAlone]:
    real = os.path.realpath(folder)
    if real in seen:
        return
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        message = f"{shown}: can't be read ({error.strerror}); check its permissions"
        yield Refusal(record=str(shown), code="unreadable", message=message)
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        below = f"{inside}{entry.name}"
        kind = _kind(entry)
        if kind == "folder" and is_saved(Path(entry.path)):
            yield Found(shown / entry.name, f"{name}/{below}", name)
        elif kind == "folder":
            yield from _below(Path(entry.path), shown / entry.name, name, below + "/", seen | {real})
        elif kind == "file" and _is_other(entry.name):
            yield LeftAlone(shown / entry.name)
        elif kind == "file":
            yield Found(shown / entry.name, f"{name}/{below}", name)
        else:
            message = f"{shown / entry.name}: a link to nothing, a loop or no regular file; leave it out"
            yield Refusal(record=str(shown / entry.name), code="unreadable", message=message)


def _kind(entry: os.DirEntry[str]) -> str:
    """`folder`, `file`, or `other` (a link to nothing or to itself, a socket, …)."""
    try:
        return "folder" if entry.is_dir() else "file" if entry.is_file() else "other"
    except OSError:
        return "other"


def _is_other(name: str) -> bool:
    return Path(name).suffix.lower() in OTHER_KINDS or bool(DOCUMENTATION.match(name))


def format_of(path: Path) -> str:
    """The name of the reader for a file, by its content first and its suffix where content says nothing.

    Raises BadRecord when the file can't be read or is cut off.
    """
    if path.is_dir() or str(path).startswith("hf:"):
        return "huggingface"
    with opened(path) as stream:
        head = stream.read(4096)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"WARC/"):
        return "warc"
    if re.match(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html|<\?xml[^>]*>\s*<!doctype html)", head, re.I):
        return "html"
    named = path.name.lower().removesuffix(".gz").removesuffix(".zst")
    suffix = Path(named).suffix
    if suffix in _suffixes:
        return _suffixes[suffix]
    return "jsonl" if re.match(rb"\s*\{\s*\"[^\n]*\}\s*(?:\n|$)", head) else "text"


def identity_of(page: Page) -> str:
    """The id of a page.  Raises BadRecord `no-id` when nothing names it."""
    if page.given_id:
        return page.given_id
    if page.url:
        return plain_url(page.url)
    if page.path_id:
        return page.path_id
    raise BadRecord(
        "no-id", f"{page.record}: neither id nor URL; name one with --id-field", record=page.record
    )


def plain_url(url: str) -> str:
    """One spelling of a URL: scheme and host in lower case, no fragment, no tracking, parameters sorted."""
    try:
        parts = urlsplit(url.strip())
        pairs = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return url.strip()
    kept = sorted((key, value) for key, value in pairs if not TRACKING.fullmatch(key))
    host = parts.netloc.rpartition("@")
    netloc = host[0] + host[1] + host[2].lower()
    return urlunsplit((parts.scheme.lower(), netloc, parts.path, urlencode(kept), ""))


def site_of(url: str | None) -> str | None:
    """The host of a URL without `www.`; None when there is none."""
    try:
        host = urlsplit(url).hostname if url else None
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None
