"""A number with what belongs to it: range, scale, unit, "per".  All measured kinds read through here.

An amount is read once per position; percent, money, quantity, duration and cardinal then decide by its unit.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from labeling.norm import Mod, Norm
from labeling.quantities import lexicon
from labeling.quantities.cues import cue_before, word_ends_at, words_before
from labeling.quantities.lexicon import Unit
from labeling.quantities.model import Numeral, Style
from labeling.quantities.numerals import DIGITS, plain
from labeling.quantities.source import Source

_AFTER_UNIT = re.compile(r" +([^\W\d_]+)")
_NEIGHBOUR = re.compile(r"(?:, | )([^\W\d_]+)")


class Amount(NamedTuple):
    """[start, end) without bounding words before it; `high` and `high_mod` only in a range."""

    start: int
    end: int
    low: Numeral
    high: Numeral | None
    high_mod: Mod | None
    unit: Unit | None
    unit_end: int
    per: tuple[str, ...]
    joined: str

    def style(self) -> Style:
        if self.high is None or self.high.style == self.low.style:
            return self.low.style
        return "mixed"


_TO = re.compile(r" *(-) *| +(đến|tới|cho đến|cho tới)(?: mức)? +")
_AND = re.compile(r" +(và) +")
_BETWEEN_MOD = re.compile(r"(dưới|trên|hơn|gần|khoảng|không quá|tối đa) +")
_PER = re.compile(
    r" ?/ ?|(?: +(?:mỗi|một|trên(?= +(?:giờ|giây|phút|ngày|người|héc|ha|mét|m2|km))|trên một"
    r"|trên mỗi|cho mỗi|1) +)"
)
_WORD = re.compile(r"[^\W\d_]+")
_HALF = re.compile(r" +(rưỡi|rưởi)(?!\w)")
_APPOSED = ("nghìn", "triệu", "tỷ", "tỉ", "ngàn")
_NEXT = re.compile(r" +([^\W\d_]+)")


@cache
def _unit_patterns() -> dict[str, re.Pattern[str]]:
    return lexicon.by_first_letter(tuple(lexicon.units()))


@cache
def _compounds() -> re.Pattern[str]:
    return re.compile(lexicon.alternation(lexicon.table("nouns")["compound"]))


@cache
def _per_patterns() -> dict[str, re.Pattern[str]]:
    return lexicon.by_first_letter(tuple(lexicon.per_units()))


def unit_at(source: Source, position: int, *, glued: bool = True) -> tuple[Unit, int] | None:
    """The unit whose name starts at `position` (one or two blanks may come first): (unit, end), or None."""
    low = source.low
    start = position
    while start < source.size and low[start] == " " and start - position < 3:
        start += 1
    if start >= source.size or (start == position and not glued):
        return None
    pattern = _unit_patterns().get(low[start])
    match = pattern.match(low, start) if pattern is not None else None
    if match is None:
        return None
    while match is not None and pattern is not None:
        for unit in lexicon.units()[_single(match[0])]:
            if _fits(source, unit, start, match.end(), position):
                return unit, match.end()
        cut = match[0].rfind(" ")
        match = pattern.fullmatch(low, start, start + len(match[0][:cut].rstrip())) if cut > 0 else None
    return None


def _single(name: str) -> str:
    """A name with single blanks."""
    return " ".join(name.split()) if "  " in name else name


# "3 ca 4 kíp": so few of them are shifts, not kips
_FEW = re.compile(r"(?<![\d.,])(?:\d{1,2}|hai|ba|bốn|năm|sáu)\Z")


def _fits(source: Source, unit: Unit, start: int, end: int, number_end: int) -> bool:
    written = source.cased[start:end]
    if unit.exact and _single(written) != unit.name:
        return False
    if len(written) == 1 and written.isupper() and unit.kind == "length":
        return False
    if unit.name == "kíp" and _FEW.search(source.left(number_end, 5)) is not None:
        return False
    if unit.never and _NEXT.match(source.low, end) and _NEXT.match(source.low, end)[1] in unit.never:  # type: ignore[index]
        return False
    if unit.before or unit.after:
        return _has_context(source, unit, end, number_end)
    return True


def _has_context(source: Source, unit: Unit, end: int, number_end: int) -> bool:
    following = _AFTER_UNIT.match(source.low, end)
    if following is not None and following[1] in unit.after:
        return True
    window = source.left(number_end, 60)
    return any(word in window for word in unit.before)


def amount_at(source: Source, position: int) -> Amount | None:
    """The longest amount that starts exactly at `position`, read once."""
    if position not in source.amounts:
        source.amounts[position] = _read(source, position)
    return source.amounts[position]


def _read(source: Source, position: int) -> Amount | None:
    first = source.numeral(position)
    if first is None:
        return None
    if low_zero(source, first) or (first.style == "words" and _called(source, first)):
        return None
    first, unit, unit_end = _with_unit(source, first)
    second = _range_end(source, first, unit, unit_end)
    if second is not None:
        return second
    pair = _neighbours(source, first) if unit is None else None
    if pair is not None:
        return pair
    per, end = _per(source, unit, unit_end)
    unit, per = _composed(unit, per)
    return Amount(position, end, first, None, None, unit, unit_end, per, "")


_CALLED = frozenset(["ngã", "thứ", "ông", "bà", "anh", "chị", "chú", "cô", "bác", "dì", "cậu", "út"])


def _called(source: Source, numeral: Numeral) -> bool:
    """ "Ngã ba Đồng Lộc", "ông Ba": a number word that names a crossroads or a person."""
    if " " in source.low[numeral.start : numeral.end]:
        return False
    before = words_before(source, numeral.start, 1)
    if not before or before[0][1] not in _CALLED:
        return False
    return before[0][1] in ("ngã", "thứ") or source.cased[numeral.start].isupper()


def low_zero(source: Source, numeral: Numeral) -> bool:
    """ "không" alone is "not"; it is zero only as the whole text."""
    if not source.low.startswith("không", numeral.start) or numeral.end - numeral.start != 5:
        return False
    return not source.is_whole(numeral.start, numeral.end)


def _with_unit(source: Source, numeral: Numeral) -> tuple[Numeral, Unit | None, int]:
    found = unit_at(source, numeral.end)
    if found is None:
        return numeral, None, numeral.end
    unit, end = found
    half = _HALF.match(source.low, end)
    if half is not None:
        value = numeral.value + Decimal("0.5")
        numeral = numeral._replace(value=value, num=plain(value), scale=Decimal(1))
        end = half.end()
    return numeral, unit, end


def _range_end(source: Source, first: Numeral, unit: Unit | None, unit_end: int) -> Amount | None:
    low = source.low
    between = None
    if low.startswith(" và ", unit_end) and word_ends_at(source, first.start, "giữa") is not None:
        between = _AND.match(low, unit_end)
    joint = between or _TO.match(low, unit_end)
    if joint is None:
        return None
    word = joint[1] or (joint[2] if between is None else None) or "đến"
    position, mod = joint.end(), None
    bounded = _BETWEEN_MOD.match(low, position)
    if bounded is not None and word != "-":
        cue = cue_before(source, bounded.end())
        position, mod = bounded.end(), cue.mod if cue is not None else None
    if position < source.size and low[position] == "-":
        return None
    second = source.numeral(position)
    if second is None:
        return None
    if (
        second.end < source.size
        and low[second.end] in "-/"
        and low[second.end + 1 : second.end + 2].isdigit()
    ):
        return None
    second, second_unit, end = _with_unit(source, second)
    if not _may_join(first, second, unit, second_unit, word):
        return None
    if unit is None and first.scale == 1 and second.scale > 1:
        first = _share_scale(first, second)
    shared = second_unit or unit
    per, end = _per(source, shared, end)
    shared, per = _composed(shared, per)
    return Amount(first.start, end, first, second, mod, shared, end, per, word)


def _may_join(first: Numeral, second: Numeral, unit: Unit | None, other: Unit | None, word: str) -> bool:
    if unit is not None and (other is None or unit.code != other.code):
        return False
    if word == "-":
        return first.value < second.value or (first.scale == 1 and second.scale > 1)
    return True


def _share_scale(first: Numeral, second: Numeral) -> Numeral:
    """ "2 - 3 triệu": the scale of the second figure holds for the first; "800 đến 1 tỷ" is 800 million."""
    scale = second.scale
    if first.value * scale > second.value and scale >= 1000:
        scale /= 1000
    if first.value * scale > second.value:
        return first
    return first._replace(value=first.value * scale, num=plain(first.value, keep=True), scale=scale)


def _neighbours(source: Source, first: Numeral) -> Amount | None:
    """ "hai ba", "năm bảy": two neighbouring digit words in a row are a range ("hai ba người")."""
    word = source.low[first.start : first.end]
    value = DIGITS.get(word)
    follower = _NEIGHBOUR.match(source.low, first.end)
    if value is None or follower is None or first.style != "words":
        return None
    second = DIGITS.get(follower[1])
    if second is None or not value < second <= value + 2 or follower[1] in ("năm", "lăm", "tư"):
        return None
    numeral = source.numeral(follower.start(1))
    if numeral is None:
        return None
    numeral, unit, end = _with_unit(source, numeral)
    if numeral.scale == 1 and numeral.value != second:
        return None
    if numeral.scale > 1:
        first = _share_scale(first, numeral)
    per, end = _per(source, unit, end)
    return Amount(first.start, end, first, numeral, None, unit, end, per, "pair")


def per_at(source: Source, unit: Unit, position: int) -> tuple[tuple[str, ...], int]:
    """The denominators at a position, for a unit that is implied."""
    return _per(source, unit, position)


def _per(source: Source, unit: Unit | None, position: int) -> tuple[tuple[str, ...], int]:
    """The denominators after a unit: "/người/năm", "mỗi tháng", "một kg": (codes, end)."""
    codes: list[str] = []
    if unit is None or unit.kind == "age":
        return (), position
    while len(codes) < 3:
        match = _PER.match(source.low, position)
        if match is None:
            break
        slash = "/" in match[0]
        code, end = _per_unit(source, match.end(), slash=slash)
        if (
            code is None
            or (unit.kind in ("time", "percent") and not slash)
            or (unit.kind == "percent" and code.startswith("{"))
        ):
            break
        codes.append(code)
        position = end
    return tuple(codes), position


def _composed(unit: Unit | None, per: tuple[str, ...]) -> tuple[Unit | None, tuple[str, ...]]:
    """ "km trên giờ": where the table knows the unit as one (km/h), it is that one."""
    if unit is None or not per:
        return unit, per
    whole = lexicon.units().get(f"{unit.code}/{per[0]}".lower())
    return (whole[0], per[1:]) if whole is not None else (unit, per)


def _per_unit(source: Source, position: int, *, slash: bool) -> tuple[str | None, int]:
    if position >= source.size:
        return None, position
    pattern = _per_patterns().get(source.low[position])
    match = pattern.match(source.low, position) if pattern is not None else None
    if match is not None:
        return lexicon.per_units()[_single(match[0])], match.end()
    word = _compounds().match(source.low, position) or _WORD.match(source.low, position)
    if word is None or not slash or source.cased[position].isupper():
        return None, position
    return "{" + word[0] + "}", word.end()


def range_start(source: Source, amount: Amount) -> int:
    """Where a range begins: at its "từ" or "giữa" (a bounding word may stand between), else its figure."""
    start = amount.start
    if amount.high is None:
        return start
    cue = cue_before(source, start)
    for position in (start, cue.start if cue is not None else start):
        for word in ("từ", "giữa"):
            found = word_ends_at(source, position, word)
            if found is not None:
                return found
    return start


def norm_of(source: Source, amount: Amount, rule: str, **fields: object) -> Norm:
    """The norm of an amount without its bounding words."""
    low, high = amount.low, amount.high
    if low.variant in ("us",):
        rule += ".us"
    unit = amount.unit.code if amount.unit is not None else None
    if high is not None:
        cue = cue_before(source, low.start)
        joint = amount.joined
        return Norm(
            low=plain(low.value), high=plain(high.value),
            low_open=bool(cue and cue.mod == "more" and joint != "-"),
            high_open=amount.high_mod == "less", unit=unit, per=amount.per, numeral=amount.style(),
            rule=rule + ".range", num=None, **fields,  # type: ignore[arg-type]
        )  # fmt: skip
    scale = plain(low.scale) if low.scale != 1 else None
    return Norm(
        value=plain(low.value), num=low.num, scale=scale, unit=unit, per=amount.per, numeral=low.style,
        rule=rule, **fields,  # type: ignore[arg-type]
    )  # fmt: skip
