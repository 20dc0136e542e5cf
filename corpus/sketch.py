"""What near duplicates are compared by: syllable 5-grams, the numbers of a text, its opening paragraph.

The key text is the body (title, captions, byline, header, boilerplate left out), folded: lower case, one
tone-mark style; digits and tone marks stay.  Hashes are 64 bits of BLAKE2b over UTF-8, combined by a
polynomial modulo 2**64: the same on every machine.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from corpus.document import Document, Region
from corpus.spelling import fold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GRAM = 5  # syllables
LEAD = 40  # syllables that an opening paragraph needs to be a key of its own
LINE = 8  # syllables that a line needs to be counted as possible boilerplate

_word = re.compile(r"\w+")
_digit = re.compile(r"\d")
_FACTOR = 0x9E3779B97F4A7C15


class Sketch(NamedTuple):
    """The sorted, distinct gram hashes; a hash over the sorted distinct numbers; the opening's hash or 0;
    hashes of the lines; the length of the text in code points."""

    grams: NDArray[np.uint64]
    numbers: int
    lead: int
    lines: tuple[int, ...]
    length: int


@lru_cache(maxsize=1 << 16)
def hash_of(text: str) -> int:
    """64 bits of BLAKE2b; never 0."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "little") or 1


def sketch(document: Document) -> Sketch:
    """The sketch of a document's body (of its whole text when it has no body)."""
    low = fold(document.text)
    pieces = _body(low, document.regions) or [low]
    words = [_word.findall(piece) for piece in pieces]
    flat = [word for piece in words for word in piece]
    numbers = sorted({word for word in flat if _digit.search(word)})
    opening = next((piece for piece in words if len(piece) >= LEAD), None)
    return Sketch(
        grams=grams_of(flat),
        numbers=hash_of(" ".join(numbers)),
        lead=hash_of(" ".join(opening)) if opening else 0,
        lines=tuple({hash_of(" ".join(piece)) for piece in words if len(piece) >= LINE}),
        length=len(document.text),
    )


def line_key(line: str) -> int:
    """The hash under which `sketch` counts a line."""
    return hash_of(" ".join(_word.findall(fold(line))))


def grams_of(words: Sequence[str]) -> NDArray[np.uint64]:
    """Sorted distinct hashes of the runs of GRAM words; a shorter text is one gram."""
    import numpy as np

    hashes = np.fromiter(map(hash_of, words), dtype=np.uint64, count=len(words))
    width = min(GRAM, len(words))
    if width == 0:
        return hashes
    count = len(words) - width + 1
    factor = np.uint64(_FACTOR)
    combined = np.zeros(count, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place in range(width):
            combined *= factor
            combined += hashes[place : place + count]
            combined ^= combined >> np.uint64(29)
    return np.unique(combined)


def _body(low: str, regions: Iterable[Region]) -> list[str]:
    return [low[region.start : region.end] for region in regions if region.kind == "body"]
