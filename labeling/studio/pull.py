"""What people did, from the server into `annotations/`: whole, append-only, each state once.

`annotations/<server>-<project>.jsonl` gets an event for each state of each annotation that is not there
yet; `<server>-<project>.seen.json` remembers which tasks were read in which state, and can be deleted.
What can't be taken whole is set aside in `annotations/rejected.jsonl` with its reason and as it came.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from corpus.errors import BadRecord, DataError, StaleAnnotation
from corpus.events import append_events, event
from corpus.store import Workspace, set_aside
from labeling.people import add_people
from labeling.scheme import load_scheme
from labeling.span import Annotation
from labeling.studio.answers import Setting, Terms, annotation_key, email, read_annotation
from labeling.studio.client import Studio
from labeling.studio.held import Held, deletions, read_held, read_seen, write_seen
from labeling.studio.projects import gone
from labeling.studio.rounds import Round, assignments, read_rounds
from labeling.studio.values import value_of

ROW = "id,annotations_ids,updated_at,draft_exists"


class Pulled(msgspec.Struct, kw_only=True):
    """What a pull did.  annotations = new + edited + held + set_aside; those the server holds now.

    `skipped` counts skips among the new and edited, `drafts` tasks with work that was not submitted,
    `deleted` annotations that we hold and the server no longer does, seen for the first time.
    """

    annotations: int = 0
    new: int = 0
    edited: int = 0
    held: int = 0
    set_aside: int = 0
    skipped: int = 0
    drafts: int = 0
    deleted: int = 0
    refused: list[dict[str, Any]] = []


def pull(
    workspace: Workspace,
    studio: Studio,
    *,
    progress: Callable[[int], None] = lambda annotations: None,
) -> Pulled:
    """Take over every annotation of every round on this server; see `Pulled` for the counts.

    Drafts are counted, not taken.  A deletion on the server is reported in a line of its own and takes
    nothing away.  Raises ServiceError when the server fails or a project was deleted there.
    """
    studio.check()
    emails = studio.emails()
    done = Pulled()
    for project, plans in _projects(workspace, studio).items():
        if studio.project(project) is None:
            raise gone(plans[0], project)
        terms = {plan.name: _terms(workspace, plan, project) for plan in plans}
        setting = Setting(
            server=studio.slug,
            address=studio.address,
            project=project,
            rounds=terms,
            emails=emails,
            value=value_of,
        )
        _pull_project(workspace, studio, setting, done, progress)
    return done


def _projects(workspace: Workspace, studio: Studio) -> dict[int, list[Round]]:
    """Project → the rounds that have tasks in it, of all rounds on this server."""
    found: dict[int, list[Round]] = {}
    for plan in read_rounds(workspace):
        for project in plan.projects if plan.server == studio.slug else ():
            found.setdefault(project, []).append(plan)
    return found


def _terms(workspace: Workspace, plan: Round, project: int) -> Terms:
    blind: frozenset[tuple[str, str]] = frozenset()
    if plan.shares is not None:
        annotator = plan.shares.annotators[plan.projects.index(project)]
        blind = frozenset(
            (item.document, item.digest)
            for item in assignments(workspace, plan.name)
            if item.blind and item.annotator == annotator
        )
    return Terms(plan=plan, scheme=load_scheme(plan.scheme), blind=blind)


def _pull_project(
    workspace: Workspace,
    studio: Studio,
    setting: Setting,
    done: Pulled,
    progress: Callable[[int], None],
) -> None:
    folder, project = workspace.folder("annotations"), setting.project
    path = folder / f"{studio.slug}-{project}.jsonl"
    seen_path = path.with_suffix(".seen.json")
    seen, held, listed = read_seen(seen_path), read_held(path), set[int]()
    for tasks in _export_changed(studio, project, seen, held, listed, done):
        fresh, refused = _take(setting, _with_shown(studio, tasks), held, done)
        add_people(workspace, dict.fromkeys(item.author for item in fresh))
        append_events(path, [event("annotation", item) for item in fresh])
        set_aside(folder / "rejected.jsonl", refused)
        done.refused += refused
        progress(done.annotations)
        write_seen(seen_path, seen)
    vanished = [
        number
        for number in sorted(held.states.keys() - listed - held.deleted)
        if not studio.has_annotation(number)
    ]
    append_events(path, [event("annotation", item) for item in deletions(path, vanished)])
    done.deleted += len(vanished)
    if folder.exists():
        write_seen(seen_path, seen)


def _export_changed(
    studio: Studio, project: int, seen: dict[int, str], held: Held, listed: set[int], done: Pulled
) -> Iterator[list[dict[str, Any]]]:
    """Exported tasks that changed since they were seen, or hold annotations that we do not; then `seen`."""
    changed: dict[int, str] = {}
    for row in studio.tasks(project, ROW):
        numbers = _numbers(row["annotations_ids"])
        listed |= numbers
        done.drafts += bool(row["draft_exists"])
        if numbers and (seen.get(row["id"]) != row["updated_at"] or numbers - held.states.keys()):
            changed[row["id"]] = row["updated_at"]
        else:
            done.annotations += len(numbers)
            done.held += len(numbers)
    for tasks in studio.export(project, changed):
        yield tasks
        seen.update((int(task["id"]), changed[int(task["id"])]) for task in tasks)


def _with_shown(studio: Studio, tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put the prediction that was opened where the snapshot holds another one.

    Label Studio takes its snapshot when an annotation is submitted; a newer merge may have been pushed
    since the page was opened.  `parent_prediction` says what the annotation grew from.
    """
    for task in tasks:
        for raw in task["annotations"]:
            opened = raw.get("parent_prediction")
            if opened is not None and (raw.get("prediction") or {}).get("id") != opened:
                raw["prediction"] = studio.prediction(opened) or raw.get("prediction")
    return tasks


def _take(
    setting: Setting, tasks: list[dict[str, Any]], held: Held, done: Pulled
) -> tuple[list[Annotation], list[dict[str, Any]]]:
    """The annotations of exported tasks that we do not hold yet, and those that can't be taken."""
    fresh: list[Annotation] = []
    refused: list[dict[str, Any]] = []
    for task in tasks:
        for raw in sorted(task["annotations"], key=lambda item: int(item["id"])):
            done.annotations += 1
            number, state = annotation_key(setting, raw)[2:]
            known = held.states.get(number, set())
            if state in known:
                done.held += 1
                continue
            try:
                found = read_annotation(setting, task, raw)
            except (DataError, KeyError, TypeError, AttributeError, msgspec.ValidationError) as error:
                done.set_aside += 1
                refused.append(refusal(setting, task, raw, error))
                continue
            done.edited += bool(known)
            done.new += not known
            done.skipped += found.status == "skipped"
            held.states.setdefault(number, set()).add(state)
            fresh.append(found)
    return fresh, refused


def refusal(setting: Setting, task: dict[str, Any], raw: dict[str, Any], error: Exception) -> dict[str, Any]:
    """What is kept of an annotation that can't be taken: why, whose, where to mend it, and how it came."""
    if isinstance(error, StaleAnnotation):
        code = "stale"
    else:
        code = error.code if isinstance(error, BadRecord) else "malformed"
    return {
        "record": str((task.get("data") or {}).get("document")),
        "annotation": list(annotation_key(setting, raw)),
        "author": email(setting, raw.get("completed_by")),
        "link": f"{setting.address}/projects/{setting.project}/data?task={task['id']}",
        "code": code,
        "message": str(error) if isinstance(error, DataError) else f"not an annotation of ours ({error!r})",
        "raw": raw,
    }


def _numbers(listed: str | list[int] | None) -> set[int]:
    """Annotation ids of a row: joined by commas, or a list on PostgreSQL."""
    parts = listed.split(",") if isinstance(listed, str) else listed or []
    return {int(part) for part in parts if part}
