"""PERCENT: a share in percent, ranges included."""

from __future__ import annotations

from labeling.quantities.amounts import amount_at, norm_of, range_start
from labeling.quantities.model import Kind, Reading, Rule
from labeling.quantities.source import Source
from labeling.quantities.triggers import NUMBER


def _read(source: Source, position: int) -> Reading | None:
    amount = amount_at(source, position)
    if amount is None or amount.unit is None or amount.unit.kind != "percent":
        return None
    return Reading(
        range_start(source, amount), amount.end, "PERCENT", norm_of(source, amount, "percent"), 0.97
    )


KIND = Kind("PERCENT", (Rule("percent", NUMBER, _read, frozenset(["@percent"])),))
