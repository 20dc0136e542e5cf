"""Which spans several annotators settle in one layer of one part, and how.

The policy is told in `labeling.gold`; here it is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from labeling.decisions import Key, Word
from labeling.norm import Norm
from labeling.span import QUALITIES, AnnotatedSpan, Annotation, Layer, Quality


class Vote(msgspec.Struct, frozen=True, kw_only=True):
    """One span that people settled, how, and what each of them wrote."""

    start: int
    end: int
    label: str
    norm: Norm | None
    how: Quality
    hands: tuple[tuple[Annotation, AnnotatedSpan], ...]


def voices_of(annotations: Iterable[Annotation], layer: Layer) -> dict[Any, list[Annotation]]:
    """part → the newest annotation of each author that speaks for the layer, in order of the text."""
    newest: dict[Any, dict[str, Annotation]] = {}
    for said in sorted(annotations, key=lambda item: (item.updated_at, item.key)):
        if said.layer in (layer, "both"):
            newest.setdefault(said.part, {})[said.author] = said
    ordered = sorted(newest.items(), key=lambda item: item[0] or (0, 0))
    return {part: [by[author] for author in sorted(by)] for part, by in ordered}


def covered(text: str, voices: dict[Any, list[Annotation]]) -> bool:
    """Whether the annotated parts leave no character out but white space."""
    if not voices or None in voices:
        return bool(voices)
    reached = 0
    for start, end in voices:
        if text[reached:start].strip():
            return False
        reached = max(reached, end)
    return not text[reached:].strip()


def elect(
    voices: Sequence[Annotation],
    labels: frozenset[str],
    words: Mapping[Key, Word] | None = None,
    *,
    majority: bool = True,
) -> tuple[list[Vote], Quality] | str:
    """The spans that the voices settle in one layer and its quality, or the words for their conflict.

    A span on which a curator spoke is no conflict: his word is laid over the record later, so what he
    rejected may still stand here.  Without `majority` only what all have is settled.
    """
    decided = words or {}
    written: dict[tuple[int, int, str], list[tuple[Annotation, AnnotatedSpan]]] = {}
    for said in voices:
        for span in said.spans:
            if span.label in labels:
                written.setdefault((span.start, span.end, span.label), []).append((said, span))
    many = len(voices)
    full: Quality = "single" if many == 1 else "agreed"
    level, quorum = full, many // 2 + 1 if majority else many
    votes: list[Vote] = []
    for (start, end, label), hands in sorted(written.items(), key=lambda item: item[0]):
        norm, same = _common_norm([span.norm for _, span in hands])
        where = f"[{start}, {end}) {label} {hands[0][1].text!r}"
        word = decided.get((start, end, label))
        if word is not None:
            if word.stands or len(hands) >= quorum:
                norm = word.norm if word.norm is not None else norm
                votes.append(
                    Vote(start=start, end=end, label=label, norm=norm, how="curator", hands=tuple(hands))
                )
            continue
        if many == 2 and len(hands) == 1:
            return f"only one of two annotators has {where}"
        if not majority and len(hands) < many:
            return f"only {len(hands)} of {many} annotators have {where}"
        if len(hands) >= quorum > same:
            return f"annotators give different values to {where}"
        how: Quality = full if len(hands) == same == many else "majority"
        level = min(level, how, key=QUALITIES.index)
        if len(hands) >= quorum:
            votes.append(Vote(start=start, end=end, label=label, norm=norm, how=how, hands=tuple(hands)))
    return votes, level


def _common_norm(norms: Sequence[Norm | None]) -> tuple[Norm | None, int]:
    """The value most people gave, and how many do not contradict it; who gave none contradicts nobody."""
    given: dict[Norm, list[Norm]] = {}
    for norm in norms:
        if norm is not None:
            given.setdefault(_meaning(norm), []).append(norm)
    if not given:
        return None, len(norms)
    best = max(given.values(), key=lambda alike: (len(alike), msgspec.json.encode(alike[0])))
    return best[0], len(best) + norms.count(None)


def _meaning(norm: Norm) -> Norm:
    """A value without how it was read: two readings of the same value agree."""
    return msgspec.structs.replace(norm, rule=None, cue=None, numeral=None, alternatives=())
