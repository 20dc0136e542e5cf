"""One date with the words before it that belong to it ("cuối", "chiều", "thứ tư,") and its second writing."""

from __future__ import annotations

import re

from labeling.quantities import resolve
from labeling.quantities.date_rows import ROWS, SIGNED
from labeling.quantities.numerals import DIGITS
from labeling.quantities.points import Point, PointReader
from labeling.quantities.source import Source

_CLOSING = re.compile(r"(?: +dương lịch)? *\)")


EDGE = re.compile(r"(đầu|giữa|cuối|hết|trước|sau) +(?:thời điểm +)?")


_PART = re.compile(
    r"(?:đầu giờ +|cuối giờ +)?(sáng sớm|rạng sáng|sáng|trưa|chiều tối|chiều muộn|chiều|tối"
    r" muộn|tối|đêm|khuya) *,? *(?:ngày +|hôm +)?"
)


_DAY_HEAD = re.compile(r"(?:các +)?ngày +|hôm +")


_WEEKDAY_HEAD = re.compile(r"(?:thứ|th\.?) *(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ nhật|chúa nhật|t[2-7]|cn")


_AFTER_WEEKDAY = re.compile(r" *[,-]? *(?:ngày +)?\(?(?:ngày +)?(?=\d|mùng|mồng)|,? +(?:ngày +)(?=[^\W\d_])")


_APPOSED = re.compile(r" *(?:\(|, *|- *| +)(?:tức +(?:là +)?)?(?:ngày +)?")


_NAMED_DAY = re.compile(r" *\((?:thứ +(?:hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|chủ nhật)\)")


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
    for starts, read in ROWS:
        for word in starts:
            rows.setdefault(word, []).append(read)
    for word in (*DIGITS, "mười"):
        rows[word] = [*rows["w"], *(read for read in rows.get(word, ()) if read not in rows["w"])]
    return {word: tuple(readers) for word, readers in rows.items()}


BY_WORD = _by_word()


# a figure is written with signs ("21/7") or goes on with words ("21 tháng 7"): only those rows are tried
_SIGNED = tuple(read for read in BY_WORD["0"] if read not in BY_WORD["w"])


_WORDED = tuple(read for read in BY_WORD["0"] if read not in SIGNED)


_BEFORE_SIGN = re.compile(r"\d+ ?[/.-]")


def point_at(source: Source, at: int) -> Point | None:
    """The longest single date at a position (ties: the higher score)."""
    word = first_word(source, at)
    rows = BY_WORD.get(word, ())
    if word == "0":
        rows = _SIGNED if _BEFORE_SIGN.match(source.low, at) else _WORDED
    best: Point | None = None
    for read in rows:
        point = read(source, at)
        if point is not None and (best is None or (point.end, point.score) > (best.end, best.score)):
            best = point
    return best


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
        return second_writing(source, best) if best is not None else None
    for pattern in _HEADS.get(first_word(source, at), ()):
        match = pattern.match(low, at)
        if match is None or match.end() == at:
            continue
        inner = one(source, match.end())
        if inner is None or not _head_fits(pattern, match, inner):
            continue
        if best is None or inner.end > best.end:
            score = max(inner.score, 0.93) if pattern is not EDGE and inner.grain == "day" else inner.score
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
    return second_writing(source, best) if best is not None else None


_HEADS: dict[str, tuple[re.Pattern[str], ...]] = {
    **dict.fromkeys(("đầu", "cuối"), (EDGE, _PART)),
    **dict.fromkeys(("giữa", "hết", "trước", "sau"), (EDGE,)),
    **dict.fromkeys(("sáng", "rạng", "trưa", "chiều", "tối", "đêm", "khuya"), (_PART,)),
    **dict.fromkeys(("các", "ngày", "hôm"), (_DAY_HEAD,)),
}


_WEEKDAY_LETTERS = frozenset("tc")


def _head_fits(pattern: re.Pattern[str], match: re.Match[str], inner: Point) -> bool:
    if pattern is EDGE:
        return inner.grain not in ("weekday",) and not (
            match[1] in ("trước", "sau") and inner.grain in ("relative", "term")
        )
    if pattern is _PART:
        return inner.grain in ("day", "weekday")
    return (
        inner.grain in ("day", "weekday") and inner.rule not in ("date.weekday",)
    ) or inner.grain == "weekday"


_LUNAR_OPENS = re.compile(r" *\((?:tức +(?:là +)?|nhằm +)?(?:ngày +)?(?=mùng|mồng|rằm|\d)")
_LUNAR_CLOSES = re.compile(r"(?: +tết)?(?: +(?:năm +)?[^\W\d_]+ +[^\W\d_]+)? *\)")


def _lunar_too(source: Source, point: Point) -> Point:
    """ "ngày 3/2 (tức mùng 6 tháng Giêng)": a day that is said again in the lunar calendar."""
    opens = _LUNAR_OPENS.match(source.low, point.end)
    other = point_at(source, opens.end()) if opens is not None else None
    closes = _LUNAR_CLOSES.match(source.low, other.end) if other is not None else None
    if other is None or closes is None or other.lunar is None or other.grain != "day":
        return point
    return point._replace(end=closes.end())


def second_writing(source: Source, point: Point) -> Point:
    """ "Hôm nay (21/7)", "Thứ tư, 18/05/2022", "10/3 âm lịch (tức 18/4)": the same date written twice."""
    if point.grain == "day" and point.lunar is None:
        named = _NAMED_DAY.match(source.low, point.end)
        return point._replace(end=named.end()) if named is not None else _lunar_too(source, point)
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
        ahead = point.resolved is not None and point.resolved > source.reference.isoformat()
        resolved = resolve.month_day(source.reference, other.month, other.day, past=not ahead)
    return other._replace(start=point.start, end=end, score=0.97, rule="date.twice", resolved=resolved)
