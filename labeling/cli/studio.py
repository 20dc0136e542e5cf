"""`vicivic studio up|down|status`, `push`, `pull`, `status`: the way to Label Studio and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from corpus.command import WORK, Json, Work, finish, report, tell
from corpus.errors import UsageError
from corpus.store import Workspace

if TYPE_CHECKING:
    from labeling.studio.assign import Shares
    from labeling.studio.pull import Pulled
    from labeling.studio.rounds import Wanted

UP_EXAMPLES = ("vicivic studio up", "vicivic studio up --port 8090 --work my-corpus")
DOWN_EXAMPLES = ("vicivic studio down",)
SERVER_EXAMPLES = ("vicivic studio status --login", "vicivic studio status --json")
PUSH_EXAMPLES = (
    "vicivic push",
    "vicivic push --round tháng-6 --documents 200 --annotators lan@e.vn,minh@e.vn --overlap 2 --blind 5%",
    "vicivic push --new-project",
    "LABEL_STUDIO_URL=… vicivic push",
)
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


def server_status(
    login: Annotated[bool, typer.Option("--login", help="Also print the e-mail and password.")] = False,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
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
    account = _account(workspace) if login else None
    report(
        "studio status",
        f"Label Studio {version} is up at {found.address}: {len(projects)} projects"
        + (f": {titles}" if titles else "")
        + (f"\ne-mail {account['email']}, password {account['password']}" if account else ""),
        {"up": 1, "projects": len(projects)},
        as_json=as_json,
        login=account,
        address=found.address,
        version=version,
        projects=[
            {"id": item["id"], "title": item["title"], "tasks": item["task_number"]} for item in projects
        ],
    )


def _account(workspace: Workspace) -> dict[str, str]:
    from labeling.studio.login import local_login

    account = local_login(workspace.folder("studio"))
    return {"email": account.email, "password": account.password}


def push(
    round_name: Annotated[
        str, typer.Option("--round", help="The round; `default` is one project.")
    ] = "default",
    documents: Annotated[
        str | None,
        typer.Option(
            help="How many documents that are in no other round, or ids with commas between.", metavar="N|IDS"
        ),
    ] = None,
    annotators: Annotated[
        str | None,
        typer.Option(help="E-mails with commas between: one standing project each.", metavar="A,B"),
    ] = None,
    overlap: Annotated[int, typer.Option(help="How many annotators see each document.", min=1)] = 1,
    blind: Annotated[str, typer.Option(help="The share shown without proposals.", metavar="P%")] = "0%",
    seed: Annotated[int, typer.Option(help="The same seed shares out the same way.")] = 0,
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

    workspace, shares = Workspace(work), _shares(annotators, overlap, blind, seed)
    with workspace.writing():
        studio = connect(workspace)
        done = pushing.push(
            workspace,
            studio,
            lambda: read_merged(workspace),
            name=round_name,
            wanted=_wanted(documents),
            shares=shares,
            new_project=new_project,
            progress=lambda count: tell(f"{count} tasks are there"),
        )
        total = len(revisions(workspace))
    waiting = total - done.documents
    where = " and ".join(str(project) for project in done.projects)
    rest = "not in this round" if shares or round_name != "default" else "not pre-labelled"
    report(
        "push",
        f"{done.documents} of {total} documents are in project {where} on {studio.address}: "
        f"{done.tasks} tasks, {done.tasks_new} new, {done.tasks_there} already there; {waiting} {rest}",
        {
            "documents": total,
            "pushed": done.documents,
            "tasks": done.tasks,
            "new": done.tasks_new,
            "already": done.tasks_there,
            "waiting": waiting,
            "predictions": done.predictions_new,
            "worked_on": done.worked_on,
        },
        as_json=as_json,
        projects=list(done.projects),
        address=studio.address,
    )


def _shares(annotators: str | None, overlap: int, blind: str, seed: int) -> Shares | None:
    from labeling.studio.assign import Shares

    try:
        share = float(blind.removesuffix("%")) / 100
    except ValueError:
        raise UsageError(f"--blind {blind}: write a share such as 5%") from None
    if annotators is None:
        if overlap != 1 or share:
            raise UsageError("--overlap and --blind need --annotators")
        return None
    names = tuple(filter(None, (name.strip() for name in annotators.split(","))))
    return Shares(annotators=names, overlap=overlap, blind=share, seed=seed)


def _wanted(documents: str | None) -> Wanted:
    from labeling.studio.rounds import Wanted

    if documents is None:
        return Wanted()
    if documents.isdigit():
        return Wanted(number=int(documents))
    return Wanted(ids=frozenset(filter(None, (part.strip() for part in documents.split(",")))))


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
