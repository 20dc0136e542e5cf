"""Tokens that a library rewrote → their places in our own text.

underthesea rewrites what it reads: it composes to NFC, turns `Ð`/`ð` into `Đ`/`đ`, respells short
syllables by a table (`uỷ` → `ủy`, `nghành` → `ngành`) and joins the tokens of a word with one space
whatever stood between them.  Searching the text for what it returns is therefore wrong.  Instead its own
token pattern is run over its own normal form and the position of every match is kept; respelling never
changes the number of tokens.  All steps are linear in the text, except
that underthesea's pattern for e-mail addresses looks ahead to the end: give it sentences, not documents.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from corpus.canonical import JOINS_LEFT


class Token(NamedTuple):
    """One token as the library writes it, and where it stands in our text: [start, end)."""

    text: str
    start: int
    end: int


class Tokenizer(NamedTuple):
    """The parts of underthesea's tokenizer that decide where its tokens stand."""

    pattern: re.Pattern[str]
    characters: dict[int, str]
    respell: Callable[[str], str]


_chunk = re.compile(r"\S+")
_joins_left = re.compile(f"[{JOINS_LEFT}]")


@lru_cache(maxsize=1)
def tokenizer() -> Tokenizer:
    """underthesea's own token pattern and tables; imports underthesea at the first call."""
    from underthesea.pipeline.text_normalize.text_normalizer import character_map, token_map
    from underthesea.pipeline.word_tokenize import regex_tokenize

    respelled: dict[str, str] = dict(token_map)
    return Tokenizer(
        pattern=re.compile(regex_tokenize.regex_patterns_combine, re.VERBOSE | re.UNICODE),
        characters={ord(old): new for old, new in character_map.items()},
        # tokens longer than six characters are not looked up by the library
        respell=lambda token: respelled.get(token, token) if len(token) <= 6 else token,
    )


def library_tokens(text: str) -> list[Token]:
    """The syllable tokens underthesea sees in `text`, in order, each with its place in `text`.

    Extents are disjoint and in order when `text` is NFC.  In other text two tokens may share a sequence
    that composes (a letter with marks that do not all join it); each then covers the whole sequence.
    """
    normal, origin = _composed(text)
    tokens: list[Token] = []
    end_of_last = len(normal.rstrip())
    for chunk in _chunk.finditer(normal):
        shift = chunk.start()
        # What ends a text may be read differently, so the last chunk comes with all that follows it.
        last = chunk.end() == end_of_last
        for word, start, end in _chunk_tokens(normal[shift:] if last else chunk.group() + " "):
            tokens.append(Token(word, shift + start, shift + end))
    if origin is None:
        return tokens
    return [Token(word, origin[start][0], origin[end - 1][1]) for word, start, end in tokens]


@lru_cache(maxsize=50_000)
def _chunk_tokens(chunk: str) -> tuple[Token, ...]:
    """The tokens of one run of characters between white space, which no token of the pattern holds."""
    parts = tokenizer()
    found = parts.pattern.finditer(chunk.translate(parts.characters))
    return tuple(Token(parts.respell(match.group()), *match.span()) for match in found)


def _composed(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    """NFC of `text`, and for each of its characters the range of `text` it came from (None: the same)."""
    if unicodedata.is_normalized("NFC", text):
        return text, None
    pieces: list[str] = []
    origin: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and not _begins(text[end]):
            continue
        piece = unicodedata.normalize("NFC", text[start:end])
        if len(piece) == end - start:
            origin.extend((index, index + 1) for index in range(start, end))
        else:
            origin.extend([(start, end)] * len(piece))
        pieces.append(piece)
        start = end
    return "".join(pieces), origin


@lru_cache(maxsize=4096)
def _begins(character: str) -> bool:
    """Whether composition can't reach from what stands before into `character`."""
    first = unicodedata.normalize("NFD", character)[0]
    return not unicodedata.combining(first) and not _joins_left.match(first)
