"""`vicivic show`: a document, what machines proposed for it, or a release, in colour."""

from __future__ import annotations

from typing import Annotated

import typer

from corpus.cli import show_command as show_document
from corpus.command import WORK, Json, Work
from corpus.errors import UsageError
from corpus.store import Workspace

SHOW_EXAMPLES = (
    "vicivic show seeds/000_8824d1b809f65392.txt",
    "vicivic show seeds/000_8824d1b809f65392.txt --proposals",
    "vicivic show --release latest",
)


def show(
    identity: Annotated[str | None, typer.Argument(metavar="ID", help="A document's id.")] = None,
    proposals: Annotated[
        bool, typer.Option("--proposals", help="Its merged proposals in the text, then source by source.")
    ] = False,
    release: Annotated[
        str | None,
        typer.Option("--release", metavar="VERSION", help="A release, or latest."),
    ] = None,
    work: Work = WORK,
    json: Json = False,
) -> None:
    """Show a document with its regions, its proposals, or a release, in colour."""
    if (identity is None) == (release is None):
        raise UsageError("name a document (vicivic show ID) or a release (vicivic show --release latest)")
    if release is not None:
        from exporters.show import find_release, show_release

        show_release(find_release(Workspace(work).folder("releases"), release))
    elif proposals:
        from labeling.show import show_proposals

        show_proposals(Workspace(work), str(identity), as_json=json)
    else:
        show_document(str(identity), work=work, as_json=json)
