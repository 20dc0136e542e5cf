"""Where a story takes place: province, district and commune with official codes, or nothing.

Every unit named with its class noun is weighed by where it stands; units that have one name but lie in
several provinces are told apart by the other units of the text, never by chance.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache

from corpus.document import Fact, Region
from corpus.places import REFORM, Unit, ancestors, by_key, mentions, province_of, units
from corpus.spelling import fold, key

WEIGHTS = {"title": 4.0, "header": 2.0, "caption": 0.5, "byline": 0.5, "boilerplate": 0.2, "body": 1.0}
AT = 2.0  # extra for a unit that something happens "at"
SITE = 6.0  # extra for the unit whose own site published the page
FROM = 0.25  # share that counts for a unit that visitors come from ("đoàn công tác của huyện …")
ENOUGH = 2.0  # what a level must weigh to be told at all
OPENING = 2.0  # extra in the first paragraph of the body
CLEAR = 1.25  # how much stronger than the next the best unit must be

_at = re.compile(r"(?:tại|ở|trên địa bàn|đến thăm|về thăm|làm việc với|thuộc)(?:\s+(?:[^\W\d_]+\s+){0,2})?$")
_from = re.compile(
    r"(?:đoàn(?: công tác| đại biểu| cán bộ| tham quan| th[ăa]m quan)?|đến từ|đại diện)"
    r"(?:[\s,]+(?:của|ubnd|hđnd|huyện ủy|đảng bộ|mttq|lãnh đạo|cán bộ))*\s*(?:[^\W\d_]+\s+[^,.;]{0,30},\s*)?$"
)


def find_places(
    text: str, regions: Sequence[Region], *, date: str | None = None, site: str | None = None
) -> tuple[Fact, ...]:
    """Facts `province`, `district`, `commune` (values: unit keys), as far as the text settles them.

    `date` (EDTF day) says which list of units was in force; without it the units themselves tell.
    """
    weights = _weigh(text, regions)
    if site:
        for unit in _units_of_site(site):
            weights[unit.key] += SITE
    kept = {name: weight for name, weight in weights.items() if _in_force(by_key()[name], date)}
    return tuple(_facts(_without_twins(kept)))


def _weigh(text: str, regions: Sequence[Region]) -> dict[str, float]:
    weights: dict[str, float] = defaultdict(float)
    opening = next((region.start for region in regions if region.kind == "body"), -1)
    named: list[tuple[tuple[Unit, ...], float]] = []
    for region in regions:
        piece = text[region.start : region.end]
        for mention in mentions(piece):
            weight = WEIGHTS[region.kind] + OPENING * (region.start == opening)
            before = piece[max(0, mention.start - 60) : mention.start].lower()
            weight = weight * FROM if _from.search(before) else weight + AT * bool(_at.search(before))
            named.append((mention.units, weight))
    sure = {province_of(found).key for found, _ in _unambiguous(named)}
    for candidates, weight in named:
        matching = [unit for unit in candidates if province_of(unit).key in sure] or list(candidates)
        for unit in matching if len({unit.name for unit in matching}) == 1 else ():
            weights[unit.key] += weight / len({province_of(unit).name for unit in matching})
    _bare_names(text, regions, weights)
    return weights


def _unambiguous(named: list[tuple[tuple[Unit, ...], float]]) -> Iterator[tuple[Unit, float]]:
    for candidates, weight in named:
        if len({province_of(unit).name for unit in candidates}) == 1:
            for unit in candidates:
                yield unit, weight


def _bare_names(text: str, regions: Sequence[Region], weights: dict[str, float]) -> None:
    """A unit named elsewhere with its class noun counts in titles without one too ("tại Đầm Hà")."""
    for region in regions:
        if region.kind != "title":
            continue
        line = fold(text[region.start : region.end])
        for name in list(weights):
            bare = fold(by_key()[name].name)
            found = re.search(rf"(?<!\w){re.escape(bare)}(?!\w)", line)
            if found:
                weights[name] += WEIGHTS["title"] / 2 + AT * bool(_at.search(line[: found.start()]))


def _in_force(unit: Unit, date: str | None) -> bool:
    if not date or len(date) < 10 or not date[:4].isdigit():
        return True
    return bool(unit.valid_from) == (date >= REFORM)


def _without_twins(weights: dict[str, float]) -> dict[str, float]:
    """A unit that the reform left as it was, code and name, stands in both lists: the older entry counts."""
    twins = {
        name
        for name in weights
        if (old := by_key().get(f"vn63:{by_key()[name].code}"))
        and old.key != name
        and old.key in weights
        and old.full_name == by_key()[name].full_name
    }
    return {name: weight for name, weight in weights.items() if name not in twins}


def _facts(weights: dict[str, float]) -> Iterator[Fact]:
    """The chain of the strongest unit; a level on which two units are about equal is left out."""
    old = any(by_key()[name].level == "district" for name in weights)
    pool = {by_key()[name]: w for name, w in weights.items() if not old or not by_key()[name].valid_from}
    levels = ("district", "commune", "province") if old else ("commune", "province")
    above: Unit | None = None
    for level in levels:
        if level == "province" and above is not None:
            return
        inside = {u: w for u, w in pool.items() if u.level == level and (not above or _inside(u, above))}
        best = _strongest(inside)
        if best is None:
            if inside and above is None and max(inside.values()) >= ENOUGH:
                yield from _shared_province(inside)
                return  # two places about equal: which one the story is about can't be told
            continue
        unit, confidence = best
        yield Fact(level, unit.key, level, f"place.{level}@1", confidence)
        if above is None and level != "province":
            yield Fact("province", province_of(unit).key, "province", f"place.of-{level}@1", confidence)
        above = unit
        if level != "district":
            return


def _shared_province(rivals: dict[Unit, float]) -> Iterator[Fact]:
    """The province when every strong unit of the level lies in it."""
    strong = max(rivals.values()) / CLEAR
    provinces = {province_of(unit) for unit, weight in rivals.items() if weight >= strong}
    if len(provinces) == 1:
        yield Fact("province", provinces.pop().key, "province", "place.shared@1", 0.5)


def _strongest(weights: dict[Unit, float]) -> tuple[Unit, float] | None:
    ranked = sorted(((weight, unit.key, unit) for unit, weight in weights.items()), reverse=True)
    if not ranked or ranked[0][0] < ENOUGH or (len(ranked) > 1 and ranked[0][0] < CLEAR * ranked[1][0]):
        return None
    return ranked[0][2], round(min(0.95, ranked[0][0] / (sum(weights.values()) + 1)), 2)


def _inside(unit: Unit, above: Unit) -> bool:
    """Whether `unit` is `above`, lies in it, or holds it."""
    return above == unit or above in ancestors(unit) or unit in ancestors(above)


@cache
def _ascii_names() -> dict[str, tuple[Unit, ...]]:
    found: dict[str, list[Unit]] = defaultdict(list)
    for unit in units():
        plain = unicodedata.normalize("NFD", key(unit.name).replace("đ", "d"))
        name = "".join(c for c in plain if c.isascii() and c.isalnum())
        found[name].append(unit)
    return {name: tuple(items) for name, items in found.items()}


def _units_of_site(site: str) -> list[Unit]:
    """The units that a government site's host names: `bacson.langson.gov.vn`; [] for other sites."""
    labels = site.lower().removesuffix(".gov.vn").split(".")
    if not site.lower().endswith(".gov.vn") or not 1 <= len(labels) <= 3:
        return []
    table = _ascii_names()
    provinces = [unit for unit in table.get(labels[-1], ()) if unit.level == "province"]
    if len(labels) == 1:
        return provinces
    return [
        unit
        for unit in table.get(labels[-2], ())
        if unit.level != "province" and province_of(unit) in provinces
    ] or provinces
