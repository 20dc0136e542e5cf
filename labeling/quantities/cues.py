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
def _last_words() -> frozenset[str]:
    return frozenset(phrase.split()[-1] for phrase in _before())


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
    words = source.words.get(position)
    if words is None:
        words = source.words[position] = _words_before(source.low, position)
    return words[:count] if len(words) > count else words


_WINDOW = 48


def _words_before(low: str, position: int) -> list[tuple[int, str]]:
    """Words parted by blanks; an opening mark in or before a word ends the run to the left."""
    if position == 0 or low[position - 1] != " ":
        return []
    floor = max(0, position - _WINDOW)
    line = low.rfind("\n", floor, position) + 1
    pieces = low[max(line, floor) : position].rstrip(" ").rsplit(" ", _LONGEST)
    whole = line > 0 or floor == 0  # else the first piece may be the rest of a longer word
    start = position - 1
    while start > 0 and low[start - 1] == " ":
        start -= 1
    words: list[tuple[int, str]] = []
    for index in range(len(pieces) - 1, -1, -1):
        piece = pieces[index]
        start -= len(piece)
        if not piece or len(words) == _LONGEST or (index == 0 and not whole and len(words) < _LONGEST):
            break
        word = piece.lstrip(_OPENING)
        mark = word.rfind(",", 0, len(word) - 1) + 1
        if mark and word[mark].isalpha():
            word = word[mark:]
        if not word:
            break
        words.append((start + len(piece) - len(word), word))
        if len(word) < len(piece):
            break
        start -= 1
    return words


def cue_before(source: Source, position: int) -> Cue | None:
    """The longest bounding word that ends right before `position`, or None."""
    words = words_before(source, position)
    if not words or words[0][1] not in _last_words():
        return None
    table_ = _before()
    phrase, best = "", None
    for start, word in words:
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
    word = " ".join(match[1].split())
    return match.end(), words[word], word


def word_ends_at(source: Source, position: int, word: str) -> int | None:
    """The start of `word` if it is the last word before `position`, else None."""
    before = words_before(source, position, 1)
    return before[0][0] if before and before[0][1] == word else None
