"""What we hold of a project's annotations, and which of its tasks were read in which state."""

from __future__ import annotations

from pathlib import Path

import msgspec

from corpus.events import read_events
from corpus.store import atomic_file
from labeling.span import Annotation


class Held(msgspec.Struct, kw_only=True):
    """What we hold of one project: annotation id → the states taken; ids reported as deleted."""

    states: dict[int, set[str]] = {}
    deleted: set[int] = set()


def deletions(path: Path, vanished: list[int]) -> list[Annotation]:
    """The last state of each vanished annotation as a report of its deletion."""
    last: dict[int, Annotation] = {}
    if vanished:
        for item in read_events(path, "annotation"):
            number = item.body["key"][2]
            if number in vanished:
                last[number] = msgspec.convert(item.body, Annotation)
    return [
        msgspec.structs.replace(said, key=(*said.key[:3], "deleted"), status="deleted", spans=(), shown=())
        for said in last.values()
    ]


def read_held(path: Path) -> Held:
    """What a project's file of annotations holds."""
    held = Held()
    for item in read_events(path, "annotation"):
        _, _, number, state = item.body["key"]
        if state == "deleted":
            held.deleted.add(number)
        else:
            held.states.setdefault(number, set()).add(state)
            held.deleted.discard(number)
    return held


def read_seen(path: Path) -> dict[int, str]:
    """Task → the `updated_at` in which it was last read; nothing when the file is gone."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[int, str])
    except (FileNotFoundError, msgspec.DecodeError):
        return {}


def write_seen(path: Path, seen: dict[int, str]) -> None:
    """Remember in which state tasks were read."""
    with atomic_file(path) as temporary:
        temporary.write_bytes(msgspec.json.encode(seen))
