"""Encodings: what is certain is decoded, byte for byte; what is not is refused."""

from __future__ import annotations

import shutil
import subprocess
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.canonical import canon
from corpus.encodings import codec_of, decode, repair
from corpus.errors import BadRecord, UsageError
from corpus.legacy import decode_legacy, encode_legacy

SEED = (Path(__file__).parents[1] / "seeds" / "004_62beaacdaf80b642.txt").read_text(encoding="utf-8")
PLAIN = SEED.replace("–", "-").replace("…", "...").replace("\u00a0", " ")
TONES = ("", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323")
SMALL = "".join(unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưy" for t in TONES) + "đ"
ALPHABET = SMALL + SMALL.upper()
ICONV = {"tcvn3": "TCVN5712-1", "viscii": "VISCII"}


def cp1258(text: str) -> bytes:
    """Windows-1258 as Windows wrote it: letters with their hats, tone marks apart."""
    out = b""
    for character in text:
        try:
            out += character.encode("cp1258")
        except UnicodeEncodeError:
            marks = unicodedata.normalize("NFD", character)
            tone = "".join(mark for mark in marks[1:] if mark in TONES)
            letter = "".join(mark for mark in marks if mark not in tone)
            out += unicodedata.normalize("NFC", letter).encode("cp1258") + tone.encode("cp1258")
    return out


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_unicode_encodings_are_found_out(codec: str) -> None:
    text, found = decode(SEED.encode(codec), "f")
    assert text == SEED
    assert found == codec


def test_windows_1258_is_proven_by_the_syllables_and_joined_by_nfc() -> None:
    text, codec = decode(cp1258(SEED), "f")
    assert codec == "cp1258"
    assert text != SEED  # marks stand apart
    assert canon(text) == SEED


@pytest.mark.parametrize("codec", ["tcvn3", "viscii", "vni"])
def test_legacy_tables_both_ways(codec: str) -> None:
    for text in (ALPHABET, PLAIN):
        raw = encode_legacy(text, codec)
        assert decode_legacy(raw, codec) == text
        assert decode(raw, "f", codec) == (text, codec)


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=ALPHABET + " .,0123456789", max_size=60), st.sampled_from(["tcvn3", "viscii"]))
def test_any_vietnamese_text_survives_one_byte_encodings(text: str, codec: str) -> None:
    assert decode_legacy(encode_legacy(text, codec), codec) == unicodedata.normalize("NFC", text)


@pytest.mark.skipif(shutil.which("iconv") is None, reason="needs glibc's iconv to compare with")
@pytest.mark.parametrize("codec", ICONV)
def test_tables_agree_with_iconv_byte_for_byte(codec: str) -> None:
    def iconv(data: bytes, source: str, target: str) -> bytes:
        return subprocess.run(
            ["iconv", "-f", source, "-t", target], input=data, capture_output=True, check=True
        ).stdout

    assert iconv(ALPHABET.encode("utf-8"), "UTF-8", ICONV[codec]) == encode_legacy(ALPHABET, codec)
    every = bytes(range(256))
    theirs = unicodedata.normalize("NFC", iconv(every, ICONV[codec], "UTF-8").decode("utf-8"))
    assert decode_legacy(every, codec) == theirs


@pytest.mark.parametrize("codec", ["tcvn3", "viscii", "vni"])
def test_legacy_encodings_are_never_guessed_but_named_in_the_remedy(codec: str) -> None:
    with pytest.raises(BadRecord) as caught:
        decode(encode_legacy(PLAIN, codec), "tin.txt")
    assert caught.value.code == "encoding"
    assert str(caught.value).startswith("tin.txt: ") and f"--encoding {codec}" in str(caught.value)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(range(256)), "binary"),
        (bytes(range(32)) * 100, "binary"),
        (b"\xff\xfe\xff" + b"\xd8" * 40, "encoding"),
        ("UBND xã\x00 họp".encode(), "nul"),
        ("UBND huyện".encode() + b"\xe1\xbb", "encoding"),
        ("UBND huyện ".encode() + "họp tại xã".encode("utf-16-le"), "binary"),
        (("UBND huyện họp. " * 9).encode() + encode_legacy("Đảng ủy xã họp", "tcvn3"), "encoding"),
    ],
    ids=["png", "controls", "utf-16-broken", "nul", "cut-utf-8", "mixed-utf-16", "mixed-tcvn3"],
)
def test_what_is_not_certain_is_refused(raw: bytes, code: str) -> None:
    with pytest.raises(BadRecord) as caught:
        decode(raw, "f")
    assert caught.value.code == code


def test_unknown_encoding_is_a_usage_error() -> None:
    with pytest.raises(UsageError, match="klingon"):
        codec_of("klingon")
    assert codec_of("ABC") == codec_of("TCVN3") == "tcvn3"


def test_certain_mojibake_is_repaired() -> None:
    text = "Đại hội Đảng bộ huyện đã thành công tốt đẹp, đạt và vượt các chỉ tiêu; nhân dân rất phấn khởi."
    assert repair(text.encode("utf-8").decode("latin-1")) == text
    assert repair(SEED.encode("utf-8").decode("latin-1")) == SEED


@pytest.mark.parametrize("text", [SEED, "Ã là một chữ cái", "Café, naïve, Ångström", "", "ÂM NHẠC “VIỆT”"])
def test_good_text_is_left_alone(text: str) -> None:
    assert repair(text) is None
