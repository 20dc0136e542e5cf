"""`vicivic export`: a release in another tool's format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from corpus.command import WORK, Json, Work, report, tell
from corpus.store import Workspace
from exporters.formats.table import FORMATS

EXPORT_EXAMPLES = (
    "vicivic export conll",
    "vicivic export conll --column number_tags --version 1.2.0 --out conll-numbers",
    "vicivic export gliner --from path/to/releases/1.2.0",
)
NAMES = "\n\n".join(f"{each.name}: {each.about}" for each in FORMATS)


def export(
    name: Annotated[str, typer.Argument(metavar="FORMAT", help=NAMES, show_default=False)],
    version: Annotated[
        str | None, typer.Option("--version", metavar="V", help="Which release; default the newest.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Where to; default FORMAT-VERSION here.")
    ] = None,
    source: Annotated[
        Path | None,
        typer.Option("--from", metavar="DIR", help="A release folder anywhere, instead of the workspace."),
    ] = None,
    column: Annotated[
        str, typer.Option("--column", help="The flat column, for formats that hold only one (conll).")
    ] = "ner_tags",
    work: Work = WORK,
    json: Json = False,
) -> None:
    """Write a release in another format; what the format can't hold is counted and said."""
    from exporters.export import export as run
    from exporters.export import find_release
    from exporters.formats.base import Settings

    folder = source if source is not None else find_release(Workspace(work), version)
    done = run(folder, name, out, Settings(column=column))
    for reason, labels in done.lost.items():
        counts = ", ".join(f"{label} {count}" for label, count in labels.items())
        tell(f"not held: {sum(labels.values())} spans, each of which {reason} ({counts})")
    for remark in done.remarks:
        tell(f"note: {remark}")
    lost = sum(sum(labels.values()) for labels in done.lost.values())
    written = ", ".join(f"{count} {what}" for what, count in done.written.items())
    report(
        "export",
        f"exported {done.version} as {done.format}: {written}; {lost} spans not held whole → {done.path}",
        {**done.written, "not_held": lost},
        as_json=json,
        version=done.version,
        format=done.format,
        path=str(done.path),
        lost=done.lost,
        remarks=done.remarks,
    )
