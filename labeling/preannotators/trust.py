"""The tables of the merge: whom to trust with which label, and what a score means.

`trust.toml` and `calibration.toml` are shipped; a workspace may override single entries and switch rules
off.  Everything here is hashed into the version of the merge.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

import msgspec

from corpus.errors import UsageError
from labeling.span import Source

Points = tuple[tuple[float, float], ...]


class MergeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a merge depends on; plain values, so it travels to other processes.

    trust        source → label → trust in [0, 1]
    fallback     sources that speak only where nobody else does
    calibration  source → label → rising points (score, probability)
    off          switched-off rules as "source:rule"; `*` stands for anything
    """

    trust: dict[str, dict[str, float]]
    fallback: tuple[str, ...] = ()
    calibration: dict[str, dict[str, Points]] = {}
    off: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for source, labels in self.trust.items():
            for label, value in labels.items():
                if not 0 <= value <= 1:
                    raise UsageError(f"trust of {source} in {label} is {value}: give a number from 0 to 1")

    @property
    def digest(self) -> str:
        """SHA-256 over all tables, whatever their order in the file."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()

    def override(
        self,
        *,
        trust: Mapping[str, Mapping[str, float]] | None = None,
        calibration: Mapping[str, Mapping[str, Points]] | None = None,
        off: Iterable[str] = (),
    ) -> MergeSettings:
        """These settings with single entries replaced and more rules switched off."""
        return msgspec.structs.replace(
            self,
            trust=_overlaid(self.trust, trust or {}),
            calibration=_overlaid(self.calibration, calibration or {}),
            off=tuple(sorted({*self.off, *off})),
        )

    def silence(self, source: Source, label: str) -> str:
        """Why this source is not heard on this label (`not-trusted`, `rule-off`); "" when it is."""
        if not self.trust.get(source.source, {}).get(label):
            return "not-trusted"
        name = f"{source.source}:{source.rule}"
        return "rule-off" if any(fnmatchcase(name, pattern) for pattern in self.off) else ""

    def rank(self, source: Source, label: str) -> tuple[float, float, str, str]:
        """Sorts best first: trust, then calibrated score, then source and rule."""
        trust = self.trust[source.source][label]
        return -trust, -self.score(source, label), source.source, source.rule

    def score(self, source: Source, label: str) -> float:
        """The probability, in [0, 1], that a span of this source with this score is right."""
        points = self.calibration.get(source.source, {}).get(label)
        if points:
            return _interpolate(points, source.score)
        return min(1.0, max(0.0, source.score)) * self.trust[source.source][label]

    def is_fallback(self, source: str) -> bool:
        """Whether the source speaks only where nobody else does."""
        return source in self.fallback


@cache
def shipped() -> MergeSettings:
    """The tables that come with this package."""
    return read_settings(resources.files("labeling.preannotators"))


def read_settings(folder: Traversable) -> MergeSettings:
    """The tables trust.toml and calibration.toml of a folder."""
    tables = msgspec.toml.decode(
        (folder / "trust.toml").read_bytes(), type=dict[str, dict[str, float | bool]]
    )
    return MergeSettings(
        trust={
            source: {label: value for label, value in table.items() if label != "fallback"}
            for source, table in tables.items()
        },
        fallback=tuple(sorted(source for source, table in tables.items() if table.get("fallback"))),
        calibration=msgspec.toml.decode(
            (folder / "calibration.toml").read_bytes(), type=dict[str, dict[str, Points]]
        ),
    )


def _overlaid(
    base: Mapping[str, Mapping[str, Any]], extra: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    return {name: {**base.get(name, {}), **extra.get(name, {})} for name in sorted({*base, *extra})}


def _interpolate(points: Points, score: float) -> float:
    place = bisect_right(points, score, key=lambda point: point[0])
    if place == 0:
        return points[0][1]
    if place == len(points):
        return points[-1][1]
    (left, low), (right, high) = points[place - 1], points[place]
    return low + (high - low) * (score - left) / (right - left)
