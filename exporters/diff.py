"""What changed between two releases: documents and spans, one change at a time, and how grave it is.

A span is the same span in both when it has the same id; else when it has the same edges and label, then
the same edges.  Documents are compared in the order of their ids, one pair at a time: memory stays flat.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from heapq import merge
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec

from corpus.events import canonical_json
from exporters.manifest import CHANGES, Manifest
from exporters.parquet import parquet_rows
from exporters.rows import norm_columns
from exporters.splits import read_lines

Level = Literal["patch", "minor", "major"]
LEVELS: tuple[Level, ...] = ("patch", "minor", "major")
CONTEXT = 40  # characters of text shown on either side of a span

# change → how grave it is for those who trained on the release before
GRAVITY: dict[str, Level] = {
    "document added": "minor",
    "document removed": "major",
    "document taken down": "minor",
    "document moved to another split": "major",
    "text changed": "patch",
    "span added": "patch",
    "span removed": "patch",
    "moved": "patch",
    "relabelled": "patch",
    "revalued": "patch",
}
_VALUES = tuple(norm_columns(None))
Row = dict[str, Any]


class Side(NamedTuple):
    """One release of the two: its folder and its manifest."""

    folder: Path
    manifest: Manifest


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One change.  `before` and `after` are what stood there, in words; `context` shows it in the text."""

    document: str
    span: str | None = None
    change: str
    label: str | None = None
    before: str | None = None
    after: str | None = None
    context: str | None = None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """All that changed: `structure` (what, how grave), counts by (change, label), and the gravest level."""

    structure: tuple[tuple[str, Level], ...]
    counts: Counter[tuple[str, str]]
    level: Level

    def by_change(self) -> dict[str, int]:
        """change → how often, in the order of `GRAVITY`, without what did not happen."""
        totals = Counter[str]()
        for (change, _), count in self.counts.items():
            totals[change] += count
        return {change: totals[change] for change in GRAVITY if totals[change]}


def difference(before: Side, after: Side, taken_down: frozenset[str] = frozenset()) -> Difference:
    """Count everything that changed and say how grave it is."""
    counts: Counter[tuple[str, str]] = Counter()
    for change in changes(before, after, taken_down):
        counts[change.change, change.label or ""] += 1
    structure = tuple(structural(before.manifest, after.manifest))
    levels: list[Level] = [level for _, level in structure]
    levels += [GRAVITY[change] for change, _ in counts]
    return Difference(
        structure=structure, counts=counts, level=max(levels, key=LEVELS.index, default="patch")
    )


# --- structure ------------------------------------------------------------------------------------


def structural(before: Manifest, after: Manifest) -> Iterator[tuple[str, Level]]:
    """(what changed, how grave) about scheme, labels, configs and columns."""
    if before.scheme != after.scheme:
        yield f"scheme {before.scheme} → {after.scheme}", "major"
    if before.guideline != after.guideline:
        yield f"guideline {before.guideline} → {after.guideline}", "minor"
    if before.license != after.license:
        yield f"licence {before.license} → {after.license}", "patch"
    for what, was, now in (
        ("contact", before.contact, after.contact),
        ("authors", before.authors, after.authors),
        ("baselines on the card", before.baselines_wanted, after.baselines_wanted),
    ):
        if was != now:
            yield f"{what} changed", "patch"
    # `changes` is made from the two releases, it does not tell them apart
    for name in [name for name in before.configs if name not in (*after.configs, CHANGES)]:
        yield f"config {name} removed", "major"
    for name, config in after.configs.items():
        if name == CHANGES:
            continue
        if name not in before.configs:
            yield f"config {name} added", "minor"
        else:
            old = {column["name"]: column for column in before.configs[name].features}
            new = {column["name"]: column for column in config.features}
            yield from _columns(name, old, new)


def _columns(where: str, old: dict[str, Row], new: dict[str, Row]) -> Iterator[tuple[str, Level]]:
    for name in [name for name in old if name not in new]:
        yield f"column {where}.{name} removed", "major"
    for name, column in new.items():
        place = f"{where}.{name}"
        if name not in old:
            yield f"column {place} added", "minor"
        elif old[name] != column:
            yield from _column(place, old[name], column)


def _column(place: str, old: Row, new: Row) -> Iterator[tuple[str, Level]]:
    """Changes inside one column: fields of a struct one by one, label names by their ids."""
    left, right = (column.get("list", column.get("dtype")) for column in (old, new))
    if isinstance(left, list) and isinstance(right, list):
        fields = ({field["name"]: field for field in side} for side in (left, right))
        yield from _columns(place, *fields)
        return
    names = [_label_names(side) for side in (left, right)]
    if names[0] and names[1] and names[1][: len(names[0])] == names[0]:
        yield f"labels {', '.join(names[1][len(names[0]) :])} added to {place}", "minor"
    else:
        yield f"column {place} has another type or other label ids", "major"


def _label_names(said: Any) -> list[str]:
    """The names of a ClassLabel in the order of their ids; none when it is no ClassLabel."""
    if not isinstance(said, dict) or "class_label" not in said:
        return []
    names = said["class_label"]["names"]
    return [names[key] for key in sorted(names, key=int)]


# --- documents and spans --------------------------------------------------------------------------


def changes(before: Side, after: Side, taken_down: frozenset[str] = frozenset()) -> Iterator[Change]:
    """Every change in the order of document ids, then of the text."""
    was_in, is_in = (
        {line.doc_id: line.split for line in read_lines(side.folder / "splits.csv")}
        for side in (before, after)
    )
    for identity, old, new in _pairs(span_rows(before.folder), span_rows(after.folder)):
        if old is None:
            yield Change(document=identity, change="document added")
        elif new is None:
            gone = "document taken down" if identity in taken_down else "document removed"
            yield Change(document=identity, change=gone)
        else:
            was, now = was_in.get(identity), is_in.get(identity)
            if was and now and was != now:
                yield Change(
                    document=identity, change="document moved to another split", before=was, after=now
                )
            if old["text"] != new["text"]:
                yield Change(document=identity, change="text changed")
            if old["spans"] != new["spans"]:
                yield from _span_changes(identity, old, new, before.manifest.labels, after.manifest.labels)


def span_rows(folder: Path) -> Iterator[Row]:
    """The rows of the `spans` config of all splits, in the order of document ids, streaming."""
    files = sorted((folder / "data" / "spans").glob("*.parquet"))
    yield from merge(*map(parquet_rows, files), key=lambda row: row["id"])


def _pairs(left: Iterator[Row], right: Iterator[Row]) -> Iterator[tuple[str, Row | None, Row | None]]:
    """Rows of both sides joined by id; both come in its order."""
    old, new = next(left, None), next(right, None)
    while old is not None or new is not None:
        if new is None or (old is not None and old["id"] < new["id"]):
            assert old is not None
            yield old["id"], old, None
            old = next(left, None)
        elif old is None or new["id"] < old["id"]:
            yield new["id"], None, new
            new = next(right, None)
        else:
            yield old["id"], old, new
            old, new = next(left, None), next(right, None)


def _span_changes(
    identity: str, old: Row, new: Row, old_names: list[str], new_names: list[str]
) -> Iterator[Change]:
    pairs, removed, added = _matched(old["spans"], new["spans"], old_names, new_names)
    same_text = old["text"] == new["text"]

    def told(change: str, before: Row | None, after: Row | None, was: str | None, now: str | None) -> Change:
        span, text, names = (after, new["text"], new_names) if after else (before, old["text"], old_names)
        assert span is not None
        return Change(
            document=identity,
            span=(before or span)["id"],
            change=change,
            label=names[span["label"]],
            before=was,
            after=now,
            context=in_context(text, span["start"], span["end"]),
        )

    for before, after in pairs:
        edges = [(span["start"], span["end"]) for span in (before, after)]
        if before["text"] != after["text"] or (same_text and edges[0] != edges[1]):
            yield told("moved", before, after, _place(before), _place(after))
        labels = old_names[before["label"]], new_names[after["label"]]
        if labels[0] != labels[1]:
            yield told("relabelled", before, after, *labels)
        values = [_value(span) for span in (before, after)]
        if values[0] != values[1]:
            yield told("revalued", before, after, *values)
    for span in removed:
        yield told("span removed", span, None, _place(span), None)
    for span in added:
        yield told("span added", None, span, None, _place(span))


def _matched(
    old: list[Row], new: list[Row], old_names: list[str], new_names: list[str]
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """Pairs of the same span in order of the new text, then what only the one and the other side has."""
    keys: tuple[Callable[[Row, list[str]], Any], ...] = (
        lambda span, names: span["id"],
        lambda span, names: (span["start"], span["end"], names[span["label"]]),
        lambda span, names: (span["start"], span["end"]),
    )
    pairs: list[tuple[Row, Row]] = []
    left, right = list(old), list(new)
    for key in keys:
        known = {key(span, old_names): span for span in left}
        found = [(known[key(span, new_names)], span) for span in right if key(span, new_names) in known]
        pairs += found
        matched = {id(span) for pair in found for span in pair}
        left = [span for span in left if id(span) not in matched]
        right = [span for span in right if id(span) not in matched]
    return sorted(pairs, key=lambda pair: (pair[1]["start"], -pair[1]["end"])), left, right


def _place(span: Row) -> str:
    return f"[{span['start']}, {span['end']}) {span['text']}"


def _value(span: Row) -> str | None:
    """What a number says, as JSON without what does not apply; None for a name."""
    said = {name: span[name] for name in _VALUES if span[name] not in (None, [], False)}
    return canonical_json(said).decode("utf-8") if said else None


def in_context(text: str, start: int, end: int) -> str:
    """The span in brackets with what stands around it on its line, to the nearest whole word."""
    left, right = max(0, start - CONTEXT), min(len(text), end + CONTEXT)
    while left > 0 and left < start and not text[left - 1].isspace():
        left += 1
    while right < len(text) and right > end and not text[right].isspace():
        right -= 1
    before = text[left:start].rpartition("\n")[2]
    after = text[end:right].partition("\n")[0]
    return f"{before}[{text[start:end]}]{after}".strip()
