"""Text → syllable tokens with offsets: what the grammar reads.

Offsets are `[start, end)` in code points of the text as given; nothing is rewritten.  What is folded
(case, composition, the place of tone marks, dashes) is folded in a copy used for matching only.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_LETTER = "(?:[^\\W_]|[\u0300-\u036f])"
# one regex per document, no nested repetition: linear time.  A word, or one sign that is not white space.
_token = re.compile(f"{_LETTER}+(?:['’ʼ‘`]{_LETTER}+)*|[^\\s]")

# The tone mark moved from the last vowel to the one before it ("hoà" → "hòa", "uỷ" → "ủy"): the spelling
# of the 1984 decision on one side, of dictionaries on the other; both are in daily use.
_TONED = {"a": "àáảãạ", "e": "èéẻẽẹ", "y": "ỳýỷỹỵ", "o": "òóỏõọ", "u": "ùúủũụ"}
_moved = {
    first + toned: _TONED[first][place] + plain
    for first, plain in (("o", "a"), ("o", "e"), ("u", "y"))
    for place, toned in enumerate(_TONED[plain])
}
_DASHES = {"–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-"}
QUOTES = {"“": "”", '"': '"', "‘": "’", "«": "»", "”": "”", "'": "'"}


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """The form under which a word is looked up: composed, lower case, tone mark in its new place."""
    low = (
        unicodedata.normalize("NFC", word).lower().replace("ð", "đ")
    )  # the Icelandic letter, often typed for Đ
    tail = _moved.get(low[-2:])
    if tail and not low.endswith(("quy", "quỳ", "quý", "quỷ", "quỹ", "quỵ")):
        low = low[:-2] + tail
    return _DASHES.get(low, low)


@lru_cache(maxsize=65536)
def shape(word: str) -> str:
    """`C` capitalised, `U` all capitals (two or more), `l` lower case, `n` begins with a digit, `p` sign."""
    first = word[0]
    if first.isdigit():
        return "n"
    if not first.isalpha():
        return "p"
    if not first.isupper():
        return "l"
    letters = [character for character in word if character.isalpha()]
    return "U" if len(letters) > 1 and all(character.isupper() for character in letters) else "C"


class Syllables:
    """The tokens of one text, as parallel lists (index = token number).

    start, end  code points      low    folded form      shape  one letter, see `shape`
    fresh       a line break, or the text's beginning, lies before the token
    """

    __slots__ = ("end", "fresh", "low", "shape", "start", "text")

    def __init__(self, text: str, openers: frozenset[str]) -> None:
        self.text = text
        self.start: list[int] = []
        self.end: list[int] = []
        self.low: list[str] = []
        self.shape: list[str] = []
        self.fresh: list[bool] = []
        before = 0
        for found in _token.finditer(text):
            start, end = found.span()
            fresh = not self.start or "\n" in text[before:start]
            word = found.group()
            cut = self._glue(word, openers)
            if cut:
                self._add(start, start + cut, word[:cut], fresh)
                self._add(start + cut, end, word[cut:], False)
            else:
                self._add(start, end, word, fresh)
            before = end

    def _add(self, start: int, end: int, word: str, fresh: bool) -> None:
        self.start.append(start)
        self.end.append(end)
        self.low.append(fold(word))
        self.shape.append(shape(word))
        self.fresh.append(fresh)

    @staticmethod
    def _glue(word: str, openers: frozenset[str]) -> int:
        """Where a class noun ends that was typed together with the name after it ("huyệnHà"), else 0."""
        if len(word) < 3 or word.islower() or word.isupper() or not word[0].isalpha():
            return 0
        seam = next((at for at in range(1, len(word)) if word[at].isupper() and word[at - 1].islower()), 0)
        return seam if seam and fold(word[:seam]) in openers else 0

    def __len__(self) -> int:
        return len(self.start)


def phrase(words: str) -> tuple[str, ...]:
    """The folded tokens of a lexicon entry."""
    return tuple(fold(found.group()) for found in _token.finditer(words))
