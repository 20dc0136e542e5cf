"""Numbers and time in Vietnamese civic news: every quantity found, typed and computed.

    find(text, reference=None) -> list[Quantity]     extents in code points, label, norm, score, rule
    format_norm(norm, style)   -> str                 one canonical line, ordinary Vietnamese, or words
    parse_norm(text)           -> Norm                the inverse of each of them; DataError for anything else

Values are Decimal strings, units UCUM or ISO 4217 (traditional units keep their names), dates EDTF (ISO
8601-2, levels 0 and 1, with `XXXX` for a year that is not said; quarters 33-36, ISO weeks as
`2017-W36`), durations ISO 8601.  `find` raises UsageError for a reference that is no date.

How it reads: `source` folds the text and `scan` stops at trigger words; the kinds (`percent`, `money`,
`quantity`, `duration`, `cardinal`, `ordinal`, `ratio`, `date`, `clock`) are tables of named rules.  The
measured kinds share `amounts` (number, range, scale, unit, per); dates are built from `date_rows`
(`points`, `months`, `periods`, `relative`) by `heads` and `spans`.  `masks` and `guards` say what is no
number, `bounds` takes in "trên", "gần", …. The word lists are TOML tables in `lexicon`; the
specification is `tests/cases/quantities`.
"""

from labeling.quantities.canon import core
from labeling.quantities.model import Quantity
from labeling.quantities.scan import KINDS, find
from labeling.quantities.written import format_norm, parse_norm

__all__ = ["KINDS", "Quantity", "core", "find", "format_norm", "parse_norm"]
