"""`vicivic release`: settled records, or machine proposals, become a frozen folder that loads."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from corpus.command import WORK, Json, Work, report, tell
from corpus.store import Workspace

RELEASE_EXAMPLES = (
    "vicivic settle && vicivic release",
    "vicivic release --machine",
    "vicivic release --text none",
    "vicivic release --json --work my-corpus",
)

Machine = Annotated[
    bool, typer.Option("--machine", help="Release machine proposals (0.x.0) though records exist.")
]


Number = Annotated[
    str | None,
    typer.Option("--version", metavar="X.Y.Z", help="Refuse when another number follows from what changed."),
]

Licence = Annotated[
    str,
    typer.Option(
        "--licence", metavar="ID", help="The Hub's id of a licence; `other`: the sources' own terms."
    ),
]
Contact = Annotated[
    str | None,
    typer.Option("--contact", metavar="TEXT", help="Whom to ask for a takedown, as the card says it."),
]
Authors = Annotated[
    list[str] | None, typer.Option("--author", metavar="NAME", help="Who is cited; repeat for several.")
]

Baselines = Annotated[
    bool, typer.Option("--baselines", help="Learn a CRF from train and put its scores on test on the card.")
]

Text = Annotated[
    Literal["full", "none"],
    typer.Option("--text", help="none: also one without texts, with hydrate.py to fill it."),
]


def release(
    machine: Machine = False,
    version: Number = None,
    licence: Licence = "other",
    contact: Contact = None,
    authors: Authors = None,
    baselines: Baselines = False,
    text: Text = "full",
    work: Work = WORK,
    json: Json = False,
) -> None:
    """Freeze the next version of the dataset: settled records (1.x), or machine proposals (0.x)."""
    from exporters.facts import Terms
    from exporters.release import release as run
    from exporters.standoff import standoff

    terms = Terms(licence=licence, contact=contact, authors=tuple(authors or ()), baselines=baselines)
    workspace = Workspace(work)
    with workspace.writing():
        done = run(workspace, machine=machine, version=version, terms=terms, progress=_Progress())
        bare = standoff(workspace.folder("releases") / str(done.version)) if text == "none" else None
    counts = done.counts
    left = {
        "settled" if done.kind == "human" else "pre-labelled": counts["waiting"],
    }
    rest = [f"{number} not {what} yet" for what, number in left.items() if number]
    rest += [f"{counts['pending']} pending for validation or test"] if counts["pending"] else []
    rest += [f"{counts['held']} held between splits"] if counts["held"] else []
    what = "machine proposals of " if done.kind == "machine" else ""
    summary = (
        f"nothing changed since {done.version}"
        if done.path is None
        else f"released {done.version}: {what}{counts['released']} of {counts['documents']} documents, "
        f"{counts['spans']} spans{': ' if rest else ''}{', '.join(rest)} → {done.path}"
    )
    if bare is not None:
        summary += f"; without texts: {bare}"
    report(
        "release",
        summary,
        counts,
        as_json=json,
        version=str(done.version),
        kind=done.kind,
        changed=done.path is not None,
        path=str(done.path) if done.path else None,
        standoff=str(bare) if bare else None,
        changes=done.difference.by_change() if done.difference else {},
    )


class _Progress:
    """A line on stderr for every STEP documents."""

    STEP = 1_000

    def __init__(self) -> None:
        self.done = 0

    def __call__(self, document: str) -> None:
        self.done += 1
        if self.done % self.STEP == 0:
            tell(f"{self.done:,} documents written")
