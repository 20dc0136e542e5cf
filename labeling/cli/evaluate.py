"""`vicivic evaluate`: proposals against gold, by label, by source and merged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from corpus.command import Json, finish, report, tell
from corpus.errors import UsageError
from corpus.store import Workspace
from labeling.preannotators.table import NAMES, NUMBERS

Gold = Annotated[Path, typer.Option("--gold", metavar="FILE", help="JSONL of id, text, spans (and part).")]

HEAD = " " * 11 + "   gold   said      P      R     F1       95 %      outer  inner partial"
EXAMPLES = (
    "vicivic evaluate --gold tests/cases/gold/gold.jsonl",
    "vicivic evaluate --gold gold.jsonl --source civic --source underthesea --errors 40",
    "vicivic evaluate --gold gold.jsonl --part held --json",
    "vicivic evaluate --gold tests/cases/gold/gold.jsonl --write",
)


def evaluate(
    gold: Gold,
    source: Annotated[list[str] | None, typer.Option("--source", help="Sources to run; default all.")] = None,
    part: Annotated[
        str | None, typer.Option("--part", help="Only articles of this part (write, held).")
    ] = None,
    errors: Annotated[
        int, typer.Option("--errors", min=0, help="Show so many differences of the merge.")
    ] = 0,
    label: Annotated[
        list[str] | None, typer.Option("--label", help="With --errors: only these labels.")
    ] = None,
    write: Annotated[
        bool,
        typer.Option("--write", help="Compute trust.toml and calibration.toml anew from the part `write`."),
    ] = False,
    work: Annotated[
        Path | None,
        typer.Option("--work", metavar="DIR", help="Heed what this workspace decided on rules and trust."),
    ] = None,
    json: Json = False,
) -> None:
    """Score proposals against gold: exact and partial, nested, with intervals and what went wrong."""
    from labeling.evaluate import read_gold
    from labeling.measure import measure, refit
    from labeling.switches import merge_settings

    articles, refused = read_gold(gold)
    for error in refused:
        tell(f"vicivic evaluate: {error}")
    sources = tuple(name.strip() for item in source or () for name in item.split(",") if name.strip())
    if write:
        if sources or work:
            raise UsageError("--write computes the shipped tables: leave --source and --work out")
        written = refit([article for article in articles if article.part != "held"])
        report(
            "evaluate",
            f"trust and calibration computed from {written['articles']} articles, {written['spans']:,} spans",
            written,
            as_json=json,
            rejected=len(refused),
        )
        finish(len(refused))
        return
    chosen = [article for article in articles if part is None or article.part == part]
    if not chosen:
        parts = sorted({article.part for article in articles})
        raise UsageError(f"no article has part {part!r}; there are {', '.join(map(repr, parts))}")
    found = measure(chosen, sources, settings=merge_settings(Workspace(work)) if work else None)
    shown = [item for item in found.confusions if not label or _concerns(item, label)][:errors]
    spans = sum(len(article.spans) for article in chosen)
    counts = {"articles": len(chosen), "spans": spans, "refused": len(refused)}
    if not json:
        _print_tables(found)
        for item in shown:
            _print_confusion(item)
    layer = "names" if "names" in found.systems["merged"] else "numbers"
    merged = found.systems["merged"][layer]["all"]["exact"]
    report(
        "evaluate",
        f"{len(chosen):,} articles, {spans:,} gold spans: {layer} exact F1 {merged.f1:.3f} "
        f"[{merged.low:.3f}, {merged.high:.3f}]",
        counts,
        as_json=json,
        rejected=len(refused),
        **(_body(found, shown) if json else {}),
    )
    finish(len(refused))


def _body(found: Any, shown: Sequence[Any]) -> dict[str, Any]:
    body = msgspec.to_builtins(found)
    body["confusions"] = msgspec.to_builtins(list(shown))
    return dict(body)


def _concerns(item: Any, labels: Sequence[str]) -> bool:
    return any(text.split(" ")[0] in labels for text in (item.gold, item.predicted) if text)


def _print_tables(found: Any) -> None:
    for name, rows in found.systems.items():
        typer.echo(f"\n{name}{found.versions.get(name, '')}")
        typer.echo(HEAD)
        for label in ("names", *NAMES, "numbers", *NUMBERS):
            if label in rows:
                typer.echo(_row(label, rows[label]))
    typer.echo(
        f"\nreliability of the merged scores (expected calibration error {found.calibration_error:.3f})"
    )
    for item in found.reliability:
        span = f"{item.low:.1f}-{item.high:.1f}"
        typer.echo(f"  {span} {item.count:6} spans, score {item.score:.2f}, right {item.right:.2f}")
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in found.dropped.items())
    typer.echo(f"dropped by the merge: {reasons or 'nothing'}")


def _row(label: str, row: Any) -> str:
    exact, partial = row["all"]["exact"], row["all"]["partial"]
    outer, inner = row["outer"]["exact"], row["inner"]["exact"]
    rates = f"{exact.precision:6.3f} {exact.recall:6.3f} {exact.f1:6.3f}"
    rest = f"[{exact.low:.2f}, {exact.high:.2f}]  {outer.f1:6.3f} {inner.f1:6.3f} {partial.f1:7.3f}"
    return f"{label:10} {exact.gold:6} {exact.predicted:6} {rates}  {rest}"


def _print_confusion(item: Any) -> None:
    said = f"{item.predicted} ({item.rule})" if item.predicted else "–"
    typer.echo(f"\n{item.kind:9} {item.document}:{item.start}  gold {item.gold or '–'} | said {said}")
    typer.echo(f"  {item.context}")
