"""What people do, on disk: append-only JSONL, one event a line, each with a hash.

A line is `{"v":1,"kind","at","writer","body","sha256"}`; `sha256` is over the canonical JSON of body
(keys sorted, no spaces, UTF-8).  A line is written with one system call and fsync; a torn last line,
left by a crash, is moved to `<file>.torn` before the next append and never read as an event.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from corpus import __version__
from corpus.errors import DataError

WRITER = f"vicivic/{__version__}"
_json = msgspec.json.Encoder(order="sorted")


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened.  `body` is plain JSON; `at` is UTC, ISO 8601."""

    v: int = 1
    kind: str
    at: str
    writer: str = WRITER
    body: Any
    sha256: str


def canonical_json(value: Any) -> bytes:
    """The bytes that hashes are over: keys sorted, no spaces, UTF-8."""
    return _json.encode(value)


def event(kind: str, body: Any, *, at: str | None = None) -> Event:
    """An event about `body` (a record or plain JSON), happening now unless `at` is given."""
    plain = msgspec.to_builtins(body)
    moment = at or datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return Event(kind=kind, at=moment, body=plain, sha256=hashlib.sha256(canonical_json(plain)).hexdigest())


def append_events(path: Path, events: Iterable[Event]) -> int:
    """Append events durably; returns how many.  Either a whole line is there or none of it."""
    lines = [msgspec.json.encode(item) + b"\n" for item in events]
    if not lines:
        return 0
    path.parent.mkdir(parents=True, exist_ok=True)
    _set_torn_tail_aside(path)
    with path.open("ab", buffering=0) as file:
        file.write(b"".join(lines))
        os.fsync(file.fileno())
    return len(lines)


def read_events(path: Path, kind: str | None = None) -> Iterator[Event]:
    """The events of a file in order; none when it does not exist.  Raises DataError on a damaged line."""
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if not line.endswith(b"\n"):
                return  # torn by a crash while it was written: it never became an event
            found = _decode(path, number, line)
            if kind is None or found.kind == kind:
                yield found


def _decode(path: Path, number: int, line: bytes) -> Event:
    try:
        found = msgspec.json.decode(line, type=Event)
    except msgspec.DecodeError as error:
        raise DataError(f"{path}:{number}: not an event ({error}); restore the file from a backup") from None
    if hashlib.sha256(canonical_json(found.body)).hexdigest() != found.sha256:
        raise DataError(f"{path}:{number}: the line was changed after it was written (its hash differs)")
    return found


def _set_torn_tail_aside(path: Path) -> None:
    if not path.exists() or path.stat().st_size == 0:
        return
    with path.open("rb+") as file:
        file.seek(-1, os.SEEK_END)
        if file.read(1) == b"\n":
            return
        file.seek(0)
        whole = file.read()
        keep = whole.rfind(b"\n") + 1
        with path.with_name(path.name + ".torn").open("ab") as torn:
            torn.write(whole[keep:] + b"\n")
            torn.flush()
            os.fsync(torn.fileno())
        file.truncate(keep)
