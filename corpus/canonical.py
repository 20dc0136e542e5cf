"""Raw text → canonical text: the only code in the house that rewrites text.

The rule, in this order, fixed for good because every digest and every annotation hangs on it:

1. `\\r\\n`, `\\r`, `\\v`, `\\f`, U+0085, U+2028, U+2029 become `\\n`;
2. a tab becomes one space;
3. these are removed: C0 and C1 controls other than `\\n`, U+00AD, U+200B-200F, U+202A-202E,
   U+2060-2064, U+2066-2069, U+FEFF;
4. NFC, last, so that canon(canon(x)) == canon(x).

Everything else stays: no-break spaces, runs of spaces, glued words, the spelling of tone marks, emoji
(but for their joiners).  Lone surrogates are refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from corpus.document import Run, SegmentMap
from corpus.errors import BadRecord

LINE_BREAKS = "\r\v\f\x85\u2028\u2029"
REMOVED = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
)

# Characters that compose with what stands before them although their combining class is 0
# (NFC_Quick_Check=Maybe in UAX #15), or whose decomposition begins with a mark (U+0F73, U+0F75, U+0F81):
# a segment can't begin at one.  A test recomputes the set.
JOINS_LEFT = (
    "\u0f73\u0f75\u0f81"
    "\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u102e"
    "\u1161-\u1175\u11a8-\u11c2\u1b35\U00011127\U0001133e\U00011357\U000113b8\U000113bb\U000113c2\U000113c5\U000113c7-\U000113c9\U000114b0\U000114ba\U000114bd\U000115af\U00011930\U0001611e-\U00016129\U00016d67"
)

# Characters that the rule leaves alone one by one and that nothing joins from the left.
# Composed Latin letters are among them: they are NFC, and marks that follow are caught by `mark`.
_PLAIN = (
    "\n\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0370-\u0373\u0400-\u0482\u1e00-\u1eff\u2010-\u2027\u2030-\u205e"
)
_plain_run = re.compile(f"[{_PLAIN}]+")
_all_plain = re.compile(f"[{_PLAIN}]*")
_line_break = re.compile(f"\r\n|[{LINE_BREAKS}]")
_removed = re.compile(f"[{REMOVED}]")
_joins_left = re.compile(f"[{JOINS_LEFT}]")
_surrogate = re.compile("[\ud800-\udfff]")


def canon(raw: str) -> str:
    """The canonical text of `raw`.  Raises BadRecord("surrogate") on a lone surrogate."""
    if _all_plain.fullmatch(raw):
        return raw
    _refuse_surrogates(raw)
    return unicodedata.normalize("NFC", _removed.sub("", _line_break.sub("\n", raw).replace("\t", " ")))


def canonicalize(raw: str) -> tuple[str, SegmentMap]:
    """The canonical text of `raw` and the map from it back to raw code points."""
    if _all_plain.fullmatch(raw):
        return raw, SegmentMap((Run(1, 1, len(raw)),) if raw else ())
    _refuse_surrogates(raw)
    pieces: list[str] = []
    runs: list[Run] = []
    for start, end, plain in _raw_slices(raw):
        if plain:
            _add(runs, 1, 1, end - start)
            pieces.append(raw[start:end])
        else:
            piece = canon(raw[start:end])
            _add(runs, end - start, len(piece), 1)
            pieces.append(piece)
    return "".join(pieces), SegmentMap(tuple(runs))


def _add(runs: list[Run], raw: int, canonical: int, count: int) -> None:
    if runs and (runs[-1].raw, runs[-1].canonical) == (raw, canonical):
        runs[-1] = Run(raw, canonical, runs[-1].count + count)
    else:
        runs.append(Run(raw, canonical, count))


def _raw_slices(raw: str) -> Iterator[tuple[int, int, bool]]:
    """(start, end, plain): runs of characters that are segments of their own, and single segments."""
    position = 0
    while position < len(raw):
        run = _plain_run.match(raw, position)
        if run:
            end = run.end()
            if end < len(raw) and _joined_end(raw, end) > end:
                end -= 1  # the last plain character carries marks: it is a segment with them
            if end > position:
                yield position, end, True
                position = end
                continue
        end = _segment_end(raw, position)
        yield position, end, False
        position = end


def _segment_end(raw: str, start: int) -> int:
    """Where the segment that begins at `start` ends."""
    if raw.startswith("\r\n", start):
        return start + 2
    if _removed.match(raw[start]):
        return start + 1
    return _joined_end(raw, start + 1)


def _joined_end(raw: str, position: int) -> int:
    """The end of the marks at `position` that join what stands before, over removed characters."""
    end = position
    while position < len(raw):
        character = raw[position]
        if unicodedata.combining(character) or _joins_left.match(character):
            end = position + 1
        elif not _removed.match(character):
            break
        position += 1
    return end


def _refuse_surrogates(raw: str) -> None:
    found = _surrogate.search(raw)
    if found:
        raise BadRecord(
            "surrogate",
            f"lone surrogate U+{ord(found.group()):04X} at character {found.start()}: "
            "decode the source again as UTF-8 or UTF-16",
        )
