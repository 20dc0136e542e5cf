"""The words that can begin a number or time expression: what the scanner stops at."""

from __future__ import annotations

from labeling.quantities.numerals import DIGITS, SCALES

DIGIT = frozenset(["0"])
NUMBER_WORDS = frozenset([*DIGITS, "mười", *SCALES]) - {"mốt", "tư", "lăm", "nhăm"}
NUMBER = DIGIT | NUMBER_WORDS
