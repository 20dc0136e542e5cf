"""`vicivic scores`, `agreement`, `lint`: what became of proposals, how far people agree, what is faulty."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from corpus.command import WORK, Json, Work, finish, report, tell
from corpus.errors import UsageError
from corpus.store import Workspace
from labeling.cli.figures import (
    difference_words,
    measure_words,
    print_table,
    rate_words,
    write_csv,
    write_documents,
)

if TYPE_CHECKING:
    from labeling.agreement.table import Line
    from labeling.scores.cards import Card
    from labeling.scores.measure import Scores

SCORES_EXAMPLES = (
    "vicivic scores",
    "vicivic scores --label ORG --rounds",
    "vicivic scores --floor 0.5 --apply --by Lan && vicivic prelabel",
    "vicivic scores --on civic:offices --by Lan",
)
AGREEMENT_EXAMPLES = (
    "vicivic agreement",
    "vicivic agreement --round pilot --csv agreement.csv",
    "vicivic agreement --json",
)
LINT_EXAMPLES = (
    "vicivic lint",
    "vicivic lint --over annotations --severity error",
    "vicivic lint --check leading-words --out lint.jsonl",
    "vicivic lint --over annotations --fix",
    "vicivic lint --student",
)


def scores(
    label: Annotated[str | None, typer.Option(help="Show the cards of one label.")] = None,
    rounds: Annotated[bool, typer.Option("--rounds", help="Show each round, not only their sum.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Show every rule on every label.")] = False,
    floor: Annotated[float, typer.Option(help="Precision under which a rule is named.", min=0, max=1)] = 0.5,
    least: Annotated[int, typer.Option(help="Judged proposals that a verdict needs.", min=1)] = 20,
    apply: Annotated[
        bool, typer.Option("--apply", help="Write the verdicts; the next prelabel obeys them.")
    ] = False,
    on: Annotated[str | None, typer.Option(help="Switch source:rule on again.")] = None,
    off: Annotated[str | None, typer.Option(help="Switch source:rule off.")] = None,
    by: Annotated[str, typer.Option(help="Who decides, with --apply, --on and --off.")] = "",
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Score every source and rule by what people made of its proposals."""
    from labeling import quality, switches

    workspace = Workspace(work)
    if (apply or on or off) and not by.strip():
        raise UsageError("a decision on a rule needs somebody who takes it: name yourself with --by")
    with workspace.writing():
        for name, is_off in ((off, True), (on, False)):
            if name:
                switches.switch(workspace, name, off=is_off, by=by)
        kept, found = quality.scores(workspace, floor=floor, least=least)
        written = switches.apply_verdicts(workspace, found.verdicts, by=by) if apply else []
    for refused in kept.refused:
        tell(f"refused: {refused['record']} ({refused['annotation']}): {refused['message']}")
    if not as_json:
        _print_cards(found, label, rounds, everything)
        _print_people(found)
    for item in found.verdicts:
        act = "switch off" if item.action == "off" else f"trust {item.trust} in"
        tell(f"{act} {item.source}:{item.rule} {item.label}: precision {rate_words(item.precision)}")
    state = f"{len(written)} written" if apply else "nothing written, add --apply --by NAME"
    report(
        "scores",
        f"{found.sheets} annotations of {found.documents} documents scored: "
        f"{len(found.verdicts)} verdicts ({state}), {len(kept.refused)} annotations refused",
        {
            **{name: kept.counts[name] for name in sorted(kept.counts)},
            "sheets": kept.sheets,
            "scored": found.sheets,
            "documents": found.documents,
            "verdicts": len(found.verdicts),
            "written": len(written),
        },
        as_json=as_json,
        rejected=len(kept.refused),
        scores=found,
    )
    finish(len(kept.refused))


def _print_cards(found: Scores, label: str | None, rounds: bool, everything: bool) -> None:
    rows = [
        (
            card.source,
            card.rule,
            card.label,
            card.round,
            card.basis,
            rate_words(card.precision),
            rate_words(card.recall),
            rate_words(card.f1),
            f"{card.dropped_right}/{card.dropped}" if card.dropped else "",
        )
        for card in found.cards
        if (rounds or card.round == "*") and _shown(card, label, everything)
    ]
    heads = ("source", "rule", "label", "round", "basis", "precision", "recall", "F1", "dropped, right")
    print_table(heads, rows)


def _shown(card: Card, label: str | None, everything: bool) -> bool:
    """Sources by label and rules as a whole; with a label, all that is said of it."""
    if label is not None:
        return card.label == label
    return everything or "*" in (card.rule, card.label)


def _print_people(found: Scores) -> None:
    rows = [
        (
            person.author,
            str(person.sheets),
            str(person.shown),
            "" if person.seconds_per_1000 is None else f"{person.seconds_per_1000:g}",
            "; ".join(person.named),
        )
        for person in found.people
    ]
    print_table(("annotator", "documents", "proposals", "s/1,000 characters", "stands out"), rows)
    met = found.anchoring
    if met.missed.value is not None:
        tell(
            f"proposals made people miss {difference_words(met.missed)} of the spans and accept "
            f"{difference_words(met.accepted_wrongly)} of the proposals wrongly"
        )
    for words, time in (("with proposals", met.shown), ("blind", met.blind)):
        if time.documents:
            tell(
                f"{words}: {time.seconds:g} s a document, {time.per_1000:g} s per 1,000 characters (medians)"
            )


def agreement(
    round_: Annotated[str | None, typer.Option("--round", help="Only this round.")] = None,
    draws: Annotated[int, typer.Option(help="Bootstrap draws over documents.", min=10)] = 1000,
    csv_: Annotated[Path | None, typer.Option("--csv", help="Write every line as CSV.")] = None,
    documents: Annotated[
        Path | None, typer.Option("--documents", help="Write the F1 of every document as CSV, lowest first.")
    ] = None,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Measure how far annotators agree: F1 of pairs, Krippendorff's α, and what to talk about."""
    from labeling import quality

    workspace = Workspace(work)
    with workspace.writing():
        found = quality.agreement(
            workspace, draws=draws, round_=round_, lowest=20 if documents is None else None
        )
    lines = [("all", "all", line) for line in found.lines]
    lines += [(f"{pair.one} – {pair.other}", "all", line) for pair in found.pairs for line in pair.lines]
    lines += [("all", item.round, line) for item in found.rounds for line in item.lines]
    if csv_ is not None:
        write_csv(csv_, lines)
    if documents is not None:
        write_documents(documents, found.lowest)
    if not as_json:
        rows = [_line(who, when, line) for who, when, line in lines if when == "all" and line.label == "*"]
        rows += [_line("all", "all", line) for line in found.lines if line.label != "*"]
        print_table(("annotators", "round", "label", "spans", "exact", "label-free", "partial", "α"), rows)
        for topic in found.topics:
            tell(f"{topic.count:4} × {topic.surface}: {topic.kind}, {topic.labels[0]} or {topic.labels[1]}")
    for item in found.foreign:
        tell(
            f"not independent: {item.document}, annotation {item.annotation}: {item.author}, by {item.editor}"
        )
    for name, count in found.unknown.items():
        tell(f"not compared: {count} spans with the label {name!r}, which the scheme does not know")
    if len(found.schemes) > 1:
        made = " and ".join(f"{name} ({count} judgements)" for name, count in found.schemes.items())
        tell(f"annotations made under the schemes {made} are compared with each other")
    whole = found.lines[0] if found.lines else None
    figures = (
        f"exact F1 {measure_words(whole.exact)}, α {measure_words(whole.alpha)}"
        if whole
        else "nobody shared a document"
    )
    report(
        "agreement",
        f"{found.documents} documents by several annotators, {len(found.pairs)} pairs: {figures}",
        {
            "documents": found.documents,
            "pairs": len(found.pairs),
            "disagreements": sum(found.kinds.values()),
            "foreign_edits": len(found.foreign),
        },
        as_json=as_json,
        agreement=found,
    )


def _line(who: str, when: str, line: Line) -> tuple[str, ...]:
    figures = (line.exact, line.free, line.partial, line.alpha)
    return who, when, line.label, str(line.spans), *(measure_words(item) for item in figures)


def lint(
    over: Annotated[str, typer.Option(help="gold or annotations.")] = "gold",
    check: Annotated[
        list[str] | None, typer.Option(help="Run only this check; several times for more.")
    ] = None,
    severity: Annotated[str, typer.Option(help="Show this and worse: error, warning or hint.")] = "hint",
    student: Annotated[
        bool, typer.Option("--student", help="Also ask a model that learns from the other documents.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Write the findings, one JSON a line.")] = None,
    fix: Annotated[
        bool, typer.Option("--fix", help='Mend what is sure, in annotations by the author "lint".')
    ] = False,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Look for faults and inconsistencies, each with a suggestion; `--fix` never edits a person's work."""
    from labeling import quality
    from labeling.lint.finding import SEVERITIES
    from labeling.lint.fix import fix as mend
    from labeling.lint.run import annotated

    workspace = Workspace(work)
    if over not in ("gold", "annotations") or severity not in SEVERITIES:
        raise UsageError("say --over gold or annotations, --severity error, warning or hint")
    if fix and over != "annotations":
        raise UsageError("--fix mends annotations: add --over annotations")
    shown = SEVERITIES[: SEVERITIES.index(severity) + 1]
    with workspace.writing():
        found = [
            item
            for item in quality.lint(
                workspace,
                over="gold" if over == "gold" else "annotations",
                checks=check or (),
                student=student,
            )
            if item.severity in shown
        ]
        mended = None
        if fix:
            at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
            mended = mend(workspace, annotated(workspace, quality.everybody(workspace)), at=at)
    if out is not None:
        from corpus.store import atomic_file

        with atomic_file(out) as temporary:
            temporary.write_bytes(b"".join(msgspec.json.encode(item) + b"\n" for item in found))
    for item in () if as_json else found:
        suggestion = f" → {item.change.label} {item.change.text!r}" if item.change else ""
        where = " ".join(filter(None, (f"{item.document} [{item.start}, {item.end})", item.link)))
        sys.stdout.write(
            f"{item.severity:7} {item.check:16} {item.label} {item.text!r}: "
            f"{item.message}{suggestion}  {where}\n"
        )
    linted = quality.tally(found)
    fixed = f"; {mended.spans} spans mended in {mended.repaired} annotations by lint" if mended else ""
    counted = ", ".join(f"{number} {name}" for name, number in linted.severities.items()) or "nothing found"
    counts = {**linted.severities, "findings": len(found)}
    if mended:
        counts |= {"mended": mended.spans, "repaired": mended.repaired, "repaired_before": mended.already}
    report("lint", counted + fixed, counts, as_json=as_json, lint=linted)
    finish(linted.severities.get("error", 0))
