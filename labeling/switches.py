"""What was decided about rules and sources: `decisions/rules.jsonl`, append-only, and the merge it makes.

Kinds of line: `rule` {"source","rule","off",…} switches a rule off or on again; `trust`
{"source","label","trust",…} sets a source's trust in a label, null for the shipped one; `calibration`
{"source","label","points",…} sets what its scores mean there, as rising [score, probability] points.  The
last line on a rule or label counts.  Each line says who decided, why, and on what figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from corpus.errors import UsageError
from corpus.events import append_events, event, read_events
from corpus.store import Workspace
from labeling.preannotators.trust import MergeSettings, Points, shipped

if TYPE_CHECKING:
    from labeling.scores.verdicts import Verdict


def home(workspace: Workspace) -> Path:
    """Where decisions on rules are kept."""
    return workspace.folder("decisions") / "rules.jsonl"


def merge_settings(workspace: Workspace) -> MergeSettings:
    """The shipped merge tables with what this workspace decided laid over them."""
    decided = _folded(workspace)
    return shipped().override(trust=decided.trust, calibration=decided.calibration, off=sorted(decided.off))


def switch(workspace: Workspace, name: str, *, off: bool, by: str, reason: str = "") -> None:
    """Switch one rule ("source:rule", `*` for anything) off or on.  Raises UsageError for another form."""
    source, colon, rule = name.partition(":")
    if not (source and colon and rule):
        raise UsageError(f"no rule {name!r}: write it as source:rule, as `vicivic scores` names them")
    body = {"source": source, "rule": rule, "off": off, "by": by, "reason": reason}
    append_events(home(workspace), [event("rule", body)])


def calibrate(
    workspace: Workspace, source: str, label: str, points: Points | None, *, by: str, reason: str = ""
) -> None:
    """Set what a source's scores mean for a label; None takes it back.  Raises UsageError when not rising."""
    if points is not None and (not points or list(points) != sorted(points) or not _shares(points)):
        raise UsageError(f"calibration of {source} in {label}: give rising points from 0 to 1, not {points}")
    body = {"source": source, "label": label, "points": points, "by": by, "reason": reason}
    append_events(home(workspace), [event("calibration", body)])


def _shares(points: Points) -> bool:
    """Whether all scores and probabilities lie in [0, 1], and probabilities rise with the scores."""
    shares = [share for _, share in points]
    return shares == sorted(shares) and all(0 <= value <= 1 for point in points for value in point)


def apply_verdicts(workspace: Workspace, verdicts: Iterable[Verdict], *, by: str) -> list[Verdict]:
    """Write the verdicts that are not in force yet; returns those written."""
    off, trust, _ = _folded(workspace)
    fresh = [
        item
        for item in verdicts
        if not (item.action == "off" and f"{item.source}:{item.rule}" in off)
        and not (item.action == "trust" and trust.get(item.source, {}).get(item.label) == item.trust)
    ]
    append_events(home(workspace), [_line(item, by) for item in fresh])
    return fresh


def _line(item: Verdict, by: str) -> Any:
    figures = {
        "right": item.precision.k,
        "proposed": item.precision.n,
        "low": item.precision.low,
        "high": item.precision.high,
    }
    reason = "precision under the floor"
    shared = {"source": item.source, "by": by, "reason": reason, "figures": figures}
    if item.action == "off":
        return event("rule", {**shared, "rule": item.rule, "off": True})
    return event("trust", {**shared, "label": item.label, "trust": item.trust})


class Decided(NamedTuple):
    """What the lines of a workspace come to: rules off, trust and calibration by source and label."""

    off: set[str]
    trust: dict[str, dict[str, float]]
    calibration: dict[str, dict[str, Points]]


def _folded(workspace: Workspace) -> Decided:
    decided = Decided(set(), {}, {})
    for line in read_events(home(workspace)):
        body = line.body
        if line.kind == "rule":
            name = f"{body['source']}:{body['rule']}"
            (decided.off.add if body["off"] else decided.off.discard)(name)
        elif line.kind == "trust":
            _lay(decided.trust, body, body["trust"])
        elif line.kind == "calibration":
            points = body["points"] and tuple((float(score), float(share)) for score, share in body["points"])
            _lay(decided.calibration, body, points)
    return decided


def _lay(table: dict[str, dict[str, Any]], body: dict[str, Any], value: Any) -> None:
    """The last line on a source and label counts; null takes back what stood."""
    labels = table.setdefault(body["source"], {})
    if value is None:
        labels.pop(body["label"], None)
    else:
        labels[body["label"]] = value
