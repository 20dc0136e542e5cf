"""Documents that must not be here: ids, URLs and sites somebody asked to take down, kept as events.

`decisions/takedowns.jsonl` is append-only.  What it names is refused at ingest and no longer read from
the workspace, whatever is said about it elsewhere.
"""

from __future__ import annotations

from typing import NamedTuple

from corpus.document import Document
from corpus.events import append_events, event, read_events
from corpus.sources import plain_url
from corpus.store import Workspace


class Takedowns(NamedTuple):
    """The names that are taken down: document ids, URLs in plain spelling, or sites."""

    names: frozenset[str]

    def covers(self, document: Document) -> bool:
        """Whether the document must not be here."""
        if not self.names:
            return False
        return not self.names.isdisjoint(
            {document.id, document.url or document.id, document.site or document.id}
        )


def read_takedowns(workspace: Workspace) -> Takedowns:
    """The takedowns of a workspace, as they stand."""
    path = workspace.folder("decisions") / "takedowns.jsonl"
    return Takedowns(frozenset(str(item.body["name"]) for item in read_events(path, "takedown")))


def take_down(workspace: Workspace, names: list[str], because: str | None = None) -> int:
    """Add names to the list, for good; returns how many were not on it yet."""
    known = read_takedowns(workspace).names
    wanted = {plain_url(name) if "://" in name else name for name in names}
    fresh = sorted(wanted - known)
    path = workspace.folder("decisions") / "takedowns.jsonl"
    return append_events(path, (event("takedown", {"name": name, "because": because}) for name in fresh))
