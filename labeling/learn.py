"""A CRF learnt from sentences with BIO tags: a release's baseline, and what a later student grows from.

One linear-chain CRF for each flat column.  Trained by underthesea_core (L-BFGS, CRFsuite's file format).
Features of a token, strings all: its form and those of three neighbours on each side, their shapes,
neighbouring pairs, prefixes and suffixes of two characters, the words around the run of capitalised
words it stands in, the last cue before it (a class noun, an office word, a form of address), and whether
an administrative unit of the official lists begins or goes on there.

The same sentences give the same tags and scores.  The files of two trainings differ all the same: the
library keeps attributes in hash order, which moves weights in their tenth digit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from corpus.errors import DataError
from labeling.evaluate import Gold, Score, count
from labeling.span import Span

AROUND = 3
EDGE = 2
CUE_REACH = 8
BOS, EOS = "<s>", "</s>"
ADDRESS = ("đồng chí", "ông", "bà", "anh", "chị", "em", "thầy", "cô", "cụ", "cháu")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """How a CRF is trained: weights of the L1 and L2 penalties, and when to stop."""

    l1: float = 0.05
    l2: float = 0.02
    iterations: int = 150


class Sentence(NamedTuple):
    """A sentence as learnt from: its text, the half-open offsets of its tokens in it, a tag for each.

    `document` groups sentences for scores; `tags` are BIO names, and may be empty where they are unknown.
    """

    document: str
    text: str
    edges: tuple[tuple[int, int], ...]
    tags: tuple[str, ...] = ()

    @property
    def tokens(self) -> list[str]:
        """The tokens' strings."""
        return [self.text[start:end] for start, end in self.edges]


class Crf:
    """A trained CRF for one column.  `tag` gives a BIO tag for each token."""

    def __init__(self, model: Any) -> None:
        from underthesea_core import CRFTagger

        self.model = model
        self.tagger = CRFTagger.from_model(model)

    def tag(self, sentence: Sentence) -> list[str]:
        """The most probable tags."""
        if not sentence.edges:
            return []
        tags: list[str] = self.tagger.tag(features(sentence))
        return tags

    def save(self, path: Path) -> None:
        """Write the model in CRFsuite's file format."""
        self.model.save(str(path))

    @classmethod
    def load(cls, path: Path) -> Crf:
        """Read a model that `save` wrote.  Raises DataError when it can't be read."""
        from underthesea_core import CRFModel

        try:
            return cls(CRFModel.load(str(path)))
        except Exception as error:  # the library raises what its Rust side gives
            raise DataError(f"{path}: can't be read as a CRF ({error}); train it again") from None


def train(sentences: Iterable[Sentence], settings: Settings | None = None) -> Crf:
    """Learn a CRF.  Raises DataError when there is nothing to learn: no sentence, or no tag but O."""
    from underthesea_core import CRFTrainer

    chosen = settings or Settings()
    used = [sentence for sentence in sentences if sentence.edges]
    if not any(tag != "O" for sentence in used for tag in sentence.tags):
        raise DataError(f"nothing to learn from: {len(used)} sentences without any span")
    trainer = CRFTrainer(
        loss_function="lbfgs",
        l1_penalty=chosen.l1,
        l2_penalty=chosen.l2,
        max_iterations=chosen.iterations,
        verbose=0,
    )
    return Crf(trainer.train([features(sentence) for sentence in used], [list(each.tags) for each in used]))


# --- features -------------------------------------------------------------------------------------


def features(sentence: Sentence) -> list[list[str]]:
    """The features of every token, in an order that depends on the sentence alone."""
    tokens = sentence.tokens
    low = [token.lower() for token in tokens]
    shapes = [shape(token) for token in tokens]
    capital = [token[0].isupper() for token in tokens]
    runs = _runs(capital)
    cues = _last_cues(low)
    places = _places(sentence)
    size = len(tokens)
    found = []
    for here in range(size):
        made = ["bias", f"p0={low[here][:EDGE]}", f"s0={low[here][-EDGE:]}", f"g={places[here]}"]
        for offset in range(-AROUND, AROUND + 1):
            there = here + offset
            inside = 0 <= there < size
            made.append(f"w{offset}={low[there] if inside else (BOS if there < 0 else EOS)}")
            if inside:
                made.append(f"h{offset}={shapes[there]}")
        for offset in (-2, -1, 0, 1):
            left, right = here + offset, here + offset + 1
            if left >= 0 and right < size:
                made.append(f"b{offset}={low[left]}|{low[right]}")
        if 0 < here < size - 1:
            made.append(f"h3={shapes[here - 1]}|{shapes[here]}|{shapes[here + 1]}")
        if capital[here]:
            first, last = runs[here]
            made.append(f"rl={low[first - 1] if first else BOS}")
            made.append(f"rr={low[last + 1] if last + 1 < size else EOS}")
            made.append(f"rn={min(last - first + 1, 6)}|{here - first}")
            made.append(f"rf={low[first]}")
        if cues[here]:
            made.append(f"c={cues[here]}")
            made.append(f"c|h={cues[here]}|{shapes[here]}")
        found.append(made)
    return found


def shape(token: str) -> str:
    """What a token looks like: `Xx` capitalised, `X` capitals, `x` small, digits by their number, signs."""
    if token.isdigit():
        return f"d{min(len(token), 4)}"
    if token[0].isdigit():
        return "".join("d" if c.isdigit() else c for c in token)[:8]
    if not token[0].isalpha():
        return token[0]
    if token.isupper():
        return "X" if len(token) > 1 else "X1"
    return "Xx" if token[0].isupper() else "x"


def _runs(capital: Sequence[bool]) -> list[tuple[int, int]]:
    """(first, last) of the run of capitalised tokens that each token stands in; itself where it is none."""
    runs = [(index, index) for index in range(len(capital))]
    first = 0
    for index, yes in enumerate(capital):
        if not yes:
            first = index + 1
        elif index + 1 == len(capital) or not capital[index + 1]:
            runs[first : index + 1] = [(first, index)] * (index + 1 - first)
    return runs


@cache
def _cues() -> frozenset[tuple[str, ...]]:
    """Class nouns of places and forms of address, as tuples of small syllables."""
    from labeling.derive import CLASS_NOUNS

    return frozenset(tuple(cue.split()) for cue in (*CLASS_NOUNS, *ADDRESS))


def _last_cues(low: Sequence[str]) -> list[str]:
    """The nearest cue that ends before each token, at most CUE_REACH tokens away; "" where none does."""
    known = _cues()
    longest = max(map(len, known))
    found, last, at = [], "", 0
    for here in range(len(low)):
        found.append(last if last and here - at <= CUE_REACH else "")
        for size in range(longest, 0, -1):
            if here + 1 >= size and tuple(low[here + 1 - size : here + 1]) in known:
                last, at = "_".join(low[here + 1 - size : here + 1]), here
                break
    return found


def _places(sentence: Sentence) -> list[str]:
    """B, I or O: where an administrative unit of the official lists is named with its class noun."""
    from corpus.places import mentions

    marks = ["O"] * len(sentence.edges)
    for mention in mentions(sentence.text):
        mark = "B"
        for index, (start, end) in enumerate(sentence.edges):
            if mention.start <= start and end <= mention.end:
                marks[index], mark = mark, "I"
    return marks


# --- scores ---------------------------------------------------------------------------------------


def pieces(sentence: Sentence, tags: Sequence[str]) -> Iterator[Span]:
    """The spans of BIO tags, in offsets of the sentence; `I-X` after anything but X opens one."""
    opened: tuple[int, int, str] | None = None
    for (start, end), tag in zip(sentence.edges, tags, strict=True):
        label = tag[2:]
        if opened is not None and tag.startswith("I-") and opened[2] == label:
            opened = (opened[0], end, label)
            continue
        if opened is not None:
            yield _span(sentence.text, *opened)
        opened = None if tag == "O" else (start, end, label)
    if opened is not None:
        yield _span(sentence.text, *opened)


def _span(text: str, start: int, end: int, label: str) -> Span:
    return Span(start=start, end=end, label=label, text=text[start:end])


def score(
    sentences: Sequence[Sentence], said: Sequence[Sequence[str]], labels: Sequence[str]
) -> dict[str, Score]:
    """`all` and each label that gold or predictions have → its exact score, intervals over documents."""
    gold: dict[str, list[Span]] = {}
    predicted: dict[str, list[Span]] = {}
    for number, (sentence, tags) in enumerate(zip(sentences, said, strict=True)):
        # sentences of a document keep apart: their spans are compared in a place of their own
        shift = number * 1_000_000
        for target, source in ((gold, sentence.tags), (predicted, tags)):
            target.setdefault(sentence.document, []).extend(
                msgspec.structs.replace(span, start=span.start + shift, end=span.end + shift)
                for span in pieces(sentence, source)
            )
    articles = [Gold(id=document, text="", spans=tuple(spans)) for document, spans in gold.items()]
    counts = count(articles, [predicted[article.id] for article in articles], labels)
    scores = {"all": counts.score(), **{label: counts.score([label]) for label in labels}}
    return {name: found for name, found in scores.items() if found.gold or found.predicted}
