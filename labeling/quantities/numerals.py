"""Numerals: digits in every style, number words, Roman figures, and any mixture with scale words.

The words follow the spoken grammar of Vietnamese ("hai mươi mốt", "một trăm linh năm", "hai triệu rưỡi",
"một trăm hai" = 120); digits follow TCVN usage ("5.000" thousands, "17,2" decimals), and the American style
is read where its pattern leaves no doubt.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from labeling.quantities.figures import DIGITS, FIGURE, SCALES, figure_value, plain, roman
from labeling.quantities.model import Numeral
from labeling.quantities.number_words import HALF_WORDS, ODD_WORDS, ONE, POINT_WORDS, SUFFIX, Parser, Token

WORDS = (*DIGITS, "mười", "mươi", *SCALES, *ODD_WORDS, *HALF_WORDS, *POINT_WORDS)
_FIGURE = re.compile(FIGURE)
_TOKEN = re.compile(rf" *(?:({FIGURE})|({'|'.join(sorted(WORDS, key=len, reverse=True))})(?!\w))")
_FIRST = re.compile(rf"({FIGURE})|({'|'.join(sorted(WORDS, key=len, reverse=True))})(?!\w)")


_LONGEST_RUN = 6


@lru_cache(maxsize=8192)
def _plain_figure(figure: str) -> tuple[Decimal, str, str]:
    value, variant = figure_value(figure)
    return value, plain(value, keep=True), variant


def numeral_at(low: str, position: int) -> Numeral | None:
    """The longest numeral that starts exactly at `position` of a folded lower-case text, or None."""
    match = _FIRST.match(low, position)
    if match is None:
        return None
    if match[1] is not None:
        end = match.end()
        if _TOKEN.match(low, end) is None and SUFFIX.match(low, end) is None:
            value, num, variant = _plain_figure(match[1])
            return Numeral(position, end, value, num, ONE, "arabic", variant)
    tokens: list[Token] = []
    run = 0  # digit words (or figures) in a row: three can't belong to one number, save after "phẩy"
    while match is not None:
        run = run + 1 if match[1] is not None or match[2] in DIGITS else 0
        if run > _LONGEST_RUN or (run > 1 and match[1] is not None and tokens[-1].word not in POINT_WORDS):
            break
        if match[1] is not None:
            tokens.append(Token(match[1], match.end(), figure=True))
            if match.end() < len(low) and low[match.end()].isalpha():
                break
        else:
            tokens.append(Token(match[2], match.end(), figure=False))
        match = _TOKEN.match(low, match.end()) if len(tokens) < 40 else None
    parsed = Parser(tokens, low).parse()
    if parsed is None:
        return None
    return Numeral(position, *parsed)


__all__ = ["DIGITS", "FIGURE", "SCALES", "WORDS", "figure_value", "numeral_at", "plain", "roman"]
