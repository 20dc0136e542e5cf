"""`vicivic find` and `decide`: look at spans in context, and decide on many with one command."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from corpus.command import WORK, Json, Work, finish, report, tell
from corpus.errors import UsageError
from corpus.store import Workspace

if TYPE_CHECKING:
    from labeling.concordance import Hit

FIND_EXAMPLES = (
    'vicivic find --surface "Huyện ủy"',
    "vicivic find --regex '^đồng chí' --label PER --out hits.jsonl",
    "vicivic find --label ORG --inside TITLE --over annotations --annotator annotator-02",
    'vicivic find --surface "Huyện ủy" --unmarked',
)
DECIDE_EXAMPLES = (
    "vicivic decide --from hits.jsonl --relabel ORG --by Lan",
    "vicivic decide --from hits.jsonl --delete --by Lan --yes",
    "vicivic decide --from hits.jsonl --edge 're:(?<=đồng chí ).+' --by Lan --yes",
    "vicivic decide --undo d000012 --by Lan",
    "vicivic lint --out lint.jsonl; vicivic decide --from lint.jsonl --suggested --by Lan",
    "vicivic decide --list",
)


def find(
    surface: Annotated[str | None, typer.Option(help="The span's text, upper or lower case.")] = None,
    regex: Annotated[str | None, typer.Option(help="A regular expression in the span's text.")] = None,
    label: Annotated[list[str] | None, typer.Option(help="Label; may be given several times.")] = None,
    inside: Annotated[str | None, typer.Option(help="Label of a span around it.")] = None,
    around: Annotated[str | None, typer.Option(help="Label of a span inside it.")] = None,
    depth: Annotated[int | None, typer.Option(help="Spans around it: 0 is outermost.", min=0)] = None,
    annotator: Annotated[str | None, typer.Option(help="Pseudonym, as in annotator-01.")] = None,
    round_: Annotated[str | None, typer.Option("--round", help="Round of the annotation.")] = None,
    over: Annotated[str, typer.Option(help="gold or annotations.")] = "gold",
    unmarked: Annotated[bool, typer.Option(help="Places of the surface that nobody marked.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the hits, one JSON a line, for decide.")] = None,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Print every span that fits, in its context; `--out` keeps the hits for `vicivic decide`."""
    from labeling import concordance
    from labeling.people import pseudonyms

    workspace = Workspace(work)
    if over not in ("gold", "annotations"):
        raise UsageError(f"--over {over!r}: say gold or annotations")
    query = concordance.Query(
        over="gold" if over == "gold" else "annotations",
        surface=surface,
        pattern=regex,
        labels=tuple(_known(label or ())),
        inside=inside,
        around=around,
        depth=depth,
        annotator=annotator,
        round=round_,
        unmarked=unmarked,
    )
    found = concordance.find(workspace, query, pseudonyms=pseudonyms(workspace))
    kept: list[Hit] = []
    number, documents = 0, set[str]()
    lines: list[bytes] = []
    for hit in found:
        number += 1
        documents.add(hit.document)
        if out is not None:
            lines.append(msgspec.json.encode(hit) + b"\n")
        if as_json:
            kept.append(hit)
        else:
            _print(hit)
    if out is not None:
        from corpus.store import atomic_file

        with atomic_file(out) as temporary:
            temporary.write_bytes(b"".join(lines))
    report(
        "find",
        f"{number} spans in {len(documents)} documents" + (f", kept in {out}" if out else ""),
        {"spans": number, "documents": len(documents)},
        as_json=as_json,
        hits=kept,
    )


def _known(labels: list[str] | tuple[str, ...]) -> list[str]:
    from labeling.scheme import load_scheme

    return [load_scheme()[name].name for name in labels]


def _print(hit: Hit) -> None:
    before, after = (" ".join(part.split()) for part in (hit.before[-35:], hit.after[:35]))
    where = f"{hit.document} [{hit.start}, {hit.end})"
    tail = " ".join(filter(None, (where, "/".join(hit.by), hit.link or hit.url)))
    sys.stdout.write(f"{before:>35} [{hit.text}]{hit.label} {after:<35}  {tail}\n")


def decide(
    from_: Annotated[
        Path | None, typer.Option("--from", metavar="FIND.jsonl", help="Hits of `vicivic find --out`.")
    ] = None,
    relabel: Annotated[str | None, typer.Option(help="The label that every hit shall have.")] = None,
    delete: Annotated[bool, typer.Option("--delete", help="No hit is a span.")] = False,
    edge: Annotated[
        str | None, typer.Option(help="The text that the span shall have; re:… for a regular expression.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Every hit stands as it is.")] = False,
    suggested: Annotated[
        bool, typer.Option("--suggested", help="Do what lint suggests; the file is that of lint --out.")
    ] = False,
    undo: Annotated[list[str] | None, typer.Option(help="Take back a decision or a batch by id.")] = None,
    list_: Annotated[bool, typer.Option("--list", help="Show the decisions that stand.")] = False,
    by: Annotated[str, typer.Option(help="The curator who decides.")] = "",
    reason: Annotated[str, typer.Option(help="Why; kept with each decision.")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Write without asking.")] = False,
    work: Work = WORK,
    as_json: Json = False,
) -> None:
    """Decide on every hit of a file: previews the changes, then writes one decision a span."""
    from labeling import decisions as deciding
    from labeling.concordance import read_hits
    from labeling.decide import Order, plan, plan_suggestions, preview, read_findings
    from labeling.scheme import load_scheme

    workspace = Workspace(work)
    if list_:
        _list(workspace, as_json)
        return
    if undo:
        _undo(workspace, undo, by, as_json)
        return
    if from_ is None:
        raise UsageError("name the hits with --from FIND.jsonl (made by `vicivic find --out FIND.jsonl`)")
    order = Order(
        by=by, relabel=relabel, delete=delete, edge=edge, keep=keep, suggested=suggested, reason=reason
    )
    if suggested:
        findings = read_findings(_lines(from_), str(from_))
        asked_for, planned = len(findings), plan_suggestions(workspace, findings, order)
    else:
        hits = read_hits(_lines(from_), str(from_))
        asked_for, planned = len(hits), plan(workspace, hits, order, load_scheme())
    for item in planned.decisions:
        tell(preview(item))
    for refused in planned.refused:
        tell(f"refused: {refused['record']} {refused['span']}: {refused['message']}")
    written = 0
    asked = yes or (sys.stdin.isatty() and typer.confirm(f"Write {len(planned.decisions)} decisions?"))
    if asked:
        with workspace.writing():
            batch = f"decide-{len(deciding.read(workspace)) + 1:06d}"
            batched = [msgspec.structs.replace(item, batch=batch) for item in planned.decisions]
            written = len(deciding.record(workspace, batched))
    known = len(planned.decisions) - written if asked else 0  # decided just so before
    fresh = len(planned.decisions) - known
    state = "" if asked else "; nothing is written, add --yes"
    report(
        "decide",
        f"{written} decisions of {asked_for} hits: {fresh} to decide, "
        f"{planned.already + known} so already, {len(planned.refused)} refused{state}",
        {
            "hits": asked_for,
            "decisions": fresh,
            "written": written,
            "already": planned.already + known,
        },
        as_json=as_json,
        rejected=len(planned.refused),
    )
    finish(len(planned.refused))


def _lines(path: Path) -> list[bytes]:
    try:
        return path.read_bytes().splitlines()
    except OSError as error:
        raise UsageError(
            f"{path}: can't be read ({error.strerror}); make it with `vicivic find --out` or `lint --out`"
        ) from None


def _undo(workspace: Workspace, wanted: list[str], by: str, as_json: bool) -> None:
    from labeling import decisions as deciding

    if not by.strip():
        raise UsageError("taking a decision back is a decision: name yourself with --by")
    with workspace.writing():
        taken = deciding.undo(workspace, wanted, by)
    report("decide", f"{len(taken)} decisions taken back", {"undone": len(taken)}, as_json=as_json)


def _list(workspace: Workspace, as_json: bool) -> None:
    from labeling import decisions as deciding
    from labeling.decide import preview

    standing = deciding.standing(deciding.read(workspace))
    for item in () if as_json else standing:
        sys.stdout.write(f"{item.id} {item.batch or '-'} {item.by}: {preview(item)}\n")
    report("decide", f"{len(standing)} decisions stand", {"standing": len(standing)}, as_json=as_json)
