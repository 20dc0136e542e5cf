"""The verbs of this room: ingest, stats, show."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from corpus.civic import SHORT, THRESHOLD
from corpus.command import WORK, Json, Work, examples, finish, report, tell
from corpus.documents import read_document, read_documents
from corpus.errors import UsageError
from corpus.ingest import Outcome, ingest
from corpus.prepare import Settings
from corpus.readers import READERS
from corpus.readers.page import REASONS, Options
from corpus.show import show_document
from corpus.store import Workspace

INGEST_EXAMPLES = examples(
    "vicivic ingest seeds",
    "vicivic ingest pages.jsonl.gz --id-field url --jobs 4",
    "vicivic ingest hf://HuggingFaceFW/fineweb-2/vie_Latn:train",
    "vicivic ingest old-site --format text --encoding tcvn3",
    "vicivic ingest --explain seeds/000_8824d1b809f65392.txt",
)
STATS_EXAMPLES = examples("vicivic stats", "vicivic stats --json | jq .provinces")
TOLD = 20  # refusals told one by one on stderr


class Civic(StrEnum):
    """What to do with pages that are no civic news."""

    filter = "filter"
    off = "off"


class Language(StrEnum):
    """Which languages pass."""

    vi = "vi"
    any = "any"


def ingest_command(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH...",
            help="Files, folders, or hf://owner/name/config:split (config may be left out).",
        ),
    ] = None,
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
    encoding: Annotated[
        str | None, typer.Option(help="The input's encoding (tcvn3, viscii, vni, cp1258, …); else found out.")
    ] = None,
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
    duplicates: Annotated[
        Civic,
        typer.Option(
            help="`filter` keeps one copy of the same article (same numbers) and groups near duplicates "
            "into families; `off` keeps everything, without families."
        ),
    ] = Civic.filter,
    jobs: Annotated[int, typer.Option(min=0, help="Processes; 0 means one for each core, at most 8.")] = 0,
    explain: Annotated[
        str | None, typer.Option(metavar="ID", help="Tell why a page was kept or refused, and stop.")
    ] = None,
    take_down: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Take an id, URL or site down for good; may be given again."),
    ] = None,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Read pages into the workspace as documents; run it again with more, or with changed ones."""
    if explain:
        _explain(Workspace(work), explain, as_json)
        return
    if not paths and not take_down:
        raise UsageError("name at least one PATH to read, or --explain ID, or --take-down NAME")
    options = Options(
        format=format_,
        text_field=text_field,
        id_field=id_field,
        url_field=url_field,
        source=source,
        encoding=encoding,
        max_chars=max_chars,
    )
    settings = Settings(
        options=options,
        civic=civic.value,
        threshold=threshold,
        language=language.value,
        duplicates=duplicates.value,
    )
    workspace = Workspace(work, create=True)
    with workspace.writing():
        _take_down(workspace, take_down or [], as_json=as_json and not paths)
        if not paths:
            return
        with _progress() as watch:
            workers = jobs or min(8, os.cpu_count() or 1)
            outcome = ingest(workspace, paths, settings, workers=workers, watch=watch)
    _tell(outcome, workspace)
    report(
        "ingest",
        summary(outcome),
        {"read": outcome.read, "kept": outcome.kept, **outcome.counts},
        as_json=as_json,
        rejected=outcome.rejected,
        left_alone=outcome.left_alone,
        recurring=[{"text": line.text, "documents": line.times} for line in outcome.recurring],
        largest_family=list(outcome.largest) if outcome.largest else None,
    )
    finish(outcome.rejected)


def stats_command(work: Work = WORK, *, as_json: Json = False) -> None:
    """Count documents, words, dates, places, sites, genres, families and refusals."""
    import msgspec

    from corpus.stats import count, render

    found = count(Workspace(work))
    if as_json:
        typer.echo(msgspec.json.encode({"verb": "stats", **msgspec.to_builtins(found)}).decode("utf-8"))
        return
    from rich.console import Console

    Console(highlight=False).print(render(found))
    refused = sum(found.refused.values())
    typer.echo(f"{found.documents:,} documents, {found.words:,} words, {refused:,} refused")


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


def summary(outcome: Outcome) -> str:
    """`812 kept of 1,034: 90 same article, 132 not civic`; the counts add up."""
    counts = outcome.counts
    parts = ", ".join(f"{counts[name]:,} {words}" for name, words in REASONS.items() if counts.get(name))
    kept = ", ".join(
        f"{counts[name]:,} {name}" for name in ("new", "revised", "unchanged") if counts.get(name)
    )
    detail = f" ({kept})" if counts.get("revised") or counts.get("unchanged") else ""
    return f"{outcome.kept:,} kept of {outcome.read:,}{detail}" + (f": {parts}" if parts else "")


def _explain(workspace: Workspace, identity: str, as_json: bool) -> None:
    from corpus.explain import explain_id

    lines = explain_id(workspace, identity)
    if as_json:
        report("ingest", "", {}, as_json=True, explain=lines)
    else:
        typer.echo("\n".join(lines))


def _take_down(workspace: Workspace, names: list[str], *, as_json: bool) -> None:
    """Add to the list, and say how many documents that took out: a misspelt name takes none."""
    if not names:
        return
    from corpus.takedowns import take_down

    before = sum(1 for _ in read_documents(workspace))
    added = take_down(workspace, names)
    gone = before - sum(1 for _ in read_documents(workspace))
    summary = (
        f"{added} added to the takedown list ({len(names) - added} stood on it already); "
        f"{gone:,} documents here taken down"
    )
    counts = {"added": added, "known": len(names) - added, "documents": gone}
    report("ingest", summary, counts, as_json=as_json, to_stderr=not as_json)
    if added and not gone:
        tell("no document here has such an id, URL or site; pages that come later are refused")


@contextmanager
def _progress() -> Iterator[Callable[[Counter[str]], None]]:
    """Documents, kept, refused and documents a second, on a terminal's stderr."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("reading")

        def watch(counts: Counter[str]) -> None:
            total, kept = sum(counts.values()), counts["kept"]
            rate = total / max(progress.tasks[0].elapsed or 1.0, 0.1)
            text = f"{total:,} read, {kept:,} kept, {total - kept:,} refused, {rate:,.0f}/s"
            progress.update(task, description=text)

        yield watch


def _tell(outcome: Outcome, workspace: Workspace) -> None:
    for refusal in outcome.errors[:TOLD]:
        tell(f"set aside [{refusal.code}] {refusal.message}")
    if outcome.rejected > TOLD:
        where = workspace.folder("documents") / "rejected.jsonl"
        tell(f"… and {outcome.rejected - TOLD:,} more, all in {where}")
    if outcome.left_alone:
        tell(f"{outcome.left_alone} files of other kinds left alone")
    if outcome.largest and outcome.counts.get("new"):
        tell(f"largest family: {outcome.largest[0]}, {outcome.largest[1]:,} documents")
    for line in outcome.recurring:
        tell(f"in {line.times:,} documents, perhaps boilerplate: {line.text[:100]!r}")
