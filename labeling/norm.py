"""The normalised value of a number or time span.

Decimal strings, never floats; UCUM and ISO 4217 units; EDTF (ISO 8601-2) dates with `XXXX` for what is
not said.  Every key is present in JSON; what does not apply is null, false or an empty list.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Mod = Literal["more", "less", "approx", "at_least", "at_most", "start", "mid", "end"]


class Norm(msgspec.Struct, frozen=True, kw_only=True):
    """What a number or time expression says.

    value, low, high   full values as canonical decimal strings ("63400000", "13.71"); `low`/`high` with
                       `*_open` where the bound itself is excluded
    num, scale         the figure as written and its scale ("63.4", "1000000"): precision is kept
    mod, cue           how the value is bounded or blurred, and the word that says so
    unit, per          UCUM or ISO 4217 code; denominators in order (["{person}", "a"])
    noun               the counted noun of a CARDINAL, as written
    numerator, denominator   of a RATIO (a multiple has denominator "1")
    edtf               DATE: EDTF; TIME: `T08:30`, with its date in front where one stands beside it;
                       DURATION: ISO 8601 (`P3Y`)
    resolved, resolved_from  the full date where the document's own dates allow it, and which did
    numeral            how it is written
    rule               the name of the rule that read it
    calendar, lunar    "lunar" dates have no EDTF; `lunar` keeps "XXXX-03-10"
    alternatives       other readings, best first
    """

    value: str | None = None
    num: str | None = None
    scale: str | None = None
    low: str | None = None
    high: str | None = None
    low_open: bool = False
    high_open: bool = False
    mod: Mod | None = None
    cue: str | None = None
    numerator: str | None = None
    denominator: str | None = None
    unit: str | None = None
    per: tuple[str, ...] = ()
    noun: str | None = None
    edtf: str | None = None
    resolved: str | None = None
    resolved_from: Literal["document", "context"] | None = None
    numeral: Literal["arabic", "words", "roman", "mixed"] | None = None
    rule: str | None = None
    calendar: Literal["lunar"] | None = None
    lunar: str | None = None
    alternatives: tuple[Norm, ...] = ()
