"""One evaluation: run the sources and the merge over gold, and put all figures together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import msgspec

from corpus.document import Document
from corpus.errors import UsageError
from corpus.store import atomic_file
from labeling.calibrate import (
    Bin,
    calibration_error,
    calibration_toml,
    fit_calibration,
    fit_trust,
    reliability,
    trust_toml,
)
from labeling.confusions import Confusion, confusions
from labeling.evaluate import LEVELS, Gold, Score, count
from labeling.preannotators.base import PreAnnotator
from labeling.preannotators.merge import Merged, merge, merge_version
from labeling.preannotators.table import NAMES, NUMBERS, load
from labeling.preannotators.trust import MergeSettings, shipped
from labeling.span import Proposal, Span

Scores = dict[str, dict[str, dict[str, Score]]]  # label or layer → level → exact | partial
BySource = dict[str, list[list[Proposal]]]


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of one evaluation.  `systems` has `merged` and every source by name."""

    systems: dict[str, Scores]
    versions: dict[str, str]
    reliability: list[Bin]
    calibration_error: float
    dropped: dict[str, int]
    confusions: list[Confusion]


def measure(
    gold: Sequence[Gold], sources: Sequence[str] = (), *, settings: MergeSettings | None = None
) -> Measured:
    """Score the sources and their merge on `gold`.  Raises UsageError for an unknown source."""
    loaded = load(sources)
    documents = _documents(gold)
    by_source = _propose(loaded, documents)
    versions = {source.name: source.version for source in loaded}
    merged = _merge(documents, by_source, merge_version(versions, settings), settings)
    kept = [item.kept for item in merged]
    spoken = frozenset[str]().union(*(source.labels for source in loaded))
    systems = {"merged": _scores(gold, _spans(kept), spoken)}
    for source in loaded:
        systems[source.name] = _scores(gold, _spans(by_source[source.name]), source.labels)
    reasons = Counter(dropped.reason for item in merged for dropped in item.dropped)
    return Measured(
        systems=systems,
        versions={name: f"@{version}" for name, version in versions.items()},
        reliability=(bins := reliability(gold, kept, spoken)),
        calibration_error=calibration_error(bins),
        dropped=dict(reasons.most_common()),
        confusions=[
            item
            for article, proposals in zip(gold, kept, strict=True)
            for item in confusions(
                _only(article, spoken), [found.span for found in proposals], _rules(proposals)
            )
        ],
    )


def refit(gold: Sequence[Gold], folder: Path | None = None) -> dict[str, int]:
    """Compute both tables anew from `gold` and write them (default: beside the code); returns counts.

    Raises UsageError when the folder can't be written to.
    """
    loaded = load()
    documents = _documents(gold)
    by_source = _propose(loaded, documents)
    base = shipped()
    trust = fit_trust(
        gold,
        by_source,
        {source.name: [label for label in (*NAMES, *NUMBERS) if label in source.labels] for source in loaded},
    )
    settings = MergeSettings(trust=trust, fallback=base.fallback)
    merged = [item.kept for item in _merge(documents, by_source, "", settings)]
    settings = msgspec.structs.replace(settings, calibration=fit_calibration(gold, merged, settings))
    folder = folder or Path(str(resources.files("labeling.preannotators")))
    for name, text in (
        ("trust.toml", trust_toml(settings)),
        ("calibration.toml", calibration_toml(settings)),
    ):
        try:
            with atomic_file(folder / name) as temporary:
                temporary.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{folder / name}: {error.strerror}; work in a checkout of the code") from None
    return {"articles": len(gold), "spans": sum(len(article.spans) for article in gold)}


def _documents(gold: Sequence[Gold]) -> list[Document]:
    return [Document(id=article.id, text=article.text, published=article.published) for article in gold]


def _propose(sources: Sequence[PreAnnotator], documents: Sequence[Document]) -> BySource:
    return {source.name: source.propose(documents) for source in sources}


def _merge(
    documents: Sequence[Document], by_source: BySource, version: str, settings: MergeSettings | None
) -> list[Merged]:
    return [
        merge(document, {name: lists[index] for name, lists in by_source.items()}, version, settings=settings)
        for index, document in enumerate(documents)
    ]


def _scores(gold: Sequence[Gold], predicted: Sequence[Sequence[Span]], labels: frozenset[str]) -> Scores:
    """By label, and over all labels of a layer that the system speaks for."""
    counts = count(gold, predicted, [label for label in (*NAMES, *NUMBERS) if label in labels])
    rows = {"names": [x for x in NAMES if x in labels], "numbers": [x for x in NUMBERS if x in labels]}
    rows |= {label: [label] for label in counts.labels}
    return {
        name: {
            level: {
                "exact": counts.score(members, level=level),
                "partial": counts.score(members, level=level, match="partial"),
            }
            for level in LEVELS
        }
        for name, members in rows.items()
        if members
    }


def _spans(documents: Sequence[Sequence[Proposal]]) -> list[list[Span]]:
    return [[item.span for item in proposals] for proposals in documents]


def _only(article: Gold, labels: frozenset[str]) -> Gold:
    return msgspec.structs.replace(
        article, spans=tuple(span for span in article.spans if span.label in labels)
    )


def _rules(proposals: Sequence[Proposal]) -> dict[tuple[int, int, str], str]:
    return {
        (item.span.start, item.span.end, item.span.label): f"{item.sources[0].source}:{item.sources[0].rule}"
        for item in proposals
    }
