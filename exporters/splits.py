"""Which split a document belongs to, for ever: an append-only ledger of families.

`ledger/splits.csv` (doc_id, family, split, since) only grows; no document ever moves.  A family (near
duplicates; else the document itself) lies in one split as a whole, so that nothing in test was seen in
training in other words.  New families are drawn by a hash of the family's id, never by order or seed:

    bucket = first 8 hex digits of sha256(salt:family) mod 10,000
    bucket < 1,000: test; < 2,000: validation; else train

While a workspace holds fewer than 50 documents new ones go to train for good.  A new document whose
family already lies in two splits would bridge them: it is `held`, never released.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from corpus.errors import ReleaseError
from corpus.store import sync

COLUMNS = ("doc_id", "family", "split", "since")
SPLITS = ("train", "validation", "test")
HELD = "held"
SALT = "vicivic-splits-1"
SMALL_WORKSPACE = 50


class Line(NamedTuple):
    """One line of the ledger; `since` is the version whose making wrote it."""

    doc_id: str
    family: str
    split: str
    since: str


class Ledger:
    """The ledger of a workspace.  Raises ReleaseError when the file was damaged or edited by hand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[str, Line] = {}
        self._families: dict[str, set[str]] = {}
        for line in read_lines(path):
            self._add(line)

    def _add(self, line: Line) -> None:
        if line.doc_id in self.lines:
            raise ReleaseError(f"{self.path}: {line.doc_id!r} stands twice; restore the ledger from a backup")
        self.lines[line.doc_id] = line
        if line.split != HELD:
            self._families.setdefault(line.family, set()).add(line.split)

    def split(self, document: str) -> str:
        """The split a document was drawn for: train, validation, test or held."""
        return self.lines[document].split

    def draw(self, documents: Iterable[tuple[str, str]], *, small: bool) -> list[Line]:
        """Lines for the (id, family) pairs that are not in the ledger: known here, not yet on disk.

        `date` gives them their version, `append` writes them.  The result does not depend on the order of
        the documents.  A known member gives its split to its present family, also when it was entered
        under another family's name.
        """
        pairs = list(documents)
        for identity, family in pairs:
            line = self.lines.get(identity)
            if line is not None and line.split != HELD:
                self._families.setdefault(family, set()).add(line.split)
        fresh = []
        for identity, family in sorted(pairs):
            if identity not in self.lines:
                line = Line(identity, family, self._draw(family, small=small), "")
                self._add(line)
                fresh.append(line)
        return fresh

    def _draw(self, family: str, *, small: bool) -> str:
        known = self._families.get(family, set())
        if len(known) > 1:
            return HELD
        if known:
            return next(iter(known))
        return "train" if small else bucket(family)

    def date(self, fresh: Iterable[Line], since: str) -> list[Line]:
        """The drawn lines with the version whose making wrote them, also as known here."""
        dated = [line._replace(since=since) for line in fresh]
        self.lines.update((line.doc_id, line) for line in dated)
        return dated

    def append(self, lines: Iterable[Line]) -> None:
        """Write new lines at the end of the file, durably; all of them or none."""
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\n")
        if not self.path.exists():
            writer.writerow(COLUMNS)
        writer.writerows(lines)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("ab", buffering=0) as file:
            before = file.tell()
            try:
                file.write(buffer.getvalue().encode("utf-8"))
                os.fsync(file.fileno())
            except OSError:
                file.truncate(before)
                raise
        sync(self.path.parent)

    def check_against(self, released: Path) -> None:
        """Raise ReleaseError when a released split is not what the ledger says: documents never move."""
        for line in read_lines(released):
            if self.lines.get(line.doc_id) != line:
                raise ReleaseError(
                    f"{self.path}: {line.doc_id!r} was released in {line.split} (since {line.since}), the "
                    "ledger now says otherwise; restore it from a backup, documents never change their split"
                )


def bucket(family: str) -> str:
    """The split that a family's hash draws: 10 % test, 10 % validation."""
    drawn = int(hashlib.sha256(f"{SALT}:{family}".encode()).hexdigest()[:8], 16) % 10_000
    return "test" if drawn < 1_000 else "validation" if drawn < 2_000 else "train"


def read_lines(path: Path) -> list[Line]:
    """The lines of a ledger; none when it does not exist.  Raises ReleaseError on a line that is no line."""
    if not path.exists():
        return []
    text = path.read_text(encoding="utf-8")
    if not text.endswith("\n"):
        raise ReleaseError(f"{path}: its last line is cut off; remove that line and run again")
    rows = csv.reader(io.StringIO(text, newline=""))
    if tuple(next(rows, ())) != COLUMNS:
        raise ReleaseError(f"{path}: the first line must be {','.join(COLUMNS)}; restore it from a backup")
    lines = []
    for row in rows:
        if len(row) != len(COLUMNS) or row[2] not in (*SPLITS, HELD) or not row[0]:
            raise ReleaseError(
                f"{path}:{rows.line_num}: {row} is no line of a ledger; restore it from a backup"
            )
        lines.append(Line(*row))
    return lines


def write_lines(path: Path, lines: Iterable[Line]) -> None:
    """A ledger's lines as a file of a release."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(lines)
