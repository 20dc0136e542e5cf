"""A release as people look at it: some documents with their spans in colour, and the counts per label."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from exporters.manifest import read_manifest
from exporters.versions import released
from labeling.paint import paint
from labeling.scheme import Scheme, load_scheme
from labeling.span import Span

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text


def find_release(folder: Path, version: str = "latest") -> Path:
    """The release of a version below `releases/`; `latest` is the newest, people's work before machines'.

    Raises UsageError with what there is when there is no such release.
    """
    there = released(folder)
    if version == "latest" and there:
        return there[-1][1]
    for found, path in there:
        if str(found) == version.removeprefix("v"):
            return path
    listed = ", ".join(str(found) for found, _ in there) or "none yet; run `vicivic release`"
    raise UsageError(f"no release {version!r} in {folder}; there is: {listed}")


def show_release(path: Path, documents: int = 2, *, lines: int = 6, console: Console | None = None) -> None:
    """Load a release as its users do and print it: `documents` texts in colour, then counts per label.

    Of each document the first `lines` lines are shown.
    """
    import rich.console
    from rich.markup import escape

    screen = console or rich.console.Console()
    manifest = read_manifest(path)
    spans = load_config(path, "spans")
    screen.print(
        f"[bold]ViCivic {manifest.version}[/bold] ({manifest.annotations_creators}), {escape(str(path))}"
    )
    rows = ((split.features["spans"].feature["label"], row) for split in spans.values() for row in split)
    for (labels, row), _ in zip(rows, range(documents), strict=False):
        screen.rule(escape(f"{row['id']} ({row['quality_names']}, {row['quality_numbers']})"), align="left")
        screen.print(_coloured(row, labels, lines))
    screen.print(_table(spans, load_scheme(manifest.scheme)))


def load_config(path: Path, config: str) -> Any:
    """`datasets.load_dataset(path, config)` without its progress bars: a DatasetDict of all splits."""
    import datasets

    shown = datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        return datasets.load_dataset(str(path), config)
    finally:
        if not shown:
            datasets.enable_progress_bars()


def _coloured(row: dict[str, Any], labels: Any, lines: int) -> Text:
    text = row["text"]
    cut = len("".join(text.splitlines(keepends=True)[:lines]).rstrip("\n"))
    inside = [
        Span(start=span["start"], end=span["end"], label=labels.int2str(span["label"]), text=span["text"])
        for span in row["spans"]
        if span["end"] <= cut
    ]
    return paint(text[:cut], inside)


def _table(spans: Any, scheme: Scheme) -> Table:
    from rich.table import Table

    counts = {name: [0] * len(scheme.names) for name in spans}
    for name, split in spans.items():
        for row in split:
            for span in row["spans"]:
                counts[name][span["label"]] += 1
    table = Table("label", title="Spans per label")
    for name in counts:
        table.add_column(name, justify="right")
    for place, label in enumerate(scheme.labels):
        numbers = (str(column[place]) for column in counts.values())
        table.add_row(f"[black on {label.color}] {label.name} [/]", *numbers)
    table.add_section()
    table.add_row("all", *(str(sum(column)) for column in counts.values()))
    return table
