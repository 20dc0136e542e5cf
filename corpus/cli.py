"""The verbs of this room: ingest, stats, show."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from corpus.civic import SHORT, THRESHOLD
from corpus.command import WORK, Json, Work, examples, finish, report, tell
from corpus.documents import read_document
from corpus.ingest import Outcome, ingest
from corpus.prepare import Settings
from corpus.readers import READERS
from corpus.readers.page import REASONS, Options
from corpus.show import show_document
from corpus.store import Workspace


class Civic(StrEnum):
    """What to do with pages that are no civic news."""

    filter = "filter"
    off = "off"


class Language(StrEnum):
    """Which languages pass."""

    vi = "vi"
    any = "any"


INGEST_EXAMPLES = examples(
    "vicivic ingest seeds",
    "vicivic ingest pages.jsonl.gz --id-field url",
)


def ingest_command(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="PATH...", help="Files, folders, or hf://owner/name[/config]:split."),
    ],
    *,
    format_: Annotated[
        str | None,
        typer.Option("--format", help=f"One of {', '.join(r.name for r in READERS)}; else found by content."),
    ] = None,
    text_field: Annotated[str | None, typer.Option(help="The column with the text.")] = None,
    id_field: Annotated[str | None, typer.Option(help="The column with the id.")] = None,
    url_field: Annotated[str | None, typer.Option(help="The column with the URL.")] = None,
    source: Annotated[
        str | None, typer.Option(help="Replaces the folder's name in the ids of files, and names the source.")
    ] = None,
    encoding: Annotated[str | None, typer.Option(help="The encoding of the input; else found out.")] = None,
    max_chars: Annotated[int, typer.Option(min=1, help="Longer documents are set aside.")] = 2_000_000,
    civic: Annotated[
        Civic,
        typer.Option(
            help="`filter` refuses Vietnamese pages that are no civic news (party, government, programmes, "
            f"events, places score below --threshold); texts of under {SHORT} syllables always pass."
        ),
    ] = Civic.filter,
    threshold: Annotated[
        float, typer.Option(help="The civic score a page needs (seeds: 10 to 11).")
    ] = THRESHOLD,
    language: Annotated[
        Language, typer.Option(help="`vi` refuses what is not Vietnamese, unaccented copies included.")
    ] = Language.vi,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Read pages into the workspace as documents; run it again with more, or with changed ones."""
    options = Options(
        format=format_,
        text_field=text_field,
        id_field=id_field,
        url_field=url_field,
        source=source,
        encoding=encoding,
        max_chars=max_chars,
    )
    settings = Settings(options=options, civic=civic.value, threshold=threshold, language=language.value)
    workspace = Workspace(work, create=True)
    with workspace.writing():
        outcome = ingest(workspace, paths, settings)
    _tell_errors(outcome, workspace)
    report(
        "ingest",
        summary(outcome),
        {"read": outcome.read, "kept": outcome.kept, **outcome.counts},
        as_json=as_json,
        rejected=outcome.rejected,
        left_alone=outcome.left_alone,
    )
    finish(outcome.rejected)


def summary(outcome: Outcome) -> str:
    """`812 kept of 1,034: 90 same article, 132 not civic`; the counts add up."""
    parts = ", ".join(
        f"{outcome.counts[name]:,} {words}" for name, words in REASONS.items() if outcome.counts.get(name)
    )
    kept = ", ".join(
        f"{outcome.counts[name]:,} {name}"
        for name in ("new", "revised", "unchanged")
        if 0 < outcome.counts.get(name, 0) < outcome.read or (name != "new" and outcome.counts.get(name))
    )
    detail = f" ({kept})" if kept and kept != f"{outcome.kept:,} new" else ""
    return f"{outcome.kept:,} kept of {outcome.read:,}{detail}" + (f": {parts}" if parts else "")


def _tell_errors(outcome: Outcome, workspace: Workspace) -> None:
    for refusal in outcome.errors[:20]:
        tell(f"set aside [{refusal.code}] {refusal.message}")
    if outcome.rejected > 20:
        where = workspace.folder("documents") / "rejected.jsonl"
        tell(f"… and {outcome.rejected - 20:,} more, all in {where}")
    if outcome.left_alone:
        tell(f"{outcome.left_alone} files of other kinds left alone")


def show_command(
    identity: Annotated[str, typer.Argument(metavar="ID", help="A document's id.")],
    *,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Show one document: its facts, then its text with regions in colour."""
    workspace = Workspace(work)
    if as_json:
        import msgspec

        document = read_document(workspace, identity)
        typer.echo(msgspec.json.encode({"verb": "show", **msgspec.to_builtins(document)}).decode("utf-8"))
        return
    from rich.console import Console

    Console(highlight=False, soft_wrap=False).print(show_document(workspace, identity))
