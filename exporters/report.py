"""The report: what a workspace's annotation is worth, on one HTML page for people who look.

`Report` holds every number; the page is drawn from it alone, and `--json` prints it, so that the two can't
differ.  The page needs no network and no scripts; all text from documents and people is escaped.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec

from corpus import __version__
from corpus.documents import revisions
from corpus.store import Workspace, atomic_file
from exporters import charts
from labeling import quality
from labeling.agreement.kinds import Where
from labeling.agreement.measure import Agreement
from labeling.agreement.table import DRAWS
from labeling.evidence import history, latest
from labeling.lint.finding import SEVERITIES, Finding
from labeling.questions import guideline_version, questions
from labeling.scheme import Scheme, load_scheme
from labeling.scores.cards import ALL, MERGE, Card
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
    progress = Progress(
        documents=len(revisions(workspace)),
        prelabelled=_prelabelled(workspace),
        annotated=len({item.document for item in said if item.status == "submitted"}),
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


# --- the page -------------------------------------------------------------------------------------


def page(found: Report, scheme: Scheme | None = None) -> str:
    """The report as one HTML file."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    from labeling.markup import marked, styles

    scheme = scheme or load_scheme()
    template = resources.files("exporters").joinpath("templates", "report.html").read_text("utf-8")
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined
    )

    def said(where: Where, second: bool) -> Markup:
        text = where.before + where.text + where.after
        offset = where.start - len(where.before)
        spans, focus = (where.other_spans, where.other_says) if second else (where.one_spans, where.one_says)
        return Markup(marked(text, spans, offset, focus))  # noqa: S704

    def spot(item: Finding) -> Markup:
        text = item.before + item.text + item.after
        keys = [(item.start, item.end, item.label or "unmarked")]
        return Markup(marked(text, keys, item.start - len(item.before)))  # noqa: S704

    return environment.from_string(template).render(
        found=found,
        whole=next((line for line in found.agreement.lines if line.label == ALL), None),
        charts={name: Markup(drawn) for name, drawn in _charts(found, scheme).items()},  # noqa: S704
        cards=[card for card in found.scores.cards if card.rule == ALL and card.round == ALL],
        rules=sorted(
            (card for card in found.scores.cards if card.rule != ALL and card.label == card.round == ALL),
            key=lambda card: (card.precision.value is None, card.precision.value or 0.0),
        ),
        styles=Markup(styles(scheme)),  # noqa: S704
        said=said,
        spot=spot,
        number=_number,
        interval=_interval,
        label_names={label.name: label.definition for label in scheme.labels},
    )


def _charts(found: Report, scheme: Scheme) -> dict[str, str]:
    colours = {label.name: label.color for label in scheme.labels}
    return {
        "labels": charts.bars(
            [(name, count, colours[name]) for name, count in found.labels.people.items()],
            "Gold spans by label",
        ),
        "heat": _heat(found.agreement),
        "agreement": _agreement(found.agreement),
        "merged": charts.intervals(
            _by_basis(found.scores.cards, MERGE), "Precision of what the merge passed"
        ),
        "calibration": charts.reliability(
            [(item.said, _point("", item.right)) for item in found.scores.calibration],
            "Probability that was said against what came true",
        ),
        "rounds": _rounds(found.scores.cards, list(found.progress.rounds)),
        "kinds": charts.bars(
            [(kind, count, "var(--a)") for kind, count in found.agreement.kinds.items()],
            "Disagreements by kind",
        ),
        "lint": charts.bars(
            [(name, count, "var(--b)") for name, count in found.lint_checks.items()], "Findings by check"
        ),
        "pace": charts.bars(
            [
                (person.author, person.seconds_per_1000, "var(--a)")
                for person in found.scores.people
                if person.seconds_per_1000 is not None
            ],
            "Seconds for 1,000 characters, median",
            shown="{:.1f} s",
        ),
    }


def _heat(agreement: Agreement) -> str:
    names = sorted({name for pair in agreement.pairs for name in (pair.one, pair.other)})
    values = {
        (pair.one, pair.other): pair.lines[0].exact.value
        for pair in agreement.pairs
        if pair.lines and pair.lines[0].exact.value is not None
    }
    return charts.heat(names, values, "Exact F1 of each pair of annotators")


def _agreement(agreement: Agreement) -> str:
    groups: dict[str, list[charts.Point]] = {"exact F1": [], "α (unitizing)": []}
    for line in agreement.lines:
        label = "all labels" if line.label == ALL else line.label
        for name, item in (("exact F1", line.exact), ("α (unitizing)", line.alpha)):
            if item.value is not None:
                point = charts.Point(label, item.value, item.low or 0.0, item.high or 0.0)
                groups[name].append(point._replace(low=max(0.0, point.low), value=max(0.0, item.value)))
    return charts.intervals(groups, "Agreement by label")


def _by_basis(cards: tuple[Card, ...], source: str) -> dict[str, list[charts.Point]]:
    groups: dict[str, list[charts.Point]] = {}
    for card in cards:
        if card.source == source and card.rule == ALL and card.round == ALL and card.precision.n:
            label = "all labels" if card.label == ALL else card.label
            groups.setdefault(card.basis, []).append(_point(label, card.precision))
    for points in groups.values():
        points.sort(key=lambda point: (point.label != "all labels", point.label))
    return groups


def _rounds(cards: tuple[Card, ...], order: list[str]) -> str:
    series: dict[str, list[charts.Point]] = {}
    for card in cards:
        if card.label == card.rule == ALL and card.round != ALL and card.basis == "corrected":
            name = "all sources" if card.source == MERGE else card.source
            series.setdefault(name, []).append(_point(card.round, card.precision))
    places = {name: place for place, name in enumerate(order)}
    for points in series.values():
        points.sort(key=lambda point: places.get(point.label, len(places)))
    if len(series) == 2:  # one source: the merge says the same
        series.pop("all sources", None)
    many = {point.label for points in series.values() for point in points}
    return charts.over_rounds(series, "Precision over rounds") if len(many) > 1 else ""


def _point(label: str, rate: Any) -> charts.Point:
    return charts.Point(label, rate.value, rate.low, rate.high, f"of {rate.n:g}")


def _number(value: float | None, digits: int = 3) -> str:
    return "–" if value is None else f"{value:.{digits}f}"


def _interval(item: Any) -> str:
    """A rate or a measure as "0.912 [0.880, 0.940]"."""
    if item.value is None:
        return "–"
    return f"{item.value:.3f} [{item.low:.3f}, {item.high:.3f}]"


def write(found: Report, path: Path) -> None:
    """Write the page, whole or not at all."""
    html = page(found)
    with atomic_file(path) as temporary:
        temporary.write_text(html, encoding="utf-8")
