"""Who annotated: e-mail → pseudonym, in order of appearance, for ever.

`people.jsonl` of the workspace is append-only, readable by its owner alone and never released; records
and releases know only `annotator-01`, `annotator-02`, ….
"""

from __future__ import annotations

from collections.abc import Iterable

from corpus.events import append_events, event, read_events
from corpus.store import Workspace

FILE = "people.jsonl"


def pseudonyms(workspace: Workspace) -> dict[str, str]:
    """E-mail → pseudonym of everybody who was seen so far."""
    return {
        item.body["email"]: item.body["pseudonym"] for item in read_events(workspace.folder(FILE), "person")
    }


def add_people(workspace: Workspace, emails: Iterable[str]) -> dict[str, str]:
    """Give a pseudonym to everybody who has none yet, in the order given; returns all."""
    known = pseudonyms(workspace)
    fresh = []
    for email in emails:
        if email not in known:
            known[email] = f"annotator-{len(known) + 1:02d}"
            fresh.append(event("person", {"email": email, "pseudonym": known[email]}))
    if fresh:
        path = workspace.folder(FILE)
        path.touch(mode=0o600)
        append_events(path, fresh)
    return known
