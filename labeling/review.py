"""Conflicts as a review project in Label Studio: agreed spans filled in, each conflict marked, one key each.

A conflict is a region with the label `?` and the readings of who said what in its note; the curator chooses
A, B, …, both or neither at the region.  The answers become decisions (`labeling.decisions`), never an
annotation: the project is in no round, so `pull` does not read it.  `decisions/review.json` names it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from html import escape
from typing import Any
from xml.sax.saxutils import quoteattr

import msgspec

from corpus.errors import ServiceError, UsageError
from corpus.store import Workspace, atomic_file
from labeling import decisions as deciding
from labeling.conflicts import BOTH, LETTERS, NEITHER, Conflict, resolve
from labeling.curate import Review
from labeling.scheme import Scheme
from labeling.studio.client import Studio
from labeling.studio.config import CONTROL, OBJECT

VERDICT = "verdict"
WAITING = "?"
MODEL = "agreed"
# Keys that neither Telex nor VNI takes: trái, phải, cả hai, không.
HOTKEYS = {"A": "t", "B": "p", BOTH: "c", NEITHER: "k", "C": "b", "D": "g", "E": "m", "F": "n"}
WORDS = {BOTH: "cả hai", NEITHER: "không cái nào"}
CHUNK = 200


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the review project is; `mark` finds one that was made just before a crash."""

    server: str
    address: str
    mark: str
    project: int | None = None


class Reviewed(msgspec.Struct, kw_only=True):
    """What opening a review did: answers taken, tasks there and new, conflicts still open."""

    project: int
    address: str
    answers: int = 0
    decisions: int = 0
    tasks: int = 0
    tasks_new: int = 0
    conflicts: int = 0


def conflict_id(conflict: Conflict) -> str:
    """The region id of a conflict: what makes it itself."""
    key = "\x1f".join(
        map(str, (conflict.document, conflict.digest, conflict.start, conflict.end, *conflict.group))
    )
    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:12]


def build_config(scheme: Scheme) -> str:
    """The review interface: the scheme's labels without hotkeys, the mark of a conflict, the choices."""
    labels = "\n".join(
        f"    <Label value={quoteattr(label.name)} background={quoteattr(label.color)}/>"
        for label in scheme.labels
    )
    choices = "\n".join(
        f"      <Choice value={quoteattr(WORDS.get(name, name))} alias={quoteattr(name)}"
        f" hotkey={quoteattr(key)}/>"
        for name, key in HOTKEYS.items()
    )
    return f"""<View>
  <View className="vv-head"><Header value="$title" size="5" underline="false"/></View>
  <HyperText name="meta" value="$meta" inline="true"/>
  <Labels name="{CONTROL}" toName="{OBJECT}" showInline="true">
    <Label value="{WAITING}" background="#d33682"/>
{labels}
  </Labels>
  <View visibleWhen="region-selected" whenLabelValue="{WAITING}">
    <Choices name="{VERDICT}" toName="{OBJECT}" perRegion="true" choice="single" layout="inline">
{choices}
    </Choices>
  </View>
  <View className="vv-text"><Text name="{OBJECT}" value="$text" granularity="word"/></View>
</View>
"""


def to_task(review: Review) -> dict[str, Any]:
    """The task of one document; its key changes when its conflicts do."""
    ids = ",".join(map(conflict_id, review.conflicts))
    tail = hashlib.sha256(ids.encode()).hexdigest()[:8]
    document = review.document
    return {
        "key": f"curation:{document.id}:{document.digest[:12]}:{tail}",
        "document": document.id,
        "digest": document.digest,
        "title": document.title or document.id,
        "meta": _meta(review.conflicts),
        "text": document.text,
    }


def _meta(found: Sequence[Conflict]) -> str:
    """The conflicts of a document as a list, with who said what."""
    items = "".join(f"<li><b>{escape(item.text)}</b>: {escape(who(item))}</li>" for item in found)
    return f"<ol>{items}</ol>"


def who(conflict: Conflict) -> str:
    """The readings of a conflict with the pseudonyms behind them."""
    return " · ".join(
        f"{LETTERS[place]}: {conflict.words(reading)} ({', '.join(reading.by)})"
        for place, reading in enumerate(conflict.readings)
    )


def to_prediction(task: int, review: Review) -> dict[str, Any]:
    """Agreed spans and conflicts as regions of a stored task."""
    regions = [
        _region(f"a{number}", item.start, item.end, item.text, item.label)
        for number, item in enumerate(review.agreed)
    ]
    regions += [
        _region(conflict_id(item), item.start, item.end, item.text, WAITING) | {"meta": {"text": [who(item)]}}
        for item in review.conflicts
    ]
    return {"task": task, "model_version": MODEL, "result": regions}


def _region(name: str, start: int, end: int, text: str, label: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": text, "labels": [label]}
    return {"id": name, "from_name": CONTROL, "to_name": OBJECT, "type": "labels", "value": value}


def read_answers(task: dict[str, Any], emails: dict[int, str]) -> Iterator[tuple[str, str, str]]:
    """(conflict id, choice, curator's e-mail) of an exported task, skipped annotations left out."""
    for annotation in sorted(task.get("annotations", ()), key=lambda item: str(item["updated_at"])):
        if annotation.get("was_cancelled"):
            continue
        by = emails.get(int(annotation["completed_by"]), f"user-{annotation['completed_by']}")
        for result in annotation["result"]:
            if result.get("from_name") == VERDICT and result["value"].get("choices"):
                yield str(result["id"]), str(result["value"]["choices"][0]), by


def open_review(
    workspace: Workspace,
    studio: Studio,
    scheme: Scheme,
    reviews: Callable[[], Iterable[Review]],
    *,
    new_project: bool = False,
) -> Reviewed:
    """Take the answers that are there, then bring every document with open conflicts into the project.

    `reviews()` gives the documents anew each time it is called.  Can be cut off anywhere and run again.
    Raises UsageError when the review lives on another server, ServiceError when it was deleted there.
    """
    studio.check()
    place = _place(workspace, studio, new_project)
    project = _project(workspace, studio, place, scheme)
    done = Reviewed(project=project, address=studio.address)
    _take(workspace, studio, project, reviews(), done)
    chunk: list[Review] = []
    for review in reviews():
        if review.conflicts:
            chunk.append(review)
            done.conflicts += len(review.conflicts)
        if len(chunk) == CHUNK:
            _send(studio, project, chunk, done)
            chunk = []
    _send(studio, project, chunk, done)
    return done


def _place(workspace: Workspace, studio: Studio, new_project: bool) -> Place:
    path = workspace.folder("decisions") / "review.json"
    if path.exists() and not new_project:
        place = msgspec.json.decode(path.read_bytes(), type=Place)
        if place.server != studio.slug:
            raise UsageError(
                f"the review lives on {place.address}, not on {studio.address}: set LABEL_STUDIO_URL to "
                "that server, or start anew with --new-project"
            )
        return place
    return _keep(workspace, Place(server=studio.slug, address=studio.address, mark=secrets.token_hex(8)))


def _keep(workspace: Workspace, place: Place) -> Place:
    with atomic_file(workspace.folder("decisions") / "review.json") as temporary:
        temporary.write_bytes(msgspec.json.encode(place) + b"\n")
    return place


def _project(workspace: Workspace, studio: Studio, place: Place, scheme: Scheme) -> int:
    if place.project is not None:
        if studio.project(place.project) is None:
            raise ServiceError(
                f"review project {place.project} is gone from {place.address}: decisions that were taken "
                "stay; `vicivic settle --curate --studio --new-project` makes a new one"
            )
        return place.project
    made = next((p for p in studio.projects() if place.mark in (p.get("description") or "")), None)
    project = (
        int(made["id"])
        if made
        else studio.create_project(
            title="ViCivic: curation",
            description=f"ViCivic, curation ({place.mark})",
            label_config=build_config(scheme),
            maximum_annotations=1,
            show_collab_predictions=True,
            model_version=MODEL,
        )
    )
    _keep(workspace, msgspec.structs.replace(place, project=project))
    return project


def _take(
    workspace: Workspace, studio: Studio, project: int, reviews: Iterable[Review], done: Reviewed
) -> None:
    known = {conflict_id(item): item for review in reviews for item in review.conflicts}
    answered = [
        int(row["id"]) for row in studio.tasks(project, "id,total_annotations") if row["total_annotations"]
    ]
    emails = studio.emails()
    for tasks in studio.export(project, answered):
        for task in tasks:
            last = {name: (choice, by) for name, choice, by in read_answers(task, emails)}
            for name, (choice, by) in last.items():
                conflict = known.get(name)
                if conflict is None or choice not in conflict.choices:
                    continue
                wanted = resolve(conflict, choice, by=by, batch=f"review-{project}-{task['id']}")
                done.answers += 1
                done.decisions += len(deciding.record(workspace, wanted))


def _send(studio: Studio, project: int, chunk: Sequence[Review], done: Reviewed) -> None:
    """Tasks first, then their predictions, each only where the server has none."""
    tasks = {str(task["key"]): (task, review) for task, review in ((to_task(item), item) for item in chunk)}
    held = _held(studio, project, tasks)
    fresh = [{"data": task} for key, (task, _) in tasks.items() if key not in held]
    if fresh:
        studio.import_tasks(project, fresh)
        held = _held(studio, project, tasks)
    missing = [key for key in tasks if key not in held]
    if missing:
        raise ServiceError(f"{studio.address} lost {len(missing)} review tasks; run the command again")
    bare = [to_prediction(held[key][0], review) for key, (_, review) in tasks.items() if not held[key][1]]
    if bare:
        studio.import_predictions(project, bare)
    done.tasks += len(tasks)
    done.tasks_new += len(fresh)


def _held(studio: Studio, project: int, keys: Iterable[str]) -> dict[str, tuple[int, int]]:
    """key → (task id, number of predictions) as the server holds them."""
    rows = studio.tasks_by_key(project, keys, "id,data,total_predictions")
    return {str(row["data"]["key"]): (int(row["id"]), int(row["total_predictions"])) for row in rows}
