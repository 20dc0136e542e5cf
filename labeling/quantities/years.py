"""Years behind a month or day: "/2023", "năm 2023", "năm ngoái", "năm một chín bốn lăm"."""

from __future__ import annotations

import re

from labeling.quantities.numerals import DIGITS
from labeling.quantities.source import Source

_YEAR_TAIL = re.compile(
    r" *, *(?:năm +)?(\d{4})(?!\d)| *[/-] *(\d{4})(?!\d)|\.(\d{4})(?!\d)| +(?:của +)?năm +(\d{3,4})"
    r"(?!\d)| +(\d{4})(?!\d|[.,]\d| *[^\W\d_]*(?:đồng|người))"
)
_YEAR_WORDS = re.compile(r" +(?:của +)?năm +(?=(?:hai|một) +(?:nghìn|ngàn))")
YEAR_RELATIVE = re.compile(r" +(?:của +)?năm +(nay|ngoái|trước|sau|tới|này|kia)(?!\w)")
RELATIVE_YEARS = {"nay": 0, "này": 0, "ngoái": -1, "trước": -1, "sau": 1, "tới": 1, "kia": -2}


def year_after(source: Source, position: int) -> tuple[int | None, int, int | None]:
    """A year behind a month or day: (year, end, relative shift); (None, position, None) without one."""
    match = _YEAR_TAIL.match(source.low, position)
    if match is not None:
        digits = next(group for group in match.groups() if group)
        if 100 <= int(digits) <= 2200:
            return int(digits), match.end(), None
    match = _YEAR_WORDS.match(source.low, position)
    numeral = source.numeral(match.end()) if match is not None else None
    if numeral is not None and 1000 <= numeral.value <= 2200:
        return int(numeral.value), numeral.end, None
    match = YEAR_RELATIVE.match(source.low, position)
    if match is not None:
        return None, match.end(), RELATIVE_YEARS[match[1]]
    match = _YEAR_SPOKEN.match(source.low, position)
    spoken = spoken_year(source, match.end()) if match is not None else None
    return (spoken[0], spoken[1], None) if spoken is not None else (None, position, None)


_YEAR_SPOKEN = re.compile(r" +năm +(?=(?:một|hai) +(?!nghìn|ngàn))")
_SPOKEN = re.compile(
    r"(một|hai) +(chín|không|tám)(?:((?: +(?:không|một|mốt|hai|ba|bốn|tư|năm|lăm|sáu|bảy"
    r"|tám|chín)){2})(?! +mươi)(?!\w)| +(?=(?:(?:hai|ba|bốn|năm|sáu|bảy|tám|chín) +mươi|mười)(?!\w)))"
)


def spoken_year(source: Source, at: int) -> tuple[int, int] | None:
    """ "năm một chín bốn lăm", "năm hai không hai mốt": digits one by one, or "… không hai mươi"."""
    match = _SPOKEN.match(source.low, at)
    if match is None:
        return None
    if match[3] is None:
        tens = source.numeral(match.end())
        if tens is None or not 10 <= tens.value <= 99 or tens.value != int(tens.value):
            return None
        return (DIGITS[match[1]] * 10 + DIGITS[match[2]]) * 100 + int(tens.value), tens.end
    words = [match[1], match[2], *match[3].split()]
    return int("".join(str(DIGITS[word]) for word in words)), match.end()
