"""Where proposals differ from gold: one line for each difference, with the text around it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from labeling.evaluate import Gold
from labeling.span import Span

Key = tuple[int, int, str]


class Confusion(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between gold and prediction, with the text around it.

    kind: `missed`, `spurious`, `boundary` (same label, other edges), `label` (same edges, other label).
    """

    document: str
    kind: str
    gold: str
    predicted: str
    start: int
    context: str
    rule: str = ""


def confusions(
    article: Gold, predicted: Sequence[Span], rules: Mapping[Key, str] | None = None
) -> Iterator[Confusion]:
    """What differs in one document, in the order of the text."""
    right = {_key(span) for span in article.spans} & {_key(span) for span in predicted}
    missed = [span for span in article.spans if _key(span) not in right]
    extra = [span for span in predicted if _key(span) not in right]
    pairs: list[tuple[str, Span | None, Span | None]] = []
    for kind, fits in (("label", _same_edges), ("boundary", _overlap)):
        for span in list(missed):
            other = next((item for item in extra if fits(span, item)), None)
            if other is not None:
                pairs.append((kind, span, other))
                missed.remove(span)
                extra.remove(other)
    pairs += [("missed", span, None) for span in missed] + [("spurious", None, span) for span in extra]
    yield from sorted(
        (_confusion(article, kind, left, said, rules or {}) for kind, left, said in pairs),
        key=lambda item: (item.start, item.kind),
    )


def _confusion(
    article: Gold, kind: str, left: Span | None, said: Span | None, rules: Mapping[Key, str]
) -> Confusion:
    whole = [span for span in (left, said) if span is not None]
    start, end = min(span.start for span in whole), max(span.end for span in whole)
    return Confusion(
        document=article.id,
        kind=kind,
        gold=_show(left),
        predicted=_show(said),
        start=start,
        context=_context(article.text, start, end),
        rule=rules.get(_key(said), "") if said else "",
    )


def _same_edges(left: Span, right: Span) -> bool:
    return (left.start, left.end) == (right.start, right.end)


def _overlap(left: Span, right: Span) -> bool:
    return left.label == right.label and left.start < right.end and right.start < left.end


def _show(span: Span | None) -> str:
    return f"{span.label} {span.text}" if span else ""


def _context(text: str, start: int, end: int, width: int = 40) -> str:
    left, right = text[max(0, start - width) : start], text[end : end + width]
    return f"…{left}⟦{text[start:end]}⟧{right}…".replace("\n", " ⏎ ")


def _key(span: Span) -> Key:
    return span.start, span.end, span.label
