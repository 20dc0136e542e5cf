"""Stretches of time and relative dates as points: halves, terms, schools years, "hôm nay", "3 năm qua".

Rows of `PERIODS` have the same shape as `points.POINTS`.
"""

from __future__ import annotations

import calendar
import re

from corpus.dates import edtf
from labeling.quantities.points import Point, PointReader
from labeling.quantities.relative import EDGE_WORDS
from labeling.quantities.source import Source
from labeling.quantities.years import year_after

_HALF_TAIL = re.compile(r" *[/,]? *(\d{4})(?!\d|[.,]\d)")
_HALF_SHIFT = re.compile(r" +(nay|ngoái|trước|sau|tới|này)(?!\w)")
_GAP = re.compile(r" +")
_YEAR_ALONE = re.compile(r"((?:19|20)\d\d)(?!\d|[.,]\d)")
_WORD = re.compile(r"[^\W\d_]+")
_YEARS = re.compile(r"((?:1[5-9]|20|21)\d\d) *- *((?:1[5-9]|20|21)\d\d|\d\d)(?![\d]|[.,]\d|[/-]\d|[^\W\d_])")
_YEARS_TO = re.compile(r"((?:1[5-9]|20|21)\d\d) +(?:đến|tới) +(?:năm +)?((?:1[5-9]|20|21)\d\d)(?!\d|[.,]\d)")
_TERM = re.compile(
    r"(?:(đầu|giữa|cuối|hết|nửa đầu|nửa cuối|nửa sau|nửa) +)?(nhiệm kỳ|nhiệm kì|giai đoạn|niên"
    r" khóa|niên khoá|năm học|mùa giải|thời kỳ|thời kì|khóa|khoá|các năm|những năm|hai năm|niên"
    r" độ|năm ngân sách|vụ|năm)(?: +(?:của +)?(?:năm +)?|: *| *\(|:)(?=\d{4})"
)
_TERM_ANCHOR = re.compile(
    r"(?:(đầu|giữa|cuối|hết|nửa đầu|nửa cuối|nửa sau|nửa) +)?(nhiệm kỳ|nhiệm kì|năm học|giai"
    r" đoạn|niên khóa) +(?:vừa +)?(này|qua|tới|trước|sau|tiếp theo|kế tiếp|vừa qua)(?!\w)"
)
_HALVES = re.compile(r"(\d{1,2}|[^\W\d_]+) +(tháng|quý) +(đầu|cuối)(?: +của)?(?: +(?:năm|nhiệm kỳ)(?!\w))?")
_HALF_YEAR = re.compile(r"nửa +(đầu|cuối|sau)(?: của)? +(năm|tháng|quý|nhiệm kỳ)(?!\w)")
_N_MONTHS = re.compile(
    r"(\d{1,2}) +tháng(?: *[/-] *(\d{4})| +(?:của +)?năm +(\d{4}|nay|ngoái|trước))(?![\w])"
)
_SAME = re.compile(r"cùng kỳ(?: +(?:của|với))?|cùng kì")
_WEEK_IN = re.compile(
    r"tuần +(?:lễ +)?(?:đầu tiên|đầu|thứ nhất|thứ +([1-5])|([1-5])|thứ +(hai|ba|tư)|cuối cùng"
    r"|cuối)(?: +của)? +(?=tháng)"
)
_WEEK_NUMBER = re.compile(r"tuần +(?:thứ +)?(\d{1,2})(?: +của)?(?: +năm +|/)((?:19|20)\d\d)(?!\d)")
_SEASON = re.compile(
    r"(?:mùa +)?(xuân|hè|hạ|thu|đông) +(?:(?:năm +)?((?:19|20)\d\d)|năm +(nay|ngoái|trước|sau"
    r"|tới))(?!\d|\w| *-)"
)
_SEASONS = {"xuân": 21, "hè": 22, "hạ": 22, "thu": 23, "đông": 24}


def _rows() -> tuple[tuple[frozenset[str], PointReader], ...]:
    """All rows of single dates: those that a period is made of."""
    from labeling.quantities.date_rows import ROWS

    return ROWS


def _term(source: Source, at: int) -> Point | None:
    """ "nhiệm kỳ 2020 - 2025", "giai đoạn 2021-2023", "năm học 2021 - 2022", "nửa đầu nhiệm kỳ 2020-2025"."""
    match = _TERM.match(source.low, at)
    if match is None:
        return None
    years = _two_years(source, match.end())
    if years is None:
        return None
    low, high, end = years
    if match[2] in ("khóa", "khoá", "vụ") and match[1] is None:
        return Point(at, end, f"{low}/{high}", "term", score=0.85, rule="date.term")
    return Point(at, end, f"{low}/{high}", "term", score=0.97, rule="date.term")


def _two_years(source: Source, at: int) -> tuple[str, str, int] | None:
    match = _YEARS.match(source.low, at) or _YEARS_TO.match(source.low, at)
    if match is None:
        return None
    low, high = match[1], match[2]
    if len(high) == 2:
        high = low[:2] + high
    if not 0 < int(high) - int(low) <= 150:
        return None
    return low, high, match.end()


def _years(source: Source, at: int) -> Point | None:
    """ "2020-2025" alone."""
    years = _two_years(source, at)
    if years is None:
        return None
    return Point(at, years[2], f"{years[0]}/{years[1]}", "term", score=0.9, rule="date.years")


def _term_anchor(source: Source, at: int) -> Point | None:
    """ "nửa nhiệm kỳ tới", "nhiệm kỳ qua": no years are said, so there is no EDTF."""
    match = _TERM_ANCHOR.match(source.low, at)
    if match is None:
        return None
    return Point(at, match.end(), None, "term", score=0.85, rule="date.term.anchor")


_DAYS_OF = re.compile(r"(\d{1,2}) +ngày +(đầu|cuối)(?: +của)? +(?=tháng +(?:\d|[^\W\d_]+))")


def _days_of(source: Source, at: int) -> Point | None:
    """ "10 ngày đầu tháng 5", "5 ngày cuối tháng 12/2023": the days of a month, as a range."""
    match = _DAYS_OF.match(source.low, at)
    if match is None:
        return None
    month = next((p for s, r in _rows() if "tháng" in s and (p := r(source, match.end())) is not None), None)
    count = int(match[1])
    if month is None or month.month is None or month.lunar is not None or not 1 <= count <= 28:
        return None
    year = month.year or int((month.resolved or "2001")[:4])
    last = calendar.monthrange(year, month.month)[1]
    first, final = (1, count) if match[2] == "đầu" else (last - count + 1, last)
    value = f"{edtf(month.year, month.month, first)}/{edtf(month.year, month.month, final)}"
    resolved = None
    if month.resolved is not None:
        resolved = f"{edtf(year, month.month, first)}/{edtf(year, month.month, final)}"
    return Point(
        at,
        month.end,
        value,
        "half",
        month.year,
        month.month,
        score=0.94,
        rule="date.days_of",
        resolved=resolved,
    )


def _half(source: Source, at: int) -> Point | None:
    """ "6 tháng đầu năm 2021", "ba quý cuối năm", "nửa đầu năm 2022", "9 tháng năm 2021"."""
    low, count, last = source.low, 0, False
    match = _HALVES.match(low, at)
    if match is not None:
        count, last = _small(source, at) * (3 if match[2] == "quý" else 1), match[3] == "cuối"
        anchored = match[0].endswith(("năm", "kỳ"))
    else:
        match = _HALF_YEAR.match(low, at)
        if match is None:
            return _months_of(source, at)
        if match[2] != "năm":
            return _half_other(source, at, match)
        count, last, anchored = 6, match[1] != "đầu", True
    if not 1 <= count <= 12:
        return None
    end = match.end()
    if match[0].endswith("kỳ"):
        years = _two_years(source, end + 1) if end < source.size and low[end] == " " else None
        return Point(at, years[2] if years else end, None, "half", score=0.8, rule="date.half.term")
    tail = _HALF_TAIL.match(low, end) if anchored else None
    year: int | None = None
    shift: int | None = None
    if tail is not None and 1800 <= int(tail[1]) <= 2200:
        year, end = int(tail[1]), tail.end()
    elif anchored:
        word = _HALF_SHIFT.match(low, end)
        if word is not None:
            shift, end = (
                {"nay": 0, "này": 0, "ngoái": -1, "trước": -1, "sau": 1, "tới": 1}[word[1]],
                word.end(),
            )
    else:
        year, end, shift = year_after(source, end)
        if year is None and shift is None:
            return None
    first, final = (13 - count, 12) if last else (1, count)
    return _month_span(source, at, end, year, shift, first, final, "date.half")


def _month_span(
    source: Source, at: int, end: int, year: int | None, shift: int | None, first: int, final: int, rule: str
) -> Point:
    resolved = None
    if source.reference is not None and year is None:
        base = source.reference.year + (shift or 0)
        resolved = f"{edtf(base, first)}/{edtf(base, final)}"
    return Point(
        at, end, f"{edtf(year, first)}/{edtf(year, final)}", "half", year, first, None, 0.95, rule, resolved
    )


def _small(source: Source, at: int) -> int:
    numeral = source.numeral(at)
    return int(numeral.value) if numeral is not None and numeral.value < 100 and numeral.scale == 1 else 0


def _half_other(source: Source, at: int, match: re.Match[str]) -> Point | None:
    """ "nửa cuối tháng 7/2021", "nửa đầu nhiệm kỳ 2020-2025"."""

    unit_at = match.start(2)
    for starts, read in _rows():
        if match[2].split()[0] in starts:
            point = read(source, unit_at)
            if point is not None:
                return point._replace(start=at, rule="date.half.of")
    return None


def _months_of(source: Source, at: int) -> Point | None:
    match = _N_MONTHS.match(source.low, at)
    if match is None or not 2 <= int(match[1]) <= 12:
        return None
    said = match[2] or match[3]
    year, shift = (int(said), None) if said.isdigit() else (None, {"nay": 0, "ngoái": -1, "trước": -1}[said])
    if re.search(r"(?:ngày|sáng|chiều|tối) +\Z", source.left(at, 8)):
        return None
    return _month_span(source, at, match.end(), year, shift, 1, int(match[1]), "date.half.months")


def _same_period(source: Source, at: int) -> Point | None:
    """ "cùng kỳ năm 2020", "cùng kỳ năm trước", "cùng kỳ tháng 6/2021"."""

    match = _SAME.match(source.low, at)
    if match is None:
        return None
    after = _GAP.match(source.low, match.end())
    if after is None:
        return None
    best: Point | None = None
    word = _first_word(source, after.end())
    for starts, read in _rows():
        if word in starts and word != "cùng":
            point = read(source, after.end())
            if point is not None and (best is None or point.end > best.end):
                best = point
    bare = _YEAR_ALONE.match(source.low, after.end())
    if best is None and bare is not None:
        return Point(at, bare.end(), bare[1], "year", int(bare[1]), score=0.9, rule="date.same_period")
    return best._replace(start=at, rule="date.same_period") if best is not None else None


def _first_word(source: Source, at: int) -> str:
    if at < source.size and source.low[at].isdigit():
        return "0"
    match = _WORD.match(source.low, at)
    return match[0] if match is not None else ""


def _week_in(source: Source, at: int) -> Point | None:
    """ "tuần đầu tiên của tháng 9 năm 2017" → its first full ISO week."""
    import datetime as dt

    week_of_year = _WEEK_NUMBER.match(source.low, at)
    if week_of_year is not None and 1 <= int(week_of_year[1]) <= 53:
        said = f"{week_of_year[2]}-W{int(week_of_year[1]):02d}"
        return Point(at, week_of_year.end(), said, "week", int(week_of_year[2]), score=0.9, rule="date.week")
    match = _WEEK_IN.match(source.low, at)
    if match is None:
        return None
    month = next((p for s, r in _rows() if "tháng" in s and (p := r(source, match.end())) is not None), None)
    if month is None or month.month is None:
        return None
    value: str | None = None
    if month.year is not None and month.lunar is None:
        first = dt.date(month.year, month.month, 1)
        monday = first + dt.timedelta(days=(8 - first.isoweekday()) % 7)
        number = int(match[1] or match[2] or {"hai": 2, "ba": 3, "tư": 4}.get(match[3] or "", 1))
        if "cuối" in match[0]:
            following = dt.date(month.year + month.month // 12, month.month % 12 + 1, 1)
            monday = following - dt.timedelta(days=1)
            monday -= dt.timedelta(days=monday.isoweekday() - 1)
            number = 1
        year, week, _ = (monday + dt.timedelta(weeks=number - 1)).isocalendar()
        value = f"{year}-W{week:02d}"
    return Point(at, month.end, value, "week", month.year, month.month, score=0.85, rule="date.week_in")


def _season(source: Source, at: int) -> Point | None:
    """ "mùa xuân năm 1975", "mùa hè 2021": EDTF seasons 21-24."""
    match = _SEASON.match(source.low, at)
    if match is None or not match[0].startswith("mùa"):
        return None
    year = match[2]
    resolved = None
    if year is None and source.reference is not None:
        shift = {"nay": 0, "ngoái": -1, "trước": -1, "sau": 1, "tới": 1}[match[3]]
        resolved = f"{source.reference.year + shift}-{_SEASONS[match[1]]}"
    return Point(
        at,
        match.end(),
        f"{year or 'XXXX'}-{_SEASONS[match[1]]}",
        "season",
        score=0.9,
        rule="date.season",
        resolved=resolved,
    )


PERIODS: tuple[tuple[frozenset[str], PointReader], ...] = (
    (
        frozenset(
            ["nhiệm", "giai", "niên", "năm", "mùa", "thời", "khóa", "khoá", "các", "những", "hai", "vụ"]
        )
        | EDGE_WORDS,
        _term,
    ),
    (frozenset("0"), _years),
    (frozenset(["nhiệm", "năm", "giai", "niên"]) | EDGE_WORDS, _term_anchor),
    (frozenset(["0", "w", "nửa"]), _half),
    (frozenset(["0", "w"]), _days_of),
    (frozenset(["cùng"]), _same_period),
    (frozenset(["tuần"]), _week_in),
    (frozenset(["mùa"]), _season),
)
