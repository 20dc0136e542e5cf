"""The source `gazetteer`: administrative units by name, and what a user's own list adds.

Names are found by one automaton over a folded copy of the text (lower case, one tone-mark style, signs
blanked; same length), the longest from the left, with word edges.  A name then needs a reason (its rule):

- `unit`      its class noun stands before it ("huyện Bắc Hà", "TP. Lào Cai") and the table has that unit;
- `listed`    the user's list has it;
- `named`     a bare name that stands with its class noun elsewhere in the document;
- `province`  a bare name of a province, of two or more syllables;
- `own`       a bare name of a unit in a province that the document belongs to (`Document.places`).

A bare name must be capitalised and may not touch further capitalised words: wards are called after persons
("Nguyễn Trãi"), and "Hà Giang" may be a given name.  Units are those of `corpus.places`, before and after
the reform of 1 July 2025.

A user's list is a UTF-8 file with one place a line (what follows a tab is ignored, as are lines that begin
with #), named by the environment variable VICIVIC_GAZETTEER.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from corpus.document import Document
from corpus.errors import UsageError
from corpus.places import KINDS, SHORT_KINDS, Unit, province_of, units
from corpus.spelling import fold, key
from labeling.derive import is_class_noun
from labeling.preannotators.base import proposal, version_of
from labeling.span import Proposal

NAME = "gazetteer"
VARIABLE = "VICIVIC_GAZETTEER"
SCORES = {"unit": 0.95, "listed": 0.9, "named": 0.85, "province": 0.8, "own": 0.7}

# Units called after a person who is named far more often than the unit: never taken bare.
PERSONS = frozenset({"hồ chí minh"})

_signs = re.compile(r"[^\w'’\n-]")
_dashes = str.maketrans("–—’\u00a0", "--' ")
_kind = "|".join(sorted((*KINDS, *SHORT_KINDS), key=len, reverse=True))
_kind_before = re.compile(rf"(?<!\w)({_kind})[. ] ?$|(?<!\w)([a-zđ]+)\.$")
_longest_kind = max(map(len, KINDS)) + 3
_word_before = re.compile(r"(\w[\w'’]*)(?: [-–])?[ \u00a0]$")
_word_after = re.compile(r"[ \u00a0](?:[-–] )?(\w[\w'’]*)")


class Hit(NamedTuple):
    """One occurrence of a name: its extent [start, end), its key, and where its class noun begins (or -1)."""

    start: int
    end: int
    name: str
    kind: str
    whole: int


class Gazetteer:
    """Units of the table and the user's list.  Raises UsageError when the list can't be read."""

    name = NAME
    labels = frozenset({"LOC"})

    def __init__(self, listed: Path | None = None) -> None:
        given = os.environ.get(VARIABLE)
        path = listed or (Path(given) if given else None)
        self._listed = _read_list(path) if path else frozenset()

    @cached_property
    def version(self) -> str:
        """Over this code, the table of units and the user's list."""
        code = (
            "labeling.preannotators:gazetteer.py",
            "labeling:derive.py",
            "corpus:places.py",
            "corpus:spelling.py",
        )
        data = ("labeling:place_kinds.toml", "corpus.tables:places.tsv")
        return version_of(*code, *data, extra=sorted(self._listed))

    def propose(self, documents: Sequence[Document]) -> list[list[Proposal]]:
        """Places of each document in the order of the text; spans never overlap."""
        return [list(self._read(document)) for document in documents]

    def _read(self, document: Document) -> Iterator[Proposal]:
        text = document.text
        hits = list(self._hits(text))
        named = frozenset(hit.name for hit in hits if hit.whole >= 0)
        own = frozenset(place.split(":")[-1] for place in document.places)
        for hit in hits:
            rule = self._rule(text, hit, named, own)
            if rule:
                start = hit.whole if rule == "unit" else hit.start
                yield proposal(
                    text,
                    start,
                    hit.end,
                    "LOC",
                    source=NAME,
                    version=self.version,
                    rule=rule,
                    score=SCORES[rule],
                )

    def _hits(self, text: str) -> Iterator[Hit]:
        folded = " " + _signs.sub(" ", fold(text).translate(_dashes))
        automaton, names = self._automaton
        table = _units_by_name()
        for index, begin, end in automaton.find_matches_as_indexes(folded):
            if end < len(folded) and (folded[end].isalnum() or folded[end] == "'"):
                continue
            name = key(names[index])
            window = fold(text[max(0, begin - _longest_kind) : begin]).translate(_dashes)
            found = _kind_before.search(window)
            kind = (found.group(1) or found.group(2)) if found else ""
            kind = SHORT_KINDS.get(kind, kind)
            whole = begin - len(window) + found.start() if found else -1
            if not any(unit.kind == kind for unit in table.get(name, ())):
                kind, whole = "", -1
            yield Hit(begin, end - 1, name, kind, whole)

    def _rule(self, text: str, hit: Hit, named: frozenset[str], own: frozenset[str]) -> str:
        """Why the name at `hit` is a place; "" when nothing says so."""
        first = text[hit.start]
        if not (first.isupper() or (first.isdigit() and hit.whole >= 0)):
            return ""
        if hit.whole >= 0:
            return "" if _goes_on(text, hit) else "unit"
        if _touches_capitals(text, hit) or _has_other_class(text, hit):
            return ""
        if hit.name in self._listed:
            return "listed"
        found = _units_by_name().get(hit.name, ())
        if hit.name in named:
            return "named"
        if hit.name in PERSONS:
            return ""
        if " " in hit.name and any(unit.level == "province" for unit in found):
            return "province"
        if " " in hit.name and own and any(province_of(unit).code in own for unit in found):
            return "own"
        return ""

    @cached_property
    def _automaton(self) -> tuple[Any, list[str]]:
        from ahocorasick_rs import AhoCorasick, MatchKind

        names: set[str] = set()
        for name in (*_units_by_name(), *self._listed):
            plain = name.translate(_dashes)
            names |= {edge + form for edge in " \n" for form in (plain, plain.replace("-", " - "))}
        ordered = sorted(names)
        return AhoCorasick(ordered, matchkind=MatchKind.LeftmostLongest), [name[1:] for name in ordered]


@cache
def _units_by_name() -> dict[str, tuple[Unit, ...]]:
    found: dict[str, list[Unit]] = {}
    for unit in units():
        found.setdefault(key(unit.name).replace("’", "'"), []).append(unit)
    return {name: tuple(items) for name, items in found.items()}


def _goes_on(text: str, hit: Hit) -> bool:
    """Whether the name is written longer than the table has it ("xã Quảng Tân An")."""
    after = _word_after.match(text, hit.end)
    return (
        bool(after and after[1][0].isupper() and not after[1].isupper()) or text[hit.end : hit.end + 1] == "-"
    )


def _touches_capitals(text: str, hit: Hit) -> bool:
    """Whether a capitalised word or a number stands next to the name, with one space between."""
    before = _word_before.search(text, max(0, hit.start - 20), hit.start)
    after = _word_after.match(text, hit.end)
    sides = [found[1] for found in (before, after) if found]
    inside = text[hit.end : hit.end + 1] in ("-", "/") or text[hit.start - 1 : hit.start] in ("-", "/")
    return inside or any(side[0].isupper() or side[0].isdigit() for side in sides)


def _has_other_class(text: str, hit: Hit) -> bool:
    """Whether another class noun stands before the name ("cầu Na Mèo"): then the place is another one."""
    words = text[max(0, hit.start - 20) : hit.start].split()
    return any(is_class_noun(" ".join(words[-count:])) for count in (1, 2, 3))


def _read_list(path: Path) -> frozenset[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{VARIABLE}={path}: can't be read ({error}); give a UTF-8 file, one place a line"
        ) from None
    names = (key(line.partition("\t")[0]) for line in lines if not line.startswith("#"))
    return frozenset(name for name in names if name)
