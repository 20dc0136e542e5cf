"""Checks of one document: each a function from (document, its spans) to findings; `CHECKS` is the table.

`error`: breaks a rule of the scheme or of the data; `warning`: almost surely wrong; `hint`: worth a look.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from corpus.document import Document
from labeling.concordance import nested
from labeling.derive import split_place
from labeling.lint.finding import Finding, finding, to
from labeling.lint.nesting import crossing, nested_forbidden, nested_missing
from labeling.lint.surfaces import named_here_not_there, two_labels
from labeling.lint.words import words
from labeling.preannotators.table import NUMBERS

Check = Callable[[Document, Sequence[Any]], Iterator[Finding]]
_QUOTES = {"“": "”", "‘": "’", "«": "»", '"': '"'}
_TRIM = ",;:!?…–-“”\"'‘’«»"  # a full stop may belong to an abbreviation


def trimming(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """White space or punctuation that is no part of the name stands at an edge."""
    for span in spans:
        start, end = _trimmed(span.text)
        start, end = span.start + start, span.start + end
        if start < end and (start, end) != (span.start, span.end):
            change = to(document, start, end, span.label, sure=True)
            yield finding("trimming", "error", document, span, "punctuation at its edge", change)


def _trimmed(text: str) -> tuple[int, int]:
    """Where the text begins and ends without punctuation; a quotation inside it keeps its own marks."""
    start, end = 0, len(text)
    while start < end and (text[start] in _TRIM or text[start].isspace()):
        closing = _QUOTES.get(text[start])
        if closing and closing in text[start + 1 : end - 1]:
            break
        start += 1
    while start < end and (text[end - 1] in _TRIM or text[end - 1].isspace()):
        opening = [mark for mark, closing in _QUOTES.items() if closing == text[end - 1]]
        if opening and opening[0] in text[start + 1 : end - 1]:
            break
        end -= 1
    return start, end


def inside_word(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """An edge cuts a word; digits that stand next to letters are no word."""
    text = document.text
    for span in spans:
        start, end = span.start, span.end
        while start > 0 and text[start - 1].isalpha() and text[start].isalpha():
            start -= 1
        while end < len(text) and text[end - 1].isalpha() and text[end].isalpha():
            end += 1
        if (start, end) != (span.start, span.end):
            # letters glued by a typing fault are rule 12: a capital right after a small letter is a border
            glued = start < span.start and text[span.start].isupper() and text[span.start - 1].islower()
            if not glued:
                change = to(document, start, end, span.label)
                yield finding("inside-word", "warning", document, span, "an edge cuts a word", change)


def leading_words(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """A span begins with words that the scheme keeps outside: "đồng chí" in a PER, "nguyên" in a TITLE."""
    for span in spans:
        lead = _leading(span.text, words().outside.get(span.label, ()))
        if lead and span.start + lead < span.end:
            start = span.start + lead
            start += len(document.text[start : span.end]) - len(document.text[start : span.end].lstrip())
            change = to(document, start, span.end, span.label, sure=span.label in ("PER", "TITLE"))
            message = f"{span.text[:lead].strip()!r} stays outside a {span.label}"
            yield finding("leading-words", "error", document, span, message, change)


def _leading(text: str, phrases: Sequence[str]) -> int:
    """The length of the leading phrases (longest first, repeated), with the space behind each."""
    done = 0
    while True:
        rest = text[done:].lower()
        phrase = next((p for p in sorted(phrases, key=len, reverse=True) if rest.startswith(p + " ")), None)
        if phrase is None:
            return done
        done += len(phrase) + 1


def title_in_person(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """A PER holds an office: what stands before the last run of capitalised words is a TITLE."""
    offices = re.compile(r"\b(?:chủ tịch|bí thư|giám đốc|trưởng|phó|ủy viên|chủ nhiệm)\b", re.IGNORECASE)
    for span in spans:
        if span.label == "PER" and offices.match(span.text):
            yield finding("title-in-person", "error", document, span, "an office is part of the name")


def words_before(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """A word that belongs to the span stands right before it: "huyện" before [Bắc Hà]LOC."""
    for span, outer in nested(spans):
        line = document.text[max(0, span.start - 20) : span.start]
        if span.label == "LOC" and split_place(span.text)[0]:
            continue
        if line.lower().endswith(tuple(f"{compound} " for compound in words().compounds)):
            continue
        for word in words().before.get(span.label, ()):
            if not re.search(rf"(?<!\w){re.escape(word)} $", line, re.IGNORECASE):
                continue
            start = span.start - len(word) - 1
            if not any(item.label == span.label and item.start <= start for item in outer):
                change = to(document, start, span.end, span.label)
                message = f"{document.text[start : span.start - 1]!r} before it belongs to it"
                yield finding("words-before", "warning", document, span, message, change)
                break


def words_after(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """An ordinal that follows an EVENT or LAW directly belongs to it."""
    for span in spans:
        pattern = words().after.get(span.label)
        match = re.compile(rf" (?:{pattern})(?!\w)").match(document.text, span.end) if pattern else None
        if match:
            change = to(document, span.start, match.end(), span.label)
            yield finding(
                "words-after", "warning", document, span, f"{match[0].strip()!r} belongs to it", change
            )


def numbers_read(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """A number span leaves out a word that bounds it, or its value does not follow from its text."""
    from labeling.quantities import find
    from labeling.quantities.canon import core, write_line

    numbers = [span for span in spans if span.label in NUMBERS]
    if not numbers:
        return
    readings = {(item.extent.start, item.extent.end, item.label): item for item in find(document.text)}
    for span in numbers:
        exact = readings.get((span.start, span.end, span.label))
        norm = getattr(span, "norm", None)
        if exact is not None:
            if norm is not None and core(norm) != core(exact.norm):
                message = f"the value is {write_line(norm)}, its text says {write_line(exact.norm)}"
                yield finding("value", "hint", document, span, message)
            continue
        for start, end, label in readings:
            wider = start <= span.start and span.end <= end and label == span.label
            if wider:
                change = to(document, start, end, label)
                message = f"words around it belong to it: {document.text[start:end]!r}"
                yield finding("cue-outside", "hint", document, span, message, change)
        if norm is None:
            yield finding("no-value", "hint", document, span, "a number without a value")


CHECKS: dict[str, Check] = {
    "crossing": crossing,
    "trimming": trimming,
    "inside-word": inside_word,
    "leading-words": leading_words,
    "title-in-person": title_in_person,
    "words-before": words_before,
    "words-after": words_after,
    "nested-missing": nested_missing,
    "nested-forbidden": nested_forbidden,
    "numbers": numbers_read,
    "unmarked-repeat": named_here_not_there,
    "two-labels": two_labels,
}
