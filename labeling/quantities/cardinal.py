"""CARDINAL: a count; the counted noun stays outside and goes to `norm.noun`."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import msgspec

from labeling.norm import Norm
from labeling.quantities import guards
from labeling.quantities.amounts import Amount, amount_at, norm_of, range_start, unit_at
from labeling.quantities.lexicon import alternation, table
from labeling.quantities.model import Kind, Reading, Rule
from labeling.quantities.numerals import DIGITS, SCALES, figure_value, plain
from labeling.quantities.source import Source
from labeling.quantities.triggers import NUMBER

# "Chương trình 135 giai đoạn II": a numbered series is no counted noun
_SERIES_NEXT = re.compile(r" +(?:giai đoạn|khóa|nhiệm kỳ|lần thứ|đợt|năm) +(?:\d|[ivx]+(?!\w))")
_SYLLABLE = re.compile(r" +([^\W\d_]+)")
_NO_NOUN = frozenset([
    "vì", "mỗi", "và", "hoặc", "hay", "là", "của", "trong", "tại", "ở", "với", "cho", "để", "thì", "mà",
    "đã", "được", "bị", "sẽ", "đang", "so", "từ", "đến", "tới", "theo", "trên", "dưới", "vào", "ra",
    "về", "do", "bởi", "nên", "khi", "nếu", "như", "cũng", "còn", "lại", "không", "chưa", "đạt",
    "các", "những", "giúp", "trước", "sau", "này", "đó", "kia", "ấy", "nữa", "đều", "cùng", "phải", "cần",
    "nhưng", "tuy", "rồi", "gồm", "nằm", "thuộc", "tăng", "giảm", "lên", "xuống", "nghiêng", "qua", "luôn",
    "rất", "hơn", "kém"
])  # fmt: skip


@cache
def _compounds() -> re.Pattern[str]:
    return re.compile(r" +(" + alternation(table("nouns")["compound"]) + ")")


@cache
def _whole() -> frozenset[str]:
    return frozenset(table("nouns")["whole"])


def noun_after(source: Source, position: int) -> str | None:
    """The counted noun right after a number, as written: a known compound, else one lower-case syllable."""
    if _SERIES_NEXT.match(source.low, position):
        return None
    match = _compounds().match(source.low, position) or _SYLLABLE.match(source.low, position)
    if match is None or match[1] in _NO_NOUN or DIGITS.get(match[1]) is not None:
        return None
    start, end = match.span(1)
    written = source.cased[start:end]
    if written[0].isupper() and not written.isupper() and end - start < 30 and " " not in written:
        return None
    return written


def _read(source: Source, position: int) -> Reading | None:
    """ "14 chỉ tiêu", "12 - 15 tiêu chí", "hai mươi mốt xã", "2 triệu người"."""
    amount = amount_at(source, position)
    if amount is None:
        return None
    if amount.unit is not None:
        if amount.unit.kind not in ("time", "length") or amount.high is not None:
            return None
        amount = amount._replace(unit=None, per=(), end=amount.low.end)
    noun = noun_after(source, amount.end)
    if not guards.may_count(source, amount, noun):
        return None
    norm = norm_of(
        source,
        amount,
        "cardinal" if amount.low.style == "arabic" else "cardinal." + amount.low.style,
        noun=noun,
    )
    norm = _american(source, amount, msgspec.structs.replace(norm, noun=noun), noun)
    return Reading(range_start(source, amount), amount.end, "CARDINAL", norm, 0.9 if noun else 0.75)


def _american(source: Source, amount: Amount, norm: Norm, noun: str | None) -> Norm:
    """ "1,234 người": a whole thing can't come in thousandths, so the comma groups thousands."""
    figure = source.low[amount.low.start : amount.low.end]
    first = noun.split()[0].lower() if noun else ""
    if re.fullmatch(r"[1-9]\d{0,2},\d{3}", figure) and first in _whole() and amount.high is None:
        other = figure_value(figure)[0]
        value = figure.replace(",", "")
        return msgspec.structs.replace(
            norm,
            value=value,
            num=value,
            rule="cardinal.us",
            alternatives=(msgspec.structs.replace(norm, value=plain(other)),),
        )
    return norm


def _read_indefinite(source: Source, position: int) -> Reading | None:
    """ "hàng trăm", "vài chục", "mấy nghìn": at least one of the scale; the value itself is not said."""
    match = _INDEFINITE.match(source.low, position)
    if match is None:
        return None

    numeral = source.numeral(match.start(2)) or None
    if numeral is None and match[2] != "chục":
        return None
    value = numeral.value if numeral is not None else Decimal(10)
    end = numeral.end if numeral is not None else match.end(2)
    unit = unit_at(source, end)
    noun = noun_after(source, end)
    kinds = {"money": "MONEY", "percent": "PERCENT", "time": "DURATION", "age": "DURATION"}
    label = "CARDINAL" if unit is None else kinds.get(unit[0].kind, "QUANTITY")
    norm = Norm(
        low=plain(value), mod="approx", cue=match[1], unit=unit[0].code if unit else None,
        noun=None if unit else noun,
        numeral="words", rule="cardinal.indefinite",
    )  # fmt: skip
    return Reading(position, unit[1] if unit else end, label, norm, 0.6)  # type: ignore[arg-type]


_INDEFINITE = re.compile(
    r"(hàng|vài|mấy|nhiều) +(chục|trăm|nghìn|ngàn|vạn|triệu|tỷ|tỉ)(?!\w)(?! lệ| số| giá)"
)

KIND = Kind(
    "CARDINAL",
    (
        Rule("cardinal", NUMBER, _read, frozenset(["@none", "@time", "@length"])),
        Rule("cardinal.indefinite", frozenset(["hàng", "vài", "mấy"]), _read_indefinite, frozenset(SCALES)),
    ),
)
