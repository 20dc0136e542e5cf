"""What follows from a span and is never annotated: kind, core, official codes of a place.

For metadata, views and users; never for the label.

kind    of a LOC: country, province, district, commune, hamlet, road, water, facility or other, by its
        class noun, else by the units of that name
core    a LOC without its class noun, a TITLE without the body it is held in, a DATE without "ngày"
codes   the units a LOC may be, before and after the reform of 1 July 2025, best first, each with its reasons
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import resources
from typing import Literal

import msgspec

from corpus.document import Document, Extent
from corpus.places import LEVELS, SHORT_KINDS, Unit, ancestors, by_key, lookup
from corpus.spelling import key
from labeling.span import Span

Kind = Literal["country", "province", "district", "commune", "hamlet", "road", "water", "facility", "other"]


class _Tables(msgspec.Struct):
    nouns: dict[Kind, list[str]]
    names: dict[str, list[str]]


_tables = msgspec.toml.decode(
    resources.files("labeling").joinpath("place_kinds.toml").read_bytes(), type=_Tables
)
CLASS_NOUNS: dict[str, Kind] = {noun: kind for kind, nouns in _tables.nouns.items() for noun in nouns}
COUNTRIES = frozenset(map(key, _tables.names["countries"]))
_longest = max(len(noun.split()) for noun in CLASS_NOUNS)
# Class nouns that are units of the official lists, as `corpus.places` writes them.
_UNIT_KINDS = frozenset(
    {"tỉnh", "thành phố", "huyện", "quận", "thị xã", "xã", "phường", "thị trấn", "đặc khu"}
)
_DAY_WORDS = ("ngày", "mùng", "hôm")


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One unit that a place may be.  `code` is `vn63:…` until 2025-06-30, `vn34:…` since.

    reasons: `class-noun` (same class noun), `only-one` (no other unit is called so), `above-named` (a unit
    above it is named in the document), `own-province` (of `Document.places`), `valid-then` (it existed when
    the document was published), `successor-of vn63:…` (took over the unit meant).
    """

    code: str
    name: str
    level: str
    valid_from: str | None
    valid_to: str | None
    reasons: tuple[str, ...]


class Derived(msgspec.Struct, frozen=True, kw_only=True):
    """What follows from one span; `kind` and `codes` are of a LOC only, `core` is an extent of the text."""

    kind: Kind | None
    core: Extent
    codes: tuple[Candidate, ...] = ()


def derive(document: Document, spans: Sequence[Span]) -> list[Derived]:
    """What follows from each span of one document, in the order given."""
    named = _named_units(spans)
    return [
        Derived(
            kind=kind_of(span.text) if span.label == "LOC" else None,
            core=core_of(span, spans),
            codes=codes_of(span.text, named, document) if span.label == "LOC" else (),
        )
        for span in spans
    ]


def is_class_noun(text: str) -> bool:
    """Whether `text` is nothing but the class noun of a place, with or without capitals."""
    return " ".join(text.lower().split()) in CLASS_NOUNS


def split_place(text: str) -> tuple[str, int]:
    """The class noun a place begins with (lower case, "" for none), and where its own name begins."""
    words = text.split()
    for count in range(min(_longest, len(words) - 1), 0, -1):
        noun = " ".join(words[:count]).lower()
        if noun in CLASS_NOUNS:
            position = 0
            for word in words[:count]:
                position = text.index(word, position) + len(word)
            return noun, position + len(text[position:]) - len(text[position:].lstrip(" \u00a0."))
    head, dot, rest = text.partition(".")
    if dot and rest.strip() and head.lower() in SHORT_KINDS:
        return head.lower(), len(text) - len(rest.lstrip())
    return "", 0


def kind_of(text: str) -> Kind:
    """The kind of a place from its text alone; "thành phố" is a province or a district by its name."""
    noun, start = split_place(text)
    official = SHORT_KINDS.get(noun.rstrip("."), noun)
    units = lookup(text[start:], official if official in _UNIT_KINDS else None)
    if official in _UNIT_KINDS and units:
        return _level(units[0])
    if noun:
        return CLASS_NOUNS.get(official, CLASS_NOUNS.get(noun, "other"))
    if key(text) in COUNTRIES:
        return "country"
    return _level(units[0]) if units else "other"


def core_of(span: Span, spans: Iterable[Span] = ()) -> Extent:
    """The core of a span; `spans` are those of the document: a TITLE is cut where a body begins in it."""
    if span.label == "LOC":
        return _trimmed(span, split_place(span.text)[1], len(span.text))
    if span.label == "TITLE":
        inside = [
            other.start
            for other in spans
            if other.label in ("ORG", "LOC") and span.start < other.start and other.end == span.end
        ]
        return _trimmed(span, 0, min(inside, default=span.end) - span.start)
    if span.label == "DATE":
        first = span.text.split()[0]
        return _trimmed(span, len(first) if first.lower() in _DAY_WORDS else 0, len(span.text))
    return Extent(span.start, span.end)


def _trimmed(span: Span, start: int, end: int) -> Extent:
    piece = span.text[start:end]
    left = start + len(piece) - len(piece.lstrip())
    right = start + len(piece.rstrip())
    return Extent(span.start + left, span.start + right) if right > left else Extent(span.start, span.end)


def codes_of(
    text: str, named: frozenset[str] = frozenset(), document: Document | None = None
) -> tuple[Candidate, ...]:
    """The units that a place called `text` may be, best first.

    `named` are the keys of units named in the document; with `document`, its provinces and its date count.
    """
    noun, start = split_place(text)
    official = SHORT_KINDS.get(noun.rstrip("."), noun)
    if noun and official not in _UNIT_KINDS:
        return ()
    units = lookup(text[start:], official or None)
    ranked = sorted(
        ((_reasons(unit, units, official, named, document), unit) for unit in units),
        key=lambda item: (-len(item[0]), LEVELS.index(item[1].level), item[1].key),
    )
    found = {unit.key: _candidate(unit, reasons) for reasons, unit in ranked}
    for _, unit in ranked[:1]:
        for code in unit.successors:
            after = by_key().get(f"vn34:{code}")
            if after and after.key not in found:
                found[after.key] = _candidate(after, (f"successor-of {unit.key}",))
    return tuple(found.values())


def _reasons(
    unit: Unit, all_units: Sequence[Unit], noun: str, named: frozenset[str], document: Document | None
) -> tuple[str, ...]:
    above = {upper.key for upper in ancestors(unit)}
    tests = {
        "class-noun": bool(noun),
        "only-one": len(all_units) == 1,
        "above-named": bool(above & named),
        "own-province": bool(document and (above | {unit.key}) & set(document.places)),
        "valid-then": bool(document and document.published and _was_valid(unit, document.published)),
    }
    return tuple(name for name, holds in tests.items() if holds)


def _was_valid(unit: Unit, day: str) -> bool:
    return (unit.valid_from or "") <= day and (unit.valid_to is None or day < unit.valid_to)


def _candidate(unit: Unit, reasons: tuple[str, ...]) -> Candidate:
    return Candidate(
        code=unit.key,
        name=unit.full_name,
        level=unit.level,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        reasons=reasons,
    )


def _named_units(spans: Iterable[Span]) -> frozenset[str]:
    """The keys of all units that places with a class noun may be."""
    found: set[str] = set()
    for text in {span.text for span in spans if span.label == "LOC"}:
        noun, start = split_place(text)
        official = SHORT_KINDS.get(noun.rstrip("."), noun)
        if official in _UNIT_KINDS:
            found.update(unit.key for unit in lookup(text[start:], official))
    return frozenset(found)


def _level(unit: Unit) -> Kind:
    levels: dict[str, Kind] = {"province": "province", "district": "district", "commune": "commune"}
    return levels[unit.level]
