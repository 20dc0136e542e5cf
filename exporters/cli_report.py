"""`vicivic report`: one page for people who look rather than read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.command import WORK, Json, Work
from corpus.command import report as summary
from corpus.store import Workspace

REPORT_EXAMPLES = (
    "vicivic report",
    "vicivic report --out quality.html",
    "vicivic report --json > report.json",
)


def report(
    out: Annotated[
        Path | None, typer.Option(help="The HTML file.", show_default="WORK/report/report.html")
    ] = None,
    draws: Annotated[int, typer.Option(help="Bootstrap draws of agreement.", min=10)] = 1000,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Write the quality report: one HTML page, no network, no scripts; --json prints the same numbers."""
    from exporters.report import build
    from exporters.report_page import write

    workspace = Workspace(work)
    path = out or workspace.folder("report") / "report.html"
    with workspace.writing():
        found = build(workspace, draws=draws)
        write(found, path)
    met = found.progress
    summary(
        "report",
        f"{path}: {met.settled} settled of {met.annotated} annotated of {met.documents} documents",
        {"documents": met.documents, "annotated": met.annotated, "settled": met.settled},
        as_json=as_json,
        path=str(path),
        report=found,
    )
