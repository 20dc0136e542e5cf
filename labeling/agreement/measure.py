"""Agreement over a stream of documents: between every pair, over all, per label, round and document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from corpus.document import Document
from labeling.agreement.count import Foreign, Low, Run
from labeling.agreement.kinds import Topic
from labeling.agreement.table import DRAWS, Line
from labeling.scheme import Scheme
from labeling.span import Annotation


class Pair(msgspec.Struct, frozen=True, kw_only=True):
    """Two annotators on the documents that both did.

    `alpha_1995` is the older coefficient over the documents end to end, for comparison with other tools.
    """

    one: str
    other: str
    documents: int
    lines: tuple[Line, ...]
    alpha_1995: float | None = None


class Round(msgspec.Struct, frozen=True, kw_only=True):
    """All pairs of one round."""

    round: str
    documents: int
    lines: tuple[Line, ...]


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What `vicivic agreement` reports.

    `blind` holds pairs of people who both saw no proposals; `unknown` counts spans whose label the scheme
    does not know: they are compared nowhere; `schemes` counts judgements (a layer of a part) by the scheme
    they were made under.
    """

    documents: int
    lines: tuple[Line, ...]
    blind: tuple[Line, ...]
    pairs: tuple[Pair, ...]
    rounds: tuple[Round, ...]
    lowest: tuple[Low, ...]
    kinds: dict[str, int]
    topics: tuple[Topic, ...]
    foreign: tuple[Foreign, ...]
    unknown: dict[str, int] = {}
    schemes: dict[str, int] = {}


def measure(
    documents: Iterable[tuple[Document, Sequence[Annotation]]],
    *,
    scheme: Scheme,
    pseudonym: Callable[[str], str] = lambda author: author,
    draws: int = DRAWS,
    topics: int = 20,
    lowest: int | None = 20,
) -> Agreement:
    """Measure documents with the latest annotations of their present revision.

    Documents with fewer than two voices in a layer and part count nowhere.  Memory holds one row of counts
    a document, not its text.
    """
    run = Run(scheme, pseudonym)
    for document, said in documents:
        run.add(document, said)
    return Agreement(
        documents=len(run.whole),
        lines=tuple(run.whole.lines(draws)),
        blind=tuple(run.blind.lines(draws)),
        pairs=tuple(
            Pair(
                one=one,
                other=other,
                documents=len(table),
                lines=tuple(table.lines(draws)),
                alpha_1995=run.edges[one, other].alpha(),
            )
            for (one, other), table in sorted(run.pairs.items())
        ),
        rounds=tuple(
            Round(round=name, documents=len(table), lines=tuple(table.lines(draws)))
            for name, table in sorted(run.rounds.items())
        ),
        lowest=tuple(sorted(run.low, key=lambda item: (item.exact, item.document))[:lowest]),
        kinds={kind: run.topics.kinds[kind] for kind in sorted(run.topics.kinds)},
        topics=tuple(run.topics.worst(topics)),
        foreign=tuple(run.foreign),
        unknown=dict(sorted(run.unknown.items())),
        schemes=dict(sorted(run.schemes.items())),
    )
