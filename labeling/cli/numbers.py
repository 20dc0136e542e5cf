"""`vicivic numbers`: what the recogniser reads in a text."""

from __future__ import annotations

import sys
from typing import Annotated

import msgspec
import typer

from corpus.command import Json, report

EXAMPLES = (
    'vicivic numbers "Thu nhập bình quân đạt 63,4 triệu đồng/người/năm, tăng 12,5%"',
    'vicivic numbers "Hôm nay (21/7), 8/8 xã đạt chuẩn" --reference 2021-07-21',
    "cat article.txt | vicivic numbers - --json",
)


def numbers(
    text: Annotated[str, typer.Argument(help="The text to read; - reads standard input.")],
    reference: Annotated[
        str | None, typer.Option("--reference", metavar="DATE", help="The text's own date, e.g. 2021-07-21.")
    ] = None,
    json: Json = False,
) -> None:
    """Find numbers and dates in TEXT, with their values, units and dates computed."""
    from labeling.quantities import find

    if text == "-":
        text = sys.stdin.buffer.read().decode("utf-8", errors="replace")
    found = find(text, reference)
    counts: dict[str, int] = {"quantities": len(found)}
    for quantity in found:
        counts[quantity.label] = counts.get(quantity.label, 0) + 1
    rows = [_row(text, quantity) for quantity in found]
    if not json and rows:
        _print_table(rows)
    kinds = ", ".join(f"{number} {label}" for label, number in counts.items() if label != "quantities")
    report(
        "numbers",
        f"{len(found)} found" + (f": {kinds}" if kinds else ""),
        counts,
        as_json=json,
        quantities=rows,
    )


def _row(text: str, quantity: object) -> dict[str, object]:
    from labeling.quantities import Quantity, format_norm

    assert isinstance(quantity, Quantity)
    extent = quantity.extent
    return {
        "start": extent.start, "end": extent.end, "label": quantity.label, "text": extent.slice(text),
        "line": format_norm(quantity.norm), "score": quantity.score, "rule": quantity.rule,
        "norm": msgspec.to_builtins(quantity.norm),
    }  # fmt: skip


def _print_table(rows: list[dict[str, object]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("start", "end", "label", "text", "value", "resolved", "rule")
    for row in rows:
        norm = row["norm"]
        resolved = norm.get("resolved") if isinstance(norm, dict) else None
        cells = (
            row["start"],
            row["end"],
            row["label"],
            row["text"],
            row["line"],
            resolved or "",
            row["rule"],
        )
        table.add_row(*(escape(str(cell)) for cell in cells))
    Console().print(table)
