"""`vicivic studio up|down|status`, `push`, `pull`, `status`: the way to Label Studio and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.command import WORK, Json, Work, finish, report, tell
from corpus.store import Workspace

if TYPE_CHECKING:
    from labeling.studio.pull import Pulled

UP_EXAMPLES = ("vicivic studio up", "vicivic studio up --port 8090 --work my-corpus")
DOWN_EXAMPLES = ("vicivic studio down",)
SERVER_EXAMPLES = ("vicivic studio status", "vicivic studio status --json")
PUSH_EXAMPLES = ("vicivic push", "vicivic push --new-project", "LABEL_STUDIO_URL=… vicivic push")
PULL_EXAMPLES = ("vicivic pull", "vicivic pull && vicivic settle && vicivic release")
STATUS_EXAMPLES = ("vicivic status", "vicivic status --json")


def up(
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1.", min=1, max=65535)] = 8080,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Start the workspace's own Label Studio on 127.0.0.1 and wait until it is ready."""
    from labeling.studio import server

    workspace = Workspace(work)
    found, already = server.up(workspace, port=port, tell=tell)
    login = workspace.folder("studio") / "login.json"
    state = "is running already" if already else "is up"
    report(
        "studio up",
        f"Label Studio {state} at {found.address} (login in {login})",
        {"started": int(not already)},
        as_json=as_json,
        address=found.address,
        login=str(login),
        pid=found.pid,
    )


def down(work: Work = WORK, as_json: Json = False) -> None:
    """Stop the workspace's Label Studio; what people did stays in its database."""
    from labeling.studio import server

    stopped = server.down(Workspace(work))
    words = "Label Studio is stopped" if stopped else "no Label Studio was running here"
    report("studio down", words, {"stopped": int(stopped)}, as_json=as_json)


def server_status(work: Work = WORK, as_json: Json = False) -> None:
    """Say whether the workspace's Label Studio is up, where, and what it holds."""
    from labeling.studio import server

    workspace = Workspace(work)
    found = server.running(workspace)
    if found is None:
        report("studio status", "Label Studio is down", {"up": 0, "projects": 0}, as_json=as_json)
        return
    studio = server.connect(workspace)
    version, projects = studio.check(), studio.projects()
    titles = ", ".join(f"{item['title']} ({item['task_number']} tasks)" for item in projects)
    report(
        "studio status",
        f"Label Studio {version} is up at {found.address}: {len(projects)} projects"
        + (f": {titles}" if titles else ""),
        {"up": 1, "projects": len(projects)},
        as_json=as_json,
        address=found.address,
        version=version,
        projects=[
            {"id": item["id"], "title": item["title"], "tasks": item["task_number"]} for item in projects
        ],
    )


def push(
    new_project: Annotated[
        bool, typer.Option("--new-project", help="Start a new project, whatever became of the old one.")
    ] = False,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Bring every pre-labelled document into Label Studio; what is there already is left alone."""
    from corpus.documents import revisions
    from labeling.proposals import read_merged
    from labeling.studio import push as pushing
    from labeling.studio.server import connect

    workspace = Workspace(work)
    with workspace.writing():
        studio = connect(workspace)
        done = pushing.push(
            workspace,
            studio,
            read_merged(workspace),
            new_project=new_project,
            progress=lambda count: tell(f"{count} documents pushed"),
        )
        total = len(revisions(workspace))
    waiting = total - done.documents
    report(
        "push",
        f"{done.documents} of {total} documents are in project {done.project} on {studio.address}: "
        f"{done.tasks_new} new, {done.tasks_there} already there; {waiting} not pre-labelled",
        {
            "documents": total,
            "new": done.tasks_new,
            "already": done.tasks_there,
            "waiting": waiting,
            "predictions": done.predictions_new,
            "worked_on": done.worked_on,
        },
        as_json=as_json,
        project=done.project,
        address=studio.address,
    )


def pull(work: Work = WORK, as_json: Json = False) -> None:
    """Bring back what people did; append-only, nothing is taken twice."""
    from labeling.studio import pull as pulling
    from labeling.studio.server import connect

    workspace = Workspace(work)
    with workspace.writing():
        done = pulling.pull(
            workspace, connect(workspace), progress=lambda count: tell(f"{count} annotations read")
        )
    for item in done.refused:
        tell(f"set aside: {item['record']}, by {item['author']}, {item['link']}: {item['message']}")
    report("pull", _pull_words(done), _pull_counts(done), as_json=as_json, rejected=done.set_aside)
    finish(done.set_aside)


def _pull_words(done: Pulled) -> str:
    words = (
        f"{done.new} new and {done.edited} edited of {done.annotations} annotations on the server, "
        f"{done.held} held already, {done.set_aside} set aside"
    )
    more = {
        f"{done.skipped} of them skips": done.skipped,
        f"{done.drafts} tasks with a draft, not taken": done.drafts,
        f"{done.deleted} deleted on the server, kept here": done.deleted,
    }
    return "; ".join([words, *(text for text, number in more.items() if number)])


def _pull_counts(done: Pulled) -> dict[str, int]:
    names = ("annotations", "new", "edited", "held", "set_aside", "skipped", "drafts", "deleted")
    return {name: getattr(done, name) for name in names}


def status(work: Work = WORK, as_json: Json = False) -> None:
    """Say how far each project is: tasks done, skipped and open, drafts, annotators, the last pull."""
    from labeling.studio.server import connect
    from labeling.studio.status import read_status

    workspace = Workspace(work)
    rows = read_status(workspace, connect(workspace))
    names = ("tasks", "annotated", "skipped", "open", "drafts")
    counts: dict[str, Any] = {name: sum(getattr(row, name) for row in rows) for name in names}
    if not as_json:
        for row in rows:
            tell(row.words())
    report(
        "status",
        f"{counts['tasks']} tasks in {len(rows)} projects: {counts['annotated']} annotated, "
        f"{counts['skipped']} only skipped, {counts['open']} open; {counts['drafts']} with a draft",
        counts,
        as_json=as_json,
        projects=[row.plain() for row in rows],
    )
