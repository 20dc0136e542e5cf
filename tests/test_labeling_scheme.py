"""The scheme as data, spans that check themselves, and nesting."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import SpanError, UsageError
from labeling.scheme import load_scheme
from labeling.span import Span, by_position, find_crossing, make_span, region_id

SCHEME = load_scheme()
TELEX_AND_VNI = set("adefjorswxz0123456789")


def test_sixteen_labels_in_the_order_of_their_ids():
    assert SCHEME.names == (
        "PER", "ORG", "LOC", "TITLE", "EVENT", "LAW", "PROGRAM",
        "PERCENT", "MONEY", "QUANTITY", "CARDINAL", "ORDINAL", "RATIO", "DATE", "TIME", "DURATION",
    )  # fmt: skip
    assert len(SCHEME.layer("names")) == 7
    assert len(SCHEME.layer("numbers")) == 9
    assert SCHEME.layer_of("DATE") == "numbers"


def test_hotkeys_are_safe_with_vietnamese_input_methods():
    for label in SCHEME.labels:
        assert label.hotkey.split("+")[-1] not in TELEX_AND_VNI or "+" in label.hotkey


def test_each_label_has_texts_and_examples():
    for label in SCHEME.labels:
        assert label.definition
        assert label.definition_vi
        assert label.vi
        assert label.near
        for example in label.examples:
            assert example.count("[") == example.count("]") >= 1
            for inner in re.findall(r"\](\w+)", example):
                assert inner in SCHEME


def test_an_unknown_label_or_version_is_refused_by_name():
    with pytest.raises(UsageError, match="PERSON"):
        SCHEME["PERSON"]
    with pytest.raises(UsageError, match="'99'"):
        load_scheme("99")


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [(0, 3, "ab"), (3, 3, ""), (5, 2, "abc"), (-1, 2, "abc"), (0, 3, "ab "), (0, 3, "\nab")],
)
def test_a_span_that_does_not_fit_is_refused(start, end, text):
    with pytest.raises(SpanError):
        Span(start=start, end=end, label="PER", text=text)


def test_a_span_beyond_its_text_is_refused():
    with pytest.raises(SpanError, match="leaves"):
        make_span("Hà Nội", 0, 7, "LOC")


def crosses(one, other):
    parted = one.end <= other.start or other.end <= one.start
    same = (one.start, one.end) == (other.start, other.end)
    inside = (one.start <= other.start and other.end <= one.end) or (
        other.start <= one.start and one.end <= other.end
    )
    return same or not (parted or inside)


def spans():
    edges = st.tuples(st.integers(0, 12), st.integers(1, 6))
    made = edges.map(lambda edge: Span(start=edge[0], end=edge[0] + edge[1], label="ORG", text="x" * edge[1]))
    return st.lists(made, max_size=6)


@given(spans())
def test_crossing_is_found_exactly_when_two_spans_cross(given_spans):
    expected = any(crosses(a, b) for i, a in enumerate(given_spans) for b in given_spans[i + 1 :])
    found = find_crossing(given_spans)
    assert (found is not None) == expected
    if found:
        assert crosses(*found)


def test_order_is_start_then_longest_then_label():
    text = "x" * 9
    made = [
        make_span(text, *edges) for edges in [(2, 4, "LOC"), (0, 3, "ORG"), (0, 9, "LAW"), (0, 3, "EVENT")]
    ]
    assert [(s.start, s.end, s.label) for s in by_position(made)] == [
        (0, 9, "LAW"), (0, 3, "EVENT"), (0, 3, "ORG"), (2, 4, "LOC"),
    ]  # fmt: skip


def test_region_ids_are_stable_and_distinct():
    assert region_id("d", 0, 5, "PER", "m") == "c4b03ea43ba8"  # it lives in Label Studio: never another
    made = {
        region_id("d", start, end, label, "m")
        for start, end in ((1, 12), (11, 2))
        for label in ("PER", "ORG")
    }
    assert len(made) == 4
