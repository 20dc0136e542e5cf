"""Single dates: a day, month, quarter, year or term as one `Point`; `date` puts them together.

Each rule is a row of `POINTS`: a name, the words it can start with, and a function of (source, position).
EDTF quarters are 33-36 (level 1); a part that the text leaves out is X.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from corpus.dates import MONTH_WORDS, edtf, full_year, is_day
from labeling.quantities import cardinal, guards, resolve
from labeling.quantities.source import Source
from labeling.quantities.years import RELATIVE_YEARS, YEAR_RELATIVE, year_after

_NAMED_YEAR = re.compile(r" +năm +(\d{4})(?!\d)")
_YEAR_FOLLOWS = re.compile(r" +năm +\d")
_YEAR_NOT_MAY = re.compile(r" +(?:\d{4}|nay|ngoái|trước|sau|tới|học|qua)")
_WORD = re.compile(r"[^\W\d_]+")
_LONE_DAY = re.compile(r"(?:(?:mùng|mồng) +)?(\d{1,2})(?![\d]|[.,/-]\d|%|[^\W\d_])")
_DAY_COUNTS = re.compile(
    r" +(?:giờ|tiếng|lần|buổi|bữa|triệu|nghìn|tỷ|đồng|người|ca|lượt|tấn|kg|km|m|ha|chuyến|trường"
    r" hợp|phút|viên|ly|cốc|lít)(?!\w)"
)
_NEW_YEAR_EVE = re.compile(r"(2[3-9]|30) +tết(?!\w)")
_TET = re.compile(r" +tết(?!\w)")


class Point(NamedTuple):
    """A date at [start, end): what it says (`edtf`), its parts, its grain, and the resolved value if any."""

    start: int
    end: int
    edtf: str | None
    grain: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    score: float = 0.9
    rule: str = ""
    resolved: str | None = None
    lunar: str | None = None


_SEP = r" ?([/.-]) ?"
_DMY = re.compile(
    rf"(\d{{1,2}}){_SEP}(\d{{1,2}}) ?\2 ?(\d{{4}}|\d{{2}})(?![\d]|/\d|-\d(?!\d?[/.-]\d)|[.,]\d)"
)
_YMD = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_DM = re.compile(
    r"(\d{1,2}) ?([/-]) ?(\d{1,2})(?![\d]|/\d|-\d(?!\d?/\d)|[.,]\d|[^\W\d_]"
    r"| +tháng +(?:\d|giêng|chạp|tư))"
)
_DM_DOT = re.compile(r"(\d{1,2})\.(\d{1,2})(?![\d]|[/.,-]\d)")
_DAY = re.compile(r"(?:(?:mùng|mồng) +)?(\d{1,2})(?!\d)")
_MONTH = re.compile(r"(?: *, *| *)(?:tháng|thg\.?) *(\d{1,2})(?!\d)(?![.,]\d(?!\d{3}(?!\d)))")
_MONTH_WORD = re.compile(
    r"(?: *, *| *)(?:tháng|thg\.?) +(" + "|".join(sorted(MONTH_WORDS, key=len, reverse=True)) + r")(?!\w)"
)
LUNAR = re.compile(r" *,? *\(?(?:âm lịch|al(?!\w)|âl(?!\w))\)?")
# "tháng 12 này", "ngày 20/11 vừa qua": an anchor instead of a year; "tới" may also be the verb
_THIS = re.compile(r" +(?:này|vừa qua|vừa rồi|sắp tới|tới đây)(?!\w)| +tới(?= *(?:[.,;:)!?\n]|\Z))")
_SOLAR = re.compile(r" +dương lịch")


def day_point(
    source: Source, start: int, end: int, day: int | None, month: int, rule: str, *, score: float,
    year: int | None = None,
    shift: int | None = None,
) -> Point | None:  # fmt: skip
    if (day is not None and not is_day(year, month, day)) or not 1 <= month <= 12:
        return None
    lunar = LUNAR.match(source.low, end)
    if lunar is not None:
        value = edtf(year, month, day)
        closes = lunar[0].rstrip().endswith(")") and "(" not in lunar[0]
        return Point(
            start, lunar.end() - closes, None, "day", year, month, day, 0.9, rule + ".lunar", None, value
        )
    solar = _SOLAR.match(source.low, end)
    end = solar.end() if solar is not None else end
    resolved, past = None, False
    anchor = _THIS.match(source.low, end) if year is None and shift is None else None
    if anchor is not None:
        end, past = anchor.end(), anchor[0].strip().startswith("vừa")
    if source.reference is not None and year is None:
        if shift is not None:
            resolved = edtf(source.reference.year + shift, month, day)
        else:
            resolved = resolve.month_day(source.reference, month, day, past=past)
            if anchor is not None and "tới" in anchor[0] and resolved is not None:
                ahead = resolved > source.reference.isoformat()[: len(resolved)]
                resolved = resolved if ahead else edtf(source.reference.year + 1, month, day)
    grain = "day" if day is not None else "month"
    return Point(start, end, edtf(year, month, day), grain, year, month, day, score, rule, resolved)


def _dmy(source: Source, at: int) -> Point | None:
    match = _DMY.match(source.low, at)
    if match is None or (match[2] == "." and len(match[4]) == 2):
        return None
    year = full_year(match[4])
    if not 1000 <= year <= 2200:
        return None
    return day_point(
        source, at, match.end(), int(match[1]), int(match[3]),
        "date.dmy" if len(match[4]) == 4 else "date.dmy.short",
        score=0.97 if len(match[4]) == 4 else 0.75, year=year,
    )  # fmt: skip


def _ymd(source: Source, at: int) -> Point | None:
    match = _YMD.match(source.low, at)
    if match is None or not 1800 <= int(match[1]) <= 2200:
        return None
    return day_point(
        source, at, match.end(), int(match[4]), int(match[3]), "date.iso", score=0.95, year=int(match[1])
    )


def _dm(source: Source, at: int) -> Point | None:
    match = _DM.match(source.low, at) or (_DM_DOT.match(source.low, at) if cued_day(source, at) else None)
    if match is None:
        return None
    day, month = (int(match[1]), int(match[3])) if match.re is _DM else (int(match[1]), int(match[2]))
    noun = cardinal.noun_after(source, match.end())
    if (
        match.re is _DM
        and match[2] == "-"
        and (
            not (cued_day(source, at) or _from_day(source, at, match.end()))
            or (noun is not None and guards.counts(noun))
        )
    ):
        return None
    if guards.is_named(source, at, match.end(), None, capitals=False):
        return None
    year, end, shift = None, match.end(), None
    relative = YEAR_RELATIVE.match(source.low, end) or _NAMED_YEAR.match(source.low, end)
    if relative is not None:
        end = relative.end()
        year, shift = (
            (int(relative[1]), None) if relative[1].isdigit() else (None, RELATIVE_YEARS[relative[1]])
        )
    cued = cued_day(source, at)
    return day_point(
        source, at, end, day, month, "date.dm", score=0.93 if cued else 0.55, year=year, shift=shift
    )


_CUED = re.compile(
    r"(?:ngày|sáng|trưa|chiều|tối|đêm|hôm|khuya|rạng sáng|mùng|mồng|đến|tới|hết|trước|sau|thứ"
    r" \w+|nhật|(?:hôm|sáng|trưa|chiều|tối|đêm) (?:nay|qua)|(?:ngày|sáng|chiều|tối) mai),?\s*\Z"
    r"|(?:nay|thứ \w+|nhật|qua|mai) ?\($"
)


_FROM = re.compile(r"(?:từ|kể từ|vào)\s\Z")
_DAY_ENDS = re.compile(r" *(?:[,.;)]|$)| +(?:đến|tới|trở đi)(?!\w)")


def _from_day(source: Source, at: int, end: int) -> bool:
    """ "Từ 1-7, lương cơ sở tăng": a day and month before a comma."""
    return _FROM.search(source.left(at, 8)) is not None and _DAY_ENDS.match(source.low, end) is not None


def cued_day(source: Source, at: int) -> bool:
    """Whether a word before says that a day follows."""
    return _CUED.search(source.left(at, 12)) is not None


def _d_month(source: Source, at: int) -> Point | None:
    """ "3 tháng 2 năm 1930", "mùng 10 tháng 3 âm lịch", "mười lăm tháng tám"."""
    low, match = source.low, _DAY.match(source.low, at)
    if match is not None:
        day, end = int(match[1]), match.end()
    else:
        start = at
        if low.startswith(("mùng ", "mồng "), at):
            start = at + 5
        numeral = source.numeral(start)
        full_moon = low.startswith("rằm", at)
        if not full_moon and (
            numeral is None or numeral.style != "words" or not 1 <= numeral.value <= 31 or numeral.scale != 1
        ):
            return None
        day, end = (15, at + 3) if full_moon else (int(numeral.value), numeral.end)  # type: ignore[union-attr]
    month, end, word = month_after(source, end)
    if month is None or (_YEAR_FOLLOWS.match(low, end) is None and _count_of_months(source, at, end, word)):
        return None
    year, end, shift = year_after(source, end)
    if word in ("giêng", "chạp") or low.startswith("rằm", at):
        lunar = LUNAR.match(low, end)
        end = lunar.end() if lunar is not None else end
        return Point(at, end, None, "day", year, month, day, 0.9, "date.lunar", None, edtf(year, month, day))
    return day_point(source, at, end, day, month, "date.d_month", score=0.95, year=year, shift=shift)


def _count_of_months(source: Source, at: int, end: int, word: str) -> bool:
    """ "3 tháng năm 2020" counts months ("năm" is the year, not May)."""
    return word == "năm" and _YEAR_NOT_MAY.match(source.low, end) is not None


def month_after(source: Source, at: int) -> tuple[int | None, int, str]:
    """ "tháng 2", "thg 2", "tháng mười hai" at a position: (month, end, word)."""
    match = _MONTH.match(source.low, at)
    if match is not None and 1 <= int(match[1]) <= 12:
        return int(match[1]), match.end(), match[1]
    match = _MONTH_WORD.match(source.low, at)
    if match is None:
        return None, at, ""
    return MONTH_WORDS[match[1]], match.end(), match[1]


def _bare_day(source: Source, at: int) -> Point | None:
    """ "ngày 15": the day alone; the number must stand right after "ngày"."""
    eve = _NEW_YEAR_EVE.match(source.low, at)
    if eve is not None:
        day = int(eve[1])
        return Point(at, eve.end(), None, "day", None, 12, day, 0.9, "date.tet", None, edtf(None, 12, day))
    match = _LONE_DAY.match(source.low, at)
    if match is None:
        return _worded_day(source, at)
    if not 1 <= int(match[1]) <= 31:
        return None
    before = re.search(r"(\w+)?\s*ngày +\Z", source.left(at, 20))
    lunar = source.low.startswith(("mùng", "mồng"), at)
    if (before is None and not lunar) or (
        before is not None and before[1] in ("mỗi", "một", "số", "hàng", "hằng")
    ):
        return None
    if _DAY_COUNTS.match(source.low, match.end()):
        return None
    day, end = int(match[1]), match.end()
    tet = _TET.match(source.low, end)
    if lunar and tet is not None:
        return Point(at, tet.end(), None, "day", None, 1, day, 0.9, "date.tet", None, edtf(None, 1, day))
    resolved = None
    if source.reference is not None and is_day(source.reference.year, source.reference.month, day):
        resolved = edtf(source.reference.year, source.reference.month, day)
    this = _THIS_MONTH.match(source.low, end)
    if this is not None:
        resolved = None
        if source.reference is not None:
            month = resolve.shifted(source.reference, "mo", _MONTHS_AWAY[this[1]])
            resolved = f"{month}-{day:02d}" if is_day(int(month[:4]), int(month[5:]), day) else None
        return Point(
            at, this.end(), f"XXXX-XX-{day:02d}", "day", None, None, day, 0.9, "date.day_of_month", resolved
        )
    lunar_tail = LUNAR.match(source.low, end)
    if lunar_tail is not None:
        return Point(
            at, lunar_tail.end(), None, "day", None, None, day, 0.8, "date.lunar", None, f"XXXX-XX-{day:02d}"
        )
    return Point(at, end, f"XXXX-XX-{day:02d}", "day", None, None, day, 0.75, "date.day", resolved)


def _worded_day(source: Source, at: int) -> Point | None:
    """ "mùng một Tết", "mồng ba": the first ten days of a lunar month in words."""
    if not source.low.startswith(("mùng ", "mồng "), at):
        return None
    numeral = source.numeral(at + 5)
    if numeral is None or numeral.style != "words" or not 1 <= numeral.value <= 10:
        return None
    day, end = int(numeral.value), numeral.end
    tet = _TET.match(source.low, end)
    if tet is not None:
        return Point(at, tet.end(), None, "day", None, 1, day, 0.9, "date.tet", None, edtf(None, 1, day))
    return Point(at, end, f"XXXX-XX-{day:02d}", "day", None, None, day, 0.6, "date.day")


_THIS_MONTH = re.compile(r" +(?:của +)?tháng +(này|trước|sau|tới)(?!\w)")
_MONTHS_AWAY = {"này": 0, "trước": -1, "sau": 1, "tới": 1}


PointReader = Callable[[Source, int], Point | None]


DAYS: tuple[tuple[frozenset[str], PointReader], ...] = (
    (frozenset("0"), _dmy),
    (frozenset("0"), _ymd),
    (frozenset(["0", "w", "mùng", "mồng", "rằm"]), _d_month),
    (frozenset("0"), _dm),
    (frozenset(["0", "mùng", "mồng"]), _bare_day),
)
# those written in figures and signs
SIGNED_DAYS: frozenset[PointReader] = frozenset([_dmy, _ymd, _dm])
