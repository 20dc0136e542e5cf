"""Every token of the library stands exactly where we say, whatever the text looks like."""

import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from underthesea.pipeline.text_normalize.text_normalizer import character_map
from underthesea.pipeline.word_tokenize.regex_tokenize import tokenize

from corpus.align import library_tokens, tokenizer

PIECES = [
    "Tỉnh uỷ", "Hoà Bình", "Thuý", "nghành", "qùa", "UBND", "huyện", "Đầm Hà", "Ðầm", "ðồng", "T.Ư", "Th.S", "H'Mông",
    "K’Tim", "“", "”", "\"", "'", "(", ")", "/", "-", "–", "…", "...", ".", ",", ";", ":", ":)", ":D", "<3", "->", "==>",
    " ", "  ", "\u00a0", "\u202f", "\n", "\t", "\u200b", "\u00ad", "\ufeff", "\u3000", "63,4", "5.000", "21/10", "12/2020/QĐ-UBND",
    "2020 - 2025", "4K", "43H-0530", "http://bacha.gov.vn/tin?id=1", "a@b.vn", "bacha.laocai.gov.vn", "v.v...", "v.v", "°C",
    "e\u0302\u0323", "u\u031b\u0309", "y\u0309", "o\u0300a", "a\u0323\u0302", "\u0301", "q\u0303", "ﬁ", "😀", "👨\u200d👩", "漢字", "\u1100\u1161", "\u0f73", "İ", "ß",
    "Nguye\u0302\u0303n", "XXIV", "OCOP", "TT&VH", "chuỵện", "bíết", "1.600m-2.000m", "ʺ", "♥‿♥", "_", "aaaa.bbbb",
]  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=30).map("".join)


def rewritten(piece: str) -> str:
    """What the library makes of one token, by its own tables."""
    return tokenizer().respell(unicodedata.normalize("NFC", piece).translate(tokenizer().characters))


def check(text: str) -> None:
    tokens = library_tokens(text)
    assert [token.text for token in tokens] == tokenize(text)
    plain = tokenize(text, use_token_normalize=False)
    canonical = unicodedata.is_normalized("NFC", text)
    reached = 0
    for token, before_respelling in zip(tokens, plain, strict=True):
        assert 0 <= token.start < token.end <= len(text)
        if canonical:
            assert token.start >= reached
            assert rewritten(text[token.start : token.end]) == token.text
        else:
            composed = unicodedata.normalize("NFC", text[token.start : token.end])
            assert before_respelling in composed.translate(tokenizer().characters)
        reached = token.end
    if canonical:
        kept = [text[token.start : token.end] for token in tokens]
        assert "".join(kept) == "".join(text.split())


@settings(max_examples=400, deadline=None)
@given(TEXTS)
@example("Tỉnh uỷ Hoà Bình nghành Thuý")
@example("a\u00a0b:D")
@example("cuối T.Ư")
@example("ÐẢNG. ")
@example("ba.\n")
def test_tokens_are_those_of_the_library_and_stand_where_they_say(text: str) -> None:
    check(text)


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_canonical_text_has_disjoint_exact_tokens(text: str) -> None:
    check(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(
    ("text", "token", "piece"),
    [
        ("Tỉnh uỷ", "ủy", "uỷ"),
        ("Ðầm Hà", "Đầm", "Ðầm"),
        ("UBND  huyện\u00a0Bắc  Hà", "Bắc", "Bắc"),
        ("Nguye\u0302\u0303n Thi\u0323", "Nguyễn", "Nguye\u0302\u0303n"),
        ("“Bắc Hà”", "Bắc", "Bắc"),
    ],
)
def test_a_rewritten_token_covers_our_own_characters(text: str, token: str, piece: str) -> None:
    found = {item.text: text[item.start : item.end] for item in library_tokens(text)}
    assert found[token] == piece


def test_the_library_maps_single_characters_to_single_characters() -> None:
    """Canary: the alignment counts on it."""
    assert all(len(old) == len(new) == 1 for old, new in character_map.items())
