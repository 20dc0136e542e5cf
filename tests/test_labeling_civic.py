"""The source civic: exact offsets, nesting, determinism and bounded time on any text; quality on the gold."""

import json
import unicodedata
from collections import Counter
from functools import cache
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.canonical import canon
from corpus.document import Document
from labeling.preannotators.civic import RULES, Civic
from labeling.preannotators.civic.lexicon import Phrases, table
from labeling.preannotators.civic.syllables import Syllables, fold, phrase
from labeling.span import Proposal, find_crossing

GOLD = Path(__file__).parent / "cases" / "gold" / "gold.jsonl"
ARTICLES = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
LABELS = {"PER", "ORG", "LOC", "TITLE", "EVENT", "LAW", "PROGRAM"}
DATA = ("bodies", "offices", "persons", "places", "events", "laws", "programmes", "memory")


@cache
def source() -> Civic:
    return Civic()


def propose(text: str) -> list[Proposal]:
    return source().propose([Document(id="x", text=text)])[0]


def found(text: str) -> set[tuple[str, str]]:
    return {(p.span.text, p.span.label) for p in propose(text)}


def check(text: str, proposals: list[Proposal]) -> None:
    spans = [proposal.span for proposal in proposals]
    assert find_crossing(spans) is None
    for span in spans:
        assert text[span.start : span.end] == span.text
        assert "\n" not in span.text
        assert span.label in LABELS


# pieces of civic news, glued in any order with any white space and signs between them
SOME = """
UBND HĐND huyện tỉnh xã Bắc Hà Nguyễn Văn An đồng chí ông Chủ tịch Phó Bí thư Thường trực
Đại hội Đảng bộ lần thứ XX khóa Nghị quyết số 12/2020/QĐ-UBND Luật Đất đai OCOP NTM chương trình
Công ty TNHH HTX Trường THPT Ban Chỉ đạo Sở Nội vụ và Tài chính Công an Uỷ ban Hoà K'Tim H'Nga
Ngày thành lập Hội nghị bầu cử đại biểu Quốc hội Dự án cầu sông TP. QL1A “ ” ( ) , . ; : – - / 5 🎉
"""
PIECES = st.sampled_from(
    [
        *SOME.split(),
        "\n",
        "  ",
        "\u00a0",
        "\t",
        "",
    ]
)
TEXTS = st.lists(PIECES, max_size=60).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.sampled_from(["NFC", "NFD", "upper", "lower", "canon"]))
def test_offsets_and_nesting_hold_on_any_text(text: str, form: str) -> None:
    forms = {"upper": text.upper(), "lower": text.lower(), "canon": canon(text)}
    text = forms[form] if form in forms else unicodedata.normalize(form, text)
    check(text, propose(text))


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_unicode_is_read(text: str) -> None:
    check(text, propose(text))


@settings(max_examples=100, deadline=None)
@given(st.lists(TEXTS, min_size=2, max_size=4))
def test_batches_change_nothing(texts: list[str]) -> None:
    documents = [Document(id=str(number), text=text) for number, text in enumerate(texts)]
    together = source().propose(documents)
    assert together == [source().propose([document])[0] for document in documents]


def test_nesting_comes_out_in_one_pass() -> None:
    proposals = propose("đồng chí Trần Văn Bình, Phó Chủ tịch UBND huyện Đầm Dơi dự.")
    assert [(p.span.text, p.span.label) for p in proposals] == [
        ("Trần Văn Bình", "PER"),
        ("Phó Chủ tịch UBND huyện Đầm Dơi", "TITLE"),
        ("UBND huyện Đầm Dơi", "ORG"),
        ("huyện Đầm Dơi", "LOC"),
    ]
    assert [p.sources[0].rule for p in proposals] == [
        "person.after_cue",
        "office.with_body",
        "body.seat",
        "place.unit",
    ]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (
            unicodedata.normalize("NFD", "ông Thào A Páo, bản Háng Đồng"),
            unicodedata.normalize("NFD", "Thào A Páo"),
        ),
        ("bà\u00a0Lò\u00a0Thị\u00a0Hương nói", "Lò\u00a0Thị\u00a0Hương"),
        ("ông  Lê  Hoà  Bình nói", "Lê  Hoà  Bình"),
    ],
)
def test_white_space_and_composition_are_kept(text: str, name: str) -> None:
    assert (name, "PER") in found(text)


def test_names_do_not_cross_line_breaks() -> None:
    assert ("huyện Bắc\nHà", "LOC") not in found("tại huyện Bắc\nHà đã")


@pytest.mark.parametrize("spelling", ["Tỉnh uỷ", "Tỉnh ủy", "TỈNH ỦY", "Huyện uỷ Hoà An"])
def test_both_places_of_the_tone_mark(spelling: str) -> None:
    assert (spelling, "ORG") in found(f"Bí thư {spelling} kết luận.")


def test_folding() -> None:
    assert [fold(word) for word in ("Uỷ", "HOÀ", "khoẻ", "Thuý", "quý", "Quỳ", "–")] == [
        "ủy",
        "hòa",
        "khỏe",
        "thúy",
        "quý",
        "quỳ",
        "-",
    ]
    tokens = Syllables("huyệnHà Quảng", frozenset(["huyện"]))
    assert tokens.low == ["huyện", "hà", "quảng"]
    assert tokens.start == [0, 5, 8]


BAD = {
    "nothing": "",
    "white": " \n\n \u00a0",
    "no spans": "Trời hôm nay đẹp quá.",
    "only capitals": "UBND HUYỆN BẮC HÀ TỔ CHỨC HỘI NGHỊ " * 40,
    "no capitals": "ubnd huyện bắc hà tổ chức hội nghị " * 40,
    "no tone marks": "UBND huyen Bac Ha to chuc hoi nghi tong ket nam 2023. " * 20,
    "English": "The People's Committee of Bac Ha District met on Monday. " * 20,
    "emoji": "🎉🎉 Chúc mừng UBND huyện Bắc Hà 🎉 " * 20,
    "table": "STT | Họ và tên | Chức vụ\n1 | Nguyễn Văn An | Trưởng thôn\n" * 50,
    "quotes": "“" * 500 + "phong trào “" * 200,
    "list of names": ", ".join(f"Nguyễn Văn {name}" for name in ("An", "Bình", "Cường")) * 100,
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_input(kind: str) -> None:
    check(BAD[kind], propose(BAD[kind]))


def test_a_list_of_300_names_is_read_whole() -> None:
    names = [
        f"{family} Văn {given}"
        for family in ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Bùi")
        for given in ("An", "Bình", "Chiến", "Dũng", "Giang", "Hùng", "Khánh", "Lâm", "Minh", "Nam")
    ] * 5
    text = "Danh sách: " + ", ".join(names)
    assert sum(p.span.label == "PER" for p in propose(text)) == 300


@pytest.mark.parametrize(
    "piece",
    [
        "UBND huyện ",
        "Ban Thường vụ ",
        "Hội nghị thành lập ",
        "Dự án xây dựng ",
        "A ",
        "Nghị quyết số 1/A-",
        "“Nguyễn ",
        "Công ty ",
        "Đại hội Đảng bộ ",
        "Chủ tịch ",
    ],
)
def test_work_grows_with_the_text_not_its_square(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = 0
    steps = Phrases.at

    def counted(self: Phrases, low: list[str], fresh: list[bool], i: int) -> tuple[int, str] | None:
        nonlocal reads
        reads += 1
        return steps(self, low, fresh, i)

    monkeypatch.setattr(Phrases, "at", counted)

    def look_ups(times: int) -> int:
        nonlocal reads
        reads = 0
        propose(piece * times)
        return reads

    # four times the text: a square would cost sixteen times the look-ups
    assert look_ups(1200) < 5 * look_ups(300)


def test_rules_are_named_once_and_known() -> None:
    names = [rule.name for rule in RULES]
    assert not [name for name, times in Counter(names).items() if times > 1]
    assert all(rule.label in LABELS and 0 < rule.prior < 1 for rule in RULES)


def test_a_rule_can_be_switched_off_and_the_version_says_so() -> None:
    off = Civic(off=["programme.named"])
    document = Document(id="x", text="sản phẩm OCOP")
    assert off.version != source().version
    assert source().propose([document])[0]
    assert not off.propose([document])[0]


def test_the_version_comes_from_code_and_data() -> None:
    assert source().version == Civic().version
    assert len(source().version) == 12
    names = {entry.name for entry in resources.files("labeling.preannotators.civic").iterdir()}
    assert {f"{name}.toml" for name in DATA} <= names


@pytest.mark.parametrize("name", DATA)
def test_every_lexicon_entry_can_be_read(name: str) -> None:
    for key, entries in table(name).items():
        words = entries if isinstance(entries, list) else list(entries)
        assert words, key
        assert all(phrase(word) for word in words), key


# what the rules reach today, less a margin: a floor against silent loss, not a target
@pytest.mark.parametrize(("part", "floor"), [("write", 0.97), ("held", 0.93)])
def test_quality_on_the_gold(part: str, floor: float) -> None:
    right = proposed = expected = 0
    for article in ARTICLES:
        if article["part"] != part:
            continue
        gold = {(s["start"], s["end"], s["label"]) for s in article["spans"] if s["label"] in LABELS}
        got = {(p.span.start, p.span.end, p.span.label) for p in propose(article["text"])}
        right += len(gold & got)
        proposed += len(got)
        expected += len(gold)
    assert 2 * right / (proposed + expected) > floor
