"""One document with its gold → its sentences as rows of tokens with flat tags.

Tokens are syllables, numbers and punctuation, broken at the edges of all spans, so that each span is a
whole number of tokens; an end of sentence inside a span is not taken, so that no span is cut.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from corpus.segment import sentences, syllables
from exporters.foreign import FOREIGN, Foreign, foreign_pieces
from exporters.rows import Item, Row, Tally, common
from exporters.views import bio, column_labels, views
from labeling.scheme import Scheme, load_scheme
from labeling.span import by_position


class Layout(NamedTuple):
    """The sentences of a document as (start, end); the starts, ends and surfaces of its tokens."""

    sentences: list[tuple[int, int]]
    starts: list[int]
    ends: list[int]
    tokens: list[str]

    def rows(self) -> Iterator[tuple[int, tuple[int, int], int, int]]:
        """(number, sentence, first token, token after its last) of each sentence."""
        for number, (start, end) in enumerate(self.sentences):
            yield number, (start, end), bisect_left(self.starts, start), bisect_right(self.ends, end)


_laid_out: list[tuple[Item, Layout]] = []  # of the last item: several configs need it one after the other


def lay_out(item: Item) -> Layout:
    """The sentences and tokens of a document, fitted to its spans."""
    if _laid_out and _laid_out[0][0] is item:
        return _laid_out[0][1]
    text, spans = item.document.text, item.record.spans
    held = joined_sentences(sentences(text), spans)
    edges = {edge for span in spans for edge in (span.start, span.end)}
    edges.update(edge for sentence in held for edge in sentence)
    starts, ends = broken_tokens(text, edges)
    tokens = [text[start:end] for start, end in zip(starts, ends, strict=True)]
    layout = Layout(held, starts, ends, tokens)
    _laid_out[:] = [(item, layout)]
    return layout


def _ids(labels: Iterable[str]) -> dict[str, int]:
    """Label → id of its B tag; its I tag is the next one."""
    return {label: 1 + 2 * place for place, label in enumerate(labels)}


@lru_cache(maxsize=8)
def _column_ids(version: str) -> dict[str, dict[str, int]]:
    return {column: _ids(labels) for column, labels in column_labels(load_scheme(version)).items()}


def token_rows(item: Item, scheme: Scheme, tally: Tally) -> list[Row]:
    """The rows of `tokens`: one sentence each, tokens broken at the edges of all spans."""
    text = item.document.text
    _, starts, ends, words = laid = lay_out(item)
    found = views(text, item.record.spans, scheme, tally.columns)
    tags = {
        column: bio(getattr(found, column), starts, ends, ids)
        for column, ids in _column_ids(scheme.version).items()
    }
    shared = common(item)
    rows: list[Row] = []
    for number, (start, end), low, high in laid.rows():
        tally.sentences[item.split] += 1
        tally.tokens[item.split] += high - low
        rows.append(
            {
                "id": f"{item.document.id}#{number}",
                "doc_id": item.document.id,
                "sent_id": number,
                "text": text[start:end],
                "start": start,
                "tokens": words[low:high],
                "token_starts": starts[low:high],
                "token_ends": ends[low:high],
                "space_after": [
                    token + 1 < high and ends[token] < starts[token + 1] for token in range(low, high)
                ],
                **{column: ids[low:high] for column, ids in tags.items()},
                **shared,
            }
        )
    return rows


def joined_sentences(found: Iterable[Any], spans: Iterable[Any]) -> list[tuple[int, int]]:
    """Sentences as (start, end); an end inside a span is not taken, so that no span is cut."""
    reaches = iter(by_position(spans))
    ahead = next(reaches, None)
    held: list[tuple[int, int]] = []
    reach = 0  # how far the spans go that begin before the sentence at hand
    for sentence in found:
        while ahead is not None and ahead.start < sentence.start:
            reach = max(reach, ahead.end)
            ahead = next(reaches, None)
        if held and reach > sentence.start:
            held[-1] = (held[-1][0], sentence.end)
        else:
            held.append((sentence.start, sentence.end))
    return held


def broken_tokens(text: str, edges: Iterable[int]) -> tuple[list[int], list[int]]:
    """Starts and ends of the syllable tokens, with a break at every edge that falls inside one."""
    cuts = sorted(edges)
    position = 0
    starts: list[int] = []
    ends: list[int] = []
    for token in syllables(text):
        start, end = token.start, token.end
        while position < len(cuts) and cuts[position] <= start:
            position += 1
        while position < len(cuts) and cuts[position] < end:
            starts.append(start)
            ends.append(cuts[position])
            start = cuts[position]
            position += 1
        starts.append(start)
        ends.append(end)
    return starts, ends


def foreign_rows(view: Foreign) -> Callable[[Item, Scheme, Tally], list[Row]]:
    """The rows of a view in another scheme's labels: one sentence each, one column of tags."""
    ids = _ids(view.labels)

    def rows(item: Item, scheme: Scheme, tally: Tally) -> list[Row]:
        _, starts, ends, words = laid = lay_out(item)
        pieces = foreign_pieces(view, item.record.spans, tally.foreign)
        tags = bio(pieces, starts, ends, ids)
        shared = common(item)
        return [
            {
                "id": f"{item.document.id}#{number}",
                "doc_id": item.document.id,
                "sent_id": number,
                "tokens": words[low:high],
                "token_starts": starts[low:high],
                "token_ends": ends[low:high],
                "ner_tags": tags[low:high],
                **shared,
            }
            for number, _, low, high in laid.rows()
        ]

    return rows


FOREIGN_ROWS = {view.name: foreign_rows(view) for view in FOREIGN}
