"""What curators decided about single spans, for ever: `decisions/curation.jsonl`, one decision a line.

A decision asserts an outcome: this span stands (`keep`), does not (`delete`), or stands as another one
(`relabel`, `edge`, `value`).  Decisions are replayed in order over each freshly settled record, so a
rejected span stays rejected however often people's annotations are settled again.  Nothing is taken back
but by a further line, `undo`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from corpus.errors import SpanError, UsageError
from corpus.events import append_events, event, read_events
from corpus.store import Workspace
from labeling.norm import Norm
from labeling.span import Record, RecordSpan, by_position, find_crossing, region_id
from labeling.switches import merge_settings

__all__ = [
    "Decision",
    "Target",
    "Word",
    "apply",
    "by_document",
    "curators",
    "last_words",
    "merge_settings",
    "read",
    "record",
    "standing",
    "undo",
]

Action = Literal["keep", "delete", "relabel", "edge", "value", "undo"]
Key = tuple[int, int, str]


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """The span that stands after a decision."""

    start: int
    end: int
    label: str
    text: str
    norm: Norm | None = None


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision on one span of one revision of a document, by a named curator.

    `to` is what stands afterwards (None for `delete` and `undo`); `undoes` the id that an `undo` takes
    back; `batch` joins the decisions of one command.
    """

    id: str = ""
    by: str
    document: str
    digest: str
    start: int
    end: int
    label: str
    text: str
    action: Action
    to: Target | None = None
    reason: str = ""
    batch: str = ""
    undoes: str = ""

    @property
    def key(self) -> Key:
        """The span that was decided on."""
        return self.start, self.end, self.label


class Word(msgspec.Struct, frozen=True):
    """The last word on a span: whether it stands, with which value, and who said so."""

    stands: bool
    norm: Norm | None
    by: str


def home(workspace: Workspace) -> Path:
    """Where decisions on spans are kept."""
    return workspace.folder("decisions") / "curation.jsonl"


def read(workspace: Workspace) -> list[Decision]:
    """Every decision in the order it was taken, undone ones and undos included."""
    return [msgspec.convert(item.body, Decision) for item in read_events(home(workspace), "decision")]


def record(
    workspace: Workspace, decisions: Iterable[Decision], *, before: Sequence[Decision] | None = None
) -> list[Decision]:
    """Append decisions, numbered d000001 upwards, in one durable write; returns them with their ids.

    What already stands exactly so is not written again: a command that was cut off can be run again.
    `before` is what `read` gives, for those who hold the workspace and have it already.
    """
    before = read(workspace) if before is None else before
    words = last_words(standing(before))
    fresh = [item for item in decisions if item.action == "undo" or not _says(words, item)]
    return append(workspace, fresh, first=len(before) + 1)


def append(workspace: Workspace, decisions: Sequence[Decision], *, first: int) -> list[Decision]:
    """Append decisions as they are, numbered from `first`, in one durable write; returns them."""
    numbered = [
        msgspec.structs.replace(item, id=f"d{number:06d}") for number, item in enumerate(decisions, first)
    ]
    append_events(home(workspace), (event("decision", item) for item in numbered))
    return numbered


def undo(workspace: Workspace, wanted: Sequence[str], by: str) -> list[Decision]:
    """Take decisions (by id or by batch) back with further lines.  Raises UsageError for unknown ids."""
    taken = read(workspace)
    alive = {item.id: item for item in standing(taken)}
    chosen = [item for item in alive.values() if item.id in wanted or (item.batch and item.batch in wanted)]
    known = {*(item.id for item in taken), *(item.batch for item in taken if item.batch)}
    for name in wanted:
        if name not in known:
            raise UsageError(f"no decision or batch {name!r}; `vicivic decide --list` shows them")
    return record(
        workspace,
        [
            msgspec.structs.replace(item, by=by, action="undo", to=None, undoes=item.id, batch="", reason="")
            for item in chosen
        ],
    )


def standing(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions that were not taken back, in order."""
    decisions = list(decisions)
    undone = {item.undoes for item in decisions if item.action == "undo"}
    return [item for item in decisions if item.action != "undo" and item.id not in undone]


def by_document(decisions: Iterable[Decision]) -> dict[tuple[str, str], list[Decision]]:
    """(document id, digest) → its standing decisions, in order."""
    found: dict[tuple[str, str], list[Decision]] = {}
    for item in standing(decisions):
        found.setdefault((item.document, item.digest), []).append(item)
    return found


def last_words(decisions: Iterable[Decision]) -> dict[tuple[str, str, Key], Word]:
    """(document, digest, span) → the last word on it, from standing decisions in order."""
    words: dict[tuple[str, str, Key], Word] = {}
    for item in decisions:
        place = (item.document, item.digest)
        words[(*place, item.key)] = Word(False, None, item.by)
        if item.to is not None:
            target = (item.to.start, item.to.end, item.to.label)
            words[(*place, target)] = Word(True, item.to.norm, item.by)
    return words


def _says(words: dict[tuple[str, str, Key], Word], decision: Decision) -> bool:
    """Whether the words already amount to this decision."""
    place = (decision.document, decision.digest)
    if decision.to is None:
        word = words.get((*place, decision.key))
        return word is not None and not word.stands
    target = (decision.to.start, decision.to.end, decision.to.label)
    stands = words.get((*place, target))
    gone = words.get((*place, decision.key))
    same = stands is not None and stands.stands and stands.norm == decision.to.norm
    return same and (target == decision.key or (gone is not None and not gone.stands))


def apply(
    record: Record,
    decisions: Sequence[Decision],
    pseudonym: Callable[[str], str] = lambda name: name,
) -> Record:
    """The record after the standing decisions of its own document and revision, replayed in order.

    Raises SpanError when a decided span would cross one that stands: the document waits for a curator.
    """
    mine = [item for item in decisions if (item.document, item.digest) == (record.document, record.digest)]
    if not mine:
        return record
    spans: dict[Key, RecordSpan] = {(span.start, span.end, span.label): span for span in record.spans}
    for item in mine:
        source = spans.pop(item.key, None)
        if item.to is not None:
            target = (item.to.start, item.to.end, item.to.label)
            base = source or spans.get(target)
            spans[target] = _decided(record, item, item.to, base, pseudonym(item.by))
    crossing = find_crossing(list(spans.values()))
    if crossing:
        one, other = (f"[{span.start}, {span.end}) {span.label} {span.text!r}" for span in crossing)
        raise SpanError(f"decisions leave {one} and {other} crossing or on the same characters")
    return msgspec.structs.replace(record, spans=tuple(by_position(spans.values())))


def _decided(record: Record, item: Decision, to: Target, base: RecordSpan | None, by: str) -> RecordSpan:
    identity = base.id if base else region_id(record.digest, to.start, to.end, to.label, "decided")
    kept = base is not None and (base.start, base.end, base.label) == (to.start, to.end, to.label)
    norm = to.norm if to.norm is not None or not kept or base is None else base.norm
    return RecordSpan(
        id=identity,
        start=to.start,
        end=to.end,
        label=to.label,
        text=to.text,
        norm=norm,
        sources=base.sources if base else (),
        fate=_fate(base, item.action),
        how="curator",
        by=(by,),
    )


_CHANGES = {"relabel": "relabelled", "edge": "edge moved", "value": "value corrected"}


def _fate(base: RecordSpan | None, action: Action) -> str | None:
    """The fate of the proposal that a decided span goes back to."""
    if base is None:
        return "added"
    change = _CHANGES.get(action)
    if change is None or base.fate in (None, "added"):
        return base.fate
    if base.fate in ("accepted", "value corrected", change):
        return change
    return base.fate if change == "value corrected" else "both"


def curators(decisions: Iterable[Decision]) -> dict[str, str]:
    """Curator's name → pseudonym `curator-NN`, in order of appearance."""
    names = dict.fromkeys(item.by for item in decisions)
    return {name: f"curator-{number:02d}" for number, name in enumerate(names, 1)}


def iter_batches(decisions: Iterable[Decision]) -> Iterator[tuple[str, list[Decision]]]:
    """(batch, its decisions) in order; decisions without a batch stand alone under their id."""
    found: dict[str, list[Decision]] = {}
    for item in decisions:
        found.setdefault(item.batch or item.id, []).append(item)
    yield from found.items()
