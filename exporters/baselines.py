"""The CRF baseline of a release: learnt from `train`, scored on `test`, for the card and for comparison.

One CRF for each flat column, scored against what the column shows.  Documents that annotators saw
without proposals (blind) and with them are scored apart as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from pathlib import Path

import msgspec

from corpus.errors import UsageError
from exporters.formats.base import COLUMNS, Release
from labeling.evaluate import Score
from labeling.learn import Crf, Sentence, Settings, score, train

TRAINER = "underthesea_core"


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Scores over some documents of `test`: `all`, `blind` or `shown`; by label, and `all` labels."""

    name: str
    documents: int
    sentences: int
    scores: dict[str, Score]


class Baseline(msgspec.Struct, frozen=True, kw_only=True):
    """One column's CRF: what it learnt from and how it did."""

    column: str
    trainer: str
    settings: Settings
    documents: int
    sentences: int
    groups: list[Group]


def sentences(release: Release, split: str, column: str) -> Iterator[tuple[Sentence, str, bool | None]]:
    """(sentence, its row id, whether proposals were shown) for one split, tags from `column`."""
    for row in release.sentences(split):
        start = row["start"]
        pairs = zip(row["token_starts"], row["token_ends"], strict=True)
        edges = tuple((low - start, high - start) for low, high in pairs)
        sentence = Sentence(row["doc_id"], row["text"], edges, tuple(row[column]))
        yield sentence, row["id"], row["proposals_shown"]


def crf_baselines(
    folder: Path,
    *,
    columns: Sequence[str] = COLUMNS,
    settings: Settings | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> list[Baseline]:
    """The baseline of each column; none where the release has no test split, or a column no span to learn.

    Raises UsageError for an unknown column, ReleaseError for a damaged release.
    """
    release = Release(folder)
    unknown = [column for column in columns if column not in COLUMNS]
    if unknown:
        raise UsageError(f"no column {unknown[0]!r}; the flat columns are {', '.join(COLUMNS)}")
    if not {"train", "test"} <= set(release.splits("tokens")):
        return []
    found = [_baseline(release, column, settings or Settings(), tell) for column in columns]
    return [baseline for baseline in found if baseline is not None]


def _baseline(
    release: Release, column: str, settings: Settings, tell: Callable[[str], None]
) -> Baseline | None:
    learnt = [sentence for sentence, _, _ in sentences(release, "train", column)]
    if not any(tag != "O" for sentence in learnt for tag in sentence.tags):
        return None
    tell(f"{column}: learning from {len(learnt)} sentences")
    crf = train(learnt, settings)
    return Baseline(
        column=column,
        trainer=f"{TRAINER} {version(TRAINER)}",
        settings=settings,
        documents=len({sentence.document for sentence in learnt}),
        sentences=len(learnt),
        groups=list(_groups(release, column, crf)),
    )


def _groups(release: Release, column: str, crf: Crf) -> Iterator[Group]:
    labels = [name[2:] for name in release.names("tokens", column) if name.startswith("B-")]
    held = [(sentence, shown) for sentence, _, shown in sentences(release, "test", column)]
    for name, wanted in (("all", (True, False, None)), ("blind", (False,)), ("shown", (True,))):
        chosen = [sentence for sentence, shown in held if shown in wanted]
        if chosen and (name == "all" or len(chosen) < len(held)):
            yield Group(
                name=name,
                documents=len({sentence.document for sentence in chosen}),
                sentences=len(chosen),
                scores=score(chosen, [crf.tag(sentence) for sentence in chosen], labels),
            )
