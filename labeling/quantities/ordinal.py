"""ORDINAL: a rank or a number in a series, with its marker."""

from __future__ import annotations

import re
from decimal import Decimal

from labeling.norm import Norm
from labeling.quantities.cues import words_before
from labeling.quantities.model import Kind, Numeral, Reading, Rule
from labeling.quantities.numerals import plain, roman
from labeling.quantities.source import Source
from labeling.quantities.triggers import NUMBER, ROMAN

_WORD = re.compile(r"[^\W\d_]+")
_OUT_OF = re.compile(r"/\d{1,4}(?![\d/])")
_COUNTED_AFTER = re.compile(r" *(?:%|[-/.]\d| +(?:giờ|tháng|ngày|năm|triệu|tỷ|đồng)(?!\w))")
_MEASURED_AFTER = re.compile(
    r" *(?:%|(?:tỷ|triệu|nghìn|đồng|năm|tháng|ngày|giờ|ha|km|m|mét|tấn|kg|người|hộ)(?!\w))"
)
_RANK_WORDS = {"nhất": 1, "nhì": 2, "hai": 2, "ba": 3, "tư": 4, "năm": 5, "chót": None}
_WEEKDAYS = ("hai", "ba", "tư", "năm", "sáu", "bảy", "bẩy", "2", "3", "4", "5", "6", "7")
_MARK = re.compile(r"(?:lần +thứ|thứ|lần) +")
_SERIES = re.compile(
    r"(khóa|khoá|báo động|loại|hạng|cấp độ|cấp|mức độ|mức|đợt|vòng|lần|mũi|giai đoạn|bậc|phiên|kỳ|kì|tập) +"
)
_CONGRESS = re.compile(
    r"(?:đại hội|kỳ họp|hội nghị|nghị quyết|đảng bộ \w+|đảng|đoàn|trung ương|đại biểu toàn quốc"
    r"|toàn quốc|chương|phần|thế kỷ|tw)\s\Z"
)
_RANGE = re.compile(r" ?- ?| +đến +| +và +|, ?(?=\d)")
_FIRST = re.compile(r"(?:lần )?đầu tiên(?!\w)")
_DISCOURSE = re.compile(r" *(?:,|:|-|là(?!\w))")


def _norm(value: int | Decimal, style: str, rule: str, num: str | None = None) -> Norm:
    text = plain(Decimal(value))
    return Norm(value=text, num=num or text, numeral=style, rule=rule)  # type: ignore[arg-type]


def _read_mark(source: Source, position: int) -> Reading | None:
    """ "lần thứ XXIV", "thứ 12", "thứ nhất", "thứ hai mươi mốt", "lần thứ ba"."""
    match = _MARK.match(source.low, position)
    if match is None:
        return None
    low, at = source.low, match.end()
    marked = match[0].rstrip().endswith("thứ")
    word = _WORD.match(low, at)
    figure = _roman_at(source, at)
    if figure is not None:
        return Reading(position, figure[1], "ORDINAL", _norm(figure[0], "roman", "ordinal.mark"), 0.97)
    numeral = source.numeral(at)
    if (
        marked
        and word is not None
        and word[0] in ("nhất", "nhì", "tư")
        and not (word[0] == "tư" and numeral is not None)
    ):
        value = _RANK_WORDS[word[0]] or 0
        if word[0] == "nhất" and source.cased[at] == "N" and source.cased[position] != "T":
            pass
        return _checked(
            source, position, word.end(), _norm(value, "words", "ordinal.mark"), weekday=word[0] == "tư"
        )
    if numeral is None or numeral.value != numeral.value.to_integral_value() or numeral.scale > 1:
        return None
    if not marked and (numeral.style == "words" or numeral.value > 20 or numeral.value < 1):
        return None
    end = numeral.end
    out_of = _OUT_OF.match(low, end) if marked else None
    end = out_of.end() if out_of is not None else end
    if end < source.size and (low[end] in "/" or low[end].isalpha()):
        return None
    if not marked and _COUNTED_AFTER.match(low, end):
        return None
    norm = _norm(numeral.value, numeral.style, "ordinal.mark" if marked else "ordinal.times", numeral.num)
    return _checked(
        source, position, end, norm, weekday=match[0].strip() == "thứ" and low[at:end] in _WEEKDAYS
    )


_RANKED = frozenset([
    "đứng", "xếp", "hạng", "vị", "lần", "kỳ", "họp", "phiên", "người", "con", "ngày", "tháng", "năm",
    "tuần", "khóa", "vòng", "bàn", "giải", "vụ", "ca", "đời", "lượt", "phiên", "sáng", "tay", "vòng",
    "cây", "suất", "huy", "tỉnh", "huyện", "xã", "thành", "đợt", "tập", "trận", "bàn"
])  # fmt: skip


def _checked(source: Source, start: int, end: int, norm: Norm, *, weekday: bool) -> Reading | None:
    """A list marker ("Thứ nhất, …") is nothing; "thứ hai" alone may be Monday: a lower score."""
    before = words_before(source, start, 1)
    opens = re.search(r"(?:^|[.;:!?\n–-])\s*\Z", source.left(start, 6)) is not None
    if (
        source.low.startswith("thứ", start)
        and opens
        and _DISCOURSE.match(source.low, end)
        and norm.numeral == "words"
    ) and not source.is_whole(start, end):
        return None
    if weekday:
        ranked = bool(before) and before[0][1] in _RANKED
        return Reading(start, end, "ORDINAL", norm, 0.9 if ranked else 0.5)
    return Reading(start, end, "ORDINAL", norm, 0.95)


def _roman_at(source: Source, position: int) -> tuple[int, int] | None:
    """A capital Roman figure of a believable size."""
    figure = roman(source.low, position)
    if figure is None or not source.cased[position : figure[1]].isupper() or figure[0] > 99:
        return None
    if (
        figure[1] < source.size
        and source.low[figure[1]] in "/."
        and source.low[figure[1] + 1 : figure[1] + 2].isalnum()
    ):
        return None
    return figure


_ARABIC_SERIES = frozenset([
    "báo động", "khóa", "khoá", "loại", "hạng", "cấp độ", "cấp", "mức độ", "đợt", "vòng", "lần", "mũi",
    "giai đoạn", "bậc"
])  # fmt: skip


def _read_series(source: Source, position: int) -> Reading | None:
    """ "khóa XV", "loại III", "hạng 2", "cấp 8", "đợt 3", "mức độ 4", "giai đoạn II"."""
    match = _SERIES.match(source.low, position)
    if match is None:
        return None
    at, marker = match.end(), match[1]
    figure = _roman_at(source, at)
    if figure is not None:
        value, end, style = figure[0], figure[1], "roman"
    elif marker in _ARABIC_SERIES or "thứ" in match[0]:
        numeral = _small(source, at, words="thứ" in match[0])
        if numeral is None:
            return None
        value, end, style = int(numeral.value), numeral.end, numeral.style
    else:
        return None
    joint = _RANGE.match(source.low, end)
    rule = "ordinal.series"
    if joint is not None and "-" in joint[0]:
        other = _roman_at(source, joint.end())
        second = _small(source, joint.end(), words=False)
        high = other if other is not None else (int(second.value), second.end) if second is not None else None
        if high is not None and value < high[0] < value + 10:
            norm = Norm(low=str(value), high=str(high[0]), numeral=style, rule=rule + ".range")  # type: ignore[arg-type]
            return Reading(position, high[1], "ORDINAL", norm, 0.85)
    return Reading(position, end, "ORDINAL", _norm(value, style, rule), 0.85)


def _small(source: Source, position: int, *, words: bool) -> Numeral | None:
    numeral = source.numeral(position)
    if numeral is None or numeral.scale != 1 or not 0 < numeral.value <= 150:
        return None
    if (numeral.style != "arabic" and not words) or numeral.value != numeral.value.to_integral_value():
        return None
    end = numeral.end
    following = source.low[end : end + 2]
    if following[:1].isalpha() or (
        following[:1] in "/.,-" and following[1:2].isdigit() and following[:1] != "-"
    ):
        return None
    if _MEASURED_AFTER.match(source.low, end):
        return None
    return numeral


def _read_congress(source: Source, position: int) -> Reading | None:
    """A bare Roman figure right after a congress or session: "Đại hội XIII"."""
    figure = _roman_at(source, position)
    if figure is None or not _CONGRESS.search(source.left(position, 24)):
        return None
    if re.search(r"(?:chương|phần|thế kỷ)\s\Z", source.left(position, 12)):
        return None
    return Reading(position, figure[1], "ORDINAL", _norm(figure[0], "roman", "ordinal.congress"), 0.9)


def _read_first(source: Source, position: int) -> Reading | None:
    """ "đầu tiên" alone."""
    match = _FIRST.match(source.low, position)
    if match is None or not source.is_whole(position, match.end()):
        return None
    return Reading(position, match.end(), "ORDINAL", _norm(1, "words", "ordinal.first"), 0.8)


SERIES_WORDS = frozenset([
    "báo", "khóa", "khoá", "loại", "hạng", "cấp", "mức", "đợt", "vòng", "mũi", "giai", "bậc", "phiên",
    "kỳ", "kì", "tập"
])  # fmt: skip
_NUMBERS = NUMBER | ROMAN | {"nhất", "nhì", "tư"}
KIND = Kind(
    "ORDINAL",
    (
        Rule("ordinal.mark", frozenset(["thứ", "lần"]), _read_mark, _NUMBERS | {"thứ"}),
        Rule(
            "ordinal.series", SERIES_WORDS | {"lần"}, _read_series, _NUMBERS | {"độ", "đoạn", "động", "thứ"}
        ),
        Rule("ordinal.congress", ROMAN, _read_congress),
        Rule("ordinal.first", frozenset(["đầu", "lần"]), _read_first, frozenset(["tiên", "đầu"])),
    ),
)
