"""The rows of single dates, in the order they are tried: (trigger words, reader).

"0" stands for a digit, "w" for a number word.  The longest reading wins, then the higher score.
"""

from __future__ import annotations

from labeling.quantities.months import MONTHS, SIGNED_MONTHS
from labeling.quantities.periods import PERIODS
from labeling.quantities.points import DAYS, SIGNED_DAYS, PointReader
from labeling.quantities.relative import RELATIVE

ROWS: tuple[tuple[frozenset[str], PointReader], ...] = (*DAYS, *MONTHS, *PERIODS, *RELATIVE)
# the readers of dates in figures and signs
SIGNED: frozenset[PointReader] = SIGNED_DAYS | SIGNED_MONTHS
