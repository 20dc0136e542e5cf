"""spaCy's binary format (DocBin), written by spaCy itself where it is installed.

A document becomes a `Doc` of the release's tokens whose `text` is the document's, character by
character: white space that spaCy's one trailing blank can't say is a token of its own.  All spans are
in `doc.spans["sc"]`, with their ids; `doc.ents` holds the outermost names as in `ner_tags`, and the
numbers that overlap none of them.  `doc.user_data` has `id` and `values` (span id → value).
Files hold at most 2,000 documents each: spaCy reads the folder of a split as one corpus.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import Any

from corpus.errors import ReleaseError, UsageError
from exporters.formats.base import Published, Release, Settings, Tally, has_value, value_of
from exporters.views import spans_of

KEY = "sc"
FILE = 2_000
NOT_ENTS = 'is in doc.spans["sc"] but not in doc.ents, which can\'t overlap'


def write(release: Release, folder: Path, tally: Tally, settings: Settings) -> None:
    """Write `SPLIT/part-00001.spacy`, … for each split.  Raises UsageError when spaCy is missing."""
    try:
        vocab = import_module("spacy").blank("xx").vocab
        doc_bin = import_module("spacy.tokens").DocBin
    except ImportError:
        raise UsageError(
            "the format spacy is written by spaCy, which is not installed here; run `pip install spacy` "
            "in ViCivic's environment and export again"
        ) from None
    for split in release.splits("tokens"):
        (folder / split).mkdir()
        documents = release.documents(split, tokens=True)
        part = 0
        while some := list(islice(documents, FILE)):
            part += 1
            docs = (to_doc(vocab, document, tally) for document in some)
            doc_bin(store_user_data=True, docs=docs).to_disk(folder / split / f"part-{part:05}.spacy")


def to_doc(vocab: Any, document: Published, tally: Tally) -> Any:
    """One document as a `Doc`.  Raises ReleaseError when text or a span would not be exact."""
    edges = [
        edge
        for sentence in document.sentences
        for edge in zip(sentence["token_starts"], sentence["token_ends"], strict=True)
    ]
    words, spaces = words_and_spaces(document.text, edges)
    doc = import_module("spacy.tokens").Doc(vocab, words=words, spaces=spaces)
    if doc.text != document.text:
        raise ReleaseError(f"{document.id}: its tokens do not give back its text; run `vicivic verify`")
    made = [_char_span(doc, document, span) for span in document.spans]
    doc.spans[KEY] = made
    doc.ents = [doc.char_span(start, end, label=label) for start, end, label in entities(document)]
    doc.user_data["id"] = document.id
    doc.user_data["values"] = {span["id"]: value_of(span) for span in document.spans if has_value(span)}
    tally.written["documents"] += 1
    tally.written["spans"] += len(made)
    held = {(ent.start_char, ent.end_char, ent.label_) for ent in doc.ents}
    for span in document.spans:
        if (span["start"], span["end"], span["label"]) not in held:
            tally.lose(NOT_ENTS, span["label"])
    return doc


def _char_span(doc: Any, document: Published, span: dict[str, Any]) -> Any:
    made = doc.char_span(span["start"], span["end"], label=span["label"], span_id=span["id"])
    if made is None:
        raise ReleaseError(f"{document.id}: {span['id']} does not begin and end with a token")
    return made


def words_and_spaces(text: str, edges: Sequence[tuple[int, int]]) -> tuple[list[str], list[bool]]:
    """Tokens as spaCy takes them: their strings, and whether one blank follows each."""
    words: list[str] = []
    spaces: list[bool] = []

    def gap(white: str) -> None:
        if words and white.startswith(" "):
            spaces[-1] = True
            white = white[1:]
        if white:
            words.append(white)
            spaces.append(False)

    reached = 0
    for start, end in edges:
        gap(text[reached:start])
        words.append(text[start:end])
        spaces.append(False)
        reached = end
    gap(text[reached:])
    return words, spaces


def entities(document: Published) -> Iterator[tuple[int, int, str]]:
    """(start, end, label) that do not overlap: the pieces of `ner_tags`, numbers where none of them is."""
    for sentence in document.sentences:
        edges = sentence["token_starts"], sentence["token_ends"]
        names = spans_of(sentence["ner_tags"], *edges)
        numbers = spans_of(sentence["number_tags"], *edges)
        free = [
            number
            for number in numbers
            if not any(name[0] < number[1] and number[0] < name[1] for name in names)
        ]
        yield from sorted([*names, *free])
