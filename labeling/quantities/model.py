"""The records of the recogniser: a numeral, a reading, a rule, a kind, and the public `Quantity`."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from corpus.document import Extent
from labeling.norm import Mod, Norm

if TYPE_CHECKING:
    from labeling.quantities.source import Source

Label = Literal["PERCENT", "MONEY", "QUANTITY", "CARDINAL", "ORDINAL", "RATIO", "DATE", "TIME", "DURATION"]
Style = Literal["arabic", "words", "roman", "mixed"]


class Quantity(msgspec.Struct, frozen=True, kw_only=True):
    """One number or time expression of a text.

    extent   half-open, in code points of the text given to `find`
    label    one of the nine number labels of the scheme
    norm     what it says, in Decimal strings, UCUM, ISO 4217 and EDTF
    score    in [0, 1]: how far its shape and its neighbours speak for this reading (not calibrated)
    rule     the name of the rule that read it, the same as `norm.rule`
    """

    extent: Extent
    label: Label
    norm: Norm
    score: float
    rule: str


class Numeral(NamedTuple):
    """A number as written: [start, end), its full value, and the figure and scale that made it."""

    start: int
    end: int
    value: Decimal
    num: str
    scale: Decimal
    style: Style
    variant: str = ""


class Reading(NamedTuple):
    """A candidate: the core without the words that bound it; `bounds` = the mod prefixes it accepts."""

    start: int
    end: int
    label: Label
    norm: Norm
    score: float


class Cue(NamedTuple):
    """A word that bounds or blurs a value."""

    start: int
    mod: Mod | None
    word: str


class Rule(NamedTuple):
    """A named way to read a core at a position.

    starts   the trigger words it can begin with; "0" stands for any digit
    read     (source, position) → a reading that starts there, or None
    follows  what must come next for the rule to be worth trying: a word, a sign, or "0" for a digit, right
             after the number (for a rule that starts with one) or after the trigger word; None: anything
    """

    name: str
    starts: frozenset[str]
    read: Callable[[Source, int], Reading | None]
    follows: frozenset[str] | None = None


class Kind(NamedTuple):
    """A label and the rules that read it, tried in order."""

    label: Label
    rules: tuple[Rule, ...]
