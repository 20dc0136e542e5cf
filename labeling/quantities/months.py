"""Months, quarters, years, decades and centuries as points."""

from __future__ import annotations

import re

from corpus.dates import edtf
from labeling.quantities.numerals import roman
from labeling.quantities.points import LUNAR, Point, PointReader, day_point, month_after
from labeling.quantities.source import Source
from labeling.quantities.years import spoken_year, year_after

_YEAR_NOT_MONTH = re.compile(r" +(?:\d{4}|nay|ngoái|trước|sau|tới|này)(?!\w)")


_WORD_FOLLOWS = re.compile(r" +[^\W\d_]")


_COUNTED_FOLLOWS = re.compile(
    r" +(?:người|hộ|đồng|triệu|tỷ|nghìn|con|ha|m2|m|km|tấn|kg|cây|suất|đại biểu|học sinh|cán"
    r" bộ|sản phẩm|ca|trường hợp|lượt|liều|chiếc|căn|phiếu|%)(?!\w)"
)


_LETTERS = re.compile(r"[^\W\d_]+")
_QUARTER_FIGURE = re.compile(r"[1-4](?![\d.,]\d|\d)")


_QUARTER_YEAR = re.compile(r" *[/-] *\d{4}")


_TWO_DIGITS = re.compile(r"\d{1,2}(?!\d)")


_MY = re.compile(r"(\d{1,2}) ?([/-]|\.) ?(\d{4})(?![\d]|[/-]\d|[.,]\d)")


def _my(source: Source, at: int) -> Point | None:
    match = _MY.match(source.low, at)
    if match is None or not 1800 <= int(match[3]) <= 2200 or not 1 <= int(match[1]) <= 12:
        return None
    if match[2] == "." and not re.search(r"tháng\s*\Z", source.left(at, 8)):
        return None
    return day_point(source, at, match.end(), None, int(match[1]), "date.my", score=0.9, year=int(match[3]))


def _month_point(source: Source, at: int) -> Point | None:
    """ "tháng 2 năm 1930", "tháng 6/2023", "tháng Giêng", "tháng mười"."""
    if not source.low.startswith(("tháng", "thg"), at):
        return None
    month, end, word = month_after(source, at)
    if month is None or source.left(at, 12).endswith("cách mạng "):
        return None
    low = source.low
    if word == "năm" and _YEAR_NOT_MONTH.match(low, end):
        return None
    year, end, shift = year_after(source, end)
    if word in ("giêng", "chạp"):
        lunar = LUNAR.match(low, end)
        end = lunar.end() if lunar is not None else end
        return Point(at, end, None, "month", year, month, None, 0.85, "date.lunar", None, edtf(year, month))
    return day_point(source, at, end, None, month, "date.month", score=0.95, year=year, shift=shift)


def _year_point(source: Source, at: int) -> Point | None:
    """ "năm 2020", "năm hai nghìn không trăm hai mươi", "năm Tân Sửu 2021"."""
    match = re.compile(
        r"năm +(?:(?:tài chính|dương lịch|ngân sách|kế hoạch) +)?(?:"
        + _CAN_CHI
        + r" *[,(-]? *)?(\d{3,4})(?![\d]|[.,]\d|/\d{3})"
    ).match(source.low, at)
    if match is not None:
        if int(match[1]) > 2200 or (len(match[1]) == 3 and _WORD_FOLLOWS.match(source.low, match.end())):
            return None
        return Point(
            at, match.end(), edtf(int(match[1])), "year", int(match[1]), score=0.97, rule="date.year"
        )
    if not source.low.startswith("năm ", at):
        return None
    spoken = spoken_year(source, at + 4)
    if spoken is not None:
        return Point(at, spoken[1], edtf(spoken[0]), "year", spoken[0], score=0.85, rule="date.year.spoken")
    numeral = source.numeral(at + 4)
    if (
        numeral is None
        or numeral.style != "words"
        or not 1000 <= numeral.value <= 2200
        or (numeral.value % 1000 == 0 and numeral.value != 2000)
    ):
        return None
    return Point(
        at,
        numeral.end,
        edtf(int(numeral.value)),
        "year",
        int(numeral.value),
        score=0.9,
        rule="date.year.words",
    )


_CAN_CHI = (
    r"(?:giáp|ất|bính|đinh|mậu|kỷ|canh|tân|nhâm|quý) +(?:tý|sửu|dần|mão|mẹo|thìn|tỵ|tị|ngọ|mùi"
    r"|thân|dậu|tuất|hợi)"
)


_YEAR = re.compile(r"((?:1[89]|20)\d\d)(?![\d]|[.,]\d|[/-]\w|[^\W\d_])")


_YEAR_CUES = re.compile(
    r"(?:từ|đến|tới|và|của|trong|cuối|đầu|giữa|năm|sn|so với|hè|đông|xuân|thu|tết|đán|trước|sau"
    r"|hết|vụ|mùa|,|/|\(|dịp|kỳ|niên|khóa|-) ?\(?\Z"
)


def _bare_year(source: Source, at: int) -> Point | None:
    """ "2020" alone, after a word that leads to a year ("từ 2015", "Tết 2022", "năm 2020 và 2021")."""
    match = _YEAR.match(source.low, at)
    if match is None or not 1850 <= int(match[1]) <= 2100:
        return None
    if not _YEAR_CUES.search(source.left(at, 10)) or source.left(at, 4).endswith(("số ", "n$")):
        return None
    if _COUNTED_FOLLOWS.match(source.low, match.end()):
        return None
    return Point(
        at, match.end(), edtf(int(match[1])), "year", int(match[1]), score=0.7, rule="date.year.bare"
    )


_QUARTER = re.compile(r"(?:quý|quí|q)(?: +thứ)? *(?=[\divmột nhấthaibaư])")


_QUARTER_WORDS = {"nhất": 1, "một": 1, "hai": 2, "ba": 3, "tư": 4, "bốn": 4}


def _quarter(source: Source, at: int) -> Point | None:
    """ "quý I/2021", "quý 4 của năm 2018", "quý III"."""
    match = _QUARTER.match(source.low, at)
    if match is None:
        return None
    low, end = source.low, match.end()
    figure = _QUARTER_FIGURE.match(low, end)
    value = roman(low, end)
    if figure is not None:
        number, end = int(figure[0]), figure.end()
    elif value is not None and value[0] <= 4:
        number, end = value
    else:
        word = _LETTERS.match(low, end)
        if word is None or word[0] not in _QUARTER_WORDS or match[0] == "q":
            return None
        number, end = _QUARTER_WORDS[word[0]], word.end()
    if low[at] == "q" and match[0].strip() == "q" and not _QUARTER_YEAR.match(low, end):
        return None
    year, end, shift = year_after(source, end)
    resolved = None
    if source.reference is not None and year is None:
        resolved = f"{source.reference.year + (shift or 0)}-{32 + number}"
    return Point(
        at, end, f"{edtf(year)}-{32 + number}", "quarter", year, number, None, 0.95, "date.quarter", resolved
    )


_CENTURY = re.compile(r"(thế kỷ|thế kỉ)(?: thứ)? +")


_DECADE = re.compile(
    r"(?:thập niên|thập kỷ|thập kỉ|những năm|các năm) +(?:(?:19|20)(\d0)|(\d0))(?!\d)(?! *-)"
)


def _century(source: Source, at: int) -> Point | None:
    """ "thế kỷ XX" → 19XX, "thế kỷ 21" → 20XX."""
    match = _CENTURY.match(source.low, at)
    if match is None:
        return None
    value = roman(source.low, match.end())
    if value is None:
        figure = _TWO_DIGITS.match(source.low, match.end())
        value = (int(figure[0]), figure.end()) if figure is not None else _worded(source, match.end())
    if value is None or not 1 <= value[0] <= 22:
        return None
    return Point(at, value[1], f"{value[0] - 1:02d}XX", "century", score=0.9, rule="date.century")


def _worded(source: Source, at: int) -> tuple[int, int] | None:
    """ "thế kỷ hai mươi", "thế kỷ mười chín"."""
    numeral = source.numeral(at)
    if numeral is None or numeral.style != "words" or numeral.value != int(numeral.value):
        return None
    return int(numeral.value), numeral.end


def _decade(source: Source, at: int) -> Point | None:
    """ "thập niên 90", "những năm 1990" → 199X."""
    match = _DECADE.match(source.low, at)
    if match is None:
        return _worded_decade(source, at)
    if match[1] is not None:
        start = source.low[match.start(1) - 2 : match.start(1)]
        value = f"{start}{match[1][0]}X"
    else:
        value = f"{'20' if match[2] < '30' else '19'}{match[2][0]}X"
    return Point(at, match.end(), value, "decade", score=0.85, rule="date.decade")


_DECADE_OF = re.compile(r"(?:thập niên|những năm) +(?=[^\W\d_]+ +mươi(?!\w))")


def _worded_decade(source: Source, at: int) -> Point | None:
    """ "những năm chín mươi", "thập niên tám mươi"."""
    match = _DECADE_OF.match(source.low, at)
    numeral = source.numeral(match.end()) if match is not None else None
    if numeral is None or numeral.value % 10 or not 30 <= numeral.value <= 90:
        return None
    return Point(at, numeral.end, f"19{int(numeral.value) // 10}X", "decade", score=0.8, rule="date.decade")


# (starts, reader); "0" = a digit, "w" = a number word
_YM = re.compile(r"((?:19|20)\d\d)-(0[1-9]|1[0-2])(?![\d-])")


def _ym(source: Source, at: int) -> Point | None:
    """ "2023-06" """
    match = _YM.match(source.low, at)
    if match is None:
        return None
    return day_point(
        source, at, match.end(), None, int(match[2]), "date.iso.month", score=0.85, year=int(match[1])
    )


MONTHS: tuple[tuple[frozenset[str], PointReader], ...] = (
    (frozenset("0"), _my),
    (frozenset("0"), _ym),
    (frozenset(["tháng", "thg"]), _month_point),
    (frozenset(["năm"]), _year_point),
    (frozenset(["quý", "quí", "q", "q1", "q2", "q3", "q4"]), _quarter),
    (frozenset("0"), _bare_year),
    (frozenset(["thế"]), _century),
    (frozenset(["thập", "những", "các"]), _decade),
)
SIGNED_MONTHS: frozenset[PointReader] = frozenset([_my, _ym])
