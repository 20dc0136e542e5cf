"""The text as the rules see it: lower case, one kind of blank and dash, no run of blanks.

Every replacement is one code point for one.  Runs of blanks are seen as one blank; `original` leads an offset
back to the text itself, which is never altered.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from labeling.quantities.model import Numeral
from labeling.quantities.numerals import numeral_at

if TYPE_CHECKING:
    from labeling.quantities.amounts import Amount
    from labeling.quantities.points import Point

_BLANKS = "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
_WIDE = {chr(0xFF10 + digit): str(digit) for digit in range(10)}
_FOLDED = {**dict.fromkeys(_BLANKS, " "), **dict.fromkeys(_DASHES, "-"), **_WIDE}
_FOLDED |= {
    "\uff05": "%",
    "\ufe6a": "%",
    "\uff0f": "/",
    "\u2044": "/",
    "\u2215": "/",
    "\uff0c": ",",
    "\uff0e": ".",
    "\u2019": "'",
}
_FOLDED |= {"\u02bc": "'", "\u2032": "'", "\u2033": '"', "\u201d": '"', "\u00d0": "\u0110", "\uff04": "$"}
_NEEDS_FOLD = re.compile("[" + "".join(_FOLDED) + "]")

_MEGA = re.compile(r"(?<=\d)[MG](?![^\W\d_])")


class Source:
    """A folded text, and what the rules have already read at a position (so that no rule reads twice)."""

    __slots__ = (
        "_dropped",
        "_seen",
        "amounts",
        "bare",
        "cased",
        "dates",
        "depth",
        "lines",
        "low",
        "moment",
        "numerals",
        "reference",
        "size",
        "words",
    )

    def __init__(
        self, text: str, reference: dt.date | None = None, moment: dt.datetime | None = None
    ) -> None:
        self.reference = reference
        self.moment = moment
        self.depth = 0
        self.dates: dict[int, Point | None] = {}
        self.cased, self._seen, self._dropped = squeeze(fold(text))
        self.low = _with_capitals(lower(self.cased), self.cased)
        self.size = len(self.cased)
        self.bare = _bare(self.low)
        self.lines = "\n" in self.low[self.bare[0] : self.bare[1]]
        self.words: dict[int, list[tuple[int, str]]] = {}
        self.amounts: dict[int, Amount | None] = {}
        self.numerals: dict[int, Numeral | None] = {}

    def numeral(self, position: int) -> Numeral | None:
        """The longest numeral at a position, read once."""
        if position not in self.numerals:
            self.numerals[position] = numeral_at(self.low, position)
        return self.numerals[position]

    def original(self, position: int) -> int:
        """The offset in the text itself of the code point at `position`."""
        return position + self._dropped[bisect_right(self._seen, position)]

    def is_whole(self, start: int, end: int) -> bool:
        """Whether [start, end) is all that the text says, but for a sign and marks around it."""
        low, high = self.bare
        for sign in ("âm ", "trừ "):
            low += len(sign) if self.low.startswith(sign, low) else 0
        return start <= low and end >= high

    def left(self, position: int, width: int = 48) -> str:
        """The lower-case text of the same line that ends at `position`."""
        start = max(0, position - width)
        window = self.low[start:position]
        cut = window.rfind("\n")
        return window[cut + 1 :] if cut >= 0 else window


_OUTER = re.compile(r"[\s.,;:!?-]*")


def _bare(low: str) -> tuple[int, int]:
    """The text without the white space and marks around it."""
    start = _OUTER.match(low).end()  # type: ignore[union-attr]
    end = len(low.rstrip(" .,;:!?\n-"))
    return start, max(start, end)


def _with_capitals(low: str, cased: str) -> str:
    """Keeps the capital of a million or billion sign glued to a figure: "3M" is not "3m"."""
    for match in _MEGA.finditer(cased):
        low = low[: match.start()] + match[0] + low[match.end() :]
    return low


_RUN = re.compile(r"(?<= ) +")


def squeeze(text: str) -> tuple[str, list[int], list[int]]:
    """Runs of blanks as one blank, with the way back.

    Returns the shorter text, the offsets in it where blanks were dropped, and how many were dropped in all
    before the first, the second, … of these offsets.
    """
    seen: list[int] = []
    dropped = [0]
    for match in _RUN.finditer(text):
        seen.append(match.start() - dropped[-1])
        dropped.append(dropped[-1] + match.end() - match.start())
    return (_RUN.sub("", text) if seen else text), seen, dropped


def fold(text: str) -> str:
    """Blanks, dashes, full-width digits and signs in one form; the length never changes."""
    for character in set(_NEEDS_FOLD.findall(text)):
        text = text.replace(character, _FOLDED[character])
    return text


def lower(text: str) -> str:
    """Lower case of the same length: a letter whose lower case is longer (İ) stays as it is."""
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)
