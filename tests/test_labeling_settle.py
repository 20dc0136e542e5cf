"""Annotations to gold: one person, several people, conflicts, and everything that is refused."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.documents import add_documents
from corpus.events import read_events
from labeling.gold import Waits, settle_document
from labeling.norm import Norm
from labeling.scheme import load_scheme
from labeling.settle import latest_annotations, read_records, settle
from labeling.span import AnnotatedSpan, find_crossing
from tests.nested import nested
from tests.releasing import (
    LAN,
    NGA,
    PAO,
    PEOPLE,
    annotation,
    contents,
    document,
    drawn,
    kept,
    proposals,
    pulled,
    settled,
    vicivic,
    workspace_of,
)

DOC = document()


@pytest.fixture
def workspace(tmp_path):
    return workspace_of(tmp_path / "work", [DOC])


def record(workspace):
    (found,) = read_records(workspace)
    return found


def surfaces(found, label=None):
    return [span.text for span in found.spans if label in (None, span.label)]


def test_one_annotation_is_taken_as_it_is(workspace):
    done = settled(workspace, annotation(DOC, kept(DOC), shown=proposals(DOC)))
    assert dict(done.outcomes) == {"settled": 1}
    gold = record(workspace)
    assert gold.quality == {"names": "single", "numbers": "single"}
    assert gold.authors == ("annotator-01",)
    assert gold.annotated_at == "2022-03-04T05:06:07Z"
    assert surfaces(gold) == [item.span.text for item in proposals(DOC)]
    assert {span.fate for span in gold.spans} == {"accepted"}
    assert [span.id for span in gold.spans] == [item.region for item in proposals(DOC)]
    assert gold.spans[0].sources == proposals(DOC)[0].sources
    assert gold.spans[0].by == ("annotator-01",)
    assert "lan@example.com" not in msgspec.json.encode(gold).decode()


def test_fates_follow_the_region_id(workspace):
    spans = kept(DOC, drop=("PERCENT", "Trần Thị Lan", "xã Tân Lập", "trên 52 tỷ đồng"))
    regions = {item.span.text: item.region for item in proposals(DOC)}
    spans += [
        drawn(DOC, "ORG", "Trần Thị Lan", region=regions["Trần Thị Lan"]),
        drawn(DOC, "LOC", "Tân Lập", region=regions["xã Tân Lập"]),
        drawn(DOC, "CARDINAL", "52", region=regions["trên 52 tỷ đồng"]),
        drawn(DOC, "PERCENT", "13,71%", region="Zx81_new", norm=Norm(value="13.71", unit="%")),
    ]
    settled(workspace, annotation(DOC, spans, shown=proposals(DOC)))
    fates = {span.text: (span.fate, span.id) for span in record(workspace).spans}
    assert fates["Trần Thị Lan"] == ("relabelled", regions["Trần Thị Lan"])
    assert fates["Tân Lập"] == ("edge moved", regions["xã Tân Lập"])
    assert fates["52"] == ("both", regions["trên 52 tỷ đồng"])
    assert fates["13,71%"] == ("added", "Zx81_new")
    assert fates["huyện Đầm Hà"][0] == "accepted"
    (added,) = (span for span in record(workspace).spans if span.fate == "added")
    assert added.sources == ()


def test_a_changed_value_is_said(workspace):
    spans = [
        msgspec.structs.replace(span, norm=Norm(value="13.7", unit="%")) if span.label == "PERCENT" else span
        for span in kept(DOC)
    ]
    settled(workspace, annotation(DOC, spans, shown=proposals(DOC)))
    (percent,) = (span for span in record(workspace).spans if span.label == "PERCENT")
    assert (percent.fate, percent.norm.value) == ("value corrected", "13.7")


def test_a_layer_that_nobody_settled_stays_with_the_machine(workspace):
    names = load_scheme().layer("names")
    spans = [span for span in kept(DOC) if span.label in names and span.label != "PER"]
    settled(workspace, annotation(DOC, spans, layer="names"))
    gold = record(workspace)
    assert gold.quality == {"names": "single", "numbers": "machine"}
    how = {span.text: span.how for span in gold.spans}
    assert how["trên 52 tỷ đồng"] == how["13,71%"] == "machine"
    assert how["xã Tân Lập"] == "single"
    assert "Trần Thị Lan" not in how  # deleted by a person: the machine does not bring it back


def test_machine_spans_that_cross_gold_are_left_out(workspace):
    # a name drawn across the edge of the machine's MONEY, and one on the very characters of its PERCENT
    spans = [drawn(DOC, "PROGRAM", "Thu ngân sách đạt trên 52"), drawn(DOC, "PROGRAM", "13,71%")]
    settled(workspace, annotation(DOC, spans, layer="names"))
    gold = record(workspace)
    assert surfaces(gold) == ["Thu ngân sách đạt trên 52", "13,71%"]
    assert find_crossing(gold.spans) is None


def test_identical_annotations_agree_whatever_their_regions(workspace):
    first = [drawn(DOC, "LOC", "xã Tân Lập", region="bbb")]
    second = [drawn(DOC, "LOC", "xã Tân Lập", region="aaa")]
    settled(workspace, annotation(DOC, first), annotation(DOC, second, number=2, author=PAO))
    gold = record(workspace)
    assert gold.quality == {"names": "agreed", "numbers": "agreed"}
    (span,) = gold.spans
    assert (span.id, span.how, span.by) == ("aaa", "agreed", ("annotator-01", "annotator-02"))


def test_two_who_differ_wait(workspace):
    done = settled(
        workspace,
        annotation(DOC, kept(DOC)),
        annotation(DOC, kept(DOC, drop=("PER",)), number=2, author=PAO),
    )
    assert dict(done.outcomes) == {"conflict": 1}
    assert done.waiting == ["doc/1: names: only one of two annotators has [31, 43) PER 'Trần Thị Lan'"]
    assert list(read_records(workspace)) == []
    assert done.refused == []


def test_two_who_read_different_values_wait(workspace):
    other = [msgspec.structs.replace(span, norm=Norm(value="1")) if span.norm else span for span in kept(DOC)]
    done = settled(workspace, annotation(DOC, kept(DOC)), annotation(DOC, other, number=2, author=PAO))
    assert dict(done.outcomes) == {"conflict": 1}
    assert "different values to [75, 90) MONEY" in done.waiting[0]


def test_the_same_value_read_by_another_rule_agrees(workspace):
    other = [
        msgspec.structs.replace(span, norm=msgspec.structs.replace(span.norm, rule="x"))
        if span.norm
        else span
        for span in kept(DOC)
    ]
    settled(workspace, annotation(DOC, kept(DOC)), annotation(DOC, other, number=2, author=PAO))
    assert record(workspace).quality["numbers"] == "agreed"


def test_who_gives_no_value_contradicts_nobody(workspace):
    silent = [msgspec.structs.replace(span, norm=None) for span in kept(DOC)]
    settled(workspace, annotation(DOC, silent), annotation(DOC, kept(DOC), number=2, author=PAO))
    (percent,) = (span for span in record(workspace).spans if span.label == "PERCENT")
    assert (percent.how, percent.norm.value) == ("agreed", "13.71")


def test_of_three_the_strict_majority_counts(workspace):
    settled(
        workspace,
        annotation(DOC, [*kept(DOC, drop=("PERCENT",)), drawn(DOC, "CARDINAL", "13,71")]),
        annotation(DOC, kept(DOC, drop=("PER",)), number=2, author=PAO),
        annotation(DOC, kept(DOC), number=3, author=NGA),
    )
    gold = record(workspace)
    assert gold.quality == {"names": "majority", "numbers": "majority"}
    how = {span.text: span.how for span in gold.spans}
    assert (how["Trần Thị Lan"], how["13,71%"], how["xã Tân Lập"]) == ("majority", "majority", "agreed")
    assert "13,71" not in how


def test_a_persons_newest_annotation_speaks(workspace):
    settled(
        workspace,
        annotation(DOC, [], number=1, at="2022-01-01T00:00:00Z"),
        annotation(DOC, kept(DOC), number=2, at="2022-01-02T00:00:00Z"),
    )
    gold = record(workspace)
    assert gold.quality["names"] == "single"
    assert len(gold.spans) == 7


def test_the_last_line_of_an_annotation_counts(workspace):
    settled(
        workspace,
        annotation(DOC, [], at="2022-01-01T00:00:00Z"),
        annotation(DOC, kept(DOC), at="2022-01-02T00:00:00Z"),
    )
    assert len(record(workspace).spans) == 7


def test_a_deletion_on_the_server_is_a_report(workspace):
    said = annotation(DOC, kept(DOC))
    gone = annotation(DOC, [], status="deleted", key=(*said.key[:3], "deleted"))
    done = settled(workspace, said, gone)
    assert (done.deleted, dict(done.outcomes)) == (1, {"settled": 1})
    assert len(record(workspace).spans) == 7


@pytest.mark.parametrize("status", ["skipped", "rejected"])
def test_skipped_and_rejected_are_not_gold(workspace, status):
    done = settled(workspace, annotation(DOC, kept(DOC), status=status))
    assert dict(done.outcomes) == {"not-submitted": 1}
    assert list(read_records(workspace)) == []
    assert done.refused == []


def test_a_stale_annotation_is_never_shifted(workspace):
    said = annotation(DOC, kept(DOC))
    add_documents(workspace, [document(text="Mới. " + DOC.text)])
    done = settled(workspace, said)
    assert dict(done.outcomes) == {"stale": 1}
    (refusal,) = done.refused
    assert refusal["code"] == "stale"
    assert DOC.digest[:12] in refusal["message"]
    assert list(read_records(workspace)) == []


def test_a_stale_annotation_beside_current_ones_is_named(workspace):
    fresh = document(text="Mới. " + DOC.text)
    add_documents(workspace, [fresh])
    old = annotation(DOC, kept(DOC), number=1, author="left@example.org")
    older = annotation(DOC, kept(DOC), number=2, author="stays@example.org")
    new = annotation(fresh, kept(fresh), number=3, author="stays@example.org")
    done = settled(workspace, old, older, new)
    assert dict(done.outcomes) == {"settled": 1}
    assert [(item["code"], item["annotation"]) for item in done.refused] == [
        ("stale", f"{old.key[0]} project {old.key[1]} annotation 1")
    ]


BAD = {
    "cross": ([("LOC", "Đầm Hà Trần"), ("ORG", "Hà Trần Thị Lan")], "cross"),
    "coincide": ([("LOC", "Đầm Hà"), ("ORG", "Đầm Hà")], "lie on the same characters"),
    "label": ([("AWARD", "Đầm Hà")], "'AWARD' of [24, 30) AWARD 'Đầm Hà' is not in scheme 1"),
}


@pytest.mark.parametrize("name", BAD)
def test_faulty_spans_are_refused_by_name(workspace, name):
    said, words = BAD[name]
    done = settled(workspace, annotation(DOC, [drawn(DOC, *pair) for pair in said], number=17))
    assert dict(done.outcomes) == {"refused": 1}
    (refusal,) = done.refused
    assert words in refusal["message"]
    assert refusal["record"] == "doc/1"
    assert refusal["annotation"].endswith("annotation 17")
    assert "Đầm Hà" in refusal["message"]


def test_a_span_that_is_not_its_text_is_refused(workspace):
    bad = AnnotatedSpan(start=0, end=7, label="ORG", text="Phó Chú", region="r", origin="manual")
    done = settled(workspace, annotation(DOC, [bad]))
    assert "'Phó Chú' does not equal the document there, 'Phó Chủ'" in done.refused[0]["message"]


def test_a_label_of_the_other_layer_is_refused(workspace):
    done = settled(workspace, annotation(DOC, [drawn(DOC, "PERCENT", "13,71%")], layer="names"))
    assert "no label of the layer 'names'" in done.refused[0]["message"]


def test_the_sound_annotation_beside_a_faulty_one_settles(workspace):
    faulty = annotation(DOC, [drawn(DOC, "LOC", "Đầm Hà"), drawn(DOC, "ORG", "Đầm Hà")])
    done = settled(workspace, faulty, annotation(DOC, kept(DOC), number=2, author=PAO))
    assert dict(done.outcomes) == {"settled": 1}
    assert len(done.refused) == 1
    assert record(workspace).authors == ("annotator-02",)


def test_parts_settle_when_they_cover_the_document(workspace):
    cut = DOC.text.index("\n") + 1
    head = [span for span in kept(DOC) if span.end <= cut]
    tail = [span for span in kept(DOC) if span.start >= cut]
    done = settled(workspace, annotation(DOC, head, part=(0, cut)))
    assert dict(done.outcomes) == {"part-missing": 1}
    done = settled(workspace, annotation(DOC, tail, number=2, author=PAO, part=(cut, len(DOC.text))))
    assert dict(done.outcomes) == {"settled": 1}
    gold = record(workspace)
    assert len(gold.spans) == 7
    assert gold.quality["names"] == "single"
    assert gold.authors == ("annotator-01", "annotator-02")


def test_names_and_numbers_settled_apart_make_one_record(workspace):
    names = load_scheme().layer("names")
    settled(
        workspace,
        annotation(DOC, [span for span in kept(DOC) if span.label in names], layer="names"),
        annotation(
            DOC,
            [span for span in kept(DOC) if span.label not in names],
            number=2,
            author=PAO,
            layer="numbers",
        ),
    )
    gold = record(workspace)
    assert gold.quality == {"names": "single", "numbers": "single"}
    assert len(gold.spans) == 7


def test_settling_again_gives_the_same_bytes(workspace):
    settled(workspace, annotation(DOC, kept(DOC)))
    before = contents(workspace.folder("records"))
    settle(workspace)
    assert contents(workspace.folder("records")) == before


def test_refusals_are_kept_once(workspace):
    bad = annotation(DOC, [drawn(DOC, "AWARD", "Đầm Hà")])
    settled(workspace, bad)
    settle(workspace)
    kept_ = list(read_events(workspace.folder("records") / "rejected.jsonl", "rejected"))
    assert [event.body["code"] for event in kept_] == ["bad-spans"]


def test_settles_without_any_proposals(tmp_path):
    workspace = workspace_of(tmp_path / "work", [DOC], prelabelled=False)
    done = settled(workspace, annotation(DOC, [drawn(DOC, "LOC", "xã Tân Lập")], layer="names"))
    assert dict(done.outcomes) == {"settled": 1}
    assert surfaces(record(workspace)) == ["xã Tân Lập"]


def test_an_annotation_without_its_document_is_refused(workspace):
    other = document("doc/elsewhere")
    done = settled(workspace, annotation(other, kept(other)))
    assert dict(done.outcomes) == {"no-document": 1}
    assert done.refused[0]["code"] == "no-document"
    assert latest_annotations(workspace).annotations.keys() == {"doc/elsewhere"}


@given(case=nested(), other=st.data())
@settings(max_examples=60)
def test_every_record_nests_whatever_three_people_drew(case, other):
    text, gold = case
    of = document(text=text)
    said = []
    for number, author in enumerate(PEOPLE):
        mine = other.draw(st.lists(st.sampled_from(gold), unique=True)) if gold else []
        spans = [
            AnnotatedSpan(start=g.start, end=g.end, label=g.label, text=g.text, region=g.id, origin="manual")
            for g in mine
        ]
        said.append(annotation(of, spans, number=number, author=author))
    found = settle_document(of, said, (), PEOPLE.__getitem__, load_scheme())
    assert not isinstance(found, Waits)
    assert find_crossing(found.spans) is None
    voices = [{(s.start, s.end, s.label) for s in item.spans} for item in said]
    expected = {g for voice in voices for g in voice if sum(g in other_ for other_ in voices) >= 2}
    assert {(s.start, s.end, s.label) for s in found.spans} == expected
    assert len({span.id for span in found.spans}) == len(found.spans)


def test_the_command_says_counts_that_add_up(workspace):
    pulled(workspace, annotation(DOC, kept(DOC), status="skipped"))
    run = vicivic("settle", "--work", workspace.root, "--json")
    assert run.returncode == 0, run.stderr
    said = json.loads(run.stdout)
    assert said["verb"] == "settle"
    assert said["counts"]["documents"] == said["counts"]["not-submitted"] == 1
    assert (said["counts"]["settled"], said["rejected"]) == (0, 0)


def test_the_command_ends_with_1_when_something_was_refused(workspace):
    pulled(workspace, annotation(DOC, [drawn(DOC, "AWARD", "Đầm Hà")]))
    run = vicivic("settle", "--work", workspace.root)
    assert run.returncode == 1
    assert "refused: doc/1" in run.stderr
    assert run.stdout == "0 settled of 1 annotated documents, 0 spans: 1 refused\n"
    assert LAN not in run.stdout + run.stderr
