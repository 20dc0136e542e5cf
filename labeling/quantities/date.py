"""DATE: a day, month, quarter, half, year, term or span of them, relative ones included.

`read_date` takes the words that belong to a date ("cuối", "chiều", "thứ tư,", "ngày"), one point of
`points` or
`periods`, a second writing of the same date ("Hôm nay (21/7)"), and ranges and lists of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from corpus.dates import edtf, is_day
from labeling.norm import Norm
from labeling.quantities.heads import BY_WORD, first_word, one
from labeling.quantities.model import Kind, Reading, Rule
from labeling.quantities.points import Point
from labeling.quantities.source import Source
from labeling.quantities.spans import date_norm, from_now, from_start, listed, night, ranged
from labeling.quantities.triggers import DIGIT, NUMBER, ROMAN

_LIST = re.compile(r" *, *(?:và +)?| +và +(?:ngày +)?")


class _Head:
    """The words before a point that belong to it."""

    __slots__ = ("at", "edge", "part")

    def __init__(self, at: int) -> None:
        self.at = at
        self.edge: str | None = None
        self.part = False


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
    return ranged(source, first) or _single(source, first)


def _single(source: Source, point: Point) -> Reading | None:
    norm = date_norm(point, source)
    if point.rule == "date.dm" and point.score < 0.6 and point.day is not None and point.month is not None:
        other = Norm(
            numerator=str(point.day), denominator=str(point.month), numeral="arabic", rule="ratio.of"
        )
        others = [other]
        if point.day <= 12 and is_day(None, point.day, point.month):
            others.append(Norm(edtf=edtf(None, point.day, point.month), numeral="arabic", rule="date.md"))
        norm = date_norm(point, source, alternatives=tuple(others))
    start = point.start
    if point.rule in ("date.years", "date.term") and _TWO_SIDED.search(source.low[point.start : point.end]):
        start = from_start(source, point.start)
    return Reading(start, point.end, "DATE", norm, point.score)


_TWO_SIDED = re.compile(r"(?:^|năm )\d{4} *-| (?:đến|tới) ")


_PARTS = frozenset(["sáng", "trưa", "chiều", "tối", "đêm", "khuya", "rạng"])
_ANCHORS = frozenset(
    [
        "nay",
        "đây",
        "qua",
        "mai",
        "kia",
        "này",
        "trước",
        "sau",
        "tới",
        "ngoái",
        "vừa",
        "rồi",
        "mốt",
        "tiếp",
        "kế",
    ]
)
_UNITS = frozenset([
    "năm", "tháng", "hôm", "thg", "quý", "tuần", "ngày", "nhiệm", "giai", "đoạn", "kì", "kỉ", "niệm", "niên",
    "thế", "thập", "mùa", "học", "kỳ", "kỷ", "quí"
])  # fmt: skip
_LONGER: tuple[tuple[frozenset[str], Callable[[Source, int], Reading | None]], ...] = (
    (frozenset(["từ"]), from_now),
    (frozenset(["đêm", "tối"]), night),
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
        listed,
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
WORDS = frozenset(BY_WORD) - {"w", "0"} - NUMBER | {"trước", "sau", "từ", "năm"}
KIND = Kind(
    "DATE",
    (
        Rule("date", WORDS, read_date, _AFTER_WORD),
        Rule("date.number", NUMBER - {"năm"}, read_date, AFTER_NUMBER),
        Rule("date.year", DIGIT, read_date, frozenset(["year"])),
    ),
)
