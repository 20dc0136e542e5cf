"""Dates that count from the document's own day: "hôm nay", "tuần trước", "3 năm qua", "thứ tư tuần tới"."""

from __future__ import annotations

import re

from corpus.dates import WEEKDAYS
from labeling.quantities import resolve
from labeling.quantities.points import Point, PointReader
from labeling.quantities.source import Source

_NO_ANCHOR = re.compile(r" +(?:đó|đây|khi|này|ngày|tết)(?!\w)")


_DAY_WORDS = re.compile(
    r"(?:(?P<part>sáng sớm|rạng sáng|sáng|trưa|chiều tối|chiều muộn|chiều|tối|đêm|khuya) +)?(?P<day>ngày"
    r" hôm nay|ngày hôm qua|hôm nay|hôm qua|hôm kia|hôm trước|ngày mai|ngày kia|ngày mốt|ngày"
    r" nay(?= *\()|sớm mai)(?!\w)"
)


_PART_WORDS = re.compile(
    r"(sáng sớm|rạng sáng|sáng|trưa|chiều tối|chiều muộn|chiều|tối muộn|tối|đêm|khuya)"
    r" +(nay|qua|mai|kia|hôm ấy(?= *\())(?!\w)"
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
    r" +(ngày|hôm|tuần|tháng|quý|năm)(?: +liền)? +(vừa qua|qua|trước đây|về trước|trước|tới đây|tới|nữa|sau"
    r" đó|sau|gần đây nhất|gần đây|gần nhất|trở lại đây|vừa rồi|tiếp theo|kế tiếp|trước đó)(?!\w)"
    r"(?! +(?:khi|ngày|năm|tháng|lúc|đám|khi))"
)


# "ngày 5 tháng sau" is the fifth of the next month
_DAY_BEFORE = re.compile(r"(?:ngày|mùng|mồng) \Z")


_AGO = re.compile(r"cách +(?:đây|nay) +(?:(?:khoảng|hơn|gần|chừng|đúng|tròn|độ|trên|đã|hàng|ngót) +)?")
_AGO_UNIT = re.compile(r" +(ngày|tuần|tháng|quý|năm)(?: +trước)?(?!\w)(?! +(?:rưỡi|\d))")


_WEEKDAY = re.compile(
    r"(?:(?P<part>sáng sớm|sáng|trưa|chiều tối|chiều|tối|đêm|khuya) +)?(?:ngày +)?(?:(?:thứ|th\.?)"
    r" *(?P<n>hai|ba|tư|năm|sáu|bảy|bẩy|[2-7])|(?P<sun>chủ nhật|chúa nhật|cn)|(?P<t>t[2-7]))"
    r"(?![\w])"
)


_LEADS_DAY = re.compile(r"(?:vào|hôm|nghỉ|làm|sáng|chiều|tối|đêm|trưa|từ|đến) +\Z")


_WEEK_OF = re.compile(
    r" +(?:của +)?tuần +(này|tới|sau|trước|qua|vừa qua|rồi)(?!\w)| +(này|tới|vừa qua|vừa rồi"
    r"|tuần|sau|trước)(?!\w)(?! +(?:đó|khi))"
)


_WEEKS = {"này": 0, "tới": 1, "sau": 1, "trước": -1, "qua": -1, "vừa qua": -1, "rồi": -1, "vừa rồi": -1}


_WEEKEND = re.compile(r"cuối tuần +(này|qua|trước|tới|sau|vừa qua|rồi|vừa rồi)(?!\w)")


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
    if numeral is not None and _DAY_BEFORE.search(source.left(at, 6)) is not None:
        return None
    if numeral is None or match is None or numeral.value != int(numeral.value) or numeral.value > 1000:
        return None
    unit, word, count = _CODES[match[1]], match[2], int(numeral.value)
    back = not word.startswith(("tới", "nữa", "sau", "tiếp", "kế"))
    resolved = None
    if source.reference is not None and count:
        signed = -count if back else count
        point = word in ("trước", "trước đây", "về trước", "nữa", "sau", "trước đó", "sau đó")
        read = resolve.ago if point else resolve.span
        try:
            resolved = read(source.reference, unit, signed)
        except (OverflowError, ValueError):
            resolved = None
    return Point(at, match.end(), None, "relative", score=0.93, rule="date.n_units", resolved=resolved)


def _ago(source: Source, at: int) -> Point | None:
    """ "cách đây 3 ngày", "cách nay hơn 50 năm": a point so long before the document's day."""
    match = _AGO.match(source.low, at)
    numeral = source.numeral(match.end()) if match is not None else None
    unit = _AGO_UNIT.match(source.low, numeral.end) if numeral is not None else None
    if match is None or numeral is None or unit is None or numeral.value != int(numeral.value):
        return None
    resolved = None
    if source.reference is not None and 0 < numeral.value < 1000:
        try:
            resolved = resolve.ago(source.reference, _CODES[unit[1]], -int(numeral.value))
        except (OverflowError, ValueError):
            resolved = None
    return Point(at, unit.end(), None, "relative", score=0.93, rule="date.ago", resolved=resolved)


def _weekday(source: Source, at: int) -> Point | None:
    """ "thứ tư tuần tới", "Chủ nhật", "sáng thứ Hai": a weekday alone has no EDTF."""
    match = _WEEKDAY.match(source.low, at)
    if match is None:
        return None
    of = _WEEK_OF.match(source.low, match.end())
    lone = match["part"] is None and of is None
    if match["t"] and (source.cased[match.start("t")] != "T" or lone):
        return None
    if match["sun"] == "cn" and (not source.cased[match.start("sun")].isupper() or lone):
        return None
    day = 7 if match["sun"] else WEEKDAYS[(match["n"] or match["t"][1:])]
    end, week = match.end(), None
    if of is not None:
        week, end = _WEEKS.get(of[1] or of[2]), of.end()
        if of[2] in ("tuần",):
            week, end = None, match.end()
        if of[2] == "tới":
            week = None if source.reference is None or day > source.reference.isoweekday() else 1
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
    return Point(at, match.end(), None, "relative", score=0.94, rule="date.weekend", resolved=resolved)


PART_STARTS = frozenset(["sáng", "rạng", "trưa", "chiều", "tối", "đêm", "khuya"])


EDGE_WORDS = frozenset(["đầu", "giữa", "cuối", "hết", "nửa", "những", "dịp"])
RELATIVE: tuple[tuple[frozenset[str], PointReader], ...] = (
    (frozenset(["hôm", "ngày", "sớm"]) | PART_STARTS, _day_word),
    (frozenset(["ngày", "tuần", "tháng", "quý", "năm"]) | EDGE_WORDS, _unit_anchor),
    (frozenset(["0", "w"]), _n_units),
    (frozenset(["cách"]), _ago),
    (
        frozenset(["thứ", "th", "chủ", "chúa", "cn", "ngày", "t2", "t3", "t4", "t5", "t6", "t7"])
        | PART_STARTS,
        _weekday,
    ),
    (frozenset(["cuối"]), _weekend),
)
