"""Nested spans → what one flat column can show.

A view takes a document's gold spans and gives pieces that never overlap, in order of the text:

- `ner_tags`       outermost names; a TITLE is cut back to its office words when names close it
                   ([Phó Chủ tịch]TITLE [UBND huyện]ORG), else half of all bodies would be hidden;
- `ner_tags_inner` the next level: the names directly inside those, as far as they are not shown already;
- `ner_tags_core`  outermost PER, ORG, LOC once all other names are taken away;
- `number_tags`    outermost numbers and times.

Pieces are `[start, end)` in code points of the document's text, as everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple
from unicodedata import category

from labeling.scheme import Scheme, load_scheme
from labeling.span import Labelled, by_position

CORE = ("PER", "ORG", "LOC")
OFFICE = "TITLE"


class Piece(NamedTuple):
    """What a flat column shows of span number `of`; shorter than the span when it was cut back."""

    start: int
    end: int
    label: str
    of: int


def parents(spans: Sequence[Labelled]) -> list[int]:
    """For spans ordered by start, then longest: the index of the smallest span around each, or -1."""
    found: list[int] = []
    open_spans: list[int] = []
    for index, span in enumerate(spans):
        while open_spans and spans[open_spans[-1]].end <= span.start:
            open_spans.pop()
        found.append(open_spans[-1] if open_spans else -1)
        open_spans.append(index)
    return found


def depths(around: Sequence[int]) -> list[int]:
    """How many spans lie around each, from `parents`; 0 is outermost."""
    found: list[int] = []
    for parent in around:
        found.append(found[parent] + 1 if parent >= 0 else 0)
    return found


def outermost(spans: Sequence[Labelled]) -> list[Piece]:
    """The spans that lie in no other, whole."""
    return [
        Piece(span.start, span.end, span.label, index)
        for index, (span, parent) in enumerate(zip(spans, parents(spans), strict=True))
        if parent < 0
    ]


def names_and_inner(text: str, names: Sequence[Labelled]) -> tuple[list[Piece], list[Piece]]:
    """The pieces of `ner_tags` and of `ner_tags_inner` for names ordered by start, then longest."""
    children: dict[int, list[int]] = {}
    for index, parent in enumerate(parents(names)):
        children.setdefault(parent, []).append(index)
    shown: list[Piece] = []
    waiting = list(reversed(children.get(-1, [])))
    while waiting:
        index = waiting.pop()
        span = names[index]
        closing = _closing(text, names, index, children.get(index, []))
        end = _trimmed(text, span.start, names[closing[0]].start) if closing else span.end
        shown.append(Piece(span.start, end, span.label, index))
        waiting.extend(reversed(closing))
    already = {piece.of for piece in shown}
    inner = [
        Piece(names[child].start, names[child].end, names[child].label, child)
        for piece in shown
        for child in children.get(piece.of, [])
        if child not in already
    ]
    return shown, sorted(inner)


def _closing(text: str, names: Sequence[Labelled], index: int, inside: Sequence[int]) -> list[int]:
    """The names that close a TITLE, when office words are left before them; else none."""
    span = names[index]
    if span.label != OFFICE:
        return []
    edge = span.end
    run: list[int] = []
    for child in reversed(inside):
        if any(character.isalnum() for character in text[names[child].end : edge]):
            break
        run.insert(0, child)
        edge = names[child].start
    return run if run and _trimmed(text, span.start, edge) > span.start else []


def _trimmed(text: str, start: int, end: int) -> int:
    """`end` moved left over characters that are neither letters nor digits nor their marks."""
    while end > start and not (text[end - 1].isalnum() or category(text[end - 1])[0] == "M"):
        end -= 1
    return end


class Views(NamedTuple):
    """The pieces of every flat column of the `tokens` config."""

    ner_tags: list[Piece]
    ner_tags_inner: list[Piece]
    ner_tags_core: list[Piece]
    number_tags: list[Piece]


def views(text: str, spans: Iterable[Labelled], scheme: Scheme, seen: Counter[tuple[str, str, str]]) -> Views:
    """The flat columns of one document.

    Adds to `seen` under (column, label, `gold` | `shown` | `cut`): how many spans the column is about,
    how many it shows, and how many of those only in part.
    """
    ordered = by_position(spans)
    name_labels = layer_labels(scheme.version, "names")
    names = [span for span in ordered if span.label in name_labels]
    core = [span for span in names if span.label in CORE]
    numbers = [span for span in ordered if span.label not in name_labels]
    tags, inner = names_and_inner(text, names)
    found = Views(tags, inner, outermost(core), outermost(numbers))
    for column, about in zip(Views._fields, (names, names, core, numbers), strict=True):
        _count(seen, column, about, getattr(found, column))
    return found


def _count(
    seen: Counter[tuple[str, str, str]], column: str, about: Sequence[Labelled], shown: Sequence[Piece]
) -> None:
    for span in about:
        seen[column, span.label, "gold"] += 1
    for piece in shown:
        seen[column, piece.label, "shown"] += 1
        if piece.end < about[piece.of].end:
            seen[column, piece.label, "cut"] += 1


def tag_names(labels: Iterable[str]) -> list[str]:
    """The ClassLabel names of a BIO column: O, then B-X, I-X for each label in the scheme's order."""
    return ["O", *(f"{prefix}-{label}" for label in labels for prefix in "BI")]


@lru_cache(maxsize=32)
def layer_labels(version: str, layer: Literal["names", "numbers"]) -> frozenset[str]:
    """The labels of one layer of a shipped scheme, kept."""
    return load_scheme(version).layer(layer)


@lru_cache(maxsize=8)
def label_ids(version: str) -> dict[str, int]:
    """Label → ClassLabel id of a shipped scheme, kept."""
    return {name: place for place, name in enumerate(load_scheme(version).names)}


def column_labels(scheme: Scheme) -> dict[str, tuple[str, ...]]:
    """Which labels each flat column can hold, in the scheme's order."""
    keep: dict[str, Callable[[str], bool]] = {
        "ner_tags": scheme.layer("names").__contains__,
        "ner_tags_inner": scheme.layer("names").__contains__,
        "ner_tags_core": CORE.__contains__,
        "number_tags": scheme.layer("numbers").__contains__,
    }
    return {column: tuple(filter(test, scheme.names)) for column, test in keep.items()}


def bio(
    pieces: Sequence[Piece], starts: Sequence[int], ends: Sequence[int], ids: dict[str, int]
) -> list[int]:
    """The tag id of every token; tokens are broken at the edges of all spans, so that each piece fits.

    `ids` maps each label to the id of its B tag; its I tag is the next one.
    """
    tags = [0] * len(starts)
    token = 0
    for start, end, label, _ in pieces:
        while token < len(starts) and starts[token] < start:
            token += 1
        tag = ids[label]
        while token < len(starts) and ends[token] <= end:
            tags[token] = tag
            tag = ids[label] + 1
            token += 1
    return tags


def spans_of(tags: Sequence[str], starts: Sequence[int], ends: Sequence[int]) -> list[tuple[int, int, str]]:
    """BIO tag names and token offsets → (start, end, label).  Raises ValueError on an I that opens."""
    found: list[tuple[int, int, str]] = []
    previous = "O"
    for tag, start, end in zip(tags, starts, ends, strict=True):
        if tag.startswith("I-"):
            if previous[2:] != tag[2:]:
                raise ValueError(f"{tag} follows {previous} at {start}")
            found[-1] = (found[-1][0], end, tag[2:])
        elif tag != "O":
            found.append((start, end, tag[2:]))
        previous = tag
    return found
