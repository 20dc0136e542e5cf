"""Canaries: what underthesea does that we work around.  A failure says which workaround can go."""

import joblib
import pytest
from underthesea import ner, word_tokenize
from underthesea.pipeline.chunking.model_crf import CRFChunkingPredictor
from underthesea.pipeline.ner.model_crf import CRFNERPredictor
from underthesea.pipeline.pos_tag.model_crf import CRFPOSTagPredictor
from underthesea_core import CRFFeaturizer

from labeling.preannotators import library


@pytest.mark.parametrize(
    ("text", "token"),
    [("Tỉnh uỷ", "ủy"), ("nghành", "ngành"), ("Ðảng", "Đảng"), ("e\u0301", "é")],
)
def test_it_rewrites_what_it_reads(text: str, token: str) -> None:
    """`corpus.align` exists because tokens can't be found again by searching."""
    words = " ".join(word_tokenize(text))
    assert token in words
    assert token not in text


def test_it_joins_words_over_whatever_white_space_stands_there() -> None:
    assert "Bắc Hà" in word_tokenize("huyện Bắc\u00a0 Hà")


def test_ner_reads_a_constant_where_it_was_trained_on_the_tags_before() -> None:
    """Why its ORG collapses; `stages` keeps the constant."""
    assert CRFNERPredictor.Instance().transformer.template[-3:] == ["T[-3][3]", "T[-2][3]", "T[-1][3]"]
    assert {row[3] for row in ner("UBND huyện Bắc Hà và Huyện ủy Bắc Sơn")} <= {
        "O",
        "B-LOC",
        "I-LOC",
        "B-PER",
        "I-PER",
    }


def test_our_templates_are_the_librarys() -> None:
    assert library.ner_templates() == CRFNERPredictor.Instance().transformer.template
    assert library.pos_templates() == CRFPOSTagPredictor.Instance().transformer.template
    assert library.chunk_templates() == CRFChunkingPredictor.Instance().transformer.template
    assert library.word_templates() == joblib.load(
        library.folder() / library.DICTIONARY.replace("dictionary", "features")
    )


def test_our_functions_are_the_librarys_on_every_character() -> None:
    names = ["lower", "istitle", "isdigit", "is_in_dict"]
    featurizer = CRFFeaturizer([f"T[0].{name}" for name in names], set())
    functions = library.word_functions()
    # ASCII, Latin, Greek, Cyrillic, Latin Extended Additional, punctuation; rarer letters have got a second
    # case in newer Unicode than this Python knows (U+019B did in Unicode 16)
    ranges = [(0x21, 0x19B), (0x19C, 0x24F), (0x391, 0x482), (0x1E00, 0x1F00), (0x2010, 0x2100)]
    characters = [chr(code) for start, end in ranges for code in range(start, end) if not chr(code).isspace()]
    words = [word for character in characters for word in (character, f"a{character}")]
    [rows] = featurizer.process([[[word] for word in words]])
    for word, row in zip(words, rows, strict=True):
        values = dict(item.split("=", 1) for item in row)
        for name in names[:3]:
            assert values[f"T[0].{name}"] == functions[name](word), (word, name)
    numbers = [
        "0",
        "+5",
        "-7",
        "2147483647",
        "2147483648",
        "-2147483648",
        "-2147483649",
        "+",
        "-",
        "1_0",
        "٣",
        "²",
        "007",
    ]
    [rows] = featurizer.process([[[word] for word in numbers]])
    assert [dict(item.split("=", 1) for item in row)["T[0].isdigit"] for row in rows] == [
        functions["isdigit"](word) for word in numbers
    ]
