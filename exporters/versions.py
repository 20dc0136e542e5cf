"""Versions of a dataset: two series beside each other, each release a frozen folder.

Releases of machine proposals are 0.x.0, those of settled records start at 1.0.0; the two series are
never compared with each other.  In the latter the number says what a release means to those who trained
on the one before: major (scheme, columns, label ids, a document removed), minor (new documents, columns,
configs; takedowns), patch (corrected spans, card).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, NamedTuple

from corpus.errors import ReleaseError
from exporters.changelog import counted
from exporters.diff import Difference, Level

Kind = Literal["machine", "human"]
_number = re.compile(r"(\d+)\.(\d+)\.(\d+)")


class Version(NamedTuple):
    """major.minor.patch; major 0 is the series of machine proposals."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def kind(self) -> Kind:
        return "machine" if self.major == 0 else "human"


FIRST: dict[Kind, Version] = {"machine": Version(0, 1, 0), "human": Version(1, 0, 0)}


def parse_version(text: str) -> Version:
    """ "1.2.0" → Version.  Raises ReleaseError when it is not three numbers."""
    found = _number.fullmatch(text)
    if not found:
        raise ReleaseError(f"{text!r} is no version; write it like 1.2.0")
    return Version(*map(int, found.groups()))


def released(folder: Path, kind: Kind | None = None) -> list[tuple[Version, Path]]:
    """The finished releases in a folder, oldest version first; of one kind when it is given."""
    if not folder.is_dir():
        return []
    found = [
        (parse_version(path.name), path)
        for path in folder.iterdir()
        if path.is_dir() and _number.fullmatch(path.name)
    ]
    return sorted(entry for entry in found if kind in (None, entry[0].kind))


def next_version(previous: Version | None, kind: Kind, level: Level) -> Version:
    """The number after `previous`: the first of its series, else raised at the level of the change.

    In the series of machine proposals only the middle number counts.
    """
    if previous is None:
        return FIRST[kind]
    major, minor, patch = previous
    if kind == "machine" or level == "minor":
        return Version(major, minor + 1, 0)
    return Version(major + 1, 0, 0) if level == "major" else Version(major, minor, patch + 1)


def check_version(wanted: str | None, right: Version, found: Difference | None) -> None:
    """Raise ReleaseError when somebody asks for another number than the one that follows."""
    if wanted is None or parse_version(wanted) == right:
        return
    reasons = [f"{what} ({level})" for what, level in found.structure] if found else []
    reasons += [counted(change, number) for change, number in found.by_change().items()] if found else []
    because = f": {', '.join(reasons)}" if reasons else ", the first of its series"
    raise ReleaseError(f"--version {wanted}: the next version is {right}{because}")
