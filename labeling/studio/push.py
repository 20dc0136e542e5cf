"""Documents and their merged proposals → tasks with predictions, exactly once.

Two steps, because Label Studio on SQLite loses predictions that come inside a task while somebody
annotates: first the tasks, then their predictions.  The server is asked before and after each step; what
it does not hold is sent again.  Every step can be cut off anywhere and run again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from corpus.document import Document
from corpus.errors import ServiceError
from corpus.store import Workspace
from labeling.scheme import Scheme, load_scheme
from labeling.span import Proposal
from labeling.studio.assign import Shares
from labeling.studio.client import Studio, condition
from labeling.studio.parts import Piece, pieces
from labeling.studio.projects import open_round
from labeling.studio.rounds import DEFAULT, Round, Wanted, assignments, share_out
from labeling.studio.wire import MERGE, task_key, to_prediction, to_task

CHUNK = 500  # documents in flight; memory stays at one chunk
ATTEMPTS = 3
ROW = "id,data,predictions_model_versions,total_annotations,cancelled_annotations"
Merged = tuple[Document, str, tuple[Proposal, ...]]


class Pushed(msgspec.Struct, kw_only=True):
    """What a push did.  tasks = tasks_new + tasks_there; documents that overlap count once for each task."""

    projects: tuple[int, ...]
    documents: int = 0
    tasks: int = 0
    tasks_new: int = 0
    tasks_there: int = 0
    predictions_new: int = 0
    worked_on: int = 0


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A task as the server holds it: versions of its predictions, and whether anybody worked on it."""

    task: int
    versions: frozenset[str]
    worked: bool


def push(
    workspace: Workspace,
    studio: Studio,
    merged: Callable[[], Iterable[Merged]],
    *,
    name: str = DEFAULT,
    wanted: Wanted | None = None,
    shares: Shares | None = None,
    new_project: bool = False,
    scheme: Scheme | None = None,
    progress: Callable[[int], None] = lambda tasks: None,
) -> Pushed:
    """Bring the documents of `merged` into the projects of round `name`; see `Pushed` for the counts.

    Without `shares` (and none in the plan) every document goes to the round's one project.  With them the
    documents that `wanted` names are shared out first, for good, and each annotator's go to their project.
    Proposals of a newer merge reach only tasks that nobody has worked on.  Raises ServiceError when the
    server fails or a project was deleted there, UsageError when the round lives on another server.
    """
    studio.check()
    plan = open_round(
        workspace, studio, name, scheme or load_scheme(), shares=shares, new_project=new_project
    )
    done = Pushed(projects=plan.projects)
    if plan.shares is None:
        _push_project(studio, plan, plan.projects[0], done, _counted(merged(), done), frozenset(), progress)
        return done
    share_out(workspace, plan, wanted or Wanted(), ((item[0].id, item[0].digest) for item in merged()))
    mine = assignments(workspace, name)
    done.documents = len({(item.document, item.digest) for item in mine})
    for annotator, project in zip(plan.shares.annotators, plan.projects, strict=True):
        blind = {(item.document, item.digest): item.blind for item in mine if item.annotator == annotator}
        rows = (row for row in merged() if (row[0].id, row[0].digest) in blind)
        hidden = frozenset(key for key, value in blind.items() if value)
        _push_project(studio, plan, project, done, rows, hidden, progress)
    return done


def _counted(merged: Iterable[Merged], done: Pushed) -> Iterator[Merged]:
    for item in merged:
        done.documents += 1
        yield item


def _push_project(
    studio: Studio,
    plan: Round,
    project: int,
    done: Pushed,
    merged: Iterable[Merged],
    blind: frozenset[tuple[str, str]],
    progress: Callable[[int], None],
) -> None:
    empty = studio.count_tasks(project) == 0
    stream = (piece for item in merged for piece in pieces(*item))
    while chunk := list(islice(stream, CHUNK)):
        rows = _store_tasks(studio, plan, project, done, chunk, empty)
        _predict(studio, plan, project, done, chunk, rows, blind)
        progress(done.tasks)


def _store_tasks(
    studio: Studio, plan: Round, project: int, done: Pushed, chunk: Sequence[Piece], empty: bool
) -> dict[str, Row]:
    """Every piece of the chunk as a task; returns key → row."""
    wanted = {_key(plan, piece): piece for piece in chunk}
    rows = {} if empty else _held(studio, project, wanted)
    before = len(rows)
    for attempt in range(ATTEMPTS):
        if attempt:  # look again before sending again: the server guesses the ids that it returns
            rows |= _held(studio, project, wanted.keys() - rows.keys())
        missing = [piece for key, piece in wanted.items() if key not in rows]
        if not missing:
            break
        ids = studio.import_tasks(
            project, [to_task(plan.name, piece.document, piece.part) for piece in missing]
        )
        rows |= _rows(studio.tasks(project, ROW, _between(ids)))
    lost = wanted.keys() - rows.keys()
    if lost:
        raise ServiceError(
            f"Label Studio at {studio.address} did not store {len(lost)} of {len(wanted)} tasks sent "
            f"{ATTEMPTS} times; see its log, then run `vicivic push` again"
        )
    done.tasks += len(wanted)
    done.tasks_there += before
    done.tasks_new += len(wanted) - before
    return rows


def _predict(
    studio: Studio,
    plan: Round,
    project: int,
    done: Pushed,
    chunk: Sequence[Piece],
    rows: dict[str, Row],
    blind: frozenset[tuple[str, str]],
) -> None:
    """Give every task its prediction of this merge once; tasks that somebody worked on keep theirs.

    A blind task gets an empty one under the same version and score, so that nothing tells it from others.
    """
    for attempt in range(ATTEMPTS + 1):
        missing = []
        for piece in chunk:
            row = rows[_key(plan, piece)]
            if MERGE + piece.version not in row.versions and not row.worked:
                hide = (piece.document.id, piece.document.digest) in blind
                shift = piece.part.start if piece.part else 0
                missing.append(
                    to_prediction(row.task, piece.version, piece.proposals, blind=hide, shift=shift)
                )
        if not missing:
            break
        if attempt == ATTEMPTS:
            raise ServiceError(
                f"Label Studio at {studio.address} did not store {len(missing)} predictions sent "
                f"{ATTEMPTS} times; see its log, then run `vicivic push` again"
            )
        studio.import_predictions(project, missing)
        done.predictions_new += len(missing) if attempt == 0 else 0
        rows |= _rows(studio.tasks(project, ROW, _between([item["task"] for item in missing])))
    done.worked_on += sum(rows[_key(plan, piece)].worked for piece in chunk)
    current = MERGE + chunk[-1].version
    if (studio.project(project) or {}).get("model_version") != current:
        studio.update_project(project, model_version=current)  # else the label stream shows none


def _key(plan: Round, piece: Piece) -> str:
    return task_key(plan.name, piece.document, piece.part)


def _held(studio: Studio, project: int, keys: Iterable[str]) -> dict[str, Row]:
    return _rows(studio.tasks_by_key(project, keys, ROW))


def _rows(tasks: Iterator[dict[str, Any]]) -> dict[str, Row]:
    """Key → row; of two tasks with one key (somebody imported by hand) the older one."""
    rows: dict[str, Row] = {}
    for task in tasks:
        held = task.get("predictions_model_versions") or []  # a list on PostgreSQL, else joined by commas
        versions = frozenset(held.split(",") if isinstance(held, str) else held)
        worked = bool(task["total_annotations"] or task["cancelled_annotations"])
        rows.setdefault(
            str(task["data"].get("key")), Row(task=int(task["id"]), versions=versions, worked=worked)
        )
    return rows


def _between(ids: Sequence[int]) -> dict[str, Any]:
    return condition("id", "in", "Number", {"min": min(ids), "max": max(ids)})
