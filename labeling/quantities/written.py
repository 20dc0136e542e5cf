"""A norm in ordinary Vietnamese, and any wording back to a norm: `format_norm` and `parse_norm`."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Literal

import msgspec

from corpus.document import Extent
from corpus.errors import DataError
from labeling.norm import Norm
from labeling.quantities.canon import CUES, core, read_line, write_line
from labeling.quantities.lexicon import table
from labeling.quantities.scan import find
from labeling.quantities.speller import grouped, scaled, spelled

FormatStyle = Literal["line", "vi", "words"]
_BEFORE = {"more": "trên", "approx": "khoảng", "at_least": "ít nhất", "at_most": "không quá"}
_EDGES = {"start": "đầu", "mid": "giữa", "end": "cuối"}
_ISO_PART = re.compile(r"(\d+(?:\.\d+)?)([YMWDHS])")


def format_norm(norm: Norm, style: FormatStyle = "line") -> str:
    """A norm as text.

    style  "line": the canonical line (`canon`); "vi": ordinary Vietnamese with digits ("trên 52 tỷ đồng",
           "từ 90 đến dưới 100%", "ngày 21/10"); "words": the same with number words.
    `parse_norm` reads each of them back to `core(norm)`.
    """
    if style == "line":
        return write_line(norm)
    figure = _spelled if style == "words" else (scaled if norm.unit in _money() else grouped)
    if norm.lunar is not None:
        return _lunar(norm.lunar)
    if norm.edtf is not None and norm.value is None and norm.low is None and not norm.edtf.startswith("P"):
        return _edged(norm, _date(norm.edtf))
    if norm.edtf is not None and norm.edtf.startswith("P") and norm.value is None and norm.low is None:
        return _mod(norm) + _compound(norm.edtf, figure)
    return _measured(norm, figure)


def parse_norm(text: str) -> Norm:
    """The norm (its `core`) of a canonical line or of one number or time expression in Vietnamese.

    Raises DataError when `text` is neither, or holds more than one expression.
    """
    try:
        return read_line(text)
    except DataError:
        found = find(text.strip())
    if len(found) == 2 and found[0].label == "TIME" and found[1].label == "DATE":
        found = [msgspec.structs.replace(found[0], extent=Extent(found[0].extent.start, found[1].extent.end))]
    if len(found) == 1 and found[0].extent.start == 0:
        rest = text.strip()[found[0].extent.end :].strip(" .")
        if (
            not rest
            or rest == found[0].norm.noun
            or unit_names().get(found[0].norm.unit or "", "").endswith(" " + rest)
        ):
            return core(found[0].norm)
    raise DataError(
        f"{text!r} is not one number or date: write e.g. '63,4 triệu đồng/người/năm', '11/27' or 'ngày 21/10'"
    )


def _spelled(value: str) -> str:
    """Words, but for zero: "không" alone is "not"."""
    return "0" if value == "0" else spelled(value)


@cache
def _money() -> frozenset[str]:
    return frozenset(row["code"] for row in table("currencies")["currency"])


@cache
def unit_names() -> dict[str, str]:
    """Code → the Vietnamese name that `find` reads back to it."""
    names: dict[str, str] = {"%": "%"}
    for row in (*table("units")["unit"], *table("durations")["unit"], *table("currencies")["currency"]):
        if row["names"]:
            names.setdefault(row["code"], row.get("vi", row["names"][0]))
    return names


@cache
def _per_names() -> dict[str, str]:
    return {code: words[0] for code, words in table("per")["per"].items()}


def _unit(norm: Norm) -> str:
    if norm.unit is None:
        return f" {norm.noun}" if norm.noun else ""
    name = unit_names().get(norm.unit, norm.unit)
    per = "".join("/" + _per_names().get(code, code.strip("{}")) for code in norm.per)
    return ("" if name in ("%", "‰", "°") else " ") + name + per


def _mod(norm: Norm) -> str:
    if norm.mod == "less":
        return "dưới " if norm.high is not None else "gần "
    return _BEFORE[norm.mod] + " " if norm.mod in _BEFORE else ""


def _measured(norm: Norm, figure: Callable[[str], str]) -> str:
    unit = _unit(norm)
    if norm.denominator is not None:
        if norm.numerator is None and norm.low and norm.high:
            return f"{_mod(norm)}gấp {figure(norm.low)} - {figure(norm.high)} lần"
        if norm.denominator == "1" and norm.numerator:
            return f"{_mod(norm)}gấp {figure(norm.numerator)} lần"
        if figure is _spelled and norm.numerator:
            top, bottom = int(norm.numerator), int(norm.denominator)
            if unit and top > bottom:
                return f"{_mod(norm)}{grouped(norm.numerator)}/{grouped(norm.denominator)}{unit}"
            joint = "trên" if unit else "phần"
            return f"{_mod(norm)}{spelled(norm.numerator)} {joint} {spelled(norm.denominator)}{unit}"
        return f"{_mod(norm)}{grouped(norm.numerator or '0')}/{grouped(norm.denominator)}{unit}"
    if norm.value is not None:
        figure = grouped if norm.value == "1" and norm.noun else figure  # "một xã" is an article
        return f"{_mod(norm)}{figure(norm.value)}{unit}"
    if norm.low is not None and norm.high is not None:
        spread = norm.unit is None or bool(norm.per) or norm.unit in _BARE_NAMES
        figure = grouped if spread else figure
        low = ("trên " if norm.low_open else "") + figure(norm.low)
        high = ("dưới " if norm.high_open else "") + figure(norm.high)
        head = "khoảng từ" if norm.mod == "approx" else "từ"
        return f"{head} {low}{unit if figure is not grouped else ''} đến {high}{unit}"
    if norm.low is not None and norm.cue is not None:
        return f"{norm.cue} {_hundreds(norm.low)}{unit}"
    return "?"


# units whose name needs its material behind it ("2 chỉ vàng"): said once in a range
_BARE_NAMES = frozenset(["chỉ", "lượng"])


def _hundreds(value: str) -> str:
    words = spelled(value)
    return words.removeprefix("một ").replace("mười", "chục")


def _compound(edtf: str, figure: Callable[[str], str]) -> str:
    if "/" in edtf:
        low, _, high = edtf.partition("/")
        return f"từ {_compound(low, figure)} đến {_compound(high, figure)}"
    date, _, time = edtf[1:].partition("T")
    names = {"Y": "năm", "M": "tháng", "W": "tuần", "D": "ngày"}
    clock = {"H": "tiếng", "M": "phút", "S": "giây"}
    parts = [f"{figure(number)} {names[code]}" for number, code in _ISO_PART.findall(date)]
    parts += [f"{figure(number)} {clock[code]}" for number, code in _ISO_PART.findall(time)]
    return " ".join(parts)


def _edged(norm: Norm, text: str) -> str:
    if norm.mod in _EDGES:
        return f"{_EDGES[norm.mod]} {text}"
    if norm.cue in CUES:
        return f"{norm.cue} {text}"
    return _mod(norm) + text


def _lunar(value: str) -> str:
    low, _, high = value.partition("/")
    if high:
        return f"từ {_lunar(low)} đến {_lunar(high)}".replace(" âm lịch đến", " đến")
    year, month, *rest = value.split("-")
    day = f"ngày {int(rest[0])} " if rest else ""
    tail = "" if year == "XXXX" else f" năm {int(year)}"
    return f"{day}tháng {int(month)}{tail} âm lịch" if month != "XX" else f"ngày {int(rest[0])} âm lịch"


def _date(edtf: str) -> str:
    if edtf.startswith("/"):
        return f"từ nay đến hết {_point(edtf[1:])}"
    low, _, high = edtf.partition("/")
    if high == "..":
        return f"từ {_point(low)} đến nay"
    if not high:
        return _point(low)
    if low.startswith("T"):
        return f"từ {_point(low)} đến {_point(high)}"
    if re.fullmatch(r"\d{4}/\d{4}", edtf):
        return f"giai đoạn {low}-{high}"
    return f"từ {_point(low)} đến {_point(high)}"


def _point(edtf: str) -> str:
    day, _, clock = edtf.partition("T")
    if clock:
        hour, minute, *second = clock.split(":")
        text = f"{int(hour)} giờ {minute} phút" + (f" {second[0]} giây" if second else "")
        return f"{text} {_point(day)}" if day else text
    if re.fullmatch(r"\d\dXX", edtf):
        return f"thế kỷ {int(edtf[:2]) + 1}"
    if re.fullmatch(r"\d{3}X", edtf):
        return f"thập niên {edtf[:3]}0"
    year, _, rest = edtf.partition("-")
    said = "" if year == "XXXX" else f"/{int(year)}"
    if not rest:
        return f"năm {int(year)}"
    month, _, date = rest.partition("-")
    if date:
        return f"ngày {int(date)}" + ("" if month == "XX" else f"/{int(month)}{said}")
    if month.startswith("W"):
        return f"tuần {int(month[1:])} năm {year}"
    number = int(month)
    if 33 <= number <= 36:
        return f"quý {('I', 'II', 'III', 'IV')[number - 33]}{said}"
    if 21 <= number <= 24:
        return f"mùa {('xuân', 'hè', 'thu', 'đông')[number - 21]} năm {year}"
    return f"tháng {number}{said}"
