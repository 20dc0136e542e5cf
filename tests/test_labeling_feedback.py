"""An annotator's own page: figures by hand, Vietnamese, escaped, nobody's name."""

import pytest

from corpus.document import Document
from labeling.conflicts import grouped
from labeling.curate import open_conflicts, sit
from labeling.feedback import feedback, page
from labeling.markup import marked
from labeling.people import pseudonyms
from labeling.scheme import load_scheme
from labeling.settle import settle
from tests.curating import LINE, A, B, at, said, workspace_of

SCHEME = load_scheme()
TEXT = LINE + "<script>alert(1)</script> & xã Tân Lập"


@pytest.fixture
def workspace(tmp_path):
    """One document, settled by a curator for A; one of A's alone; one training document; one skip."""
    documents = [Document(id=f"d{n}", text=TEXT) for n in range(4)]
    org, loc = at(TEXT, "Huyện ủy", "ORG"), at(TEXT, "Huyện ủy", "LOC")
    place = at(TEXT, "xã Tân Lập", "LOC", 1)
    given = [
        said(documents[0], A, [org, place], number=1, lead_time=len(TEXT) / 10),
        said(documents[0], B, [loc], number=2, lead_time=len(TEXT) / 5),
        said(documents[1], B, [org], number=3),
        said(documents[0], B, [org, place], number=4, round="training:b"),
        said(documents[2], B, [org], number=5, status="skipped"),
    ]
    made = workspace_of(tmp_path / "w", documents, given)
    found = list(open_conflicts(made, SCHEME, pseudonyms(made)))
    answers = {"Huyện ủy": "ORG", "xã Tân Lập": "LOC"}

    def ask(question):
        conflict = pending.pop(0)
        wanted = answers[conflict.text]
        place = next(n for n, item in enumerate(conflict.readings) if any(s.label == wanted for s in item.spans))  # fmt: skip
        return "ab"[place]

    pending = [group[0] for group in grouped(found)]
    sit(made, found, by="Lan", ask=ask, show=lambda line: None)
    settle(made)
    return made


def test_figures_by_hand(workspace):
    one, other = feedback(workspace, pseudonyms(workspace), SCHEME)
    assert (one.author, one.documents, one.settled, one.exact.value) == ("annotator-01", 1, 1, 1.0)
    assert (one.per_1000, one.lessons, one.checks) == (100.0, (), ())
    assert (other.documents, other.skipped, other.settled) == (2, 1, 2)
    # B: one wrong label of d0 and one missed span there; one right span in d1: 1 of (2 + 3)
    assert other.exact.value == pytest.approx(2 * 1 / 5)
    assert other.free.value == pytest.approx(2 * 2 / 5)
    assert [(item.kind, item.mine, item.gold, item.count) for item in other.lessons] == [
        ("label", "LOC", "ORG", 1),
        ("missing", "", "LOC", 1),
    ]
    assert other.lessons[0].rules[0].startswith("LOC: Đơn vị hành chính")
    assert [(check.kind, check.documents, check.exact.value) for check in other.checks] == [
        ("training", 1, 1.0)
    ]


def test_the_page_is_vietnamese_escaped_and_needs_nothing(workspace):
    for found in feedback(workspace, pseudonyms(workspace), SCHEME):
        html = page(found, SCHEME)
        assert "<script" not in html
        assert "http" not in html
        assert "@example" not in html
        assert "Nhìn lại công việc" in html
    assert "&lt;script&gt;" in html
    assert "Sai nhãn: LOC → ORG" in html


def test_marks_nest_and_what_crosses_is_left_out():
    assert marked("a <b> c", [(0, 5, "ORG"), (2, 5, "LOC")]) == (
        '<mark class="l-ORG">a <mark class="l-LOC">&lt;b&gt;<sub>LOC</sub></mark><sub>ORG</sub></mark> c'
    )
    assert (
        marked("abcdef", [(0, 4, "ORG"), (2, 6, "LOC")]) == '<mark class="l-ORG">abcd<sub>ORG</sub></mark>ef'
    )
    assert marked("bcd", [(0, 2, "ORG")], offset=1) == '<mark class="l-ORG">b<sub>ORG</sub></mark>cd'
