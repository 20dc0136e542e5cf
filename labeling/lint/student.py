"""Label errors by the disagreement of a student: a CRF learnt from the other documents reads each one.

Documents are dealt into folds by their id; the student of a fold never saw it (out of fold).  Only what the
student says plainly is a finding: another label on the very same edges, or a name on unmarked text whose
surface the corpus marks with this label elsewhere.  It learns the outermost names of each sentence.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from corpus.document import Document
from corpus.segment import sentences, syllables
from labeling.lint.finding import Finding, finding, to
from labeling.lint.run import Marked
from labeling.lint.words import Place
from labeling.preannotators.table import NAMES
from labeling.span import by_position

if TYPE_CHECKING:
    from labeling.learn import Crf, Sentence

FOLDS = 4
LEAST = 12  # documents: with fewer a student knows nothing
SEEN = 2  # times that a surface is marked elsewhere, for a name that is said to be missing
ITERATIONS = 60


class Lesson(msgspec.Struct, frozen=True):
    """One sentence of a document, where it starts, and its outermost names in offsets of the document."""

    document: int
    start: int
    sentence: Any
    names: tuple[tuple[int, int, str], ...]


def student(marked: Iterable[Marked], *, folds: int = FOLDS) -> Iterator[Finding]:
    """Findings in the order of the documents; none when there are fewer than LEAST documents.

    Holds the annotated documents in memory.
    """
    given = list(marked)
    if len({item.document.id for item in given}) < LEAST:
        return
    lessons = [lesson for number, item in enumerate(given) for lesson in _lessons(number, item)]
    surfaces: Counter[tuple[str, str]] = Counter(
        (given[lesson.document].document.text[start:end].casefold(), label)
        for lesson in lessons
        for start, end, label in lesson.names
    )
    found: defaultdict[int, list[Finding]] = defaultdict(list)
    for fold in range(folds):
        held = [lesson for lesson in lessons if _fold(given[lesson.document].document, folds) == fold]
        seen = [lesson for lesson in lessons if _fold(given[lesson.document].document, folds) != fold]
        crf = _learn(seen)
        if crf is not None:
            for lesson in held:
                item = given[lesson.document]
                found[lesson.document] += _compare(item.document, item.spans, lesson, crf, surfaces)
    for number in sorted(found):
        item = given[number]
        for one in found[number]:
            yield msgspec.structs.replace(
                one,
                by=item.by,
                annotation=item.annotation.key[2] if item.annotation else None,
                link=item.link or item.document.url,
            )


def _fold(document: Document, folds: int) -> int:
    return int(hashlib.sha256(document.id.encode()).hexdigest()[:8], 16) % folds


def _lessons(number: int, item: Marked) -> Iterator[Lesson]:
    """The sentences of a document whose names begin and end where syllables do."""
    from labeling.learn import Sentence

    text = item.document.text
    outer = _outermost(item.spans)
    for extent in sentences(text):
        names = tuple(name for name in outer if extent.start <= name[0] and name[1] <= extent.end)
        tokens = syllables(text, extent.start, extent.end)
        tags = _tags(tokens, names)
        if tags is None:
            continue
        edges = tuple((token.start - extent.start, token.end - extent.start) for token in tokens)
        sentence = Sentence(item.document.id, text[extent.start : extent.end], edges, tags)
        yield Lesson(number, extent.start, sentence, names)


def _outermost(spans: Sequence[Any]) -> list[tuple[int, int, str]]:
    found: list[tuple[int, int, str]] = []
    for span in by_position(span for span in spans if span.label in NAMES):
        if not found or span.start >= found[-1][1]:
            found.append((span.start, span.end, span.label))
    return found


def _tags(tokens: Sequence[Any], names: Sequence[tuple[int, int, str]]) -> tuple[str, ...] | None:
    """BIO tags of the tokens; None when a name's edge lies inside a token."""
    tags = ["O"] * len(tokens)
    starts = {token.start: at for at, token in enumerate(tokens)}
    ends = {token.end: at for at, token in enumerate(tokens)}
    for start, end, label in names:
        if start not in starts or end not in ends:
            return None
        first, last = starts[start], ends[end]
        tags[first : last + 1] = [f"B-{label}", *[f"I-{label}"] * (last - first)]
    return tuple(tags)


def _learn(lessons: Sequence[Lesson]) -> Crf | None:
    from labeling.learn import Settings, train

    taught: list[Sentence] = [lesson.sentence for lesson in lessons]
    if not any(lesson.names for lesson in lessons):
        return None
    return train(taught, Settings(iterations=ITERATIONS))


def _compare(
    document: Document,
    spans: Sequence[Any],
    lesson: Lesson,
    crf: Crf,
    surfaces: Counter[tuple[str, str]],
) -> Iterator[Finding]:
    from labeling.learn import pieces

    names = {(start, end): label for start, end, label in lesson.names}
    for piece in pieces(lesson.sentence, crf.tag(lesson.sentence)):
        start, end, label = lesson.start + piece.start, lesson.start + piece.end, piece.label
        marked = names.get((start, end))
        if marked is not None and marked != label:
            change = to(document, start, end, label)
            message = f"a student of the other documents reads {label}"
            yield finding("student-label", "hint", document, Place(start, end, marked), message, change)
        elif marked is None and not any(span.start < end and start < span.end for span in spans):
            times = surfaces[piece.text.casefold(), label]
            if times >= SEEN:
                change = to(document, start, end, label, add=True)
                message = f"a student of the other documents reads {label}; marked so {times} times elsewhere"
                yield finding("student-missing", "hint", document, Place(start, end), message, change)
