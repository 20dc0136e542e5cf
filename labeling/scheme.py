"""The label scheme as data: labels, layers, colours, hotkeys, definitions, and how labels migrate."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal

import msgspec

from corpus.errors import UsageError


class Label(msgspec.Struct, frozen=True, kw_only=True):
    """One label.  `color` is #rrggbb; `hotkey` as Label Studio writes it; texts for card and guideline."""

    name: str
    layer: Literal["names", "numbers"]
    color: str
    hotkey: str
    vi: str
    definition: str
    definition_vi: str
    examples: tuple[str, ...]
    near: tuple[str, ...]


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """Why a document should be discussed or rejected, one key each; `vi` is what annotators read."""

    kind: Literal["discuss", "reject"]
    name: str
    hotkey: str
    vi: str


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the label set.  `migrations` maps a label of an older version to its successor."""

    version: str
    guideline: str
    labels: tuple[Label, ...]
    reasons: tuple[Reason, ...] = ()
    migrations: dict[str, str] = {}

    def __post_init__(self) -> None:
        for field in ("name", "hotkey"):
            values = [getattr(item, field) for item in (*self.labels, *self.reasons)]
            if len(set(values)) != len(values):
                raise UsageError(f"scheme {self.version}: a {field} stands twice")
        for label in self.labels:
            if not re.fullmatch(r"#[0-9a-f]{6}", label.color):
                raise UsageError(
                    f"scheme {self.version}: {label.name} has no colour #rrggbb: {label.color!r}"
                )

    @property
    def names(self) -> tuple[str, ...]:
        """Label names in ClassLabel order."""
        return tuple(label.name for label in self.labels)

    def layer(self, layer: Literal["names", "numbers"]) -> frozenset[str]:
        """The names of one layer's labels."""
        return frozenset(label.name for label in self.labels if label.layer == layer)

    def layer_of(self, name: str) -> Literal["names", "numbers"]:
        """The layer of a label.  Raises UsageError for a label that the scheme does not know."""
        return self[name].layer

    def __getitem__(self, name: str) -> Label:
        for label in self.labels:
            if label.name == name:
                return label
        raise UsageError(f"scheme {self.version} has no label {name!r}; it has {', '.join(self.names)}")

    def __contains__(self, name: object) -> bool:
        return name in self.names


def is_shipped(version: str) -> bool:
    """Whether this ViCivic knows a version of the scheme."""
    return re.fullmatch(r"[0-9.]+", version) is not None and _home(version).is_file()


def _home(version: str) -> Traversable:
    return resources.files("labeling.schemes") / f"v{version}.toml"


@lru_cache(maxsize=8)
def load_scheme(version: str = "1") -> Scheme:
    """A shipped scheme.  Raises UsageError when this version is not shipped."""
    path = _home(version)
    if not is_shipped(version):
        raise UsageError(f"no scheme of version {version!r} is shipped with this ViCivic")
    return msgspec.toml.decode(path.read_bytes(), type=Scheme)
