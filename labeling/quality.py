"""The measures of a workspace, each computed in one place: the command line and the report show the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec

from corpus.store import Workspace
from labeling.agreement import measure as agreement_measure
from labeling.agreement.measure import Agreement
from labeling.agreement.table import DRAWS
from labeling.concordance import annotated_documents
from labeling.corrections.book import Kept, keep_ledger, read_sheets
from labeling.evidence import MACHINES, history
from labeling.lint import run as linting
from labeling.lint.finding import Finding
from labeling.people import add_people
from labeling.scheme import Scheme, load_scheme
from labeling.scores import measure as score_measure
from labeling.scores.measure import Scores
from labeling.scores.verdicts import FLOOR, LEAST
from labeling.switches import merge_settings


def everybody(workspace: Workspace) -> dict[str, str]:
    """E-mail → pseudonym of everybody who annotated; who is new gets one."""
    authors: dict[str, None] = {}
    editors: dict[str, None] = {}
    for said in history(workspace):
        if said.author not in MACHINES:
            authors[said.author] = editors[said.editor] = None
    return add_people(workspace, {**authors, **editors})


def scores(
    workspace: Workspace, *, floor: float = FLOOR, least: int = LEAST, scheme: Scheme | None = None
) -> tuple[Kept, Scores]:
    """Remake the ledger of corrections and score it."""
    kept = keep_ledger(workspace, pseudonyms=everybody(workspace), scheme=scheme)
    found = score_measure.measure(
        read_sheets(workspace), settings=merge_settings(workspace), floor=floor, least=least
    )
    return kept, found


def agreement(
    workspace: Workspace,
    *,
    draws: int = DRAWS,
    round_: str | None = None,
    scheme: Scheme | None = None,
    lowest: int | None = 20,
) -> Agreement:
    """Agreement between everybody, over all rounds or one; `lowest` documents are named (None: all)."""
    names = everybody(workspace)

    def pseudonym(author: str) -> str:
        return names.get(author, "annotator-?")

    given = (
        (document, [said for said in found if round_ is None or said.round == round_])
        for document, found in annotated_documents(workspace)
    )
    return agreement_measure.measure(
        given,
        scheme=scheme or load_scheme(),
        pseudonym=pseudonym,
        draws=draws,
        lowest=lowest,
    )


class Linted(msgspec.Struct, frozen=True, kw_only=True):
    """Findings, how many of each check and severity."""

    checks: dict[str, int]
    severities: dict[str, int]
    findings: tuple[Finding, ...]


def lint(
    workspace: Workspace,
    *,
    over: Literal["gold", "annotations"] = "gold",
    checks: Sequence[str] = (),
    student: bool = False,
) -> Iterator[Finding]:
    """Findings over gold or annotations, streaming; those of a student last, which holds them in memory."""
    names = everybody(workspace)

    def marked() -> Iterator[linting.Marked]:
        return linting.gold(workspace) if over == "gold" else linting.annotated(workspace, names)

    yield from linting.lint(marked(), over=over, checks=checks)
    if student:
        from labeling.lint.student import student as reads

        yield from (msgspec.structs.replace(found, over=over) for found in reads(marked()))


def tally(findings: Sequence[Finding]) -> Linted:
    """Findings with their counts."""
    checks = Counter(item.check for item in findings)
    severities = Counter(item.severity for item in findings)
    return Linted(
        checks=dict(sorted(checks.items())),
        severities=dict(sorted(severities.items())),
        findings=tuple(findings),
    )
