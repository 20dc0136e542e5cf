"""What was agreed for a round: where its projects are, under which scheme and guideline.

`rounds/<name>.json` is the plan; whoever pushes writes it, everybody else reads it.
"""

from __future__ import annotations

import msgspec

from corpus.errors import DataError, UsageError
from corpus.store import Workspace, atomic_file

DEFAULT = "default"


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """A round and its projects on one server.

    `server` is the slug of `Studio`; `mark` stands in the descriptions of the projects, so that one made
    just before a crash is found again.
    """

    name: str
    server: str
    address: str
    mark: str
    projects: tuple[int, ...] = ()
    scheme: str
    guideline: str


def read_round(workspace: Workspace, name: str) -> Round | None:
    """The plan of a round, or None when nothing was pushed under this name."""
    path = workspace.folder("rounds") / f"{name}.json"
    if not path.exists():
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Round)
    except msgspec.DecodeError as error:
        raise DataError(f"{path}: not the plan of a round ({error}); restore it from a backup") from None


def read_rounds(workspace: Workspace) -> list[Round]:
    """Every round of the workspace, by name.  Raises UsageError when there is none."""
    names = sorted(path.stem for path in workspace.folder("rounds").glob("*.json"))
    found = [plan for name in names if (plan := read_round(workspace, name))]
    if not found:
        raise UsageError(f"{workspace.root}: nothing was pushed yet; run `vicivic push` first")
    return found


def write_round(workspace: Workspace, plan: Round) -> None:
    """Write the plan down, whole or not at all."""
    with atomic_file(workspace.folder("rounds") / f"{plan.name}.json") as temporary:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(plan)) + b"\n")
