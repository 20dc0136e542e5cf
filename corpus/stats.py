"""What is in a workspace: documents, words, dates, places, sites, genres, families, and what was refused."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from corpus.documents import read_documents
from corpus.events import read_events
from corpus.genre import genre_of
from corpus.places import by_key
from corpus.refused import read_refused
from corpus.store import Workspace

if TYPE_CHECKING:
    from rich.console import RenderableType

UNKNOWN = "unknown"
SHOWN = 12  # rows of a table


class Stats(msgspec.Struct, frozen=True):
    """Counts over the current documents; each table maps a value to a number of documents.

    `rules` counts regions by the rule that made them; `refused` counts refusals by reason, those of
    malformed input included.
    """

    documents: int
    words: int
    characters: int
    published: dict[str, int]
    events: dict[str, int]
    provinces: dict[str, int]
    sites: dict[str, int]
    sources: dict[str, int]
    genres: dict[str, int]
    families: dict[str, int]
    rules: dict[str, int]
    refused: dict[str, int]


def count(workspace: Workspace) -> Stats:
    """The statistics of a workspace, in one pass over its documents."""
    tables: dict[str, Counter[str]] = {
        name: Counter()
        for name in ("published", "events", "provinces", "sites", "sources", "genres", "families", "rules")
    }
    documents = words = characters = 0
    for document in read_documents(workspace):
        documents += 1
        words += len(document.text.split())
        characters += len(document.text)
        tables["published"][_year(document.published)] += 1
        tables["events"][_year(document.event_date)] += 1
        tables["provinces"][_province(document.places)] += 1
        tables["sites"][document.site or UNKNOWN] += 1
        tables["sources"][document.source or UNKNOWN] += 1
        tables["genres"][genre_of(document)] += 1
        tables["families"][document.family or document.id] += 1
        tables["rules"].update(region.rule for region in document.regions)
    refused = Counter(refusal.code for refusal in read_refused(workspace))
    path = workspace.folder("documents") / "rejected.jsonl"
    refused.update(str(item.body["code"]) for item in read_events(path, "rejected"))
    sizes = tables["families"].values()
    tables["families"] = Counter("alone" if size == 1 else f"of {size}" for size in sizes)
    ordered = {name: dict(sorted(table.items(), key=_most)) for name, table in tables.items()}
    return Stats(
        documents=documents,
        words=words,
        characters=characters,
        refused=dict(refused.most_common()),
        **ordered,
    )


def render(stats: Stats) -> RenderableType:
    """The statistics as tables that fit the terminal."""
    from rich.columns import Columns
    from rich.console import Group
    from rich.table import Table

    tables = []
    for name in (
        "provinces",
        "events",
        "published",
        "sites",
        "sources",
        "genres",
        "families",
        "rules",
        "refused",
    ):
        values: dict[str, int] = getattr(stats, name)
        if not values:
            continue
        table = Table(title=name, title_justify="left", show_header=False, box=None, padding=(0, 1))
        table.add_column(overflow="fold", max_width=44)
        table.add_column(justify="right")
        for value, number in list(values.items())[:SHOWN]:
            table.add_row(value, f"{number:,}")
        if len(values) > SHOWN:
            table.add_row(f"… {len(values) - SHOWN:,} more", f"{sum(list(values.values())[SHOWN:]):,}")
        tables.append(table)
    return Group(Columns(tables, padding=(1, 3)))


def _most(item: tuple[str, int]) -> tuple[int, str]:
    return -item[1], item[0]


def _year(date: str | None) -> str:
    if not date:
        return UNKNOWN
    return "year unknown" if date.startswith("XXXX") else date[:4]


def _province(places: tuple[str, ...]) -> str:
    unit = by_key().get(places[0]) if places else None
    return unit.full_name if unit else UNKNOWN
