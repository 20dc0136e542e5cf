"""DATE: a day, month, quarter, half, year, term or span of them, relative ones included.

`read_date` takes the words that belong to a date ("cuối", "chiều", "thứ tư,", "ngày"), one point of
`points` or
`periods`, a second writing of the same date ("Hôm nay (21/7)"), and ranges and lists of them.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable

from corpus.dates import edtf, is_day
from labeling.norm import Mod, Norm
from labeling.quantities import resolve
from labeling.quantities.cues import cue_before, word_ends_at
from labeling.quantities.model import Kind, Reading, Rule
from labeling.quantities.numerals import DIGITS
from labeling.quantities.periods import PERIODS
from labeling.quantities.points import POINTS, SIGNED, Point, PointReader, cued_day
from labeling.quantities.source import Source
from labeling.quantities.triggers import DIGIT, NUMBER, ROMAN

_CLOSING = re.compile(r"(?: +dương lịch)? *\)")
_YEAR_END = re.compile(r"(?:hết|cuối) +(?:năm|tháng|nhiệm kỳ|quý)(?!\w)")
_LAST_UNIT = re.compile(r"(?:tháng +)?(\d{1,2}|[ivx]+)(?!\w)(?!\.\d)")
_EDGE = re.compile(r"(đầu|giữa|cuối|hết|trước|sau) +(?:thời điểm +)?")
_PART = re.compile(
    r"(?:đầu giờ +|cuối giờ +)?(sáng sớm|rạng sáng|sáng|trưa|chiều tối|chiều muộn|chiều|tối"
    r" muộn|tối|đêm|khuya) *,? *(?:ngày +|hôm +)?"
)
_DAY_HEAD = re.compile(r"(?:các +)?ngày +|hôm +")
_WEEKDAY_HEAD = re.compile(r"(?:thứ|th\.?) *(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ nhật|chúa nhật|t[2-7]|cn")
_AFTER_WEEKDAY = re.compile(r" *[,-]? *(?:ngày +)?\(?(?:ngày +)?(?=\d|mùng|mồng)|,? +(?:ngày +)(?=[^\W\d_])")
_APPOSED = re.compile(r" *(?:\(|, *|- *| +)(?:tức +(?:là +)?)?(?:ngày +)?")
_NAMED_DAY = re.compile(r" *\((?:thứ +(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ nhật)\)")
_RANGE = re.compile(r" *- *| +(?:cho +)?(?:đến|tới) +(hết +)?(?:ngày +)?| +(?:-|->) +")
_LIST = re.compile(r" *, *(?:và +)?| +và +(?:ngày +)?")
_NOW = re.compile(r" +(?:cho +)?(?:đến|tới) +(?:hiện +)?nay(?!\w)")
_FROM_NOW = re.compile(r"từ +nay +(?:cho +)?(?:đến|tới) +")
_NIGHT = re.compile(
    r"(?:đêm|tối) +(?:ngày +)?(\d{1,2})(?:/(\d{1,2}))? *,? *(?:đến +)?rạng +(?:sáng +)?(?:ngày +)?"
)
_EDGES: dict[str, Mod] = {"đầu": "start", "giữa": "mid", "cuối": "end"}


def first_word(source: Source, at: int) -> str:
    """The trigger class of a position: "0" for a digit, else the word."""
    if at >= source.size:
        return ""
    if source.low[at].isdigit():
        return "0"
    match = _WORD.match(source.low, at)
    return match[0] if match is not None else ""


_WORD = re.compile(r"[^\W\d_]+\d?")


def _by_word() -> dict[str, tuple[PointReader, ...]]:
    rows: dict[str, list[PointReader]] = {}
    for starts, read in (*POINTS, *PERIODS):
        for word in starts:
            rows.setdefault(word, []).append(read)
    for word in (*DIGITS, "mười"):
        rows[word] = [*rows["w"], *(read for read in rows.get(word, ()) if read not in rows["w"])]
    return {word: tuple(readers) for word, readers in rows.items()}


_BY_WORD = _by_word()
# a figure is written with signs ("21/7") or goes on with words ("21 tháng 7"): only those rows are tried
_SIGNED = tuple(read for read in _BY_WORD["0"] if read not in _BY_WORD["w"])
_WORDED = tuple(read for read in _BY_WORD["0"] if read not in SIGNED)
_BEFORE_SIGN = re.compile(r"\d+ ?[/.-]")


def point_at(source: Source, at: int) -> Point | None:
    """The longest single date at a position (ties: the higher score)."""
    word = first_word(source, at)
    rows = _BY_WORD.get(word, ())
    if word == "0":
        rows = _SIGNED if _BEFORE_SIGN.match(source.low, at) else _WORDED
    best: Point | None = None
    for read in rows:
        point = read(source, at)
        if point is not None and (best is None or (point.end, point.score) > (best.end, best.score)):
            best = point
    return best


class _Head:
    """The words before a point that belong to it."""

    __slots__ = ("at", "edge", "part")

    def __init__(self, at: int) -> None:
        self.at = at
        self.edge: str | None = None
        self.part = False


def one(source: Source, at: int) -> Point | None:
    """A point with its head and its second writing."""
    if at in source.dates:
        return source.dates[at]
    if source.depth >= _DEEPEST:
        return None
    source.depth += 1
    try:
        point = _one(source, at)
    finally:
        source.depth -= 1
    if point is not None or source.depth == 0:
        source.dates[at] = point
    return point


_DEEPEST = 6


def _one(source: Source, at: int) -> Point | None:
    low = source.low
    best = point_at(source, at)
    if at < source.size and low[at].isdigit():
        return _second_writing(source, best) if best is not None else None
    for pattern in _HEADS.get(first_word(source, at), ()):
        match = pattern.match(low, at)
        if match is None or match.end() == at:
            continue
        inner = one(source, match.end())
        if inner is None or not _head_fits(pattern, match, inner):
            continue
        if best is None or inner.end > best.end:
            score = max(inner.score, 0.93) if pattern is not _EDGE and inner.grain == "day" else inner.score
            best = inner._replace(start=at, score=score)
    weekday = _WEEKDAY_HEAD.match(low, at) if low[at : at + 1] in _WEEKDAY_LETTERS else None
    if weekday is not None:
        after = _AFTER_WEEKDAY.match(low, weekday.end())
        inner = one(source, after.end()) if after is not None else None
        if after is not None and inner is not None and inner.grain == "day" and inner.month is not None:
            end = inner.end
            if "(" in after[0]:
                end = end + 1 if low[end : end + 1] == ")" else end
            if "(" not in after[0] or end > inner.end:
                best = inner._replace(start=at, end=end, score=0.97)
    return _second_writing(source, best) if best is not None else None


_HEADS: dict[str, tuple[re.Pattern[str], ...]] = {
    **dict.fromkeys(("đầu", "cuối"), (_EDGE, _PART)),
    **dict.fromkeys(("giữa", "hết", "trước", "sau"), (_EDGE,)),
    **dict.fromkeys(("sáng", "rạng", "trưa", "chiều", "tối", "đêm", "khuya"), (_PART,)),
    **dict.fromkeys(("các", "ngày", "hôm"), (_DAY_HEAD,)),
}
_WEEKDAY_LETTERS = frozenset("tc")


def _head_fits(pattern: re.Pattern[str], match: re.Match[str], inner: Point) -> bool:
    if pattern is _EDGE:
        return inner.grain not in ("weekday",) and not (
            match[1] in ("trước", "sau") and inner.grain in ("relative", "term")
        )
    if pattern is _PART:
        return inner.grain in ("day", "weekday")
    return (
        inner.grain in ("day", "weekday") and inner.rule not in ("date.weekday",)
    ) or inner.grain == "weekday"


def _second_writing(source: Source, point: Point) -> Point:
    """ "Hôm nay (21/7)", "Thứ tư, 18/05/2022", "10/3 âm lịch (tức 18/4)": the same date written twice."""
    if point.grain == "day" and point.lunar is None:
        named = _NAMED_DAY.match(source.low, point.end)
        return point._replace(end=named.end()) if named is not None else point
    if point.grain not in ("relative", "weekday") and point.lunar is None:
        return point
    match = _APPOSED.match(source.low, point.end)
    if match is None:
        return point
    bracket = "(" in match[0]
    if not bracket and "ngày" not in match[0] and "tức" not in match[0] and point.grain != "weekday":
        other = point_at(source, match.end())
        if other is None or other.rule not in ("date.dmy", "date.dm"):
            return point
    other = one(source, match.end())
    if other is None or other.grain != "day" or other.month is None:
        return point
    end = other.end
    if bracket:
        close = _CLOSING.match(source.low, end)
        if close is None:
            return point
        end = close.end()
    resolved = other.resolved
    if (
        point.rule == "date.day_word"
        and source.reference is not None
        and other.year is None
        and other.day is not None
    ):
        resolved = resolve.month_day(source.reference, other.month, other.day, past=True)
    return other._replace(start=point.start, end=end, score=0.97, rule="date.twice", resolved=resolved)


def read_date(source: Source, at: int) -> Reading | None:
    """The longest DATE at a position: a night, a range, a list, or one point."""
    for starts, read in _LONGER:
        if first_word(source, at) in starts:
            reading = read(source, at)
            if reading is not None:
                return reading
    first = one(source, at)
    if first is None:
        return None
    return _ranged(source, first) or _single(source, first)


def _norm(point: Point, source: Source, **fields: object) -> Norm:
    written = source.low[point.start : point.end]
    edge = _EDGE.match(written)
    mod: Mod | None = None
    cue = None
    if edge is not None and point.rule != "date.half":
        cue, mod = edge[1], _EDGES.get(edge[1])
    resolved = point.resolved
    values: dict[str, object] = {
        "edtf": point.edtf, "resolved": resolved,
        "resolved_from": "document" if resolved else None, "mod": mod,
        "cue": cue, "calendar": "lunar" if point.lunar else None, "lunar": point.lunar,
        "numeral": "arabic" if any(letter.isdigit() for letter in written) else "words", "rule": point.rule,
    }  # fmt: skip
    return Norm(**(values | fields))  # type: ignore[arg-type]


def _single(source: Source, point: Point) -> Reading | None:
    norm = _norm(point, source)
    if point.rule == "date.dm" and point.score < 0.6 and point.day is not None and point.month is not None:
        other = Norm(
            numerator=str(point.day), denominator=str(point.month), numeral="arabic", rule="ratio.of"
        )
        others = [other]
        if point.day <= 12 and is_day(None, point.day, point.month):
            others.append(Norm(edtf=edtf(None, point.day, point.month), numeral="arabic", rule="date.md"))
        norm = _norm(point, source, alternatives=tuple(others))
    start = point.start
    if point.rule in ("date.years", "date.term") and _TWO_SIDED.search(source.low[point.start : point.end]):
        start = _from(source, point.start)
    return Reading(start, point.end, "DATE", norm, point.score)


_TWO_SIDED = re.compile(r"(?:^|năm )\d{4} *-| (?:đến|tới) ")


def _from(source: Source, at: int) -> int:
    """The start of a "từ" (or "kể từ") before a two-sided range."""
    found = word_ends_at(source, at, "từ")
    if found is None:
        return at
    return found


def _ranged(source: Source, first: Point) -> Reading | None:
    """ "từ ngày 1/7 đến hết ngày 5/7", "03/02/1930 - 03/02/2020", "từ năm 2020 đến nay", "từ 15 - 20/7"."""
    low = source.low
    now = _NOW.match(low, first.end)
    if now is not None and word_ends_at(source, first.start, "từ") is not None:
        start = _from(source, first.start)
        resolved = None
        if (
            source.reference is not None
            and (first.edtf or first.resolved)
            and "/" not in (first.resolved or first.edtf or "")
        ):
            resolved = f"{first.resolved or first.edtf}/{source.reference.isoformat()}"
        value = f"{first.edtf}/.." if first.edtf and "/" not in first.edtf else None
        norm = _norm(
            first,
            source,
            edtf=value,
            resolved=resolved,
            resolved_from="document" if resolved else None,
            rule="date.until_now",
        )
        return Reading(start, now.end(), "DATE", norm, 0.93)
    joint = _RANGE.match(low, first.end)
    if joint is None:
        return None
    second = one(source, joint.end())
    if second is None or (first.lunar is not None and second.lunar is None):
        return None
    if second.lunar is not None:
        return _lunar_range(source, first, second)
    dashed = "-" in joint[0]
    if not _may_range(first, second, dashed=dashed):
        return None
    return _joined(source, first, second, cue="hết" if joint[1] else None)


def _lunar_range(source: Source, first: Point, second: Point) -> Reading | None:
    """ "từ mùng 9 đến mùng 11 tháng 3 âm lịch": both days are lunar."""
    if (
        first.grain != "day"
        or first.day is None
        or (first.month not in (None, second.month) and first.lunar is None)
    ):
        return None
    low = first.lunar or edtf(second.year, second.month, first.day)
    norm = _norm(
        second,
        source,
        edtf=None,
        lunar=f"{low}/{second.lunar}",
        resolved=None,
        resolved_from=None,
        rule="date.lunar.range",
    )
    whole = _second_writing(source, second)
    return Reading(_from(source, first.start), whole.end, "DATE", norm, 0.9)


def _may_range(first: Point, second: Point, *, dashed: bool) -> bool:
    grains = {first.grain, second.grain}
    if "relative" in grains or "weekday" in grains:
        return not dashed and first.grain == second.grain
    if grains <= {"day", "month", "quarter", "year"} and (first.grain == second.grain or not dashed):
        return not (first.year and second.year and first.year > second.year)
    return first.grain == second.grain == "half"


def _joined(source: Source, first: Point, second: Point, cue: str | None) -> Reading | None:
    year = first.year if first.year is not None else second.year
    month = first.month if first.month is not None else second.month
    if first.grain == "day" and second.grain == "day" and first.month is None and second.month is None:
        month = None
    if first.grain in ("relative", "weekday"):
        norm = _norm(first, source, edtf=None, rule="date.range.relative")
        if first.resolved and second.resolved and "/" not in first.resolved + second.resolved:
            last = second.resolved
            if first.grain == "weekday" and last < first.resolved and source.reference is not None:
                last = (dt.date.fromisoformat(last) + dt.timedelta(weeks=1)).isoformat()
            norm = _norm(first, source, resolved=f"{first.resolved}/{last}", rule="date.range.relative")
        return Reading(_from(source, first.start), second.end, "DATE", norm, min(first.score, second.score))
    if first.grain in ("year", "quarter", "half", "term", "century", "decade"):
        low = (
            first.edtf
            if first.grain != "quarter" or first.year
            else f"{edtf(year)}-{32 + (first.month or 1)}"
        )
    elif first.grain == "month":
        low = edtf(year, month)
    else:
        if (
            year is not None
            and first.year is None
            and second.year == year
            and second.month
            and month
            and month > second.month
        ):
            year -= 1
        if first.day is not None and month is not None and not is_day(year, month, first.day):
            return None
        low = edtf(year, month, first.day)
    value = f"{low}/{second.edtf}" if low and second.edtf and "/" not in low + second.edtf else None
    resolved = _resolved_range(source, low, second)
    norm = _norm(
        first, source, edtf=value, resolved=resolved, resolved_from="document" if resolved else None, cue=cue,
        rule="date.range", mod=None,
    )  # fmt: skip
    return Reading(_from(source, first.start), second.end, "DATE", norm, 0.95)


def _resolved_range(source: Source, low: str | None, second: Point) -> str | None:
    if source.reference is None or low is None or not low.startswith("XXXX") or second.resolved is None:
        return None
    year = second.resolved[:4]
    start = year + low[4:]
    return f"{start}/{second.resolved}" if "X" not in start else None


def _from_now(source: Source, at: int) -> Reading | None:
    """ "từ nay đến hết nhiệm kỳ 2020-2025", "từ nay đến cuối năm": one date, open at its start."""
    match = _FROM_NOW.match(source.low, at)
    if match is None:
        return None
    second = one(source, match.end())
    if second is None:
        year = _YEAR_END.match(source.low, match.end())
        if year is None:
            return None
        second = Point(match.end(), year.end(), None, "relative", score=0.85)
    until = second.edtf.split("/")[-1] if second.edtf else None
    resolved = None
    if source.reference is not None and (until or second.resolved):
        last = (second.resolved or until or "").split("/")[-1]
        resolved = f"{source.reference.isoformat()}/{last}" if "X" not in last else None
    norm = _norm(
        second._replace(start=at), source, edtf=(
            f"/{until}"
        ) if until else None, resolved=resolved, cue=None, mod=None,
        resolved_from="document" if resolved else None, rule="date.from_now",
    )  # fmt: skip
    return Reading(at, second.end, "DATE", norm, 0.95)


def _night(source: Source, at: int) -> Reading | None:
    """ "đêm 3 rạng sáng 4/8": two neighbouring days as one date."""
    match = _NIGHT.match(source.low, at)
    second = one(source, match.end()) if match is not None else None
    if match is None or second is None or second.grain != "day" or second.day is None:
        return None
    month = int(match[2]) if match[2] else second.month
    if second.month is not None and month == second.month and int(match[1]) > second.day:
        month = (second.month - 2) % 12 + 1
    value = f"{edtf(second.year, month, int(match[1]))}/{second.edtf}"
    resolved = _resolved_range(source, edtf(second.year, month, int(match[1])), second)
    norm = _norm(
        second._replace(start=at), source, edtf=value, rule="date.night", resolved=resolved,
        resolved_from="document" if resolved else None,
    )  # fmt: skip
    return Reading(at, second.end, "DATE", norm, 0.95)


_LIST_HEAD = re.compile(
    r"(?:(?:đầu giờ +)?(?:sáng|chiều|tối|đêm|trưa) +)?(?:trong +)?(?:(?:các|hai|2|3|ba) +)?"
    r"(?:(ngày|tháng|quý|sáng|chiều|tối|đêm) +)?((?:(?:mùng|mồng) +)?(?:\d{1,2}|[ivx]{1,3}"
    r"(?!\w))(?:(?: *, *| +và +(?:ngày +)?| *- *| *& *| +đến +(?:ngày +)?)(?:(?:mùng|mồng)"
    r" +)?(?:\d{1,2}|[ivx]{1,3}(?!\w))){0,8})(?: *, *| +và +(?:ngày +)?| *- *| *& *| +đến +"
    r"(?:hết +)?(?:ngày +)?)(?=\d|[ivx]|mùng|mồng|tháng)"
)


def _listed(source: Source, at: int) -> Reading | None:
    """ "ngày 21, 22/7", "các ngày 5, 6 và 7/8/2021", "15 - 20/7", "tháng 3, 4/2021", "quý I, II/2021"."""
    match = _LIST_HEAD.match(source.low, at)
    if match is None:
        return None
    numbers = re.findall(r"\d{1,2}|[ivx]+(?!\w)", match[2])
    unit = match[1]
    dashes = "-" in match[0] or " đến " in match[0]
    if unit in ("tháng", "quý"):
        return _listed_units(source, at, match, unit, numbers)
    second = one(source, match.end())
    if (
        second is None
        or second.grain != "day"
        or second.month is None
        or second.day is None
        or not all(n.isdigit() for n in numbers)
    ):
        return None
    days = [int(number) for number in numbers]
    if second.lunar is not None:
        return None
    if unit is None and not (
        cued_day(source, at)
        or second.score > 0.9
        or (dashes and second.rule in ("date.dm", "date.dmy"))
        or word_ends_at(source, at, "từ") is not None
    ):
        return None
    month, year = second.month, second.year
    if days != sorted(days) or (days[-1] >= second.day and not (dashes and len(days) == 1)):
        return None
    if days[-1] >= second.day:
        month = (month - 2) % 12 + 1
        year = year - 1 if year is not None and month == 12 else year
    if not is_day(year, month, days[0]):
        return None
    low = edtf(year, month, days[0])
    resolved = _resolved_range(source, low, second)
    norm = _norm(
        second._replace(start=at), source, edtf=f"{low}/{second.edtf}",
        rule="date.range" if dashes else "date.list",
        resolved=resolved, resolved_from="document" if resolved else None, mod=None, cue=None,
    )  # fmt: skip
    start = _from(source, at) if dashes else at
    return Reading(start, second.end, "DATE", norm, 0.95)


def _listed_units(
    source: Source, at: int, match: re.Match[str], unit: str, numbers: list[str]
) -> Reading | None:
    from labeling.quantities.numerals import roman
    from labeling.quantities.points import year_after

    value = _LAST_UNIT.match(source.low, match.end())
    if value is None:
        return None
    figures = []
    for number in (*numbers, value[1]):
        figure = int(number) if number.isdigit() else (roman(number, 0) or (0, 0))[0]
        figures.append(figure)
    year, end, shift = year_after(source, value.end())
    limit = 12 if unit == "tháng" else 4
    if not all(1 <= figure <= limit for figure in figures) or figures != sorted(figures):
        return None
    if unit == "tháng":
        low, high = edtf(year, figures[0]), edtf(year, figures[-1])
    else:
        low, high = f"{edtf(year)}-{32 + figures[0]}", f"{edtf(year)}-{32 + figures[-1]}"
    resolved = None
    if year is None and source.reference is not None:
        base = f"{source.reference.year + (shift or 0):04d}"
        resolved = f"{base}{low[4:]}/{base}{high[4:]}"
    norm = Norm(
        edtf=f"{low}/{high}", resolved=resolved, resolved_from="document" if resolved else None,
        numeral="arabic", rule="date.list",
    )  # fmt: skip
    start = _from(source, at) if "-" in match[0] or " đến " in match[0] else at
    return Reading(start, end, "DATE", norm, 0.9)


_PARTS = frozenset(["sáng", "trưa", "chiều", "tối", "đêm", "khuya", "rạng"])
_ANCHORS = frozenset(
    ["nay", "qua", "mai", "kia", "này", "trước", "sau", "tới", "ngoái", "vừa", "rồi", "mốt", "tiếp", "kế"]
)
_UNITS = frozenset(
    [
        "năm",
        "tháng",
        "thg",
        "quý",
        "tuần",
        "ngày",
        "nhiệm",
        "giai",
        "đoạn",
        "kì",
        "kỉ",
        "niệm",
        "niên",
        "thế",
        "thập",
        "mùa",
        "học",
        "kỳ",
        "kỷ",
        "quí",
    ]
)
_LONGER: tuple[tuple[frozenset[str], Callable[[Source, int], Reading | None]], ...] = (
    (frozenset(["từ"]), _from_now),
    (frozenset(["đêm", "tối"]), _night),
    (
        frozenset(
            [
                "0",
                "ngày",
                "tháng",
                "quý",
                "các",
                "hai",
                "ba",
                "mùng",
                "mồng",
                "sáng",
                "chiều",
                "tối",
                "đêm",
                "trưa",
                "đầu",
            ]
        ),
        _listed,
    ),
)
_NUMBERS = NUMBER | {"mùng", "mồng", "rằm", "giêng", "chạp", "tư"}
# what follows a number that begins a date, and what follows a word that does
AFTER_NUMBER = frozenset("/-.,") | _UNITS | {"và", "rạng", "đến", "tới", "âm", "tết", "đầu", "cuối"}
_AFTER_WORD = _NUMBERS | _UNITS | _ANCHORS | _PARTS | ROMAN | {
    "hôm", "thứ", "chủ", "chúa", "giờ", "sớm", "nhất", "tài", "dương", "ngân", "kế", "hai", "giáp",
    "ất", "bính", "đinh",
    "mậu", "kỷ", "canh", "tân", "nhâm", "đầu", "cuối", "giữa", "muộn", "thời", "các", "nhật",
    "xuân", "hè", "hạ", "thu",
    "đông", "lễ", "của", "tức", "/", "(", ",", "-", "khóa", "khoá", "độ", "giải", "t", "cùng", "niên", "vụ",
}  # fmt: skip
WORDS = frozenset(_BY_WORD) - {"w", "0"} - NUMBER | {"trước", "sau", "từ", "năm"}
KIND = Kind(
    "DATE",
    (
        Rule("date", WORDS, read_date, _AFTER_WORD),
        Rule("date.number", NUMBER - {"năm"}, read_date, AFTER_NUMBER),
        Rule("date.year", DIGIT, read_date, frozenset(["year"])),
    ),
)
__all__ = ["KIND", "cue_before", "first_word", "read_date"]
