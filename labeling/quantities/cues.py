"""The words around a value that bound or blur it, found by looking at the neighbours of a core."""

from __future__ import annotations

import re
from functools import cache

from labeling.norm import Mod
from labeling.quantities.lexicon import alternation, table
from labeling.quantities.model import Cue
from labeling.quantities.source import Source

_OPENING = "(\"“‘'[«:;,"
_LONGEST = 4


@cache
def _before() -> dict[str, Mod]:
    return {word: mod for mod, words in table("cues")["before"].items() for word in words}


@cache
def _after() -> tuple[re.Pattern[str], dict[str, Mod]]:
    words: dict[str, Mod] = {word: mod for mod, words in table("cues")["after"].items() for word in words}
    return re.compile(rf" +({alternation(words)})"), words


@cache
def sets(name: str) -> frozenset[str]:
    """A named set of cue words: "near" or "comparing"."""
    return frozenset(table("cues")["sets"][name])


def words_before(source: Source, position: int, count: int = _LONGEST) -> list[tuple[int, str]]:
    """Up to `count` words that end right before `position`, nearest first, as (start, word); same line."""
    low, words = source.low, []
    end = position
    while len(words) < count:
        while end > 0 and low[end - 1] == " ":
            end -= 1
        if end == position and words == [] and position > 0 and low[position - 1] not in " ":
            return words
        start = max(low.rfind(" ", 0, end), low.rfind("\n", max(0, end - 24), end)) + 1
        if start >= end or end - start > 24:
            return words
        while start < end and low[start] in _OPENING:
            start += 1
        if start >= end:
            return words
        words.append((start, low[start:end]))
        if start > 0 and low[start - 1] != " ":
            return words
        end = start
    return words


def cue_before(source: Source, position: int) -> Cue | None:
    """The longest bounding word that ends right before `position`, or None."""
    table_ = _before()
    phrase, best = "", None
    for start, word in words_before(source, position):
        phrase = f"{word} {phrase}" if phrase else word
        if phrase in sets("comparatives"):
            return None
        mod = table_.get(phrase)
        if mod is not None:
            best = Cue(start, mod, phrase)
    return best


def cue_after(source: Source, position: int) -> tuple[int, Mod, str] | None:
    """A bounding word right after `position` ("trở lên"): (end, mod, word), or None."""
    pattern, words = _after()
    match = pattern.match(source.low, position)
    if match is None:
        return None
    word = re.sub(" +", " ", match[1])
    return match.end(), words[word], word


def word_ends_at(source: Source, position: int, word: str) -> int | None:
    """The start of `word` if it is the last word before `position`, else None."""
    before = words_before(source, position, 1)
    return before[0][0] if before and before[0][1] == word else None
