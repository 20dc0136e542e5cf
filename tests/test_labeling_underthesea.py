"""The source `underthesea`: the library's own result, exactly placed, whatever the batch."""

import random
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from underthesea import ner

from corpus.align import tokenizer
from corpus.document import Document
from corpus.segment import sentences
from labeling.preannotators.stages import Stages, Tagged
from labeling.preannotators.underthesea import Underthesea, entities, read_again

SEEDS = [
    path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parent.parent / "seeds").glob("*.txt"))
]
SENTENCES = [extent.slice(text) for text in SEEDS for extent in sentences(text)]
ODD = [
    "", " ", ".", "UBND", "Tỉnh uỷ Hoà Bình, nghành y tế", "Ðảng uỷ xã Ðầm Hà", "12 +5 -7 99999999999 ² ٣", "X X BOS EOS",
    "İΣ ΑΣ ǅ ßß ﬁ", "😀 漢字 \u1100\u1161", "a\u00a0b", "“Bắc Hà”(Lào Cai)", "ONG NGUYEN VAN A HOP TAI HA NOI",
    "Nguyễn " * 60, "đồng chí Trần Thị Lan - Phó Bí thư Thường trực Huyện uỷ\n",
]  # fmt: skip
MARK = "\u0301"
SYLLABLES = sorted({word for text in SEEDS for word in text.split()})
GLUE = [
    " ",
    " ",
    " ",
    "  ",
    "\u00a0",
    ", ",
    ". ",
    " – ",
    "/",
    "”",
    "“",
    "(",
    ") ",
    "-",
    "",
    "\u0301",
    "…",
    " & ",
]
OTHER = [
    "Hoà",
    "Thuý",
    "uỷ",
    "nghành",
    "Ðà",
    "İ",
    "ß",
    "😀",
    "漢",
    "12,5%",
    "H'Mông",
    "Th.S",
    "v.v...",
    "QĐ-UBND",
    "a@b.vn",
]


_stages = Stages()


@pytest.fixture
def stages() -> Stages:
    return _stages


def fuzzed(random_: random.Random) -> str:
    """A sentence of real syllables with odd characters, joined in odd ways."""
    pieces: list[str] = []
    for _ in range(random_.randint(0, 14)):
        pieces += [random_.choice(SYLLABLES if random_.random() < 0.8 else OTHER), random_.choice(GLUE)]
    text = "".join(pieces)
    return unicodedata.normalize(random_.choice(["NFC", "NFC", "NFD"]), text)


def test_four_stages_are_those_of_the_library_on_every_sentence(stages: Stages) -> None:
    chosen = SENTENCES + ODD
    for sentence, tagged in zip(chosen, stages.tag(chosen, chunk=True), strict=True):
        assert tagged.rows() == [tuple(row) for row in ner(sentence)], sentence


def test_four_stages_agree_on_fuzzed_sentences(stages: Stages) -> None:
    random_ = random.Random(20)
    chosen = [fuzzed(random_) for _ in range(300)]
    for sentence, tagged in zip(chosen, stages.tag(chosen, chunk=True), strict=True):
        assert tagged.rows() == [tuple(row) for row in ner(sentence)], sentence


@pytest.mark.slow
def test_four_stages_agree_on_many_fuzzed_sentences(stages: Stages) -> None:
    random_ = random.Random(21)
    chosen = [fuzzed(random_) for _ in range(12_000)]
    for sentence, tagged in zip(chosen, stages.tag(chosen, chunk=True), strict=True):
        assert tagged.rows() == [tuple(row) for row in ner(sentence)], sentence


def wrong_slices(text: str, tagged: Tagged) -> int:
    """Words whose place in the text does not hold what the library made of it."""
    parts = tokenizer()
    bounds = [*tagged.firsts, len(tagged.tokens)]
    wrong = 0
    for index, word in enumerate(tagged.words):
        tokens = tagged.tokens[bounds[index] : bounds[index + 1]]
        wrong += " ".join(token.text for token in tokens) != word
        for token in tokens:
            piece = unicodedata.normalize("NFC", text[token.start : token.end]).translate(parts.characters)
            # in text that is not NFC, a letter and a mark too many are two tokens over one sequence
            possible = (
                [piece] if unicodedata.is_normalized("NFC", text) else [piece, piece.rstrip(MARK), MARK]
            )
            wrong += token.text not in [parts.respell(item) for item in possible if item in piece]
    return wrong


@pytest.mark.parametrize("count", [10_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_no_wrong_slice_in_fuzzed_text(stages: Stages, count: int) -> None:
    random_ = random.Random(22)
    chosen = [fuzzed(random_) for _ in range(count)]
    assert (
        sum(wrong_slices(text, tagged) for text, tagged in zip(chosen, stages.tag(chosen), strict=True)) == 0
    )


@settings(max_examples=150, deadline=None)
@given(st.lists(st.text(st.characters(blacklist_categories=("Cs",)), max_size=30), max_size=6))
def test_any_text_is_tagged_and_placed(texts: list[str]) -> None:
    texts = [unicodedata.normalize("NFC", text) for text in texts]
    for text, tagged in zip(texts, _stages.tag(texts), strict=True):
        assert wrong_slices(text, tagged) == 0
        assert len(tagged.words) == len(tagged.ner) == len(tagged.score) == len(tagged.firsts)
        assert all(0 <= score <= 1 for score in tagged.score)


def test_proposals_do_not_depend_on_the_batch() -> None:
    source = Underthesea()
    documents = [Document(id=str(index), text=text) for index, text in enumerate([*SEEDS, "", "…", "Bắc Hà"])]
    together = source.propose(documents)
    assert together == [source.propose([document])[0] for document in documents]
    assert sum(map(len, together)) > 50
    for document, proposals in zip(documents, together, strict=True):
        for item in proposals:
            assert item.span.label in source.labels
            assert document.text[item.span.start : item.span.end] == item.span.text
            assert item.span.text[0].isalnum()
            assert item.span.text[-1].isalnum()
            assert item.sources[0].version == source.version


def test_scores_come_from_marginals() -> None:
    [found] = Underthesea().propose(
        [Document(id="a", text="Ông Nguyễn Văn Thi làm việc tại huyện Hà Trung.")]
    )
    assert found
    assert all(0 < item.score <= 1 for item in found)
    assert len({item.score for item in found}) > 1


@pytest.mark.parametrize(
    ("label", "text", "expected"),
    [
        ("LOC", "đồng chí Triệu Đình Dũng", ("PER", "Triệu Đình Dũng", "person")),
        ("PER", "Lê Bình Phượng", ("PER", "Lê Bình Phượng", "person")),
        ("PER", "Y Thanh Hà Niê Kđăm", ("PER", "Y Thanh Hà Niê Kđăm", "person")),
        ("LOC", "chủ tịch xã Trần Văn An", ("PER", "Trần Văn An", "person")),
        ("LOC", "cán bộ huyện Trần Văn Thời", ("LOC", "huyện Trần Văn Thời", "place")),
        ("LOC", "lãnh đạo huyện Bắc Hà", ("LOC", "huyện Bắc Hà", "place")),
        ("LOC", "về thị xã Sa Pa ,", ("LOC", "thị xã Sa Pa", "place")),
        ("LOC", "Đầm Hà", ("LOC", "Đầm Hà", "name")),
        ("LOC", "“ Suối Giàng ”", ("LOC", "Suối Giàng", "name")),
        ("ORG", "Hội Nông Dân", ("ORG", "Hội Nông Dân", "name")),
        # what no rule reads
        ("LOC", "năm 2020", None),
        ("LOC", "thứ 12", None),
        ("LOC", "huyện lần thứ XXIV", None),
        ("PER", "GRDP", None),
        ("PER", "Thu", None),
        ("PER", "TRIỂN KHAI NHIỆM VỤ", None),
        ("LOC", "sản phẩm OCOP", None),
        ("LOC", "Covid-19", None),
        ("PER", "Gành Hào", None),
        ("LOC", "Phó Trưởng", None),
        ("LOC", "Em Quàng Thị Thu", None),
        ("LOC", "Bính Ngọ", None),
        ("PER", "Đinh Dậu", ("PER", "Đinh Dậu", "person")),
        ("PER", "Công Thương", None),
        ("ORG", "Quảng Thạch", None),
        ("LOC", "”", None),
        ("LOC", "một hai ba", None),
    ],
)
def test_what_the_library_marks_is_read_again(
    label: str, text: str, expected: tuple[str, str, str] | None
) -> None:
    tokens = text.split()
    found = read_again(label, tokens)
    assert (found and (found.label, " ".join(tokens[found.first : found.last]), found.rule)) == expected


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("O B-PER I-PER O", [(1, 3, "PER")]),
        ("B-LOC B-LOC", [(0, 1, "LOC"), (1, 2, "LOC")]),
        ("I-ORG I-ORG O", [(0, 2, "ORG")]),
        ("B-PER I-LOC", [(0, 1, "PER"), (1, 2, "LOC")]),
        ("B-MISC I-MISC B-ORG", [(2, 3, "ORG")]),
        ("O", []),
    ],
)
def test_entities_of_tags(tags: str, expected: list[tuple[int, int, str]]) -> None:
    names = tags.split()
    found = [(item.first, item.last, item.label) for item in entities(names, [1.0] * len(names))]
    assert found == expected


def test_threads_may_share_the_models() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda sentence: list(_stages.tag([sentence])), SENTENCES * 3))
    assert [item[0] for item in found] == list(_stages.tag(SENTENCES)) * 3
