"""Rules and sources whose proposals people reject: named, and switched off or weighed down.

A rule is switched off when even the upper end of its precision's interval lies under the floor; a source's
label is weighed down when its precision lies under the floor.  Both need `least` judged proposals.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from labeling.intervals import Rate, rate
from labeling.preannotators.trust import MergeSettings
from labeling.scores.cards import ALL, MERGE, Card

FLOOR = 0.5
LEAST = 20
PRIOR = 20  # spans that the present trust weighs; the same as in trust.toml


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`off`: the rule is switched off; `trust`: the source's trust in the label becomes `trust`."""

    action: Literal["off", "trust"]
    source: str
    rule: str
    label: str
    precision: Rate
    trust: float | None = None


def verdicts(
    cards: Iterable[Card], settings: MergeSettings, *, floor: float = FLOOR, least: int = LEAST
) -> list[Verdict]:
    """What the cards over all rounds and both bases say against rules and sources, worst first."""
    pooled: dict[tuple[str, str, str], list[Card]] = {}
    for card in cards:
        if card.round == ALL and card.source != MERGE:
            pooled.setdefault((card.source, card.rule, card.label), []).append(card)
    found: list[Verdict] = []
    for (source, rule, label), both in sorted(pooled.items()):
        precision = rate(sum(card.precision.k for card in both), sum(card.precision.n for card in both))
        if precision.value is None or precision.n < least or precision.value >= floor:
            continue
        if rule != ALL and label == ALL and precision.high < floor:
            found.append(Verdict(action="off", source=source, rule=rule, label=label, precision=precision))
        elif rule == ALL and label != ALL:
            before = settings.trust.get(source, {}).get(label, 0.0)
            after = round((precision.k + PRIOR * before) / (precision.n + PRIOR), 4)
            if after < before:
                found.append(
                    Verdict(
                        action="trust",
                        source=source,
                        rule=rule,
                        label=label,
                        precision=precision,
                        trust=after,
                    )
                )
    return sorted(found, key=lambda item: (item.precision.value or 0.0, item.source, item.rule, item.label))
