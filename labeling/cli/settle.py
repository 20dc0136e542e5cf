"""`vicivic settle`: several people's annotations become gold records."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus.command import WORK, Json, Work, finish, report, tell
from corpus.errors import UsageError
from corpus.store import Workspace

EXAMPLES = (
    "vicivic pull && vicivic settle",
    "vicivic settle --curate --by Lan",
    "vicivic settle --curate --studio",
    "vicivic settle --policy curator",
)
POLICIES = ("majority", "curator")


def settle(
    policy: Annotated[
        str, typer.Option(help="What decides where several differ: a strict majority, or the curator.")
    ] = "majority",
    curate: Annotated[
        bool, typer.Option("--curate", help="Ask about what waits, group by group, one key each.")
    ] = False,
    studio: Annotated[
        bool, typer.Option("--studio", help="With --curate: in a review project of Label Studio instead.")
    ] = False,
    new_project: Annotated[
        bool, typer.Option("--new-project", help="With --studio: start a new review project.")
    ] = False,
    by: Annotated[str, typer.Option(help="The curator who decides, with --curate.")] = "",
    work: Work = WORK,
    json: Json = False,
) -> None:
    """Settle submitted annotations into gold records; what people disagree on waits and is named."""
    from labeling.settle import settle as run

    if policy not in POLICIES:
        raise UsageError(f"--policy {policy!r}: say {' or '.join(POLICIES)}")
    if curate and not studio and not by.strip():
        raise UsageError("--curate needs its curator: name yourself with --by")
    workspace = Workspace(work)
    with workspace.writing():
        if curate and studio:
            _review(workspace, new_project, majority=policy == "majority")
        elif curate:
            _curate(workspace, by, majority=policy == "majority")
        done = run(workspace, majority=policy == "majority")
    for line in done.waiting:
        tell(f"waits: {line}")
    for item in done.refused:
        tell(f"refused: {item['record']} ({item['annotation']}): {item['message']}")
    counts = {name: done.outcomes[name] for name in sorted(done.outcomes)}
    total = sum(counts.values())
    settled = counts.pop("settled", 0)
    rest = ", ".join(f"{number} {name}" for name, number in counts.items()) or "nothing waits"
    deleted = f"; {done.deleted} deleted on the server, kept here" if done.deleted else ""
    report(
        "settle",
        f"{settled} settled of {total} annotated documents, {done.spans} spans: {rest}{deleted}",
        {"documents": total, "settled": settled, "spans": done.spans, "deleted": done.deleted, **counts},
        as_json=json,
        rejected=len(done.refused),
        qualities=dict(sorted(done.qualities.items())),
        waiting=done.waiting,
    )
    finish(len(done.refused))


def _curate(workspace: Workspace, by: str, *, majority: bool) -> None:
    from labeling.curate import open_conflicts, sit
    from labeling.people import pseudonyms
    from labeling.scheme import load_scheme

    names, scheme, first = pseudonyms(workspace), load_scheme(), True
    # what was decided may cross what stands: such conflicts show themselves only then
    while (found := list(open_conflicts(workspace, scheme, names, majority=majority))) or first:
        done = sit(workspace, found, by=by, ask=_ask, show=tell)
        tell(
            f"{done.decided} of {done.conflicts} conflicts in {done.groups} groups decided "
            f"with {done.answers} answers: {done.decisions} decisions; {done.conflicts - done.decided} wait"
        )
        first = False
        if done.decided < done.conflicts:
            break


def _review(workspace: Workspace, new_project: bool, *, majority: bool) -> None:
    from labeling.curate import reviews
    from labeling.people import pseudonyms
    from labeling.review import open_review
    from labeling.scheme import load_scheme
    from labeling.studio.server import connect

    names, scheme = pseudonyms(workspace), load_scheme()
    done = open_review(
        workspace,
        connect(workspace),
        scheme,
        lambda: reviews(workspace, scheme, names, majority=majority),
        new_project=new_project,
    )
    tell(
        f"{done.answers} answers taken as {done.decisions} decisions; {done.conflicts} conflicts wait in "
        f"{done.tasks} tasks ({done.tasks_new} new) of {done.address}/projects/{done.project}/data"
    )


def _ask(question: str) -> str:
    """One answer from the terminal, or one line of standard input."""
    tell(question)
    return input()
