"""RATIO: x out of y, a fraction, or a multiple.  `numerator` and `denominator` always; `value` where
finite.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from labeling.norm import Norm
from labeling.quantities import guards
from labeling.quantities.amounts import unit_at
from labeling.quantities.cardinal import noun_after
from labeling.quantities.cues import cue_before, words_before
from labeling.quantities.model import Kind, Reading, Rule
from labeling.quantities.numerals import DIGITS, plain
from labeling.quantities.quantity import finite, fraction_norm
from labeling.quantities.source import Source
from labeling.quantities.triggers import DIGIT, NUMBER

_WORD = re.compile(r"[^\W\d_]+")
_OUT_OF = re.compile(r" +trên +(?:tổng số +)?")
_NEXT_WORD = re.compile(r" +([^\W\d_]+)")
_OF = re.compile(r"(\d{1,3}(?:\.\d{3})+|\d+)( ?)/\2(\d{1,3}(?:\.\d{3})+|\d+)(?![\d/]|[.,-]\d|\w)")
_MIXED = re.compile(r"(\d{1,3}) (\d)/(\d)(?![\d/.])")
_MIXED_BEFORE = re.compile(r"[^\W\d_]\s\Z")
_TIMES = re.compile(r"gấp(?: +(?:lên|khoảng|hơn|gần|trên|tới|đến|ít nhất|tối thiểu|chừng|xấp xỉ))* +")
_LAN = re.compile(r" +lần(?!\w)(?! *thứ)")
_TO = re.compile(r" ?- ?| +đến +")
_WORD_TIMES = {
    "đôi": "2",
    "rưỡi": "1.5",
    "rưởi": "1.5",
    "ba": "3",
    "bốn": "4",
    "năm": "5",
    "mười": "10",
    "bội": None,
}
_MULTIPLE_BEFORE = re.compile(
    r"(?:tăng|giảm|cao hơn|lớn hơn|nhiều hơn|thấp hơn|ít hơn|bằng|nhanh hơn|vượt|dài hơn|rộng"
    r" hơn|đắt hơn|hơn|gấp)(?: +(?:thêm|lên|khoảng|hơn|gần|trên|tới|đến|được|xấp xỉ))*\s\Z"
)
_PHAN = re.compile(r" +phần +")
_ON = re.compile(r" +(?:trên|trong tổng số|trong số|trong) +(?:tổng số +)?")
_HALF = re.compile(r"(?:một )?nửa(?!\w)")
_RATIO_WORD = re.compile(r"(?:tỷ lệ|tỉ lệ|tỷ số|theo tỷ lệ|tỉ số)(?: là| đạt|:)?\s\Z")
_COLON = re.compile(r"(\d{1,3}(?:[.,]\d+)?) ?: ?(\d{1,6}(?:[.,]\d+)*)(?![\d:])")


def _fraction(top: str, bottom: str, rule: str, style: str = "arabic", **fields: object) -> Norm:
    value = finite(int(top), int(bottom)) if top.isdigit() and bottom.isdigit() else None
    return Norm(value=value, numerator=top, denominator=bottom, numeral=style, rule=rule, **fields)  # type: ignore[arg-type]


def _read_of(source: Source, position: int) -> Reading | None:
    """ "11/27 chỉ tiêu", "8/8 xã", "1/3": against dates by the noun after it and the words before it."""
    match = _OF.match(source.low, position)
    if match is None:
        return None
    top, bottom = match[1].replace(".", ""), match[3].replace(".", "")
    if (
        int(bottom) == 0
        or len(top) > 7
        or len(bottom) > 7
        or (len(top) > 1 and top[0] == "0")
        or bottom[0] == "0"
    ):
        return None
    noun = noun_after(source, match.end())
    if guards.is_named(source, position, match.end(), noun):
        return None
    unit = unit_at(source, match.end())
    measured = unit is not None and unit[0].kind not in ("time", "percent", "age")
    noun = None if measured else noun
    norm = _fraction(
        str(int(top)),
        str(int(bottom)),
        "ratio.of",
        noun=noun,
        unit=unit[0].code if measured and unit else None,
    )
    end = unit[1] if measured and unit else match.end()
    score = 0.95 if measured else _of_score(source, position, int(top), int(bottom), noun)
    return Reading(position, end, "RATIO", norm, score)


_COMMON = frozenset([(1, 2), (1, 3), (2, 3), (1, 4), (3, 4)])
_DATE_NOUNS = frozenset([
    "tại", "ở", "của", "và", "trên", "do", "với", "được", "là", "có", "đã", "sẽ", "từ", "đến", "tới",
    "vào", "trong", "theo,", "để", "cho", "khi", "nhằm", "về", "các", "những", "vừa", "âm", "dương",
    "diễn", "đoàn", "ubnd", "ông", "bà", "đồng", "hội"
])  # fmt: skip
_RATIO_BEFORE = frozenset([
    "đạt", "có", "với", "là", "được", "hoàn", "thành", "khoảng", "gần", "hơn", "trên", "chiếm", "còn",
    "giảm", "tăng", "tới", "cả", "toàn", "trong", "số", "đó", "tổng", "bằng", "thực", "hiện", "cho",
    "ít", "nhất", "tỷ", "lệ"
])  # fmt: skip
_DATE_BEFORE = frozenset([
    "ngày", "sáng", "chiều", "tối", "đêm", "trưa", "hôm", "từ", "đến", "tới", "qua", "nay", "khuya",
    "sớm", "dịp", "lễ", "tết", "mùng", "mồng", "rạng", "hết", "trước", "sau", "và"
])  # fmt: skip


def _of_score(source: Source, position: int, top: int, bottom: int, noun: str | None) -> float:
    possible_date = 1 <= top <= 31 and 1 <= bottom <= 12
    before = words_before(source, position, 1)
    previous = before[0][1] if before else ""
    if 1 <= top <= 12 and 1900 <= bottom <= 2100 and (noun is None or not guards.counts(noun)):
        return 0.3
    if not possible_date:
        return 0.95 if top <= bottom else 0.75
    if previous in _DATE_BEFORE or previous.strip(",") in ("hai", "ba", "tư", "năm", "sáu", "bảy", "nhật"):
        return 0.2
    score = 0.6 if (top, bottom) in _COMMON else 0.45
    if noun is not None and guards.counts(noun):
        score = 0.97
    elif noun is not None and noun.split()[0].lower() not in _DATE_NOUNS:
        score = 0.72 if top <= bottom else 0.55
    if top > bottom and score < 0.97:
        score -= 0.3
    if previous in _RATIO_BEFORE:
        score += 0.15
    if top == 1 and bottom in (2, 3, 4, 5) and previous in _RATIO_BEFORE:
        score += 0.2
    return min(score, 0.97)


_PART_OF = re.compile(r"(\d{1,3},\d{1,2})/(\d{1,3})(?![\d/]|[.,-]\d|\w)")


def _read_part_of(source: Source, position: int) -> Reading | None:
    """ "đạt 12,6/19 tiêu chí": a mean out of a whole number of counted things."""
    match = _PART_OF.match(source.low, position)
    noun = noun_after(source, match.end()) if match is not None else None
    if match is None or noun is None or not guards.counts(noun) or match[2][0] == "0":
        return None
    top = plain(Decimal(match[1].replace(",", ".")))
    norm = Norm(numerator=top, denominator=match[2], numeral="arabic", rule="ratio.part_of", noun=noun)
    return Reading(position, match.end(), "RATIO", norm, 0.95)


_SIGNS = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅕": (1, 5), "⅛": (1, 8)}


def _read_sign(source: Source, position: int) -> Reading | None:
    """ "½", "¾ diện tích": a fraction that is one sign."""
    top, bottom = _SIGNS[source.low[position]]
    noun = noun_after(source, position + 1)
    norm = _fraction(str(top), str(bottom), "ratio.sign", noun=noun)
    return Reading(position, position + 1, "RATIO", norm, 0.8)


def _read_mixed(source: Source, position: int) -> Reading | None:
    """ "2 1/2": a whole and a fraction."""
    match = _MIXED.match(source.low, position)
    if (
        match is None
        or not 0 < int(match[2]) < int(match[3])
        or _MIXED_BEFORE.search(source.left(position, 3))
    ):
        return None
    top = int(match[1]) * int(match[3]) + int(match[2])
    unit = unit_at(source, match.end())
    if unit is not None and unit[0].kind not in ("time", "percent", "age", "money"):
        norm = fraction_norm(str(top), match[3], unit[0].code, "quantity.mixed")
        return Reading(position, unit[1], "QUANTITY", norm, 0.8)
    return Reading(position, match.end(), "RATIO", _fraction(str(top), match[3], "ratio.mixed"), 0.7)


def _read_times(source: Source, position: int) -> Reading | None:
    """ "gấp 1,41 lần", "gấp đôi", "gấp hơn 2 lần", "gấp 2 - 3 lần"."""
    match = _TIMES.match(source.low, position)
    if match is None:
        return None
    low, at = source.low, match.end()
    cue = cue_before(source, at) if match[0].strip() != "gấp" else None
    fields: dict[str, Any] = {"mod": cue.mod, "cue": cue.word} if cue is not None else {}
    numeral = source.numeral(at)
    lan = _LAN.match(low, numeral.end) if numeral is not None else None
    if numeral is not None and lan is not None:
        norm = Norm(
            value=plain(numeral.value), numerator=plain(numeral.value), denominator="1", num=numeral.num,
            numeral=numeral.style, rule="ratio.times", **fields,
        )  # fmt: skip
        return Reading(position, lan.end(), "RATIO", norm, 0.97)
    if numeral is not None:
        ranged = _times_range(source, numeral.end)
        if ranged is not None:
            norm = Norm(
                low=plain(numeral.value),
                high=ranged[0],
                denominator="1",
                numeral="arabic",
                rule="ratio.times.range",
            )
            return Reading(position, ranged[1], "RATIO", norm, 0.95)
    word = _WORD.match(low, at)
    if word is not None and _WORD_TIMES.get(word[0]) is not None:
        value = _WORD_TIMES[word[0]]
        norm = Norm(
            value=value,
            numerator=value,
            denominator="1",
            num=value,
            numeral="words",
            rule="ratio.times.word",
            **fields,
        )
        return Reading(position, word.end(), "RATIO", norm, 0.9)
    return None


def _times_range(source: Source, position: int) -> tuple[str, int] | None:
    joint = _TO.match(source.low, position)
    second = source.numeral(joint.end()) if joint is not None else None
    lan = _LAN.match(source.low, second.end) if second is not None else None
    return (plain(second.value), lan.end()) if second is not None and lan is not None else None


def _read_multiple(source: Source, position: int) -> Reading | None:
    """ "tăng 1,5 lần", "2,7 lần": a multiple without "gấp"; whole numbers need a comparison before them."""
    numeral = source.numeral(position)
    lan = _LAN.match(source.low, numeral.end) if numeral is not None else None
    if numeral is None or lan is None:
        return None
    whole = numeral.value == numeral.value.to_integral_value()
    if whole and not _MULTIPLE_BEFORE.search(source.left(position, 40)):
        return None
    norm = Norm(
        value=plain(numeral.value), numerator=plain(numeral.value), denominator="1", num=numeral.num,
        numeral=numeral.style, rule="ratio.multiple",
    )  # fmt: skip
    return Reading(position, lan.end(), "RATIO", norm, 0.85)


def _read_parts(source: Source, position: int) -> Reading | None:
    """ "hai phần ba", "3 phần 4", "một phần mười"."""
    low = source.low
    top = source.numeral(position)
    joint = _PHAN.match(low, top.end) if top is not None else None
    if top is None or joint is None:
        return None
    bottom = source.numeral(joint.end())
    value, end = (bottom.value, bottom.end) if bottom is not None else (None, 0)
    if bottom is None and low.startswith("tư", joint.end()):
        value, end = Decimal(DIGITS["tư"]), joint.end() + 2
    if value is None or value < 2 or value != int(value) or top.value != int(top.value):
        return None
    if bottom is not None and low[joint.end() : bottom.end] in ("trăm", "nghìn", "ngàn"):
        return None
    style = "arabic" if low[position].isdigit() and low[joint.end()].isdigit() else "words"
    norm = _fraction(str(int(top.value)), str(int(value)), "ratio.parts", style)
    return Reading(position, end, "RATIO", norm, 0.95)


def _read_on(source: Source, position: int) -> Reading | None:
    """ "8 trên 10 xã", "bảy trên mười": x out of y in words."""
    low = source.low
    top = source.numeral(position)
    joint = _OUT_OF.match(low, top.end) if top is not None else None
    bottom = source.numeral(joint.end()) if joint is not None else None
    if (
        top is None
        or bottom is None
        or top.value > bottom.value
        or top.value != int(top.value)
        or bottom.value != int(bottom.value)
    ):
        return None
    from labeling.quantities.amounts import unit_at

    unit = unit_at(source, bottom.end)
    if unit is not None and unit[0].kind in ("percent", "money", "age"):
        return None
    noun = noun_after(source, bottom.end) if unit is None else None
    code, end = (unit[0].code, unit[1]) if unit is not None else (None, bottom.end)
    norm = _fraction(str(int(top.value)), str(int(bottom.value)), "ratio.on", top.style, noun=noun, unit=code)
    return Reading(position, end, "RATIO", norm, 0.85)


def _read_half(source: Source, position: int) -> Reading | None:
    """ "một nửa", "hơn nửa"."""
    match = _HALF.match(source.low, position)
    if match is None:
        return None
    following = _NEXT_WORD.match(source.low, match.end())
    if following is not None and following[1] in (
        "đêm",
        "chừng",
        "vời",
        "nhiệm",
        "đầu",
        "cuối",
        "năm",
        "tháng",
        "thế",
        "kia",
        "này",
        "ngày",
        "buổi",
        "đường",
        "muốn",
        "mùa",
        "gốc",
    ):
        return None
    if (
        not match[0].startswith("một")
        and cue_before(source, position) is None
        and not (following and following[1] in ("số", "triệu", "tỷ", "dân"))
    ):
        return None
    if following is not None and following[1] in ("triệu", "tỷ", "tỉ"):
        scale = 500_000 if following[1] == "triệu" else 500_000_000
        unit_found = source.numeral(following.start(1))
        end = unit_found.end if unit_found else following.end()
        from labeling.quantities.amounts import unit_at

        unit = unit_at(source, end)
        money = unit is not None and unit[0].kind == "money"
        norm = Norm(
            value=str(scale),
            num="0.5",
            scale=str(scale * 2),
            unit="VND" if money else None,
            numeral="words",
            rule="money.half" if money else "cardinal.half",
        )
        return Reading(
            position, unit[1] if unit and money else end, "MONEY" if money else "CARDINAL", norm, 0.85
        )
    return Reading(position, match.end(), "RATIO", _fraction("1", "2", "ratio.half", "words"), 0.85)


def _read_colon(source: Source, position: int) -> Reading | None:
    """ "tỷ lệ 1:500", "tỷ lệ 50/50": only after the word."""
    match = _COLON.match(source.low, position)
    if match is None or not _RATIO_WORD.search(source.left(position, 24)):
        return None
    norm = _fraction(match[1].replace(",", "."), match[2].replace(".", ""), "ratio.colon")
    return Reading(position, match.end(), "RATIO", norm, 0.9)


KIND = Kind(
    "RATIO",
    (
        Rule("ratio.of", DIGIT, _read_of, frozenset("/")),
        Rule("ratio.part_of", DIGIT, _read_part_of, frozenset("/")),
        Rule("ratio.sign", frozenset(_SIGNS), _read_sign),
        Rule("ratio.mixed", DIGIT, _read_mixed, frozenset("0")),
        Rule("ratio.times", frozenset(["gấp"]), _read_times),
        Rule("ratio.multiple", NUMBER, _read_multiple, frozenset(["lần"])),
        Rule("ratio.parts", NUMBER, _read_parts, frozenset(["phần"])),
        Rule("ratio.on", NUMBER, _read_on, frozenset(["trên"])),
        Rule("ratio.half", frozenset(["một", "nửa"]), _read_half),
        Rule("ratio.colon", DIGIT, _read_colon, frozenset(":/")),
    ),
)
