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

    __slots__ = ("_root",)

    def __init__(self, entries: Mapping[str, str] | Iterable[str]) -> None:
        values = entries if isinstance(entries, Mapping) else dict.fromkeys(entries, "")
        self._root: _Node = {}
        for words, value in values.items():
            node = self._root
            for syllable in phrase(words):
                node = node.setdefault(syllable, {})  # type: ignore[assignment]
            node[_END] = value

    @property
    def firsts(self) -> frozenset[str]:
        """The first syllables of all phrases."""
        return frozenset(self._root)

    def at(self, low: list[str], fresh: list[bool], i: int) -> tuple[int, str] | None:
        """(end, value) of the longest phrase that begins at token `i` and crosses no line break."""
        if i >= len(low):
            return None
        node = self._root.get(low[i])
        found = None
        size = len(low)
        i += 1
        while node is not None:
            value = node.get(_END)  # type: ignore[union-attr]
            if value is not None:
                found = (i, value)
            if i >= size or fresh[i]:
                break
            node = node.get(low[i])  # type: ignore[union-attr]
            i += 1
        return found  # type: ignore[return-value]


# a trie: syllable → node; the empty syllable, which no token is, → the phrase's value
_Node = dict[str, "str | _Node"]
_END = ""


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


@cache
def phrase_set(name: str, *keys: str) -> frozenset[tuple[str, ...]]:
    """The named lists of a data file as folded phrases, to ask whether one is among them."""
    return frozenset(phrase(entry) for key in keys for entry in table(name)[key])
