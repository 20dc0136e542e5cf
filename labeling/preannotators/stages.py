"""underthesea's four stages (word, part of speech, chunk, NER) with the same result, much faster.

The library builds 22 to 43 feature strings for every token in every stage and looks each up in its model.
Here a feature's id is looked up once for each distinct word, pair or triple of words: tables keep the
ids that a value has in every template of every model, sentences become rows of these tables, and the
models run on whole batches (`crf`).  Templates are the library's, in its order; the chunk stage, which
NER never reads, is left out unless asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from threading import Lock
from typing import NamedTuple, TypeVar

import numpy as np

from corpus.align import Token, library_tokens
from labeling.preannotators import library
from labeling.preannotators.crf import Crf, Ints, Steps, decode, marginals

BATCH = 4000  # tokens decoded together
ROWS = 60_000  # values a table keeps before it starts afresh
PAD = 3  # the furthest offset of any template
BOS, EOS = 0, 1  # the first two rows of every table
BORDERS = ("BOS", "EOS")

T = TypeVar("T")
_template = re.compile(r"T\[(-?\d+)(?:,(-?\d+))?\](?:\[(\d+)\])?(?:\.(\w+))?")


class Tagged(NamedTuple):
    """One sentence: its syllable tokens, and one entry per word in all other fields.

    `firsts` is the index of each word's first token; `chunk` is empty when that stage was not asked for;
    `score` is the marginal probability of each NER tag.
    """

    tokens: list[Token]
    firsts: list[int]
    words: list[str]
    pos: list[str]
    chunk: list[str]
    ner: list[str]
    score: list[float]

    def rows(self) -> list[tuple[str, str, str, str]]:
        """What `underthesea.ner` returns."""
        return list(zip(self.words, self.pos, self.chunk, self.ner, strict=True))


class Template(NamedTuple):
    """One feature: its text as written, first offset, width in tokens, input column, function."""

    text: str
    offset: int
    width: int
    column: int
    function: str


class Table(dict[str, int]):
    """Value → row; a row holds the attribute ids of the value in every template of one width."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.width = width
        self._functions: list[Callable[[str], str]] = []
        self._features: list[tuple[dict[str, int], int, int]] = []  # value → id, unknown, which function
        self._rows: Ints = np.empty((0, 0), dtype=np.int64)
        self._new: list[list[int]] = []
        self._used = 0

    def add(self, model: Crf, template: Template, function: Callable[[str], str]) -> int:
        """Make room for one more feature; returns its column."""
        if function not in self._functions:
            self._functions.append(function)
        values = model.values.get(template.text, {})
        self._features.append((values, model.unknown, self._functions.index(function)))
        self._clear()
        return len(self._features) - 1

    def ids(self, rows: Ints, column: int) -> Ints:
        """The attribute ids of one feature for the values at `rows`."""
        if self._new:
            self._rows = self._grown()
        found: Ints = self._rows[rows, column]
        return found

    def trim(self) -> None:
        """Start afresh when the table has grown large; only between batches."""
        if self._used > ROWS:
            self._clear()

    def _clear(self) -> None:
        self.clear()
        self._new = [
            [values.get(border, unknown) for values, unknown, _ in self._features] for border in BORDERS
        ]
        self._rows = np.empty((0, len(self._features)), dtype=np.int64)
        self._used = len(BORDERS)

    def __missing__(self, value: str) -> int:
        forms = [function(value) for function in self._functions]
        self._new.append([values.get(forms[place], unknown) for values, unknown, place in self._features])
        row = self[value] = self._used
        self._used += 1
        return row

    def _grown(self) -> Ints:
        """All rows, with room for as many again; rows arrive one by one and are stored in bulk."""
        new = np.asarray(self._new, dtype=np.int64)
        stored = self._used - len(new)
        rows = self._rows
        if self._used > len(rows):
            rows = np.empty((2 * self._used, len(self._features)), dtype=np.int64)
            rows[:stored] = self._rows[:stored]
        rows[stored : self._used] = new
        self._new = []
        return rows


Inputs = dict[tuple[int, int], Ints]  # (column, width) → rows of the padded batch


class Stage:
    """One model with its templates; `tables` are shared with other stages over the same input.

    `previous` is the column that the library fills with its constant for the tag to be found.
    """

    def __init__(
        self,
        path: Path,
        templates: Sequence[str],
        functions: dict[str, Callable[[str], str]],
        tables: dict[tuple[int, int], Table],
        previous: int = -1,
    ) -> None:
        self.model = Crf(path)
        self._places: list[tuple[int, tuple[int, int], Table, int]] = []
        for text in templates:
            template = _parse(text)
            column = library.PREVIOUS if template.column == previous else template.column
            key = (column, template.width)
            table = tables.setdefault(key, Table(template.width))
            place = table.add(self.model, template, functions[template.function])
            self._places.append((template.offset, key, table, place))

    def run(self, inputs: Inputs, frame: Frame, *, scores: bool = False) -> tuple[list[str], list[float]]:
        """Tags in the order of the sentences, and their marginal probabilities if asked for."""
        emissions = self.model.emissions(
            [
                table.ids(inputs[key][frame.places + offset], place)
                for offset, key, table, place in self._places
            ]
        )
        best = decode(self.model, emissions, frame.steps)
        chances = marginals(self.model, emissions, frame.steps, best).tolist() if scores else []
        return list(map(self.model.labels.__getitem__, best.tolist())), chances


class Stages:
    """The four stages over batches of sentences.  Holds the models (about 20 MB) and bounded tables.

    May be shared by threads: one batch is tagged at a time.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._syllables: dict[tuple[int, int], Table] = {}
        self._words: dict[tuple[int, int], Table] = {}
        folder = library.folder()
        self._word = Stage(
            folder / library.WORD, library.word_templates(), library.word_functions(), self._syllables
        )
        self._pos, self._chunk, self._ner = (
            Stage(folder / path, templates, library.FUNCTIONS, self._words, previous)
            for path, templates, previous in (
                (library.POS, library.pos_templates(), 1),
                (library.CHUNK, library.chunk_templates(), 2),
                (library.NER, library.ner_templates(), 3),
            )
        )

    def tag(self, sentences: Iterable[str], *, chunk: bool = False) -> Iterator[Tagged]:
        """Every sentence through the stages, in order; tags as by `underthesea.ner` of each alone."""
        batch: list[list[Token]] = []
        size = 0
        for sentence in sentences:
            tokens = library_tokens(sentence)
            if batch and size + len(tokens) > BATCH:
                yield from self._tag(batch, chunk=chunk)
                batch, size = [], 0
            batch.append(tokens)
            size += len(tokens)
        yield from self._tag(batch, chunk=chunk)

    def _tag(self, batch: Sequence[list[Token]], *, chunk: bool) -> Iterator[Tagged]:
        filled = [tokens for tokens in batch if tokens]
        with self._lock:
            tagged = iter(list(self._tag_filled(filled, chunk=chunk)) if filled else ())
        for tokens in batch:
            yield next(tagged) if tokens else Tagged([], [], [], [], [], [], [])

    def _tag_filled(self, batch: Sequence[list[Token]], *, chunk: bool) -> Iterator[Tagged]:
        syllables = [[token.text for token in tokens] for tokens in batch]
        frame = Frame(syllables)
        tags, _ = self._word.run(frame.rows(syllables, 0, self._syllables), frame)
        joined = [_words(items, found) for items, found in zip(syllables, frame.split(tags), strict=True)]
        words = [found for found, _ in joined]
        frame = Frame(words)
        inputs = frame.rows(words, 0, self._words)
        unknown = [[library.UNKNOWN] * len(items) for items in words]
        inputs |= frame.rows(unknown, library.PREVIOUS, self._words)
        pos, _ = self._pos.run(inputs, frame)
        by_sentence = frame.split(pos)
        inputs |= frame.rows(by_sentence, library.TAG, self._words)
        chunks = frame.split(self._chunk.run(inputs, frame)[0]) if chunk else [[] for _ in words]
        ner, chances = self._ner.run(inputs, frame, scores=True)
        parts = (batch, joined, by_sentence, chunks, frame.split(ner), frame.split(chances))
        for tokens, (found, firsts), *rest in zip(*parts, strict=True):
            yield Tagged(tokens, firsts, found, *rest)
        for table in (*self._syllables.values(), *self._words.values()):
            table.trim()


class Frame:
    """How the sentences of a batch lie in one padded row: where each token is, and the steps to decode."""

    def __init__(self, sentences: Sequence[Sequence[str]]) -> None:
        self.lengths = [len(items) for items in sentences]
        self.steps = Steps(self.lengths)
        sizes = np.asarray(self.lengths)
        starts = np.cumsum(sizes) - sizes
        shift = PAD + 2 * PAD * np.arange(len(sizes))
        self.places: Ints = np.arange(sizes.sum()) + np.repeat(shift, sizes)
        self._bounds = [*starts.tolist(), int(sizes.sum())]

    def rows(
        self, sentences: Sequence[Sequence[str]], column: int, tables: dict[tuple[int, int], Table]
    ) -> Inputs:
        """The padded rows of one input column in each of its tables: borders, values, borders."""
        found: Inputs = {}
        for (wanted, width), table in tables.items():
            if wanted == column:
                row: list[int] = []
                for items in sentences:
                    values = (
                        items
                        if width == 1
                        else map(" ".join, zip(*(items[i:] for i in range(width)), strict=False))
                    )
                    row += [BOS] * PAD
                    row += map(table.__getitem__, values)
                    row += [EOS] * (PAD + min(width - 1, len(items)))
                found[column, width] = np.asarray(row, dtype=np.int64)
        return found

    def split(self, values: list[T]) -> list[list[T]]:
        """One list for all tokens, cut into one for each sentence."""
        return [values[start:end] for start, end in pairwise(self._bounds)]


def _words(syllables: Sequence[str], tags: Sequence[str]) -> tuple[list[str], list[int]]:
    """The words, and the index of each one's first syllable; a first I-W begins a word."""
    firsts = [index for index, tag in enumerate(tags) if tag != "I-W" or not index]
    bounds = [*firsts, len(tags)]
    return [" ".join(syllables[start:end]) for start, end in pairwise(bounds)], firsts


def _parse(text: str) -> Template:
    found = _template.fullmatch(text)
    if not found:
        raise ValueError(f"feature template {text!r}")
    first, last = int(found[1]), int(found[2] or found[1])
    return Template(text, first, last - first + 1, int(found[3] or 0), found[4] or "")
