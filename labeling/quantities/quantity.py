"""QUANTITY: a measure with a unit of measurement (UCUM code, or a traditional unit kept as it is)."""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec

from labeling.norm import Norm
from labeling.quantities.amounts import Amount, amount_at, norm_of, range_start, unit_at
from labeling.quantities.model import Kind, Reading, Rule
from labeling.quantities.numerals import figure_value, plain
from labeling.quantities.source import Source
from labeling.quantities.triggers import DIGIT, NUMBER

_GAP = re.compile(r" +")
_NOT_MEASURES = frozenset(["money", "time", "percent", "age"])
_METRE_TAIL = re.compile(r"(\d+) ?(?:m|mét) ?(\d{1,2})(?![\w/²³]|[.,]\d)")
_SIZES = re.compile(
    r"(\d+(?:[.,]\d+)?) ?(km|m|cm|mm)? ?[x×] ?(\d+(?:[.,]\d+)?)(?: ?[x×] ?(\d+(?:[.,]\d+)?))?"
    r" ?(km2|m2|m²|km|m|cm|mm)(?!\w)"
)
_COMPOUND = {
    "tấn": 1,
    "t": 1,
    "tạ": 2,
    "yến": 3,
    "kg": 4,
    "lạng": 5,
    "mẫu": 1,
    "sào": 2,
    "thước": 3,
    "lượng": 1,
    "chỉ": 2,
}
_LARGEST_PART = 6
_FRACTION = re.compile(r"(\d{1,3})/(\d{1,3})(?![\d/])")


def _read(source: Source, position: int) -> Reading | None:
    """ "gần 6.000 ha", "17,2 nghìn tấn", "65 tạ/ha", "từ 25 đến 30 độ C"."""
    amount = amount_at(source, position)
    if amount is None or amount.unit is None or amount.unit.kind in _NOT_MEASURES:
        return None
    norm = norm_of(source, amount, "quantity.per" if amount.per else "quantity")
    if amount.unit.code == "deg" and _warm(source, position, amount.end):
        norm = msgspec.structs.replace(
            norm, unit="Cel", alternatives=(msgspec.structs.replace(norm, unit="deg"),)
        )
    return Reading(range_start(source, amount), _compound_end(source, amount), "QUANTITY", norm, 0.95)


_LATITUDE = re.compile(r"\W*(?:vĩ|kinh)(?!\w)")


def _warm(source: Source, position: int, end: int) -> bool:
    if _LATITUDE.match(source.low, end):
        return False
    window = source.left(position, 60)
    return any(word in window for word in ("nhiệt", "nóng", "lạnh", "rét", "nắng", "sốt", "°c", "độ c"))


def _compound_end(source: Source, amount: Amount) -> int:
    """ "5 tấn 3 tạ", "3 sào 5 thước": smaller traditional units in a row belong to one measure."""
    end, unit = amount.end, amount.unit
    while unit is not None and unit.code in _COMPOUND and amount.high is None and not amount.per:
        gap = _GAP.match(source.low, end)
        numeral = source.numeral(gap.end()) if gap is not None else None
        found = unit_at(source, numeral.end) if numeral is not None else None
        if found is None or _COMPOUND.get(found[0].code, 0) <= _COMPOUND[unit.code]:
            break
        unit, end = found
    return end


def _read_metres(source: Source, position: int) -> Reading | None:
    """ "1m65", "2m5": centimetres behind the unit."""
    match = _METRE_TAIL.match(source.low, position)
    if match is None:
        return None
    value = Decimal(f"{match[1]}.{match[2]}")
    norm = Norm(value=plain(value), num=plain(value), unit="m", numeral="arabic", rule="quantity.metre_tail")
    return Reading(position, match.end(), "QUANTITY", norm, 0.9)


def _read_size(source: Source, position: int) -> Reading | None:
    """ "20m x 30m", "5 x 20 m": sides; the value is left open, both sides are kept as low and high."""
    match = _SIZES.match(source.low, position)
    if match is None:
        return None
    sides = [figure_value(match[group])[0] for group in (1, 3, 4) if match[group]]
    norm = Norm(
        num=" x ".join(plain(side) for side in sides),
        unit=match[5][:-1] if match[5][-1] in "2²" else match[5],
        numeral="arabic",
        rule="quantity.size",
    )
    return Reading(position, match.end(), "QUANTITY", norm, 0.8)


def _read_fraction(source: Source, position: int) -> Reading | None:
    """ "1/2 kg", "3/4 ha": a fraction of a unit."""
    match = _FRACTION.match(source.low, position)
    found = unit_at(source, match.end()) if match is not None else None
    if (
        match is None
        or found is None
        or found[0].kind in _NOT_MEASURES
        or not 0 < int(match[1]) < int(match[2]) < _LARGEST_PART
    ):
        return None
    unit, end = found
    norm = fraction_norm(match[1], match[2], unit.code, "quantity.fraction")
    return Reading(position, end, "QUANTITY", norm, 0.96)


def fraction_norm(top: str, bottom: str, unit: str | None, rule: str) -> Norm:
    """A norm with numerator and denominator, and `value` where it is a finite decimal."""
    return Norm(
        value=finite(int(top), int(bottom)), numerator=str(int(top)), denominator=str(int(bottom)), unit=unit,
        numeral="arabic", rule=rule,
    )  # fmt: skip


def finite(top: int, bottom: int) -> str | None:
    """top/bottom as a decimal string, or None where the decimal does not end."""
    if bottom == 0:
        return None
    rest = bottom
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if top % rest:
        return None
    return plain(Decimal(top) / Decimal(bottom))


def _half_unit(source: Source, position: int) -> Reading | None:
    """ "nửa tấn", "nửa cân": half of a unit."""
    found = unit_at(source, position + 3, glued=False)
    if found is None or found[0].kind in _NOT_MEASURES:
        return None
    norm = Norm(value="0.5", num="0.5", unit=found[0].code, numeral="words", rule="quantity.half")
    return Reading(position, found[1], "QUANTITY", norm, 0.85)


KIND = Kind(
    "QUANTITY",
    (
        Rule("quantity", NUMBER, _read, frozenset(["@measure", "@length"])),
        Rule("quantity.metre_tail", DIGIT, _read_metres, frozenset(["m", "mét"])),
        Rule("quantity.size", DIGIT, _read_size, frozenset(["x", "×", "m", "cm", "mm", "km"])),
        Rule("quantity.fraction", DIGIT, _read_fraction, frozenset("/")),
        Rule("quantity.half", frozenset(["nửa"]), _half_unit),
    ),
)
