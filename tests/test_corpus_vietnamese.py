"""Is it Vietnamese, and is it civic news?"""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest

from corpus.civic import CATEGORIES, PENALTIES, THRESHOLD, explain, score
from corpus.vietnamese import share_of, valid_syllables, why_not_vietnamese

CASES = Path(__file__).parent / "cases" / "corpus" / "civic.jsonl"
SEEDS = {
    path.name[:3]: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parents[1] / "seeds").glob("0*.txt"))
}


def civic_cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.mark.parametrize(
    "word",
    [
        "quyết",
        "quốc",
        "giữ",
        "gì",
        "gìn",
        "giếng",
        "khuỷu",
        "nghiêng",
        "ngoèo",
        "hoà",
        "hòa",
        "thuỷ",
        "thủy",
        "uỷ",
        "ủy",
        "khoẻ",
        "yêu",
        "ý",
        "kỹ",
        "quý",
    ],
)
def test_syllables_in_both_spellings(word: str) -> None:
    assert word in valid_syllables()


@pytest.mark.parametrize(
    "word", ["qùỵết", "qùản", "trọg", "date", "and", "with", "huyen", "vietj", "ướng", "đảngg", "kất"]
)
def test_no_syllables(word: str) -> None:
    assert word not in valid_syllables()


@pytest.mark.parametrize("text", SEEDS.values(), ids=SEEDS)
def test_seeds_are_vietnamese_and_civic(text: str) -> None:
    assert share_of(text).valid_share > 0.998
    assert why_not_vietnamese(text) is None
    assert score(text).value >= 2 * THRESHOLD


def unaccented(text: str) -> str:
    plain = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(character for character in plain if not unicodedata.combining(character))


@pytest.mark.parametrize(
    "text",
    [
        unaccented(SEEDS["004"]),
        SEEDS["004"].replace("à", "ằ̃").replace("uyế", "ùỵế").replace("uả", "ùả"),
        "The People's Committee of the district held a meeting with many delegates about the economy of the region.",
        "Le comité populaire du district a tenu une réunion avec de nombreux délégués sur l'économie de la région hier.",
        "Ủy ban 省人民委员会召开会议 và pap pop pip pep kop lop mek zak wiz fop job jot wek zup gop hig wof.",
    ],
    ids=["unaccented", "scrambled", "English", "French", "mixture"],
)
def test_not_vietnamese(text: str) -> None:
    assert why_not_vietnamese(text)


@pytest.mark.parametrize("text", ["UBND tỉnh Bắc Kạn", "Họp lúc 8h.", "OCOP, NTM, DCCI", "website của huyện"])
def test_short_texts_have_the_benefit_of_the_doubt(text: str) -> None:
    assert why_not_vietnamese(text) is None
    assert score(text).is_short


@pytest.mark.parametrize("case", civic_cases(), ids=lambda case: case["name"])
def test_civic_cases(case: dict[str, str]) -> None:
    found = score(case["text"])
    assert (found.value >= THRESHOLD) == (case["civic"] == "yes"), explain(found)
    assert not found.is_short


def test_the_score_names_its_reasons() -> None:
    found = score(SEEDS["001"])
    told = explain(found)
    for category in CATEGORIES:
        assert f"{category.name} {found.points[category.name]:g} ({found.hits[category.name]} hits)" in told
    assert not any(category.name in told for category in PENALTIES)
    assert found.value == pytest.approx(sum(found.points.values()))


def test_categories_are_counted_apart() -> None:
    """One pattern for all would let "Đại hội Đảng" eat "Đảng bộ"."""
    found = score("Đại hội Đảng bộ huyện")
    assert found.hits["party"] and found.hits["event"]
