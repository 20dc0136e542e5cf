"""Numbers in ordinary Vietnamese: grouped digits, digits with scale words, and words.

The words follow the standard northern reading (mươi, mốt, lăm, linh, nghìn), the inverse of `numerals`.
"""

from __future__ import annotations

from decimal import Decimal

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_SCALES = ((Decimal(10**9), "tỷ"), (Decimal(10**6), "triệu"), (Decimal(1000), "nghìn"))


def grouped(value: str) -> str:
    """ "1234567.5" → "1.234.567,5"."""
    sign, digits = ("-", value[1:]) if value.startswith("-") else ("", value)
    whole, _, fraction = digits.partition(".")
    text = f"{int(whole):,}".replace(",", ".")
    return sign + text + ("," + fraction if fraction else "")


def scaled(value: str) -> str:
    """ "63400000" → "63,4 triệu" where the figure stays short, else grouped digits."""
    number = Decimal(value)
    for scale, word in _SCALES[:2]:
        figure = number / scale
        if abs(figure) >= 1 and abs(figure) < 10**6 and figure == figure.quantize(Decimal("0.01")):
            return f"{grouped(format(figure.normalize(), 'f'))} {word}"
    return grouped(value)


def spelled(value: str) -> str:
    """ "2105.25" → "hai nghìn một trăm linh năm phẩy hai mươi lăm"."""
    if value.startswith("-"):
        return "âm " + spelled(value[1:])
    whole, _, fraction = value.partition(".")
    words = _whole(int(whole))
    if fraction:
        tens = len(fraction) == 2 and fraction[0] != "0"
        words += " phẩy " + (
            _group(int(fraction), full=False) if tens else " ".join(_DIGITS[int(digit)] for digit in fraction)
        )
    return words


def _whole(number: int) -> str:
    if number < 1000:
        return _group(number, full=False)
    if number >= 10**9:
        head, rest = divmod(number, 10**9)
        return _whole(head) + " tỷ" + (_rest(rest, 10**9) if rest else "")
    head, rest = divmod(number, 10**6) if number >= 10**6 else divmod(number, 1000)
    step = 10**6 if number >= 10**6 else 1000
    return (
        _group(head, full=False)
        + (" triệu" if step == 10**6 else " nghìn")
        + (_rest(rest, step) if rest else "")
    )


def _rest(number: int, above: int) -> str:
    """What follows a scale: an empty group is said ("không trăm linh năm"), so that nothing is ambiguous."""
    if above == 10**9:
        if number >= 10**6:
            head, rest = divmod(number, 10**6)
            return " " + _group(head, full=True) + " triệu" + (_rest(rest, 10**6) if rest else "")
        return _rest(number, 10**6)
    if above == 10**6 and number >= 1000:
        head, rest = divmod(number, 1000)
        return " " + _group(head, full=True) + " nghìn" + (_rest(rest, 1000) if rest else "")
    return " " + _group(number, full=True)


def _group(number: int, *, full: bool) -> str:
    """0-999; `full` says the hundreds even when they are zero."""
    hundreds, rest = divmod(number, 100)
    words = f"{_DIGITS[hundreds]} trăm" if hundreds or full else ""
    if not rest:
        return words or "không"
    tens, ones = divmod(rest, 10)
    if tens == 0:
        return f"{words} linh {_ones(ones, 0)}" if words else _DIGITS[ones]
    head = "mười" if tens == 1 else f"{_DIGITS[tens]} mươi"
    text = head + (f" {_ones(ones, tens)}" if ones else "")
    return f"{words} {text}" if words else text


def _ones(digit: int, tens: int) -> str:
    if digit == 1 and tens > 1:
        return "mốt"
    if digit == 5 and tens > 0:
        return "lăm"
    return _DIGITS[digit]
