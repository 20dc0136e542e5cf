"""Every proposed span has one fate; sums hold for every source; later edits keep their history."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Document
from corpus.documents import add_documents
from corpus.errors import DataError
from corpus.events import append_events, event
from corpus.store import Workspace, write_rows
from labeling.corrections.book import keep_ledger, read_sheets
from labeling.corrections.fates import FATES, Mark, fates
from labeling.corrections.ledger import check, sheet
from labeling.evidence import history
from labeling.norm import Norm
from labeling.scheme import load_scheme
from labeling.span import AnnotatedSpan, Annotation, Proposal, Source, Span

SCHEME = load_scheme()
TEXT = "0123456789" * 12


def span(start, end, label="ORG", norm=None):
    return Span(start=start, end=end, label=label, text=TEXT[start:end], norm=norm)


def proposal(start, end, label="ORG", *, region="", sources=(("civic", "r"),), norm=None, score=0.9):
    named = tuple(Source(source, "v1", rule, score) for source, rule in sources)
    return Proposal(span=span(start, end, label, norm), sources=named, score=score, region=region)


def left(start, end, label="ORG", *, region="new", origin="manual", norm=None):
    return AnnotatedSpan(
        start=start, end=end, label=label, text=TEXT[start:end], region=region, origin=origin, norm=norm
    )


def annotation(spans, shown=(), *, blind=False, number=1, author="a@x", at="2026-01-01", **more):
    document = Document(id="d", text=TEXT)
    fields = {
        "key": ("s", 1, number, at),
        "document": document.id,
        "digest": document.digest,
        "part": None,
        "scheme": "1",
        "guideline": "1.0",
        "round": "default",
        "layer": "both",
        "author": author,
        "editor": author,
        "status": "submitted",
        "created_at": at,
        "updated_at": at,
        "lead_time": 30.0,
        "blind": blind,
        "merge_version": "m1",
        "shown": tuple(msgspec.to_builtins(item) for item in shown),
        "spans": tuple(spans),
    }
    return Annotation(**{**fields, **more})


def fate_of(proposed, human):
    found = fates(proposed, human)
    return [fate for fate, _ in found.fates], found.added


NORM, OTHER = Norm(value="5", unit="VND"), Norm(value="6", unit="VND")

CASES = {
    "accepted": ([Mark(0, 5, "ORG")], [Mark(0, 5, "ORG")], ["accepted"], []),
    "accepted whatever rule read the value": (
        [Mark(0, 5, "MONEY", Norm(value="5", rule="a"))],
        [Mark(0, 5, "MONEY", Norm(value="5", rule="typed"))],
        ["accepted"],
        [],
    ),
    "value corrected": (
        [Mark(0, 5, "MONEY", NORM)],
        [Mark(0, 5, "MONEY", OTHER)],
        ["value corrected"],
        [],
    ),
    "relabelled": ([Mark(0, 5, "ORG")], [Mark(0, 5, "LOC")], ["relabelled"], []),
    "split": ([Mark(0, 20, "ORG")], [Mark(0, 8, "ORG"), Mark(10, 20, "LOC")], ["split"], []),
    "split needs two disjoint spans, nested ones are one": (
        [Mark(0, 20, "ORG")],
        [Mark(0, 15, "ORG"), Mark(5, 15, "LOC")],
        ["edge moved"],
        [1],
    ),
    "no split into what other proposals have": (
        [Mark(0, 20, "TITLE"), Mark(0, 8, "ORG"), Mark(10, 20, "LOC")],
        [Mark(0, 8, "ORG"), Mark(10, 20, "LOC")],
        ["deleted", "accepted", "accepted"],
        [],
    ),
    "merged, each has it": (
        [Mark(0, 5, "ORG"), Mark(6, 12, "LOC")],
        [Mark(0, 12, "ORG")],
        ["merged", "merged"],
        [],
    ),
    "an accepted inner span beside a merged one": (
        [Mark(0, 5, "ORG"), Mark(6, 12, "LOC")],
        [Mark(0, 12, "ORG"), Mark(6, 12, "LOC")],
        ["merged", "accepted"],
        [],
    ),
    "no merge into what a proposal has": (
        [Mark(0, 12, "ORG"), Mark(0, 5, "PER"), Mark(6, 12, "LOC")],
        [Mark(0, 12, "ORG")],
        ["accepted", "deleted", "deleted"],
        [],
    ),
    "edge moved": ([Mark(0, 5, "ORG")], [Mark(0, 7, "ORG")], ["edge moved"], []),
    "edge moved to the best overlap": (
        [Mark(0, 10, "ORG")],
        [Mark(8, 30, "ORG"), Mark(0, 9, "ORG")],
        ["edge moved"],
        [0],
    ),
    "one human span is moved to once": (
        [Mark(0, 10, "ORG"), Mark(0, 3, "ORG")],
        [Mark(0, 9, "ORG")],
        ["edge moved", "deleted"],
        [],
    ),
    "both": ([Mark(0, 5, "ORG")], [Mark(0, 7, "LOC")], ["both"], []),
    "deleted": ([Mark(0, 5, "ORG")], [], ["deleted"], []),
    "added": ([], [Mark(0, 5, "ORG")], [], [0]),
    "a deleted inner span is not a moved outer one": (
        [Mark(0, 20, "ORG"), Mark(5, 20, "ORG")],
        [Mark(0, 20, "ORG")],
        ["accepted", "deleted"],
        [],
    ),
    "the region id decides first": (
        [Mark(0, 5, "ORG", region="r1"), Mark(6, 12, "ORG", region="r2")],
        [Mark(6, 12, "ORG", region="r1")],
        ["edge moved", "deleted"],
        [],
    ),
    "a region that was moved and relabelled": (
        [Mark(0, 5, "ORG", region="r1")],
        [Mark(0, 7, "LOC", region="r1")],
        ["both"],
        [],
    ),
    "drawn again after it was deleted": (
        [Mark(0, 5, "ORG", region="r1")],
        [Mark(0, 5, "ORG", region="other")],
        ["accepted"],
        [],
    ),
    "shrunk to its first half, the second half drawn": (
        [Mark(0, 20, "ORG", region="r1")],
        [Mark(0, 8, "ORG", region="r1"), Mark(10, 20, "LOC", region="n")],
        ["split"],
        [],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_fate(name):
    proposed, human, expected, added = CASES[name]
    assert fate_of(proposed, human) == (expected, added)


def test_every_fate_has_a_case():
    assert {fate for _, _, expected, _ in CASES.values() for fate in expected} == set(FATES)


marks = st.lists(
    st.builds(
        lambda start, length, label, region: Mark(start, start + length, label, None, region),
        st.integers(0, 60),
        st.integers(1, 20),
        st.sampled_from(["ORG", "LOC", "PER"]),
        st.sampled_from(["", "", "a", "b", "c"]),
    ),
    max_size=8,
    unique_by=lambda mark: (mark.start, mark.end, mark.label),
)


@settings(max_examples=300, deadline=None)
@given(marks, marks)
def test_one_fate_each_and_every_human_span_is_explained_or_added(proposed, human):
    found = fates(proposed, human)
    assert len(found.fates) == len(proposed)
    direct = [mate for fate, mate in found.fates if fate in ("accepted", "relabelled", "edge moved", "both")]
    assert len(direct) == len(set(direct))
    assert not set(direct) & set(found.added)
    for (fate, mate), mark in zip(found.fates, proposed, strict=True):
        exact = (mark.start, mark.end, mark.label)
        if fate == "accepted":
            assert (human[mate].start, human[mate].end, human[mate].label) == exact
        assert (mate < 0) == (fate == "deleted")


def test_the_ledger_adds_up_over_shown_and_dropped():
    shown = [
        proposal(0, 5, region="r1", sources=(("civic", "r"), ("underthesea", "ner"))),
        proposal(10, 15, "LOC", region="r2"),
    ]
    said = annotation([left(0, 5, region="r1"), left(30, 35, "PER"), left(40, 45, "LOC")], shown)
    proposed = {
        "civic": [proposal(0, 5), proposal(10, 15, "LOC"), proposal(40, 45, "LOC")],
        "underthesea": [proposal(0, 5, sources=(("underthesea", "ner"),))],
    }
    found = sheet(said, len(TEXT), shown, proposed, scheme=SCHEME)
    rows = {(row.source, row.start, row.shown, row.fate) for row in found.corrections}
    assert rows == {
        ("civic", 0, "yes", "accepted"),
        ("underthesea", 0, "yes", "accepted"),
        ("civic", 10, "yes", "deleted"),
        ("civic", 40, "dropped", "accepted"),
    }
    assert [(item.start, item.added) for item in found.left] == [(0, False), (30, True), (40, True)]
    with pytest.raises(DataError, match="civic proposed 4 spans but 3 have a fate"):
        check(found, {"civic": 4, "underthesea": 1})


def test_a_blind_annotation_measures_but_corrects_nothing():
    merged = [proposal(0, 5, region="r1")]
    found = sheet(annotation([left(0, 5)], blind=True), len(TEXT), merged, {}, scheme=SCHEME)
    assert [(row.shown, row.fate) for row in found.corrections] == [("blind", "accepted")]


def test_layers_and_parts_that_were_not_judged_say_nothing():
    shown = [proposal(0, 5, region="r1"), proposal(10, 15, "DATE", region="r2"), proposal(50, 55, "LOC")]
    said = annotation([left(0, 5, region="r1")], shown, layer="names", part=(0, 30))
    found = sheet(said, len(TEXT), shown, {}, scheme=SCHEME)
    assert [(row.label, row.fate) for row in found.corrections] == [("ORG", "accepted")]
    assert found.characters == 30


spans = st.lists(
    st.tuples(st.integers(0, 80), st.integers(1, 20), st.sampled_from(["ORG", "LOC", "DATE"])),
    max_size=6,
    unique_by=lambda item: (item[0], item[1]),
)


@settings(max_examples=150, deadline=None)
@given(spans, spans, spans, st.booleans())
def test_sums_hold_for_whatever_sources_say(first, second, human, blind):
    one = [proposal(s, s + n, label, sources=(("a", "r"),)) for s, n, label in first]
    two = [proposal(s, s + n, label, sources=(("b", "r"), ("b", "q"))) for s, n, label in second]
    merged = [*one[::2], *two[1::2]]
    said = annotation([left(s, s + n, label) for s, n, label in human], () if blind else merged, blind=blind)
    found = sheet(said, len(TEXT), merged, {"a": one, "b": two}, scheme=SCHEME)
    assert sum(row.source == "a" for row in found.corrections) == len(one)
    assert sum(row.source == "b" for row in found.corrections) == 2 * len(two)


@pytest.fixture
def workspace(tmp_path):
    made = Workspace(tmp_path / "work", create=True)
    document = Document(id="d", text=TEXT)
    add_documents(made, [document])
    home = made.folder("proposals")
    folder = home / "civic@v1"
    write_rows(folder / "part-000001.parquet", [("d", document.digest, (proposal(0, 5), proposal(60, 65)))])
    write_rows(
        home / "merge@m1" / "part-000001.parquet", [("d", document.digest, (proposal(0, 5, region="r1"),))]
    )
    (home / "current.json").write_bytes(
        msgspec.json.encode({"merge": "m1", "scheme": "1", "sources": {"civic": "v1"}})
    )
    return made


def pull(workspace, *annotations):
    append_events(
        workspace.folder("annotations") / "p1.jsonl", (event("annotation", said) for said in annotations)
    )


def test_later_edits_keep_their_history_and_only_the_last_is_current(workspace):
    shown = [proposal(0, 5, region="r1")]
    first = annotation([], shown)
    then = annotation([left(0, 5, region="r1")], shown, at="2026-01-02")
    blind = annotation([left(0, 5)], blind=True, number=2, author="b@x")
    skipped = annotation([], shown, number=3, status="skipped")
    trained = annotation([], shown, number=4, round="training:a")
    pull(workspace, first, then, blind, skipped, trained)
    done = keep_ledger(workspace, pseudonyms={"a@x": "annotator-01", "b@x": "annotator-02"})
    sheets = list(read_sheets(workspace))
    assert done.sheets == len(sheets) == 3
    assert done.counts == {"states": 5, "not-submitted": 1, "apart": 1}
    told = [(s.current, s.author, [(row.shown, row.fate) for row in s.corrections]) for s in sheets]
    assert told == [
        (False, "annotator-01", [("yes", "deleted"), ("dropped", "deleted")]),
        (True, "annotator-01", [("yes", "accepted"), ("dropped", "deleted")]),
        (True, "annotator-02", [("blind", "accepted"), ("dropped", "deleted")]),
    ]
    assert b"@x" not in (workspace.folder("corrections") / "sheets.parquet").read_bytes()


def test_what_can_not_be_judged_is_named_and_the_rest_goes_on(workspace):
    unknown = annotation([left(0, 5, "PERSON")], [proposal(0, 5, region="r1")], number=5)
    gone = annotation([], number=6, document="elsewhere")
    stale = annotation([], number=7, digest="0" * 64)
    pull(workspace, unknown, gone, stale, annotation([], [proposal(0, 5, region="r1")]))
    done = keep_ledger(workspace, pseudonyms={})
    assert done.sheets == 1
    assert {item["code"] for item in done.refused} == {"unknown-label", "no-document", "stale"}
    assert "PERSON" in next(item["message"] for item in done.refused if item["code"] == "unknown-label")


def test_an_empty_workspace_has_an_empty_ledger(workspace):
    assert keep_ledger(workspace, pseudonyms={}).sheets == 0
    assert list(read_sheets(workspace)) == []


def test_labels_of_an_older_scheme_are_read_as_their_successors(workspace):
    scheme = msgspec.structs.replace(SCHEME, migrations={"PERSON": "PER"})
    pull(workspace, annotation([left(0, 5, "PERSON"), left(10, 15, "FOO")], []))
    (said,) = history(workspace, scheme)
    assert [span.label for span in said.spans] == ["PER", "FOO"]
    assert next(history(workspace)).spans[0].label == "PERSON"
