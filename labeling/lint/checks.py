"""Checks of one document: each a function from (document, its spans) to findings; `CHECKS` is the table.

`error`: breaks a rule of the scheme or of the data; `warning`: almost surely wrong; `hint`: worth a look.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from corpus.document import Document
from labeling.concordance import nested
from labeling.derive import split_place
from labeling.lint.finding import Finding, finding, to
from labeling.preannotators.nest import NESTING
from labeling.preannotators.table import NAMES, NUMBERS
from labeling.span import by_position

Check = Callable[[Document, Sequence[Any]], Iterator[Finding]]
_QUOTES = {"“": "”", "‘": "’", "«": "»", '"': '"'}
_TRIM = ",;:!?…–-“”\"'‘’«»"  # a full stop may belong to an abbreviation


class Inside(msgspec.Struct, frozen=True):
    """What must stand nested: `pattern` inside a span of one of `outer` is a span of `label`."""

    label: str
    outer: tuple[str, ...]
    pattern: str


class Place(msgspec.Struct, frozen=True):
    """A piece of text that nobody marked."""

    start: int
    end: int
    label: str = ""


class Words(msgspec.Struct, frozen=True):
    """The tables of words.toml."""

    outside: dict[str, tuple[str, ...]]
    before: dict[str, tuple[str, ...]]
    after: dict[str, str]
    compounds: tuple[str, ...]
    inside: tuple[Inside, ...]


@cache
def words() -> Words:
    """The shipped tables."""
    return msgspec.toml.decode((resources.files("labeling.lint") / "words.toml").read_bytes(), type=Words)


def crossing(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """Two spans cross, or two labels lie on the same characters."""
    around: list[Any] = []
    for span in by_position(spans):
        around = [outer for outer in around if outer.end > span.start]
        for outer in around:
            same = (outer.start, outer.end) == (span.start, span.end)
            if same or span.end > outer.end:
                word = "lies on the same characters as" if same else "crosses"
                yield finding("crossing", "error", document, span, f"{word} {outer.label} {outer.text!r}")
        around.append(span)


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


def nested_missing(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """A name inside a name is not marked."""
    marked = {(span.start, span.end): span.label for span in spans}
    covered = {(span.label, span.start) for span in spans} | {(span.label, span.end) for span in spans}
    for span in spans:
        for rule in words().inside:
            if span.label not in rule.outer:
                continue
            for match in _pattern(rule.pattern).finditer(span.text):
                start, end = span.start + match.start(), span.start + match.end()
                known = (
                    (rule.label, start) in covered or (rule.label, end) in covered or (start, end) in marked
                )
                if not known:
                    change = to(document, start, end, rule.label, add=True)
                    message = f"{match[0]!r} inside it is a {rule.label} of its own"
                    yield finding("nested-missing", "warning", document, span, message, change)


@cache
def _pattern(written: str) -> re.Pattern[str]:
    """A pattern of words.toml, its <U> and <L> spelled out for Latin script with Vietnamese letters."""
    capitals = "".join(letter for letter in map(chr, range(0x41, 0x1EFA)) if letter.isupper())
    latin = "".join(letter for letter in capitals if letter < "\u0250" or letter >= "\u1e00")
    return re.compile(written.replace("<U>", f"[{latin}]").replace("<L>", r"[^\W\d_]"))


def nested_forbidden(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """Something stands inside what may not hold it (rules 2, 15, 16 and 17)."""
    for span, outer in nested(spans):
        for rule in NESTING:
            holders = outer if rule.any_depth else outer[-1:]
            if rule.name == "bare-name" and split_place(span.text)[0]:
                continue  # "sông Hồng" in "Đồng bằng sông Hồng" has a class noun of its own
            bad = next((item for item in holders if rule.forbids(item, span, document.text)), None)
            if bad is not None:
                message = f"may not stand inside {bad.label} {bad.text!r} ({rule.name})"
                yield finding("nested-forbidden", "error", document, span, message)
                break


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


def named_here_not_there(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """A name that is marked in this document stands elsewhere in it without a mark."""
    text = document.text
    names: dict[str, str] = {}
    for span in spans:
        if span.label in NAMES and (" " in span.text or len(span.text) > 3) and not span.text.islower():
            names.setdefault(span.text, span.label)
    if not names:
        return
    taken = sorted((span.start, span.end) for span in spans)
    longest = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    for match in re.finditer(rf"(?<!\w)(?:{longest})(?!\w)", text):
        start, end = match.span()
        if not any(s < end and start < e for s, e in taken):
            label = names[match[0]]
            place = Place(start, end)
            change = to(document, start, end, label, add=True)
            yield finding(
                "unmarked-repeat", "warning", document, place, f"marked as {label} elsewhere here", change
            )


def two_labels(document: Document, spans: Sequence[Any]) -> Iterator[Finding]:
    """One surface carries two labels in this document: the rarer one is shown."""
    labels: dict[str, dict[str, list[Any]]] = {}
    for span in spans:
        if span.label in NAMES:
            labels.setdefault(span.text.casefold(), {}).setdefault(span.label, []).append(span)
    for by_label in labels.values():
        if len(by_label) > 1:
            ranked = sorted(by_label.items(), key=lambda item: (-len(item[1]), item[0]))
            (main, _), *rest = ranked
            for _, rare in rest:
                for span in rare:
                    change = to(document, span.start, span.end, main)
                    yield finding(
                        "two-labels",
                        "warning",
                        document,
                        span,
                        f"is {main} elsewhere in this document",
                        change,
                    )


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
