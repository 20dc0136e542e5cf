"""Every source and the merge on text as it should not be: nothing breaks, every offset is exact."""

import random
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.canonical import canon
from corpus.document import Document
from labeling.preannotators.merge import Merged, merge
from labeling.preannotators.table import PREANNOTATORS, load
from labeling.span import find_crossing

NAMES = ", ".join(
    f"{surname} {given_}"
    for surname in ("Nguyễn", "Trần", "Giàng", "Lò")
    for given_ in ("Văn An", "Thị Bình", "A Páo") * 25
)
CIVIC = "Đồng chí Nguyễn Văn An, Phó Chủ tịch UBND huyện Bắc Hà dự Đại hội Đảng bộ xã Tả Van Chư lần thứ XXIV ngày 21/10/2020. "
AWKWARD = {
    "empty": "",
    "blank": " \n \n",
    "no spans": "trời mưa nhưng ai cũng vui.",
    "only capitals": canon(CIVIC).upper(),
    "no capitals": CIVIC.lower(),
    "no tone marks": "".join(
        c for c in unicodedata.normalize("NFD", CIVIC) if not unicodedata.combining(c)
    ).replace("đ", "d"),
    "no full stop": CIVIC.replace(".", "") * 1800,
    "one word": "huyệnBắcHà" * 20_000,
    "mixed English": "The People's Committee of Bac Ha district met Mr. Nguyen Van An on 21 October 2020, UBND huyện Bắc Hà said.",
    "emoji": "🎉 UBND huyện Bắc Hà 🇻🇳 chúc mừng 👨‍👩‍👧 ông Nguyễn Văn An 🎊🎊",
    "table": "STT\tHọ và tên\tChức vụ\n1\tNguyễn Văn An\tChủ tịch UBND xã\n2\tTrần Thị Bình\tBí thư Đảng ủy\n"
    * 50,
    "list": "\n".join(f"- Thôn {number}: {number} hộ;" for number in range(300)),
    "300 names": NAMES,
    "unbalanced quotes": '“UBND “huyện ‘Bắc Hà (Phó Chủ tịch "Nguyễn Văn An « ' * 40,
    "brackets": "(((" * 2000 + "huyện Bắc Hà" + "]]]" * 2000,
    "marks": "a" + "\u0301" * 3000 + " huyện Bắc Hà",
    "numbers": "1.234,5 tỷ đồng 12/2020 " * 500,
}


def label(text: str) -> tuple[Document, Merged]:
    document = Document(id="a", text=canon(text))
    said = {source.name: source.propose([document])[0] for source in load()}
    for proposals in said.values():
        for item in proposals:
            assert document.text[item.span.start : item.span.end] == item.span.text
    return document, merge(document, said, "v")


def check(text: str) -> Merged:
    document, merged = label(text)
    spans = [item.span for item in merged.kept]
    assert find_crossing(spans) is None
    assert all(document.text[span.start : span.end] == span.text == span.text.strip() for span in spans)
    return merged


@pytest.mark.parametrize("kind", AWKWARD)
def test_awkward_text(kind: str) -> None:
    merged = check(AWKWARD[kind])
    if kind in ("empty", "blank", "no spans"):
        assert merged.kept == []
    if kind in ("no full stop", "only capitals", "300 names", "table", "emoji", "marks", "numbers"):
        assert merged.kept


def test_a_batch_gives_what_each_document_gives_alone() -> None:
    texts = [canon(text) for text in AWKWARD.values() if len(text) < 10_000] + [CIVIC] * 3
    documents = [Document(id=str(index), text=text) for index, text in enumerate(texts)]
    for source in load():
        together = source.propose(documents)
        assert together == [source.propose([document])[0] for document in documents], source.name


PIECES = [
    *CIVIC.split(),
    "\n",
    "“",
    "”",
    "(",
    ")",
    "5,2%",
    "Hoà",
    "uỷ",
    "Ð",
    "😀",
    "\u0301",
    "\u200b",
    "HTX",
    "QĐ-UBND",
    ":",
    "/",
]


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=30),
    st.randoms(use_true_random=False),
)
def test_any_text(pieces: list[str], random_: random.Random) -> None:
    text = "".join(piece + random_.choice([" ", " ", "", "\u00a0"]) for piece in pieces)
    check(text.encode("utf-8", "ignore").decode())


@pytest.mark.parametrize("entry", PREANNOTATORS, ids=lambda entry: entry.name)
def test_every_source_keeps_the_contract(entry) -> None:
    [source] = load([entry.name])
    assert source.name == entry.name
    assert set(source.labels) == set(entry.labels)
    assert source.version == load([entry.name])[0].version
    assert len(source.version) == 12
    [found] = source.propose([Document(id="a", text=CIVIC)])
    assert found, "says nothing about an ordinary sentence"
    for item in found:
        assert item.span.label in source.labels
        [said] = item.sources
        assert (said.source, said.version) == (source.name, source.version)
        assert said.rule
        assert 0 < said.score <= 1
    assert source.propose([]) == []
