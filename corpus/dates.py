"""Written dates → EDTF (ISO 8601-2), in the forms that page metadata needs.

`written_dates` finds complete dates (day, month and year) as Vietnamese news sites print them in headers,
bylines and metadata: "Thứ tư,  18/05/2022", "Ngày 06/01/2020", "18-05-2022 | 08:30",
"2022-05-18T08:30:00+07:00",
"18 tháng 5 năm 2022", "18 Tháng Năm, 2022".  Months without a day ("tháng 6/2023", "date 2023-06") are found
too, as months.  `labeling.quantities` builds on the small functions here and reads every other form.

Dates are checked against the calendar: 31/02/2022 is no date.  A two-digit year is read as 1930-2029.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterator

import msgspec

_MONTHS = (
    "một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai",
)  # fmt: skip
MONTH_WORDS: dict[str, int] = {word: number for number, word in enumerate(_MONTHS, 1)}
MONTH_WORDS |= {"giêng": 1, "bốn": 4, "bẩy": 7, "chạp": 12}
_MONTH = r"(?:0?[1-9]|1[0-2])(?!\d)|" + "|".join(sorted(MONTH_WORDS, key=len, reverse=True))
WEEKDAYS: dict[str, int] = {
    "hai": 1, "ba": 2, "tư": 3, "năm": 4, "sáu": 5, "bảy": 6, "bẩy": 6, "2": 1, "3": 2, "4": 3, "5": 4,
    "6": 5, "7": 6,
}  # fmt: skip
_BLANK = "[ \u00a0\u202f\u2009]"


class WrittenDate(msgspec.Struct, frozen=True):
    """A date found in a text: half-open code-point range, EDTF value, and the name of its form."""

    start: int
    end: int
    edtf: str
    form: str


def full_year(digits: str) -> int:
    """Two digits → 1930-2029 (the usual window of news archives); four digits as they are."""
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year < 30 else 1900)


def is_day(year: int | None, month: int, day: int) -> bool:
    """Whether the day exists; without a year, in any year."""
    if not 1 <= month <= 12 or day < 1:
        return False
    return day <= calendar.monthrange(year or 2000, month)[1] if year is None or 1 <= year <= 9999 else False


def edtf(year: int | None, month: int | None = None, day: int | None = None) -> str:
    """EDTF of what is said; a part that is not said but stands before one that is becomes X."""
    text = "XXXX" if year is None else f"{year:04d}"
    if month is None and day is None:
        return text
    text += "-XX" if month is None else f"-{month:02d}"
    return text if day is None else f"{text}-{day:02d}"


def _day(match: re.Match[str]) -> str | None:
    year, month, day = full_year(match["y"]), _month(match["m"]), int(match["d"])
    return edtf(year, month, day) if is_day(year, month, day) else None


def _month_only(match: re.Match[str]) -> str | None:
    return edtf(full_year(match["y"]), _month(match["m"]))


def _month(text: str) -> int:
    return int(text) if text.isdigit() else MONTH_WORDS[text.lower()]


Reader = Callable[[re.Match[str]], str | None]
_Y4 = r"(?P<y>(?:1[89]|20)\d\d)(?!\d)"
_D = r"(?P<d>0?[1-9]|[12]\d|3[01])"
_B = _BLANK + "*"
# one form a row, the fuller form first: name, pattern, reader
FORMS: tuple[tuple[str, re.Pattern[str], Reader], ...] = tuple(
    (name, re.compile(pattern, re.IGNORECASE), reader)
    for name, pattern, reader in (
        ("iso", rf"(?<![\d/-]){_Y4}[-/.](?P<m>0[1-9]|1[0-2])[-/.](?P<d>[0-2]\d|3[01])(?![\d])", _day),
        ("figures", rf"(?<![\d/.,-]){_D}{_B}(?P<s>[-/.]){_B}(?P<m>0?[1-9]|1[0-2]){_B}(?P=s){_B}{_Y4}", _day),
        (
            "figures.short",
            rf"(?<![\d/.,-]){_D}(?P<s>[-/])(?P<m>0?[1-9]|1[0-2])(?P=s)(?P<y>\d\d)(?![\d/-])",
            _day,
        ),
        (
            "words",
            rf"(?<![\d/.,-])(?:(?:mùng|mồng){_BLANK}+)?{_D}{_B}[,/]?{_B}(?:tháng|thg\.?|th\.?){_BLANK}*(?P<m>{_MONTH})"
            rf"(?:{_BLANK}*,?{_BLANK}+năm{_BLANK}+|{_B}[,/-]{_B}|{_BLANK}+){_Y4}",
            _day,
        ),
        (
            "month.words",
            rf"(?:tháng|thg){_BLANK}*(?P<m>{_MONTH})(?:{_B}[,/-]{_B}|{_BLANK}+(?:năm{_BLANK}+)?){_Y4}",
            _month_only,
        ),
        ("month.figures", rf"(?<![\d/.,-])(?P<m>0?[1-9]|1[0-2])[/-]{_Y4}(?![/-])", _month_only),
        ("month.iso", rf"(?<![\d/.-]){_Y4}-(?P<m>0[1-9]|1[0-2])(?![\d-])", _month_only),
    )
)


def written_dates(text: str) -> Iterator[WrittenDate]:
    """Every complete date (or month with its year) of `text`, in order, never overlapping."""
    found: list[WrittenDate] = []
    for form, pattern, read in FORMS:
        for match in pattern.finditer(text):
            value = read(match)
            if value is not None:
                found.append(WrittenDate(*match.span(), value, form))
    last = 0
    for date in sorted(found, key=lambda date: (date.start, date.start - date.end)):
        if date.start >= last:
            yield date
            last = date.end


def first_day(text: str) -> WrittenDate | None:
    """The first complete day (not a month) written in `text`, or None."""
    return next((date for date in written_dates(text) if len(date.edtf) == 10), None)
