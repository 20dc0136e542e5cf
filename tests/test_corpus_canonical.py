"""Canonical text: the rule, and the segment map back to raw offsets."""

from __future__ import annotations

import random
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.canonical import JOINS_LEFT, LINE_BREAKS, canon, canonicalize
from corpus.document import SegmentMap
from corpus.errors import BadRecord, DataError

# What raw news has: both tone-mark styles, NFC and NFD, reordered marks, line ends, blanks, emoji, controls.
PIECES = [
    *["hoà", "hòa", "Uỷ", "ủy", "Đ", "đ", "ệ", "ườ", "a", "Z", "5.000", "…/.", "“", "–", " ", "  ", "\n"],
    *["\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029", "\t", "\u00a0", "\u202f", "\u3000"],
    *["\u200b", "\u200d", "\u200e", "\u2060", "\ufeff", "\u00ad", "\x00", "\x1b", "\x7f", "\x9f"],
    *["\u0300", "\u0301", "\u0309", "\u0303", "\u0323", "\u0302", "\u0306", "\u031b", "\u0327", "\u0345"],
    *["e\u0302\u0323", "e\u0323\u0302", "o\u031b\u0301", "o\u0301\u031b", "A\u030a", "\u212b", "\u2126"],
    *["😀", "👩‍👩‍👧", "🇻🇳", "👍🏽", "가", "\u1100\u1161\u11a8", "\u0b47\u0b3e", "\u0f73", "\uff01", "ﬁ"],
]


def made(rng: random.Random) -> str:
    return "".join(rng.choice(PIECES) for _ in range(rng.randrange(0, 24)))


def assert_map_holds(raw: str) -> None:
    text, segments = canonicalize(raw)
    assert text == canon(raw)
    raw_end = end = 0
    for segment in segments.segments():
        assert (segment.raw_start, segment.start) == (raw_end, end)  # in order, no gap, no overlap
        assert segment.raw_end > segment.raw_start
        raw_end, end = segment.raw_end, segment.end
        piece = raw[segment.raw_start : segment.raw_end]
        assert canon(piece) == text[segment.start : segment.end], (raw, segment)
    assert (raw_end, end) == (len(raw), len(text))  # both texts are covered


def test_segments_cover_both_texts_on_10000_strings() -> None:
    rng = random.Random(20250701)
    for _ in range(10_000):
        assert_map_holds(made(rng))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60))
def test_segments_cover_any_text(raw: str) -> None:
    assert_map_holds(raw)


@pytest.mark.slow
@settings(max_examples=20_000, deadline=None)
@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=80))
def test_segments_cover_any_text_many(raw: str) -> None:
    assert_map_holds(raw)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_canon_is_idempotent_and_nfc(raw: str) -> None:
    text = canon(raw)
    assert canon(text) == text
    assert unicodedata.is_normalized("NFC", text)
    assert not any(character in LINE_BREAKS + "\t\x00\u200b\ufeff" for character in text)


def test_raw_range_is_the_smallest_run_of_segments() -> None:
    rng = random.Random(7)
    for _ in range(2_000):
        raw = made(rng)
        text, segments = canonicalize(raw)
        if not text:
            continue
        start = rng.randrange(len(text))
        end = rng.randrange(start + 1, len(text) + 1)
        low, high = segments.to_raw(start, end)
        inside = [s for s in segments.segments() if s.start < end and s.end > start]
        assert (low, high) == (inside[0].raw_start, inside[-1].raw_end)
        assert text[start:end] in canon(raw[low:high])


def test_to_raw_refuses_what_lies_outside() -> None:
    _, segments = canonicalize("UBND xã")
    for start, end in ((0, 8), (3, 3), (-1, 2), (5, 4)):
        with pytest.raises(DataError):
            segments.to_raw(start, end)
    with pytest.raises(DataError):
        SegmentMap(()).to_raw(0, 1)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\r\nb\rc\vd\fe\x85f\u2028g\u2029h", "a\nb\nc\nd\ne\nf\ng\nh"),
        ("a\tb\t\tc", "a b  c"),
        ("Bắc\u200b Hà\ufeff\u00ad", "Bắc Hà"),
        ("huye\u0323\u0302n", "huyện"),
        ("OCOP \u00a0trong", "OCOP \u00a0trong"),  # blanks stay
        ("Uỷ ban, ủy ban", "Uỷ ban, ủy ban"),  # the spelling of tone marks stays
        ("👩‍👩‍👧", "👩👩👧"),  # emoji stay but for their joiners
        ("x\u0000y\u001bz", "xyz"),
        ("e\u200b\u0301", "é"),  # a mark joins over what is removed
        ("", ""),
    ],
)
def test_the_rule(raw: str, text: str) -> None:
    assert canon(raw) == text
    assert canonicalize(raw)[0] == text


def test_lone_surrogates_are_refused_with_their_place() -> None:
    for raw in ("ab\ud800", "\udfffé"):
        with pytest.raises(BadRecord, match="surrogate") as caught:
            canon(raw)
        assert caught.value.code == "surrogate"
        with pytest.raises(BadRecord):
            canonicalize(raw)


def test_characters_that_join_left_are_those_of_this_unicode_version() -> None:
    """Recomputed: second characters of canonical compositions, and characters that decompose into marks,
    whose own combining class is 0."""
    found = {chr(0x1161 + vowel) for vowel in range(21)} | {
        chr(0x11A8 + tail) for tail in range(27)
    }  # Hangul composes by arithmetic
    for code in range(sys.maxunicode + 1):
        whole = unicodedata.normalize("NFD", chr(code))
        if unicodedata.combining(whole[0]) and not unicodedata.combining(chr(code)):
            found.add(chr(code))
        parts = unicodedata.decomposition(chr(code))
        if 0xD800 <= code <= 0xDFFF:
            continue
        if parts and not parts.startswith("<") and " " in parts:
            first, second = (chr(int(part, 16)) for part in parts.split())
            composes = unicodedata.normalize("NFC", first + second) == chr(code)
            if composes and not unicodedata.combining(second):
                found.add(second)
    listed = set()
    position = 0
    while position < len(JOINS_LEFT):
        if JOINS_LEFT[position + 1 : position + 2] == "-":
            listed |= {chr(c) for c in range(ord(JOINS_LEFT[position]), ord(JOINS_LEFT[position + 2]) + 1)}
            position += 3
        else:
            listed.add(JOINS_LEFT[position])
            position += 1
    assert found <= listed  # a newer Unicode in the list does no harm, a missing one breaks the map
