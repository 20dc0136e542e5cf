"""Administrative units of Vietnam, old and new, with codes and the time they were valid.

The table `corpus/tables/places.tsv` (source and licence in its first lines) has the 63 provinces, 696
districts and their communes as they stood until 30 June 2025, and the 34 provinces and their communes
from 1 July 2025, when the district level ended.  Units merged before 2025 are not in it.  The same
numeric code can mean two units, one before and one after: `Unit.key` tells them apart.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from corpus.spelling import fold, key

REFORM = "2025-07-01"
LEVELS = ("province", "district", "commune")
# Class nouns of units, as written before a name; "tp", "tx", "tt" stand for the three two-word ones.
KINDS = ("tỉnh", "thành phố", "huyện", "quận", "thị xã", "xã", "phường", "thị trấn", "đặc khu")
SHORT_KINDS = {"tp": "thành phố", "tx": "thị xã", "tt": "thị trấn", "p": "phường", "q": "quận", "h": "huyện"}


class Unit(msgspec.Struct, frozen=True):
    """One unit for as long as it had this code and rank.

    `code` is the official one (province 2 digits, district 3, commune 5); `valid_to` is the first day on
    which the unit no longer existed; `successors` are codes of units valid from 2025-07-01 that took
    over all or a part of it.
    """

    name: str
    kind: str
    level: str
    code: str
    parent_code: str | None
    valid_from: str | None
    valid_to: str | None
    successors: tuple[str, ...]

    @property
    def full_name(self) -> str:
        """Class noun and name: `huyện Bắc Hà`."""
        return f"{self.kind} {self.name}"

    @property
    def key(self) -> str:
        """The code with the list it belongs to: `vn63:085` (until 2025-06-30), `vn34:02839` (since)."""
        return f"{'vn34' if self.valid_from else 'vn63'}:{self.code}"


class Mention(NamedTuple):
    """A unit named in a text with its class noun; `units` are all units it may mean."""

    start: int
    end: int
    kind: str
    units: tuple[Unit, ...]


# Names that were official, or are usual, beside those of the table: (kind, name) → key of the unit.
ALIASES = {
    ("tỉnh", "Thừa Thiên Huế"): "vn63:46",
    ("tỉnh", "Thừa Thiên - Huế"): "vn63:46",
    ("tỉnh", "Bà Rịa Vũng Tàu"): "vn63:77",
    ("tỉnh", "Đắc Lắc"): "vn63:66",
    ("tỉnh", "Đăk Lăk"): "vn63:66",
    ("tỉnh", "Đắk Lăk"): "vn63:66",
    ("tỉnh", "Đăk Nông"): "vn63:67",
    ("tỉnh", "Đắc Nông"): "vn63:67",
    ("tỉnh", "Bắc Cạn"): "vn63:06",
    ("tỉnh", "Kontum"): "vn63:62",
    ("thành phố", "HCM"): "vn63:79",
}


@cache
def units() -> tuple[Unit, ...]:
    """Every unit, provinces before districts before communes, old before new."""
    table = files("corpus.tables").joinpath("places.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")][1:]
    return tuple(
        Unit(name, kind, level, code, parent or None, start or None, end or None, tuple(new.split()))
        for level, code, kind, name, parent, start, end, new in rows
    )


@cache
def by_key() -> dict[str, Unit]:
    """`Unit.key` (made unique by level through the code's length) → unit."""
    return {unit.key: unit for unit in units()}


@cache
def _by_name() -> dict[tuple[str, str], tuple[Unit, ...]]:
    found: dict[tuple[str, str], list[Unit]] = defaultdict(list)
    for unit in units():
        found[unit.kind, key(unit.name)].append(unit)
    for (kind, name), target in ALIASES.items():
        found[kind, key(name)].append(by_key()[target])
    return {name: tuple(items) for name, items in found.items()}


@cache
def _by_bare_name() -> dict[str, tuple[Unit, ...]]:
    found: dict[str, list[Unit]] = defaultdict(list)
    for unit in units():
        found[key(unit.name)].append(unit)
    return {name: tuple(items) for name, items in found.items()}


def lookup(name: str, kind: str | None = None) -> tuple[Unit, ...]:
    """The units of that name (any spelling of case and tone marks), of one class noun or of any."""
    if kind is None:
        return _by_bare_name().get(key(name), ())
    return _by_name().get((key(kind), key(name)), ())


def ancestors(unit: Unit) -> Iterator[Unit]:
    """The units above `unit`, nearest first, of the same list."""
    scheme = unit.key.split(":")[0]
    while unit.parent_code:
        unit = by_key()[f"{scheme}:{unit.parent_code}"]
        yield unit


def province_of(unit: Unit) -> Unit:
    """The province that `unit` lies in, or is."""
    return [unit, *ancestors(unit)][-1]


_kind = "|".join(kind.replace(" ", r"\s+") for kind in sorted(KINDS, key=len, reverse=True))
_kind += r"|(?:tp|tx|tt|[pqh])\.?"
_syllable = r"[^\W\d_][\w’']*"
_mention = re.compile(
    rf"(?<![^\W_])(?P<kind>(?i:{_kind}))\s*(?P<name>(?:{_syllable}|\d+)(?:\s*[-–]\s*{_syllable}|\s+{_syllable}){{0,4}})"
)
_part = re.compile(r"[^\s\-–]+")


@cache
def _first_syllables() -> frozenset[str]:
    return frozenset(re.split(r"[\s-]", name, maxsplit=1)[0] for _, name in _by_name())


def mentions(text: str) -> Iterator[Mention]:
    """Units named in `text` with their class noun, in order; the longest name in the table wins.

    "huyện Bắc Hà", "TP. Lào Cai", "thị xã Sa Pa"; a bare name without class noun is not taken.
    """
    position = 0
    while found := _mention.search(text, position):
        position = found.end("kind")
        name = found.group("name")
        if name[0].isupper() or name[0].isdigit():
            kind = fold(found.group("kind")).rstrip(".")
            kind = SHORT_KINDS.get(kind) or " ".join(kind.split())
            length, units_found = _longest(kind, name)
            if units_found:
                position = found.start("name") + length
                yield Mention(found.start(), position, kind, units_found)


def _longest(kind: str, name: str) -> tuple[int, tuple[Unit, ...]]:
    """(length, units) of the longest beginning of `name` that is a unit of that kind; (0, ()) if none."""
    parts = list(_part.finditer(name))
    if fold(parts[0].group()) not in _first_syllables():
        return 0, ()
    table = _by_name()
    for count in range(len(parts), 0, -1):
        end = parts[count - 1].end()
        units_found = table.get((kind, key(name[:end])))
        if units_found:
            return end, units_found
    return 0, ()


def same_name(left: str, right: str) -> bool:
    """Whether two names differ in case and the place of tone marks only."""
    return len(left) == len(right) and fold(left) == fold(right)
