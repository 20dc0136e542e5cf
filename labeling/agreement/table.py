"""Rows of counts, one a document, and what they say with bootstrap intervals over documents.

A row is a mapping of columns: (label, name) for the counts of `spans.Counts`, (label, depth, name) for the
sums of `alpha.Sums`, (layer, "total") for T.  Every measure is a function of column sums, so a draw is one
matrix product.  Intervals are percentiles 2.5 and 97.5 of the draws (Efron and Tibshirani 1993, ch. 13).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from labeling.agreement.alpha import disagreements
from labeling.scheme import Scheme

DRAWS = 1_000
CHUNK = 100
SEED = 20_200_914
TINY = 1e-12  # of T: below it an expectation is rounding, not disagreement
MEASURES = ("exact", "free", "partial")


class Measure(msgspec.Struct, frozen=True):
    """A value with its 95 % bootstrap interval; all None where it is undefined."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Agreement on one label (`*`: all): spans of both sides, three F1 and α; α by depth where it nests."""

    label: str
    spans: int
    exact: Measure
    free: Measure
    partial: Measure
    alpha: Measure
    alpha_by_depth: dict[int, Measure] = {}


class Table:
    """Rows in the making; `lines()` ends them."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._columns: dict[Any, int] = {}
        self._rows: list[dict[int, float]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def add(self, row: Mapping[Any, float]) -> None:
        """One document's counts."""
        columns = self._columns
        self._rows.append({columns.setdefault(name, len(columns)): value for name, value in row.items()})

    def lines(self, draws: int = DRAWS) -> list[Line]:
        """The line of every label that somebody used, in the scheme's order, after the line `*`."""
        if not self._rows:
            return []
        sums, drawn = self._drawn(draws)
        used = {name[0] for name in self._columns if len(name) == 2 and name[1] == "one"}
        return [self._line(label, sums, drawn) for label in ("*", *self._scheme.names) if label in used]

    def _drawn(self, draws: int) -> tuple[Any, Any]:
        """Column sums of the rows, and of each draw of as many rows with replacement."""
        import numpy as np

        many = len(self._rows)
        matrix = np.zeros((many, len(self._columns)))
        for place, row in enumerate(self._rows):
            matrix[place, list(row)] = list(row.values())
        random = np.random.default_rng(SEED)
        drawn = np.empty((draws, matrix.shape[1]))
        for first in range(0, draws, CHUNK):
            size = min(CHUNK, draws - first)
            picks = random.integers(0, many, (size, many)) + many * np.arange(size)[:, None]
            weights = np.bincount(picks.ravel(), minlength=size * many).reshape(size, many)
            drawn[first : first + size] = weights.astype(float) @ matrix
        return matrix.sum(0), drawn

    def _line(self, label: str, sums: Any, drawn: Any) -> Line:
        spans = self._of(sums, (label, "one")) + self._of(sums, (label, "other"))
        scores = {
            name: _measure(
                lambda found, name=name: (
                    2
                    * self._of(found, (label, name))
                    / (self._of(found, (label, "one")) + self._of(found, (label, "other")))
                ),
                sums,
                drawn,
            )
            for name in MEASURES
        }
        keys = sorted(name[:2] for name in self._columns if len(name) == 3 and name[2] == "units")
        mine = [key for key in keys if label in ("*", key[0])]
        by_depth = {}
        if label != "*" and len(mine) > 1:
            by_depth = {key[1]: _measure(self._alpha([key]), sums, drawn) for key in mine}
        return Line(
            label=label,
            spans=int(spans),
            **scores,
            alpha=_measure(self._alpha(mine), sums, drawn),
            alpha_by_depth=by_depth,
        )

    def _alpha(self, keys: Iterable[tuple[str, int]]) -> Any:
        import numpy as np

        keys = list(keys)

        def value(found: Any) -> Any:
            observed = expected = length = 0.0
            for key in keys:
                total = self._of(found, (self._scheme.layer_of(key[0]), "total"))
                parts = tuple(self._of(found, (*key, name)) for name in ("units", "squares", "shared"))
                off, chance = disagreements(parts, total)
                observed, expected, length = observed + off, expected + chance, length + total
            return 1 - observed / np.where(expected > TINY * length, expected, np.nan)

        return value

    def _of(self, found: Any, name: Any) -> Any:
        place = self._columns.get(name)
        return 0.0 * found[..., 0] if place is None else found[..., place]


def _measure(function: Any, sums: Any, drawn: Any) -> Measure:
    import numpy as np

    with np.errstate(all="ignore"):
        value = float(function(sums))
        draws = np.asarray(function(drawn))
    if not np.isfinite(value):
        return Measure()
    draws = draws[np.isfinite(draws)]
    low, high = np.percentile(draws, (2.5, 97.5)) if len(draws) else (value, value)
    return Measure(round(value, 6), round(float(low), 6), round(float(high), 6))
