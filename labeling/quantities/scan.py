"""`find`: one pass over the text that stops at trigger words and lets the rules of every kind try.

The longest reading wins, then the higher score.  Words that bound a value are taken in afterwards, and three
small passes look at neighbours: shared units ("3, 4 và 5 triệu đồng"), a TIME beside its DATE, and names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from corpus.document import Extent
from corpus.errors import UsageError
from labeling.norm import Norm
from labeling.quantities import bounds, cardinal, clock, date, duration, guards, money, ordinal, percent, quantity, ratio
from labeling.quantities.lexicon import alternation
from labeling.quantities.model import Kind, Quantity, Reading, Rule
from labeling.quantities.resolve import parse_reference
from labeling.quantities.source import Source

KINDS: tuple[Kind, ...] = (
    percent.KIND, money.KIND, quantity.KIND, duration.KIND, date.KIND, clock.KIND, ratio.KIND, ordinal.KIND, cardinal.KIND,
)  # fmt: skip
THRESHOLD = 0.4


def _by_trigger() -> dict[str, tuple[Rule, ...]]:
    rows: dict[str, list[Rule]] = {}
    for kind in KINDS:
        for rule in kind.rules:
            for word in rule.starts:
                rows.setdefault(word, []).append(rule)
    return {word: tuple(rules) for word, rules in rows.items()}


_RULES = _by_trigger()
_PREFIX = tuple(sorted(money.prefix_words(), key=len, reverse=True))
_WORDS = sorted(word for word in _RULES if word[0].isalpha())
_SCAN = re.compile(
    rf"(?<!\w)(?:(\d)|({alternation(_WORDS)}|[ivx]{{2,7}}(?!\w))|({'|'.join(map(re.escape, _PREFIX))}) ?(?=,?\d)|(,)(?=\d)|(-) ?(?=,?\d)|(âm) +(?=\d|\w))"
)


def find(text: str, reference: str | None = None) -> list[Quantity]:
    """Every number and time expression of `text`, in order, never overlapping.

    text       any str; canonical text (NFC) is what the rules are written for.  Extents are half-open and in
               code points of `text` itself, and never begin or end with white space.
    reference  an EDTF date of at least a year ("2021-07-21"): the document's own date, from which relative
               and incomplete dates are resolved (`norm.resolved`).  UsageError if it is no date.

    The time grows with the length of the text.  The same text always gives the same list.
    """
    day = None
    if reference is not None:
        day = parse_reference(reference)
        if day is None:
            raise UsageError(f"reference {reference!r} is no date: give an ISO date such as 2021-07-21")
    source = Source(text, day)
    readings = bounds.neighbours(source, list(_readings(source)))
    return [
        Quantity(
            extent=Extent(reading.start, reading.end), label=reading.label, norm=reading.norm,
            score=round(reading.score, 2), rule=reading.norm.rule or reading.label.lower(),
        )
        for reading in readings
    ]  # fmt: skip


def _readings(source: Source) -> Iterator[Reading]:
    done = 0
    for match in _SCAN.finditer(source.low):
        start = match.start()
        if start < done:
            continue
        if match[1]:
            blocked = guards.blocked_until(source, start)
            if blocked > start:
                done = blocked
                continue
            rules = _RULES["0"]
        elif match[2]:
            rules = _RULES.get(match[2]) or _RULES["i"]
        elif match[3]:
            rules = _RULES["$"]
        elif match[4]:
            rules = _RULES["0"]
        else:
            signed = _signed(source, start, match.end())
            if signed is not None:
                done = signed.end
                yield signed
            continue
        best = _best(source, start, rules)
        if best is None:
            if match[1]:
                done = max(done, guards.name_list_end(source, start))
            continue
        best = bounds.bound(source, best, done)
        done = best.end
        yield best


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
    whole = not source.low[:start].strip() and "\n" not in source.low.strip()
    if source.low[start] == "-" and not whole and (number - start > 1 or not source.left(start, 3).strip() and start > 0 and source.low[start - 1] == "\n"):
        return None
    rules = _RULES["0"] if source.low[number] in "0123456789," else _RULES.get(date.first_word(source, number), ())
    best = _best(source, number, tuple(rule for rule in rules if not rule.name.startswith(("date", "time", "ratio"))))
    if best is None or best.norm.value is None or best.label not in ("PERCENT", "MONEY", "QUANTITY", "CARDINAL"):
        return None
    if source.low[start] == "-" and start > 0 and not whole and best.label == "CARDINAL":
        return None
    if source.low[start] == "-" and number - start > 1 and source.low[best.end :].strip():
        return None
    norm = msgspec.structs.replace(best.norm, value=_negated(best.norm.value), num=_negated(best.norm.num))
    return bounds.bound(source, best._replace(start=start, norm=norm), 0)


def _negated(value: str | None) -> str | None:
    return value if value in (None, "0") else f"-{value}"


__all__ = ["KINDS", "Norm", "find"]
