"""`find`: one pass over the text that stops at trigger words and lets the rules of every kind try.

The longest reading wins, then the higher score.  Words that bound a value are taken in afterwards, and three
small passes look at neighbours: shared units ("3, 4 và 5 triệu đồng"), a TIME beside its DATE, and names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import localcontext
from functools import lru_cache

import msgspec

from corpus.document import Extent
from corpus.errors import UsageError
from labeling.quantities import (
    bounds,
    cardinal,
    clock,
    date,
    duration,
    heads,
    masks,
    money,
    ordinal,
    percent,
    quantity,
    ratio,
)
from labeling.quantities.amounts import amount_at
from labeling.quantities.model import Kind, Quantity, Reading, Rule
from labeling.quantities.numerals import DIGITS
from labeling.quantities.resolve import parse_moment, parse_reference
from labeling.quantities.source import Source
from labeling.quantities.triggers import NUMBER_WORDS

KINDS: tuple[Kind, ...] = (
    percent.KIND, money.KIND, quantity.KIND, duration.KIND, date.KIND, clock.KIND, ratio.KIND, ordinal.KIND,
    cardinal.KIND,
)  # fmt: skip
THRESHOLD = 0.4
_PRECISION = 100


def _by_trigger() -> dict[str, tuple[Rule, ...]]:
    rows: dict[str, list[Rule]] = {}
    for kind in KINDS:
        for rule in kind.rules:
            for word in rule.starts:
                rows.setdefault(word, []).append(rule)
    for prefix in _PREFIXES:
        rows.setdefault(prefix, rows["$"])
    rows["âm"] = rows["trừ"] = []  # signs; `_signed` reads them
    return {word: tuple(rules) for word, rules in rows.items()}


_PREFIXES = money.prefix_words()
_RULES = _by_trigger()
_SIGNS = "".join(re.escape(prefix) for prefix in _PREFIXES if len(prefix) == 1)
# a word or figure; a currency sign; a comma, a minus that opens a figure
_TOKEN = re.compile(rf"[^\W_]+(?:[$¥](?= ?,?\d))?|[{_SIGNS}](?= ?,?\d)|,(?=\d)|-(?= ?,?\d)")
_PREFIXED = re.compile(rf"({'|'.join(map(re.escape, sorted(_PREFIXES, key=len, reverse=True)))}) ?(?=,?\d)")
_NEXT = re.compile(r" {0,3}([^\W\d_]+|\d|[^\w\s])")
_DIGITS = frozenset("0123456789")
_SAID_DIGITS = frozenset(DIGITS)


def find(text: str, reference: str | None = None) -> list[Quantity]:
    """Every number and time expression of `text`, in order, never overlapping.

    text       any str; canonical text (NFC) is what the rules are written for.  Extents are half-open and in
               code points of `text` itself, and never begin or end with white space.
    reference  an EDTF date of at least a year ("2021-07-21"): the document's own date, from which relative
               and incomplete dates are resolved (`norm.resolved`); with a time ("2021-07-21T08:30") so are
               "5 phút trước" and "2 giờ nữa".  UsageError if it is no date.

    The time grows with the length of the text.  The same text always gives the same list.
    """
    day = None
    if reference is not None:
        day = parse_reference(reference)
        if day is None:
            raise UsageError(f"reference {reference!r} is no date: give an ISO date such as 2021-07-21")
    source = Source(text, day, parse_moment(reference) if reference is not None else None)
    with localcontext() as exact:
        exact.prec = _PRECISION
        readings = bounds.neighbours(source, list(_readings(source)))
    return [_quantity(source, reading) for reading in readings]


def _quantity(source: Source, reading: Reading) -> Quantity:
    return Quantity(
        extent=Extent(source.original(reading.start), source.original(reading.end - 1) + 1),
        label=reading.label,
        norm=reading.norm,
        score=round(reading.score, 2),
        rule=reading.norm.rule or reading.label.lower(),
    )


def _readings(source: Source) -> Iterator[Reading]:
    """Readings from left to right; none overlaps another."""
    done = 0
    rules_of = _RULES.get
    for match in _TOKEN.finditer(source.low):
        word = match[0]
        rules = rules_of(word)
        first = word[0]
        if rules is None and first > "9" and word[-1] > "9":
            continue
        start = match.start()
        if start < done:
            continue
        if first in _DIGITS:
            reading, done = _at_figure(source, start, done)
        elif word in ("-", "âm", "trừ"):
            reading = _signed(source, start, match.end())
        elif first == ",":
            reading = _best(source, start, _RULES["0"]) if _free(source, start) else None
        elif word in _SAID_DIGITS and (said := masks.read_out_end(source, start)) > start:
            reading, done = None, said
        elif rules is not None:
            reading = _at_word(source, start, match.end(), word, rules) if _free(source, start) else None
        else:
            prefixed = _PREFIXED.match(source.low, start)
            reading = _best(source, start, _RULES["$"]) if prefixed and _free(source, start) else None
        if reading is not None:
            if reading.start >= start or reading.label != "DATE":
                reading = bounds.bound(source, reading, done)
            done = reading.end
            yield reading


def _free(source: Source, start: int) -> bool:
    """Whether no letter, figure or underscore touches a token from the left."""
    return start == 0 or not (source.low[start - 1].isalnum() or source.low[start - 1] == "_")


def _at_figure(source: Source, start: int, done: int) -> tuple[Reading | None, int]:
    """The reading of a figure; or where to go on when it belongs to a code, a list or a name."""
    if not _free(source, start):
        return None, done
    blocked = masks.blocked_until(source, start)
    if blocked > start:
        return None, blocked
    best = _best(source, start, _worth_trying(source, start, "0"))
    if best is None:
        return None, max(done, masks.name_list_end(source, start))
    return best, done


def _at_word(source: Source, start: int, end: int, word: str, rules: tuple[Rule, ...]) -> Reading | None:
    if word in NUMBER_WORDS:
        return _best(source, start, (*_worth_trying(source, start, word), *_by_next(source, end, rules)))
    return _best(source, start, _by_next(source, end, rules))


def _worth_trying(source: Source, start: int, word: str) -> tuple[Rule, ...]:
    """The rules for a number at `start` that what follows the number does not rule out."""
    numeral = source.numeral(start)
    if numeral is None:
        return ()
    amount = amount_at(source, start)
    kind = "@" + (amount.unit.kind if amount is not None and amount.unit is not None else "none")
    rules = _numeral_rules(word, _next(source, numeral.end), kind if kind in _KINDS_OF_UNITS else "@measure")
    if numeral.end - start == _YEAR_LENGTH and numeral.style == "arabic":
        rules = (*rules, *_numeral_rules(word, "year", "year"))
    return rules


_YEAR_LENGTH = 4
_KINDS_OF_UNITS = frozenset(["@none", "@percent", "@money", "@time", "@age", "@length"])


@lru_cache(maxsize=8192)
def _numeral_rules(word: str, following: str, kind: str) -> tuple[Rule, ...]:
    return tuple(
        rule for rule in _RULES[word]
        if rule.name != "date"
        and rule.follows is not None
        and (following in rule.follows or kind in rule.follows)
    )  # fmt: skip


def _by_next(source: Source, end: int, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """The rules of a trigger word that the next word or sign does not rule out."""
    return _next_rules(rules, _next(source, end))


@lru_cache(maxsize=8192)
def _next_rules(rules: tuple[Rule, ...], following: str) -> tuple[Rule, ...]:
    return tuple(
        rule for rule in rules
        if rule.name not in _NUMBER_RULES and (rule.follows is None or following in rule.follows)
    )  # fmt: skip


def _next(source: Source, end: int) -> str:
    match = _NEXT.match(source.low, end)
    if match is None:
        return ""
    return "0" if match[1][0] in _DIGITS else match[1]


_NUMBER_RULES = frozenset(rule.name for kind in KINDS for rule in kind.rules if "0" in rule.starts)


def _best(source: Source, start: int, rules: tuple[Rule, ...]) -> Reading | None:
    best: Reading | None = None
    for rule in rules:
        reading = rule.read(source, start)
        if reading is None or reading.score < THRESHOLD:
            continue
        if best is None or (reading.end, reading.score) > (best.end, best.score):
            best = reading
    return best


def _signed(source: Source, start: int, number: int) -> Reading | None:
    """ "-5%", "âm 5 độ C": a sign before a measured value; a dash that opens a line is a bullet."""
    if not _free(source, start):
        return None
    whole = source.low[start] == "-" and start <= source.bare[0] and not source.lines
    if (
        source.low[start] == "-"
        and not whole
        and (
            number - start > 1
            or (not source.left(start, 3).strip() and start > 0 and source.low[start - 1] == "\n")
        )
    ):
        return None
    while number < source.size and source.low[number] == " ":
        number += 1
    rules = (
        _RULES["0"]
        if source.low[number : number + 1] in _SIGNED
        else _RULES.get(heads.first_word(source, number), ())
    )
    best = _best(
        source, number, tuple(rule for rule in rules if not rule.name.startswith(("date", "time", "ratio")))
    )
    if (
        best is None
        or best.norm.value is None
        or best.label not in ("PERCENT", "MONEY", "QUANTITY", "CARDINAL")
    ):
        return None
    if source.low[start] == "t" and (start > source.bare[0] or best.end < source.bare[1]):
        return None  # "trừ 5" is minus five only as the whole text; else it subtracts
    if source.low[start] == "-" and start > 0 and not whole and best.label == "CARDINAL":
        return None
    if source.low[start] == "-" and number - start > 1 and best.end < source.bare[1]:
        return None
    norm = msgspec.structs.replace(best.norm, value=_negated(best.norm.value), num=_negated(best.norm.num))
    return best._replace(start=start, norm=norm)


_SIGNED = frozenset("0123456789,")


def _negated(value: str | None) -> str | None:
    return value if value in (None, "0") else f"-{value}"
