"""The lexicons, read once: phrases of folded syllables → what they are.

Data files lie beside this module, one per kind of name; each states its sources in comments.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Any

from labeling.preannotators.civic.syllables import phrase


class Phrases:
    """A set of phrases with a value each, found longest first from a token on."""

    __slots__ = ("_by_first",)

    def __init__(self, entries: Mapping[str, str] | Iterable[str]) -> None:
        values = entries if isinstance(entries, Mapping) else dict.fromkeys(entries, "")
        table: dict[str, dict[tuple[str, ...], str]] = {}
        for words, value in values.items():
            key = phrase(words)
            table.setdefault(key[0], {})[key] = value
        self._by_first = {
            first: sorted(found.items(), key=lambda item: -len(item[0])) for first, found in table.items()
        }

    @property
    def firsts(self) -> frozenset[str]:
        """The first syllables of all phrases."""
        return frozenset(self._by_first)

    def at(self, low: list[str], fresh: list[bool], i: int) -> tuple[int, str] | None:
        """(end, value) of the longest phrase that begins at token `i` and crosses no line break."""
        for key, value in self._by_first.get(low[i], ()) if i < len(low) else ():
            end = i + len(key)
            if (
                end <= len(low)
                and (len(key) == 1 or tuple(low[i:end]) == key)
                and (len(key) == 1 or not any(fresh[i + 1 : end]))
            ):
                return end, value
        return None


@cache
def table(name: str) -> dict[str, Any]:
    """One data file (`places` → places.toml), as TOML gives it."""
    source = resources.files("labeling.preannotators.civic").joinpath(f"{name}.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def phrases(name: str, *keys: str) -> Phrases:
    """The named lists of a data file as one set of phrases; the value of a phrase is its list's name.

    Where a phrase stands in several lists, the first list named wins.
    """
    values: dict[str, str] = {}
    for key in keys:
        for words in table(name)[key]:
            for written in _spellings(words):
                values.setdefault(written, key)
    return Phrases(values)


def _spellings(words: str) -> tuple[str, ...]:
    """An entry and its usual abbreviations of "Trung ương"."""
    if "Trung ương" not in words:
        return (words,)
    return (words, *(words.replace("Trung ương", short) for short in ("T.Ư", "TƯ", "TW", "T.W")))


@cache
def words(name: str, *keys: str) -> frozenset[str]:
    """The named lists of single syllables of a data file, folded."""
    return frozenset(phrase(word)[0] for key in keys for word in table(name)[key])
