"""Stretches of time and relative dates as points: halves, terms, schools years, "hôm nay", "3 năm qua".

Rows of `PERIODS` have the same shape as `points.POINTS`.
"""

from __future__ import annotations

import re

from corpus.dates import WEEKDAYS, edtf
from labeling.quantities import resolve
from labeling.quantities.numerals import roman
from labeling.quantities.points import Point, PointReader, year_after
from labeling.quantities.source import Source

_HALF_TAIL = re.compile(r" *[/,]? *(\d{4})(?!\d|[.,]\d)")
_HALF_SHIFT = re.compile(r" +(nay|ngoái|trước|sau|tới|này)(?!\w)")
_GAP = re.compile(r" +")
_YEAR_ALONE = re.compile(r"((?:19|20)\d\d)(?!\d|[.,]\d)")
_WORD = re.compile(r"[^\W\d_]+")
_NO_ANCHOR = re.compile(r" +(?:đó|đây|khi|này|ngày|tết)(?!\w)")
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
_DAY_WORDS = re.compile(
    r"(?:(?P<part>sáng sớm|rạng sáng|sáng|trưa|chiều tối|chiều|tối|đêm|khuya) +)?(?P<day>ngày"
    r" hôm nay|ngày hôm qua|hôm nay|hôm qua|hôm kia|hôm trước|ngày mai|ngày kia|ngày mốt|ngày"
    r" nay(?= *\()|sớm mai)(?!\w)"
)
_PART_WORDS = re.compile(
    r"(sáng sớm|rạng sáng|sáng|trưa|chiều|tối|đêm|khuya) +(nay|qua|mai|kia|hôm ấy(?= *\())(?!\w)"
)
_SHIFTS = {"nay": 0, "hôm nay": 0, "ngày hôm nay": 0, "ngày nay": 0, "qua": -1, "hôm qua": -1,
    "ngày hôm qua": -1, "hôm kia": -2, "hôm trước": -2, "mai": 1, "ngày mai": 1, "sớm mai": 1,
    "ngày kia": 2, "kia": 2, "ngày mốt": 2, "hôm ấy": 0}  # fmt: skip
_UNIT_ANCHOR = re.compile(
    r"(?:(đầu|giữa|cuối|hết|những ngày cuối|những ngày đầu|những tháng cuối|những tháng đầu|dịp"
    r" cuối|dịp đầu) +)?(ngày|tuần|tháng|quý|năm) +(này|nay|qua|trước|sau|tới|ngoái|kia|vừa qua"
    r"|vừa rồi|rồi|tiếp theo|kế tiếp)(?!\w)"
)
_ANCHORS = {"này": 0, "nay": 0, "qua": -1, "trước": -1, "sau": 1, "tới": 1, "ngoái": -1, "kia": -2,
    "vừa qua": -1, "vừa rồi": -1, "rồi": -1, "tiếp theo": 1, "kế tiếp": 1}  # fmt: skip
_CODES = {"ngày": "d", "tuần": "wk", "tháng": "mo", "quý": "q", "năm": "a", "hôm": "d"}
_N_UNITS = re.compile(
    r" +(ngày|tuần|tháng|quý|năm)(?: +liền)? +(vừa qua|qua|trước đây|trước|tới đây|tới|nữa|sau"
    r" đó|sau|gần đây nhất|gần đây|gần nhất|trở lại đây|vừa rồi|tiếp theo|kế tiếp|trước đó)(?!\w)"
    r"(?! +(?:khi|ngày|năm|tháng|lúc|đám|khi))"
)
_WEEKDAY = re.compile(
    r"(?:(?P<part>sáng sớm|sáng|trưa|chiều tối|chiều|tối|đêm|khuya) +)?(?:ngày +)?(?:(?:thứ|th\.?)"
    r" *(?P<n>hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|(?P<sun>chủ nhật|chúa nhật|cn)|(?P<t>t[2-7]))"
    r"(?![\w])"
)
_LEADS_DAY = re.compile(r"(?:vào|hôm|sáng|chiều|tối|đêm|trưa|từ|đến) +\Z")
_WEEK_OF = re.compile(
    r" +(?:của +)?tuần +(này|tới|sau|trước|qua|vừa qua|rồi)(?!\w)| +(này|tới|vừa qua|vừa rồi"
    r"|tuần|sau|trước)(?!\w)(?! +(?:đó|khi))"
)
_WEEKS = {"này": 0, "tới": 1, "sau": 1, "trước": -1, "qua": -1, "vừa qua": -1, "rồi": -1, "vừa rồi": -1}
_WEEKEND = re.compile(r"cuối tuần +(này|qua|trước|tới|sau|vừa qua|rồi|vừa rồi)(?!\w)")
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
    from labeling.quantities.points import POINTS

    unit_at = match.start(2)
    for starts, read in (*POINTS, *PERIODS):
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
    from labeling.quantities.points import POINTS

    match = _SAME.match(source.low, at)
    if match is None:
        return None
    after = _GAP.match(source.low, match.end())
    if after is None:
        return None
    best: Point | None = None
    word = _first_word(source, after.end())
    for starts, read in (*POINTS, *PERIODS):
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


def _day_word(source: Source, at: int) -> Point | None:
    """ "hôm nay", "sáng nay", "chiều qua", "ngày mai": the day counted from the document's own."""
    match = _DAY_WORDS.match(source.low, at)
    if match is not None:
        word = match["day"]
    else:
        match = _PART_WORDS.match(source.low, at)
        if match is None:
            return None
        word = match[2]
        if word == "mai" and source.cased[match.start(2)].isupper():
            return None
    shift = _SHIFTS[word]
    resolved = resolve.shifted(source.reference, "d", shift) if source.reference is not None else None
    return Point(at, match.end(), None, "relative", score=0.95, rule="date.day_word", resolved=resolved)


def _unit_anchor(source: Source, at: int) -> Point | None:
    """ "năm nay", "tháng trước", "tuần tới", "cuối năm nay", "quý này"."""
    match = _UNIT_ANCHOR.match(source.low, at)
    if match is None:
        return None
    unit, word = match[2], match[3]
    if (unit == "ngày" and word not in ("trước",)) or (unit, word) in {
        ("tháng", "nay"),
        ("tuần", "nay"),
        ("tháng", "kia"),
        ("ngày", "trước"),
    }:
        return None
    if word in ("trước", "sau") and _NO_ANCHOR.match(source.low, match.end()):
        return None
    if re.search(r"(?:nhiều|những|các|mấy|hằng|hàng|vài|từng|mỗi|một số) +\Z", source.left(at, 12)):
        return None
    resolved = None
    if source.reference is not None:
        resolved = resolve.shifted(source.reference, _CODES[unit], _ANCHORS[word])
    return Point(at, match.end(), None, "relative", score=0.92, rule="date.unit_anchor", resolved=resolved)


def _n_units(source: Source, at: int) -> Point | None:
    """ "3 năm qua", "5 ngày tới", "hai tuần trước", "10 năm gần đây"."""
    numeral = source.numeral(at)
    match = _N_UNITS.match(source.low, numeral.end) if numeral is not None else None
    if numeral is None or match is None or numeral.value != int(numeral.value) or numeral.value > 1000:
        return None
    unit, word, count = _CODES[match[1]], match[2], int(numeral.value)
    back = not word.startswith(("tới", "nữa", "sau", "tiếp", "kế"))
    resolved = None
    if source.reference is not None and count:
        signed = -count if back else count
        point = word in ("trước", "trước đây", "nữa", "sau", "trước đó", "sau đó")
        read = resolve.ago if point else resolve.span
        try:
            resolved = read(source.reference, unit, signed)
        except (OverflowError, ValueError):
            resolved = None
    return Point(at, match.end(), None, "relative", score=0.93, rule="date.n_units", resolved=resolved)


def _weekday(source: Source, at: int) -> Point | None:
    """ "thứ tư tuần tới", "Chủ nhật", "sáng thứ Hai": a weekday alone has no EDTF."""
    match = _WEEKDAY.match(source.low, at)
    if match is None:
        return None
    if match["t"] and (source.cased[match.start("t")] != "T" or match["part"] is None):
        return None
    if match["sun"] == "cn" and (not source.cased[match.start("sun")].isupper() or match["part"] is None):
        return None
    day = 7 if match["sun"] else WEEKDAYS[(match["n"] or match["t"][1:])]
    end, week = match.end(), None
    of = _WEEK_OF.match(source.low, end)
    if of is not None:
        week, end = _WEEKS.get(of[1] or of[2]), of.end()
        if of[2] in ("tuần",):
            week, end = None, match.end()
        if of[2] in ("sau", "trước") and of[1] is None:
            week = 1 if of[2] == "sau" else -1
    named = bool(match["part"] or of is not None or match["sun"])
    led = _LEADS_DAY.search(source.left(at, 8)) is not None
    capital = (
        match["n"] is not None
        and source.cased[match.start("n")].isupper()
        and not source.cased[match.start("n") :][:3].isupper()
    )
    score = 0.9 if named or led else 0.7 if capital else 0.45 if source.reference is None else 0.55
    resolved = resolve.weekday(source.reference, day, week) if source.reference is not None else None
    return Point(at, end, None, "weekday", day=day, score=score, rule="date.weekday", resolved=resolved)


def _weekend(source: Source, at: int) -> Point | None:
    match = _WEEKEND.match(source.low, at)
    if match is None:
        return None
    resolved = None
    if source.reference is not None:
        week = _WEEKS[match[1]]
        resolved = (
            resolve.weekday(source.reference, 6, week) + "/" + resolve.weekday(source.reference, 7, week)
        )
    return Point(at, match.end(), None, "relative", score=0.9, rule="date.weekend", resolved=resolved)


def _week_in(source: Source, at: int) -> Point | None:
    """ "tuần đầu tiên của tháng 9 năm 2017" → its first full ISO week."""
    import datetime as dt

    from labeling.quantities.points import POINTS

    week_of_year = _WEEK_NUMBER.match(source.low, at)
    if week_of_year is not None and 1 <= int(week_of_year[1]) <= 53:
        said = f"{week_of_year[2]}-W{int(week_of_year[1]):02d}"
        return Point(at, week_of_year.end(), said, "week", int(week_of_year[2]), score=0.9, rule="date.week")
    match = _WEEK_IN.match(source.low, at)
    if match is None:
        return None
    month = next((p for s, r in POINTS if "tháng" in s and (p := r(source, match.end())) is not None), None)
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


_EDGE_WORDS = frozenset(["đầu", "giữa", "cuối", "hết", "nửa", "những", "dịp"])
_PART_STARTS = frozenset(["sáng", "rạng", "trưa", "chiều", "tối", "đêm", "khuya"])
PERIODS: tuple[tuple[frozenset[str], PointReader], ...] = (
    (
        frozenset(
            ["nhiệm", "giai", "niên", "năm", "mùa", "thời", "khóa", "khoá", "các", "những", "hai", "vụ"]
        )
        | _EDGE_WORDS,
        _term,
    ),
    (frozenset("0"), _years),
    (frozenset(["nhiệm", "năm", "giai", "niên"]) | _EDGE_WORDS, _term_anchor),
    (frozenset(["0", "w", "nửa"]), _half),
    (frozenset(["cùng"]), _same_period),
    (frozenset(["hôm", "ngày", "sớm"]) | _PART_STARTS, _day_word),
    (frozenset(["ngày", "tuần", "tháng", "quý", "năm"]) | _EDGE_WORDS, _unit_anchor),
    (frozenset(["0", "w"]), _n_units),
    (
        frozenset(["thứ", "th", "chủ", "chúa", "cn", "ngày", "t2", "t3", "t4", "t5", "t6", "t7"])
        | _PART_STARTS,
        _weekday,
    ),
    (frozenset(["cuối"]), _weekend),
    (frozenset(["tuần"]), _week_in),
    (frozenset(["mùa"]), _season),
)
__all__ = ["PERIODS", "roman"]
