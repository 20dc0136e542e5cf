"""A norm as one canonical line, and back.

    63400000 VND/{person}/a     value, unit, per          >96 %   trên (bound excluded)   ~5     khoảng
    90..<100 %                  từ 90 đến dưới 100        >=5     ít nhất                 <=5    không quá
    <6000 har                   dưới 6.000 ha             <~6000 har   gần 6.000 ha
    14 {chỉ tiêu}               a count and its noun      11/27   ratio    1.41/1   a multiple
    2020 {}                     a count that would otherwise read as a year
    2020/2025, XXXX-10-21, T08:30, P3Y                    EDTF and ISO 8601 as they are
    start:2020, mid:, end:      đầu, giữa, cuối           before:, after:, through:   trước, sau, hết
    lunar:XXXX-03-10            a lunar date              ?       nothing that can be computed

`core` is the part of a norm that a line holds; what only says how it was written (num, scale, numeral, cue,
rule), what was resolved, and alternatives are left out: `read_line(write_line(norm)) == core(norm)`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache

import msgspec

from corpus.errors import DataError
from labeling.norm import Mod, Norm
from labeling.quantities.duration import iso_designators, iso_duration
from labeling.quantities.lexicon import per_units, units
from labeling.quantities.numerals import plain
from labeling.quantities.quantity import finite

_SIGNS: dict[str, Mod] = {
    ">=": "at_least",
    "<=": "at_most",
    "<~": "less",
    ">": "more",
    "<": "less",
    "~": "approx",
}
_EDGES: dict[str, Mod] = {"start": "start", "mid": "mid", "end": "end"}
CUES = {"trước": "before", "sau": "after", "hết": "through"}
_CUE_WORDS = {word: cue for cue, word in CUES.items()}
_HEAD = re.compile(r"(>=|<=|<~|>|<|~)?(?:(start|mid|end|before|after|through|lunar):)?")
_NUMBER = r"-?\d+(?:\.\d+)?"
_RATIO = re.compile(rf"({_NUMBER})/({_NUMBER})(?:\.\.({_NUMBER})/\2)?(?= |$)")
_RANGE = re.compile(rf"({_NUMBER})(>)?\.\.(<)?({_NUMBER})(?= |$)")
_VALUE = re.compile(rf"({_NUMBER})(?= |$)")
_CLOCK = r"T\d\d:\d\d(?::\d\d)?"
_SIDE = rf"[\dX]{{4}}(?:-(?:[\dX]{{2}}|W\d\d)(?:-[\dX]{{2}})?)?(?:{_CLOCK})?|{_CLOCK}|\.\."
_EDTF = re.compile(rf"P[\dYMWDTHS.]+(?:/P[\dYMWDTHS.]+)?|(?:{_SIDE})(?:/(?:{_SIDE}))?|/(?:{_SIDE})")
_YEARS = re.compile(r"\d{4}(?:/\d{4})?")
_LIKE_THOUSANDS = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
_GROUPED = re.compile(r"(?<![\d.])[1-9]\d{0,2}(?:\.\d{3})+(?![\d])")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)([YMWDHS])")


def core(norm: Norm) -> Norm:
    """The part of a norm that its canonical line holds."""
    edged = norm.cue in CUES and norm.edtf is not None and norm.value is None
    return Norm(
        value=norm.value, low=norm.low, high=norm.high, low_open=norm.low_open,
        high_open=norm.high_open, mod=norm.mod,
        numerator=norm.numerator, denominator=norm.denominator, unit=norm.unit, per=norm.per, noun=norm.noun,
        edtf=norm.edtf, calendar=norm.calendar, lunar=norm.lunar, cue=norm.cue if edged else None,
    )  # fmt: skip


def write_line(norm: Norm) -> str:
    """The canonical line of a norm; "?" when it says nothing that can be computed."""
    head = _sign(norm)
    if norm.lunar is not None:
        return f"{head}lunar:{norm.lunar}"
    if norm.edtf is not None and not _by_unit(norm):
        return head + _edge(norm) + norm.edtf
    body = _body(norm)
    if body is None:
        return "?"
    tail = f" {norm.unit}" if norm.unit else ""
    tail += "".join(f"/{code}" for code in norm.per)
    if norm.noun is not None and norm.unit is None:
        tail += f" {{{norm.noun}}}"
    elif not tail and _YEARS.fullmatch(body):
        tail = " {}"
    return head + body + tail


def _sign(norm: Norm) -> str:
    if norm.mod is None or norm.mod in _EDGES:
        return ""
    if norm.mod == "less":
        return "<" if norm.high is not None else "<~"
    return {"more": ">", "at_least": ">=", "at_most": "<=", "approx": "~"}[norm.mod]


def _edge(norm: Norm) -> str:
    if norm.mod in _EDGES:
        return f"{norm.mod}:"
    if norm.cue in CUES and norm.value is None:
        return f"{CUES[norm.cue]}:"
    return ""


def _by_unit(norm: Norm) -> bool:
    """Durations below a second, and rates, keep their unit: "5 ms", "15..20 min/{chuyến}"."""
    return norm.unit in ("ms", "us", "ns") or bool(norm.per)


def _body(norm: Norm) -> str | None:
    value, low, high = _figure(norm.value), _figure(norm.low), _figure(norm.high)
    if norm.denominator is not None:
        if norm.numerator is not None:
            return f"{_figure(norm.numerator)}/{norm.denominator}"
        return f"{low}/{norm.denominator}..{high}/{norm.denominator}"
    if value is not None:
        return value
    if low is not None and high is not None:
        return f"{low}{'>' if norm.low_open else ''}..{'<' if norm.high_open else ''}{high}"
    return f"{low}.." if low is not None else None


def _figure(value: str | None) -> str | None:
    """ "1.234" would read as one thousand two hundred …, so exactly three decimals get a fourth: "1.2340"."""
    return value + "0" if value is not None and _LIKE_THOUSANDS.fullmatch(value) else value


def _value(figure: str) -> str:
    return plain(Decimal(figure))


def read_line(line: str) -> Norm:
    """The norm of a canonical line.  Raises DataError for anything else."""
    text = line.strip()
    if text == "?":
        return Norm()
    head = _HEAD.match(text)
    assert head is not None
    rest = text[head.end() :]
    mod = _SIGNS.get(head[1] or "")
    if head[2] == "lunar" and rest:
        return Norm(calendar="lunar", lunar=rest, mod=mod)
    norm = _measured(rest) if head[2] is None and not _GROUPED.search(rest) else None
    norm = norm or _dated(rest)
    if norm is None:
        raise DataError(
            f"{line!r} is no canonical value: write e.g. '63400000 VND/{{person}}/a', '11/27' or '2020/2025'"
        )
    if head[2] is not None:
        if head[2] in _EDGES:
            return msgspec.structs.replace(norm, mod=_EDGES[head[2]])
        return msgspec.structs.replace(norm, cue=_CUE_WORDS[head[2]])
    return _bounded(norm, head[1] or "", mod)


def _bounded(norm: Norm, sign: str, mod: Mod | None) -> Norm:
    fields: dict[str, object] = {"mod": mod}
    if norm.value is not None and norm.low is None and norm.high is None:
        if sign in (">", ">="):
            fields |= {"low": norm.value, "low_open": sign == ">"}
        elif sign in ("<", "<="):
            fields |= {"high": norm.value, "high_open": sign == "<"}
    return msgspec.structs.replace(norm, **fields)


def _measured(text: str) -> Norm | None:
    ratio, spread, single = _RATIO.match(text), _RANGE.match(text), _VALUE.match(text)
    open_low = re.match(rf"({_NUMBER})\.\.(?= |$)", text)
    match = ratio or spread or open_low or single
    if match is None:
        return None
    tail = _tail(text[match.end() :])
    if tail is None:
        return None
    unit, per, noun = tail
    if unit is None and noun is None and _YEARS.fullmatch(text):
        return None
    noun = noun or None
    if ratio is not None:
        top, bottom, high = ratio.groups()
        top = _value(top)
        if high is not None:
            return Norm(low=top, high=_value(high), denominator=bottom, unit=unit, per=per, noun=noun)
        return Norm(
            value=_quotient(top, bottom), numerator=top, denominator=bottom, unit=unit, per=per, noun=noun
        )
    if spread is not None:
        norm = Norm(
            low=_value(spread[1]),
            high=_value(spread[4]),
            low_open=bool(spread[2]),
            high_open=bool(spread[3]),
            unit=unit,
            per=per,
            noun=noun,
        )
    elif open_low is not None:
        norm = Norm(low=_value(open_low[1]), unit=unit, per=per, noun=noun)
    else:
        norm = Norm(value=_value(text[: match.end()]), unit=unit, per=per, noun=noun)
    return _timed(norm)


def _quotient(top: str, bottom: str) -> str | None:
    if top.isdigit() and bottom.isdigit():
        return finite(int(top), int(bottom))
    return top if bottom == "1" else None


def _tail(text: str) -> tuple[str | None, tuple[str, ...], str | None] | None:
    if not text:
        return None, (), None
    noun = re.fullmatch(r" \{([^{}]*)\}", text)
    if noun is not None:
        return None, (), noun[1]
    units = _split_units(text[1:])
    return (units[0], tuple(units[1:]), None) if units else None


def _split_units(text: str) -> list[str] | None:
    """ "VND/{person}/a" → unit and denominators; a unit that holds a slash itself (km/h) is matched first."""
    known = codes()
    slashed = sorted((code for code in known if "/" in code), key=len, reverse=True)
    for code in slashed:
        if text == code or text.startswith(code + "/"):
            parts = [code, *text[len(code) + 1 :].split("/")] if text != code else [code]
            break
    else:
        parts = text.split("/")
    fits = parts[0] in known and all(
        part in known or re.fullmatch(r"\{[^{}/]+\}", part) for part in parts[1:]
    )
    return parts if fits else None


@cache
def codes() -> frozenset[str]:
    """Every unit code that a line may hold: UCUM, ISO 4217, the traditional units."""
    named = {unit.code for rows in units().values() for unit in rows}
    return frozenset(named | set(per_units().values()))


def _timed(norm: Norm) -> Norm:
    """A duration that is written by its unit gets its ISO form back."""
    if norm.unit not in iso_designators():
        return norm
    if norm.value is not None:
        return msgspec.structs.replace(norm, edtf=iso_duration([(Decimal(norm.value), norm.unit)]))
    if norm.low is not None and norm.high is not None:
        both = [iso_duration([(Decimal(side), norm.unit)]) for side in (norm.low, norm.high)]
        return msgspec.structs.replace(norm, edtf="/".join(both))
    return norm


def _dated(text: str) -> Norm | None:
    if not text or _EDTF.fullmatch(text) is None:
        return None
    if not text.startswith("P"):
        return Norm(edtf=text)
    sides = [_parts(side) for side in text.split("/")]
    if not all(sides):
        return None
    if len(sides) == 2 and len(sides[0]) == len(sides[1]) == 1 and sides[0][0][1] == sides[1][0][1]:
        return Norm(edtf=text, low=sides[0][0][0], high=sides[1][0][0], unit=sides[0][0][1])
    if len(sides) == 1 and len(sides[0]) == 1:
        return Norm(edtf=text, value=sides[0][0][0], unit=sides[0][0][1])
    return Norm(edtf=text)


def _parts(side: str) -> list[tuple[str, str]]:
    """ISO duration → (value, UCUM code) parts."""
    date, _, time = side[1:].partition("T")
    names = {"Y": "a", "M": "mo", "W": "wk", "D": "d"}
    clock = {"H": "h", "M": "min", "S": "s"}
    parts = [
        (plain(Decimal(number)), names[code]) for number, code in _DURATION.findall(date) if code in names
    ]
    return parts + [
        (plain(Decimal(number)), clock[code]) for number, code in _DURATION.findall(time) if code in clock
    ]
