"""Krippendorff's α for unitizing: agreement on where units lie on a text, corrected for chance.

The measure reported is _uα of Krippendorff, Mathet, Bouvry and Widlöcher (2016), "On the reliability of
unitizing textual continua: further developments", Quality & Quantity 50:2347-2364, for nominal values: its
coincidences are lengths of intersection, its expectation leaves a unit's pairing with itself out.  It needs
units that do not overlap, so each label and nesting depth is a continuum of its own (unit or gap), and all
of them together are taken as α = 1 − Σ D_o / Σ D_e, as _Uα of 1995 joins its categories.

With u = Σ unit lengths of all annotators, s = Σ of their squares, x = lengths marked by two annotators (each
ordered pair, divided by m − 1), T = m · L over all documents, and g = T − u for the gaps:

    D_o = 2 (u − x),    D_e = T − T (u² − s + g² − g) / (T² − s − g)

u, s, x, T add up over documents with their own m ≥ 2 annotators; that makes the bootstrap one product.

`alpha_1995` is the coefficient before (Krippendorff 1995, Sociological Methodology 25:47-76; 2004, Content
Analysis, 2nd ed., ch. 11.6), which measures squared distances of edges; INCEpTION and DKPro report it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from itertools import accumulate, combinations
from typing import Any, NamedTuple

Unit = tuple[int, int]


class Sums(NamedTuple):
    """u, s and x of one continuum, as the module's docstring names them."""

    units: float
    squares: float
    shared: float


def sums(annotators: Sequence[Sequence[Unit]]) -> Sums:
    """The sums of one document's units of one label and depth, by annotator; at least two annotators."""
    units = sum(end - start for spans in annotators for start, end in spans)
    squares = sum((end - start) ** 2 for spans in annotators for start, end in spans)
    shared = sum(_common(one, other) for one, other in combinations(annotators, 2))
    return Sums(units, squares, 2 * shared / (len(annotators) - 1))


def _common(one: Sequence[Unit], other: Sequence[Unit]) -> int:
    """The length of what two annotators both mark; each one's units are sorted and apart."""
    common = here = there = 0
    while here < len(one) and there < len(other):
        common += max(0, min(one[here][1], other[there][1]) - max(one[here][0], other[there][0]))
        if one[here][1] <= other[there][1]:
            here += 1
        else:
            there += 1
    return common


def disagreements(found: Any, total: Any) -> tuple[Any, Any]:
    """(D_o, D_e) of sums over all documents; numbers or numpy arrays of them."""
    units, squares, shared = found
    gaps = total - units
    observed = 2 * (units - shared)
    below = total * total - squares - gaps
    expected = total - total * (units * units - squares + gaps * gaps - gaps) / below
    return observed, expected


def alpha(found: Sums, total: float) -> float | None:
    """_uα of one label and depth; None when nobody marked anything, or nothing else was possible."""
    if not found.units or total * total == found.squares + total - found.units:
        return None
    observed, expected = disagreements(found, total)
    return None if expected <= 0 else float(1 - observed / expected)


# --- _uα for several values on one continuum: no two units of one annotator overlap ----------------


def alpha_nominal(annotators: Sequence[Sequence[tuple[int, int, str]]], length: int) -> float | None:
    """_uα of one continuum of `length` code points whose units carry values; gaps are a value as well."""
    total = len(annotators) * length
    values = sorted({value for spans in annotators for _, _, value in spans})
    by_value = {
        value: sums([sorted((s, e) for s, e, v in spans if v == value) for spans in annotators])
        for value in values
    }
    anywhere = sums([sorted((s, e) for s, e, _ in spans) for spans in annotators])
    gaps = total - anywhere.units
    agreed_gaps = total - 2 * anywhere.units + anywhere.shared
    below = total * total - sum(item.squares for item in by_value.values()) - gaps
    above = gaps * gaps - gaps + sum(item.units**2 - item.squares for item in by_value.values())
    expected = total - total * above / below if below else 0.0
    observed = total - agreed_gaps - sum(item.shared for item in by_value.values())
    return None if expected <= 0 else 1 - observed / expected


# --- _Uα of 1995 -----------------------------------------------------------------------------------


class Edges(NamedTuple):
    """Observed and expected disagreement of one category."""

    observed: float
    expected: float

    @property
    def alpha(self) -> float | None:
        """1 − D_o / D_e; None when there is nothing to expect."""
        return None if self.expected == 0 else 1 - self.observed / self.expected


def alpha_1995(annotators: Sequence[Sequence[Unit]], length: int) -> Edges:
    """D_o and D_e of one category; each annotator's units are sorted and apart, within [0, length)."""
    many = len(annotators)
    pairs = sum(_edge_distance(one, other, length) for one, other in combinations(annotators, 2))
    observed = 2 * pairs / (many * (many - 1) * length**2)
    gaps = sorted(gap[1] - gap[0] for spans in annotators for gap in _gaps(spans, length))
    sizes = [end - start for spans in annotators for start, end in spans]
    from_end = [0, *accumulate(reversed(gaps))]
    above = 0.0
    for size in sizes:
        above += (len(sizes) - 1) * (2 * size**3 - 3 * size**2 + size) / 3
        wider = len(gaps) - bisect_left(gaps, size)
        above += size**2 * (from_end[wider] - wider * (size - 1))
    whole = many * length
    below = whole * (whole - 1) - sum(size * (size - 1) for size in sizes)
    return Edges(observed, 2 * above / length / below if below else 0.0)


def joined_1995(categories: Mapping[str, Edges]) -> float | None:
    """_Uα over categories: their disagreements are summed before they are divided."""
    expected = sum(item.expected for item in categories.values())
    return None if expected == 0 else 1 - sum(item.observed for item in categories.values()) / expected


def _gaps(spans: Sequence[Unit], length: int) -> list[Unit]:
    found, reached = [], 0
    for start, end in spans:
        if start > reached:
            found.append((reached, start))
        reached = end
    return [*found, (reached, length)] if reached < length else found


def _edge_distance(one: Sequence[Unit], other: Sequence[Unit], length: int) -> int:
    """Σ δ² over all pairs of sections: edges apart for two units, the whole unit inside a gap."""
    distance = 0
    for mine, theirs in ((one, other), (other, one)):
        gaps = _gaps(theirs, length)
        starts = [gap[0] for gap in gaps]
        for start, end in mine:
            place = bisect_left(starts, start + 1) - 1
            if place >= 0 and gaps[place][1] >= end:
                distance += (end - start) ** 2
    at = 0
    for start, end in one:
        while at < len(other) and other[at][1] <= start:
            at += 1
        reach = at
        while reach < len(other) and other[reach][0] < end:
            distance += (start - other[reach][0]) ** 2 + (end - other[reach][1]) ** 2
            reach += 1
    return distance
