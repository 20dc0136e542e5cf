"""The report: what a workspace's annotation is worth, on one HTML page for people who look.

`Report` holds every number; the page is drawn from it alone, and `--json` prints it, so that the two can't
differ.  The page needs no network and no scripts; all text from documents and people is escaped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime

import msgspec

from corpus import __version__
from corpus.documents import revisions
from corpus.store import Workspace
from labeling import quality
from labeling.agreement.measure import Agreement
from labeling.agreement.table import DRAWS
from labeling.evidence import history, latest
from labeling.lint.finding import SEVERITIES, Finding
from labeling.questions import guideline_version, questions
from labeling.scheme import load_scheme
from labeling.scores.measure import Scores
from labeling.settle import read_records

FINDINGS = 60


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the work is: documents by what happened to them, annotations by round and status."""

    documents: int
    prelabelled: int
    annotated: int
    settled: int
    qualities: dict[str, dict[str, int]]
    rounds: dict[str, dict[str, int]]
    annotators: int
    questions_open: int


class Labels(msgspec.Struct, frozen=True, kw_only=True):
    """Gold spans of each label, those of machine layers apart."""

    people: dict[str, int]
    machine: dict[str, int]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the page shows."""

    workspace: str
    made_at: str
    vicivic: str
    scheme: str
    guideline: str
    progress: Progress
    labels: Labels
    scores: Scores
    agreement: Agreement
    lint_checks: dict[str, int]
    lint_severities: dict[str, int]
    findings: tuple[Finding, ...]


def build(workspace: Workspace, *, draws: int = DRAWS, at: datetime | None = None) -> Report:
    """Measure everything; each figure comes from where the single verbs take it."""
    scheme = load_scheme()
    _, scored = quality.scores(workspace, scheme=scheme)
    linted = quality.tally(list(quality.lint(workspace)))
    worst = sorted(linted.findings, key=lambda item: SEVERITIES.index(item.severity))
    progress, labels = _counted(workspace)
    moment = at or datetime.now(UTC)
    return Report(
        workspace=workspace.root.resolve().name,
        made_at=moment.strftime("%Y-%m-%d %H:%M UTC"),
        vicivic=__version__,
        scheme=scheme.version,
        guideline=guideline_version(workspace, scheme),
        progress=progress,
        labels=labels,
        scores=scored,
        agreement=quality.agreement(workspace, draws=draws, scheme=scheme),
        lint_checks=linted.checks,
        lint_severities=linted.severities,
        findings=tuple(worst[:FINDINGS]),
    )


def _counted(workspace: Workspace) -> tuple[Progress, Labels]:
    qualities: defaultdict[str, Counter[str]] = defaultdict(Counter)
    people: Counter[str] = Counter()
    machine: Counter[str] = Counter()
    settled = 0
    for record in read_records(workspace):
        settled += 1
        for layer, level in record.quality.items():
            qualities[layer][level] += 1
        for span in record.spans:
            (machine if span.how == "machine" else people)[span.label] += 1
    rounds: defaultdict[str, Counter[str]] = defaultdict(Counter)
    said = sorted(latest(history(workspace)), key=lambda item: (item.created_at, item.key))
    for item in said:
        rounds[item.round][item.status] += 1
    names = quality.everybody(workspace)
    asked = questions(workspace, names)
    present = revisions(workspace)
    progress = Progress(
        documents=len(present),
        prelabelled=_prelabelled(workspace),
        annotated=len({item.document for item in said if item.status == "submitted"} & present.keys()),
        settled=settled,
        qualities={layer: dict(sorted(found.items())) for layer, found in sorted(qualities.items())},
        rounds={name: dict(sorted(found.items())) for name, found in rounds.items()},
        annotators=len({item.author for item in said if item.author in names}),
        questions_open=sum(item.answer is None for item in asked),
    )
    order = load_scheme().names
    return progress, Labels(
        people={name: people[name] for name in order if people[name]},
        machine={name: machine[name] for name in order if machine[name]},
    )


def _prelabelled(workspace: Workspace) -> int:
    """Rows of the current merge, from the files' footers."""
    import pyarrow.parquet as pq

    from labeling.proposals import current

    home = workspace.folder("proposals")
    if not (home / "current.json").exists():
        return 0
    parts = (home / f"merge@{current(workspace).merge}").glob("part-*.parquet")
    return sum(pq.read_metadata(path).num_rows for path in parts)
