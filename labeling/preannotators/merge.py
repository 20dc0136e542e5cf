"""One rule that makes of what all sources say nested proposals that never cross.

1. The same extent and label from several sources is one candidate; it keeps all its sources, best first,
   and the score of the best.  "Best" is always: higher trust for the label, then higher calibrated score,
   then name and rule.
2. A source that is not trusted with a label, or whose rule is switched off, is not heard.
3. Candidates are taken best first (then longer, earlier, by label).  One that crosses what was taken, or
   lies on the same characters with another label, is dropped.  Sources marked `fallback` come last, and
   only where no name of another source touches theirs.
4. What the scheme forbids inside something else is dropped from the nest (`NESTING`): anything in a
   number, a number in a name (but for an ORDINAL in an EVENT or LAW), a PROGRAM in a PROGRAM, the head of
   a name (`UBND` in `UBND huyện`), a proper name under its own class noun.

Nothing is dropped in silence: `Merged.dropped` holds every refused proposal with a reason.
Time is linear in the sum of the lengths of the candidates, plus sorting.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from corpus.document import Document
from labeling.preannotators.base import version_of
from labeling.preannotators.nest import Nest
from labeling.preannotators.trust import MergeSettings, shipped
from labeling.span import Proposal, Source, region_id

# what `nest` knows of places comes from here
PLACES = ("labeling:derive.py", "labeling:place_kinds.toml")


class Dropped(NamedTuple):
    """A proposal that did not make it, and why (`crosses`, `same-extent`, `number-in-name`, …)."""

    proposal: Proposal
    reason: str
    winner: str = ""


class Merged(NamedTuple):
    """What is kept, ordered by start, then longest, then label; and what was dropped, in the same order."""

    kept: list[Proposal]
    dropped: list[Dropped]


def merge(
    document: Document,
    proposals: Mapping[str, Sequence[Proposal]],
    version: str,
    *,
    settings: MergeSettings | None = None,
) -> Merged:
    """Resolve the proposals of all sources (source name → proposals) over one document.

    `version` is `merge_version(…)` of the same sources and settings; it enters every region id.
    """
    policy = settings or shipped()
    dropped: list[Dropped] = []
    candidates, fallback = _candidates(proposals, policy, dropped)
    nest = Nest()
    for group, last in ((candidates, False), (fallback, True)):
        for candidate in _best_first(group, policy):
            span = candidate.span
            refusal = nest.refusal(span, alone=last)
            if refusal:
                dropped.append(Dropped(candidate, refusal.reason, refusal.winner))
            else:
                nest.add(span, candidate)
    kept: list[Proposal] = []
    for candidate, reason, winner in nest.settle(document.text):
        if reason:
            dropped.append(Dropped(candidate, reason, winner))
        else:
            kept.append(_with_region(candidate, document.digest, version))
    return Merged(_ordered(kept), sorted(dropped, key=lambda item: _position(item.proposal)))


def merge_version(sources: Mapping[str, str], settings: MergeSettings | None = None) -> str:
    """The version of a merge: its code, its tables, the switched-off rules, the sources' versions."""
    policy = settings or shipped()
    said = [f"{name}@{version}" for name, version in sorted(sources.items())]
    code = version_of(*(f"labeling.preannotators:{name}.py" for name in ("merge", "nest", "trust")), *PLACES)
    return hashlib.sha256("\n".join([code, policy.digest, *said]).encode()).hexdigest()[:12]


def _ordered(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Proposals ordered by start, then longest first, then label."""
    return sorted(proposals, key=_position)


def _position(proposal: Proposal) -> tuple[int, int, str]:
    return proposal.span.start, -proposal.span.end, proposal.span.label


def _candidates(
    proposals: Mapping[str, Sequence[Proposal]], policy: MergeSettings, dropped: list[Dropped]
) -> tuple[list[Proposal], list[Proposal]]:
    """Joined candidates: those with a source that stands by itself, and those of fallback sources only."""
    joined: dict[tuple[int, int, str], list[tuple[Source, Proposal]]] = {}
    for name in sorted(proposals):
        for proposal in proposals[name]:
            for source in proposal.sources:
                reason = policy.silence(source, proposal.span.label)
                if reason:
                    dropped.append(Dropped(proposal, reason))
                else:
                    key = (proposal.span.start, proposal.span.end, proposal.span.label)
                    joined.setdefault(key, []).append((source, proposal))
    main: list[Proposal] = []
    fallback: list[Proposal] = []
    for (_, _, label), said in joined.items():
        said.sort(key=lambda item: policy.rank(item[0], label))
        sources = tuple(dict.fromkeys(source for source, _ in said))
        best = said[0][1]
        span = next((proposal.span for _, proposal in said if proposal.span.norm is not None), best.span)
        candidate = Proposal(span=span, sources=sources, score=policy.score(sources[0], label))
        alone = all(policy.is_fallback(source.source) for source in sources)
        (fallback if alone else main).append(candidate)
    return main, fallback


def _best_first(candidates: Sequence[Proposal], policy: MergeSettings) -> Iterator[Proposal]:
    yield from sorted(
        candidates,
        key=lambda item: (
            *policy.rank(item.sources[0], item.span.label)[:2],
            item.span.start - item.span.end,
            *_position(item),
        ),
    )


def _with_region(proposal: Proposal, digest: str, version: str) -> Proposal:
    span = proposal.span
    region = region_id(digest, span.start, span.end, span.label, version)
    return Proposal(span=span, sources=proposal.sources, score=proposal.score, region=region)
