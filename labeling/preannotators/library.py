"""What underthesea 9.5's models read: where they lie, their feature templates, the functions in them.

A template `T[-1,0][1].lower` is: from the token before to this one, in input column 1, in lower case.
The library's tagger of words is trained with other functions (written in Rust) than the later stages
(written in Python).  The later stages were trained with the tags before a word as features; when tagging
they get the constant "X" instead, which is kept: it is part of their result.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

WORD = "word_tokenize/models/ws_crf_vlsp2013_20230727/models.bin"
DICTIONARY = "word_tokenize/models/ws_crf_vlsp2013_20230727/dictionary.bin"
POS = "pos_tag/pos_crf_2017_10_11.bin"
CHUNK = "chunking/chunk_crf_2017_10_12.bin"
NER = "ner/ner_crf_2017_10_12.bin"

# Input columns: words, part-of-speech tags, and the constant that stands for the tag to be found.
# The library numbers the last one by its place in the row; here it is one column for all stages.
TAG = 1
PREVIOUS = 3
UNKNOWN = "X"


@cache
def folder() -> Path:
    """Where the library keeps its models; imports underthesea at the first call."""
    import underthesea

    return Path(str(underthesea.__file__)).parent / "pipeline"


@cache
def models_digest() -> str:
    """SHA-256 over the bytes of the models and the dictionary."""
    digest = hashlib.sha256()
    for path in (WORD, DICTIONARY, POS, CHUNK, NER):
        digest.update((folder() / path).read_bytes())
    return digest.hexdigest()


def word_templates() -> list[str]:
    """43 features of a syllable token."""
    pairs, wide = ["-2,-1", "-1,0", "0,1", "1,2"], ["-2,0", "-1,1", "0,2"]
    near = ["-2", "-1", "0", "1", "2"]
    return [
        *_each([*near, *pairs, *wide]),
        *_each([*near, *pairs], ".lower"),
        *_each(near[1:4], ".isdigit"),
        *_each([*near, "0,1", "0,2"], ".istitle"),
        *_each([*near, *pairs, *wide], ".is_in_dict"),
    ]


def pos_templates() -> list[str]:
    """22 features of a word; its last five see only the constant."""
    return [*_word_features("0", "-1", "1"), *_each(["-3", "-2", "-1", "-3,-2", "-2,-1"], "[1]")]


def chunk_templates() -> list[str]:
    """29 features of a word and its part of speech; its last three see only the constant."""
    return [*_word_features("0", "-1", "1"), *_tag_features(), *_each(["-3", "-2", "-1"], "[2]")]


def ner_templates() -> list[str]:
    """31 features of a word and its part of speech; its last three see only the constant."""
    return [*_word_features("0", "-1", "1", "-2", "2"), *_tag_features(), *_each(["-3", "-2", "-1"], "[3]")]


def _word_features(*titles: str) -> list[str]:
    near = ["-2", "-1", "0", "1", "2"]
    pairs = ["-2,-1", "-1,0", "0,1", "1,2"]
    return [*_each(near, ".lower"), *_each(titles, ".istitle"), *_each([*near, *pairs])]


def _tag_features() -> list[str]:
    return _each(["-2", "-1", "0", "1", "2", "-2,-1", "-1,0", "0,1", "1,2"], "[1]")


def _each(places: Iterable[str], rest: str = "") -> list[str]:
    return [f"T[{place}]{rest}" for place in places]


Functions = dict[str, Callable[[str], str]]


def word_functions() -> Functions:
    """The functions of the tagger of words, with the library's dictionary of 72,547 words."""
    import joblib  # type: ignore[import-untyped]

    dictionary: set[str] = joblib.load(folder() / DICTIONARY)
    return {
        "": str,
        "lower": str.lower,
        "isdigit": lambda text: str(_is_int32(text)),
        "istitle": lambda text: str(all(part[0] == part[0].upper() for part in text.split(" "))),
        "is_in_dict": lambda text: str(text.lower() in dictionary),
    }


def _is_int32(text: str) -> bool:
    digits = text[1:] if text[:1] in ("+", "-") else text
    return digits.isascii() and digits.isdigit() and -(2**31) <= int(text) < 2**31


FUNCTIONS: Functions = {
    "": str,
    "lower": str.lower,
    "istitle": lambda text: str(all(part[:1].istitle() for part in text.split(" "))),
}
