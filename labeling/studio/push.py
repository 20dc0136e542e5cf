"""Documents and their merged proposals → tasks with predictions, exactly once.

Two steps, because Label Studio on SQLite loses predictions that come inside a task while somebody
annotates: first the tasks, then their predictions.  The server is asked before and after each step; what
it does not hold is sent again.  Every step can be cut off anywhere and run again.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import msgspec

from corpus.document import Document
from corpus.errors import ServiceError, UsageError
from corpus.store import Workspace
from labeling.scheme import Scheme, load_scheme
from labeling.span import Proposal
from labeling.studio.client import Studio, condition
from labeling.studio.config import build_config, build_view
from labeling.studio.guideline import build_instruction
from labeling.studio.rounds import DEFAULT, Round, read_round, write_round
from labeling.studio.wire import MERGE, task_key, to_prediction, to_task

CHUNK = 500  # documents in flight; memory stays at one chunk
ATTEMPTS = 3
ROW = "id,data,predictions_model_versions,total_annotations,cancelled_annotations"
Merged = tuple[Document, str, tuple[Proposal, ...]]


class Pushed(msgspec.Struct, kw_only=True):
    """What a push did.  documents = tasks_new + tasks_there."""

    project: int
    documents: int = 0
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
    merged: Iterable[Merged],
    *,
    name: str = DEFAULT,
    new_project: bool = False,
    scheme: Scheme | None = None,
    progress: Callable[[int], None] = lambda documents: None,
) -> Pushed:
    """Bring the documents of `merged` into the project of round `name`; see `Pushed` for the counts.

    Proposals of a newer merge reach only tasks that nobody has worked on.  Raises ServiceError when the
    server fails or the project was deleted there, UsageError when the round lives on another server.
    """
    studio.check()
    plan, project = open_round(workspace, studio, name, scheme or load_scheme(), new_project)
    done = Pushed(project=project)
    empty = studio.count_tasks(project) == 0
    stream = iter(merged)
    while chunk := list(islice(stream, CHUNK)):
        _push_chunk(studio, plan, done, chunk, empty)
        progress(done.documents)
    return done


def open_round(
    workspace: Workspace, studio: Studio, name: str, scheme: Scheme, new_project: bool
) -> tuple[Round, int]:
    """The round's plan and its project on the server; both are made when there are none."""
    plan = read_round(workspace, name)
    if plan is None or new_project:
        plan = Round(
            name=name,
            server=studio.slug,
            address=studio.address,
            scheme=scheme.version,
            guideline=scheme.guideline,
            mark=secrets.token_hex(8),
        )
        write_round(workspace, plan)
    if plan.server != studio.slug:
        raise UsageError(
            f"round {name!r} lives on {plan.address} ({plan.server}), not on {studio.address}: set "
            "LABEL_STUDIO_URL to that server, or start anew here with `vicivic push --new-project`"
        )
    if not plan.projects:
        plan = msgspec.structs.replace(plan, projects=(_find_or_create(studio, plan, scheme),))
        write_round(workspace, plan)
    project = plan.projects[0]
    found = studio.project(project)
    if found is None:
        raise gone(plan, project)
    _refresh(studio, found, scheme)
    return plan, project


def gone(plan: Round, project: int) -> ServiceError:
    """The words for a project that somebody deleted."""
    return ServiceError(
        f"project {project} of round {plan.name!r} is gone from {plan.address}: somebody deleted it; what "
        "was pulled stays; `vicivic push --new-project` makes a new one"
    )


def _find_or_create(studio: Studio, plan: Round, scheme: Scheme) -> int:
    for found in studio.projects():
        if plan.mark in (found.get("description") or ""):
            return int(found["id"])
    project = studio.create_project(
        title=f"ViCivic: {plan.name}",
        description=f"ViCivic, round {plan.name} ({plan.mark})",
        label_config=build_config(scheme),
        expert_instruction=build_instruction(scheme),
        show_instruction=True,
        show_collab_predictions=True,
        maximum_annotations=1,
    )
    studio.create_view(project, build_view(plan.name))
    return project


def _refresh(studio: Studio, project: dict[str, Any], scheme: Scheme) -> None:
    """Bring page and guideline up to date, but take no label away: Label Studio would let us."""
    wanted = {"label_config": build_config(scheme), "expert_instruction": build_instruction(scheme)}
    changed = {name: value for name, value in wanted.items() if project.get(name) != value}
    used = {label for control in project["parsed_label_config"].values() for label in control["labels"]}
    lost = used - {label.name for label in scheme.labels} - {reason.name for reason in scheme.reasons}
    if "label_config" in changed and lost:
        raise UsageError(
            f"project {project['id']} on {studio.address} has labels that scheme {scheme.version} lacks "
            f"({', '.join(sorted(lost))}): push under a new round, or with --new-project"
        )
    if changed:
        studio.update_project(project["id"], **changed)


def _push_chunk(studio: Studio, plan: Round, done: Pushed, chunk: Sequence[Merged], empty: bool) -> None:
    wanted = {task_key(plan.name, document): document for document, _, _ in chunk}
    rows = {} if empty else _held(studio, done.project, wanted)
    before = len(rows)
    for attempt in range(ATTEMPTS):
        if attempt:  # look again before sending again: the server guesses the ids that it returns
            rows |= _held(studio, done.project, wanted.keys() - rows.keys())
        missing = [document for key, document in wanted.items() if key not in rows]
        if not missing:
            break
        ids = studio.import_tasks(done.project, [to_task(plan.name, document) for document in missing])
        rows |= _rows(studio.tasks(done.project, ROW, _between(ids)))
    missing_still = wanted.keys() - rows.keys()
    if missing_still:
        raise ServiceError(
            f"Label Studio at {studio.address} did not store {len(missing_still)} of {len(wanted)} tasks "
            f"sent {ATTEMPTS} times; see its log, then run `vicivic push` again"
        )
    done.documents += len(wanted)
    done.tasks_there += before
    done.tasks_new += len(wanted) - before
    _predict(studio, plan, done, chunk, rows)


def _predict(
    studio: Studio, plan: Round, done: Pushed, chunk: Sequence[Merged], rows: dict[str, Row]
) -> None:
    """Give every task its prediction of this merge once; tasks that somebody worked on keep theirs."""
    for attempt in range(ATTEMPTS + 1):
        missing = []
        for document, version, proposals in chunk:
            row = rows[task_key(plan.name, document)]
            if MERGE + version not in row.versions and not row.worked:
                missing.append(to_prediction(row.task, version, proposals))
        if not missing:
            break
        if attempt == ATTEMPTS:
            raise ServiceError(
                f"Label Studio at {studio.address} did not store {len(missing)} predictions sent "
                f"{ATTEMPTS} times; see its log, then run `vicivic push` again"
            )
        studio.import_predictions(done.project, missing)
        done.predictions_new += len(missing) if attempt == 0 else 0
        rows |= _rows(studio.tasks(done.project, ROW, _between([item["task"] for item in missing])))
    done.worked_on += sum(rows[task_key(plan.name, document)].worked for document, _, _ in chunk)
    current = MERGE + chunk[-1][1]
    if (studio.project(done.project) or {}).get("model_version") != current:
        studio.update_project(done.project, model_version=current)  # else the label stream shows none


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
