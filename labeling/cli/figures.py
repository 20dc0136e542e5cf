"""Figures of quality as words, tables and CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labeling.agreement.count import Low
    from labeling.agreement.table import Line, Measure
    from labeling.intervals import Difference, Rate


def rate_words(found: Rate) -> str:
    """A proportion as "0.912 [0.88, 0.94] of 200"."""
    if found.value is None:
        return "–"
    return f"{found.value:.3f} [{found.low:.2f}, {found.high:.2f}] of {found.n:g}"


def measure_words(found: Measure) -> str:
    """A measure as "0.912 [0.880, 0.940]"."""
    return "–" if found.value is None else f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def difference_words(found: Difference) -> str:
    """A difference in percentage points with its interval."""
    if found.value is None:
        return "–"
    return f"{100 * found.value:.1f} % [{100 * found.low:.1f}, {100 * found.high:.1f}]"


def print_table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> None:
    """A table on stdout; wide as it must be where stdout is a file."""
    from rich.console import Console
    from rich.table import Table

    if rows:
        table = Table(*heads, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*row)
        Console(width=None if sys.stdout.isatty() else 200, markup=False).print(table)


def write_csv(path: Path, lines: Iterable[tuple[str, str, Line]]) -> None:
    """Every line of agreement as CSV, whole or not at all."""
    from corpus.store import atomic_file

    names = ("exact", "free", "partial", "alpha")
    heads = [f"{name}{end}" for name in names for end in ("", "_low", "_high")]
    with atomic_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["annotators", "round", "label", "spans", *heads])
        for who, when, line in lines:
            figures = [
                getattr(getattr(line, name), end) for name in names for end in ("value", "low", "high")
            ]
            writer.writerow([who, when, line.label, line.spans, *figures])


def write_documents(path: Path, lowest: Sequence[Low]) -> None:
    """The exact F1 of each document as CSV, lowest first."""
    from corpus.store import atomic_file

    with atomic_file(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["document", "exact", "annotators"])
        writer.writerows([item.document, item.exact, item.annotators] for item in lowest)
