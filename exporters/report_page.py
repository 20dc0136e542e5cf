"""The report as one HTML page, drawn from a `Report` alone: no network, no scripts, everything escaped."""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from corpus.store import atomic_file
from exporters import charts
from exporters.report import Report
from labeling.agreement.kinds import Where
from labeling.agreement.measure import Agreement
from labeling.lint.finding import Finding
from labeling.scheme import Scheme, load_scheme
from labeling.scores.cards import ALL, MERGE, Card


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
