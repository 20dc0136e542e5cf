"""The words that can begin a number or time expression: what the scanner stops at."""

from __future__ import annotations

from labeling.quantities.numerals import DIGITS, SCALES

DIGIT = frozenset(["0"])
NUMBER_WORDS = frozenset([*DIGITS, "mười", *SCALES]) - {"mốt", "tư", "lăm", "nhăm"}
NUMBER = DIGIT | NUMBER_WORDS


def _romans(limit: int) -> frozenset[str]:
    steps = ((90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
    words = []
    for number in range(1, limit):
        text, rest = "", number
        for value, letters in steps:
            while rest >= value:
                text, rest = text + letters, rest - value
        words.append(text)
    return frozenset(words)


# Roman figures below 100 in lower case
ROMAN = _romans(100)
