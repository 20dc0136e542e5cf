"""Several annotations of one document → one gold record, or the reason why it waits.

The policy, per layer (names and numbers apart) and per part of the document:

- one person's annotation is taken as it is (`single`);
- several people's annotations with identical spans and values are taken (`agreed`);
- of two that differ nothing is taken: the document waits as a conflict;
- of three or more, a span is taken when a strict majority has it exactly (`majority`); two spans that
  each have a majority stand together in somebody's annotation, so they never cross;
- without the policy of the majority, everything that not all have waits for a curator;
- a curator's decision stands above all votes (`labeling.decisions`): it ends a conflict, and is replayed
  over the record last.

A person's newest annotation of a part is the one that speaks.  A layer that nobody settled carries the
machine's merged proposals, marked `machine`, without those that cross gold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from corpus.document import Document
from corpus.errors import SpanError
from labeling.decisions import Decision, apply, last_words
from labeling.scheme import Scheme, is_shipped
from labeling.span import (
    QUALITIES,
    Annotation,
    Layer,
    Proposal,
    Quality,
    Record,
    RecordSpan,
    by_position,
    find_crossing,
    region_id,
)
from labeling.votes import Vote, covered, elect, voices_of

LAYERS: tuple[Layer, ...] = ("names", "numbers")


class Waits(msgspec.Struct, frozen=True):
    """Why a document has no record yet: `conflict` or `part-missing`, with the words for a person."""

    reason: str
    message: str


def fault(document: Document, annotation: Annotation, scheme: Scheme) -> str | None:
    """What makes an annotation unfit for gold, in words that name the spans; None when nothing does."""
    if not is_shipped(annotation.scheme):
        return f"it was made under scheme {annotation.scheme!r}, which this ViCivic does not know"
    for span in annotation.spans:
        where = f"[{span.start}, {span.end}) {span.label} {span.text!r}"
        if span.label not in scheme:
            return f"label {span.label!r} of {where} is not in scheme {scheme.version}"
        if annotation.layer != "both" and scheme.layer_of(span.label) != annotation.layer:
            return f"{where} is no label of the layer {annotation.layer!r} that the task asks for"
        if not 0 <= span.start < span.end or document.text[span.start : span.end] != span.text:
            found = document.text[max(0, span.start) : span.end]
            return f"{where} does not equal the document there, {found!r}"
        if span.text != span.text.strip():
            return f"{where} has white space at an edge"
    crossing = find_crossing(annotation.spans)
    if crossing is None:
        return None
    left, right = crossing
    word = "lie on the same characters" if (left.start, left.end) == (right.start, right.end) else "cross"
    return (
        f"[{left.start}, {left.end}) {left.label} {left.text!r} and "
        f"[{right.start}, {right.end}) {right.label} {right.text!r} {word}"
    )


def settle_document(
    document: Document,
    annotations: Sequence[Annotation],
    proposals: Sequence[Proposal],
    pseudonym: Callable[[str], str],
    scheme: Scheme,
    *,
    decisions: Sequence[Decision] = (),
    curator: Callable[[str], str] = lambda name: name,
    majority: bool = True,
) -> Record | Waits:
    """The record of a document from its submitted, faultless annotations of the current revision.

    `decisions` are the standing ones on this document and revision, in order; `curator` gives pseudonyms.
    """
    words = {place[2]: word for place, word in last_words(decisions).items()}
    votes: list[Vote] = []
    quality: dict[Layer, Quality] = {}
    spoke: list[Annotation] = []
    missing: list[Layer] = []
    for layer in LAYERS:
        voices = voices_of(annotations, layer)
        if not covered(document.text, voices):
            missing += [layer] if voices else []
            continue
        for part in voices.values():
            found = elect(part, scheme.layer(layer), words, majority=majority)
            if isinstance(found, str):
                return Waits("conflict", f"{layer}: {found}")
            taken, level = found
            votes += taken
            quality[layer] = min(quality.get(layer, level), level, key=QUALITIES.index)
            spoke += part
    if not quality:
        return Waits("part-missing", f"{', '.join(missing)}: a part of the document is not annotated yet")
    rejected = {key for key, word in words.items() if not word.stands}
    crossing = find_crossing([vote for vote in votes if (vote.start, vote.end, vote.label) not in rejected])
    if crossing:
        one, other = ((vote.start, vote.end, vote.label) for vote in crossing)
        return Waits("conflict", f"names and numbers settled apart cross: {one} and {other}")
    record = _record(document, votes, quality, spoke, proposals=proposals, pseudonym=pseudonym, scheme=scheme)
    try:
        return apply(record, decisions, curator)
    except SpanError as error:
        return Waits("conflict", str(error))


def _record(
    document: Document,
    votes: Sequence[Vote],
    quality: dict[Layer, Quality],
    spoke: Sequence[Annotation],
    *,
    proposals: Sequence[Proposal],
    pseudonym: Callable[[str], str],
    scheme: Scheme,
) -> Record:
    known = {proposal.region: proposal for proposal in proposals}
    used: set[str] = set()
    spans = []
    for vote in by_position(votes):
        identity = _identity(document, vote, used)
        shown = _shown(known, vote, identity)
        spans.append(
            RecordSpan(
                id=identity,
                start=vote.start,
                end=vote.end,
                label=vote.label,
                text=document.text[vote.start : vote.end],
                norm=vote.norm,
                sources=shown.sources if shown else (),
                fate=_fate(shown, vote),
                how=vote.how,
                by=tuple(sorted(pseudonym(said.author) for said, _ in vote.hands)),
            )
        )
    for layer in LAYERS:
        if layer not in quality:
            quality[layer] = "machine"
            spans += machine_spans(proposals, scheme.layer(layer), beside=spans)
    newest = max(spoke, key=lambda said: (said.updated_at, said.key))
    return Record(
        document=document.id,
        digest=document.digest,
        scheme=scheme.version,
        guideline=newest.guideline,
        round=newest.round,
        quality={layer: quality[layer] for layer in LAYERS},
        authors=tuple(sorted({pseudonym(said.author) for said in spoke})),
        spans=tuple(by_position(spans)),
        shown=not all(said.blind for said in spoke),
        annotated_at=newest.updated_at,
    )


def machine_spans(
    proposals: Iterable[Proposal], labels: frozenset[str], beside: Sequence[RecordSpan] = ()
) -> list[RecordSpan]:
    """The proposals of one layer as spans of a record, without those that cross the spans `beside`."""
    taken: list[RecordSpan] = []
    ids = {span.id for span in beside}
    for proposal in proposals:
        span = proposal.span
        if span.label not in labels or proposal.region in ids or _clashes(span, beside):
            continue
        taken.append(
            RecordSpan(
                id=proposal.region,
                start=span.start,
                end=span.end,
                label=span.label,
                text=span.text,
                norm=span.norm,
                sources=proposal.sources,
                how="machine",
            )
        )
    return taken


def _clashes(span: Any, others: Iterable[RecordSpan]) -> bool:
    for other in others:
        if (other.start, other.end) == (span.start, span.end):
            return True
        if max(span.start, other.start) < min(span.end, other.end):
            inside = span.start >= other.start and span.end <= other.end
            around = span.start <= other.start and span.end >= other.end
            if not (inside or around):
                return True
    return False


def _identity(document: Document, vote: Vote, used: set[str]) -> str:
    """The smallest region id of the span's hands that no other span of the record has taken."""
    for region in sorted({span.region for _, span in vote.hands}):
        if region not in used:
            break
    else:
        region = region_id(document.digest, vote.start, vote.end, vote.label, "settled")
    used.add(region)
    return region


def _shown(known: dict[str, Proposal], vote: Vote, identity: str) -> Proposal | None:
    """The proposal under the region id: from the snapshots that the hands saw, else from the merge."""
    for said, _ in vote.hands:
        for item in said.shown:
            if item.get("region") == identity:
                return msgspec.convert(item, Proposal)
    return known.get(identity)


def _fate(shown: Proposal | None, vote: Vote) -> str:
    """What became of the proposal under the span's region id; `added` when a person drew it."""
    if shown is None:
        return "added"
    edges = (shown.span.start, shown.span.end) == (vote.start, vote.end)
    label = shown.span.label == vote.label
    if edges and label:
        return "accepted" if vote.norm == shown.span.norm else "value corrected"
    return "relabelled" if edges else "edge moved" if label else "both"
