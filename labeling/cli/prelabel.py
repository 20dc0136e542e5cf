"""`vicivic prelabel`: over the workspace, or stateless from file to file."""

from __future__ import annotations

import math
import os
from collections import Counter
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from corpus.command import WORK, Json, Work, report, tell
from corpus.errors import UsageError
from corpus.store import Workspace
from labeling.files import Tally, label_file, write_manifest
from labeling.lines import MAX_CHARS, Options
from labeling.prelabel import Settings
from labeling.proposals import Told, current, has_current, prelabel_workspace
from labeling.switches import merge_settings

Names = Annotated[list[str] | None, typer.Option(help="Repeat, or part by commas.")]


def prelabel(
    context: typer.Context,
    source: Annotated[
        list[str] | None, typer.Option("--source", help="Sources to run, by name; default all.")
    ] = None,
    in_: Annotated[
        str | None,
        typer.Option("--in", metavar="FILE", help="JSONL to label without a workspace; - is stdin."),
    ] = None,
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="With --in: the output; - is stdout.")
    ] = "-",
    labels: Annotated[list[str] | None, typer.Option("--labels", help="With --in: keep only these.")] = None,
    min_score: Annotated[float, typer.Option("--min-score", min=0, max=1, help="With --in.")] = 0.0,
    flat: Annotated[bool, typer.Option("--flat", help="With --in: outermost spans only.")] = False,
    no_text: Annotated[
        bool, typer.Option("--no-text", help="With --in: leave `text` out of each line.")
    ] = False,
    resume: Annotated[
        bool, typer.Option("--resume", help="With --out FILE: go on with a run that was cut off.")
    ] = False,
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", metavar="FILE", help="With --in: what went in, counts, versions."),
    ] = None,
    max_errors: Annotated[
        str, typer.Option("--max-errors", metavar="N|P%", help="With --in: bad lines that are still exit 0.")
    ] = "0",
    max_chars: Annotated[
        int, typer.Option("--max-chars", min=1, help="With --in: longer texts become error lines.")
    ] = MAX_CHARS,
    doc_timeout: Annotated[
        float | None, typer.Option("--doc-timeout", metavar="SECONDS", min=0.001, help="With --in.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=0, help="Processes; 0 is one for each core.")] = 1,
    work: Work = WORK,
    json: Json = False,
) -> None:
    """Propose entity and number spans, in the workspace or (--in) from JSONL to JSONL."""
    jobs = jobs or os.cpu_count() or 1
    settings = Settings(sources=_names(source), labels=_names(labels), doc_timeout=doc_timeout)
    if in_ is None:
        _refuse_stateless_options(
            {
                "--labels": labels,
                "--out": out != "-",
                "--flat": flat,
                "--no-text": no_text,
                "--resume": resume,
                "--manifest": manifest,
                "--min-score": min_score,
                "--doc-timeout": doc_timeout,
                "--max-errors": max_errors != "0",
                "--max-chars": max_chars != MAX_CHARS,
            }
        )
        _prelabel_workspace(Workspace(work), settings, jobs, json)
        return
    if _work_is_named(context):
        settings = msgspec.structs.replace(settings, merge=merge_settings(Workspace(work)))
    options = Options(
        settings=settings, min_score=min_score, flat=flat, text=not no_text, max_chars=max_chars
    )
    allowed = _parse_max_errors(max_errors)
    with _Counter("documents") as counter:
        tally = label_file(in_, out, options, jobs=jobs, resume=resume, progress=counter.lines)
    if manifest:
        write_manifest(manifest, in_, options, tally)
    _report_lines(tally, out, json)
    if tally.failed > allowed(tally.lines):
        raise typer.Exit(1)


def _work_is_named(context: typer.Context) -> bool:
    """Whether --work stands, before or behind the verb; else the shipped tables are used."""
    source = context.get_parameter_source("work")
    return context.obj == "work" or (source is not None and source.name == "COMMANDLINE")


def _prelabel_workspace(workspace: Workspace, settings: Settings, jobs: int, json: bool) -> None:
    before = set(current(workspace).sources) if has_current(workspace) else set()
    with workspace.writing(), _Counter("documents") as counter:
        counts = prelabel_workspace(workspace, settings, jobs=jobs, progress=counter.told)
    summary = (
        f"{counts['new']:,} documents pre-labelled of {counts['documents']:,}, {counts['spans']:,} spans: "
        f"{counts['kept']:,} had proposals, {counts['failed']:,} failed"
    )
    labels = dict(sorted(counter.labels.items()))
    merged = current(workspace)
    if missing := sorted(before - set(merged.sources)):
        tell(
            f"the current merge no longer holds {', '.join(missing)}: run `vicivic prelabel` for all sources"
        )
    report(
        "prelabel",
        summary,
        counts,
        as_json=json,
        rejected=counts["failed"],
        labels=labels,
        merge=merged.merge,
        sources=merged.sources,
    )
    if counts["failed"]:
        raise typer.Exit(1)


def _report_lines(tally: Tally, out: str, json: bool) -> None:
    counts = {"lines": tally.lines, "documents": tally.lines - tally.failed, "spans": tally.spans}
    errors = dict(sorted(tally.errors.items()))
    named = ", ".join(f"{number:,} {code}" for code, number in errors.items())
    summary = (
        f"{counts['documents']:,} documents of {tally.lines:,} lines, {tally.spans:,} spans: "
        f"{tally.failed:,} errors" + (f" ({named})" if named else "")
    )
    extra = {"errors": errors, "labels": dict(sorted(tally.labels.items()))}
    report("prelabel", summary, counts, as_json=json, rejected=tally.failed, to_stderr=out == "-", **extra)


def _names(given: list[str] | None) -> tuple[str, ...]:
    return tuple(name.strip() for item in given or () for name in item.split(",") if name.strip())


def _refuse_stateless_options(given: dict[str, object]) -> None:
    for name, value in given.items():
        if value:
            raise UsageError(f"{name} goes with --in FILE; without it the workspace is pre-labelled")


class _Allowed:
    def __init__(self, number: float, percent: bool) -> None:
        self.number = number
        self.percent = percent

    def __call__(self, lines: int) -> float:
        return lines * self.number / 100 if self.percent else self.number


def _parse_max_errors(text: str) -> _Allowed:
    number = text.removesuffix("%")
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    if not 0 <= value < math.inf:
        raise UsageError(f"--max-errors {text!r}: write a number (20) or a share (1%)")
    return _Allowed(value, text.endswith("%"))


class _Counter:
    """Documents per second and spans on a terminal's stderr; one line at the end of long work elsewhere."""

    def __init__(self, noun: str) -> None:
        from rich.console import Console
        from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task = self._progress.add_task(noun, total=None)
        self._noun = noun
        self._spans = 0
        self.labels: Counter[str] = Counter()

    def __enter__(self) -> _Counter:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def told(self, item: Told) -> None:
        """One more document of the workspace."""
        self._spans += len(item.merged)
        self.labels.update(proposal.span.label for proposal in item.merged)
        self._advance()

    def lines(self, tally: Tally) -> None:
        """One more line of a file."""
        self._spans = tally.spans
        self.labels = tally.labels
        self._advance()
        if tally.lines % 10_000 == 0:
            tell(f"{tally.lines:,} lines, {tally.spans:,} spans, {tally.failed:,} errors")

    def _advance(self) -> None:
        speed = self._progress.tasks[0].speed
        pace = f" ({speed:.1f}/s)" if speed else ""
        most = ", ".join(f"{label} {number:,}" for label, number in self.labels.most_common(5))
        told = f"{self._noun}{pace}, {self._spans:,} spans: {most}"
        self._progress.update(self._task, advance=1, description=told)


EXAMPLES = (
    "vicivic prelabel",
    "vicivic prelabel --in docs.jsonl --out spans.jsonl --manifest run.json --jobs 2",
    "cat docs.jsonl | vicivic prelabel --in - --labels MONEY,DATE --no-text > spans.jsonl",
    "vicivic prelabel --in docs.jsonl --out spans.jsonl --resume --max-errors 1%",
)
