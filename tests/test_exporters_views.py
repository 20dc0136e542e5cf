"""Nested spans to flat columns and back: hand-computed cases, then properties."""

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given

from corpus.document import Document
from exporters.rows import Item, Tally, span_rows
from exporters.sentences import token_rows
from exporters.views import (
    bio,
    column_labels,
    depths,
    names_and_inner,
    outermost,
    parents,
    spans_of,
    tag_names,
    views,
)
from labeling.scheme import load_scheme
from labeling.span import Record, RecordSpan, by_position, find_crossing
from tests.nested import nested
from tests.releasing import place

SCHEME = load_scheme()
COLUMNS = {column: tag_names(labels) for column, labels in column_labels(SCHEME).items()}


def spans(text, *said):
    made = []
    for label, surface in said:
        start, end = place(text, surface)
        made.append(RecordSpan(id=surface, start=start, end=end, label=label, text=surface))
    return by_position(made)


def shown(text, *said):
    """{column: [label surface, …]} of a text's views."""
    found = views(text, spans(text, *said), SCHEME, Counter())
    return {
        column: [f"{piece.label} {text[piece.start : piece.end]}" for piece in getattr(found, column)]
        for column in found._fields
    }


# text, spans → ner_tags, ner_tags_inner, ner_tags_core, number_tags
CASES = [
    (
        "Phó Chủ tịch UBND huyện Đầm Hà",
        [("TITLE", "Phó Chủ tịch UBND huyện Đầm Hà"), ("ORG", "UBND huyện Đầm Hà"), ("LOC", "huyện Đầm Hà")],
        ["TITLE Phó Chủ tịch", "ORG UBND huyện Đầm Hà"],
        ["LOC huyện Đầm Hà"],
        ["ORG UBND huyện Đầm Hà"],
        [],
    ),
    (
        "Chánh Văn phòng UBND tỉnh",  # the body begins in the office's shared noun
        [("TITLE", "Chánh Văn phòng UBND tỉnh"), ("ORG", "Văn phòng UBND tỉnh"), ("ORG", "UBND tỉnh")],
        ["TITLE Chánh", "ORG Văn phòng UBND tỉnh"],
        ["ORG UBND tỉnh"],
        ["ORG Văn phòng UBND tỉnh"],
        [],
    ),
    (
        "chủ tịch UBND các huyện",  # the name does not close the office: nothing is cut
        [("TITLE", "chủ tịch UBND các huyện"), ("ORG", "UBND")],
        ["TITLE chủ tịch UBND các huyện"],
        ["ORG UBND"],
        ["ORG UBND"],
        [],
    ),
    (
        "Bí thư Huyện ủy, Mường Khương",  # two names close it, a comma between
        [("TITLE", "Bí thư Huyện ủy, Mường Khương"), ("ORG", "Huyện ủy"), ("LOC", "Mường Khương")],
        ["TITLE Bí thư", "ORG Huyện ủy", "LOC Mường Khương"],
        [],
        ["ORG Huyện ủy", "LOC Mường Khương"],
        [],
    ),
    (
        "UBND tỉnh Lào Cai",  # names cover the whole office: no office words are left, so it stays whole
        [("TITLE", "UBND tỉnh Lào Cai"), ("ORG", "UBND"), ("LOC", "tỉnh Lào Cai")],
        ["TITLE UBND tỉnh Lào Cai"],
        ["ORG UBND", "LOC tỉnh Lào Cai"],
        ["ORG UBND", "LOC tỉnh Lào Cai"],
        [],
    ),
    (
        "Nghị quyết Đại hội Đảng bộ huyện lần thứ XXII",
        [
            ("LAW", "Nghị quyết Đại hội Đảng bộ huyện lần thứ XXII"),
            ("EVENT", "Đại hội Đảng bộ huyện lần thứ XXII"),
            ("ORG", "Đảng bộ huyện"),
            ("ORDINAL", "lần thứ XXII"),
        ],
        ["LAW Nghị quyết Đại hội Đảng bộ huyện lần thứ XXII"],
        ["EVENT Đại hội Đảng bộ huyện lần thứ XXII"],
        ["ORG Đảng bộ huyện"],
        ["ORDINAL lần thứ XXII"],
    ),
    (
        "Bảo tàng Khởi nghĩa Bắc Sơn",
        [("LOC", "Bảo tàng Khởi nghĩa Bắc Sơn"), ("EVENT", "Khởi nghĩa Bắc Sơn"), ("LOC", "Bắc Sơn")],
        ["LOC Bảo tàng Khởi nghĩa Bắc Sơn"],
        ["EVENT Khởi nghĩa Bắc Sơn"],
        ["LOC Bảo tàng Khởi nghĩa Bắc Sơn"],
        [],
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_views_show_what_the_scheme_says(case):
    text, said, *expected = case
    assert list(shown(text, *said).values()) == expected


def test_counts_say_what_a_column_cannot_show():
    text, said, *_ = CASES[0]
    seen = Counter()
    views(text, spans(text, *said), SCHEME, seen)
    assert seen["ner_tags", "TITLE", "shown"] == seen["ner_tags", "TITLE", "cut"] == 1
    assert (seen["ner_tags", "LOC", "gold"], seen["ner_tags", "LOC", "shown"]) == (1, 0)
    assert (seen["ner_tags_inner", "ORG", "gold"], seen["ner_tags_inner", "ORG", "shown"]) == (1, 0)
    assert (seen["ner_tags_core", "LOC", "gold"], seen["ner_tags_core", "LOC", "shown"]) == (1, 0)
    assert seen["number_tags", "LOC", "gold"] == 0


def test_tag_names_begin_with_outside():
    assert COLUMNS["ner_tags_core"] == ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC"]
    assert COLUMNS["ner_tags"][1:3] == ["B-PER", "I-PER"]
    assert len(COLUMNS["ner_tags"]) == 15
    assert len(COLUMNS["number_tags"]) == 19


def item(text, gold):
    document = Document(id="d", text=text)
    record = Record(
        document="d", digest=document.digest, scheme="1", guideline="1.0", round="default",
        quality={"names": "single", "numbers": "agreed"}, authors=(), spans=tuple(gold),
    )  # fmt: skip
    return Item(document=document, record=record, machine=False)


def test_a_sentence_of_tokens_by_hand():
    text = "Ở xã A, ông Bùi\nVăn An.\nThu 5 tỷ."
    gold = spans(text, ("PER", "Bùi\nVăn An"), ("MONEY", "5 tỷ"), ("LOC", "xã A"))
    rows = token_rows(item(text, gold), SCHEME, Tally())
    # the line break inside the name does not end the sentence
    assert [row["text"] for row in rows] == ["Ở xã A, ông Bùi\nVăn An.", "Thu 5 tỷ."]
    first, second = rows
    assert first["tokens"] == ["Ở", "xã", "A", ",", "ông", "Bùi", "Văn", "An", "."]
    assert first["ner_tags"] == [0, 5, 6, 0, 0, 1, 2, 2, 0]
    assert first["space_after"] == [True, True, False, True, True, True, True, False, False]
    assert (second["id"], second["sent_id"], second["start"]) == ("d#1", 1, 24)
    assert second["token_starts"] == [24, 28, 30, 32]
    assert second["number_tags"] == [0, 3, 4, 0]


def test_a_token_is_broken_at_the_edge_of_a_span():
    text = "huyệnHà Quảng21/10"
    gold = spans(text, ("LOC", "huyệnHà Quảng"), ("LOC", "Hà"), ("DATE", "21/10"))
    (row,) = token_rows(item(text, gold), SCHEME, Tally())
    assert row["tokens"] == ["huyện", "Hà", "Quảng", "21/10"]
    assert row["ner_tags"] == [5, 6, 6, 0]
    assert row["ner_tags_inner"] == [0, 5, 0, 0]


@given(nested())
def test_every_view_comes_back_from_its_tags(case):
    text, gold = case
    rows = token_rows(item(text, gold), SCHEME, Tally())
    found = views(text, gold, SCHEME, Counter())
    for column, names in COLUMNS.items():
        back = []
        for row in rows:
            tags = [names[tag] for tag in row[column]]
            back += spans_of(tags, row["token_starts"], row["token_ends"])
        assert back == [(piece.start, piece.end, piece.label) for piece in getattr(found, column)]


@given(nested())
def test_tokens_are_the_text_and_lie_whole_in_sentences_and_spans(case):
    text, gold = case
    rows = token_rows(item(text, gold), SCHEME, Tally())
    covered = 0
    for row in rows:
        assert text[row["start"] : row["start"] + len(row["text"])] == row["text"]
        for token, start, end, space in zip(
            row["tokens"], row["token_starts"], row["token_ends"], row["space_after"], strict=True
        ):
            assert text[start:end] == token == token.strip()
            assert not text[covered:start].strip()
            assert all(end <= edge or start >= edge for span in gold for edge in (span.start, span.end))
            covered = end
            if space:
                assert text[end].isspace()
        assert covered == row["start"] + len(row["text"])
    assert not text[covered:].strip()
    for span in gold:
        holders = [
            row for row in rows if row["start"] <= span.start and span.end <= row["start"] + len(row["text"])
        ]
        assert len(holders) == 1


@given(nested())
def test_parents_are_the_smallest_spans_around(case):
    text, gold = case
    (row,) = span_rows(item(text, gold), SCHEME, Tally())
    for index, span in enumerate(row["spans"]):
        around = [
            (other["end"] - other["start"], place_)
            for place_, other in enumerate(row["spans"])
            if place_ != index and other["start"] <= span["start"] and span["end"] <= other["end"]
        ]
        assert span["parent"] == (min(around)[1] if around else -1)
        assert span["depth"] == len(around)
        assert text[span["start"] : span["end"]] == span["text"]


@given(nested())
def test_pieces_never_overlap_and_inner_lies_inside(case):
    text, gold = case
    names = [span for span in gold if span.label in SCHEME.layer("names")]
    tags, inner = names_and_inner(text, names)
    for pieces in (tags, inner, outermost(gold)):
        assert find_crossing(pieces) is None
        assert all(left.end <= right.start for left, right in pairwise(pieces))
    assert not {piece.of for piece in tags} & {piece.of for piece in inner}
    around = parents(names)
    assert all(around[piece.of] in {shown_.of for shown_ in tags} for piece in inner)
    assert depths(around) == [sum(1 for _ in _up(around, index)) for index in range(len(names))]


def _up(around, index):
    while around[index] >= 0:
        index = around[index]
        yield index


def test_neighbours_of_one_label_stay_two_spans():
    pieces = outermost(spans("Hà Nội Huế", ("LOC", "Hà Nội"), ("LOC", "Huế")))
    assert bio(pieces, [0, 3, 7], [2, 6, 10], {"LOC": 5}) == [5, 6, 5]


def test_an_inside_tag_that_opens_is_refused():
    with pytest.raises(ValueError, match="I-LOC follows B-PER at 3"):
        spans_of(["B-PER", "I-LOC"], [0, 3], [2, 5])
