"""Sentences, paragraphs and syllable tokens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.canonical import canon
from corpus.document import Extent
from corpus.segment import LONGEST, paragraphs, sentences, syllables

CASES = Path(__file__).parent / "cases" / "corpus" / "sentences.jsonl"
SEEDS = sorted((Path(__file__).parents[1] / "seeds").glob("0*.txt"))
TEXTS = st.text(
    alphabet=st.sampled_from("ab AB ĐệỦ 12.,;:!?…/-–()“”\"'\n\u00a0\u3000😀\u0301 TP.HCM"), max_size=120
).map(canon)


def cases() -> list[tuple[str, list[str]]]:
    with CASES.open(encoding="utf-8") as file:
        return [(case["text"], case["sentences"]) for case in map(json.loads, file)]


def test_the_case_file_has_two_hundred_hard_sentences() -> None:
    assert sum(len(wanted) for _, wanted in cases()) >= 200


@pytest.mark.parametrize(("text", "wanted"), cases(), ids=lambda value: str(value)[:40])
def test_hard_sentences(text: str, wanted: list[str]) -> None:
    assert [extent.slice(text) for extent in sentences(text)] == wanted


def test_better_than_underthesea_on_the_same_cases() -> None:
    from underthesea import sent_tokenize

    ours = sum([e.slice(text) for e in sentences(text)] == wanted for text, wanted in cases())
    theirs = sum([s.strip() for s in sent_tokenize(text)] == wanted for text, wanted in cases())
    assert ours == len(cases())
    assert theirs < ours  # if this fails, underthesea has learned: look whether it can replace our rules


@pytest.mark.parametrize("path", SEEDS, ids=lambda path: path.name[:3])
def test_seeds_are_split_as_underthesea_does_or_finer(path: Path) -> None:
    from underthesea import sent_tokenize

    text = canon(path.read_text(encoding="utf-8"))
    ends = {extent.end for extent in sentences(text)}
    for line in paragraphs(text):
        position = line.start
        for sentence in sent_tokenize(line.slice(text)):
            end = text.index(sentence.strip(), position) + len(sentence.strip())
            position = end
            assert end in ends or text[end : end + 1] in '”"', text[end - 40 : end + 10]


def covered(extents: list[Extent], text: str) -> None:
    last = 0
    for extent in extents:
        assert extent.start >= last
        assert not text[last : extent.start].strip()  # only white space is left out
        assert not text[extent.start].isspace() and not text[extent.end - 1].isspace()
        last = extent.end
    assert not text[last:].strip()


@settings(max_examples=400, deadline=None)
@given(TEXTS)
def test_every_character_is_covered_once(text: str) -> None:
    for split in (sentences, paragraphs, syllables):
        covered(split(text), text)
    assert all("\n" not in extent.slice(text) for extent in sentences(text) + paragraphs(text))


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.integers(0, 120), st.integers(0, 120))
def test_syllables_of_a_part_are_in_offsets_of_the_whole(text: str, left: int, right_: int) -> None:
    start, end = sorted((min(left, len(text)), min(right_, len(text))))
    part = text[start:end]
    assert [e.slice(text) for e in syllables(text, start, end)] == [e.slice(part) for e in syllables(part)]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("đạt 5.000 USD, 17,2 nghìn tấn", "đạt 5.000 USD , 17,2 nghìn tấn"),
        ("ngày 21/10, sáng 29-6", "ngày 21/10 , sáng 29-6"),
        ("giai đoạn 2020–2025", "giai đoạn 2020–2025"),
        ("lúc 14:30 và 14h00", "lúc 14:30 và 14 h 00"),
        ("đạt 90%, 8/8 xã", "đạt 90 % , 8/8 xã"),
        ("kinh tế-xã hội", "kinh tế - xã hội"),
        ("Số 12/2020/QĐ-UBND", "Số 12/2020 / QĐ - UBND"),
        ("Covid-19, TT&VH", "Covid - 19 , TT & VH"),
        ("triệu đồng/người/năm", "triệu đồng / người / năm"),
        ("nghị quyết…/.", "nghị quyết … / ."),
        ("chờ xem...", "chờ xem ..."),
        ("17,2ha huyệnHà", "17,2 ha huyệnHà"),
        ("(13,71%).", "( 13,71 % ) ."),
    ],
)
def test_tokens(text: str, tokens: str) -> None:
    assert [extent.slice(text) for extent in syllables(text)] == tokens.split(" ")


def test_long_sentences_are_cut_at_the_stated_place() -> None:
    clause = "tiếp tục thực hiện tốt các nhiệm vụ được giao"
    long = "; ".join([clause] * 30) + "."
    pieces = [extent.slice(long) for extent in sentences(long)]
    assert len(pieces) > 3
    assert all(len(piece) <= LONGEST for piece in pieces)
    assert all(piece.endswith((";", ".")) for piece in pieces)
    commas = ", ".join([clause] * 30) + "."
    assert all(extent.slice(commas).endswith((",", ".")) for extent in sentences(commas))
    blanks = " ".join([clause] * 30)
    assert all(len(extent.slice(blanks)) <= LONGEST for extent in sentences(blanks))
    assert " ".join(extent.slice(blanks) for extent in sentences(blanks)) == blanks
    endless = "x" * 1_000
    assert [len(extent) for extent in sentences(endless)] == [400, 400, 200]


def test_a_short_clause_is_no_place_to_cut() -> None:
    text = "Mở đầu; " + "a" * 100 + ", " + " ".join(["từ"] * 120) + "."
    assert sentences(text)[0].slice(text) != "Mở đầu;"
