"""The word lists of the recogniser, as TOML tables with their sources, read once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib import resources
from typing import Any, NamedTuple


class Unit(NamedTuple):
    """What a unit name stands for.  `kind` is "money", "time", "percent", "age" or a physical dimension."""

    code: str
    kind: str
    name: str
    iso: str = ""
    regional: bool = False
    exact: bool = False
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@cache
def table(name: str) -> dict[str, Any]:
    """One TOML file of this folder as a dict."""
    return tomllib.loads(resources.files(__name__).joinpath(f"{name}.toml").read_text(encoding="utf-8"))


@cache
def units() -> dict[str, tuple[Unit, ...]]:
    """Lower-case name → the units it may stand for, in the order of the tables."""
    found: dict[str, list[Unit]] = {}
    for unit in _all_units():
        found.setdefault(unit.name.lower(), []).append(unit)
    return {name: tuple(sorted(rows, key=lambda row: not row.exact)) for name, rows in found.items()}


def _all_units() -> Iterable[Unit]:
    for row in table("units")["unit"]:
        exact = row.get("exact", ())
        for name in row["names"]:
            context = tuple(row.get("before", ())), tuple(row.get("after", ()))
            alone = name if " " not in name else ""
            before, after = context if alone else ((), ())
            yield Unit(
                row["code"], row["kind"], name, "", row.get("regional", False), name in exact, before, after,
                _never(name),
            )  # fmt: skip
    for row in table("durations")["unit"]:
        for name in row["names"]:
            yield Unit(row["code"], "time", name, row["iso"], never=_never(name))
    for row in table("currencies")["currency"]:
        for name in row["names"]:
            yield Unit(row["code"], "money", name, never=_never(name))
    for name in ("%", "phần trăm"):
        yield Unit("%", "percent", name)
    yield Unit("a", "age", "tuổi", "Y")
    yield Unit("a", "age", "năm tuổi", "Y", never=_never("năm tuổi"))
    yield Unit("mo", "age", "tháng tuổi", "M")
    yield Unit("d", "age", "ngày tuổi", "D")
    yield Unit("wk", "age", "tuần tuổi", "W")


def _never(name: str) -> tuple[str, ...]:
    """Words that, right after a unit name, make it the beginning of another word ("đồng chí")."""
    return tuple(table("compounds")["after"].get(name, ()))


def alternation(words: Iterable[str]) -> str:
    """A regular expression for any of `words`, longest first, sharing prefixes; no word may go on after
    it.
    """
    unique = sorted({word for word in words if word}, key=lambda word: (-len(word), word))
    return "|".join(
        re.escape(word).replace("\\ ", " +") + (r"(?!\w)" if word[-1].isalnum() else "") for word in unique
    )


@cache
def by_first_letter(words: tuple[str, ...]) -> dict[str, re.Pattern[str]]:
    """First letter → one pattern for all names that begin with it: a cheap first step of a trie."""
    groups: dict[str, list[str]] = {}
    for word in words:
        groups.setdefault(word[0], []).append(word)
    return {first: re.compile(alternation(group)) for first, group in groups.items()}


@cache
def per_units() -> dict[str, str]:
    """Words after "/" → UCUM code or annotation."""
    return {word: code for code, words in table("per")["per"].items() for word in words}
