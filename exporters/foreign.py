"""Our labels as other schemes name them: tables over label and derived kind.

`vlsp`       VLSP 2016/2018 (PER, ORG, LOC, MISC)
`vlsp2021`   VLSP 2021 (Ha et al. 2022, VNU J. of Science: Comp. Science 38(1), 14 types with 26 sub-types)
`ontonotes`  OntoNotes 5 (18 types)

A label that maps to nothing is taken away first; of what is left the outermost spans are shown.  How
many spans of each label are taken away, and how many lie inside a shown one, is counted for the card.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache
from typing import Any, NamedTuple

from corpus.places import lookup
from exporters.views import Piece, outermost
from labeling.derive import CLASS_NOUNS
from labeling.span import by_position

Kinds = dict[str, str]
Rule = str | Callable[[Any], str]

UNITS = ("country", "province", "district", "commune", "hamlet")
BUILT = ("road", "facility")


class Foreign(NamedTuple):
    """A view: its name, its labels in ClassLabel order, and what each of our labels becomes in it."""

    name: str
    labels: tuple[str, ...]
    table: dict[str, Rule]


def _by_kind(units: str, built: str, other: str) -> Callable[[Any], str]:
    def label(span: Any) -> str:
        kind = place_kind(span.text)
        return units if kind in UNITS else built if kind in BUILT else other

    return label


def _dates(span: Any) -> str:
    edtf = span.norm.edtf if span.norm else None
    return "DATETIME-DATERANGE" if edtf and "/" in edtf else "DATETIME-DATE"


def _durations(span: Any) -> str:
    return "QUANTITY-AGE" if span.text.lower().endswith("tuổi") else "DATETIME-DURATION"


def _measures(span: Any) -> str:
    return "QUANTITY-TEM" if span.norm and span.norm.unit in ("Cel", "[degF]", "K") else "QUANTITY-DIM"


FOREIGN = (
    Foreign(
        "vlsp",
        ("PER", "ORG", "LOC", "MISC"),
        {"PER": "PER", "ORG": "ORG", "LOC": "LOC", "EVENT": "MISC", "LAW": "MISC", "PROGRAM": "MISC"},
    ),
    Foreign(
        "vlsp2021",
        (
            "PERSON",
            "PERSONTYPE",
            "ORGANIZATION",
            "LOCATION-GPE",
            "LOCATION-STRUC",
            "LOCATION-GEO",
            "EVENT",
            "PRODUCT-LEGAL",
            "QUANTITY-PER",
            "QUANTITY-CUR",
            "QUANTITY-DIM",
            "QUANTITY-TEM",
            "QUANTITY-NUM",
            "QUANTITY-ORD",
            "QUANTITY-AGE",
            "DATETIME-DATE",
            "DATETIME-DATERANGE",
            "DATETIME-TIME",
            "DATETIME-DURATION",
        ),
        {
            "PER": "PERSON",
            "TITLE": "PERSONTYPE",
            "ORG": "ORGANIZATION",
            "LOC": _by_kind("LOCATION-GPE", "LOCATION-STRUC", "LOCATION-GEO"),
            "EVENT": "EVENT",
            "LAW": "PRODUCT-LEGAL",
            "PERCENT": "QUANTITY-PER",
            "MONEY": "QUANTITY-CUR",
            "QUANTITY": _measures,
            "CARDINAL": "QUANTITY-NUM",
            "ORDINAL": "QUANTITY-ORD",
            "RATIO": "QUANTITY-NUM",
            "DATE": _dates,
            "TIME": "DATETIME-TIME",
            "DURATION": _durations,
        },
    ),
    Foreign(
        "ontonotes",
        (
            "PERSON",
            "ORG",
            "GPE",
            "FAC",
            "LOC",
            "EVENT",
            "LAW",
            "PERCENT",
            "MONEY",
            "QUANTITY",
            "CARDINAL",
            "ORDINAL",
            "DATE",
            "TIME",
        ),
        {
            "PER": "PERSON",
            "ORG": "ORG",
            "LOC": _by_kind("GPE", "FAC", "LOC"),
            "EVENT": "EVENT",
            "LAW": "LAW",
            "PERCENT": "PERCENT",
            "MONEY": "MONEY",
            "QUANTITY": "QUANTITY",
            "CARDINAL": "CARDINAL",
            "ORDINAL": "ORDINAL",
            "RATIO": "CARDINAL",
            "DATE": "DATE",
            "TIME": "TIME",
            "DURATION": "DATE",
        },
    ),
)


def foreign_pieces(view: Foreign, spans: Iterable[Any], seen: Counter[tuple[str, str, str]]) -> list[Piece]:
    """The pieces that a view shows, with its labels.

    Adds to `seen` under (view, our label, view's label): what is shown; under (view, our label, "") what
    maps to nothing, under (view, our label, "inside") what lies inside a shown span.
    """
    ordered: Sequence[Any] = by_position(spans)
    kept = [span for span in ordered if span.label in view.table]
    for span in ordered:
        if span.label not in view.table:
            seen[view.name, span.label, ""] += 1
    shown = []
    for piece in outermost(kept):
        rule = view.table[piece.label]
        label = rule if isinstance(rule, str) else rule(kept[piece.of])
        seen[view.name, piece.label, label] += 1
        shown.append(piece._replace(label=label))
    hidden = {piece.of for piece in shown}
    for index, span in enumerate(kept):
        if index not in hidden:
            seen[view.name, span.label, "inside"] += 1
    return shown


@cache
def _class_noun() -> re.Pattern[str]:
    """A class noun at the beginning, before white space, the end, or a name glued to it."""
    nouns = "|".join(
        re.escape(noun).replace(r"\ ", r"\s+") for noun in sorted(CLASS_NOUNS, key=len, reverse=True)
    )
    return re.compile(rf"((?i:{nouns}))(?=(.?))", re.DOTALL)


@cache
def _countries() -> frozenset[str]:
    from babel import Locale

    return frozenset(str(name) for name in Locale("vi").territories.values())


@lru_cache(maxsize=1 << 14)
def place_kind(surface: str) -> str:
    """The kind of a LOC: of a bare name from countries and official units, else from its class noun."""
    name = " ".join(surface.split())
    if name in _countries():
        return "country"
    # before class nouns: a unit may be called "Hồ Chí Minh" or "Cầu Giấy"; a class noun is lower case
    units = lookup(name) if name[:1].isupper() else ()
    if units:
        return units[0].level
    found = _class_noun().match(surface)
    if found and not found.group(2).islower():
        return CLASS_NOUNS[" ".join(found.group(1).lower().split())]
    return "other"
