"""Digit figures in every style, Roman figures, and the words that stand for digits and scales."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

DIGITS = {
    "không": 0, "một": 1, "mốt": 1, "hai": 2, "ba": 3, "bốn": 4, "tư": 4, "năm": 5, "lăm": 5, "nhăm": 5,
    "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip


SCALES = {
    "chục": Decimal(10), "trăm": Decimal(100), "nghìn": Decimal(1000), "ngàn": Decimal(1000),
    "vạn": Decimal(10000),
    "triệu": Decimal(10**6), "tỷ": Decimal(10**9), "tỉ": Decimal(10**9),
}  # fmt: skip


FIGURE = (
    r"\d{1,3}(?:\.\d{3})+(?:,\d+)?(?![\d]|\.\d)"
    r"|\d{1,3}(?:,\d{3})+\.\d+(?![\d.,]*\d)"
    r"|\d{1,3}(?:,\d{3}){2,}(?![\d]|,\d)"
    r"|[1-9]\d{0,2}(?: \d{3})+(?:,\d+)?(?![\d]|[.,/-]\d)"
    r"|\d+,\d+(?![\d]|,\d)|\d+\.\d+(?![\d]|\.\d)|,\d+|\d+"
)


_ROMAN = re.compile(r"(?=[mdclxvi])m{0,3}(?:cm|cd|d?c{0,3})(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})(?!\w)")


_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}


@lru_cache(maxsize=8192)
def figure_value(figure: str) -> tuple[Decimal, str]:
    """A digit figure's value and the style that decided it: "", "us" (reversed signs) or "space"."""
    if " " in figure:
        return Decimal(figure.replace(" ", "").replace(",", ".")), "space"
    dots, commas = figure.count("."), figure.count(",")
    if dots and commas:
        if figure.rindex(".") > figure.rindex(","):
            return Decimal(figure.replace(",", "")), "us"
        return Decimal(figure.replace(".", "").replace(",", ".")), ""
    if commas > 1:
        return Decimal(figure.replace(",", "")), "us"
    if dots:
        head, _, tail = figure.rpartition(".")
        grouped = dots > 1 or (len(tail) == 3 and head.lstrip("0") != "")
        return (Decimal(figure.replace(".", "")), "") if grouped else (Decimal(figure), "us")
    return Decimal(figure.replace(",", ".") if figure[0] != "," else "0." + figure[1:]), ""


def roman(text: str, position: int) -> tuple[int, int] | None:
    """A Roman figure at `position` of a lower-case text: (value, end), or None."""
    match = _ROMAN.match(text, position)
    if match is None or match.end() == position:
        return None
    total = last = 0
    for letter in reversed(match[0]):
        value = _ROMAN_VALUES[letter]
        total += value if value >= last else -value
        last = max(last, value)
    return total, match.end()


def plain(value: Decimal, *, keep: bool = False) -> str:
    """A canonical decimal string: no exponent, no trailing zeros (unless `keep`), "0" for zero."""
    text = format(value, "f")
    if "." in text and not keep:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
