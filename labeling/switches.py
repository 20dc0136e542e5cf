"""What was decided about rules and sources: `decisions/rules.jsonl`, append-only, and the merge it makes.

Kinds of line: `rule` {"source","rule","off",…} switches a rule off or on again; `trust`
{"source","label","trust",…} sets a source's trust in a label, null for the shipped one.  The last line on a
rule or label counts.  Each line says who decided, why, and on what figures.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.errors import UsageError
from corpus.events import append_events, event, read_events
from corpus.store import Workspace
from labeling.preannotators.trust import MergeSettings, shipped

if TYPE_CHECKING:
    from labeling.scores.verdicts import Verdict


def home(workspace: Workspace) -> Path:
    """Where decisions on rules are kept."""
    return workspace.folder("decisions") / "rules.jsonl"


def merge_settings(workspace: Workspace) -> MergeSettings:
    """The shipped merge tables with what this workspace decided laid over them."""
    off, trust = _folded(workspace)
    return shipped().override(trust=trust, off=sorted(off))


def switch(workspace: Workspace, name: str, *, off: bool, by: str, reason: str = "") -> None:
    """Switch one rule ("source:rule", `*` for anything) off or on.  Raises UsageError for another form."""
    source, colon, rule = name.partition(":")
    if not (source and colon and rule):
        raise UsageError(f"no rule {name!r}: write it as source:rule, as `vicivic scores` names them")
    body = {"source": source, "rule": rule, "off": off, "by": by, "reason": reason}
    append_events(home(workspace), [event("rule", body)])


def apply_verdicts(workspace: Workspace, verdicts: Iterable[Verdict], *, by: str) -> list[Verdict]:
    """Write the verdicts that are not in force yet; returns those written."""
    off, trust = _folded(workspace)
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


def _folded(workspace: Workspace) -> tuple[set[str], dict[str, dict[str, float]]]:
    off: set[str] = set()
    trust: dict[str, dict[str, float]] = {}
    for line in read_events(home(workspace)):
        body = line.body
        if line.kind == "rule":
            name = f"{body['source']}:{body['rule']}"
            (off.add if body["off"] else off.discard)(name)
        elif line.kind == "trust":
            labels = trust.setdefault(body["source"], {})
            if body["trust"] is None:
                labels.pop(body["label"], None)
            else:
                labels[body["label"]] = body["trust"]
    return off, trust
