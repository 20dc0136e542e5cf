"""What was agreed for a round: where its projects are, under which scheme and guideline.

`rounds/<name>.json` is the plan, `rounds/<name>.jsonl` who got which document; the latter only grows.
Whoever pushes writes them, everybody else reads them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

import msgspec

from corpus.errors import DataError, UsageError
from corpus.events import append_events, event, read_events
from corpus.store import Workspace, atomic_file
from labeling.studio.assign import Assignment, Shares, assign

DEFAULT = "default"


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """The guideline that the page showed until a moment (UTC, ISO 8601)."""

    until: str
    guideline: str


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """A round and its projects on one server.

    `server` is the slug of `Studio`; `mark` stands in the descriptions of the projects, so that one made
    just before a crash is found again.  With `shares` there is one project for each annotator, in order.
    """

    name: str
    server: str
    address: str
    mark: str
    projects: tuple[int, ...] = ()
    shares: Shares | None = None
    earlier: tuple[Earlier, ...] = ()

    def guideline_at(self, moment: str) -> str:
        """The version of the guideline that the page showed at a moment (UTC, ISO 8601)."""
        return next((item.guideline for item in self.earlier if moment < item.until), self.guideline)

    scheme: str
    guideline: str


def read_round(workspace: Workspace, name: str) -> Round | None:
    """The plan of a round, or None when nothing was pushed under this name."""
    if not re.fullmatch(r"[\w.-]+", name):
        raise UsageError(f"--round {name!r}: use letters, digits, dots and dashes")
    path = workspace.folder("rounds") / f"{name}.json"
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Round)
    except msgspec.DecodeError as error:
        raise DataError(f"{path}: not the plan of a round ({error}); restore it from a backup") from None


def plans(workspace: Workspace) -> list[Round]:
    """Every round of the workspace, by name."""
    names = sorted(path.stem for path in workspace.folder("rounds").glob("*.json"))
    return [plan for name in names if (plan := read_round(workspace, name))]


def read_rounds(workspace: Workspace) -> list[Round]:
    """Every round of the workspace, by name.  Raises UsageError when there is none."""
    found = plans(workspace)
    if not found:
        raise UsageError(f"{workspace.root}: nothing was pushed yet; run `vicivic push` first")
    return found


def write_round(workspace: Workspace, plan: Round) -> None:
    """Write the plan down, whole or not at all."""
    with atomic_file(workspace.folder("rounds") / f"{plan.name}.json") as temporary:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(plan)) + b"\n")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which documents a round is to hold: `ids`, or the first `number` that are in no other round.

    Without both: all that are in no other round.
    """

    ids: frozenset[str] = frozenset()
    number: int | None = None


def assignments(workspace: Workspace, name: str) -> list[Assignment]:
    """Who got which document of a round, in the order it was decided."""
    path = workspace.folder("rounds") / f"{name}.jsonl"
    return [msgspec.convert(item.body, Assignment) for item in read_events(path, "assignment")]


def share_out(
    workspace: Workspace, plan: Round, wanted: Wanted, documents: Iterable[tuple[str, str]]
) -> list[Assignment]:
    """Decide about the documents (id, digest) that the round is to hold and does not yet, for good.

    Raises UsageError for an id that is not among `documents`.
    """
    assert plan.shares is not None
    already = assignments(workspace, plan.name)
    others = {
        item.document
        for other in plans(workspace)
        if other.name != plan.name
        for item in assignments(workspace, other.name)
    }
    mine = {item.document for item in already}
    if wanted.ids:
        chosen = [item for item in documents if item[0] in wanted.ids]
        if missing := wanted.ids - {item[0] for item in chosen}:
            raise UsageError(f"--documents: no pre-labelled document {min(missing)!r} in {workspace.root}")
    else:
        free = (item for item in documents if item[0] in mine or item[0] not in others)
        chosen = list(islice(free, wanted.number))
    fresh = assign(chosen, plan.shares, already)
    append_events(
        workspace.folder("rounds") / f"{plan.name}.jsonl", [event("assignment", item) for item in fresh]
    )
    return fresh
