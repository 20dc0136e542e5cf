"""The word tables of lint, and the pieces of text it speaks of."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

import msgspec


class Inside(msgspec.Struct, frozen=True):
    """What must stand nested: `pattern` inside a span of one of `outer` is a span of `label`."""

    label: str
    outer: tuple[str, ...]
    pattern: str


class Place(msgspec.Struct, frozen=True):
    """A piece of text that nobody marked."""

    start: int
    end: int
    label: str = ""


class Words(msgspec.Struct, frozen=True):
    """The tables of words.toml."""

    outside: dict[str, tuple[str, ...]]
    before: dict[str, tuple[str, ...]]
    after: dict[str, str]
    compounds: tuple[str, ...]
    inside: tuple[Inside, ...]


@cache
def words() -> Words:
    """The shipped tables."""
    return msgspec.toml.decode((resources.files("labeling.lint") / "words.toml").read_bytes(), type=Words)


@cache
def pattern(written: str) -> re.Pattern[str]:
    """A pattern of words.toml, its <U> and <L> spelled out for Latin script with Vietnamese letters."""
    capitals = "".join(letter for letter in map(chr, range(0x41, 0x1EFA)) if letter.isupper())
    latin = "".join(letter for letter in capitals if letter < "\u0250" or letter >= "\u1e00")
    return re.compile(written.replace("<U>", f"[{latin}]").replace("<L>", r"[^\W\d_]"))
