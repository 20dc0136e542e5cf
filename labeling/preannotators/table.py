"""The visible table of sources.  A new source is one module, one cases file and one line here."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import import_module
from typing import NamedTuple, cast

from corpus.errors import UsageError
from labeling.preannotators.base import PreAnnotator

NAMES = ("PER", "ORG", "LOC", "TITLE", "EVENT", "LAW", "PROGRAM")
NUMBERS = ("PERCENT", "MONEY", "QUANTITY", "CARDINAL", "ORDINAL", "RATIO", "DATE", "TIME", "DURATION")


class Entry(NamedTuple):
    """One source: its name, where its class lives ("module:Class"), the labels it speaks for."""

    name: str
    path: str
    labels: tuple[str, ...]


PREANNOTATORS = (
    Entry("civic", "labeling.preannotators.civic:Civic", NAMES),
    Entry("quantities", "labeling.preannotators.quantities:Quantities", NUMBERS),
    Entry("gazetteer", "labeling.preannotators.gazetteer:Gazetteer", ("LOC",)),
    Entry("underthesea", "labeling.preannotators.underthesea:Underthesea", ("PER", "LOC", "ORG")),
)


def load(names: Iterable[str] = ()) -> list[PreAnnotator]:
    """The named sources in the order of the table; no name: all of them.  Loaded once per process.

    Raises UsageError for a name that is not in the table.
    """
    wanted = frozenset(names)
    known = [entry.name for entry in PREANNOTATORS]
    for name in sorted(wanted - set(known)):
        raise UsageError(f"no source {name!r}; the sources are {', '.join(known)}")
    return [_load(entry.path) for entry in PREANNOTATORS if not wanted or entry.name in wanted]


@cache
def _load(path: str) -> PreAnnotator:
    module, _, name = path.partition(":")
    return cast(PreAnnotator, getattr(import_module(module), name)())
